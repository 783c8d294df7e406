"""How networks begin."""

from __future__ import annotations

from torch import Tensor, nn


def normal(weight: Tensor, std: float) -> None:
    """Small normal numbers; none where a network's shapes alone are asked for, which would import half of torch."""
    if not weight.is_meta:
        nn.init.normal_(weight, std=std)
