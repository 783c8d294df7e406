import numpy as np

from poseviewer.nets.protocols import Placement
from poseviewer.nets.spaces import world_motion


def test_a_path_is_walked_again_from_its_motion():
    draw = np.random.default_rng(1)
    root = np.cumsum(draw.normal(0.0, 0.05, (60, 3)), axis=0)
    root[:, 1] = np.abs(root[:, 1])
    path = Placement(root, world_motion.wrapped(np.cumsum(draw.normal(0.0, 0.2, 60))), np.full(60, 0.8))
    height = draw.uniform(0.5, 0.9, 60)
    motion = world_motion.features(path, 0.0, 30.0, height)
    at = path.rows([0])
    for frame in range(1, 60):
        at = world_motion.moved(at, motion[[frame]], np.zeros(1), 30.0, height[[frame]])
        np.testing.assert_allclose(at.root[0], path.root[frame], atol=1e-9)
        np.testing.assert_allclose(at.yaw[0], path.yaw[frame], atol=1e-9)


def test_walking_ahead_is_ahead_whichever_way_one_faces():
    yaw = np.full(3, 1.1)
    ahead = np.array([np.sin(1.1), 0.0, np.cos(1.1)])
    at = Placement(np.arange(3)[:, None] * 0.03 * ahead, yaw, np.full(3, 0.9))
    np.testing.assert_allclose(world_motion.features(at, 0.0, 30.0)[2], [0.0, 1.0, 0.0, 0.0], atol=1e-9)


def test_a_jumping_body_has_its_floor_at_the_worlds():
    flying = Placement(np.full((5, 3), 0.9), np.zeros(5), np.ones(5))
    assert world_motion.floor_of(flying) <= 0.1


def test_no_one_sinks_into_the_floor():
    at = Placement(np.zeros((2, 3)), np.zeros(2), np.full(2, 0.8))
    height = np.full(2, 0.7)  # metres from the lowest joint to the root joint
    motion = np.array([[0.0, 0.0, 0.0, 0.5], [0.0, 0.0, 0.0, 1.2]])  # the root joint at 0.40 and at 0.96 metres
    lowest = world_motion.moved(at, motion, np.full(2, 0.1), 30.0, height).root[:, 1] - 0.1
    assert -0.01 < lowest[0] <= 0.0
    np.testing.assert_allclose(lowest[1], 0.96 - 0.7)


def test_one_frame_stands_still():
    at = Placement(np.zeros((1, 3)), np.zeros(1), np.ones(1))
    np.testing.assert_array_equal(world_motion.features(at, 0.0, 30.0), np.zeros((1, 4)))


def test_a_body_below_the_worlds_floor_stands_on_its_own():
    low = Placement(np.full((5, 3), -0.97), np.zeros(5), np.ones(5))
    assert world_motion.floor_of(low) == -0.97
