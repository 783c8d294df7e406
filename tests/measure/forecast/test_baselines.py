import numpy as np

from poseviewer.measure.forecast.baselines import Ridge, constant_velocity, copy_last


def errors(made, true):
    return np.abs(made - true).mean(axis=-1)


def motions(count, seed, noise=0.0):
    """Sine waves of one frequency: contexts (W, 10) and the changes (W, 2, 1) three and six frames on."""
    draw = np.random.default_rng(seed)
    time = np.arange(16) * 0.3 + draw.uniform(0, 6, (count, 1))
    waves = draw.uniform(0.5, 2.0, (count, 1)) * np.sin(time) + noise * draw.normal(size=time.shape)
    return waves[:, :10], (waves[:, [12, 15]] - waves[:, [9]])[..., None]


def test_the_simple_ones_do_what_they_say():
    context = np.array([[[0.0], [1.0], [3.0]]])
    np.testing.assert_array_equal(copy_last(context, (1, 4))[0, :, 0], [3.0, 3.0])
    np.testing.assert_array_equal(constant_velocity(context, (1, 4))[0, :, 0], [5.0, 11.0])


def test_ridge_continues_a_wave_that_the_simple_ones_cannot():
    ridge = Ridge.fit(*motions(200, 1), motions(50, 2), errors)
    context, change = motions(50, 3)
    assert errors(ridge(context), change).max() < 0.02
    assert np.abs(change).mean() > 0.5


def test_ridge_shrinks_more_where_the_data_are_noise():
    clear = Ridge.fit(*motions(60, 1), motions(40, 2), errors)
    noisy = Ridge.fit(*motions(60, 1, noise=1.0), motions(40, 2, noise=1.0), errors)
    assert min(noisy.alphas) > max(clear.alphas)
