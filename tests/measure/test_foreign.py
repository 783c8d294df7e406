"""Figures of another package's model, worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.data.dataset import Dataset
from poseviewer.measure.foreign import foreign_figures
from poseviewer.motion.skeleton import PENN13
from poseviewer.nets.protocols import Decoded, Placement, Posterior
from tests.moving_figures import figures


class Shifting:
    """Gives poses back a hundredth of the image's height too high."""

    skeleton, level_sizes = PENN13, (26,)

    def encode(self, poses, visible=None):
        flat = np.nan_to_num(poses).reshape(len(poses), -1)
        ones = np.ones(len(poses))
        return Posterior(((flat, np.ones_like(flat)),)), Placement(poses[:, 0], ones, ones)

    def decode(self, latent, at):
        return Decoded((latent.reshape(-1, 13, 2) + np.array([0.0, 0.01])).astype(np.float32))


def test_frames_in_which_nothing_is_known_count_for_nothing():
    whole, holed = figures(2)
    positions = holed.positions.copy()
    positions[:30] = np.nan
    clips = [replace(whole, split="test"), replace(holed, split="test", positions=positions)]
    told = foreign_figures(Shifting(), Dataset.of(clips, "figures"))
    assert told["mpjpe"] == pytest.approx(1.0, abs=1e-3)
    assert told["mpjpe_by_action"] == {"kick": pytest.approx(1.0, abs=1e-3), "wave": pytest.approx(1.0, abs=1e-3)}
