"""Class lanes under the curves: painted, folded, read at the playhead, explained under the mouse, switched by keys."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from poseviewer.analysis.classes.answers import Answers
from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.bench.classes.lanes import Named
from poseviewer.bench.classes.naming import BOTH, Namer, Naming
from poseviewer.bench.lane import KINDS
from poseviewer.render.palette import palette
from poseviewer.views.timeline.class_painting import class_boxes
from poseviewer.views.timeline.timeline_view import TimelineView
from poseviewer.views.timeline.track_layout import COLUMN, GUTTER, plots_top
from poseviewer.views.timeline.tracks import Tracks
from poseviewer.views.window.main_window import MainWindow
from tests.analysis.classes.sides import Sides
from tests.views.driving.clicking import move, put_up


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> TimelineView:
    """The demo's walk, whose 38 frames are taken for left and then for right."""
    session.classifying.follow = lambda: None  # type: ignore[method-assign]
    made = TimelineView(session, Playback(session))
    put_up(made, qtbot, 1196, 348)
    say(session, Namer("sides", "raw", Sides()))
    return made


def say(session: Session, *namers: Namer) -> None:
    frames = np.arange(0, 38)
    left = np.where(frames < 19, 0.95, 0.3)
    rows = np.stack([left, (1 - left) * 0.5, (1 - left) * 0.5], axis=1).astype(np.float32)
    told: Any = {(place, None): Answers(frames, rows) for place in range(len(namers))}
    session.bench.naming = Naming(namers, told)
    session.classes_changed.emit()


def picture(tracks: Tracks) -> QImage:
    return tracks.grab().toImage()


def colour_near(image: QImage, at: QPointF, colour: QColor) -> bool:
    """Whether a colour, somewhat seen through, is what stands at a place."""
    ratio = image.devicePixelRatio()
    seen = image.pixelColor(round(at.x() * ratio), round(at.y() * ratio))
    return all(abs(a - b) < 60 for a, b in zip(seen.getRgb()[:3], colour.getRgb()[:3], strict=True))


def test_areas_are_stacked_in_the_actions_colours(view: TimelineView, session: Session) -> None:
    image, tracks = picture(view.tracks), view.tracks
    (box,) = tracks.classes
    assert box.height == 28.0 and box.top + 28.0 < tracks.height()
    assert all(plot.bottom < box.top for plot in tracks._boxes)
    left, right = (QColor(palette("dark").action(number)) for number in box.named.colours)
    early, late = tracks.axis.x(5 / 30), tracks.axis.x(33 / 30)
    assert colour_near(image, QPointF(early, box.top + 20), left)
    assert colour_near(image, QPointF(late, box.top + 8), right)
    assert colour_near(image, QPointF(late, box.top + 24), left)  # three tenths of the height


def test_the_two_most_probable_are_named_beside_the_playhead(view: TimelineView, session: Session) -> None:
    named = view.tracks.classes[0].named
    assert [(name, round(share, 2)) for name, share, _ in named.at(0.0)] == [("left", 0.95), ("right", 0.05)]
    session.set_time(0.0)
    first = picture(view.tracks).copy()
    session.set_time(37 / 30)
    second = picture(view.tracks).copy()
    box, ratio = view.tracks.classes[0], first.devicePixelRatio()
    column = [round(v * ratio) for v in (view.width() - COLUMN + 16, box.top, COLUMN - 20, box.height)]
    assert first.copy(*column) != second.copy(*column)


def test_the_mouse_over_a_lane_tells_it_in_words(view: TimelineView, session: Session) -> None:
    tracks, box = view.tracks, view.tracks.classes[0]
    move(tracks, QPoint(round(tracks.axis.x(33 / 30)), round(box.top + 10)))
    assert "right 70 %, left 30 %" in tracks.toolTip() and "By sides" in tracks.toolTip()
    move(tracks, QPoint(40, round(box.top + 10)))
    assert "labelled walk" in tracks.toolTip() and "%, " not in tracks.toolTip().split("The")[0]
    QTest.mouseClick(tracks, Qt.MouseButton.LeftButton, pos=QPoint(round(tracks.axis.x(0.5)), round(box.top + 10)))
    assert session.bench.time == pytest.approx(0.5)  # it scrubs as everywhere


def test_where_there_is_little_room_one_low_lane_stays_and_then_none(view: TimelineView, session: Session) -> None:
    say(session, Namer("sides", "raw", Sides()), Namer("other", "latent", Sides()))
    for height, heights in ((348, [28.0, 28.0]), (232, [20.0]), (200, [])):
        view.resize(1196, height)
        picture(view.tracks)
        assert [box.height for box in view.tracks.classes] == heights, height
        plots = view.tracks._boxes
        assert all(plot.bottom - plot.top >= 28 for plot in plots)
        if heights:
            assert plots[-1].bottom + 8 <= view.tracks.classes[0].top


def test_a_sentence_stands_where_nothing_is_known(view: TimelineView, session: Session) -> None:
    empty = picture(view.tracks)
    session.bench.naming = Naming((Namer("no classifier", "raw", None, "No classifier is at work."),))
    session.classes_changed.emit()
    image, (box,) = picture(view.tracks), view.tracks.classes
    assert box.named.why == "No classifier is at work." and image != empty
    ink = [image.pixelColor(x, round(box.top + 14)).lightness() for x in range(GUTTER + 8, GUTTER + 140)]
    assert max(ink) - min(ink) > 60


@pytest.mark.parametrize("time", [-2.0, 0.0, 1e6])
def test_zoomed_and_scrolled_nothing_breaks(view: TimelineView, session: Session, time: float) -> None:
    for _ in range(12):
        view.tracks.axis.zoom(0.5, view.tracks.axis.x(0.3), 30.0)
        picture(view.tracks)
    view.tracks.axis.scroll(time)
    view.tracks._repaint_all()
    picture(view.tracks)


def test_keys_show_and_hide_them_and_bring_the_other_kind(session: Session, qtbot: QtBot) -> None:
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.resize(1280, 900)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.scene.view.setFocus()
    actions = window.timeline.actions_by_name
    assert session.look.classes == "one" and actions["classes"].isChecked()
    QTest.keyClick(window.scene.view, Qt.Key.Key_C)
    assert session.look.classes == "" and not actions["classes"].isChecked()
    QTest.keyClick(window.scene.view, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    assert session.look.classes == BOTH and actions["classes"].isChecked() and actions["classes_both"].isChecked()
    QTest.keyClick(window.scene.view, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    assert session.look.classes == "one"
    session.set_look(classes=BOTH)
    window.remembering.remember()
    session.set_look(classes="")
    window.restore()
    assert session.look.classes == BOTH


def test_with_two_generators_each_has_its_lane_and_its_key(view: TimelineView, session: Session) -> None:
    one: Any = SimpleNamespace(fps=30.0, embedding_id=None)
    lane = replace(session.bench.lane, generator=one)
    session.bench.lanes = lane, replace(lane, role="generated_b", name="B")
    view.resize(1196, 420)
    session.classes_changed.emit()
    image, boxes = picture(view.tracks), view.tracks.classes
    assert [box.named.title for box in boxes] == ["Class A", "Class B"] and boxes[0].top + 28 < boxes[1].top
    for box in boxes:
        colour = QColor(palette("dark").tokens[box.named.role])
        rows = range(round(box.top), round(box.top) + 14)
        assert any(image.pixelColor(x, y) == colour for x in range(40, GUTTER) for y in rows), box.named.title
    view.resize(1196, 248)  # as in a window of 1366 x 768
    session.bench.focus = "generated_b"
    session.classes_changed.emit()
    picture(view.tracks)
    assert [(box.named.role, box.height) for box in view.tracks.classes] == [("generated_b", 20.0)]


def test_raw_and_latent_of_the_lane_in_focus_stand_side_by_side_where_all_four_have_no_room() -> None:
    lanes = tuple(Named(role, f"{role} {kind}", "", "") for role in KINDS for kind in ("raw", "latent"))
    shown = {height: class_boxes(lanes, "generated_b", height, plots_top(2)) for height in (400.0, 300.0, 240.0, 210.0)}
    assert [box.named for box in shown[400.0]] == list(lanes)
    for height in (300.0, 240.0):
        assert [box.named for box in shown[height]] == list(lanes[2:])
    assert [box.named for box in shown[210.0]] == [lanes[2]]
    for height, boxes in shown.items():
        edges = [edge for box in boxes for edge in (box.top, box.top + box.height)]
        assert plots_top(2) < edges[0] and edges == sorted(edges) and edges[-1] <= height
