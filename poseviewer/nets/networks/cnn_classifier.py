"""A temporal convolution network that names the action of a motion (in the manner of Bai et al., 2018).

Residual blocks of dilated convolutions over time, normalised frame by frame. Every frame has its logits; those of a
clip are their mean, so that what the network says of a clip and of its frames is the same thing. Beside each frame it
may be told the mean and the spread of what it reads over the frames around: where there are few clips to learn from,
convolutions do not find these by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d

from poseviewer.errors import PoseviewerError

_KERNEL = 5
_DROPOUT = 0.3
_LEAST_VARIANCE = 1e-3  # of standardised input: less is noise


@dataclass(frozen=True)
class CNNClassifierConfig:
    """inputs: size N of a frame's vector; classes: C; hidden: channels; depth: blocks, the k-th dilated by 2^k; over:
    odd, frames over which mean and spread are taken, 1 = they are not. Raises PoseviewerError where it is even.
    """

    inputs: int
    classes: int
    hidden: int = 128
    depth: int = 4
    over: int = 1

    def __post_init__(self) -> None:
        if self.over % 2 == 0:
            raise PoseviewerError("over", "", "it takes an odd number of frames", "add one")


class CNNClassifier(nn.Module):
    """Vectors (B, F, N) -> logits (B, F, C). window: frames that the logits of one frame depend on."""

    def __init__(self, config: CNNClassifierConfig) -> None:
        super().__init__()
        self.config = config
        self.window = 1 + max(1, config.over - 1) + (_KERNEL - 1) * (2**config.depth - 1)
        self.first = nn.Linear((2 if config.over == 1 else 4) * config.inputs, config.hidden)
        self.blocks = nn.ModuleList(_Block(config.hidden, 2**k) for k in range(config.depth))
        last = nn.Linear(config.hidden, config.classes)
        self.last = nn.Sequential(nn.LayerNorm(config.hidden), nn.Dropout(_DROPOUT), last)

    def forward(self, x: Tensor, known: Tensor) -> Tensor:
        """Vectors (B, F, N) of which the frames known (B, F), 1 or 0, are part of the clip -> logits (B, F, C)."""
        read = [x, changes(x)]
        if self.config.over > 1:
            read += around(x, known, self.config.over)
        y = self.first(torch.cat(read, dim=-1)) * known[..., None]
        for block in self.blocks:
            y = block(y, known)
        return self.last(y)


class _Block(nn.Module):
    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.over_time = nn.Conv1d(width, width, _KERNEL, dilation=dilation, padding=dilation * (_KERNEL // 2))
        self.mix = nn.Sequential(nn.SiLU(), nn.Dropout(_DROPOUT), nn.Linear(width, width))

    def forward(self, x: Tensor, known: Tensor) -> Tensor:
        y = self.norm(x) * known[..., None]  # what lies outside of the clip is zero, as the padding is
        y = self.over_time(y.transpose(1, 2)).transpose(1, 2)
        return (x + self.mix(y)) * known[..., None]


def changes(x: Tensor) -> Tensor:
    """(B, F, N) what changed since the frame before, 0 in the first one, large enough to be heard beside x."""
    change = torch.zeros_like(x)
    change[:, 1:] = 4.0 * (x[:, 1:] - x[:, :-1])
    return change


def around(x: Tensor, known: Tensor, frames: int) -> tuple[Tensor, Tensor]:
    """(B, F, N) mean, and logarithm of the deviation, of x in the known ones of so many frames around each."""

    def mean_of(y: Tensor) -> Tensor:
        return avg_pool1d(y.transpose(1, 2), frames, stride=1, padding=frames // 2).transpose(1, 2)

    part = known[..., None]
    share = mean_of(part).clamp_min(1e-6)
    mean = mean_of(x * part) / share
    variance = (mean_of(x * x * part) / share - mean * mean).clamp_min(0.0)
    return mean, 0.5 * torch.log(variance + _LEAST_VARIANCE) + 1.0
