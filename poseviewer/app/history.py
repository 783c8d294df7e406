"""Edits that a person may regret, as undo commands on the session's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.app.session import Session
    from poseviewer.bench.bench import Held


class SetSeed(QUndoCommand):
    """Another seed range; the rollout that left from the old one comes back with it."""

    def __init__(self, session: Session, seed: tuple[int, int], drag: object = None) -> None:
        super().__init__("seed range")
        self._session, self._new, self._drag = session, seed, drag
        bench = session.bench
        self._old, self._rollout, self._time = bench.seed, bench.rollout, bench.time

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """One drag of the handle is one edit, the next drag another."""
        if not isinstance(other, SetSeed) or self._drag is None or other._drag is not self._drag:
            return False
        self._new = other._new
        return True

    def redo(self) -> None:
        self._apply(self._new, None, self._session.bench.time)

    def undo(self) -> None:
        self._apply(self._old, self._rollout, self._time)

    def _apply(self, seed: tuple[int, int], rollout: Rollout | None, time: float) -> None:
        session = self._session
        session.stepper.halt()
        session.bench.seed = seed
        session.show_rollout(rollout)
        session.seed_changed.emit()
        session.set_time(time)


class SetRollout(QUndoCommand):
    """Another rollout, or none, in the place of one whose frames would be lost."""

    def __init__(self, session: Session, rollout: Rollout | None, text: str) -> None:
        super().__init__(text)
        self._session, self._new = session, rollout
        self._old, self._time = session.bench.rollout, session.bench.time

    def redo(self) -> None:
        session = self._session
        self._apply(self._new)
        session.set_time(min(session.bench.time, session.bench.end if self._new else session.bench.seed_end))

    def undo(self) -> None:
        self._session.stepper.halt()
        self._apply(self._old)
        self._session.set_time(self._time)

    def _apply(self, rollout: Rollout | None) -> None:
        self._session.show_rollout(rollout)


class SetPins(QUndoCommand):
    """A joint pinned or let go."""

    def __init__(self, session: Session, pins: frozenset[str], joint: str) -> None:
        super().__init__(f"pin {joint}")
        self._session, self._old, self._new = session, session.bench.pins, pins

    def redo(self) -> None:
        self._apply(self._new)

    def undo(self) -> None:
        self._apply(self._old)

    def _apply(self, pins: frozenset[str]) -> None:
        self._session.bench.pins = pins
        self._session.look_changed.emit()


class HoldLatent(QUndoCommand):
    """A latent dragged to another place."""

    def __init__(self, session: Session, before: Held | None, after: Held | None) -> None:
        super().__init__("drag")
        self._session, self._before, self._after = session, before, after
        self._time = session.bench.time

    def redo(self) -> None:
        self._apply(self._after)

    def undo(self) -> None:
        self._apply(self._before)

    def _apply(self, held: Held | None) -> None:
        session = self._session
        if session.bench.time != self._time:
            session.set_time(self._time)
        session.bench.held = held
        session.held_changed.emit()
