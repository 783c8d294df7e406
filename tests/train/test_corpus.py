"""What of a dataset is learned from: cut where a recording jumps, at any frame rate."""

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.data.dataset import Dataset
from poseviewer.motion import rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.train.corpus import FOLDS, SHORTEST, cut_at_jumps, whole_clips_of
from tests.render.scenes import standing


def turning(fps, jump_at=None, speed=0.0, frames=60):
    """A person that turns at `speed` radians a second, and by half a radian more at one frame."""
    yaw = speed * np.arange(frames) / fps
    if jump_at is not None:
        yaw[jump_at:] += 0.5
    turned = rotation.rotate(rotation.from_axis_angle((0.0, 1.0, 0.0), yaw)[:, None], standing()[None])
    return Clip(HUMANOID, turned.astype(np.float32), fps, "turns")


@pytest.mark.parametrize("fps", [15.0, 30.0, 120.0])
def test_a_quick_turn_is_no_jump_at_any_rate(fps):
    """A jump turns by 0.3 radians in a thirtieth of a second, 9 a second."""
    assert [len(piece) for piece in cut_at_jumps(turning(fps, speed=8.0))] == [60]
    assert cut_at_jumps(turning(fps, speed=10.0)) == []


def test_a_jump_parts_a_recording_and_pieces_too_short_are_left_out():
    assert [len(piece) for piece in cut_at_jumps(turning(30.0, jump_at=20))] == [20, 40]
    assert [len(piece) for piece in cut_at_jumps(turning(30.0, jump_at=SHORTEST - 1))] == [60 - SHORTEST + 1]
    assert [len(piece) for piece in cut_at_jumps(turning(30.0, jump_at=SHORTEST))] == [SHORTEST, 60 - SHORTEST]


def test_frames_with_unknown_joints_are_left_out():
    clip = turning(30.0)
    positions = clip.positions.copy()
    positions[25, 3] = np.nan
    pieces = cut_at_jumps(Clip(HUMANOID, positions, 30.0, "unknown"))
    assert [len(piece) for piece in pieces] == [25, 34]
    np.testing.assert_array_equal(pieces[1].positions, positions[26:])


def test_a_fold_of_whole_clips_is_left_out_of_all_that_is_learned():
    names = [f"{action} {k}" for action in ("hop", "sit") for k in range(10)]
    clips = [replace(turning(30.0), name=name, action=name[:3], split="train") for name in names]
    dataset = Dataset.of(clips, "folds")
    parts = [whole_clips_of(dataset, HUMANOID, 15.0, fold=k) for k in range(1, FOLDS + 1)]
    assert sorted(name for part in parts for name in part.left_out) == sorted(names)
    for part in (*parts, *(part.everything() for part in parts)):
        assert len(part.left_out) == 4 and {name[:3] for name in part.left_out} == {"hop", "sit"}
        assert sorted((*part.left_out, *part.training_names, *part.validation_names)) == sorted(names)
    assert whole_clips_of(dataset, HUMANOID, 15.0).left_out == ()
