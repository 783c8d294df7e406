"""A temporal convolution network that names the action of a motion (in the manner of Bai et al., 2018).

Residual blocks of dilated convolutions over time, normalised frame by frame. Every frame has its logits; those of a
clip are their mean, so that what the network says of a clip and of its frames is the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

_KERNEL = 5


@dataclass(frozen=True)
class CNNClassifierConfig:
    """inputs: size N of a frame's vector; classes: C; hidden: channels; depth: blocks, the k-th dilated by 2^k."""

    inputs: int
    classes: int
    hidden: int = 128
    depth: int = 4


class CNNClassifier(nn.Module):
    """Vectors (B, F, N) -> logits (B, F, C)."""

    dropout = 0.3

    def __init__(self, config: CNNClassifierConfig) -> None:
        super().__init__()
        self.config = config
        self.first = nn.Linear(2 * config.inputs, config.hidden)
        self.blocks = nn.ModuleList(_Block(config.hidden, 2**k, self.dropout) for k in range(config.depth))
        self.last = nn.Sequential(
            nn.LayerNorm(config.hidden), nn.Dropout(self.dropout), nn.Linear(config.hidden, config.classes)
        )

    @property
    def window(self) -> int:
        """Frames that the logits of one frame depend on."""
        return 2 + (_KERNEL - 1) * sum(2**k for k in range(self.config.depth))

    def forward(self, x: Tensor, known: Tensor) -> Tensor:
        """Vectors (B, F, N) of which the frames known (B, F), 1 or 0, are part of the clip -> logits (B, F, C)."""
        y = self.first(torch.cat([x, changes(x)], dim=-1)) * known[..., None]
        for block in self.blocks:
            y = block(y, known)
        return self.last(y)


class _Block(nn.Module):
    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.over_time = nn.Conv1d(width, width, _KERNEL, dilation=dilation, padding=dilation * (_KERNEL // 2))
        self.mix = nn.Sequential(nn.SiLU(), nn.Dropout(dropout), nn.Linear(width, width))

    def forward(self, x: Tensor, known: Tensor) -> Tensor:
        y = self.norm(x) * known[..., None]  # what lies outside of the clip is zero, as the padding is
        y = self.over_time(y.transpose(1, 2)).transpose(1, 2)
        return (x + self.mix(y)) * known[..., None]


def changes(x: Tensor) -> Tensor:
    """(B, F, N) what changed since the frame before, 0 in the first one, large enough to be heard beside x."""
    change = torch.zeros_like(x)
    change[:, 1:] = 4.0 * (x[:, 1:] - x[:, :-1])
    return change
