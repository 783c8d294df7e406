import numpy as np

from poseviewer.motion.skeleton import PENN13
from poseviewer.train.batches import mirrored, padded, reshaped, warped, without_joints
from tests.moving_figures import STANDING


def motions(count=3, frames=10):
    return np.repeat(STANDING[None, None], count, axis=0) + np.arange(frames)[None, :, None, None] * 0.01


def test_only_the_chosen_rows_are_mirrored():
    poses = motions()
    other = mirrored(poses, np.array([True, False, True]), PENN13)
    np.testing.assert_array_equal(other[1], poses[1])
    np.testing.assert_allclose(other[0, :, 3], poses[0, :, 4] * [-1, 1])
    np.testing.assert_allclose(mirrored(other, np.array([True, False, True]), PENN13), poses)


def test_a_turned_figure_keeps_its_size():
    poses = motions()
    other = reshaped(poses, np.random.default_rng(0), turn=0.5, stretch=0.0, shift=0.0)
    np.testing.assert_allclose(np.linalg.norm(other, axis=-1), np.linalg.norm(poses, axis=-1), atol=1e-12)
    assert np.abs(other - poses).max() > 0.01


def test_a_hidden_joint_is_hidden_throughout():
    hidden = np.isnan(without_joints(motions(50), np.random.default_rng(0), 0.2)).any(axis=-1)
    assert (hidden.all(axis=1) == hidden.any(axis=1)).all()
    assert 0.1 < hidden.mean() < 0.3


def test_a_warped_motion_shows_a_part_at_another_speed():
    motion = np.arange(100.0)[:, None, None] * np.ones((1, 13, 2))
    for seed in range(20):
        part = warped(motion, 32, np.random.default_rng(seed), 0.25)[:, 0, 0]
        step = np.diff(part)
        assert len(part) == 32 and np.allclose(step, step[0]) and 0.79 < step[0] < 1.26
    assert len(warped(motion[:5], 32, np.random.default_rng(0), 0.25)) in (4, 5, 6)


def test_padding_is_told_apart():
    poses, known = padded([motions(1, 4)[0], motions(1, 6)[0]], 6)
    assert poses.shape == (2, 6, 13, 2)
    assert known.sum(axis=1).tolist() == [4, 6] and np.isnan(poses[0, 4:]).all() and np.isfinite(poses[1]).all()
