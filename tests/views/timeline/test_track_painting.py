"""The resting picture of the tracks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from poseviewer.bench.bench import Bench
from poseviewer.render.palette import palette
from poseviewer.views.timeline.time_axis import TimeAxis
from poseviewer.views.timeline.track_layout import Plot
from poseviewer.views.timeline.track_painting import TrackPainter


def line(times: list[float], values: list[float]) -> SimpleNamespace:
    return SimpleNamespace(times=np.array(times), values=np.array(values))


@pytest.mark.parametrize(
    ("times", "values", "crosses"),
    [
        ([0.0, 10.0], [0.0, 1.0], True),  # its points lie far to both sides
        ([0.0, 10.0], [0.0, 0.1], False),
        ([0.0, 4.0, 5.0, 6.0, 10.0], [0.0, 0.4, np.nan, 0.6, 1.0], False),  # it is not known there
    ],
)
def test_words_give_way_to_lines_that_run_between_their_points(
    qtbot: QtBot, times: list[float], values: list[float], crosses: bool
) -> None:
    image = QImage(1196, 312, QImage.Format.Format_RGB32)
    painter, box = QPainter(image), Plot(100.0, 200.0, 0.0, 1.0, False, ())
    axis = TimeAxis(176.0, 1196.0 - 108.0, 0.0, 10.0)
    made = TrackPainter(painter, (1196.0, 312.0), palette("dark"), Bench(), axis, (), [box], [], None, "")
    middle = (176 + made.right) / 2
    curve: Any = SimpleNamespace(clip=line(times, values), generated=())
    crossed = made._crossed(QRectF(middle - 31, 143, 62, 14), curve, box)
    painter.end()
    assert crossed is crosses


def test_the_edges_of_the_loop_range_and_of_the_seeds_band_are_one_pixel_wide(qtbot: QtBot) -> None:
    image = QImage(1196, 312, QImage.Format.Format_RGB32)
    image.fill(0)
    painter, box = QPainter(image), Plot(100.0, 200.0, 0.0, 1.0, False, ())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    axis = TimeAxis(176.0, 1196.0 - 108.0, 0.0, 10.0)
    made = TrackPainter(painter, (1196.0, 312.0), palette("dark"), Bench(), axis, (), [box], [], (2.0, 4.0), "")
    made.foot = 300.0
    made._loop_range()
    curve: Any = SimpleNamespace(high=0.75, median=0.5, low=0.25, real=False, clip=line([], []), generated=())
    made._band(curve, box)
    painter.end()
    column = round(axis.x(2.0) - 0.5)
    assert [image.pixel(x, 290) != image.pixel(0, 0) for x in range(column - 1, column + 2)] == [False, True, False]
    above, edge, below = (image.pixel(900, y) for y in (123, 124, 125))
    assert above == image.pixel(0, 0) and edge != above and below == image.pixel(900, 135) != edge
