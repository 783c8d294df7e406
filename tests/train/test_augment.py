"""Motions made of recorded ones."""

import numpy as np
import pytest

from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.train.augment import at_speeds, leaning, mirrored, on_another_rig
from tests.render.scenes import standing


def person(frames=5):
    return Clip(HUMANOID, np.tile(standing(), (frames, 1, 1)), 30.0, "stands")


def test_another_rig_of_an_even_body_is_even():
    """What rigs disagree about they do alike on both sides: nobody has one shoulder farther out."""
    draw = np.random.default_rng(3)
    for _ in range(5):
        other = on_another_rig(person(), draw).positions
        np.testing.assert_allclose(other[:, list(HUMANOID.mirror)] * [-1.0, 1.0, 1.0], other, atol=1e-6)
        moved = np.linalg.norm(other[0] - standing(), axis=-1)
        assert moved[HUMANOID.joints.index("left_shoulder")] > 1e-3
        assert moved[HUMANOID.joints.index("pelvis")] == pytest.approx(0.0, abs=1e-6)
        assert moved.max() < 0.25


def test_limbs_keep_their_lengths_on_another_rig():
    other = on_another_rig(person(), np.random.default_rng(4)).positions[0]
    for parts in (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle", "toe")):
        for side in ("left", "right"):
            chain = [HUMANOID.joints.index(f"{side}_{part}") for part in parts]
            lengths = [np.linalg.norm(np.diff(pose[chain], axis=0), axis=-1) for pose in (other, standing())]
            np.testing.assert_allclose(lengths[0], lengths[1], atol=1e-5)


def test_a_mirrored_body_has_its_left_on_the_right():
    clip = person()
    positions = clip.positions.copy()
    left, right = (HUMANOID.joints.index(f"{side}_wrist") for side in ("left", "right"))
    positions[:, left] = [0.5, 1.5, 0.3]
    other = mirrored(Clip(HUMANOID, positions, 30.0, "waves")).positions
    np.testing.assert_allclose(other[0, right], [-0.5, 1.5, 0.3], atol=1e-6)


def test_a_leaning_body_is_turned_about_its_root_and_keeps_its_shape():
    other = leaning(person(), np.random.default_rng(5), 0.8).positions
    assert other[0, HUMANOID.root] == pytest.approx(standing()[HUMANOID.root])
    apart = [np.linalg.norm(pose[:, None] - pose[None], axis=-1) for pose in (other[0], standing())]
    np.testing.assert_allclose(apart[0], apart[1], atol=1e-5)
    head = HUMANOID.joints.index("head")
    assert other[0, head, 1] < standing()[head, 1] - 0.01


def test_a_faster_motion_has_fewer_frames_at_the_same_rate():
    path = standing() + np.arange(61)[:, None, None] * np.float32([0.01, 0.0, 0.0])
    clip = Clip(HUMANOID, path.astype(np.float32), 30.0, "goes")
    same, fast, slow = at_speeds([clip], (1.0, 1.5, 0.5))
    assert same is clip and fast.fps == slow.fps == 30.0
    assert (len(fast), len(slow)) == (41, 121)
    assert np.diff(fast.positions[:, 0, 0]) == pytest.approx(0.015, abs=1e-5)
