"""Joints in space are those that the pose's own space tells, for all representations."""

import numpy as np
import pytest
import torch

from poseviewer import paths
from poseviewer.data.dataset import Dataset
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.protocols import Placement
from poseviewer.nets.spaces.choice import SPACES, fit_space
from poseviewer.train.local_positions import LocalPositions
from tests.moving_figures import figures


@pytest.mark.parametrize(
    ("dims", "representation"), [(space.DIMS, name) for space in SPACES for name in space.REPRESENTATIONS]
)
def test_joints_are_where_the_space_has_them(dims, representation):
    if dims == 2:
        skeleton, poses = PENN13, figures(1)[0].positions
    else:
        with Dataset.open(paths.demo()) as demo:
            skeleton, poses = HUMANOID, demo.clip(demo.find("walk")).onto(HUMANOID).positions
    space = fit_space(skeleton, representation, poses)
    features = space.features(poses)[0]
    usual = Placement(np.zeros((len(poses), skeleton.dims)), np.zeros(len(poses)), np.ones(len(poses)))
    told = LocalPositions(space)(torch.tensor(features, dtype=torch.float32))
    np.testing.assert_allclose(told, space.local(features, usual), atol=1e-6)
