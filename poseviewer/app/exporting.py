"""Exports behind the window: one after another, no two to one place, and what is told when one has ended."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from poseviewer.app.jobs import Task
from poseviewer.errors import PoseviewerError
from poseviewer.outputs import same_file

if TYPE_CHECKING:
    from poseviewer.app.desk import Desk
    from poseviewer.bench.bench import Bench
    from poseviewer.export.options import Options


class Exporting(QObject):
    """The exports of a desk, on a lane of their own, each from a bench of its own."""

    done = Signal(object, str)
    """Where it lies, and what the format could not hold; empty where it holds all."""
    dropped = Signal()
    """One has failed or was cancelled."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._tasks: dict[Task, Path] = {}
        desk.jobs.changed.connect(self._look_after)

    @property
    def running(self) -> list[Task]:
        """Those that have not ended, the one under way first."""
        return [task for task in self._tasks if not task.cancelled]

    def writes(self, target: Path) -> bool:
        """Whether an export that has not ended will lie at a place."""
        return any(target.absolute() == path or same_file(target, path) for path in self._tasks.values())

    def require_free(self, target: Path) -> None:
        """Raise PoseviewerError where an export that has not ended will lie there."""
        if self.writes(target):
            raise PoseviewerError(target, "", "it is being exported just now", "name another file, or wait for it")

    def begin(self, out: Path, options: Options, bench: Bench | None = None) -> Task | None:
        """Export to where the user agreed to, from a bench that stays as it is, else from the desk's as it is now.

        A failure is told by the desk. None where it is refused.
        """
        from poseviewer.export import export_clip, target_of

        bench, what = bench or copy.copy(self._desk.bench), f"{out.name} was not exported"
        try:
            target = target_of(bench, out, options).absolute()
            self.require_free(target)
        except PoseviewerError as error:
            self._desk.report(error, what)
            return None
        task = self._desk.jobs.submit(
            "export",
            f"Exporting {out.name}",
            lambda: export_clip(bench, out, options, force=True),  # the user was asked
            lambda told: self.done.emit(target, told.partition("; ")[2]),
            lambda error: self._fail(error, what),
        )
        self._tasks[task] = target
        return task

    def cancel(self) -> None:
        """Stop them all; nothing of them stays."""
        for task in self.running:
            task.cancel()

    def _fail(self, error: BaseException, what: str) -> None:
        self._desk.report(error, what)
        self.dropped.emit()

    def _look_after(self) -> None:
        for task in [task for task in self._tasks if task not in self._desk.jobs.running]:
            del self._tasks[task]
            if task.cancelled:
                self.dropped.emit()
