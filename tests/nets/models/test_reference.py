"""What a checkpoint keeps of the latents that it was trained on."""

import numpy as np
import pytest

from poseviewer.nets.models.reference import BINS, density, statistics


def middle_and_spread(image, extent):
    """Mean and deviation of a density along x and along y, map units."""
    left, right, bottom, top = extent
    told = []
    for axis, low, high in ((0, left, right), (1, bottom, top)):
        share = np.asarray(image, dtype=np.float64).sum(axis=axis)
        place = low + (np.arange(len(share)) + 0.5) * (high - low) / len(share)
        mean = share @ place / share.sum()
        told.append((mean, np.sqrt(share @ (place - mean) ** 2 / share.sum())))
    return told


def test_a_point_is_blurred_along_each_axis_by_its_own_width():
    made = density(np.array([[1.0, -2.0]]), np.full(2, -5.0), np.full(2, 5.0), np.array([0.8, 0.2]), 200)
    (x, wide), (y, high) = middle_and_spread(made.image, made.extent)
    assert made.image.sum() == pytest.approx(1.0)
    assert (x, y) == (pytest.approx(1.0, abs=0.05), pytest.approx(-2.0, abs=0.05))
    assert (wide, high) == (pytest.approx(0.8, rel=0.02), pytest.approx(0.2, rel=0.05))


def test_an_image_is_as_long_and_as_wide_as_asked_for_in_square_cells():
    made = density(np.zeros((1, 2)), np.array([-4.0, -1.0]), np.array([4.0, 1.0]), np.array([0.1, 0.1]), 80)
    assert made.image.shape == (20, 80)
    assert made.extent == pytest.approx((-4.0, 4.0, -1.0, 1.0))


def test_statistics_of_latents_that_lie_far_from_zero():
    """The map's origin is the latents' mean, and its first axis the one that they vary most along."""
    draw = np.random.default_rng(0)
    latents = draw.normal(size=(3000, 3)) * [0.5, 3.0, 1.0] + [10.0, -20.0, 5.0]
    told = statistics(latents, np.tile([0.5, 2.0, 1.0], (3000, 1)), np.arange(3000) % 7, seed=1)
    assert told["latent_mean"] == pytest.approx([10.0, -20.0, 5.0], abs=0.2)
    assert np.diag(told["latent_covariance"]) == pytest.approx([0.25, 9.0, 1.0], rel=0.1)
    assert told["kl"] == pytest.approx([0.5, 2.0, 1.0])
    (x, wide), (y, high) = middle_and_spread(told["density"], told["density_extent"])
    assert (x, y) == (pytest.approx(0.0, abs=0.1), pytest.approx(0.0, abs=0.1))
    assert (wide, high) == (pytest.approx(3.0, rel=0.1), pytest.approx(1.0, rel=0.15))
    counts, edges = told["histogram_counts"], told["histogram_edges"]
    assert counts.shape == (3, BINS) and edges.shape == (3, BINS + 1)
    assert counts.sum(axis=1) == pytest.approx(3000, abs=8)
    assert (counts * (edges[:, 1:] + edges[:, :-1]) / 2).sum(axis=1) / counts.sum(axis=1) == pytest.approx(
        [10.0, -20.0, 5.0], abs=0.3
    )
