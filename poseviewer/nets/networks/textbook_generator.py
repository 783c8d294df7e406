"""The textbook's generator: an LSTM reads the last few frames and gives the next one outright (Hochreiter and
Schmidhuber, 1997; the configuration of this project's first experiment).

It is trained on real frames only, its output is the frame itself (a rectified layer on features scaled to 0..1), and it
is deterministic: so it drifts, freezes or falls into a cycle once it is fed with its own output. For teaching.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class TextbookGeneratorConfig:
    """inputs: size N of a frame's vector; context: frames C that it reads; hidden: LSTM units."""

    inputs: int
    context: int = 5
    hidden: int = 256


class TextbookGenerator(nn.Module):
    """Frames (B, C, N) in 0..1 -> the next frame (B, N). Its memory is the frames that it reads: there is no other."""

    noise = 0

    def __init__(self, config: TextbookGeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.lstm = nn.LSTM(config.inputs, config.hidden, batch_first=True)
        self.output = nn.Linear(config.hidden, config.inputs)
        nn.init.constant_(self.output.bias, 0.5)  # mid-range: a rectified output that starts dead stays so

    def forward(self, frames: Tensor) -> Tensor:
        return torch.relu(self.output(self.lstm(frames)[0][:, -1]))

    def start(self, rows: int) -> Tensor:
        """The memory (B, C, N) before any frame."""
        return self.output.bias.new_zeros(rows, self.config.context, self.config.inputs)

    def read(self, frame: Tensor, memory: Tensor) -> Tensor:
        """Memory (B, C, N) after the frame (B, N)."""
        return torch.cat([memory[:, 1:], frame[:, None]], dim=1)

    def prior(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """The step's latent (B, 0): there is none."""
        none = memory.new_zeros(memory.shape[0], 0)
        return none, none

    def following(self, frame: Tensor, memory: Tensor, latent: Tensor) -> Tensor:
        """The next frame (B, N)."""
        following: Tensor = self(memory)
        return following
