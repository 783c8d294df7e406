"""Long work off the GUI thread: named lanes, a thread each, with progress and cancel; results on the GUI thread.

Python ends a thread that outlives the interpreter in the middle of its C++ code (torch, Qt): the process aborts. So
the interpreter waits for the step under way in every lane, and after `close` no lane touches a QObject any more. What
a task was given may hold the last reference to a QObject, so it is let go of on the GUI thread, never on a lane's.
"""

from __future__ import annotations

import atexit
import os
import queue
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from poseviewer.progress import Progress

Work = Callable[[], Any]
"""Called on the lane's thread. It returns a result, or a Job whose return value is the result."""

_lanes: dict[threading.Thread, Jobs] = {}  # those that have not ended
_LONGEST_REST = 0.1  # seconds


def _let_go(*_: Any) -> None:
    """In place of what a task was given."""


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
    result: Any = None
    error: BaseException | None = None
    _cancel: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Stop at the next step; nothing that the task would have written stays."""
        self._cancel.set()

    @property
    def cancelled(self) -> bool:
        return self._cancel.is_set()

    def end(self) -> Callable[[], None]:
        """What tells how it ended; the task, which its lane still knows, holds nothing of it any more."""
        tell = partial(self.done, self.result) if self.error is None else partial(self.failed, self.error)
        self.work, self.done, self.failed = _let_go, _let_go, _let_go
        self.result = self.error = None
        return tell


class Jobs(QObject):
    """All lanes. changed: a task began, moved on or ended; `running` lists those under way, oldest first."""

    changed = Signal()
    _call = Signal(object)  # a callable for the GUI thread: a queued signal is the only road there

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[str, queue.SimpleQueue[Task | None]] = {}
        self._gate = threading.Lock()
        self._closed = False
        self._may_work = threading.Event()
        self._may_work.set()
        self._rested = QTimer(self, singleShot=True, interval=0)
        self._rested.timeout.connect(self._may_work.set)
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
        """Queue work in a lane; done or failed is called on the GUI thread (neither after a cancel or `close`)."""
        task = Task(title, work, done, failed, quiet)
        if self._closed:
            task.cancel()
            return task
        if lane not in self._lanes:
            tasks = self._lanes[lane] = queue.SimpleQueue()
            thread = threading.Thread(target=self._serve, args=(tasks,), name=f"lane {lane}", daemon=True)
            _lanes[thread] = self
            thread.start()
        self.running.append(task)
        self._lanes[lane].put(task)
        self.changed.emit()
        return task

    def rest(self) -> None:
        """Until the event loop turns lanes stop behind their next step: two threads that take the interpreter from each
        other hundreds of times take longer than one after the other.
        """
        self._may_work.clear()
        self._rested.start()

    def cancel_all(self) -> None:
        """Ask every task to stop."""
        for task in self.running:
            task.cancel()

    def close(self) -> None:
        """Cancel everything, at once; what a lane still works on ends with its present step and is told to nobody."""
        self.cancel_all()
        with self._gate:
            self._closed = True
        for tasks in self._lanes.values():
            tasks.put(None)

    def _serve(self, tasks: queue.SimpleQueue[Task | None]) -> None:
        try:
            while (task := tasks.get()) is not None:
                self._run(task)
        finally:
            _lanes.pop(threading.current_thread(), None)

    def _run(self, task: Task) -> None:
        try:
            task.result = self._result(task)
        except BaseException as error:
            task.error = error
        self._to_gui(partial(self._finish, task))

    def _result(self, task: Task) -> Any:
        """What comes of the work; None where it was cancelled, which nobody is told of."""
        if task.cancelled:
            return None
        task.started = True
        self._to_gui(self.changed.emit)
        job = task.work()
        if not isinstance(job, Generator):
            return job
        while not task.cancelled:
            self._may_work.wait(_LONGEST_REST)
            try:
                task.progress = next(job)
            except StopIteration as end:
                return end.value
            if not task.quiet:  # nobody sees it
                self._to_gui(self.changed.emit)
        return job.close()

    def _to_gui(self, call: Callable[[], None]) -> None:
        with self._gate:
            if not self._closed:
                self._call.emit(call)

    def _finish(self, task: Task) -> None:
        if self._closed:
            return
        tell = task.end()
        self.running.remove(task)
        self.changed.emit()
        if not task.cancelled:
            tell()


def lanes_rest(seconds: float | None = None) -> bool:
    """Wait until no lane works any more, but no longer than that; whether none does. Close their Jobs first."""
    end = None if seconds is None else time.monotonic() + seconds
    for thread in list(_lanes):
        thread.join(None if end is None else max(0.0, end - time.monotonic()))
    return not _lanes


def one_thread_each() -> None:
    """A lane is one thread: its steps are too small to be shared among more, which would wait busily for the next."""
    from threadpoolctl import threadpool_limits

    os.environ.setdefault("OMP_NUM_THREADS", "1")  # of what is loaded later: torch
    threadpool_limits(1)


@atexit.register
def _end_lanes() -> None:
    for jobs in set(_lanes.values()):
        jobs.close()
    lanes_rest()
