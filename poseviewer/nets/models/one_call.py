"""A network's answer as one call into torch, with nothing of Python between its layers.

Each operation that Python asks of torch gives the interpreter's lock away and waits for it afterwards. Beside a window
that paints, the waits of the sixty operations of a generator's step take longer than the operations. So an architecture
is recorded once (TorchScript: deprecated, and in every torch so far) and asked with the weights of whichever network it
is; it holds none itself, since torch never lets go of what it has recorded: of so many architectures at most. The
numbers are the same bit for bit. What cannot be recorded is asked operation by operation.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

Ask = Callable[..., Any]
"""Of a network and tensors the tensors that it answers with."""

MOST = 24
"""Architectures that are recorded: about a megabyte each that does not come back."""

_recorded: dict[tuple[Any, ...], Ask | None] = {}  # by architecture and device; None where it cannot be recorded
_recording = threading.Lock()


class OneCall:
    """What `ask` has a network answer. The network's weights may change, not be replaced by others."""

    def __init__(self, network: nn.Module, ask: Ask) -> None:
        self._network, self._ask = network, ask
        self._answer: Ask | None = None
        self._weights: list[Tensor] = []

    def __call__(self, *given: Tensor) -> Any:
        """The answer (B, ...) to tensors (B, ...); no gradients."""
        if self._answer is None:
            if not len(given[0]):  # a network of none says nothing of one of some
                return self._ask(self._network, *given)
            recorded = self._record(given)
            self._weights = [] if recorded is None else [held[name] for held, name in _places(self._network)]
            self._answer = recorded or (lambda *tensors: self._ask(self._network, *tensors))
        return self._answer(*given, *self._weights)

    def _record(self, given: Sequence[Tensor]) -> Ask | None:
        """The architecture's graph, recorded where it is not yet; None where that is not possible."""
        if _is_closed(self._network):
            return None
        key = type(self._network), getattr(self._network, "config", None), self._ask, given[0].device
        with _recording:
            if key not in _recorded:
                if len(_recorded) >= MOST:
                    return None
                _recorded[key] = _graph(self._network, self._ask, given)
            return _recorded[key]


def _graph(network: Any, ask: Ask, given: Sequence[Tensor]) -> Ask | None:
    with torch.device("meta"):  # without weights: they are given with each call
        blank = type(network)(network.config).eval()
    places, weights = _places(blank), [held[name] for held, name in _places(network)]

    def answer(*tensors: Tensor) -> Any:
        for (held, name), weight in zip(places, tensors[len(given) :], strict=True):
            held[name] = weight
        return ask(blank, *tensors[: len(given)])

    with torch.inference_mode(False), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            recorded: Ask = torch.jit.trace(answer, (*(t.clone() for t in given), *weights), check_trace=False)
            more = [torch.cat([t, t, t]) if t.ndim else t for t in given]
            same = _same(recorded(*more, *weights), ask(network, *more))
        except (AttributeError, RuntimeError):
            return None
        finally:
            for held, name in places:  # torch keeps `answer` with what it has recorded
                held[name] = None
    return recorded if same and isinstance(recorded, torch.jit.ScriptFunction) else None


def _same(answer: Any, other: Any) -> bool:
    """Whether two answers, a tensor or several, are the same bit for bit."""
    pairs = [(answer, other)] if isinstance(answer, Tensor) else zip(answer, other, strict=True)
    return all(torch.equal(mine.nan_to_num(), theirs.nan_to_num()) for mine, theirs in pairs)


def _is_closed(network: nn.Module) -> bool:
    """Whether a layer keeps its weights where nobody else can put some."""
    return any(isinstance(layer, nn.RNNBase) for layer in network.modules())


def _places(network: nn.Module) -> list[tuple[dict[str, Any], str]]:
    """Where each of a network's weights and buffers is kept."""
    layers = [kept for layer in network.modules() for kept in (layer._parameters, layer._buffers)]
    return [(kept, name) for kept in layers for name, weight in kept.items() if weight is not None]
