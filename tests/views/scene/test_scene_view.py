"""The 3D view: its camera glides to where it is sent, a hand takes it over, and joints are named and pinned."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.bench.framing import follow_point, opening_camera, preset
from poseviewer.render.coarseness import Coarseness
from poseviewer.views.scene import scene_view
from poseviewer.views.scene.scene_view import SceneView
from tests.bench.scene.test_fan import spread
from tests.standing_in import Made


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> SceneView:
    made = SceneView(session)
    qtbot.addWidget(made)
    made.resize(400, 300)
    return made


def test_it_glides_to_a_side_and_stays_there(view: SceneView, session: Session, qtbot: QtBot) -> None:
    start, end, seen = view.camera, preset(session.bench, view.camera, "left"), []
    view.camera_changed.connect(lambda: seen.append(view.camera.yaw))
    view.preset("left")
    qtbot.waitUntil(lambda: view.camera.yaw == pytest.approx(end.yaw), timeout=5000)
    assert view.camera.pitch == pytest.approx(end.pitch) and view.camera.distance == pytest.approx(start.distance)
    between = [yaw for yaw in seen if yaw not in (start.yaw, end.yaw)]
    assert between and between == sorted(between, reverse=end.yaw < start.yaw)
    changes = len(seen)
    qtbot.wait(100)
    assert len(seen) == changes


def test_what_is_followed_is_in_the_middle_after_a_glide_however_far_it_went_meanwhile(
    view: SceneView, session: Session, qtbot: QtBot
) -> None:
    session.set_time(0.0)
    view.set_camera(replace(view.camera, target=tuple(follow_point(session.bench).tolist())))
    before, end = follow_point(session.bench), preset(session.bench, view.camera, "left")
    view.preset("left")
    qtbot.wait(40)
    session.set_time(session.bench.end)
    assert np.linalg.norm(follow_point(session.bench) - before) > 0.1
    qtbot.waitUntil(lambda: view.camera.yaw == pytest.approx(end.yaw), timeout=5000)
    np.testing.assert_allclose(view.camera.target, follow_point(session.bench), atol=1e-4)


def test_another_projection_stays_when_a_glide_ends(view: SceneView, session: Session, qtbot: QtBot) -> None:
    end = preset(session.bench, view.camera, "left")
    view.preset("left")
    view.set_orthographic(True)
    qtbot.waitUntil(lambda: view.camera.yaw == pytest.approx(end.yaw), timeout=5000)
    assert view.camera.orthographic


@pytest.mark.parametrize("by_hand", [False, True])
def test_the_eye_makes_room_for_a_second_lane_unless_a_hand_has_moved_it(
    view: SceneView, session: Session, qtbot: QtBot, by_hand: bool
) -> None:
    bench = session.bench
    assert bench.clip is not None
    if by_hand:
        view.set_camera(view.camera.orbit(40.0, 0.0))
    before = view.camera
    for role in ("generated_a", "generated_b"):
        bench.set_rollout(Made(bench.clip.cut(0, 20), bench.clip.positions[None, 20:30]), role=role)  # type: ignore[arg-type]
        session.rollout_changed.emit()
        qtbot.wait(250)
        opening = before if by_hand else opening_camera(bench)
        assert (view.camera.yaw, view.camera.distance) == pytest.approx((opening.yaw, opening.distance))
    assert by_hand or view.camera.yaw > before.yaw + 0.3


def test_the_wheel_takes_over_from_a_glide(view: SceneView, qtbot: QtBot) -> None:
    view.preset("left")
    at, none = QPointF(200.0, 150.0), QPoint()
    buttons, keys, phase = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(view, QWheelEvent(at, at, none, QPoint(0, 480), buttons, keys, phase, False))
    zoomed = view.camera
    qtbot.wait(300)
    assert view.camera == zoomed


def test_a_picture_that_was_coarse_under_load_becomes_fine_though_nothing_moves(
    view: SceneView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def draw(stage: object, camera: object, size: object, ratio: float, coarseness: int) -> None:
        time.sleep(0.0 if drawn else 0.6)  # the first picture waited for another program
        drawn.append(coarseness)

    stand_in = SimpleNamespace(covered=lambda *_: 2e5, draw=draw)
    monkeypatch.setattr(scene_view, "finish", lambda: None)
    monkeypatch.setattr(view, "_coarseness", Coarseness())
    monkeypatch.setattr(view, "update", lambda: view._draw(stand_in))
    view.update()
    view.update()
    assert len(drawn) == 2 and drawn[1] > 1
    qtbot.waitUntil(lambda: drawn[-1] == 1, timeout=5000)
    qtbot.wait(500)
    assert drawn.count(1) == 2  # and then it rests


def test_a_click_pins_the_joint_of_the_current_figure_under_it(view: SceneView, session: Session) -> None:
    (figures,) = (figures for figures in view.stage().figures if figures.layer == "current")
    places, _ = view.camera.project(figures.positions[0], (view.width(), view.height()))
    head = QPointF(*places[figures.body.names.index("head")])
    assert view._joint_at(head) == "head" and view._joint_at(QPointF(1.0, 1.0)) == ""
    before = session.bench.pins
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=head.toPoint())
    assert session.bench.pins == before ^ {"head"}


def test_the_way_of_a_sample_shows_its_figure_and_a_click_picks_it(view: SceneView, session: Session) -> None:
    bench = session.bench = spread(16)
    session.announce(session.clip_changed, session.rollout_changed)
    view.set_camera(replace(view.camera, distance=12.0))
    root = bench.lane.tracks[9].root[12]
    ground = bench.track.ground  # type: ignore[union-attr]
    (px,), _ = view.camera.project(np.array([[root[0], ground, root[2]]]), (view.width(), view.height()))
    at = QPointF(*px).toPoint()
    place, buttons, keys = QPointF(at), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(view, QMouseEvent(QEvent.Type.MouseMove, place, place, buttons, buttons, keys))
    faint = [figures for figures in view.stage().figures if figures.opacity[0] == pytest.approx(0.3)]
    hovered = view._hovered
    assert hovered is not None and len(faint) == 1
    assert faint[0].positions[0] == pytest.approx(bench.lane.tracks[hovered[1]].positions[19])
    heard = []
    session.rollout_changed.connect(lambda: heard.append(session.bench.lane.sample))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert heard == [hovered[1]] and abs(hovered[1] - 9) <= 1
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert not [figures for figures in view.stage().figures if figures.opacity[0] == pytest.approx(0.3)]
