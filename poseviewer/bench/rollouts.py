"""Rollouts: what was generated stays with its clip, seed, model and number until somebody drops it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from poseviewer.text import printable

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.data.dataset import Dataset

LIMIT = 512 << 20
"""Bytes of rollouts that are kept in memory."""


@dataclass(frozen=True)
class ClipKey:
    """A clip, the same when its dataset is closed and opened again. digest: of its positions, 64 bits."""

    dataset: str
    name: str
    digest: int

    @classmethod
    def of(cls, dataset: Dataset | None, index: int) -> ClipKey:
        """The clip at an index of a dataset."""
        if dataset is None:
            return cls("", "", index)
        return cls(_place(dataset), dataset.infos[index].name, dataset.digest(index))

    def index_in(self, dataset: Dataset) -> int | None:
        """Where a dataset has the clip; None where it is another dataset, or the clip is not what it was."""
        if self.dataset != _place(dataset):
            return None
        index = dataset.index_of(self.name)
        return index if index is not None and dataset.digest(index) == self.digest else None


@dataclass(frozen=True)
class Key:
    """Which rollout: of a clip from a seed (half-open, clip frames), by a model, in how many samples, of what number.

    model: the identity of the generator, which its rollouts keep alive. azimuth: as the bench's.
    """

    clip: ClipKey
    seed: tuple[int, int]
    model: int
    samples: int
    number: int
    azimuth: float | None = None


@dataclass(frozen=True, eq=False)
class Kept:
    """A rollout with its key. model: its generator's checkpoint, or the name of the installed model that it is."""

    key: Key
    rollout: Rollout
    model: Path | str

    def words(self) -> str:
        """It in a line of a list."""
        name = self.model if isinstance(self.model, str) else printable(self.model.stem)
        samples = f", {self.key.samples} samples" if self.key.samples > 1 else ""
        start, stop = self.key.seed
        return f"{self.key.clip.name}: {name}, +{self.rollout.length} from frames {start} to {stop - 1}{samples}"


class Rollouts:
    """A plain store, least recently used first, of at most `limit` bytes beside the one that was kept last."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._kept: dict[Key, Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Kept]:
        return iter(list(self._kept.values()))

    def get(self, key: Key) -> Rollout | None:
        """A rollout, which thereby counts as used."""
        kept = self._kept.pop(key, None)
        if kept is None:
            return None
        self._kept[key] = kept
        return kept.rollout

    def keep(self, kept: Kept) -> list[Kept]:
        """Keep a rollout in the place of the key's last one; gives the oldest ones that had to go for it."""
        self._kept.pop(kept.key, None)
        self._kept[kept.key] = kept
        return list(self._shortened())

    def drop(self, key: Key) -> Kept | None:
        """Take a rollout out."""
        return self._kept.pop(key, None)

    def of_clip(self, clip: ClipKey) -> list[Kept]:
        """A clip's rollouts, the one used last at the end."""
        return [kept for kept in self._kept.values() if kept.key.clip == clip]

    def _shortened(self) -> Iterator[Kept]:
        sizes = {key: kept.rollout.nbytes for key, kept in self._kept.items()}
        total = sum(sizes.values())
        for key in list(self._kept)[:-1]:
            if total <= self.limit:
                return
            total -= sizes[key]
            yield self._kept.pop(key)


def shared_bytes(rollouts: Iterable[Rollout]) -> int:
    """Bytes that rollouts take together; frames and states that branches share count once."""
    parts: dict[int, int] = {}
    for rollout in rollouts:
        parts.update(rollout.parts())
    return sum(parts.values())


def _place(dataset: Dataset) -> str:
    return f"memory {id(dataset)}" if dataset.path is None else str(dataset.path.absolute())
