"""How networks begin, and the small ones beside the linear maps."""

from __future__ import annotations

from torch import nn


def near_zero(layer: nn.Module, std: float = 0.01) -> nn.Linear:
    """The layer, beginning near zero; no numbers are drawn where a network's shapes alone are asked for, which would
    import half of torch.
    """
    assert isinstance(layer, nn.Linear)
    if not layer.weight.is_meta:
        nn.init.normal_(layer.weight, std=std)
    nn.init.zeros_(layer.bias)
    return layer


def small_network(inputs: int, outputs: int, hidden: int, depth: int) -> nn.Sequential:
    """Linear layers with SiLU between them, the last one near zero at first."""
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Linear(inputs, hidden), nn.SiLU()]
        inputs = hidden
    return nn.Sequential(*layers, near_zero(nn.Linear(inputs, outputs)))
