"""Latents of rollouts, encoded only as far as they are new, and poses on another skeleton."""

import numpy as np
import pytest

from poseviewer.analysis.encoding import encoded_further, latents_of, on_skeleton
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
    assert latents is not None and latents.shape == (2, 5, 6)
    for sample in range(2):
        alone = latents_of(Clip(HUMANOID, rollout.poses[sample], 30.0, "alone"), embedding)
        np.testing.assert_allclose(latents[sample], alone, atol=1e-5)
    assert np.abs(np.diff(latents[0], axis=0)).max() > 0.01


def test_what_is_known_is_kept_and_the_rest_encoded(rollout: Rollout) -> None:
    embedding = LinearEmbedding()
    whole = encoded_further(rollout, embedding, None, 0)
    known = np.full((2, 4, 6), 7.0)
    latents = encoded_further(rollout, embedding, known, 3)
    assert whole is not None and latents is not None
    assert (latents[:, :3] == 7.0).all()
    np.testing.assert_allclose(latents[:, 3:], whole[:, 3:])
    nothing_new = encoded_further(rollout, embedding, np.full((2, 9, 6), 7.0), 5)
    assert nothing_new is not None and nothing_new.shape == (2, 5, 6) and (nothing_new == 7.0).all()
    assert encoded_further(rollout, None, known, 3) is None


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
