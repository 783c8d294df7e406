"""A clip that was generated elsewhere is judged like a rollout, whoever says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.bench.compose import compose
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.views.timeline.timeline_view import TimelineView
from tests.judged import Scripted
from tests.views.timeline.stepping import LEFT, STOPS, at, generate_with, opened, settle, tip, words


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


def test_why_a_clip_with_too_few_generated_frames_is_not_judged_is_said(
    view: TimelineView, session: Session, frozen: Dataset, clips: list[Clip], press: Callable[[str], None], qtbot: QtBot
) -> None:
    frames = len(frozen.clip(0))
    session.set_time((frames - 3) / 30)
    view.actions_by_name["generated_from"].trigger()
    settle(session, qtbot)
    assert words(session) == [("not yet judged", 1, 3)]
    assert session.bench.no_reference == "Not judged: too few frames were generated (3)"
    assert session.bench.no_reference in tip(view, at(view, 2), qtbot)
    view.tracks.grab()
    generate_with(session, Scripted(clips[0].positions, STOPS))
    session.set_seed(0, 30)
    press("step50")
    assert words(session)[-1][0] == "collapsed" and session.bench.no_reference == ""  # the rollout is judged
    session.reset()
    assert session.bench.no_reference == "Not judged: too few frames were generated (3)"
    session.declare_generated(40)
    settle(session, qtbot)
    assert words(session)[-1][0] == "collapsed" and session.bench.no_reference == ""


def test_a_clip_drifts_from_where_it_is_no_pose_any_more(
    view: TimelineView, session: Session, clips: list[Clip], qtbot: QtBot
) -> None:
    poses = np.array(clips[0].positions)
    poses[90:] = np.nan
    opened(session, [replace(clips[0], positions=poses, seed_frames=40)], "broken.npz", qtbot)
    *_, realistic, drifting = words(session)
    assert realistic[0] == "realistic" and drifting == ("drifting", 51, 110)
    session.set_time(95 / 30)
    badge = compose(session.bench).badge
    assert badge is not None and badge.lines[1][1].text == "drifting"
    told = tip(view, at(view, 60), qtbot)
    assert "Drift, no pose: the pose is no number any more" in told and "nan" not in told
    view.tracks.grab()
    assert [curve.about.part for curve in view.tracks.curves] == ["height of the root", "motion"]
