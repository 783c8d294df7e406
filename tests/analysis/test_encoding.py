"""Latents of rollouts, encoded only as far as they are new, and poses on another skeleton."""

import numpy as np
import pytest

from poseviewer.analysis.encoding import Latents, encoded_further, latents_of, on_skeleton
from poseviewer.analysis.rollout import Rollout
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.plane import Plane
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.protocols import Step
from tests.linear_world import LinearEmbedding, clips


class Repeating:
    """A generator whose samples stand where the seed ended, each a metre further to the side."""

    skeleton, fps, context, stochastic, embedding_id = HUMANOID, 30.0, 1, True, None

    def start(self, seed, *, number, samples):
        return seed.positions[-1] + np.arange(samples)[:, None, None] * [1.0, 0.0, 0.0]

    def step(self, state, *, temperature):
        bent = state.copy()
        bent[:, 1] += [0.0, 0.1, 0.0]
        return Step(bent), bent

    def newest(self, state):
        return Step(state)


@pytest.fixture
def rollout() -> Rollout:
    made = Rollout(Repeating(), clips()[0], samples=2)
    made.step(5)
    return made


def test_every_sample_and_frame_has_its_own_latent(rollout: Rollout) -> None:
    embedding = LinearEmbedding()
    latents = encoded_further(rollout, embedding, None, 0)
    assert latents is not None and latents.recent.shape == (2, 5, 6)
    for sample in range(2):
        alone = latents_of(Clip(HUMANOID, rollout.poses[sample], 30.0, "alone"), embedding)
        np.testing.assert_allclose(latents.recent[sample], alone, atol=1e-5)
    assert np.array_equal(latents.own, latents.recent[0])
    assert np.abs(np.diff(latents.own, axis=0)).max() > 0.01


def test_what_is_known_is_kept_and_the_rest_encoded(rollout: Rollout) -> None:
    embedding = LinearEmbedding()
    whole = encoded_further(rollout, embedding, None, 0)
    known = Latents.nothing(2, 0, 6).further(np.full((2, 4, 6), 7.0))
    latents = encoded_further(rollout, embedding, known, 3)
    assert whole is not None and latents is not None
    assert (latents.recent[:, :3] == 7.0).all() and (latents.own[:3] == 7.0).all()
    np.testing.assert_allclose(latents.recent[:, 3:], whole.recent[:, 3:])
    longer = Latents.nothing(2, 0, 6).further(np.full((2, 9, 6), 7.0))
    nothing_new = encoded_further(rollout, embedding, longer, 5)
    assert nothing_new is not None and nothing_new.recent.shape == (2, 5, 6) and (nothing_new.recent == 7.0).all()
    assert encoded_further(rollout, None, known, 3) is None


def test_of_a_long_rollout_the_picked_sample_alone_keeps_all_its_latents(rollout: Rollout) -> None:
    embedding, latents = LinearEmbedding(), None
    for length in range(5, 900, 95):
        rollout.step(length - len(rollout))
        latents = encoded_further(rollout, embedding, latents, length - 95)
    assert latents is not None and len(latents) == len(rollout) and latents.recent.shape[1] <= 512
    first, second = (latents_of(Clip(HUMANOID, poses, 30.0, "alone"), embedding) for poses in rollout.poses)
    np.testing.assert_allclose(latents.own, first, atol=1e-4)
    known, gone = latents.rows([1, 0], 200), latents.before - 200
    assert np.isnan(known[0, :gone]).all() and np.array_equal(known[1], latents.own[200:])
    np.testing.assert_allclose(known[0, gone:], second[latents.before :], atol=1e-4)
    assert latents.since(latents.before - 1) is None
    assert latents.picked(1) is None  # the older ones of the other sample are gone
    rollout.sample = 1
    again = encoded_further(rollout, embedding, latents, len(rollout))
    assert again is not None and again.sample == 1
    np.testing.assert_allclose(again.own, second, atol=1e-4)


def test_of_many_frames_that_came_at_once_each_sample_has_its_own_latents_or_none(rollout: Rollout) -> None:
    embedding = LinearEmbedding()
    few = encoded_further(rollout, embedding, None, 0)
    rollout.step(600)
    latents = encoded_further(rollout, embedding, few, 5)
    assert latents is not None and len(latents) == 605
    (known,) = latents.rows([1])
    there = np.isfinite(known).all(axis=1)
    assert there[-256:].all() and not there[100:300].any()
    second = latents_of(Clip(HUMANOID, rollout.poses[1], 30.0, "alone"), embedding)
    np.testing.assert_allclose(known[there], second[there], atol=1e-4)


def test_joints_that_a_generator_does_not_see_are_none_to_the_embedding() -> None:
    told: list[np.ndarray] = []

    class Seeing(Repeating):
        def step(self, state, *, temperature):
            step, after = super().step(state, temperature=temperature)
            visible = np.ones(step.poses.shape[:2], dtype=bool)
            visible[1, 4] = False  # of the second sample a joint
            return Step(step.poses, visible), after

    class Told(LinearEmbedding):
        def encode(self, poses, visible=None):
            told.append(visible)
            return super().encode(poses, visible)

    made = Rollout(Seeing(), clips()[0], samples=2)
    made.step(3)
    encoded_further(made, Told(), None, 0)  # type: ignore[arg-type]
    (visible,) = told
    assert visible.shape == (6, 18) and visible[:3].all() and np.flatnonzero(~visible[3:].all(axis=0)).tolist() == [4]
    assert not visible[3:, 4].any()


def test_3d_poses_are_seen_on_the_plane_of_a_2d_skeleton() -> None:
    poses = clips()[0].positions[:2]
    flat = on_skeleton(poses, HUMANOID, PENN13, Plane(0.0, 2.0, (0.0, 0.0, 0.0)))
    assert flat.shape == (2, 13, 2)
    wrist = HUMANOID.joints.index("left_wrist")
    np.testing.assert_allclose(
        flat[:, PENN13.joints.index("left_wrist")], poses[:, wrist, :2] / 2.0, atol=1e-6
    )  # seen along z, two metres to an image height
    with pytest.raises(PoseviewerError):
        on_skeleton(flat, PENN13, HUMANOID)
