"""A generator of 2D motions that reads the last few frames, each seen from the newest one, and gives the next change.

A perceptron beside a linear map, which alone is what ridge regression is. Noise u (B, U) enters it with the frames;
u = 0 is the mode that temperature 0 takes. A frame is a vector: the code of a pose, then where it stands: root x and y
in image heights and the logarithm of its size (image_motion.py). Steps of the root are in sizes of the pose.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from poseviewer.nets.networks.bounded import LARGEST_CHANGE, BoundedGenerator, limited
from poseviewer.nets.networks.weights import near_zero


@dataclass(frozen=True)
class WindowGeneratorConfig:
    """inputs: size N of a frame's vector; context: frames C that it reads; noise: size U of the noise of a step."""

    inputs: int
    context: int = 10
    hidden: int = 512
    depth: int = 3
    noise: int = 16


class WindowGenerator(BoundedGenerator):
    """Frames (B, C, N) -> the next frame (B, N). Its memory is the frames that it reads: there is no other."""

    config: WindowGeneratorConfig

    def __init__(self, config: WindowGeneratorConfig) -> None:
        super().__init__(config)
        n, h = config.inputs, config.hidden
        self.linear = nn.Linear(config.context * n, n)
        self.first = nn.Linear(config.context * n + config.noise, h)
        self.between = nn.ModuleList(nn.Linear(h, h) for _ in range(config.depth - 1))
        self.last = nn.Linear(h, n)
        for layer in (self.linear, self.last):
            near_zero(layer, 1e-3)

    def start(self, rows: int) -> Tensor:
        """The memory (B, C, N) before any frame: not a number."""
        return self.low.new_full((rows, self.config.context, self.config.inputs), torch.nan)

    def read(self, frame: Tensor, memory: Tensor) -> Tensor:
        """Memory (B, C, N) after the frame (B, N); the first frame stands for those before it."""
        memory = torch.cat([memory[:, 1:], frame[:, None]], dim=1)
        return torch.where(memory.isnan(), frame[:, None], memory)

    def prior(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log standard deviation (B, U) of the noise: standard normal."""
        zero = memory.new_zeros(memory.shape[0], self.noise)
        return zero, zero

    def following(self, frame: Tensor, memory: Tensor, latent: Tensor) -> Tensor:
        """The next frame (B, N), given the newest one, the memory after it and the noise (B, U)."""
        one, size = torch.ones_like(frame), frame[:, -1:].exp()
        scale = torch.cat([one[:, :-3], size, size, one[:, -1:]], dim=-1) * self.change_scale
        steps = (memory.diff(dim=1) / scale[:, None]).clamp(-LARGEST_CHANGE, LARGEST_CHANGE)
        seen = torch.cat([steps.flatten(1), frame], dim=-1)
        hidden = silu(self.first(torch.cat([seen, latent], dim=-1)))
        for layer in self.between:
            hidden = hidden + silu(layer(hidden))
        following = frame + scale * limited(self.last(hidden) + self.linear(seen))
        # within the training data's range, or no farther outside than the frame before
        return following.maximum(self.low.minimum(frame)).minimum(self.high.maximum(frame))
