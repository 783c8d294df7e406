"""The small figure beside the pointer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from poseviewer.bench.map.glimpse import Glimpse
from poseviewer.motion.skeleton import PENN13
from poseviewer.render.palette import palette
from poseviewer.views.map.map_figure import CARD, paint_figure

WIDE, TALL = 300, 260
STANDING = {
    "head": (0.0, 0.4), "shoulder": (0.1, 0.28), "elbow": (0.2, 0.15), "wrist": (0.25, 0.0),
    "hip": (0.07, 0.0), "knee": (0.09, -0.2), "ankle": (0.1, -0.42),
}  # fmt: skip


def painted(at: tuple[float, float]) -> NDArray[np.float64]:
    """(H, W, 4) of a person who stands with the left limbs on the picture's left, 0 to 1."""
    pose = []
    for joint in PENN13.joints:
        side, _, part = joint.rpartition("_")
        x, y = STANDING[part]
        pose.append((-x if side == "left" else x, y))
    image = QImage(WIDE, TALL, QImage.Format.Format_RGBA8888)
    image.fill(0)
    with QPainter(image) as painter:
        glimpse = Glimpse(PENN13, np.array(pose, dtype=np.float32), "truth")
        paint_figure(painter, QRectF(0, 0, WIDE, TALL), np.array(at), glimpse, palette("dark"))
    return np.array(image.constBits()).reshape(TALL, WIDE, 4) / 255.0


def near(picture: NDArray[np.float64], tint: NDArray[np.floating]) -> NDArray[np.int64]:
    """(P, 2) rows and columns of the px of a colour."""
    return np.argwhere((np.abs(picture[..., :3] - tint).max(axis=2) < 0.04) & (picture[..., 3] > 0.9))


def test_left_limbs_are_left_and_the_head_is_above_the_feet(qapp: QApplication) -> None:
    picture = painted((100.0, 60.0))
    trunk, left, right = (near(picture, tint) for tint in palette("dark").sided("truth"))
    assert min(map(len, (trunk, left, right))) > 40
    assert np.median(left[:, 1]) + 5 < np.median(trunk[:, 1]) < np.median(right[:, 1]) - 5
    assert trunk[:, 0].min() < min(left[:, 0].min(), right[:, 0].min()) - 5  # the head
    assert trunk[:, 0].max() < max(left[:, 0].max(), right[:, 0].max()) - 10  # the feet


def test_the_card_is_whole_at_every_edge(qapp: QApplication) -> None:
    for at in ((100.0, 60.0), (WIDE - 5.0, 60.0), (100.0, TALL - 5.0), (WIDE - 5.0, TALL - 5.0), (5.0, 5.0)):
        rows, columns = np.nonzero(painted(at)[..., 3])
        assert np.ptp(columns) + 1 >= CARD[0] and np.ptp(rows) + 1 >= CARD[1], at
