"""The image generator's training: what it is run on, and how what a pose has beyond its code fades."""

from types import SimpleNamespace

import numpy as np
import torch

from poseviewer.train.sequences import Windows
from poseviewer.train.window import run


def windows(horizon=4):
    """One joint; frames hold a code, a place (2) and the logarithm of a size. The truth goes along x."""
    context = torch.zeros(1, 3, 4)
    ahead = torch.zeros(1, horizon, 4)
    ahead[0, :, 1] = torch.arange(1.0, horizon + 1)
    residuals = torch.full((1, horizon, 2), 7.0)
    zeros = torch.zeros(1, horizon, 1)
    return Windows(context, ahead, torch.ones(1, 2), residuals, zeros[..., None], zeros, zeros[..., 0], zeros[:, 0])


NETWORK = SimpleNamespace(
    following=lambda frame, memory, noise: frame + torch.tensor([0.0, 0.5, 0.0, 0.0]),
    read=lambda frame, memory: memory,
)
CODE = SimpleNamespace(
    features=lambda code: torch.zeros(len(code), 2), space=SimpleNamespace(mean=np.zeros(2), std=np.ones(2))
)


def test_a_residual_halves_with_every_frame_of_its_own():
    joints, frames = run(NETWORK, CODE, windows(), torch.zeros(1, 4, 2), 0.0, 0.5)
    assert frames[0, :, 1].tolist() == [0.5, 1.0, 1.5, 2.0]
    assert (joints[0, :, 0, 0] - frames[0, :, 1]).tolist() == [0.5, 0.25, 0.125, 0.0625]
    assert joints[0, :, 0, 1].tolist() == [0.5, 0.25, 0.125, 0.0625]


def test_from_a_real_frame_it_goes_on_with_that_frame_s_residual():
    joints, frames = run(NETWORK, CODE, windows(), torch.zeros(1, 4, 2), 1.0, 0.5)
    assert frames[0, :, 1].tolist() == [0.5, 1.5, 2.5, 3.5]
    assert (joints[0, :, 0, 0] - frames[0, :, 1]).tolist() == [0.5, 3.5, 3.5, 3.5]
