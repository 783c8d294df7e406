"""Long work off the GUI thread: named lanes, a thread each, with progress and cancel; results on the GUI thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from poseviewer.progress import Progress

Work = Callable[[], Any]
"""Called on the lane's thread. It returns a result, or a Job whose return value is the result."""


class Cancelled(Exception):
    """The user cancelled; told to nobody."""


@dataclass(eq=False)
class Task:
    """One piece of work in a lane. quiet tasks are not shown in the status bar."""

    title: str
    work: Work
    done: Callable[[Any], None]
    failed: Callable[[BaseException], None]
    quiet: bool = False
    progress: Progress = field(default_factory=lambda: Progress(0))
    started: bool = False
    _cancel: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Stop at the next step; nothing that the task would have written stays."""
        self._cancel.set()

    @property
    def cancelled(self) -> bool:
        return self._cancel.is_set()


class Jobs(QObject):
    """All lanes. changed: a task began, moved on or ended; `running` lists those under way, oldest first."""

    changed = Signal()
    _call = Signal(object)  # a callable for the GUI thread: a queued signal is the only road there

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[str, queue.SimpleQueue[Task | None]] = {}
        self._threads: list[threading.Thread] = []
        self.running: list[Task] = []
        self._call.connect(self._receive)

    @Slot(object)
    def _receive(self, call: Callable[[], None]) -> None:
        call()

    def submit(
        self,
        lane: str,
        title: str,
        work: Work,
        done: Callable[[Any], None],
        failed: Callable[[BaseException], None],
        quiet: bool = False,
    ) -> Task:
        """Queue work in a lane; done or failed is called on the GUI thread (neither after a cancel)."""
        task = Task(title, work, done, failed, quiet)
        if lane not in self._lanes:
            tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
            self._lanes[lane] = tasks
            thread = threading.Thread(target=self._serve, args=(tasks,), name=f"lane {lane}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self.running.append(task)
        self._lanes[lane].put(task)
        self.changed.emit()
        return task

    def cancel_all(self) -> None:
        """Ask every task to stop."""
        for task in self.running:
            task.cancel()

    def close(self, seconds: float = 2.0) -> None:
        """Cancel everything and let the lanes end."""
        self.cancel_all()
        for tasks in self._lanes.values():
            tasks.put(None)
        for thread in self._threads:
            thread.join(seconds)

    def _serve(self, tasks: queue.SimpleQueue[Task | None]) -> None:
        while (task := tasks.get()) is not None:
            self._run(task)

    def _run(self, task: Task) -> None:
        try:
            if task.cancelled:
                raise Cancelled
            task.started = True
            self._to_gui(self.changed.emit)
            result = task.work()
            if isinstance(result, Generator):
                result = self._exhaust(task, result)
        except Cancelled:
            self._to_gui(lambda: self._finish(task, None))
        except BaseException as error:
            caught = error
            self._to_gui(lambda: self._finish(task, lambda: task.failed(caught)))
        else:
            self._to_gui(lambda: self._finish(task, lambda: task.done(result)))

    def _exhaust(self, task: Task, job: Generator[Progress, None, Any] | Iterator[Progress]) -> Any:
        assert isinstance(job, Generator)
        while True:
            try:
                progress = next(job)
            except StopIteration as end:
                return end.value
            if task.cancelled:
                job.close()
                raise Cancelled
            task.progress = progress
            self._to_gui(self.changed.emit)

    def _to_gui(self, call: Callable[[], None]) -> None:
        try:
            self._call.emit(call)
        except RuntimeError:
            return  # the window is gone: nobody is left to tell

    def _finish(self, task: Task, tell: Callable[[], None] | None) -> None:
        if task in self.running:
            self.running.remove(task)
        self.changed.emit()
        if tell is not None and not task.cancelled:
            tell()
