"""What every training shares: settings from KEY=VALUE, the averaged weights, and a state on disk to resume from."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import FASTEST, SLOWEST
from poseviewer.nets.checkpoints import container
from poseviewer.nets.checkpoints.checkpoint import DEEPEST, LARGEST_SIZE, NETWORK, part, whole
from poseviewer.progress import Progress

S = TypeVar("S")
N = TypeVar("N", bound=nn.Module)

_COUNTS = ("batch", "context", "depth", "frames", "hidden", "horizon", "noise", "reads", "steps", "top", "width",
           "windows")  # fmt: skip
"""Settings that must not be 0 where they are whole numbers."""
_AT_LEAST = {"fps": SLOWEST, "latent": 2}  # the map shows two axes
_AT_MOST = {
    "fps": FASTEST,
    **dict.fromkeys(("context", "hidden", "latent", "over", "width"), LARGEST_SIZE),
    "depth": DEEPEST,
    **dict.fromkeys(("learned_correlation", "noise_correlation", "residual_fading", "smoothing"), 1.0),
    "noise_gain": 4.0,
    "seed": 2**32 - 1,
}
"""What a checkpoint may say at most (checkpoint.py, generator.py), and torch."""
_AVERAGE, _BEST, _OPTIMISER = "average/", "best/", "optimiser/"
_LARGEST_STATE = 6 * container.LARGEST_FILE  # weights, their average, the best ones, and two moments of each


def with_settings(defaults: S, settings: Mapping[str, str]) -> S:
    """A settings dataclass with some fields set from text. Raises PoseviewerError naming the key."""
    known = {field.name: getattr(defaults, field.name) for field in fields(defaults)}  # type: ignore[arg-type]
    changes: dict[str, Any] = {}
    for key, text in settings.items():
        if key not in known:
            raise PoseviewerError(f"--set {key}", "", "there is no such setting", f"choose one of {', '.join(known)}")
        kind = type(known[key])
        try:
            changes[key] = tuple(map(float, text.split(","))) if kind is tuple else kind(text)
        except ValueError as error:
            cause = f"{text!r} is no {kind.__name__}"
            raise PoseviewerError(f"--set {key}", "", cause, f"give one like {known[key]}") from error
        if kind in (int, float):
            _check_range(key, changes[key], text)
    return replace(defaults, **changes)  # type: ignore[type-var]


def _check_range(key: str, value: float, text: str) -> None:
    """Raise PoseviewerError for a number that a setting cannot have."""
    most = _AT_MOST.get(key, math.inf)
    least = _AT_LEAST.get(key, 1.0 if isinstance(value, int) and key in _COUNTS else 0.0)
    if not least <= value <= most or value == math.inf:
        cure = f"give a number {least:g} or more" + (f", {most:g} at most" if most < math.inf else "")
        raise PoseviewerError(f"--set {key}", "", f"{text!r} is not in range", cure)


def steps_of(count: int, size: int) -> int:
    """How many batches of `size` an epoch of `count` has: at least one."""
    return count // min(size, count)


def batches(count: int, size: int, draw: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    """The indices 0..count-1 in random order, in batches of `size`; a last, smaller one is left out."""
    size = min(size, count)
    order = draw.permutation(count)
    for start in range(0, count - size + 1, size):
        yield order[start : start + size]


@dataclass(frozen=True)
class Unfinished:
    """Where a training's state lies, and what is trained on what: a state of anything else is not gone on from. resume:
    whether this one is, where there is one.
    """

    path: Path
    of: Mapping[str, str]
    resume: bool = False


@dataclass
class Training(Generic[N]):
    """A network with its optimiser and the running average of its weights. patience: epochs without a better validation
    error after which it ends.

    Randomness is drawn anew for each epoch from (seed, epoch), so that a training resumed at an epoch ends as one that
    was never interrupted.
    """

    network: N
    rate: float
    steps: int
    seed: int
    average: float = 0.999
    decay: float = 0.0
    patience: float = math.inf

    def __post_init__(self) -> None:
        size = 4 * sum(parameter.numel() for parameter in self.network.parameters())
        if size > container.LARGEST_FILE:
            cause = f"its weights take {size >> 20} MB, a checkpoint has {container.LARGEST_FILE >> 20} at most"
            raise PoseviewerError("the network", "", cause, "choose a smaller size with --set")
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=self.rate, weight_decay=self.decay)
        self.averaged = {name: p.detach().clone() for name, p in self.network.named_parameters()}
        self.epoch = self.step = self.best_epoch = 0
        self.best: dict[str, Tensor] = {}
        self.best_error = math.inf

    def epochs(
        self,
        count: int,
        settings: Any,
        unfinished: Unfinished,
        losses: Callable[[np.random.Generator], Iterable[Tensor]],
        judged: Callable[[], str],
    ) -> Iterator[Progress]:
        """Train for `count` epochs at most, the state saved after each.

        losses: of an epoch, each made when the step before is done; judged: what is said after it or after none.
        """
        plain = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(settings).items()}
        if unfinished.resume and unfinished.path.exists():
            self.resume(unfinished, plain)
        text = ""
        while self.epoch < count and self.epoch - self.best_epoch < self.patience:
            torch.manual_seed(self.seed * 1_000_003 + self.epoch)
            for loss in losses(np.random.default_rng([self.seed, self.epoch])):
                self.descend(loss)
                yield Progress(self.step, self.steps, text)
            self.epoch += 1
            text = judged()
            self.save(unfinished, plain)
            yield Progress(self.step, self.steps, text)
        if not self.epoch:
            yield Progress(0, 0, judged())

    def descend(self, loss: Tensor) -> None:
        """One step of Adam along a cosine schedule, gradients clipped, the average updated."""
        warm = min(1.0, (self.step + 1) / 100)
        cosine = 0.5 * (1.0 + math.cos(math.pi * min(1.0, self.step / self.steps)))
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * warm * (0.02 + 0.98 * cosine)
        if not loss.isfinite():
            raise PoseviewerError("the training", "", "its loss is no number any more", "choose a smaller --set rate")
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        keep = min(self.average, self.step / (self.step + 10))
        with torch.no_grad():
            for name, parameter in self.network.named_parameters():
                self.averaged[name].lerp_(parameter, 1.0 - keep)

    def keep_if_best(self, error: float) -> None:
        """Keep the averaged weights where their validation error is the least so far."""
        if error < self.best_error:
            self.best_error, self.best_epoch = error, self.epoch
            self.best = {name: tensor.clone() for name, tensor in self.averaged.items()}

    def averaged_network(self, best: bool = False) -> N:
        """A copy of the network with the averaged weights, or with the best ones that were kept, and its buffers."""
        network = copy.deepcopy(self.network)
        network.load_state_dict({**self.averaged, **(self.best if best else {})}, strict=False)
        return network.eval()

    def save(self, unfinished: Unfinished, settings: Mapping[str, Any]) -> None:
        """Write all that a resumed training needs."""
        tensors = whole(self.network.state_dict(), NETWORK) | whole(self.averaged, _AVERAGE) | whole(self.best, _BEST)
        for i, state in self.optimiser.state_dict()["state"].items():
            tensors |= whole(state, f"{_OPTIMISER}{i}/")
        document = {"epoch": self.epoch, "step": self.step, "settings": dict(settings), "of": dict(unfinished.of)}
        if self.best:
            document |= {"best_epoch": self.best_epoch, "best_error": self.best_error}
        container.write(unfinished.path, document, {name: t.detach().numpy() for name, t in tensors.items()})

    def resume(self, unfinished: Unfinished, settings: Mapping[str, Any]) -> None:
        """Go on from a state on disk. Raises PoseviewerError where it belongs to another training."""
        path = unfinished.path
        header = container.read_header(path, _LARGEST_STATE)
        if header.document.get("of") != dict(unfinished.of):
            what = "it belongs to a training of another model or on other data"
            raise PoseviewerError(path, "", what, "leave --resume out")
        if header.document.get("settings") != dict(settings):
            raise PoseviewerError(path, "", "it belongs to a training with other settings", "leave --resume out")
        tensors = {name: torch.tensor(t) for name, t in container.read_tensors(path, header).items()}
        self.epoch, self.step = header.document["epoch"], header.document["step"]
        self.network.load_state_dict(part(tensors, NETWORK))
        self.averaged, self.best = part(tensors, _AVERAGE), part(tensors, _BEST)
        self.best_epoch = header.document.get("best_epoch", 0)
        self.best_error = header.document.get("best_error", math.inf)
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in part(tensors, _OPTIMISER).items():
            i, key = name.split("/")
            state.setdefault(int(i), {})[key] = tensor
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": state, "param_groups": groups})
