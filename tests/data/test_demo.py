"""The embedded demo dataset, as scripts/make_demo.py made it."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.data.dataset import Dataset
from poseviewer.motion import kinematics
from poseviewer.motion.clip import unrolled
from poseviewer.motion.skeleton import HUMANOID
from tests.motion.angles import angle_between

LOOPS = (
    "walk", "0walk_forward", "turn_left0", "turn_left1", "turn_right0", "turn_right1", "run", "jump", "spinkick",
    "dance_a", "dance_b", "spin", "cartwheel", "backflip", "roll", "crawl",
)  # fmt: skip


@pytest.fixture(scope="module")
def demo():
    with Dataset.open(paths.demo()) as dataset:
        yield dataset


def test_twenty_clips_at_30_fps_with_attribution(demo):
    assert len(demo) == 20 and {info.fps for info in demo.infos} == {30.0}
    assert {info.name for info in demo.infos if info.loop} == set(LOOPS)
    assert "zlib license" in demo.licence and "3. This notice may not be removed" in demo.licence
    assert "first published with DeepMimic" in demo.provenance and "cleaned and resampled" in demo.provenance


def test_rotations_make_the_positions(demo):
    for clip in demo:
        skeleton = clip.skeleton
        made = kinematics.forward(clip.positions[:, 0], clip.rotations, skeleton.offsets, skeleton.parents)
        assert np.allclose(made, clip.positions, atol=1e-5), clip.name


def test_everyone_stands_on_the_ground_and_maps_onto_humanoid(demo):
    for clip in demo:
        ankles = clip.positions[:, [j for j, name in enumerate(clip.skeleton.joints) if "ankle" in name], 1]
        assert -0.02 < ankles.min() < 0.12, clip.name
        assert np.isfinite(clip.onto(HUMANOID).positions).all()


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_has_no_seam(demo, name):
    clip = demo.clip(demo.find(name))
    carried_on = unrolled(clip, 300)
    steps = np.linalg.norm(np.diff(carried_on.positions, axis=0), axis=-1).max(axis=1)
    turns = angle_between(carried_on.rotations[1:], carried_on.rotations[:-1]).max(axis=1)
    for seam in range(len(clip) - 1, 295, len(clip)):
        for change in (steps, turns):
            near = np.concatenate([change[seam - 4 : seam], change[seam + 1 : seam + 5]]).max()
            assert change[seam] <= 1.5 * near
    heights = carried_on.positions[:, 0, 1]
    assert abs(heights[-len(clip) :].mean() - heights[: len(clip)].mean()) < 1e-4


def test_walking_goes_on_straight_and_turning_goes_round(demo):
    walk = unrolled(demo.clip(demo.find("walk")), 300).positions[:, 0]
    assert 8 < walk[-1, 0] - walk[0, 0] < 12 and abs(walk[-1, 2] - walk[0, 2]) < 0.5
    round_once = unrolled(demo.clip(demo.find("turn_left1")), 300).positions[:, 0, [0, 2]]
    assert np.ptp(round_once, axis=0).max() < 4
