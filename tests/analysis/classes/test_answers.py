"""What a classifier takes motion for: of the second that ends at each frame, incrementally the same as at once."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from poseviewer.analysis.classes import answers as classes
from poseviewer.analysis.classes.answers import NONE, Answers, asked_of_clip, asked_of_rollout
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.progress import finished
from tests.analysis.classes.sides import Sides


def walk(frames: int, turns: int) -> Clip:
    """At x = −1, and from a frame on at x = 1."""
    poses = np.zeros((frames, len(HUMANOID.joints), 3), dtype=np.float32)
    poses[..., 0] = np.where(np.arange(frames) < turns, -1.0, 1.0)[:, None]
    return Clip(HUMANOID, poses, 30.0, "walk", action="walk")


def rollout_of(clip: Clip, seed: int) -> Any:
    """What goes on as the clip does, in two samples, the second of which stays at the left."""
    made = np.stack([clip.positions[seed:], np.minimum(clip.positions[seed:], -1.0)])
    return SimpleNamespace(
        seed=clip.cut(0, seed), skeleton=HUMANOID, fps=30.0, length=made.shape[1],
        poses_of=lambda sample, first=0, stop=None: made[sample, first:stop],
    )  # fmt: skip


def likeliest(answers: Answers) -> list[str]:
    return [Sides.classes[k] for k in answers.probabilities.argmax(axis=1)]


def test_an_answer_is_about_the_second_that_ends_at_its_frame() -> None:
    told = finished(classes.of_clip(Sides(), walk(150, 60)))
    assert told.frames.tolist() == [*range(0, 150, 10), 149]
    by_frame = dict(zip(told.frames.tolist(), likeliest(told), strict=True))
    assert by_frame[50] == "left" and by_frame[60] == "left" and by_frame[90] == "right"
    assert np.allclose(told.probabilities.sum(axis=1), 1.0, atol=1e-6)
    assert told.probabilities[-1] == pytest.approx([0.2, 0.3, 0.5])


def test_in_the_first_second_it_is_about_that_second_and_of_a_short_clip_about_all() -> None:
    told = finished(classes.of_clip(Sides(), walk(60, 20)))
    assert np.ptp(told.probabilities[:3], axis=0) == pytest.approx(0.0)  # frames 0, 10 and 20
    assert likeliest(finished(classes.of_clip(Sides(), walk(8, 8)))) == ["left", "left"]
    assert asked_of_clip(1, 30.0).tolist() == [0]


def test_a_rollout_is_answered_from_its_seed_on_and_a_sample_for_itself() -> None:
    rollout = rollout_of(walk(100, 30), 30)
    asked = asked_of_rollout(rollout.length, 30.0, newest=True)
    assert asked.tolist() == [-1, 9, 19, 29, 39, 49, 59, 69]
    assert asked_of_rollout(74, 30.0, newest=True).tolist()[-2:] == [69, 73]
    assert asked_of_rollout(74, 30.0, newest=False).tolist()[-1] == 69
    first = finished(classes.of_rollout(Sides(), rollout, 0, NONE, asked))
    assert likeliest(first)[0] == "left" and likeliest(first)[4:] == ["right"] * 4
    assert set(likeliest(finished(classes.of_rollout(Sides(), rollout, 1, NONE, asked)))) == {"left"}


def test_what_is_known_is_not_asked_again_and_the_whole_is_the_same() -> None:
    rollout = rollout_of(walk(110, 55), 30)
    whole = asked_of_rollout(80, 30.0, newest=True)
    at_once = finished(classes.of_rollout(Sides(), rollout, 0, NONE, whole))
    sides, known = Sides(), NONE
    for frames in (3, 14, 33, 57, 80):
        before = sides.asked
        known = finished(classes.of_rollout(sides, rollout, 0, known, asked_of_rollout(frames, 30.0, newest=True)))
        assert sides.asked - before <= 4 and known.frames[-1] == frames - 1
    assert known.frames.tolist() == at_once.frames.tolist()
    assert known.probabilities == pytest.approx(at_once.probabilities)
    assert known.until(30).frames.tolist() == [-1, 9, 19, 29] and known.until(80) is known


def test_unknown_poses_have_no_answer_and_another_skeleton_is_refused() -> None:
    clip = walk(90, 90)
    poses = np.array(clip.positions)
    poses[40:44] = np.nan
    told = finished(classes.of_clip(Sides(), replace(clip, positions=poses)))
    unknown = told.frames[np.isnan(told.probabilities).any(axis=1)]
    assert unknown.tolist() == [40, 50, 60, 70]
    flat = Clip(PENN13, np.zeros((40, 13, 2), dtype=np.float32), 30.0, "flat")
    with pytest.raises(PoseviewerError):
        finished(classes.of_clip(Sides(), flat))


def test_a_clip_of_another_rate_is_answered_three_times_a_second() -> None:
    clip = walk(120, 120)
    told = finished(classes.of_clip(Sides(), Clip(HUMANOID, clip.positions, 120.0, "walk")))
    assert told.frames.tolist() == [0, 40, 80, 119] and set(likeliest(told)) == {"left"}
