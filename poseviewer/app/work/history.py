"""Undo: what a person made of a clip as it was before and after each edit; every clip has a history of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoCommand, QUndoGroup, QUndoStack

from poseviewer.bench.rollouts import ClipKey, place_of
from poseviewer.motion import by_hand
from poseviewer.motion.by_hand import Names, Pairs

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.app.desk import Desk
    from poseviewer.app.offers import Source
    from poseviewer.bench.bench import Held
    from poseviewer.bench.lane import Lane
    from poseviewer.bench.rollouts import Kept
    from poseviewer.nets.protocols import Embedding, MotionGenerator
    from poseviewer.render.palette import Role

_MOST_EDITS = 500  # a clip


@dataclass(frozen=True)
class LaneWork:
    """What a lane has of a person's making. source: its generator's."""

    role: Role
    generator: MotionGenerator | None
    source: Source | None
    samples: int
    number: int
    rollout: Rollout | None

    @classmethod
    def of(cls, lane: Lane, source: Source | None) -> LaneWork:
        """What it has now."""
        return cls(lane.role, lane.generator, source, lane.samples, lane.number, lane.rollout)


@dataclass(frozen=True)
class Work:
    """What lies on the bench of a person's making. source: the embedding's. Rollouts never change in place, so that it
    costs nothing to hold it; focus and time are where the person looked, and alone make no other work. made: the clip's
    first frame that counts as generated. mapped: joints of its rig paired by hand, by target. kept: the rollouts of
    the clip.
    """

    seed: tuple[int, int]
    lanes: tuple[LaneWork, ...]
    embedding: Embedding | None
    source: Source | None
    held: Held | None
    azimuth: float | None
    pins: frozenset[str]
    made: int | None
    mapped: Mapping[Names, Pairs]
    kept: frozenset[Kept]
    focus: Role = field(compare=False)
    time: float = field(compare=False)

    @classmethod
    def of(cls, desk: Desk, kept: Iterable[Kept]) -> Work:
        """What lies there now."""
        bench, at_work = desk.bench, desk.at_work
        lanes = tuple(LaneWork.of(lane, at_work.get(lane.kind)) for lane in bench.lanes)
        made = None if bench.clip is None else bench.clip.seed_frames
        mapped = {} if bench.clip is None else by_hand.of_rig(bench.clip.skeleton.joints)
        embedding, looked = (bench.embedding, at_work.get("embedding")), (bench.focus, bench.time)
        held, pins = bench.held, bench.pins
        return cls(bench.seed, lanes, *embedding, held, bench.azimuth, pins, made, mapped, frozenset(kept), *looked)


class Edit(QUndoCommand):
    """One edit, which has been made when it is pushed."""

    def __init__(
        self, text: str, before: Work, after: Work, restore: Callable[[Work, Work], None], merge_key: object = None
    ) -> None:
        super().__init__(text)
        self.before, self.after, self.merge_key = before, after, merge_key
        self._restore, self._made = restore, True

    def redo(self) -> None:
        if not self._made:
            self._restore(self.after, self.before)
        self._made = False

    def undo(self) -> None:
        self._restore(self.before, self.after)


class Change(QUndoCommand):
    """An edit that was made when it is pushed, and comes about behind the window: to undo and to redo ask for it."""

    def __init__(self, text: str, undo: Callable[[], None], redo: Callable[[], None]) -> None:
        super().__init__(text)
        self._undo, self._redo, self._made = undo, redo, True

    def redo(self) -> None:
        if not self._made:
            self._redo()
        self._made = False

    def undo(self) -> None:
        self._undo()


class History(QUndoGroup):
    """The histories of all clips; that of the clip on the bench is at work."""

    asked_back = Signal(object, object)
    """Work that is to lie on the bench again, and the work that it takes the place of."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.kept: Callable[[], Iterable[Kept]] = tuple
        """The rollouts of the clip on the bench."""
        self._stacks: dict[ClipKey, QUndoStack] = {}
        self.turn_to(ClipKey.of(None, -1))
        desk.datasets_changed.connect(self._forget_closed)

    def turn_to(self, clip: ClipKey) -> None:
        """Put a clip's history to work."""
        if clip not in self._stacks:
            self._stacks[clip] = QUndoStack(self, undoLimit=_MOST_EDITS)
        self.setActiveStack(self._stacks[clip])

    def carry(self, clip: ClipKey, to: ClipKey, change: Change | None = None) -> None:
        """A clip has been read in another way and is another one: its history goes along, with that as an edit."""
        stack = self._stacks.pop(clip, None)
        if stack is None:
            return
        if to in self._stacks:
            self._stacks.pop(to).deleteLater()
        self._stacks[to] = stack
        if change is not None:
            stack.push(change)

    def _forget_closed(self) -> None:
        """Drop the histories of clips whose dataset is not open any more."""
        places = {"", *map(place_of, self._desk.bench.datasets)}
        for clip, stack in list(self._stacks.items()):
            if clip.dataset not in places and stack is not self.activeStack():
                self._stacks.pop(clip).deleteLater()

    @contextmanager
    def editing(self, text: str, merge_key: object = None) -> Iterator[None]:
        """What happens within is one edit to undo, if it makes other work; one with the last, if the keys are equal.

        Qt would merge two commands as well, but what PySide made of the second one would stay in memory for good.
        """
        with self._desk.together():
            before = self.work()
            yield
            after = self.work()
            if after == before:
                return
            last, stack = self._last(), self.activeStack()
            if last is not None and merge_key is not None and last.merge_key == merge_key and not stack.canRedo():
                last.after = after
            else:
                stack.push(Edit(text, before, after, self.asked_back.emit, merge_key))

    def _last(self) -> Edit | None:
        """The last edit that nothing has undone."""
        stack = self.activeStack()
        last = stack.command(stack.index() - 1) if stack.index() else None
        return last if isinstance(last, Edit) else None

    def work(self) -> Work:
        """What lies on the bench now."""
        return Work.of(self._desk, self.kept())

    def goes_on(self, merge_key: object) -> bool:
        """Whether the last edit, which nothing has undone, has that key."""
        last = self._last()
        return last is not None and last.merge_key == merge_key

    def count(self) -> int:
        """Edits of the clip on the bench, undone ones included."""
        return self.activeStack().count()

    def rollouts(self) -> Iterator[Rollout]:
        """All rollouts that some edit can bring back."""
        for edit in (stack.command(number) for stack in self._stacks.values() for number in range(stack.count())):
            if isinstance(edit, Edit):
                for work in (edit.before, edit.after):
                    yield from (lane.rollout for lane in work.lanes if lane.rollout is not None)
                    yield from (kept.rollout for kept in work.kept)
