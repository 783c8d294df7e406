"""By what the strip's verdicts are made: whose clips, or what is missing, and learning from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.app.work import judging
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import PENN13
from poseviewer.views.timeline.timeline_view import TimelineView
from tests.judged import Scripted, few_signs
from tests.moving_figures import figures
from tests.views.timeline.stepping import STOPS, at, generate_with, opened, settle, tip, words


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
    assert session.bench.no_reference == "Not judged: open a dataset of real motion to judge by"
    assert words(session) == []
    assert session.bench.no_reference in tip(view, at(view, 5), qtbot)
    view.tracks.grab()


# a clip that somebody says was generated


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
    assert session.bench.no_reference == "Not judged yet: learning from more.h5"
    (task,) = session.jobs.running
    qtbot.waitUntil(lambda: task.progress.total == 4)
    assert not task.quiet  # the status bar shows it, with Cancel
    task.cancel()
    settle(session, qtbot)
    assert session.bench.no_reference == "Not judged: learning from more.h5 was cancelled"
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
