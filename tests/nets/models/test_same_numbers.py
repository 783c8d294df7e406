"""Shipped checkpoints answer today what they answered when they were written. The numbers are theirs, taken once."""

import numpy as np
import pytest

from tests.moving_figures import figures

TOLERANCE = 1e-6
LATENT, DEVIATION = [1.31616998, -0.4065626, 0.0660837, -0.08490334], [0.16223547, 0.02684271, 0.03364953, 0.15502542]
ELBOW = [0.1390544, 1.01122558, -0.30296931]
PROBABILITIES = [-5.47787333, -0.19154319, -6.35445118, -5.07066965]
BODY = {
    0.0: [[1.35523331, 0.8670395, 0.03580383], [1.0644927, 0.04615318, -0.01603349]],
    1.0: [[1.35720623, 0.86995405, 0.04134915], [1.04281688, 0.05179987, -0.01825113]],
}
FIGURE = {
    0.0: [[0.04793433, 0.0664161], [0.02042142, -0.259276]],
    1.0: [[0.04907517, 0.06437488], [0.0243891, -0.26655367]],
}
"""By temperature: two joints (2, D) of the pose."""


def continued(model, seed, temperature):
    """The pose (J, D) four frames after a seed, the last of them from latents or a pose put in by hand."""
    state = model.start(seed, number=7, samples=2)
    for _ in range(3):
        step, state = model.step(state, temperature=temperature)
    if model.embedding:
        state = model.replace(state, latents=step.latents + np.float32(0.1))
    else:
        state = model.replace(state, poses=step.poses + np.float32(0.01))
    return model.step(state, temperature=temperature)[0].poses[1]


def test_the_embedding_of_bodies(walk, shipped):
    model = shipped("humanoid-embedding")
    posterior, at = model.encode(walk.positions[:3])
    decoded = model.decode(posterior.latent + 0.5, at).poses
    np.testing.assert_allclose(posterior.latent[2, :4], LATENT, atol=TOLERANCE)
    np.testing.assert_allclose(posterior.std[2, :4], DEVIATION, atol=TOLERANCE)
    np.testing.assert_allclose(decoded[2, 13], ELBOW, atol=TOLERANCE)


def test_the_classifier_of_figures(shipped):
    model = shipped("penn-classifier")
    told = model.log_probabilities(figures(1)[0].resample(model.fps).positions[None])
    np.testing.assert_allclose(told[0, 5, :4], PROBABILITIES, atol=TOLERANCE)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_the_generator_of_bodies(temperature, walk, shipped):
    pose = continued(shipped("humanoid-generator-latent"), walk, temperature)
    np.testing.assert_allclose(pose[[0, 7]], BODY[temperature], atol=TOLERANCE)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_the_generator_of_figures(temperature, shipped):
    pose = continued(shipped("penn-generator-raw"), figures(1)[0], temperature)
    np.testing.assert_allclose(pose[[0, 12]], FIGURE[temperature], atol=TOLERANCE)
