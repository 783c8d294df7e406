"""A map of very many points: its picture shows them where they are in their colours, and finds them there."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from poseviewer.views.map.map_pyramid import Pyramid

TINTS = np.zeros((256, 3), np.float32)
TINTS[1], TINTS[2] = (200, 0, 0), (0, 0, 100)


def points(count: int = 60_000) -> tuple[np.ndarray, np.ndarray]:
    """Two heaps far from each other and from zero, each of a group."""
    random = np.random.default_rng(0)
    group = (1 + np.arange(count) % 2).astype(np.uint8)
    middle = np.array([[10.0, -4.0], [14.0, 3.0]])[group - 1]
    return (middle + 0.3 * random.normal(size=(count, 2))).astype(np.float32), group


@pytest.mark.parametrize("view", [QRectF(5, -9, 16, 16), QRectF(9, -5, 2, 2), QRectF(13.5, 2.5, 1, 1)])
def test_each_cell_is_where_its_points_are_and_in_their_colour(view: QRectF) -> None:
    xy, group = points()
    image, place = Pyramid(xy, group, TINTS).image(view, 800)
    tall, wide = image.shape[:2]
    assert 800 / 4 <= wide * view.width() / place.width() <= 800 / 1.5 + 1 or place.width() < view.width()
    for number in (1, 2):
        seen = xy[group == number]
        low, high = (place.left(), place.top()), (place.right(), place.bottom())
        inside = (seen >= low).all(axis=1) & (seen < high).all(axis=1)
        column, row = ((seen[inside] - (place.left(), place.top())) / (place.width() / wide)).astype(int).T
        at = image[np.minimum(row, tall - 1), np.minimum(column, wide - 1)]
        near = (np.abs(at[:, :3] - TINTS[number]).max(axis=1) <= 1) & (at[:, 3] > 50) if len(at) else np.ones(1)
        assert near.mean() > 0.99
    empty = QRectF(100, 100, 5, 5)
    assert Pyramid(xy, group, TINTS).image(empty, 800)[0].size == 0


def test_what_is_near_holds_all_that_is_in_view() -> None:
    xy, group = points()
    pyramid = Pyramid(xy, group, TINTS)
    for view in (QRectF(9.9, -4.1, 0.2, 0.2), QRectF(-50, -50, 100, 100), QRectF(0, 0, 1, 1)):
        x, y = xy.T
        inside = np.flatnonzero((x > view.left()) & (x < view.right()) & (y > view.top()) & (y < view.bottom()))
        near = pyramid.near(view)
        assert set(inside.tolist()) <= set(near.tolist())
        assert len(near) == len(set(near.tolist())) == pyramid.count(view)
    assert pyramid.count(QRectF(9.9, -4.1, 0.2, 0.2)) < len(xy) / 4


def test_points_that_all_lie_on_one_spot_are_shown() -> None:
    xy = np.full((60_000, 2), 3.0, np.float32)
    image, place = Pyramid(xy, np.ones(60_000, np.uint8), TINTS).image(QRectF(2, 2, 2, 2), 400)
    assert image[..., 3].max() > 0 and place.left() <= 3.0 <= place.right()
