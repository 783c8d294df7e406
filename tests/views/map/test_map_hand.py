"""What a press, a drag and a release on the map do, and what they leave alone."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.views.map.latent_map_view import LatentMapView
from poseviewer.views.map.map_colours import group_colours
from tests.linear_world import LinearEmbedding
from tests.views.driving.clicking import drag, move

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Painted(QObject):
    """Hears which part of a widget is painted."""

    def __init__(self, heard: list[QRect]) -> None:
        super().__init__()
        self._heard = heard

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self._heard.append(event.rect())
        return False


def px(view: LatentMapView, xy: np.ndarray) -> QPoint:
    x, y = view.canvas.px(xy)
    return QPoint(round(x), round(y))


def handle(view: LatentMapView, session: Session) -> QPoint:
    latent, projection = session.bench.latent_at(), session.bench.projection
    assert latent is not None and projection is not None
    return px(view, projection.map(latent[None])[0])


def a_point(view: LatentMapView, clip: int, frame: int) -> QPoint:
    points = view._picture.points
    assert points is not None
    at = np.flatnonzero((points.index.clip == clip) & (points.index.frame == frame))[0]
    return px(view, points.xy[at])


def test_a_click_on_a_frame_leaves_the_seed_alone(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    session = empty_session
    at = a_point(map_view, 1, 7)
    QTest.mouseClick(map_view.canvas.viewport(), LEFT, NONE, at)
    qtbot.waitUntil(lambda: session.bench.clip_index == 1)
    seed = session.bench.seed
    assert session.bench.time == pytest.approx(7 / 30.0) and seed[1] != 8 and not session.history.canUndo()


def test_to_pan_from_one_frame_to_another_is_no_click(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    canvas, begin = map_view.canvas, a_point(map_view, 1, 7)
    under = canvas.map_point(QPointF(begin))
    drag(canvas.viewport(), begin, begin + QPoint(40, 25))  # the frame goes along with the hand
    assert canvas.map_point(QPointF(begin + QPoint(40, 25))) == pytest.approx(under, abs=1e-6)
    qtbot.wait(150)
    assert (empty_session.bench.clip_index, empty_session.bench.time) == (0, 0.0)


def test_the_pose_that_is_kept_is_the_one_under_the_release(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding
) -> None:
    session, surface = empty_session, map_view.canvas.viewport()
    start = handle(map_view, session)
    QTest.mousePress(surface, LEFT, NONE, start)
    for way in (QPointF(5, 0), QPointF(35, 12)):  # both before the next paint
        at = QPointF(start) + way
        event = QMouseEvent(QEvent.Type.MouseMove, at, surface.mapToGlobal(at), Qt.MouseButton.NoButton, LEFT, NONE)
        QApplication.sendEvent(surface, event)
    at = QPointF(start) + QPointF(35, 12)
    release = QMouseEvent(
        QEvent.Type.MouseButtonRelease, at, surface.mapToGlobal(at), LEFT, Qt.MouseButton.NoButton, NONE
    )
    QApplication.sendEvent(surface, release)
    held, projection = session.bench.held, session.bench.projection
    assert held is not None and projection is not None and session.history.count() == 1
    reached = map_view.canvas.px(projection.map(held.latent[None])[0])
    assert np.hypot(*(reached - (at.x(), at.y()))) < 1.0


def test_the_handle_stays_above_what_the_foot_says_of_it(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    session, canvas = empty_session, map_view.canvas
    start = handle(map_view, session)
    drag(canvas.viewport(), start, start + QPoint(10, 5), release=False)
    qtbot.wait(20)  # the foot has grown to two lines
    move(canvas.viewport(), QPoint(start.x(), canvas.height() - 2), LEFT)
    qtbot.wait(20)
    held, projection = session.bench.held, session.bench.projection
    assert held is not None and projection is not None and canvas.covered > 0
    assert canvas.px(projection.map(held.latent[None])[0])[1] <= canvas.height() - canvas.covered - 11.0
    QTest.mouseRelease(canvas.viewport(), LEFT, NONE, QPoint(start.x(), canvas.height() - 2))


def test_paths_that_are_off_are_neither_seen_nor_under_the_pointer(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    view, paths = map_view, map_view.title_actions()[1]
    seed = view._picture.paths[-1]
    assert paths.text().startswith("Paths")
    at, shown = QPointF(*view.canvas.px(seed.xy[20])), view.canvas.grab().toImage()
    assert view.canvas._on_path(at) is not None
    paths.setChecked(False)
    qtbot.wait(20)
    assert view.canvas._on_path(at) is None and view.canvas.grab().toImage() != shown
    paths.setChecked(True)
    qtbot.wait(20)
    assert view.canvas.grab().toImage() == shown


def test_nothing_is_left_of_the_line_to_where_the_hand_took_it(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    session, canvas = empty_session, map_view.canvas
    qtbot.wait(20)
    start, painted = handle(map_view, session), list[QRect]()
    drag(canvas.viewport(), start, start + QPoint(-90, 60), release=False)
    qtbot.wait(20)
    canvas.viewport().installEventFilter(told := Painted(painted))
    move(canvas.viewport(), start + QPoint(-90, -40), LEFT)
    qtbot.waitUntil(lambda: bool(painted))
    assert any(rect.contains(start + QPoint(-45, 30)) for rect in painted)  # the middle of the line before
    canvas.viewport().removeEventFilter(told)
    QTest.mouseRelease(canvas.viewport(), LEFT, NONE, start + QPoint(-90, -40))


def test_a_drag_is_over_where_time_moves_on(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    session, surface = empty_session, map_view.canvas.viewport()
    start = handle(map_view, session)
    drag(surface, start, start + QPoint(-40, 20), release=False)
    assert session.bench.held is not None
    session.set_time(0.5)
    assert session.bench.held is None and not map_view.canvas.dragging
    move(surface, start + QPoint(-60, 20), LEFT)
    qtbot.wait(20)
    QTest.mouseRelease(surface, LEFT, NONE, start + QPoint(-60, 20))
    assert session.bench.held is None and not session.history.canUndo()


def test_the_right_button_takes_nothing_in_the_hand_and_its_menu_leaves_the_map_where_it_is(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding
) -> None:
    session, canvas = empty_session, map_view.canvas
    start, under = handle(map_view, session), canvas.map_point(QPointF(50, 50))
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.RightButton, NONE, start)
    assert not canvas.dragging
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(canvas.viewport(), QContextMenuEvent(reason, start, canvas.mapToGlobal(start)))
    move(canvas.viewport(), start + QPoint(30, 10))  # the menu got the release
    move(canvas.viewport(), start + QPoint(60, 20))
    assert canvas.map_point(QPointF(50, 50)) == pytest.approx(under) and session.bench.held is None


def test_the_wheel_ends_where_nothing_more_is_to_be_seen(map_view: LatentMapView, filled: LinearEmbedding) -> None:
    canvas, at = map_view.canvas, QPointF(90, 80)
    usual = canvas.box.viewRect().width()
    for notches, low, high in ((-40, 5.0, 15.0), (80, 1.0 / 500.0, 1.0 / 200.0)):
        for _ in range(abs(notches)):
            turn = QPoint(0, 120 if notches > 0 else -120)
            none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
            canvas.wheelEvent(QWheelEvent(at, at, QPoint(), turn, none, NONE, phase, False))
        assert low * usual < canvas.box.viewRect().width() < high * usual


def test_who_moved_the_map_keeps_what_he_sees(map_view: LatentMapView, filled: LinearEmbedding) -> None:
    canvas = map_view.canvas
    drag(canvas.viewport(), QPoint(30, 30), QPoint(260, 200))
    view, path = canvas.box.viewRect(), map_view._picture.paths[-1]
    assert not view.contains(*path.corners[0]) and not canvas.outgrown


def test_where_two_paths_meet_the_upper_one_is_under_the_pointer(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    empty_session.set_seed(0, 20)
    qtbot.wait(20)
    truth, seed = map_view._picture.paths
    assert map_view.canvas._on_path(QPointF(*map_view.canvas.px(truth.xy[0]))) == (seed, 19)


def test_a_pose_is_taken_from_where_the_menu_was_asked_for(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding
) -> None:
    session, canvas, at = empty_session, map_view.canvas, QPoint(120, 90)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(canvas.viewport(), QContextMenuEvent(reason, at, canvas.mapToGlobal(at)))
    offered = {entry.text(): entry for entry in map_view.findChildren(QMenu)[-1].actions()}
    offered["Take the pose that lies here"].trigger()
    held, projection = session.bench.held, session.bench.projection
    assert held is not None and projection is not None
    assert canvas.px(projection.map(held.latent[None])[0]) == pytest.approx((120, 90), abs=0.5)


def test_another_colouring_is_painted(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    empty_session.set_map(colour="frame")
    qtbot.wait(20)
    shown = map_view.canvas._layers._scatter
    assert len(shown) > 4  # steps of a scale, not two actions
    wanted = {number: map_view.canvas._layers._brush(number).name() for number in shown}
    colours = group_colours("frame", palette("dark"))
    assert wanted == {number: colours[number].name() for number in shown}


def test_the_density_is_brightest_where_it_is_densest(
    map_view: LatentMapView, empty_session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    density, image = map_view._picture.density, map_view.canvas._layers._density
    assert density is not None
    row, column = np.unravel_index(int(density.image.argmax()), density.image.shape)
    seen = np.asarray(image.image).astype(float)
    panel = np.array(palette("dark").colour("panel")) * 255.0
    assert np.abs(seen[row, column] - panel).sum() == pytest.approx(np.abs(seen - panel).sum(axis=2).max(), abs=3.0)
    left, right, bottom, top = density.extent
    drawn = image.mapRectToParent(image.boundingRect())
    assert (drawn.left(), drawn.right(), drawn.top(), drawn.bottom()) == pytest.approx((left, right, bottom, top))
