"""The latent map's widget, driven by mouse and keyboard."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.analysis.encoding import Latents
from poseviewer.analysis.projection import PCAProjection
from poseviewer.app.session import Session
from poseviewer.bench.track import Track
from poseviewer.render.palette import palette
from poseviewer.views.map.latent_map_view import LatentMapView
from tests.linear_world import FRAMES, SIZE, LinearEmbedding, fill
from tests.views.driving.clicking import drag, move

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def session(empty_session: Session) -> Session:
    return empty_session


@pytest.fixture
def view(map_view: LatentMapView) -> LatentMapView:
    return map_view


def handle(view: LatentMapView, session: Session) -> QPoint:
    """Where the present frame's handle is, in px of the map."""
    latent, projection = session.bench.latent_at(), session.bench.projection
    assert latent is not None and projection is not None
    x, y = view.canvas.px(projection.map(latent[None])[0])
    return QPoint(round(x), round(y))


def test_dragging_the_handle_decodes_what_lies_under_it(
    view: LatentMapView, session: Session, filled: LinearEmbedding
) -> None:
    bench = session.bench
    before, start = bench.latent_at(), handle(view, session)
    drag(view.canvas.viewport(), start, start + QPoint(-60, 35))
    held = bench.held
    assert held is not None and before is not None and bench.projection is not None and bench.read is not None
    moved = view.canvas.px(bench.projection.map(held.latent[None])[0]) - view.canvas.px(
        bench.projection.map(before[None])[0]
    )
    assert moved == pytest.approx((-60, 35), abs=0.01)
    shift = held.latent - before
    across = shift - (shift @ bench.projection.axes.T) @ bench.projection.axes
    assert np.abs(across).max() < 1e-9  # the components outside the plane are kept
    _, at = filled.encode(bench.read.positions[:1])
    assert np.abs(held.pose - filled.decode(held.latent[None], at).poses[0]).max() < 1e-5


def test_release_keeps_undo_takes_back_and_redo_brings_again(
    view: LatentMapView, session: Session, filled: LinearEmbedding
) -> None:
    start = handle(view, session)
    drag(view.canvas.viewport(), start, start + QPoint(40, 10))
    kept = session.bench.held
    assert kept is not None and session.history.count() == 1
    session.history.undo()
    assert session.bench.held is None
    session.history.redo()
    assert session.bench.held is kept
    drag(view.canvas.viewport(), handle(view, session), start)
    session.history.undo()
    assert session.bench.held is kept


def test_escape_lets_go_while_dragging_and_after(
    view: LatentMapView, session: Session, filled: LinearEmbedding
) -> None:
    start = handle(view, session)
    drag(view.canvas.viewport(), start, start + QPoint(40, 10), release=False)
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert session.bench.held is None and session.history.count() == 0
    move(view.canvas.viewport(), start + QPoint(60, 10), LEFT)
    QTest.mouseRelease(view.canvas.viewport(), LEFT, NONE, start + QPoint(60, 10))
    assert session.bench.held is None
    drag(view.canvas.viewport(), handle(view, session), start + QPoint(40, 10))
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert session.bench.held is None
    session.history.undo()
    assert session.bench.held is not None


def test_the_foot_tells_of_the_hand_and_then_of_the_data(
    view: LatentMapView, session: Session, filled: LinearEmbedding
) -> None:
    assert view.foot.words == ["96 frames, contours hold 50, 80, 95 % of the data"]
    height, start = view.canvas.height(), handle(view, session)
    drag(view.canvas.viewport(), start, start + QPoint(40, 10))
    first, second = view.foot.words
    assert "σ" in first and "4 components kept" in first
    assert "Mahalanobis" in second and "nearest run, frame" in second
    assert view.canvas.height() == height  # or the map would move under the hand
    session.let_go()
    assert view.foot.words == ["96 frames, contours hold 50, 80, 95 % of the data"]


def test_the_handle_follows_time_and_costs_nothing(
    view: LatentMapView, session: Session, filled: LinearEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    view.repaint()
    still = view.canvas._still
    with monkeypatch.context() as during:
        during.setattr(PCAProjection, "map", None)  # nothing is projected: the paths are there already
        for frame in range(1, FRAMES):
            session.set_time(frame / 30.0)
    QApplication.processEvents()
    assert view.canvas._still is still  # nothing but the handle was painted
    drag(view.canvas.viewport(), handle(view, session), handle(view, session) + QPoint(0, 30))
    assert session.bench.held is not None


def test_of_a_frame_more_what_stands_still_is_not_painted_again(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    def grow(count: int) -> QImage:
        latents = filled.latent_mean + 0.02 * np.arange(1, count + 1)[:, None] * np.eye(SIZE)[0]
        known = Latents.nothing(1, 0, SIZE).further(latents[None])
        poses = np.zeros((count, len(filled.skeleton.joints), 3), np.float32)
        tracks = (Track(filled.skeleton, poses, 30.0, session.bench.seed_end + 1 / 30),)
        rollout: Any = SimpleNamespace(fps=30.0, length=count)
        session.bench.put(replace(session.bench.lane, rollout=rollout, latents=known, tracks=tracks))
        session.rollout_changed.emit()
        qtbot.wait(20)
        return view.canvas.grab().toImage()

    def thickness(image: QImage, frame: int) -> int:
        """px across the path at a frame that are of the rollout's colour."""
        path, tint = view._picture.paths[-1], palette("dark").colour("generated_a")
        x, y = view.canvas.px(path.xy[frame])
        column = [image.pixelColor(round(x), round(y) + k).getRgbF()[:3] for k in range(-4, 5)]
        return int((np.abs(np.array(column) - tint).max(axis=1) < 0.25).sum())

    grow(150)
    ground = view.canvas._ground
    before = grow(151)
    assert ground is not None and view.canvas._ground is ground
    assert grow(152) != before and view.canvas._ground is ground
    image = grow(152)
    assert thickness(image, 148) >= 2 and thickness(image, 73) <= 1  # the last two seconds stand out


def test_a_hidden_map_does_no_work(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    view.hide()
    before, here = view._picture, view.canvas._here
    session.set_time(0.5)
    session.latents_changed.emit()
    qtbot.wait(20)
    assert view._picture is before and view.canvas._here is here
    view.show()
    assert view.canvas._here is not here


def test_hover_names_a_point_and_a_click_goes_to_it(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    points = view._picture.points
    assert points is not None
    point = int(np.flatnonzero((points.index.clip == 1) & (points.index.frame == 7))[0])
    x, y = view.canvas.px(points.xy[point])
    at = QPoint(round(x), round(y))
    move(view.canvas.viewport(), at)
    assert view.canvas.hovered == point and points.name(point) == "run, frame 7"
    QTest.mouseClick(view.canvas.viewport(), LEFT, NONE, at)
    qtbot.waitUntil(lambda: session.bench.clip_index == 1)
    assert session.bench.time == pytest.approx(7 / 30.0)


def test_a_right_click_offers_the_point_as_seed_and_as_pose(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    points = view._picture.points
    assert points is not None
    point = int(np.flatnonzero((points.index.clip == 1) & (points.index.frame == 7))[0])
    at = QPointF(*view.canvas.px(points.xy[point]))

    def menu() -> dict[str, QAction]:
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at.toPoint(), view.canvas.mapToGlobal(at.toPoint()))
        QApplication.sendEvent(view.canvas.viewport(), event)
        return {action.text(): action for action in view.findChildren(QMenu)[-1].actions()}

    menu()["Take this frame's pose"].trigger()
    assert session.bench.held is not None
    np.testing.assert_allclose(session.bench.held.latent, points.index.latents[point], atol=1e-6)
    session.history.undo()
    assert session.bench.held is None
    offered = menu()
    assert "Take the pose that lies here" in offered and "Go to run, frame 7" in offered
    offered["Let the seed end here: run, frame 7"].trigger()
    qtbot.waitUntil(lambda: session.bench.clip_index == 1 and session.bench.seed[1] == 8)
    assert session.bench.time == pytest.approx(7 / 30.0)
    session.history.undo()
    assert session.bench.seed[1] != 8


def test_a_click_on_a_point_is_over_once_another_clip_was_chosen(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    points = view._picture.points
    assert points is not None
    view._go_to(int(np.flatnonzero((points.index.clip == 1) & (points.index.frame == 7))[0]))
    session.select_clip(points.index.dataset, 0)  # before the clicked clip has been read
    qtbot.wait(200)
    assert (session.bench.clip_index, session.bench.time) == (0, 0.0)
    with qtbot.waitSignal(session.clip_changed, timeout=5000):
        session.select_clip(points.index.dataset, 1)
    assert (session.bench.clip_index, session.bench.time) == (1, 0.0)


def test_the_wheel_zooms_about_the_cursor_a_drag_pans_and_a_double_click_fits(
    view: LatentMapView, filled: LinearEmbedding
) -> None:
    canvas, at = view.canvas, QPointF(90, 80)
    under, width = canvas.map_point(at), canvas.box.viewRect().width()
    event = QWheelEvent(
        at, at, QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False
    )
    canvas.wheelEvent(event)
    assert canvas.box.viewRect().width() < 0.8 * width
    assert canvas.map_point(at) == pytest.approx(under, abs=1e-6)
    drag(view.canvas.viewport(), QPoint(30, 30), QPoint(70, 60))
    assert canvas.map_point(at + QPointF(40, 30)) == pytest.approx(under, abs=1e-6)
    QTest.mouseDClick(canvas.viewport(), LEFT, NONE, QPoint(30, 30))
    assert canvas.box.viewRect().width() == pytest.approx(width)


def test_many_moves_between_two_paints_are_one_decode(
    view: LatentMapView, session: Session, filled: LinearEmbedding
) -> None:
    heard: list[int] = []
    session.held_changed.connect(lambda: heard.append(1))
    start, surface = QPointF(handle(view, session)), view.canvas.viewport()
    QTest.mousePress(surface, LEFT, NONE, start.toPoint())
    for k in range(1, 31):
        at = start + QPointF(k, 0)
        move = QMouseEvent(QEvent.Type.MouseMove, at, surface.mapToGlobal(at), Qt.MouseButton.NoButton, LEFT, NONE)
        QApplication.sendEvent(surface, move)
    QApplication.processEvents()
    assert 1 <= len(heard) <= 2
    assert session.bench.held is not None and session.bench.projection is not None
    reached = view.canvas.px(session.bench.projection.map(session.bench.held.latent[None])[0])
    assert np.hypot(*(reached - (start.x() + 30, start.y()))) < 1.0  # the last of them
    QTest.mouseRelease(surface, LEFT, NONE, (start + QPointF(30, 0)).toPoint())


def test_it_says_what_will_fill_it_and_why_nothing_can(view: LatentMapView, session: Session, qtbot: QtBot) -> None:
    assert "embedding" in view._picture.sentence
    fill(session)
    session.bench.embedding_misfit = "dog: it has no joint hip; map it onto the humanoid."
    session.models_changed.emit()
    qtbot.wait(20)
    assert "no path here" in view._picture.sentence  # short: the map shows the other clips
    assert view.canvas.toolTip() == session.bench.embedding_misfit


def test_the_projection_is_fitted_to_what_the_combo_says(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    before = session.bench.projection
    view.bar.fit_to.setCurrentIndex(view.bar.fit_to.findData("all"))
    view.bar.fit_to.activated.emit(view.bar.fit_to.currentIndex())
    qtbot.waitUntil(lambda: session.bench.projection is not before)
    assert session.bench.fit_to == "all"
    assert [action.text() for action in view.title_actions()][-1].startswith("Fit the map")


def test_more_points_than_can_be_told_apart_are_binned(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    index, bench = session.bench.index, session.bench
    assert index is not None
    many = 700
    noise = 0.05 * np.random.default_rng(0).normal(size=(many * len(index.latents), index.latents.shape[1]))
    bench.indexes[:] = [
        replace(
            index,
            latents=(np.tile(index.latents, (many, 1)) + noise).astype(np.float32),
            clip=np.tile(index.clip, many),
            frame=np.tile(index.frame, many),
        )
    ]
    session.latents_changed.emit()
    qtbot.wait(20)
    view.repaint()
    layers = view.canvas._layers
    assert layers._bins.isVisible() and not layers._scatter
    points = view._picture.points
    assert points is not None
    view.canvas.box.scaleBy((0.05, 0.05), center=QPointF(*points.xy[0].tolist()))
    view.canvas.invalidate()
    view.repaint()
    assert not layers._bins.isVisible() and layers._scatter


def test_the_shipped_model_decodes_what_lies_under_the_handle(
    view: LatentMapView, session: Session, qtbot: QtBot
) -> None:
    if not any(paths.models().glob("*.safetensors")):
        pytest.skip("no shipped models in this checkout")
    session.open_motion(paths.demo(), remember=False)
    session.offer_models()
    qtbot.waitUntil(lambda: view._picture.points is not None and session.bench.clip_latents is not None, timeout=60_000)
    bench, start = session.bench, handle(view, session)
    drag(view.canvas.viewport(), start, start + QPoint(-40, 25))
    held = bench.held
    assert held is not None and bench.embedding is not None and bench.read is not None
    _, at = bench.embedding.encode(bench.read.positions[:1])
    assert np.abs(held.pose - bench.embedding.decode(held.latent[None], at).poses[0]).max() < 1e-5


def test_a_zoomed_map_without_points_stays_where_it_is(view: LatentMapView, session: Session, qtbot: QtBot) -> None:
    session.bench.embedding = LinearEmbedding()  # type: ignore[assignment]
    session.models_replaced()
    qtbot.waitUntil(lambda: view._picture.density is not None)
    QTest.mouseDClick(view.canvas.viewport(), LEFT, NONE, QPoint(30, 30))
    view.canvas.box.scaleBy((0.5, 0.5))
    wide = view.canvas.box.viewRect().width()
    session.set_look(theme="light")
    qtbot.wait(20)
    assert view.canvas.box.viewRect().width() == pytest.approx(wide)


def test_the_key_names_the_colours_and_lights_what_is_under_the_mouse(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    (walk, first), (run, second) = view.key.chips()
    assert (first.name, first.frames, second.name) == ("walk", FRAMES, "run")
    assert (run.top(), run.bottom()) == (0, view.key.height())
    move(view.key, run.center().toPoint())
    scatter = view.canvas._layers._scatter
    assert scatter[second.group].opacity() == 1.0 and scatter[first.group].opacity() < 0.5
    assert view.key._tip(walk.center().x()) == f"walk, {FRAMES} frames"
    move(view.key, QPoint(view.key.width() - 2, 10))
    assert scatter[first.group].opacity() == 1.0
    for colour, words in (("frame", "first to its last"), ("clip", "2 clips"), ("action", "walk, run")):
        view.bar.colour.setCurrentText(colour)
        view.bar.colour.activated.emit(view.bar.colour.currentIndex())
        qtbot.waitUntil(lambda words=words: words in view.key.accessibleDescription() and not view.key.isHidden())
        view.grab()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_truth_is_seen_in_a_crowd_of_points(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot, theme: str
) -> None:
    bench = session.bench
    bench.seed = (0, 20)
    index = bench.index
    assert index is not None and bench.projection is not None
    away = 0.02 * np.random.default_rng(0).normal(size=(200, *index.latents.shape))
    crowd = (index.latents + away).reshape(-1, index.latents.shape[1]).astype(np.float32)
    bench.indexes[:] = [replace(index, latents=crowd, clip=np.tile(index.clip, 200), frame=np.tile(index.frame, 200))]
    session.set_look(theme=theme)
    session.latents_changed.emit()
    qtbot.wait(20)
    image = view.canvas.grab().toImage()
    panel = palette(session.look.theme).colour("panel")
    path = next(path for path in view._picture.paths if path.role == "truth")
    shades = []
    for here, there in zip(path.xy[2:-2], path.xy[3:-1], strict=True):
        start, stop = view.canvas.px(here), view.canvas.px(there)
        across = np.array([-(stop - start)[1], (stop - start)[0]]) / max(np.hypot(*(stop - start)), 1e-9)
        for side in (-2.4, 2.4):
            x, y = (start + stop) / 2 + side * across
            shades.append(image.pixelColor(round(x), round(y)).getRgbF()[:3])
    assert np.median(np.abs(np.array(shades) - panel).max(axis=1)) < 0.12


def test_a_rollout_that_leaves_the_view_is_followed_unless_somebody_zoomed(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    def leave(far: float) -> bool:
        """Let a rollout go far; whether its end is in view."""
        latents = filled.latent_mean + far * np.arange(1, 21)[:, None] * np.eye(SIZE)[0]
        known = Latents.nothing(1, 0, SIZE).further(latents[None])
        rollout: Any = SimpleNamespace(fps=30.0, length=20)
        poses = np.zeros((20, len(filled.skeleton.joints), 3), np.float32)
        tracks = (Track(filled.skeleton, poses, 30.0, bench.seed_end + 1 / 30),)
        bench.put(replace(bench.lane, rollout=rollout, latents=known, tracks=tracks))
        session.rollout_changed.emit()
        qtbot.wait(20)
        x, y = bench.projection.map(latents[-1:])[0]  # type: ignore[union-attr]
        return bool(view.canvas.box.viewRect().contains(x, y))

    bench = session.bench
    assert leave(0.5)
    view.canvas.wheelEvent(
        QWheelEvent(
            QPointF(90, 80), QPointF(90, 80), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NONE,
            Qt.ScrollPhase.NoScrollPhase, False,
        )
    )  # fmt: skip
    assert not leave(2.0)
    QTest.mouseDClick(view.canvas.viewport(), LEFT, NONE, QPoint(30, 30))
    assert leave(2.0)


@pytest.mark.parametrize("wide", [240, 320, 369, 400])
def test_nothing_is_cut_in_a_narrow_dock(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot, wide: int
) -> None:
    view.resize(wide, 300)
    QApplication.processEvents()
    assert view.width() == wide
    boxes = (view.bar.projection, view.bar.fit_to, view.bar.colour)
    for widget in (*boxes, *view.bar._words):
        if widget.isVisible():
            right = widget.mapTo(view, QPoint(widget.width(), 0)).x()
            words = widget.fontMetrics().horizontalAdvance(widget.currentText() if widget in boxes else widget.text())
            assert right <= wide and widget.width() >= words + (24 if widget in boxes else 0)  # the arrow's room
    assert ", ".join(view.foot.words) == "96 frames, contours hold 50, 80, 95 % of the data"
    assert view.key.chips()[-1][0].right() <= wide
