"""A small figure beside the pointer: the pose that a place on the map stands for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from poseviewer.bench.lone_pose import body
from poseviewer.bench.map.glimpse import Glimpse
from poseviewer.bench.track import body_scale
from poseviewer.motion.heading import three_quarter, way
from poseviewer.motion.plane import Plane
from poseviewer.render.palette import Palette
from poseviewer.views.parts.ink import fill, tinted

CARD = (92.0, 112.0)
"""px of the card that it stands on."""
_ROOM = 10.0  # px around the figure
_AWAY = 14.0  # px from the pointer
_THINNEST = 1.6  # px


def paint_figure(painter: QPainter, size: QRectF, at: NDArray[np.floating], glimpse: Glimpse, colours: Palette) -> None:
    """Under the name of what is pointed at, or over the pointer where there is no room below."""
    card = QRectF(at[0] + _AWAY, at[1] + _AWAY - 4.0, *CARD)
    if card.right() > size.right() - 4.0:
        card.moveRight(at[0] - _AWAY)
    if card.bottom() > size.bottom() - 4.0:
        card.moveBottom(at[1] - 2.0 * _AWAY)
    card.moveTop(max(card.top(), 4.0))
    fill(painter, tinted(colours.tokens["header"], 0.96))
    painter.drawRoundedRect(card, 4, 4)
    points, depth = _seen(glimpse)
    known = np.isfinite(points).all(axis=1)
    drawn = body(glimpse.skeleton, False)
    used = np.unique(drawn.edges)
    used = used[known[used]]
    if not len(used):
        return
    low, high = points[used].min(axis=0), points[used].max(axis=0)
    tall = max(float(high[1] - low[1]), 0.35 * float(np.linalg.norm(high - low)), 1e-9)
    flat = glimpse.skeleton.dims == 2  # its radii are those of a figure half as high as the image
    grown = 2.0 * tall if flat else body_scale(glimpse.skeleton, np.asarray(glimpse.pose)[None], tall)
    radii, balls = grown * drawn.edge_radii.mean(axis=1), grown * drawn.joint_radii
    pad = float(max(radii.max(initial=0.0), balls.max(initial=0.0)))
    wide = max(float(high[0] - low[0]), 1e-9)
    scale = min((card.height() - 2 * _ROOM) / (tall + 2 * pad), (card.width() - 2 * _ROOM) / (wide + 2 * pad))
    middle = (low + high) / 2.0
    px = (points - middle) * (scale, -scale) + (card.center().x(), card.center().y())
    trunk, left, right = (QColor.fromRgbF(*rgb) for rgb in colours.sided(glimpse.role).tolist())
    for edge in np.argsort([np.nanmean(depth[list(pair)]) for pair in drawn.edges]):  # the farthest first
        a, b = drawn.edges[edge]
        if known[a] and known[b]:
            side = int(drawn.sides[b])
            colour = left if side > 0 else right if side < 0 else trunk
            _bone(painter, px[a], px[b], max(2.0 * float(radii[edge]) * scale, _THINNEST), colour)
    for joint in np.flatnonzero(balls > 0.0):
        if known[joint]:
            radius = max(float(balls[joint]) * scale, _THINNEST)
            fill(painter, left if drawn.sides[joint] > 0 else right if drawn.sides[joint] < 0 else trunk)
            painter.drawEllipse(QPointF(*px[joint]), radius, radius)


def _seen(glimpse: Glimpse) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """(J, 2) the pose as it is seen, y up, and (J,) how near the eye each joint is."""
    pose = np.asarray(glimpse.pose, dtype=np.float64)
    if pose.shape[1] == 2:
        return pose, np.zeros(len(pose))
    azimuth = three_quarter(np.asarray(way(glimpse.skeleton, pose[None], pose[None, 0]), dtype=np.float64))
    plane = Plane(azimuth, 1.0, (0.0, 0.0, 0.0))
    return plane.image(pose).astype(np.float64), pose @ plane.towards_eye


def _bone(painter: QPainter, a: NDArray[np.floating], b: NDArray[np.floating], width: float, colour: QColor) -> None:
    painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(*a), QPointF(*b))
