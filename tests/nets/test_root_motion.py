import numpy as np

from poseviewer.nets import root_motion
from poseviewer.nets.protocols import Placement


def test_a_path_is_walked_again_from_its_motion():
    draw = np.random.default_rng(1)
    root = np.cumsum(draw.normal(0.0, 0.05, (60, 3)), axis=0)
    root[:, 1] = np.abs(root[:, 1])
    path = Placement(root, root_motion.wrapped(np.cumsum(draw.normal(0.0, 0.2, 60))), np.full(60, 0.8))
    motion = root_motion.features(path, 0.02, 30.0)
    at = path.rows([0])
    for frame in range(1, 60):
        at = root_motion.moved(at, motion[[frame]], np.array([0.02]), 30.0)
        np.testing.assert_allclose(at.root[0], path.root[frame], atol=1e-9)
        np.testing.assert_allclose(at.yaw[0], path.yaw[frame], atol=1e-9)


def test_walking_ahead_is_ahead_whichever_way_one_faces():
    yaw = np.full(3, 1.1)
    ahead = np.array([np.sin(1.1), 0.0, np.cos(1.1)])
    at = Placement(np.arange(3)[:, None] * 0.03 * ahead, yaw, np.full(3, 0.9))
    np.testing.assert_allclose(root_motion.features(at, 0.0, 30.0)[2], [0.0, 1.0, 0.0, 0.0], atol=1e-9)


def test_a_jumping_body_has_its_floor_at_the_worlds():
    flying = Placement(np.full((5, 3), 0.9), np.zeros(5), np.ones(5))
    assert root_motion.floor_of(flying) <= 0.1


def test_no_one_sinks_into_the_floor():
    motion = np.array([[1.0, 2.0, 3.0, -0.3], [1.0, 2.0, 3.0, 0.4]])
    above = root_motion.above_floor(motion)
    assert -0.01 < above[0, 3] <= 0.0 and above[1, 3] == 0.4
    np.testing.assert_array_equal(above[:, :3], motion[:, :3])


def test_one_frame_stands_still():
    at = Placement(np.zeros((1, 3)), np.zeros(1), np.ones(1))
    np.testing.assert_array_equal(root_motion.features(at, 0.0, 30.0), np.zeros((1, 4)))
