"""The ways of what is generated, painted bit by bit: they look as if they had been painted at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from poseviewer.bench.map.paths import MapPath
from poseviewer.motion.growing import appended
from poseviewer.render.palette import Role, palette
from poseviewer.views.map.map_trails import Trails

SIDE = 300


def way(frames: int, shift: float = 0.0, begin: int = 0) -> NDArray[np.float64]:
    """(1, n, 2) map points of a spiral outwards, from a frame on."""
    turn = np.arange(begin, frames) * 2 * np.pi / 60
    far = 0.1 + 0.0016 * np.arange(begin, frames)
    return np.stack([far * np.cos(turn + shift), far * np.sin(turn + shift)], axis=1)[None]


def paths(grown: NDArray[np.float64], role: Role = "generated_a") -> list[MapPath]:
    return [MapPath(grown[0], np.arange(grown.shape[1]), role, grown=grown)]


def painted(trails: Trails, ways: list[MapPath], zoom: float = 1.0) -> NDArray[np.float64]:
    """(H, W) how opaque each px of the picture is."""
    surface = QPixmap(SIDE, SIDE)
    surface.fill(Qt.GlobalColor.transparent)
    scale, shift = np.array([1.0, -1.0]) * zoom * SIDE / 2, np.array([SIDE / 2, SIDE / 2])
    with QPainter(surface) as painter:
        trails.paint(painter, ways, scale, shift, surface, palette("dark"))
    image = surface.toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    return np.array(image.constBits()).reshape(SIDE, SIDE, 4)[..., 3].astype(np.float64)


def same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """But for the edges of lines that were painted in pieces."""
    return bool((np.abs(one - other) > 96).sum() < 12)


def test_a_way_that_grows_goes_back_branches_and_is_zoomed_is_seen_as_it_is(qapp: QApplication) -> None:
    trails, grown = Trails(), appended(np.empty((1, 0, 2)), way(100), 1)
    for length in (180, 260, *range(261, 340), 420):
        grown = appended(grown, way(length, begin=grown.shape[1]), 1)
        seen = painted(trails, paths(grown))
        assert length in range(261, 339) or same(seen, painted(Trails(), paths(grown))), length
    back = grown[:, :150]
    assert same(painted(trails, paths(back)), painted(Trails(), paths(back)))
    assert same(painted(trails, paths(grown)), painted(Trails(), paths(grown)))
    branch = appended(grown[:, :150], way(420, 1.0, 150), 1)
    assert same(painted(trails, paths(branch)), painted(Trails(), paths(branch)))
    assert same(painted(trails, paths(branch), 2.0), painted(Trails(), paths(branch), 2.0))
    assert not same(painted(trails, paths(branch)), painted(trails, paths(grown)))


@pytest.mark.parametrize("frames", [100, 400])
def test_what_is_older_stays_to_be_seen_as_a_thread(qapp: QApplication, frames: int) -> None:
    picture, xy = painted(Trails(), paths(way(frames))), way(frames)[0]
    for frame in range(4, frames - 1, 7):
        x, y = xy[frame] * (SIDE / 2, -SIDE / 2) + SIDE / 2
        assert picture[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2].max() > 60, frame


def test_the_way_of_lane_b_is_dashed(qapp: QApplication) -> None:
    def strong(role: Role) -> int:
        surface = QPixmap(SIDE, SIDE)
        surface.fill(Qt.GlobalColor.black)
        line = np.stack([np.linspace(-0.9, 0.9, 9), np.full(9, 0.5)], axis=1)[None]
        with QPainter(surface) as painter:
            place = np.array([SIDE / 2, SIDE / 2])
            Trails().paint(painter, paths(line, role), place * (1.0, -1.0), place, surface, palette("dark"))
        image, tint = surface.toImage(), palette("dark").colour(role)
        row = [image.pixelColor(x, SIDE // 4).getRgbF()[:3] for x in range(20, SIDE - 20)]
        return int((np.abs(np.array(row) - tint).max(axis=1) < 0.2).sum())

    assert strong("generated_a") > 240
    assert 100 < strong("generated_b") < 210
