"""What generated frames are compared with real ones by: joints in space, their velocities, and windows' statistics."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import pad

from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.networks.vae import divergence
from poseviewer.nets.spaces import world_motion
from poseviewer.train.local_positions import LocalPositions

_TOLERANCE = 0.2  # of the logarithm of a figure: continuations of one beginning differ by that much
_STANDING = 0.3  # leg lengths a second: a foot about as fast as that is hardly standing any more


class Judge:
    """What frames look like in space: joints and their velocities over the ground, in leg lengths."""

    def __init__(self, code: FrameCode, mean: Tensor, std: Tensor, fps: float) -> None:
        self._code = code
        self._local = LocalPositions(code.space)
        self._mean, self._std, self._fps = mean, std, fps
        joints, self._root = code.space.skeleton.joints, code.space.skeleton.root
        self._toes = [j for j, joint in enumerate(joints) if joint.endswith("toe")]
        self._feet = torch.tensor([float(joint.endswith(("ankle", "toe"))) for joint in joints])

    def __call__(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Frames (B, T, N) -> joints (B, T, J, 3) in the heading frame, their steps (B, T - 1, J, 3) on the ground."""
        raw = frames * self._std + self._mean
        code, motion = raw[..., : -world_motion.SIZE], raw[..., -world_motion.SIZE :]
        local = self._local(self._code.features(code))
        joints = local + pad(motion[..., 3:], (1, 1))[..., None, :]  # up by the height
        left, ahead, turn = (motion[:, 1:, k, None] / self._fps for k in range(3))
        later = joints[:, 1:]
        c, s = torch.cos(turn), torch.sin(turn)
        x, y, z = later[..., 0], later[..., 1], later[..., 2]
        moved = torch.stack([c * x + s * z + left, y, c * z - s * x + ahead], dim=-1)
        return joints, moved - joints[:, :-1]

    def figures(self, joints: Tensor, steps: Tensor, known: Tensor) -> Tensor:
        """(B, 4) the joints' mean speed and change of speed, the slower foot's speed and the largest clearance.

        joints (B, T, J, 3), steps (B, T - 1, J, 3), known (B, T); in leg lengths.
        """
        speed = masked_mean(steps.norm(dim=-1).mean(dim=2), known[:, 1:])
        change = masked_mean(steps.diff(dim=1).norm(dim=-1).mean(dim=2), known[:, 2:])
        slower = masked_mean(steps[:, :, self._toes].norm(dim=-1).amin(dim=-1), known[:, 1:])
        height = joints[..., 1].amin(dim=-1) * known
        return torch.stack([speed, change, slower, torch.logsumexp(40.0 * height, dim=1) / 40.0], dim=1)

    def drift(self, steps: Tensor, real: Tensor) -> Tensor:
        """(B, T) how far the root is from its place on the ground after steps (B, T, J, 3), to first order."""
        root = (steps - real)[:, :, self._root, ::2]
        return root.cumsum(dim=1).square().sum(dim=-1).add(1e-8).sqrt()

    def standing(self, steps: Tensor, feet: float) -> Tensor:
        """Weights (B, T, J) of steps (B, T, J, 3): 1, more for feet the slower they are."""
        speed = steps.norm(dim=-1) * self._fps
        return 1.0 + feet * self._feet * torch.exp(-speed / _STANDING)


def unlikeness(figures: Tensor, real: Tensor) -> Tensor:
    """(B,) how far the figures (B, 4) of sampled windows lie from those of the real ones that began alike."""
    apart = (torch.log(figures[:, :3] + 1e-3) - torch.log(real[:, :3] + 1e-3)).abs()
    higher = (figures[:, 3] - real[:, 3]).clamp_min(0.0)
    return (apart - _TOLERANCE).clamp_min(0.0).sum(dim=1) + 20.0 * higher


def energy_score(first: Tensor, second: Tensor, truth: Tensor, apart: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """The energy score (Gneiting and Raftery, JASA 2007) of pairs of samples, by a distance between them: in the mean
    it is least where samples are spread as what may come is.
    """
    return 0.5 * (apart(first, truth) + apart(second, truth) - apart(first, second))


def rms(a: Tensor, b: Tensor) -> Tensor:
    """(...) root mean square distance of the joints of poses (..., J, 3)."""
    return (a - b).square().sum(dim=-1).mean(dim=-1).add(1e-8).sqrt()


def masked_mean(values: Tensor, known: Tensor) -> Tensor:
    """Mean (B,) over the known ones of values (B, T)."""
    return (values * known).sum(dim=1) / known.sum(dim=1).clamp_min(1.0)


def divergence_between(q: tuple[Tensor, Tensor], p: tuple[Tensor, Tensor]) -> Tensor:
    """Divergence (B, U), nats, of the Gaussian q from p, each (mean, log_std)."""
    log = q[1] - p[1]
    return divergence((q[0] - p[0]) * torch.exp(-p[1]), log)
