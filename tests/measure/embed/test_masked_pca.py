import numpy as np
import pytest

from poseviewer.measure.embed.masked_pca import MaskedPCA


@pytest.fixture(scope="module")
def vectors():
    """400 vectors of 9 numbers on a 3-dimensional plane, and the same with a quarter of the numbers missing."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(400, 3)) @ draw.normal(size=(3, 9)) + draw.normal(size=9)
    return x, np.where(draw.random(x.shape) < 0.25, np.nan, x)


def test_missing_numbers_are_filled_in(vectors):
    x, holed = vectors
    model = MaskedPCA.fit(holed, 3)
    filled = model.decode(model.encode(holed))
    some = np.isfinite(holed).sum(axis=1) >= 5
    assert np.abs(filled - x)[some].mean() < 0.02 * x.std()


def test_without_missing_numbers_it_is_pca(vectors):
    x, _ = vectors
    model = MaskedPCA.fit(x, 2)
    axes = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][:2]
    plain = (x - x.mean(axis=0)) @ axes.T @ axes
    both = model.loadings @ np.linalg.pinv(model.loadings)
    np.testing.assert_allclose((x - x.mean(axis=0)) @ both, plain, atol=0.02)
    np.testing.assert_allclose(model.mean, x.mean(axis=0), atol=1e-6)


def test_zeros_for_missing_numbers_are_worse(vectors):
    x, holed = vectors
    masked, naive = MaskedPCA.fit(holed, 3), MaskedPCA.fit(np.nan_to_num(holed), 3)
    known = np.isfinite(holed)
    error = np.abs(masked.decode(masked.encode(holed)) - x)[known].mean()
    assert error < 0.3 * np.abs(naive.decode(naive.encode(np.nan_to_num(holed))) - x)[known].mean()
