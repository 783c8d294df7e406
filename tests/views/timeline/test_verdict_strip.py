"""Verdicts in the window, by hand and eye: the strip after Step, where a click goes, what hovering tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.analysis.calibration import Calibration
from poseviewer.analysis.calibration_file import Stored
from poseviewer.analysis.verdict import WORDS
from poseviewer.app import theme
from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.app.theme import body_font
from poseviewer.app.work import judging
from poseviewer.bench.compose import compose
from poseviewer.bench.verdicts import Reason, placed, samples_sentence, verdict_curves
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import PENN13
from poseviewer.render.palette import palette
from poseviewer.views.generator.generator_view import GeneratorView
from poseviewer.views.timeline.playhead import PlayheadPainter
from poseviewer.views.timeline.timeline_view import TimelineView
from poseviewer.views.timeline.track_layout import REASON, STRIP
from poseviewer.views.timeline.verdict_painting import shortened
from tests.judged import Scripted, few_signs, walks
from tests.moving_figures import figures

LEFT = Qt.MouseButton.LeftButton
STOPS = 60  # the frame of the clip from which on the generator repeats itself


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    return walks()


@pytest.fixture(scope="module")
def calibration(clips: list[Clip]) -> Calibration:
    return few_signs(clips)


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)


def opened(session: Session, clips: list[Clip], name: str, qtbot: QtBot) -> Dataset:
    """A dataset of clips over what is open, its first clip on the bench."""
    dataset = Dataset.of(clips, name)
    session.bench.datasets.append(dataset)
    session.datasets_changed.emit()
    session.place(dataset.clip(0), dataset, 0)
    settle(session, qtbot)
    return dataset


def generate_with(session: Session, generator: Any) -> None:
    session.bench.put(replace(session.bench.lane, generator=generator))
    session.models_replaced()


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch, calibration: Calibration) -> dict[str, Calibration]:
    """What each dataset is learnt as, by its name."""
    known = {"walks.h5": calibration}

    def stored(measure: judging.Measure) -> Iterator[Any]:
        yield from ()
        return Stored(known[measure.source.name], {})

    monkeypatch.setattr(judging, "_stored", stored)
    return known


@pytest.fixture
def session(empty_session: Session, learnt: dict[str, Calibration], clips: list[Clip], qtbot: QtBot) -> Session:
    """Walks on the bench, and a generator that stops walking."""
    empty_session.judging.automatic = True
    opened(empty_session, clips, "walks.h5", qtbot)
    generate_with(empty_session, Scripted(clips[0].positions, STOPS))
    return empty_session


@pytest.fixture
def view(session: Session, qtbot: QtBot, qapp: QApplication) -> TimelineView:
    theme.apply(qapp, "dark")
    made = TimelineView(session, Playback(session))
    qtbot.addWidget(made)
    made.resize(1196, 312)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def press(view: TimelineView, session: Session, qtbot: QtBot) -> Callable[[str], None]:
    """Presses a button of the generator's dock and waits until what it asks for is there and judged."""
    dock = GeneratorView(session)
    qtbot.addWidget(dock)

    def pressed(name: str) -> None:
        qtbot.mouseClick(dock.button(name), LEFT)
        settle(session, qtbot)

    return pressed


def at(view: TimelineView, frame: int, y: float = STRIP[0] + 3) -> QPoint:
    """Where a frame after the seed lies on the strip, or at another height."""
    return QPoint(round(view.tracks.axis.x(view._session.bench.time_of_relative(frame))), round(y))


def tip(view: TimelineView, place: QPoint, qtbot: QtBot) -> str:
    qtbot.mouseMove(view.tracks, place + QPoint(1, 0))
    qtbot.mouseMove(view.tracks, place)
    return view.tracks.toolTip()


def colour(view: TimelineView, place: QPoint) -> QColor:
    return QColor(view.tracks.grab().toImage().pixelColor(place))


def words(session: Session) -> list[tuple[str, int, int]]:
    made = placed(session.bench)
    return [] if made is None else [(s.word, s.begin + 1, s.end) for s in made.verdicts.segments]


def test_beside_a_curve_without_a_value_stands_that_it_is_not_judged(
    view: TimelineView, session: Session, press: Callable[[str], None]
) -> None:
    press("step")
    drift = verdict_curves(session.bench)[0]
    picture = QImage(900, 300, QImage.Format.Format_ARGB32)
    painter = QPainter(picture)
    beside = PlayheadPainter(painter, 900, palette("dark"), session.bench, view.tracks.axis)
    blank = replace(
        drift, generated=tuple(replace(line, values=np.full_like(line.values, np.nan)) for line in drift.generated)
    )
    for word, told in (("not yet judged", "not yet judged"), ("realistic", "not judged")):
        beside.words = [word]
        assert beside.said(blank, 0) == told
    assert beside.said(replace(blank, real=False), 0) == "unknown"
    painter.end()


def test_the_strip_stands_there_after_step_and_grows(
    view: TimelineView, session: Session, press: Callable[[str], None]
) -> None:
    assert session.bench.seed == (0, 30) and words(session) == []
    press("step")
    assert words(session)[-1][2] == 1 and session.bench.judged_by == "by walks.h5: 12 clips"
    press("step50")
    first, *_, last = words(session)
    assert first[:2] == ("not yet judged", 1) and last[0] == "collapsed" and last[2] == 51
    assert 30 <= last[1] <= 40  # it repeats frame 60 from the 31st on
    tokens = palette("dark").tokens
    assert colour(view, at(view, 25)) == QColor(tokens["ok_fill"])
    assert colour(view, at(view, 45)) != colour(view, at(view, 25))
    press("reset")
    assert words(session) == [] and session.bench.lane.verdicts is None


def test_a_click_on_the_strip_goes_to_the_first_frame_of_what_it_says(
    view: TimelineView, session: Session, press: Callable[[str], None], qtbot: QtBot
) -> None:
    press("step50")
    _, begin, _ = words(session)[-1]
    for frame in (49, begin + 1, begin):
        qtbot.mouseClick(view.tracks, LEFT, pos=at(view, frame))
        assert session.bench.relative_frame() == begin
    qtbot.mouseClick(view.tracks, LEFT, pos=at(view, begin - 2))
    assert session.bench.relative_frame() == words(session)[-2][1]
    qtbot.mouseClick(view.tracks, LEFT, pos=at(view, -12))  # the seed is not judged: there a click scrubs
    assert session.bench.relative_frame() == -12


def test_hovering_tells_statistic_value_and_range(
    view: TimelineView, session: Session, press: Callable[[str], None], qtbot: QtBot
) -> None:
    press("step50")
    _, begin, end = words(session)[-1]
    told = tip(view, at(view, 45), qtbot)
    assert f"Collapsed from +{begin} to +{end}" in told and "Collapse, " in told
    assert "1 to 99 % of real motion: " in told and "Judged by walks.h5: 12 clips" in told
    assert "Realistic from" in tip(view, at(view, 25), qtbot) and "Collapse, " not in tip(view, at(view, 25), qtbot)
    assert "Collapse: " in tip(view, at(view, 5, REASON), qtbot)  # the whole of the line under the strip
    assert tip(view, QPoint(40, 40), qtbot).endswith("Judged by walks.h5: 12 clips</p>")
    assert tip(view, at(view, -12), qtbot) == ""


def test_badge_reason_and_values_say_the_same(
    view: TimelineView, session: Session, press: Callable[[str], None]
) -> None:
    press("step50")
    _, begin, _ = words(session)[-1]
    session.set_time(session.bench.time_of_relative(48))
    badge = compose(session.bench).badge
    assert badge is not None
    assert [run.text for run in badge.lines[1]] == ["", "collapsed", f"  since +{begin}"]
    assert badge.lines[1][0].icon == "activity"
    before = view.tracks.grab().toImage()
    session.set_time(session.bench.time_of_relative(2))
    view.tracks.grab()
    badge = compose(session.bench).badge
    assert badge is not None and badge.lines[1][0].text == "not yet judged"
    assert before != view.tracks.grab().toImage()
    collapse = view.tracks.curves[1]
    assert collapse.side == "collapse" and collapse.real
    assert np.isnan(collapse.at(session.bench.time_of_relative(2), 0))
    assert np.isnan(collapse.at(session.bench.time_of_relative(60), False))  # the seed has no such frame
    assert np.isfinite(collapse.at(session.bench.time_of_relative(48), 0))


def test_undo_and_back_bring_back_exactly_what_was_said(
    session: Session, press: Callable[[str], None], qtbot: QtBot
) -> None:
    press("step15")
    first = words(session), session.bench.lane.verdicts
    press("step50")
    second = words(session)
    press("back")
    assert len(session.bench.lane.verdicts) == 64  # type: ignore[arg-type]
    session.history.undo()
    settle(session, qtbot)
    assert words(session) == second
    session.history.undo()
    settle(session, qtbot)
    assert (words(session), session.bench.lane.verdicts) == first
    session.history.redo()
    settle(session, qtbot)
    assert words(session) == second
    for _ in range(50):
        press("back")
    made = session.bench.lane.verdicts
    assert made is not None and first[1] is not None and len(made) == 15
    np.testing.assert_array_equal(made.words, first[1].words)
    np.testing.assert_allclose(made.scores, first[1].scores, atol=1e-5)


def test_the_strip_wears_the_theme(view: TimelineView, session: Session, press: Callable[[str], None]) -> None:
    press("step50")
    session.set_look(theme="light")
    assert colour(view, at(view, 25)) == QColor(palette("light").tokens["ok_fill"])
    session.set_look(theme="dark")
    assert colour(view, at(view, 25)) == QColor(palette("dark").tokens["ok_fill"])


def test_a_stretch_begins_half_a_frame_before_its_first_and_one_unlike_the_reference_is_hatched(
    view: TimelineView, session: Session, press: Callable[[str], None]
) -> None:
    press("step50")
    axis, bench = view.tracks.axis, session.bench
    first = words(session)[-1][1]
    edge, image = axis.x(bench.time_of_relative(first) - 0.5 / bench.fps), view.tracks.grab().toImage()
    inside, before = (image.pixelColor(round(edge + away), round(STRIP[0]) + 5) for away in (2.0, -3.0))
    tokens = palette("dark").tokens
    assert (before, inside) == (QColor(tokens["ok_fill"]), QColor(tokens["collapse_fill"]))
    made = bench.lane.verdicts
    assert made is not None
    unlike = np.full_like(made.words, WORDS.index("unlike"))
    bench.put(replace(bench.lane, verdicts=replace(made, words=unlike)))
    session.announce(session.verdicts_changed)
    image, y = view.tracks.grab().toImage(), round(STRIP[0] + STRIP[1] / 2)
    row = {image.pixelColor(x, y).rgb() for x in range(at(view, 20).x(), at(view, 40).x())}
    assert len(row) > 1


def test_several_samples_are_judged_and_the_one_that_stands_for_them_is_told(
    session: Session, press: Callable[[str], None]
) -> None:
    session.set_sampling(samples=3)
    press("step50")
    made = session.bench.lane.verdicts
    assert made is not None and made.words.shape == (3, 50)
    assert [made.verdict(row).word for row in range(3)] == ["collapsed"] * 3
    assert samples_sentence(session.bench) == "3 samples: 3 collapse to +50."
    both, realistic = made.onsets.copy(), np.array([False, False, True])
    both[:, 0], both[:, 1] = 5, -1
    other = replace(made, onsets=both, unlike=realistic)
    session.bench.put(replace(session.bench.lane, verdicts=other))
    told = "3 samples: 1 realistic, 1 collapse, 1 drift and collapse to +50."
    assert samples_sentence(session.bench) == told
    assert [other.verdict(row).word for row in range(3)] == ["both", "realistic", "collapsed"]


def test_a_second_dataset_opened_over_the_first_judges_its_own_clips(
    view: TimelineView, session: Session, press: Callable[[str], None], learnt: Any, clips: list[Clip], qtbot: QtBot
) -> None:
    press("step50")
    assert words(session)[-1][0] == "collapsed"
    learnt["others.h5"] = few_signs(clips[:10], room=1e6)
    opened(session, clips[:10], "others.h5", qtbot)
    press("step50")
    assert session.bench.judged_by == "by others.h5: 10 clips"
    assert {word for word, *_ in words(session)} == {"not yet judged", "realistic"}
    first = session.bench.datasets[0]
    session.place(first.clip(0), first, 0)
    settle(session, qtbot)
    assert session.bench.judged_by == "by walks.h5: 12 clips" and words(session)[-1][0] == "collapsed"


def test_a_single_file_over_a_dataset_is_judged_by_that_dataset(
    session: Session, press: Callable[[str], None], clips: list[Clip], qtbot: QtBot
) -> None:
    opened(session, [replace(clips[0], name="alone")], "alone.bvh", qtbot)
    press("step50")
    assert session.bench.judged_by == "by walks.h5: 12 clips" and words(session)[-1][0] == "collapsed"


def test_flat_clips_are_judged_by_flat_clips(session: Session, press: Any, learnt: Any, qtbot: QtBot) -> None:
    flat = [replace(clip, visible=None) for clip in figures(12, 100)]
    learnt["flat.h5"] = few_signs(flat)
    opened(session, flat, "flat.h5", qtbot)
    generate_with(session, Scripted(flat[0].positions, STOPS, PENN13))
    press("step50")
    assert session.bench.judged_by == "by flat.h5: 12 clips" and words(session)[-1][0] == "collapsed"


def test_a_model_that_does_not_fit_and_a_clip_of_one_frame_have_no_strip(
    view: TimelineView, session: Session, press: Callable[[str], None], clips: list[Clip], qtbot: QtBot
) -> None:
    press("step50")
    generate_with(session, Scripted(np.zeros((9, 13, 2), np.float32), 3, PENN13))
    assert words(session) == [] and session.bench.no_reference == ""
    one = opened(session, [replace(clips[0].cut(3, 4), name="pose")], "pose.h5", qtbot)
    assert words(session) == [] and not view.actions_by_name["generated_from"].isEnabled()
    session.close_dataset(one)
    view.tracks.grab()


def test_without_a_dataset_the_strip_says_what_is_missing(
    view: TimelineView, session: Session, press: Callable[[str], None], clips: list[Clip], qtbot: QtBot
) -> None:
    session.close_dataset(session.bench.datasets[0])
    session.place(clips[0])
    press("step")
    assert session.bench.no_reference == "No reference: open a dataset of real motion" and words(session) == []
    assert session.bench.no_reference in tip(view, at(view, 5), qtbot)
    view.tracks.grab()


# a clip that somebody says was generated


@pytest.fixture
def frozen(session: Session, clips: list[Clip], qtbot: QtBot) -> Dataset:
    """A walk that stops at its 90th frame, over the walks; nothing generates."""
    poses = np.concatenate([clips[1].positions[:90], np.repeat(clips[1].positions[89:90], 60, axis=0)])
    generate_with(session, None)
    stops = replace(clips[1], positions=poses, name="stops")
    return opened(session, [stops, replace(clips[2], name="goes on")], "stops.bvh", qtbot)


def test_a_clip_declared_generated_is_judged_like_a_rollout_and_can_be_taken_back(
    view: TimelineView, session: Session, frozen: Dataset, qtbot: QtBot
) -> None:
    session.set_time(40 / 30)
    view.actions_by_name["generated_from"].trigger()
    settle(session, qtbot)
    bench = session.bench
    assert bench.clip is not None and bench.clip.seed_frames == 40 and bench.seed == (0, 40)
    first, *_, last = words(session)
    assert (first[0], last[0], last[2]) == ("not yet judged", "collapsed", 110) and 50 <= last[1] <= 62
    assert bench.judged_by == "by walks.h5: 12 clips"
    qtbot.mouseClick(view.tracks, LEFT, pos=at(view, 100))
    assert bench.relative_frame() == last[1]
    badge = compose(bench).badge
    assert badge is not None and badge.lines[1][1].text == "collapsed"
    view.tracks.grab()
    assert [curve.side for curve in view.tracks.curves] == ["drift", "collapse"]
    session.history.undo()
    settle(session, qtbot)
    assert bench.clip.seed_frames is None and bench.seed == (0, 30) and words(session) == []
    session.history.redo()
    settle(session, qtbot)
    assert words(session)[-1] == last
    session.place(frozen.clip(1), frozen, 1)
    settle(session, qtbot)
    assert words(session) == []
    session.place(frozen.clip(0), frozen, 0)
    settle(session, qtbot)
    assert words(session)[-1] == last and bench.seed == (0, 40)
    view.actions_by_name["generated_none"].trigger()
    settle(session, qtbot)
    assert words(session) == [] and not view.actions_by_name["generated_none"].isEnabled()


def test_what_a_file_says_was_generated_is_judged_by_itself(
    view: TimelineView, session: Session, frozen: Dataset, qtbot: QtBot
) -> None:
    marked = replace(frozen.clip(0), seed_frames=40)
    opened(session, [marked], "marked.npz", qtbot)
    assert words(session)[-1][0] == "collapsed"
    view.actions_by_name["generated_none"].trigger()
    settle(session, qtbot)
    assert words(session) == [] and session.bench.no_reference == ""


def test_a_reason_that_is_too_long_keeps_since_when(qapp: QApplication) -> None:
    metrics = QFontMetricsF(body_font(12))
    told = Reason("collapsed", "Collapse", "motion over two thirds of a second: 0.01", "real from 0.2",
                  "since +41; drift since +60", 40)  # fmt: skip
    wide = metrics.horizontalAdvance(told.words)
    assert shortened(told, metrics, wide) == told.words
    without = shortened(told, metrics, wide - 1)
    assert without == "motion over two thirds of a second: 0.01, since +41; drift since +60"
    short = shortened(told, metrics, metrics.horizontalAdvance(without) - 30)
    assert short.startswith("motion") and "…" in short and short.endswith(", since +41; drift since +60")
    for room in (300.0, 200.0, 120.0, 60.0):
        assert metrics.horizontalAdvance(shortened(told, metrics, room)) <= room
    assert shortened(told, metrics, 170.0).startswith("since +41")


# learning is under way


def test_learning_is_shown_can_be_cancelled_and_begun_again(
    view: TimelineView, session: Session, press: Callable[[str], None], learnt: Any, clips: list[Clip],
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot,
) -> None:  # fmt: skip
    import threading

    quick, held = judging._stored, threading.Event()

    def slow(measure: judging.Measure) -> Iterator[Any]:
        while not held.wait(0.01):
            yield judging.Progress(1, 4, "watches")
        return (yield from quick(measure))

    monkeypatch.setattr(judging, "_stored", slow)
    learnt["more.h5"] = few_signs(clips[:11])
    opened(session, clips[:11], "more.h5", qtbot)
    session.stepper.step(50)
    qtbot.waitUntil(lambda: [task.title for task in session.jobs.running] == ["Learning from more.h5"], timeout=20_000)
    assert session.bench.no_reference == "No reference yet: learning from more.h5"
    (task,) = session.jobs.running
    qtbot.waitUntil(lambda: task.progress.total == 4)
    assert not task.quiet  # the status bar shows it, with Cancel
    task.cancel()
    settle(session, qtbot)
    assert session.bench.no_reference == "No reference: learning it was cancelled"
    press("step")
    assert not session.jobs.running and session.bench.no_reference.endswith("cancelled")
    held.set()
    assert view.actions_by_name["learn"].isEnabled()
    view.actions_by_name["learn"].trigger()
    settle(session, qtbot)
    assert words(session)[-1][0] == "collapsed" and not view.actions_by_name["learn"].isEnabled()


def test_quitting_while_it_learns_ends_at_once(
    session: Session, press: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, clips: list[Clip], qtbot: QtBot
) -> None:
    from poseviewer.app.jobs import lanes_rest

    def endless(measure: judging.Measure) -> Iterator[Any]:
        while True:
            yield judging.Progress(0, 9)

    monkeypatch.setattr(judging, "_stored", endless)
    opened(session, clips[:11], "more.h5", qtbot)
    session.stepper.step(2)
    qtbot.waitUntil(lambda: any(task.title == "Learning from more.h5" for task in session.jobs.running))
    session.close()
    assert lanes_rest(5.0)
