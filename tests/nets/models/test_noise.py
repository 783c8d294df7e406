import numpy as np

from poseviewer.nets.models.noise import normal


def test_noise_is_a_function_of_number_sample_and_frame():
    whole = normal(7, np.arange(5), 11, 16)
    np.testing.assert_array_equal(normal(7, [3], 11, 16)[0], whole[3])
    assert not np.allclose(normal(8, np.arange(5), 11, 16), whole)
    assert not np.allclose(normal(7, np.arange(5), 12, 16), whole)


def test_noise_is_standard_normal_and_uncorrelated():
    frames = np.stack([normal(1, np.arange(50), frame, 9) for frame in range(200)])
    assert abs(frames.mean()) < 0.01 and abs(frames.std() - 1.0) < 0.01
    flat = frames.reshape(200, -1)
    assert abs(np.mean(flat[1:] * flat[:-1])) < 0.02  # frame to frame
    assert abs(np.mean(frames[:, 1:] * frames[:, :-1])) < 0.02  # sample to sample
    assert abs(np.mean(frames[..., 1:] * frames[..., :-1])) < 0.02  # within a frame


def test_a_negative_number_is_a_number():
    assert np.isfinite(normal(-3, [0], 0, 4)).all()
