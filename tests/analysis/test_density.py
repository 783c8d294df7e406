"""The density of map points: where its cells lie, how wide it is blurred, what its contours hold."""

import numpy as np
import pytest

from poseviewer.analysis.density import contour_levels, evenly, kernel_density
from poseviewer.nets.models.reference import Density, density, statistics


def at(picture: Density, points: np.ndarray) -> np.ndarray:
    """The values of the cells in which points (N, 2) lie."""
    left, right, bottom, top = picture.extent
    rows = ((points[:, 1] - bottom) / (top - bottom) * picture.image.shape[0]).astype(int)
    columns = ((points[:, 0] - left) / (right - left) * picture.image.shape[1]).astype(int)
    return picture.image[rows.clip(0, picture.image.shape[0] - 1), columns.clip(0, picture.image.shape[1] - 1)]


def moments(picture: Density) -> tuple[np.ndarray, np.ndarray]:
    """Mean (2,) and deviation (2,) of what a density image says, map units."""
    left, right, bottom, top = picture.extent
    rows, columns = picture.image.shape
    x = left + (np.arange(columns) + 0.5) * (right - left) / columns
    y = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    shares = picture.image.sum(axis=0), picture.image.sum(axis=1)
    mean = np.array([x @ shares[0], y @ shares[1]])
    return mean, np.sqrt([(x - mean[0]) ** 2 @ shares[0], (y - mean[1]) ** 2 @ shares[1]])


def test_one_point_becomes_a_gaussian_of_the_given_width_where_it_lies():
    picture = density(np.array([[1.0, -0.5]]), np.array([0.0, -1.0]), np.array([2.0, 0.0]), np.array([0.2, 0.05]), 200)
    assert picture.extent == pytest.approx((0.0, 2.0, -1.0, 0.0)) and picture.image.shape == (100, 200)
    mean, deviation = moments(picture)
    np.testing.assert_allclose(mean, [1.0, -0.5], atol=0.01)
    np.testing.assert_allclose(deviation, [0.2, 0.05], rtol=0.02)
    assert picture.image.sum() == pytest.approx(1.0)


def test_cells_are_square_and_count_what_lies_in_them():
    points = np.array([[0.05, 0.05], [0.05, 0.05], [0.95, 0.45], [7.0, 7.0]])
    picture = density(points, np.zeros(2), np.array([1.0, 0.5]), np.array([1e-3, 1e-3]), 10)
    assert picture.image.shape == (8, 10) and picture.extent == pytest.approx((0.0, 1.0, 0.0, 0.8))
    assert picture.image[0, 0] == pytest.approx(2.0 * picture.image[4, 9], rel=0.3)  # the corner keeps what it blurs
    assert picture.image.argmax() == 0 and picture.image[7, 9] < 1e-6


def test_a_kernel_density_is_as_wide_as_the_points_along_each_axis():
    points = np.random.default_rng(0).normal([5.0, -2.0], [2.0, 0.5], (4000, 2))
    mean, deviation = moments(kernel_density(points))
    np.testing.assert_allclose(mean, [5.0, -2.0], atol=0.05)
    np.testing.assert_allclose(deviation, [2.0, 0.5], rtol=0.06)  # of which the blur is a tenth
    wide = kernel_density(points, 6.0)
    assert (moments(wide)[1] > 1.3 * deviation).all()


def test_what_a_checkpoint_stores_lies_about_the_latents_mean():
    draw = np.random.default_rng(2)
    latents = draw.normal(size=(3000, 3)) * [3.0, 1.0, 0.1] + [10.0, 20.0, 30.0]
    stored = statistics(latents, np.zeros((3000, 3)), np.repeat(np.arange(30), 100), 0)
    assert stored["density"].shape[1] == pytest.approx(128, abs=1) and stored["density"].sum() == pytest.approx(1.0)
    mean, deviation = moments(Density(stored["density"], tuple(map(float, stored["density_extent"]))))
    np.testing.assert_allclose(mean, 0.0, atol=0.05)
    np.testing.assert_allclose(deviation, [3.0, 1.0], rtol=0.06)


def test_contours_hold_their_share_of_the_points():
    points = np.random.default_rng(1).normal(size=(60_000, 2))
    picture = kernel_density(points)
    half, most = contour_levels(picture.image, (0.5, 0.95))
    assert half > most > 0
    values = at(picture, points)
    assert np.mean(values >= half) == pytest.approx(0.5, abs=0.03)
    assert np.mean(values >= most) == pytest.approx(0.95, abs=0.02)


def test_an_outlier_does_not_stretch_the_image():
    points = np.random.default_rng(1).normal(size=(2000, 2))
    points[0] = 1e6
    left, right, bottom, top = kernel_density(points).extent
    assert max(abs(edge) for edge in (left, right, bottom, top)) < 8.0


def test_quantiles_are_taken_of_points_throughout():
    points = np.arange(240_002).reshape(-1, 2)
    some = evenly(points)
    assert 50_000 <= len(some) <= 100_001 and some[-1, 0] > 0.99 * points[-1, 0]


def test_its_image_goes_on_for_a_sixth_of_what_the_points_take_up():
    """Of a million points the blur is narrow; 0.2 % of them lie beyond each end of what counts as taken up."""
    across = np.linspace(0.0, 1.0, 1_000_001)
    picture = kernel_density(np.stack([across, across], axis=1))
    assert picture.extent == pytest.approx((-0.1574, 1.1574) * 2, abs=0.007)  # a cell
