"""Two lanes on the real timeline: a strip each, each with its own click, tip and values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from poseviewer.analysis.verdict import SAID
from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.bench.compose import compose
from poseviewer.bench.verdicts import placed, verdict_curves
from poseviewer.render.palette import palette
from poseviewer.views.timeline import playhead
from poseviewer.views.timeline.playhead import PlayheadPainter
from poseviewer.views.timeline.timeline_view import TimelineView
from poseviewer.views.timeline.track_layout import COLUMN, NEXT, STRIP, strip_at
from tests.app.work.making import RAW, made, settle
from tests.views.driving.clicking import move

B = "generated_b"


@pytest.fixture
def view(ready: Session, qtbot: QtBot) -> TimelineView:
    ready.use_model(RAW, role=B)
    settle(ready, qtbot)
    shown = TimelineView(ready, Playback(ready))
    qtbot.addWidget(shown)
    shown.resize(1196, 360)
    shown.show()
    qtbot.waitExposed(shown)
    made(ready, qtbot, 30)
    ready.stepper.choose(B)
    made(ready, qtbot, 5)
    return shown


def at(view: TimelineView, frame: int, lane: int) -> QPoint:
    x = view.tracks.axis.x(view._session.bench.time_of_relative(frame))
    return QPoint(round(x), round(STRIP[0] + 5 + NEXT * lane))


def test_a_click_on_a_strip_goes_to_where_its_own_stretch_begins(
    ready: Session, view: TimelineView, qtbot: QtBot
) -> None:
    view.tracks.grab()
    assert [strip_at(ready.bench, at(view, 3, lane).y()) for lane in (0, 1)] == [0, 1]
    for lane in (0, 1):
        own = placed(ready.bench, ready.bench.lanes[lane])
        assert own is not None
        segment = own.segment_at(ready.bench.time_of_relative(20))
        assert segment is not None
        qtbot.mouseClick(view.tracks, Qt.MouseButton.LeftButton, pos=at(view, 20, lane))
        assert ready.bench.relative_frame() == segment.begin + 1
        move(view.tracks, at(view, 19, lane))
        move(view.tracks, at(view, 20, lane))
        assert view.tracks.toolTip().lower().find(segment.word) >= 0
    move(view.tracks, at(view, 34, 0))
    assert view.tracks.toolTip() == ""  # A ends at +30


def test_each_lane_has_its_line_and_its_value(ready: Session, view: TimelineView) -> None:
    drift = verdict_curves(ready.bench)[0]
    assert [len(line) for line in drift.generated] == [30, 35]
    time = ready.bench.time_of_relative(20)
    first, second = drift.at(time, 0), drift.at(time, 1)
    assert np.isfinite([first, second]).all() and first != second
    ready.set_time(time)
    picture = QImage(1196, 360, QImage.Format.Format_ARGB32)
    painter = QPainter(picture)
    beside = PlayheadPainter(painter, 1196, palette("dark"), ready.bench, view.tracks.axis)
    told = [beside.said(drift, lane) for lane in (0, 1)]
    painter.end()
    assert [float(words) for words in told] == pytest.approx([first, second], rel=0.1)
    ready.set_focus(B)
    assert [len(line) for line in verdict_curves(ready.bench)[0].generated] == [30, 35]


def test_a_lanes_key_stands_beside_its_value_however_long_the_unit(
    ready: Session, view: TimelineView, monkeypatch: pytest.MonkeyPatch
) -> None:
    drift = verdict_curves(ready.bench)[0]
    ready.set_time(ready.bench.time_of_relative(20))
    keys: list[float] = []
    monkeypatch.setattr(playhead, "paint_marker", lambda _, where, size, __: keys.append(where.x() + size))
    for unit in ("m" * letters for letters in range(1, 12)):
        flat = replace(drift, about=replace(drift.about, unit=unit))
        picture = QImage(1196, 360, QImage.Format.Format_RGB32)
        picture.fill(0)
        painter = QPainter(picture)
        PlayheadPainter(painter, 1196, palette("dark"), ready.bench, view.tracks.axis)._write_value(flat, 100, 0, True)
        painter.end()
        inked = [x for x in range(1196 - COLUMN, 1196) if any(picture.pixel(x, y) & 0xFFFFFF for y in range(90, 101))]
        assert 1196 - COLUMN < keys[-1] < inked[0], unit


def test_the_verdict_in_the_view_is_of_the_lane_that_stands_there_alone(ready: Session, view: TimelineView) -> None:
    ready.reset()  # of B
    ready.set_focus(B)
    ready.set_time(ready.bench.time_of_relative(20))
    made = placed(ready.bench, ready.bench.lanes[0])
    assert made is not None
    badge = compose(ready.bench).badge
    assert badge is not None
    said = SAID[made.verdicts.word(19)]
    assert said in [run.text for line in badge.lines for run in line]


def test_how_far_both_lanes_are_off_the_truth_stands_under_the_curves(
    ready: Session, view: TimelineView, qtbot: QtBot
) -> None:
    clip = ready.bench.clip
    assert clip is not None

    def titles() -> list[str]:
        view.tracks.grab()
        return [curve.about.title for curve in view.tracks.curves]

    ready.set_seed(0, len(clip) - 8)
    settle(ready, qtbot)
    ready.stepper.choose("both")
    made(ready, qtbot, 10)
    assert titles() == ["Drift", "Collapse", "Error"]
    *_, error = view.tracks.curves
    for line in error.generated:
        assert np.isfinite(line.values[:8]).all() and line.values[7] > 0.0 and np.isnan(line.values[8:]).all()
    shown = view.tracks.grab().toImage()
    painter = QPainter(shown)
    assert PlayheadPainter(painter, 1196, palette("dark"), ready.bench, view.tracks.axis).said(error, 0) == "–"  # +10
    painter.end()
    view.actions_by_name["errors"].trigger()
    assert titles() == ["Drift", "Collapse"]
    view.actions_by_name["errors"].trigger()
    view.resize(1196, 220)  # three would be too low
    assert titles() == ["Drift", "Collapse"]
    view.resize(1196, 360)
    assert titles() == ["Drift", "Collapse", "Error"]
    ready.set_seed(0, len(clip))
    settle(ready, qtbot)
    assert "Error" not in titles()  # there is no truth any more
