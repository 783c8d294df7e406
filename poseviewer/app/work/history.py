"""Undo: what a person made of a clip as it was before and after each edit; every clip has a history of its own."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoCommand, QUndoGroup, QUndoStack

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.app.desk import Desk
    from poseviewer.app.offers import Source
    from poseviewer.bench.bench import Held
    from poseviewer.nets.protocols import Embedding, MotionGenerator

_MOST_EDITS = 500  # a clip


@dataclass(frozen=True)
class Work:
    """What lies on the bench of a person's making. sources: of the models at work, by kind. Rollouts never change in
    place, so that it costs nothing to hold it; the time is where the person looked, and alone makes no other work.
    """

    seed: tuple[int, int]
    generator: MotionGenerator | None
    embedding: Embedding | None
    sources: tuple[tuple[str, Source], ...]
    samples: int
    number: int
    rollout: Rollout | None
    held: Held | None
    azimuth: float | None
    pins: frozenset[str]
    time: float = field(compare=False)

    @classmethod
    def of(cls, desk: Desk) -> Work:
        """What lies there now."""
        bench, at_work = desk.bench, desk.at_work
        sources = tuple((kind, at_work[kind]) for kind in ("generator", "embedding") if kind in at_work)
        return cls(
            bench.seed,
            bench.lane.generator,
            bench.embedding,
            sources,
            bench.lane.samples,
            bench.lane.number,
            bench.lane.rollout,
            bench.held,
            bench.azimuth,
            bench.pins,
            bench.time,
        )


class Edit(QUndoCommand):
    """One edit, which has been made when it is pushed. Neighbours with the same merge_key are one edit to undo."""

    def __init__(
        self, text: str, before: Work, after: Work, restore: Callable[[Work], None], merge_key: object = None
    ) -> None:
        super().__init__(text)
        self.before, self.after = before, after
        self._restore, self.merge_key = restore, merge_key
        self._made = True

    def id(self) -> int:
        return -1 if self.merge_key is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Edit) or self.merge_key is None or other.merge_key != self.merge_key:
            return False
        self.after = other.after
        return True

    def redo(self) -> None:
        if not self._made:
            self._restore(self.after)
        self._made = False

    def undo(self) -> None:
        self._restore(self.before)


class History(QUndoGroup):
    """The histories of all clips; that of the clip on the bench is at work."""

    asked_back = Signal(object)
    """Work that is to lie on the bench again."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._stacks: dict[Hashable, QUndoStack] = {}
        self.turn_to(None)

    def turn_to(self, clip: Hashable) -> None:
        """Put a clip's history to work."""
        if clip not in self._stacks:
            stack = self._stacks[clip] = QUndoStack(self)
            stack.setUndoLimit(_MOST_EDITS)
        self.setActiveStack(self._stacks[clip])

    @contextmanager
    def editing(self, text: str, merge_key: object = None) -> Iterator[None]:
        """What happens within is one edit to undo, if it makes other work; one with the last, if the keys are equal."""
        before = Work.of(self._desk)
        yield
        after = Work.of(self._desk)
        if after != before:
            self.activeStack().push(Edit(text, before, after, self.asked_back.emit, merge_key))

    def goes_on(self, merge_key: object) -> bool:
        """Whether the last edit, which nothing has undone, has that key."""
        stack = self.activeStack()
        last = stack.command(stack.index() - 1) if stack.index() else None
        return isinstance(last, Edit) and last.merge_key == merge_key

    def count(self) -> int:
        """Edits of the clip on the bench, undone ones included."""
        return self.activeStack().count()

    def rollouts(self) -> Iterator[Rollout]:
        """All rollouts that some edit can bring back."""
        for stack in self._stacks.values():
            for number in range(stack.count()):
                edit = stack.command(number)
                if isinstance(edit, Edit):
                    yield from (work.rollout for work in (edit.before, edit.after) if work.rollout is not None)
