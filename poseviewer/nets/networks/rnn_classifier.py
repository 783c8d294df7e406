"""Recurrent networks that name the action of a motion: the LSTM of the original study, and a GRU.

A frame's logits know the frames up to it; those of a clip are their mean.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class RNNClassifierConfig:
    """inputs: size N of a frame's vector; classes: C; hidden: units a layer; depth: layers."""

    inputs: int
    classes: int
    hidden: int = 128
    depth: int = 1


class LSTMClassifier(nn.Module):
    """Vectors (B, F, N) -> logits (B, F, C)."""

    dropout = 0.3
    window = 32  # frames that are enough to judge by: a recurrent network has no bound of its own
    layer: type[nn.LSTM] | type[nn.GRU] = nn.LSTM

    def __init__(self, config: RNNClassifierConfig) -> None:
        super().__init__()
        self.config = config
        self.recurrent = self.layer(config.inputs, config.hidden, config.depth, batch_first=True)
        self.last = nn.Sequential(nn.Dropout(self.dropout), nn.Linear(config.hidden, config.classes))

    def forward(self, x: Tensor, known: Tensor) -> Tensor:
        """Vectors (B, F, N) -> logits (B, F, C); what follows a clip's end does not change what came before."""
        del known
        return self.last(self.recurrent(x)[0])


class GRUClassifier(LSTMClassifier):
    """The same with gated recurrent units."""

    layer = nn.GRU
