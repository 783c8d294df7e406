import numpy as np

from poseviewer.nets.models.mixture_prior import MixturePrior


def test_draws_are_where_the_posteriors_were():
    draw = np.random.default_rng(0)
    side = draw.integers(2, size=4000)
    mean = np.stack([4.0 * side - 2.0, draw.normal(0.0, 0.5, 4000)], axis=1)
    prior = MixturePrior.fit(mean, np.full_like(mean, 0.1), np.arange(4000) % 10, seed=1)
    drawn = prior.draw(2000, np.random.default_rng(1))
    assert (np.abs(np.abs(drawn[:, 0]) - 2.0) < 0.5).mean() > 0.98  # nothing between the two heaps
    assert 0.4 < (drawn[:, 0] > 0).mean() < 0.6 and 0.4 < drawn[:, 1].std() < 0.6
    np.testing.assert_array_equal(drawn, prior.draw(2000, np.random.default_rng(1)))


def test_a_component_stands_for_many_frames():
    draw = np.random.default_rng(0)
    few = MixturePrior.fit(draw.normal(size=(150, 3)), np.full((150, 3), 0.1), np.arange(150) % 10, seed=1)
    assert len(few.weights) == 1 and few.means.shape == (1, 3) and few.factors.shape == (1, 3, 3)


def test_no_component_stands_for_a_single_clip():
    draw = np.random.default_rng(0)
    mean = draw.normal(size=(2000, 2)) + np.where(np.arange(2000) < 1700, 0.0, 30.0)[:, None]
    clips = np.where(np.arange(2000) < 1700, np.arange(2000) % 10, 99)  # clip 99 is far from all others
    prior = MixturePrior.fit(mean, np.full_like(mean, 0.1), clips, seed=1)
    assert np.abs(prior.means).max() < 5.0 and abs(prior.weights.sum() - 1.0) < 1e-9


def test_too_few_frames_for_a_component_give_their_mean_and_covariance():
    mean = np.random.default_rng(0).normal(3.0, [0.5, 2.0], size=(15, 2))
    prior = MixturePrior.fit(mean, np.zeros((15, 2)), np.arange(15), seed=1)
    assert prior.weights.tolist() == [1.0]
    np.testing.assert_allclose(prior.means, mean.mean(axis=0)[None])
    covariance = np.cov(mean, rowvar=False) + 1e-3 * np.eye(2)
    np.testing.assert_allclose(prior.factors @ prior.factors.swapaxes(1, 2), covariance[None])
