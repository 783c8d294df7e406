import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.spaces.world import PoseSpace, bone_lengths
from poseviewer.nets.spaces.world_motion import turn

_REST = np.zeros((18, 3))
for joint, (parent, offset) in enumerate(
    zip(
        HUMANOID.parents,
        [(0, 0.95, 0), (0, 0.25, 0), (0, 0.22, 0), (0, 0.15, 0.03),
         (0.1, 0, 0), (0, -0.42, 0), (0, -0.41, 0), (0, -0.05, 0.14),
         (-0.1, 0, 0), (0, -0.42, 0), (0, -0.41, 0), (0, -0.05, 0.14),
         (0.18, 0.2, 0), (0, -0.27, 0), (0, -0.25, 0),
         (-0.18, 0.2, 0), (0, -0.27, 0), (0, -0.25, 0)],
        strict=True,
    )
):  # fmt: skip
    _REST[joint] = np.array(offset) + (_REST[parent] if parent >= 0 else 0.0)


def standing(count: int, seed: int, spread: float = 0.08) -> np.ndarray:
    """(count, 18, 3) metres, people who stand about the origin and face roughly +z."""
    return _REST + np.random.default_rng(seed).normal(0.0, spread, (count, 18, 3))


def moved(poses: np.ndarray, yaw: float, by: np.ndarray) -> np.ndarray:
    return turn(poses, np.full(len(poses), yaw)) + by


@pytest.mark.parametrize("representation", PoseSpace.REPRESENTATIONS)
@given(
    seed=st.integers(0, 10**6),
    yaw=st.floats(-3.1, 3.1),
    x=st.floats(-20, 20),
    y=st.floats(-2, 2),
    z=st.floats(-20, 20),
    size=st.floats(0.4, 2.5),
)
@settings(max_examples=40, deadline=None)
def test_a_pose_comes_back_from_its_features_and_placement(representation, seed, yaw, x, y, z, size):
    poses = moved(size * standing(4, seed), yaw, np.array([x, y, z]))
    space = PoseSpace.fit(HUMANOID, representation, standing(50, 1))
    features, at = space.features(poses)
    np.testing.assert_allclose(space.poses(features, at), poses, atol=1e-6)


@pytest.mark.parametrize("representation", PoseSpace.REPRESENTATIONS)
def test_features_do_not_know_where_the_body_stands_and_faces_nor_how_large_it_is(representation):
    space = PoseSpace.fit(HUMANOID, representation, standing(50, 1))
    poses = standing(6, 2)
    here, at = space.features(poses)
    there, far = space.features(moved(1.7 * poses, 2.0, np.array([3.0, 1.0, -5.0])))
    np.testing.assert_allclose(there, here, atol=1e-9)
    np.testing.assert_allclose(far.scale, 1.7 * at.scale)
    np.testing.assert_allclose(np.cos(far.yaw - at.yaw), np.cos(2.0), atol=1e-9)


def test_heading_is_zero_towards_z_and_grows_to_the_left():
    space = PoseSpace.plain(HUMANOID, "heading")
    assert space.placement(_REST[None]).yaw[0] == pytest.approx(0.0)
    left = _REST[None] @ np.array([[0, 0, -1.0], [0, 1, 0], [1, 0, 0]])  # z to x: the body's left
    assert space.placement(left).yaw[0] == pytest.approx(np.pi / 2)


def test_directions_put_any_features_on_the_clips_own_bones():
    space = PoseSpace.fit(HUMANOID, "directions", standing(50, 1))
    at = space.placement(standing(5, 3))
    anything = np.random.default_rng(4).normal(0.0, 2.0, (5, space.size))
    poses = space.poses(anything, at)
    np.testing.assert_allclose(bone_lengths(poses, HUMANOID), at.bones, atol=1e-9)
    np.testing.assert_allclose(poses[..., 1].min(axis=1), at.root[:, 1], atol=1e-9)


def test_a_placement_without_bones_gets_the_reference_body():
    space = PoseSpace.fit(HUMANOID, "directions", standing(200, 1, 0.001))
    features, at = space.features(standing(3, 5, 0.001))
    rebuilt = space.poses(features, type(at)(at.root, at.yaw, at.scale))
    np.testing.assert_allclose(rebuilt, standing(3, 5, 0.001), atol=0.02)


@pytest.mark.parametrize("representation", PoseSpace.REPRESENTATIONS)
def test_unknown_joints_count_as_average_and_spoil_nothing_else(representation):
    space = PoseSpace.fit(HUMANOID, representation, standing(50, 1))
    poses = standing(2, 6)
    full, _ = space.features(poses)
    poses[1, HUMANOID.joints.index("left_wrist")] = np.nan
    features, at = space.features(poses)
    assert np.isfinite(features).all() and np.isfinite(at.root).all() and np.isfinite(at.yaw).all()
    wrist = slice(3 * 13, 3 * 14)  # the 14th limb
    assert not features[1, wrist].any()
    np.testing.assert_allclose(np.delete(features[1], np.r_[wrist]), np.delete(full[1], np.r_[wrist]))


def test_a_skeleton_without_hips_in_space_is_refused():
    with pytest.raises(PoseviewerError, match="heading"):
        PoseSpace.plain(PENN13, "heading")
