"""Rollouts: what was generated stays with its clip, seed, model and number until somebody drops it; branches too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from poseviewer.text import printable

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.bench.bench import Bench
    from poseviewer.bench.lane import Lane
    from poseviewer.data.dataset import Dataset
    from poseviewer.render.palette import Role

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
        return cls(place_of(dataset), dataset.infos[index].name, dataset.digest(index))

    def index_in(self, dataset: Dataset) -> int | None:
        """Where a dataset has the clip; None where it is another dataset, or the clip is not what it was."""
        if self.dataset != place_of(dataset):
            return None
        index = dataset.infos.index_of(self.name)
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

    @classmethod
    def of(cls, bench: Bench, lane: Lane) -> Key | None:
        """The one that a lane of a bench would show; None where it can generate nothing."""
        if bench.clip is None or lane.generator is None:
            return None
        clip = ClipKey.of(bench.dataset, bench.clip_index)
        side = bench.azimuth if lane.generator.skeleton.dims == 2 else None  # a 3D model sees all sides
        return cls(clip, bench.seed, id(lane.generator), lane.samples, lane.number, side)


@dataclass(frozen=True)
class Kept:
    """A rollout with its key. model: its generator's checkpoint, or the name of the installed model that it is.

    name: what somebody called it; parent: the rollout that it branched off and whose beginning it shares. ordinal:
    which of its clip's it is, which it stays; 0 before it is kept.
    """

    key: Key
    rollout: Rollout
    model: Path | str
    name: str = ""
    parent: Key | None = None
    ordinal: int = field(default=0, compare=False)

    @property
    def title(self) -> str:
        """What it is called."""
        return self.name or f"rollout {self.ordinal}"

    def words(self) -> str:
        """It in a line of a list."""
        model = self.model if isinstance(self.model, str) else printable(self.model.stem)
        samples = f", {self.key.samples} samples" if self.key.samples > 1 else ""
        whose, (start, stop) = ", ".join(filter(None, (self.name, model))), self.key.seed
        return f"{self.key.clip.name}: {whose}, +{self.rollout.length} from frames {start} to {stop - 1}{samples}"


class Rollouts:
    """A plain store, least recently used first, of at most `limit` bytes beside the one that was kept last."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._kept: dict[Key, Kept] = {}
        self.left: dict[ClipKey, tuple[tuple[int, int], dict[Role, int], int | None]] = {}
        """The seed and each lane's number that a clip had when it left the bench, and its first frame that counts as
        generated."""

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Kept]:
        return iter(list(self._kept.values()))

    def get(self, key: Key) -> Rollout | None:
        """A rollout, which thereby counts as used."""
        if key not in self._kept:
            return None
        self._kept[key] = self._kept.pop(key)
        return self._kept[key].rollout

    def keep(self, kept: Kept) -> list[Kept]:
        """Keep a rollout in the place of the key's last one; gives the oldest that had to go for it."""
        self._kept.pop(kept.key, None)
        if not kept.ordinal:
            taken = {other.ordinal for other in self.of_clip(kept.key.clip)}
            kept = replace(kept, ordinal=next(number for number in count(1) if number not in taken))
        self._kept[kept.key] = kept
        gone = []
        while len(self) > 1 and sum(kept.rollout.nbytes for kept in self) > self.limit:
            if shared_bytes(kept.rollout for kept in self) <= self.limit:  # branches have much in common
                break
            gone.append(self._kept.pop(next(iter(self._kept))))
        return gone

    def beside(self, kept: Kept) -> Kept:
        """The same under a number that is free, to be kept beside those that there are."""
        keys = (replace(kept.key, number=number) for number in count(kept.key.number))
        return replace(kept, key=next(key for key in keys if key not in self._kept), ordinal=0)

    def branch(self, kept: Kept, name: str = "") -> Kept:
        """A branch of a kept rollout, to be kept beside it: it shares all frames until now and goes its own way."""
        return self.beside(replace(kept, rollout=kept.rollout.branch(), name=name, parent=kept.key))

    def drop(self, key: Key) -> Kept | None:
        """Take a rollout out; its branches become its parent's."""
        dropped = self._kept.pop(key, None)
        for branch in self:
            if dropped is not None and branch.parent == key:
                self._kept[branch.key] = replace(branch, parent=dropped.parent)
        return dropped

    def of_clip(self, clip: ClipKey) -> list[Kept]:
        """A clip's rollouts, the one used last at the end."""
        return [kept for kept in self if kept.key.clip == clip]

    def tree(self, clip: ClipKey) -> list[tuple[int, Kept]]:
        """A clip's rollouts, each with how many branchings away it is, and followed by its own branches; looking at one
        moves none.
        """

        def place(kept: Kept) -> tuple[object, ...]:
            return kept.key.seed, str(kept.model), kept.key.number, kept.ordinal

        every = sorted(self.of_clip(clip), key=place)

        def under(parent: Key | None, depth: int) -> Iterator[tuple[int, Kept]]:
            for kept in every:
                if parent == (kept.parent if kept.parent in self._kept else None):
                    yield depth, kept
                    yield from under(kept.key, depth + 1)

        return list(under(None, 0))


def shared_bytes(rollouts: Iterable[Rollout]) -> int:
    """Bytes that rollouts take together; frames and states that branches share count once."""
    parts: dict[int, int] = {}
    for rollout in rollouts:
        parts.update(rollout.parts())
    return sum(parts.values())


def place_of(dataset: Dataset) -> str:
    """What names a dataset in a ClipKey: its file, or one in memory."""
    return f"memory {id(dataset)}" if dataset.path is None else str(dataset.path.absolute())
