import numpy as np
import pytest

from poseviewer.analysis.projection import DimensionsProjection, LDAProjection, PCAProjection


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


def crowds() -> tuple[np.ndarray, np.ndarray]:
    """Three actions that lie apart along dimensions 4 and 5, which vary least of all; their numbers."""
    draw = np.random.default_rng(5)
    action = np.repeat([0, 1, 2], 200)
    latents = draw.normal(size=(600, 6)) * [9.0, 5.0, 3.0, 2.0, 0.2, 0.2]
    latents[:, 4:] += np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]])[action]
    return latents, action


def apart(points: np.ndarray, action: np.ndarray) -> float:
    """The least distance between two actions' means, in deviations within an action."""
    means = np.stack([points[action == k].mean(axis=0) for k in range(3)])
    within = np.sqrt(np.mean([points[action == k].var(axis=0).sum() for k in range(3)]))
    return float(min(np.linalg.norm(means[a] - means[b]) for a, b in ((0, 1), (0, 2), (1, 2))) / within)


def test_discriminants_part_what_principal_components_mix():
    latents, action = crowds()
    assert apart(PCAProjection.fit(latents).map(latents), action) < 0.3
    lda = LDAProjection.fit(latents, action)
    assert apart(lda.map(latents), action) > 3.0
    assert lda.explained.sum() == pytest.approx(1.0) and lda.explained[0] > lda.explained[1]
    assert lda.captions[0].startswith("LD 1, ")


@pytest.mark.parametrize("kind", ["LDA", "dimensions", "a level"])
def test_every_projection_lifts_exactly_and_keeps_what_it_does_not_show(kind):
    latents, action = crowds()
    plane = {
        "LDA": lambda: LDAProjection.fit(latents, action),
        "dimensions": lambda: DimensionsProjection.of((4, 1), 6),
        "a level": lambda: PCAProjection.fit(latents[:, 2:]).widened(slice(2, 6), 6),
    }[kind]()
    near = latents[3]
    lifted = plane.lift((0.7, -1.2), near)
    np.testing.assert_allclose(plane.map(lifted[None])[0], [0.7, -1.2], atol=1e-9)
    np.testing.assert_allclose(plane.lift(plane.map(near[None])[0], lifted), near, atol=1e-9)  # dragged back
    moved = lifted - near
    shown = np.linalg.qr(plane.axes.T)[0]
    np.testing.assert_allclose(moved - shown @ (shown.T @ moved), 0.0, atol=1e-9)
    if kind == "a level":
        assert (moved[:2] == 0.0).all()  # the other level's latents stay
    if kind == "dimensions":
        assert np.flatnonzero(moved).tolist() == [1, 4]


def test_dimensions_are_measured_as_they_are_and_say_what_they_tell():
    latents, _ = crowds()
    plane = DimensionsProjection.of((4, 1), 6, np.arange(6) / 2.0)
    np.testing.assert_array_equal(plane.map(latents), latents[:, [4, 1]])
    assert plane.captions == ("z 5, 2.00 nats", "z 2, 0.50 nats")
    assert DimensionsProjection.of((4, 1), 6).captions == ("z 5", "z 2")
