"""What is painted onto the map by hand stays readable over points."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app.theme import body_font
from poseviewer.bench.map.paths import MapPath
from poseviewer.render.palette import palette
from poseviewer.views.map.map_foot import MapFoot, plain
from poseviewer.views.map.map_marks import paint_words, place_labels


@pytest.mark.parametrize("name", ["dark", "light"])
def test_captions_stand_on_the_panels_colour(qapp: QApplication, name: str) -> None:
    colours = palette(name)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff00ff"))
    painter = QPainter(image)
    words = SimpleNamespace(captions=("PC 1, 46 %", "PC 2, 12 %"), sentence="")
    paint_words(painter, QRectF(0, 0, 400, 300), words, (), colours)
    painter.end()
    metrics = QFontMetricsF(body_font(11))
    wide = metrics.horizontalAdvance("PC 1, 46 %")
    panel = QColor(colours.tokens["panel"])
    for left, base in ((12.0, 6 + metrics.ascent()), (400 - 12 - wide, 300 - 24)):
        above = QPointF(left + wide / 2, base - metrics.ascent()).toPoint()
        seen = image.pixelColor(above)
        assert abs(seen.green() - panel.green()) < 40 and abs(seen.red() - panel.red()) < 40
    assert image.pixelColor(200, 150).name() == "#ff00ff"


@given(steps=st.lists(st.tuples(st.floats(-40, 40), st.floats(-40, 40)), min_size=2, max_size=60))
def test_numbers_are_written_once_and_never_over_each_other(
    qapp: QApplication, steps: list[tuple[float, float]]
) -> None:
    px = np.cumsum(np.array(steps), axis=0) + 150.0
    seed = MapPath(px, np.arange(1 - len(px), 1), "seed")
    made = MapPath(px[::-1], np.arange(len(px)), "generated_a")
    captions = ("PC 1, 46 %", "PC 2, 12 %")
    labels = place_labels([seed, made], lambda xy: xy, QRectF(0, 0, 320, 300), None, captions)
    assert len({label.text for label in labels}) == len(labels)
    assert not any(one.box.intersects(other.box) for one, other in combinations(labels, 2))
    assert not any(label.box.intersects(QRectF(12, 6, 60, 12)) for label in labels)


def test_a_newest_frame_that_is_a_tenth_one_has_one_number(qapp: QApplication) -> None:
    px = np.stack([20.0 + 15.0 * np.arange(21), np.full(21, 150.0)], axis=1)
    labels = place_labels([MapPath(px, np.arange(21), "generated_a")], lambda xy: xy, QRectF(0, 0, 400, 300), None)
    assert sorted(label.text for label in labels) == ["+10", "+20"]


def test_the_foot_is_whole_at_every_width(qtbot: QtBot) -> None:
    dock = QWidget()
    qtbot.addWidget(dock)
    foot = MapFoot(dock)
    phrases = [
        "density of the training data, from the checkpoint",
        "Encoding a_dataset_with_a_name_that_somebody_chose_at_great_length_v2_final, 40 %",
    ]
    seen = set()
    for wide in range(160, 1000, 20):
        dock.resize(wide, 400)
        foot.tell([plain(text) for text in phrases], palette("dark"), apart=True)
        seen.add(len(foot.words))
        assert ", ".join(foot.words) == ", ".join(phrases)
        assert foot.geometry().bottom() == dock.rect().bottom() and foot.width() == wide
        room = wide - 24
        cut = any(QFontMetricsF(body_font(11)).horizontalAdvance(text) > room for text in phrases)
        assert bool(foot.toolTip()) == cut  # what is elided is told in full
        foot.grab()
    assert seen == {1, 2}
