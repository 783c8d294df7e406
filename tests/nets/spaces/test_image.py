import numpy as np
import pytest

from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.spaces.choice import fit_space, space_from
from poseviewer.nets.spaces.image import ImageSpace
from tests.moving_figures import STANDING, figures


@pytest.fixture(scope="module")
def poses():
    return np.concatenate([clip.positions for clip in figures(6)]).astype(np.float64)


@pytest.mark.parametrize("representation", ImageSpace.REPRESENTATIONS)
def test_poses_come_back_from_their_features(representation, poses):
    space = ImageSpace.fit(PENN13, representation, poses)
    features, at = space.features(poses)
    assert features.shape == (len(poses), space.size)
    np.testing.assert_allclose(space.poses(features, at), poses, atol=1e-9)
    np.testing.assert_allclose(features[:, :26].mean(axis=0), 0.0, atol=1e-9)
    assert space.seen(features).all()


def test_an_unknown_joint_is_average_and_marked(poses):
    space = ImageSpace.fit(PENN13, "centred", poses)
    hidden = poses.copy()
    hidden[:, 5] = np.nan
    features, at = space.features(hidden)
    assert np.isfinite(features).all() and np.isfinite(at.root).all()
    assert (features[:, 10:12] == 0.0).all() and (features[:, 26 + 5] == -1.0).all()
    assert not space.seen(features)[:, 5].any() and space.seen(features)[:, 4].all()


def test_where_a_figure_stands_and_how_large_it_is_does_not_change_it():
    space = ImageSpace.plain(PENN13, "centred")
    here, at = space.features(STANDING[None])
    there, other = space.features(2.0 * STANDING[None] + [0.3, -0.1])
    np.testing.assert_allclose(here, there, atol=1e-9)
    np.testing.assert_allclose(other.scale, 2.0 * at.scale)
    np.testing.assert_allclose(other.root - 2.0 * at.root, [[0.3, -0.1]])


def test_a_frame_without_any_joint_is_no_trouble():
    features, at = ImageSpace.plain(PENN13, "centred").features(np.full((2, 13, 2), np.nan))
    assert np.isfinite(features).all() and (at.scale == 1.0).all()


def test_a_space_comes_back_from_its_document(poses):
    space = fit_space(PENN13, "", poses)
    again = space_from(space.config(), space.tensors(), PENN13)
    assert isinstance(again, ImageSpace) and again.representation == "centred"
    np.testing.assert_allclose(again.features(poses)[0], space.features(poses)[0], atol=1e-4)


def test_3d_skeletons_and_unknown_names_are_refused():
    with pytest.raises(PoseviewerError, match="2D"):
        ImageSpace.plain(HUMANOID, "centred")
    with pytest.raises(PoseviewerError, match="magic"):
        ImageSpace.plain(PENN13, "magic")


@pytest.mark.parametrize("representation", ImageSpace.REPRESENTATIONS)
def test_an_unknown_joint_is_held_where_it_was_on_the_body(representation, poses):
    space = ImageSpace.fit(PENN13, representation, poses)
    walking = poses[:10] + 0.02 * np.arange(10)[:, None, None]
    hidden = walking.copy()
    hidden[6:, 5] = hidden[:, 8] = hidden[9] = np.nan
    features, at = space.sequence(hidden)
    assert not space.seen(features)[:, 8].any() and space.seen(features)[:, 5].all()
    held = space.poses(features, at)
    np.testing.assert_allclose(held[9], held[8])
    expected = walking[8, 5] if representation == "centred" else walking[5, 5]
    assert np.abs(held[8, 5] - expected).max() < (0.05 if representation == "centred" else 1e-9)
    np.testing.assert_allclose(np.delete(held[:9], [5, 8], axis=1), np.delete(walking[:9], [5, 8], axis=1), atol=1e-9)
