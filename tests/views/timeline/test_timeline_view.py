"""The timeline, driven as a person drives it: ruler, grips, loop range, wheel, buttons, keys, words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app import theme
from poseviewer.app.playback import SPEEDS, Playback
from poseviewer.app.session import Session
from poseviewer.app.theme import body_font
from poseviewer.bench.bench import Bench
from poseviewer.bench.curves import Curves
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.render.palette import palette
from poseviewer.views.timeline.playhead import PlayheadPainter, range_lines
from poseviewer.views.timeline.timeline_view import TimelineView
from poseviewer.views.timeline.track_layout import COLUMN, GUTTER, MARGIN, SEED_BAR, STRIP
from poseviewer.views.timeline.transport import position_words
from tests.standing_in import Made
from tests.views.driving.clicking import move

RULER = 12


@pytest.fixture(scope="module")
def clips() -> dict[str, Clip]:
    with Dataset.open(paths.demo()) as demo:
        return {name: demo.clip(demo.find(name)) for name in ("walk", "punch")}


@pytest.fixture
def session(empty_session: Session) -> Session:
    return empty_session


@pytest.fixture
def view(session: Session, qtbot: QtBot, qapp: QApplication, clips: dict[str, Clip]) -> TimelineView:
    theme.apply(qapp, "dark")
    made = TimelineView(session, Playback(session))
    qtbot.addWidget(made)
    made.resize(1196, 312)
    made.show()
    session.place(clips["punch"])
    qtbot.waitExposed(made)
    return made


def x_of(view: TimelineView, frame: int) -> int:
    bench = view._session.bench
    return round(view.tracks.axis.x(bench.time_of_relative(frame)))


def part_beside_the_values(view: TimelineView) -> str:
    painter = QPainter(image := QImage(8, 8, QImage.Format.Format_RGB32))
    kind = PlayheadPainter(painter, image.width(), palette("dark"), view._session.bench, view.tracks.axis).kind
    painter.end()
    return kind


def test_of_a_run_the_resting_picture_is_painted_now_and_then_and_what_is_new_at_once(
    view: TimelineView, session: Session, qtbot: QtBot
) -> None:
    tracks = view.tracks
    roll_out(session, 20)
    session.stepper._run = object()  # it generates without end
    session.rollout_changed.emit()
    tracks.grab()
    resting, column = tracks._picture, round(tracks.axis.x(session.bench.end))
    roll_out(session, 40)
    fresh = tracks.grab().toImage()
    assert tracks._picture is resting
    tints = np.array([fresh.pixelColor(column + 30, y).getRgbF()[:3] for y in range(80, tracks.height())])
    assert np.abs(tints - palette("dark").colour("generated_a")).max(axis=1).min() < 0.2
    qtbot.waitUntil(lambda: tracks.grab() is not None and tracks._picture is not resting, timeout=5000)
    session.stepper._run = None


def test_of_a_run_the_playhead_follows_some_times_a_second_and_comes_to_the_end(
    view: TimelineView, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []
    monkeypatch.setattr(view.tracks._seldom, "_call", lambda: seen.append(session.bench.time))
    session.stepper._run = object()
    for frame in range(1, 9):
        session.set_time(frame / 30.0)
    assert len(seen) <= 1
    qtbot.waitUntil(lambda: seen[-1] == session.bench.time)
    session.stepper._run = None
    session.set_time(0.0)
    assert seen[-1] == 0.0 and len(seen) <= 3


def roll_out(session: Session, frames: int) -> None:
    clip = session.bench.clip
    assert clip is not None
    last = clip.positions[session.bench.seed[1] - 1]
    poses = np.repeat(last[None, None], frames, axis=1)
    seed = clip.cut(*session.bench.seed)
    session.bench.set_rollout(Made(seed, poses, fps=30.0))  # type: ignore[arg-type]
    session.rollout_changed.emit()


def drag(qtbot: QtBot, view: TimelineView, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier | None = None) -> None:
    tracks, held = view.tracks, keys or Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(tracks, Qt.MouseButton.LeftButton, held, start)
    for share in (0.3, 0.7, 1.0):
        between = QPointF(start) + (QPointF(end) - QPointF(start)) * share
        move(tracks, between.toPoint(), Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(tracks, Qt.MouseButton.LeftButton, held, end)


def wheel(view: TimelineView, x: int, notches: int, keys: Qt.KeyboardModifier, across: int = 0) -> None:
    at, none = QPointF(x, 100), Qt.MouseButton.NoButton
    turn = QPoint(120 * across, 120 * notches)
    event = QWheelEvent(at, at, QPoint(), turn, none, keys, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(view.tracks, event)


@pytest.mark.parametrize("frame", (-29, -8, 0, 17, 34))
def test_a_click_on_the_ruler_scrubs_to_that_frame(
    view: TimelineView, session: Session, qtbot: QtBot, frame: int
) -> None:
    qtbot.mouseClick(view.tracks, Qt.MouseButton.LeftButton, pos=QPoint(x_of(view, frame), RULER - 4))
    assert session.bench.relative_frame() == frame


def test_a_drag_over_the_tracks_scrubs_and_stays_inside_the_motion(
    view: TimelineView, session: Session, qtbot: QtBot
) -> None:
    drag(qtbot, view, QPoint(x_of(view, -20), 150), QPoint(x_of(view, 11), 150))
    assert session.bench.relative_frame() == 11
    drag(qtbot, view, QPoint(x_of(view, 11), 150), QPoint(view.width() + 50, 150))
    assert session.bench.time == pytest.approx(session.bench.end)


def test_dragging_the_seeds_grip_is_one_edit_and_undo_brings_seed_and_rollout_back(
    view: TimelineView, session: Session, qtbot: QtBot
) -> None:
    roll_out(session, 20)
    rollout, y = session.bench.lane.rollout, round(SEED_BAR[0] + 2)
    grip = round(view.tracks.axis.x(session.bench.seed_span[1]))
    drag(qtbot, view, QPoint(grip + 3, y), QPoint(grip + 3 + x_of(view, 12) - x_of(view, 0), y))
    assert session.bench.seed == (0, 42)
    assert session.bench.lane.rollout is None
    assert session.history.count() == 1
    session.history.undo()
    assert session.bench.seed == (0, 30)
    assert session.bench.lane.rollout is rollout


def test_dragging_the_seeds_beginning(view: TimelineView, session: Session, qtbot: QtBot) -> None:
    y = round(SEED_BAR[0] + 2)
    low = round(view.tracks.axis.x(session.bench.seed_span[0]))
    drag(qtbot, view, QPoint(low, y), QPoint(round(view.tracks.axis.x(9.5 / 30)), y))
    assert session.bench.seed == (10, 30)
    drag(qtbot, view, QPoint(round(view.tracks.axis.x(9.5 / 30)), y), QPoint(x_of(view, 30), y))
    assert session.bench.seed == (29, 30)  # one frame at least


def test_shift_drag_makes_a_loop_range_whose_ends_and_middle_can_be_dragged(
    view: TimelineView, session: Session, qtbot: QtBot
) -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    drag(qtbot, view, QPoint(x_of(view, -20), 150), QPoint(x_of(view, -5), 150), shift)
    assert session.loop_range == pytest.approx((9 / 30, 24 / 30))
    drag(qtbot, view, QPoint(x_of(view, -5), 3), QPoint(x_of(view, 5), 3))
    assert session.loop_range == pytest.approx((9 / 30, 34 / 30))
    drag(qtbot, view, QPoint(x_of(view, -10), 3), QPoint(x_of(view, -6), 3))
    assert session.loop_range == pytest.approx((13 / 30, 38 / 30))
    drag(qtbot, view, QPoint(x_of(view, -10), 3), QPoint(x_of(view, -60), 3))
    assert session.loop_range == pytest.approx((0.0, 25 / 30), abs=1e-6)


def test_the_wheel_zooms_about_the_cursor_with_shift_it_scrolls_and_a_double_click_shows_all(
    view: TimelineView, session: Session, qtbot: QtBot
) -> None:
    axis = view.tracks.axis
    everything, x = (axis.low, axis.high), x_of(view, 10)
    under = axis.time(x)
    wheel(view, x, 4, Qt.KeyboardModifier.NoModifier)
    assert axis.span < 0.5 * (everything[1] - everything[0])
    assert axis.time(x) == pytest.approx(under)
    low, span = axis.low, axis.span
    wheel(view, x, -1, Qt.KeyboardModifier.ShiftModifier)
    assert axis.low > low and axis.span == pytest.approx(span)
    low = axis.low
    wheel(view, x, 0, Qt.KeyboardModifier.NoModifier, across=2)  # a wheel that tilts, or two fingers
    assert axis.low < low and axis.span == pytest.approx(span)
    wheel(view, x, -20, Qt.KeyboardModifier.NoModifier)
    assert (axis.low, axis.high) == pytest.approx(everything)
    wheel(view, x, 4, Qt.KeyboardModifier.NoModifier)
    qtbot.mouseClick(view.tracks, Qt.MouseButton.LeftButton, pos=QPoint(x_of(view, 10), 150))
    assert session.bench.relative_frame() == 10
    session.set_time(0.0)
    assert axis.holds(0.0)  # the playhead is never out of sight
    qtbot.mouseDClick(view.tracks, Qt.MouseButton.LeftButton, pos=QPoint(500, 150))
    assert (axis.low, axis.high) == pytest.approx(everything)


def test_ticks_are_multiples_of_fifteen_and_singles_close_up(view: TimelineView, session: Session) -> None:
    axis, bench = view.tracks.axis, session.bench
    assert axis.ticks(bench.seed_end, bench.fps)[0] == [-30, -15, 0, 15, 30, 45, 60, 75]
    for _ in range(20):
        axis.zoom(0.5, axis.x(bench.seed_end), bench.fps)
    assert (
        axis.ticks(bench.seed_end, bench.fps)[0] == list(range(-1, 6)) or 0 in axis.ticks(bench.seed_end, bench.fps)[0]
    )
    assert axis.span * bench.fps >= 5.9


def test_the_axis_rests_while_a_rollout_grows_into_its_room(view: TimelineView, session: Session) -> None:
    roll_out(session, 1)
    before = view.tracks.axis.high
    roll_out(session, 70)
    assert view.tracks.axis.high == before
    roll_out(session, 300)
    assert view.tracks.axis.high > session.bench.end


def test_buttons_play_pause_and_step(view: TimelineView, session: Session, qtbot: QtBot) -> None:
    qtbot.mouseClick(view.transport.play, Qt.MouseButton.LeftButton)
    assert view._playback.playing
    assert view.actions_by_name["play"].text() == "Pause"
    qtbot.waitUntil(lambda: session.bench.time > 0.05, timeout=3000)
    qtbot.mouseClick(view.transport.play, Qt.MouseButton.LeftButton)
    assert not view._playback.playing
    view.actions_by_name["first"].trigger()
    assert session.bench.time == 0.0
    view.actions_by_name["next10"].trigger()
    view.actions_by_name["previous"].trigger()
    assert session.bench.relative_frame() == -20
    view.actions_by_name["last"].trigger()
    assert session.bench.time == pytest.approx(session.bench.end)


def test_keys_reach_the_actions_in_a_window(view: TimelineView, session: Session, qtbot: QtBot) -> None:
    for action in view.actions_by_name.values():
        view.addAction(action)
    view.activateWindow()
    view.tracks.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    view.tracks.setFocus()
    qtbot.keyClick(view.tracks, Qt.Key.Key_Right)
    qtbot.keyClick(view.tracks, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert session.bench.relative_frame() == -18
    qtbot.keyClick(view.tracks, Qt.Key.Key_I)
    qtbot.keyClick(view.tracks, Qt.Key.Key_End)
    assert session.loop_range == pytest.approx((11 / 30, session.bench.end))
    looped = view._playback.loop
    qtbot.keyClick(view.tracks, Qt.Key.Key_L)
    assert view._playback.loop is not looped


def test_speed_by_combo_and_by_action(view: TimelineView) -> None:
    view.transport.speed.activated.emit(0)
    assert view._playback.speed == SPEEDS[0]
    for _ in SPEEDS:
        view.actions_by_name["faster"].trigger()
    assert view._playback.speed == SPEEDS[-1]
    assert view.transport.speed.currentText() == "4.0×"
    view.actions_by_name["slower"].trigger()
    assert view.transport.speed.currentText() == "2.0×"


def test_seed_and_loop_from_the_menu(view: TimelineView, session: Session) -> None:
    session.set_time(19 / 30)
    view.actions_by_name["seed_end"].trigger()
    assert session.bench.seed == (0, 20)
    session.set_time(5 / 30)
    view.actions_by_name["seed_start"].trigger()
    assert session.bench.seed == (5, 20)
    view.actions_by_name["loop_seed"].trigger()
    assert session.loop_range == pytest.approx((5 / 30, 19 / 30))
    assert not view.actions_by_name["loop_generated"].isEnabled()
    roll_out(session, 10)
    view.actions_by_name["loop_generated"].trigger()
    assert session.loop_range == pytest.approx((20 / 30, 29 / 30))
    view.actions_by_name["loop_clear"].trigger()
    assert session.loop_range is None
    view.actions_by_name["seed_all"].trigger()
    assert session.bench.seed == (0, 64)
    assert session.bench.lane.rollout is None


def test_the_readout_says_where_it_stands(view: TimelineView, session: Session, clips: dict[str, Clip]) -> None:
    session.set_time(22 / 30)
    assert position_words(session.bench) == ("−7", "frame 23 of 64", "0.73 s", "30 fps")
    assert view.transport.seed.text() == "30 frames, 1.00 s"
    session.place(replace(clips["punch"], fps_known=False))
    assert position_words(session.bench)[3] == "30 fps, assumed"
    session.place(clips["punch"].resample(120.0))
    session.bench.seed = (0, 120)
    roll_out(session, 10)
    session.set_time(session.bench.time_of_relative(10))
    assert position_words(session.bench) == ("+10", "frame 40 of 63", "1.32 s", "30 fps, clip 120")
    assert session.bench.clip is not None
    session.bench.clip = replace(session.bench.clip, fps_known=False)
    assert position_words(session.bench)[3] == "30 fps, clip 120 assumed"


def test_every_button_and_action_has_a_name_a_picture_and_a_tooltip(view: TimelineView) -> None:
    names = {
        "play", "first", "previous", "next", "last", "loop", "faster", "slower", "loop_in", "loop_out", "loop_clear",
        "seed_start", "seed_end", "seed_all", "previous10", "next10",
    }  # fmt: skip
    assert names <= set(view.actions_by_name)
    for name, action in view.actions_by_name.items():
        assert action.text() and action.toolTip() and not action.icon().isNull(), name
        assert name not in names or action.shortcut().toString(), name
    shortcuts = [key.toString() for action in view.actions_by_name.values() for key in action.shortcuts()]
    assert len(shortcuts) == len(set(shortcuts))
    assert all(button.toolTip() for button in view.findChildren(QToolButton))


def colour_share(image: QImage, token: str, top: int, bottom: int) -> float:
    """Share of the pixels between two heights, over the time axis, that have a token's colour."""
    wanted = palette("dark").tokens[token].lower()
    pixels = [
        image.pixelColor(x, y).name() == wanted for y in range(top, bottom) for x in range(GUTTER, image.width() - 108)
    ]
    return sum(pixels) / len(pixels)


def test_generated_frames_show_in_their_own_colour_and_go_with_reset(
    view: TimelineView, session: Session, qtbot: QtBot
) -> None:
    top = 36 + round(STRIP[0])
    assert colour_share(view.grab().toImage(), "generated_a", top + 40, 312) == 0.0
    roll_out(session, 60)
    assert colour_share(view.grab().toImage(), "generated_a", top + 40, 312) > 0.002
    session.reset()
    assert colour_share(view.grab().toImage(), "generated_a", top + 40, 312) == 0.0


def test_a_new_time_leaves_the_resting_picture_alone(view: TimelineView, session: Session, qtbot: QtBot) -> None:
    view.grab()
    resting = view.tracks._picture
    session.set_time(0.5)
    view.grab()
    assert view.tracks._picture is resting
    session.set_look(theme="light")
    view.grab()
    assert view.tracks._picture is not resting


def test_the_loop_button_shows_whether_it_loops(view: TimelineView, session: Session, qtbot: QtBot) -> None:
    loop = view.actions_by_name["loop"]
    (button,) = (b for b in view.transport.findChildren(QToolButton) if b.defaultAction() is loop)
    seen = []
    for loops in (False, True):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        move(view.tracks)
        assert view._playback.loop is button.isChecked() is loops
        seen.append((button.toolTip(), button.grab().toImage()))
    (off, plain), (on, raised) = seen
    assert "once" in off and "round" in on and plain != raised


def on_screen(view: TimelineView) -> QImage:
    """What the screen shows, with whatever was not painted over; `grab` would paint everything anew."""
    QApplication.processEvents()
    return view.screen().grabWindow(view.winId()).toImage()


def test_the_playhead_leaves_no_trace(view: TimelineView, session: Session, qtbot: QtBot) -> None:
    session.set_time(0.4)
    before = on_screen(view)
    for frame in range(30):
        session.set_time(frame / 30)
        on_screen(view)
    session.set_time(0.4)
    assert on_screen(view) == before


def test_no_second_playhead_stays_after_a_resize_while_playing(
    view: TimelineView, session: Session, qtbot: QtBot
) -> None:
    session.set_time(0.2)
    on_screen(view)
    view.resize(900, 312)  # the playhead is painted elsewhere, while time stands still
    on_screen(view)
    session.set_time(0.6)
    shown = on_screen(view)
    view.tracks.update()
    assert on_screen(view) == shown


def test_values_and_ranges_stand_there_without_a_verdict(view: TimelineView, session: Session) -> None:
    """The root of a walk is farther from where it began than the seed's ever was, from the first frame on."""
    roll_out(session, 30)
    session.set_time(session.bench.time_of_relative(20))
    view.grab()
    for curve in view.tracks.curves:
        words = range_lines(curve)
        assert words[0].startswith("seed ") and words[1].startswith("to ")
        room = COLUMN - MARGIN - 16
        assert all(QFontMetricsF(body_font(11)).horizontalAdvance(line) < room for line in words)
        assert not {"above", "below", "within"} & set(" ".join(words).split())
    assert range_lines(Curves().of(Bench())[0]) == ()


def test_what_a_file_says_was_generated_is_no_truth_beside_the_values(
    view: TimelineView, session: Session, clips: dict[str, Clip]
) -> None:
    session.place(replace(clips["punch"], seed_frames=20), None, -1)
    bench = session.bench
    for frame, part in ((-3, "seed"), (6, "elsewhere")):
        session.set_time(bench.time_of_relative(frame))
        assert part_beside_the_values(view) == part
    assert QFontMetricsF(body_font(12)).horizontalAdvance("elsewhere") < COLUMN - MARGIN - 16
    session.place(clips["punch"], None, -1)
    session.set_time(bench.time_of_relative(6))
    assert part_beside_the_values(view) == "truth"


def test_nothing_to_show_is_no_error(view: TimelineView, session: Session, qtbot: QtBot) -> None:
    session.place(None)
    view.grab()
    assert not view.actions_by_name["play"].isEnabled()
    qtbot.mouseClick(view.tracks, Qt.MouseButton.LeftButton, pos=QPoint(500, RULER))
    move(view.tracks, QPoint(510, RULER))
    wheel(view, 500, 2, Qt.KeyboardModifier.NoModifier)
    view.actions_by_name["fit"].trigger()
    view.grab()
    assert position_words(session.bench) == ()


@pytest.mark.parametrize("frames", (1, 2))
def test_clips_of_one_and_two_frames(view: TimelineView, session: Session, clips: dict[str, Clip], frames: int) -> None:
    session.place(clips["punch"].cut(0, frames))
    view.grab()
    assert position_words(session.bench)[1] == f"frame 1 of {frames}"
