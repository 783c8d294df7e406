import numpy as np
import pytest

from poseviewer.analysis.projection import PCAProjection


def cloud(size: int = 6) -> np.ndarray:
    draw = np.random.default_rng(2)
    return draw.normal(size=(400, size)) @ draw.normal(size=(size, size)) + 3.0


def test_a_lifted_point_lies_where_it_was_put_and_keeps_the_rest():
    latents = cloud()
    plane = PCAProjection.fit(latents)
    near = latents[7]
    lifted = plane.lift((1.5, -0.5), near)
    np.testing.assert_allclose(plane.map(lifted[None])[0], [1.5, -0.5], atol=1e-10)
    outside = np.eye(6) - plane.axes.T @ plane.axes
    np.testing.assert_allclose(outside @ (lifted - near), 0.0, atol=1e-10)
    np.testing.assert_allclose(plane.lift(plane.map(near[None])[0], near), near, atol=1e-10)


def test_moments_give_the_same_plane_as_the_latents():
    latents = cloud()
    a, b = PCAProjection.fit(latents), PCAProjection.from_moments(latents.mean(axis=0), np.cov(latents, rowvar=False))
    np.testing.assert_allclose(a.axes, b.axes)
    points = a.map(latents)
    assert points[:, 0].var() >= points[:, 1].var()
    np.testing.assert_allclose(points.var(axis=0, ddof=1) / np.trace(np.cov(latents, rowvar=False)), a.explained)


@pytest.mark.parametrize("latents", [np.ones((1, 4)), np.ones((9, 4)), np.arange(9.0)[:, None]])
def test_few_or_flat_latents_have_a_plane_too(latents):
    plane = PCAProjection.fit(latents)
    assert np.isfinite(plane.map(latents)).all() and plane.map(latents).shape == (len(latents), 2)
    assert np.isfinite(plane.lift((0.3, 0.0), latents[0])).all()
