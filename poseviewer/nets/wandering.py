"""Long rollouts within training: some rows of each batch go on from where they were in the batch before.

Nothing real corresponds to them frame by frame. They are held to real motion as a crowd: the figures of their windows,
sorted, are to be those of real windows, and none of their poses may lie farther from all real poses than others do.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from poseviewer.nets.local_positions import LocalPositions


@dataclass(eq=False)
class Wanderers:
    """rows: how many; memory, frame: after their newest frame, None before the first batch of an epoch."""

    rows: int
    memory: Tensor | None = None
    frame: Tensor | None = None

    def begin(self, memory: Tensor, frame: Tensor) -> tuple[Tensor, Tensor]:
        """A batch's memory (B, M) and first frame (B, N), its first rows those of the wanderers."""
        if self.memory is None or self.frame is None:
            return memory, frame
        return torch.cat([self.memory, memory[self.rows :]]), torch.cat([self.frame, frame[self.rows :]])

    def go_on(self, memory: Tensor, frame: Tensor) -> None:
        """Keep where the first rows of a batch have come to."""
        self.memory, self.frame = memory[: self.rows].detach(), frame[: self.rows].detach()

    @property
    def under_way(self) -> bool:
        return self.memory is not None


@dataclass(frozen=True, eq=False)
class Crowd:
    """Real poses (P, 3 J), in leg lengths from the root in the heading frame."""

    poses: Tensor

    @classmethod
    def of(cls, local: LocalPositions, features: Tensor) -> Crowd:
        """Of standardised features (P, N)."""
        with torch.no_grad():
            return cls(local(features).flatten(1))

    def distance(self, joints: Tensor) -> Tensor:
        """(B, T) root mean square distance of poses (B, T, J, 3) to the nearest one."""
        poses = (joints - joints[:, :, :1]).flatten(2)
        flat = poses.flatten(0, 1)
        squares = (self.poses**2).sum(dim=1) - 2.0 * flat @ self.poses.T + (flat**2).sum(dim=1, keepdim=True)
        nearest = self.poses[squares.argmin(dim=1)]
        squared = (flat - nearest).square().sum(dim=1) / joints.shape[2]
        return (squared + 1e-8).sqrt().unflatten(0, poses.shape[:2])


def astray(distance: Tensor, real: Tensor) -> Tensor:
    """(B,) by how much poses at `distance` (B, T) lie farther away than real ones do on average."""
    return (distance - real.mean()).clamp_min(0.0).mean(dim=1)


def crowds_unlike(figures: Tensor, real: Tensor) -> Tensor:
    """Wasserstein distance of the figures (B, 4) of windows from those of real ones (Judge.figures)."""
    apart = torch.log(figures[:, :3] + 1e-3).sort(dim=0)[0] - torch.log(real[:, :3] + 1e-3).sort(dim=0)[0]
    higher = (figures[:, 3].sort()[0] - real[:, 3].sort()[0]).clamp_min(0.0)
    return apart.abs().sum(dim=1).mean() + 20.0 * higher.mean()
