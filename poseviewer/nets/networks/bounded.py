"""What generators share that make the change to the next frame: training data bounds the change and the frame."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

LARGEST_CHANGE = 6.0
"""In standard deviations of the training data's change."""


class BoundedGenerator(nn.Module):
    """Frames (B, N). low, high (N,): the training data's range; change_scale (N,): its usual change from frame to
    frame. config: with inputs N and noise U at least.
    """

    change_scale: Tensor
    low: Tensor
    high: Tensor

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config, self.noise = config, config.noise
        self.register_buffer("change_scale", torch.ones(config.inputs))
        self.register_buffer("low", torch.full((config.inputs,), -1.0))
        self.register_buffer("high", torch.ones(config.inputs))
        self._known: tuple[tuple[object, ...], Tensor, Tensor] | None = None

    def middle_and_half(self) -> tuple[Tensor, Tensor]:
        """Of the training data's range (N,); a network that answers step by step works them out once."""
        low, high = self.low, self.high
        if not torch.is_inference_mode_enabled() or low.is_inference():
            return (high + low) / 2.0, (high - low) / 2.0
        made_of = low.data_ptr(), low._version, high.data_ptr(), high._version
        if self._known is None or self._known[0] != made_of:
            self._known = made_of, (high + low) / 2.0, (high - low) / 2.0
        return self._known[1:]


def limited(change: Tensor) -> Tensor:
    """A change (B, N), in units of change_scale, drawn softly to less than the largest."""
    return LARGEST_CHANGE * torch.tanh(change / LARGEST_CHANGE)
