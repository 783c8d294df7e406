"""Running a job to its end with a progress bar on stderr."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType
from typing import TYPE_CHECKING, Any

from poseviewer.progress import Job, Progress, Result

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_BETWEEN_LINES = 10.0  # seconds between two lines where stderr is a log and not a terminal
_BETWEEN_UPDATES = 0.1


def finish(job: Job, name: str) -> tuple[Progress, float]:
    """Run the job to its end; its last progress, and the seconds since its first one (start-up left out).

    Whatever interrupts it closes the job, which then cleans up behind itself. An interrupt or SIGTERM takes effect
    between two steps, never in the middle of drawing or writing; a second one at once.
    """
    last, began = Progress(0), time.monotonic()
    drawn = began
    try:
        with _bar() as bar, _interruptible() as check:
            task = bar.add_task(name, total=None, text="") if bar is not None else None
            for step, last in enumerate(job):
                check()
                now = time.monotonic()
                if step == 0:
                    began = now
                if now - drawn < (_BETWEEN_UPDATES if bar is not None else _BETWEEN_LINES) and step:
                    continue
                if bar is not None and task is not None:
                    bar.update(task, total=last.total or None, completed=last.done, text=last.text)
                elif step:
                    of = f" of {last.total}" if last.total else ""
                    print(f"poseviewer: {last.done}{of}, {last.text}", file=sys.stderr, flush=True)
                drawn = now
            if bar is not None and task is not None:
                bar.update(task, total=last.total or None, completed=last.done, text=last.text)
    finally:
        if isinstance(job, Generator):
            job.close()
    return last, max(time.monotonic() - began, 1e-9)


def result(job: Generator[Progress, None, Result], name: str) -> Result:
    """What a job returns, run to its end in the same way."""
    made: list[Result] = []

    def kept() -> Generator[Progress, None, None]:
        made.append((yield from job))

    finish(kept(), name)
    return made[0]


@contextmanager
def _interruptible() -> Iterator[Callable[[], None]]:
    """Hold SIGINT and SIGTERM back until check() is called, which then raises KeyboardInterrupt or SystemExit(143)."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    arrived: list[int] = []

    def arrive(number: int, frame: FrameType | None) -> None:
        arrived.append(number)
        if len(arrived) > 1:
            check()

    def check() -> None:
        if signal.SIGTERM in arrived:
            raise SystemExit(128 + signal.SIGTERM)
        if arrived:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, arrive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield check
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _bar() -> AbstractContextManager[Bar | None]:
    """A bar where stderr is a terminal; a log gets lines instead."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns: list[Any] = [
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[text]}", style="dim", markup=False),  # names of files may look like markup
    ]
    return Bar(*columns, console=Console(stderr=True), transient=True)
