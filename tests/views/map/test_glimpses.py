"""What the pointer is over on the map is seen beside it as a small figure; a click goes there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.bench.map.paths import MapPath
from poseviewer.bench.words import signed
from poseviewer.render.palette import palette
from poseviewer.views.map.latent_map_view import LatentMapView
from tests.linear_world import LinearEmbedding
from tests.views.driving.clicking import move

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def px(view: LatentMapView, xy: np.ndarray) -> QPoint:
    x, y = view.canvas.px(xy)
    return QPoint(round(x), round(y))


def hover(view: LatentMapView, point: int, qtbot: QtBot) -> None:
    """Point at a frame until it is taken: the map may still be laid out."""

    def taken() -> bool:
        points = view._picture.points
        assert points is not None
        move(view.canvas.viewport(), px(view, points.xy[point]))
        return view.canvas.hovered == point

    qtbot.waitUntil(taken)


def state(session: Session) -> tuple[Any, ...]:
    bench = session.bench
    return bench.clip, bench.time, bench.held, bench.seed, bench.lane.rollout, session.history.count()


def test_a_points_pose_is_read_from_the_dataset_and_seen_and_nothing_changes(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    view, session = map_view, empty_session
    points, before = view._picture.points, state(session)
    assert points is not None
    point = int(np.flatnonzero((points.index.clip == 1) & (points.index.frame == 7))[0])
    hover(view, point, qtbot)
    qtbot.waitUntil(lambda: view.canvas._glimpse is not None)
    seen = view.canvas._glimpse
    assert seen is not None and np.array_equal(seen.pose, points.index.dataset.clip(1).positions[7])
    shown = view.canvas.grab().toImage()
    view.canvas.show_glimpse(None)
    assert view.canvas.grab().toImage() != shown  # the figure was there to be seen
    move(view.canvas.viewport(), QPoint(3, 3))
    assert view.canvas._glimpse is None and state(session) == before


def test_a_map_that_is_fitted_anew_under_a_resting_pointer_tells_what_is_there_now(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    view, points = map_view, map_view._picture.points
    assert points is not None
    point = int(np.flatnonzero((points.index.clip == 1) & (points.index.frame == 7))[0])
    hover(view, point, qtbot)
    at = px(view, points.xy[point])
    view.canvas.box.translateBy(x=50.0)  # as if it had been laid out elsewhere
    assert view.canvas._nearest(at.toPointF()) is None
    move(view.canvas.viewport(), at)
    assert view.canvas.hovered is None
    view.canvas.fit()
    assert view.canvas.hovered == point


def test_a_path_is_hovered_by_frame_and_a_click_goes_there(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    view, session = map_view, empty_session
    session.set_seed(0, 20)
    qtbot.wait(20)
    truth = next(path for path in view._picture.paths if path.role == "truth")
    at = px(view, truth.xy[8])
    move(view.canvas.viewport(), at)
    assert view.canvas.hovered_path == (truth, 8) and view.canvas._pointed_at == "truth +8"
    seen, clip = view.canvas._glimpse, session.bench.clip
    assert seen is not None and clip is not None and np.array_equal(seen.pose, clip.positions[27])
    QTest.mouseClick(view.canvas.viewport(), LEFT, NONE, at)
    assert session.bench.time == pytest.approx(27 / 30.0) and session.bench.clip is clip
    seed = next(path for path in view._picture.paths if path.role == "seed")
    at = px(view, seed.xy[6])
    move(view.canvas.viewport(), at)
    assert view.canvas.hovered_path == (seed, 6) and view.canvas._pointed_at == f"seed {signed(-13)}"
    seen = view.canvas._glimpse
    assert seen is not None and np.array_equal(seen.pose, clip.positions[6])
    QTest.mouseClick(view.canvas.viewport(), LEFT, NONE, at)
    assert session.bench.time == pytest.approx(6 / 30.0)


def test_who_hovers_keeps_what_he_is_over_while_the_picture_changes_under_him(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    view, canvas = map_view, map_view.canvas
    points = view._picture.points
    assert points is not None
    point = int(np.flatnonzero((points.index.clip == 1) & (points.index.frame == 7))[0])
    hover(view, point, qtbot)
    qtbot.waitUntil(lambda: canvas._glimpse is not None)
    colours = palette("dark")
    canvas.show_picture(replace(view._picture, points=replace(points)), colours, "action", True)
    assert canvas.hovered == point and canvas._glimpse is not None
    canvas.show_picture(replace(view._picture, points=None), colours, "action", True)
    assert canvas.hovered is None and canvas._glimpse is None


def test_a_click_on_a_lanes_path_goes_to_its_frame_and_gives_it_the_focus(
    map_view: LatentMapView, ready: Session, qtbot: QtBot
) -> None:
    view, bench = map_view, ready.bench
    ready.stepper.step(12)
    qtbot.waitUntil(lambda: bench.lane.horizon == 12 and not ready.jobs.running, timeout=60_000)
    lane = bench.lane
    assert lane.latents is not None
    moved = replace(lane.latents, own=lane.latents.own + 1.0)
    other = replace(lane, role="generated_b", name="B", latents=moved)
    bench.put(other)
    ready.rollout_changed.emit()
    qtbot.wait(20)
    found: list[MapPath] = [path for path in view._picture.paths if path.role == "generated_b" and not path.faint]
    assert len(found) == 1 and lane.latents is not None and bench.projection is not None
    place = next(k for k in range(12, 0, -1) if view.canvas._on_path(_f(view, found[0].xy[k])) == (found[0], k))
    at = px(view, found[0].xy[place])
    move(view.canvas.viewport(), at)
    hit = view.canvas.hovered_path
    assert hit is not None and hit[0] is found[0]
    seen = view.canvas._glimpse
    assert seen is not None and lane.rollout is not None and seen.role == "generated_b"
    assert np.array_equal(seen.pose, lane.rollout.poses[0, hit[1] - 1])
    assert view.canvas._pointed_at == f"B, +{hit[1]}"
    QTest.mouseClick(view.canvas.viewport(), LEFT, NONE, at)
    assert bench.focus == "generated_b" and bench.relative_frame() == hit[1]


def _f(view: LatentMapView, xy: np.ndarray) -> Any:
    return px(view, xy).toPointF()


def test_from_a_checkpoint_alone_the_pose_under_the_pointer_is_decoded(
    map_view: LatentMapView, empty_session: Session, qtbot: QtBot
) -> None:
    view, session, embedding = map_view, empty_session, LinearEmbedding()
    session.bench.embedding = embedding  # type: ignore[assignment]
    session.models_replaced()
    qtbot.waitUntil(lambda: session.bench.projection is not None and view._picture.density is not None)
    at = QPoint(view.canvas.width() // 4, view.canvas.height() // 3)
    move(view.canvas.viewport(), at)
    QApplication.processEvents()
    seen, plane = view.canvas._glimpse, session.bench.projection
    assert seen is not None and plane is not None
    latent = plane.lift(view.canvas.map_point(at.toPointF()), near=embedding.latent_mean)
    decoded = session.latents.pose_alone(latent)
    assert decoded is not None and np.allclose(seen.pose, decoded, atol=1e-5) and session.bench.held is None
