from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis import rollout as module
from poseviewer.analysis.rollout import Rollout
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip, unrolled
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.models.load import load_model
from poseviewer.progress import finished


@pytest.fixture(scope="module")
def generator():
    return load_model(paths.models() / "humanoid-generator-latent.safetensors")


@pytest.fixture(scope="module")
def walk():
    with Dataset.open(paths.demo()) as demo:
        return demo.clip(demo.find("walk"))


def test_frames_are_counted_and_shaped(generator, walk):
    rollout = Rollout(generator, walk, samples=3)
    assert rollout.poses.shape == (3, 0, 18, 3) and rollout.latents.shape == (3, 0, 16) and rollout.length == 0
    added = rollout.step(5)
    assert added.shape == (3, 5, 18, 3) and rollout.poses.shape == (3, 5, 18, 3) and rollout.latents.shape == (3, 5, 16)
    assert rollout.length == len(rollout) == 5 and rollout.fps == 30.0 and rollout.visible is None
    np.testing.assert_array_equal(rollout.newest.poses, rollout.poses[:, -1])


def test_back_and_step_makes_the_same_frames(generator, walk):
    rollout = Rollout(generator, walk, number=3, samples=2)
    poses = rollout.step(30)
    rollout.back(12)
    assert rollout.length == 18
    np.testing.assert_array_equal(rollout.poses, poses[:, :18])
    np.testing.assert_array_equal(rollout.step(12), poses[:, 18:])
    rollout.back(1000)
    assert rollout.length == 0
    np.testing.assert_array_equal(rollout.step(30), poses)


def test_states_that_were_not_kept_are_computed_again(generator, walk, monkeypatch):
    monkeypatch.setattr(module, "RECENT", 6)
    monkeypatch.setattr(module, "SPACING", 5)
    rollout = Rollout(generator, walk, number=1)
    rollout.step(10)
    rollout.temperature = 0.3
    poses = np.concatenate([rollout.poses, rollout.step(30)], axis=1)
    assert len(rollout._states) < 16
    rollout.back(29)
    assert rollout.length == 11
    np.testing.assert_array_equal(np.concatenate([rollout.poses, rollout.step(29)], axis=1), poses)


def test_what_was_done_by_hand_is_kept_when_states_are_computed_again(generator, walk, monkeypatch):
    monkeypatch.setattr(module, "RECENT", 4)
    rollout = Rollout(generator, walk)
    rollout.step(8)
    rollout.replace(latent=rollout.newest.latents[0] + 0.5)
    poses = np.concatenate([rollout.poses, rollout.step(20)], axis=1)
    for length in (11, 8, 11):  # at 8, the frame that was set by hand stays what the next one follows from
        rollout.back(len(rollout) - length)
        again = np.concatenate([rollout.poses, rollout.step(28 - length)], axis=1)
        np.testing.assert_array_equal(again, poses)


def test_of_the_samples_that_are_not_picked_the_newest_frames_stay_and_older_ones_come_back(
    generator, walk, monkeypatch
):
    monkeypatch.setattr(module, "SPACING", 8)
    whole = Rollout(generator, walk, number=2, samples=3)
    monkeypatch.setattr(module, "RECENT", 6)
    short = Rollout(generator, walk, number=2, samples=3)
    for rollout, recent in ((whole, 256), (short, 6)):
        monkeypatch.setattr(module, "RECENT", recent)
        rollout.step(13)
        rollout.replace(latent=rollout.newest.latents[0] + 0.4)
        rollout.temperature = 0.5
        rollout.step(22)
    assert whole.knows(2) and short.knows(0) and not short.knows(2) and short.at_hand(0) == 29
    assert sum(frame.step is not None for frame in short._frames) == 6 and len(short._states) < 10
    np.testing.assert_array_equal(short.poses_of(0), whole.poses[0])
    states = len(short._states)
    np.testing.assert_array_equal(short.poses_of(2, 5, 17), whole.poses[2, 5:17])
    assert len(short._states) == states  # who reads leaves nothing in memory
    np.testing.assert_array_equal(short.latents, whole.latents)
    branch, taken = short.branch(), list(short.recall(2))
    np.testing.assert_array_equal(np.stack([step.poses for steps in taken for step in steps], axis=1), whole.poses)
    assert short.sample == 2 and short.knows(2) and short.shared(branch) == 35
    np.testing.assert_array_equal(short.poses_of(2), whole.poses[2])
    branch.back(20)
    np.testing.assert_array_equal(branch.poses, whole.poses[:, :15])
    np.testing.assert_array_equal(branch.step(20), whole.poses[:, 15:])
    short.step(20)
    assert short.poses_of(2, 30).shape == (25, 18, 3) and not short.knows(0)


def test_a_recipe_of_a_long_rollout_holds_the_picked_sample(generator, walk, monkeypatch):
    monkeypatch.setattr(module, "RECENT", 6)
    rollout = Rollout(generator, walk, number=5, samples=3)
    rollout.sample = 1
    rollout.step(30)
    assert rollout.recipe.poses.shape == (1, 30, 18, 3)
    again = finished(Rollout.repeated(rollout.recipe, generator, walk))
    assert again.sample == 1
    np.testing.assert_array_equal(again.poses_of(1), rollout.poses_of(1))
    other = replace(rollout.recipe, poses=rollout.recipe.poses + np.float32(0.1))
    with pytest.raises(PoseviewerError, match="is not what it was"):
        finished(Rollout.repeated(other, generator, walk))


def test_a_recipe_makes_the_same_rollout_again(generator, walk):
    rollout = Rollout(generator, walk, number=5, samples=2)
    rollout.replace(latent=rollout.newest.latents + 0.3)
    rollout.step(4)
    rollout.temperature = 0.2
    rollout.step(4)
    rollout.replace(latent=rollout.newest.latents + 0.5)
    rollout.step(3)
    rollout.replace(pose=rollout.newest.poses + np.float32(0.01))
    rollout.back(3)  # to the frame that was set by hand, and before the one after it
    branch = rollout.branch()
    branch.replace(latent=branch.newest.latents - 0.5)  # what a branch does is not in the recipe
    assert [made.length for made in rollout.recipe.by_hand] == [0, 8]
    again = finished(Rollout.repeated(rollout.recipe, generator, walk))
    np.testing.assert_array_equal(again.poses, rollout.poses)
    assert again.recipe.temperatures == rollout.recipe.temperatures == (1.0,) * 4 + (0.2,) * 4
    rollout.temperature = again.temperature = 0.7
    np.testing.assert_array_equal(again.step(3), rollout.step(3))
    rollout.reset()
    assert not rollout.recipe.by_hand and not rollout.recipe.temperatures


def test_a_recipe_of_another_seed_is_a_sentence(generator, walk):
    rollout = Rollout(generator, walk, number=5)
    rollout.step(4)
    with pytest.raises(PoseviewerError, match="is not what it was"):
        finished(Rollout.repeated(rollout.recipe, generator, walk.cut(0, 30)))


def test_a_branch_shares_the_past_and_not_the_future(generator, walk):
    rollout = Rollout(generator, walk)
    rollout.step(10)
    branch = rollout.branch()
    ahead = rollout.step(5)
    assert branch.length == 10
    np.testing.assert_array_equal(branch.step(5), ahead)
    branch.back(5)
    branch.replace(latent=branch.newest.latents[0] + 0.7)
    assert np.abs(branch.step(5) - ahead).max() > 0.01
    np.testing.assert_array_equal(rollout.poses[:, 10:], ahead)


def test_a_replacement_sets_the_newest_frame_alone(generator, walk):
    rollout = Rollout(generator, walk)
    poses = rollout.step(4)
    target = rollout.newest.latents[0] + 0.4
    rollout.replace(latent=target)
    assert np.abs(rollout.newest.poses - poses[:, -1]).max() > 1e-3
    np.testing.assert_allclose(rollout.latents[0, -1], target, atol=1e-6)
    np.testing.assert_array_equal(rollout.poses[:, :3], poses[:, :3])
    rollout.replace(pose=poses[0, 0])
    np.testing.assert_allclose(rollout.newest.poses[0], poses[0, 0], atol=1e-6)


def test_the_seeds_end_can_be_replaced_and_reset(generator, walk):
    rollout = Rollout(generator, walk)
    plain = rollout.step(6)
    rollout.back(6)
    rollout.replace(latent=rollout.newest.latents[0] + 1.0)
    assert np.abs(rollout.step(6) - plain).max() > 0.01
    rollout.reset()
    assert rollout.length == 0
    np.testing.assert_array_equal(rollout.step(6), plain)


def test_selected_samples_go_on_alike(generator, walk):
    rollout = Rollout(generator, walk, samples=5)
    rollout.sample = 1
    rollout.step(6)
    some = rollout.select([4, 1])
    assert some.sample == 1 and rollout.select([4, 2]).sample == 0
    np.testing.assert_allclose(some.poses, rollout.poses[[4, 1]])
    np.testing.assert_allclose(some.step(6), rollout.step(6)[[4, 1]], atol=1e-5)
    some.replace(latent=some.newest.latents[0])
    assert some.samples == 2 and some.newest.poses.shape == (2, 18, 3)


def test_a_seed_of_another_rate_comes_at_the_models(generator, walk):
    rollout = Rollout(generator, replace(walk, fps=60.0, loop=False))
    assert (
        rollout.seed.fps == 30.0
        and len(rollout.seed) == (len(walk) + 1) // 2
        and rollout.seed.skeleton.joints == HUMANOID.joints
    )
    assert rollout.note == ""


def test_a_short_seed_is_padded_with_its_first_frame_and_says_so(generator, walk):
    rollout = Rollout(generator, walk.cut(0, 4))
    assert len(rollout.seed) == generator.context and rollout.note.startswith("The seed has 4 of the 10 frames")
    np.testing.assert_array_equal(rollout.seed.positions[6], rollout.seed.positions[0])
    assert np.isfinite(rollout.step(5)).all()


def test_a_loop_may_be_carried_on_before_the_model_takes_over(generator, walk):
    long = unrolled(walk, 3 * len(walk))
    rollout = Rollout(generator, long)
    root = rollout.step(1)[0, 0, 0]
    assert np.linalg.norm(root - long.positions[-1, long.skeleton.root]) < 0.2


def test_a_flat_clip_is_no_seed_for_a_model_in_space(generator):
    flat = Clip(PENN13, np.zeros((20, 13, 2), np.float32), 30.0, "flat")
    with pytest.raises(PoseviewerError, match="flat"):
        Rollout(generator, flat)


def test_ten_minutes_do_not_fill_the_memory(generator, walk):
    rollout = Rollout(generator, walk)
    rollout.step(700)
    assert len(rollout._states) <= module.RECENT + 700 // module.SPACING + 2
