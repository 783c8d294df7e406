"""Running a job to its end with a progress bar on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from poseviewer.progress import Job, Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_BETWEEN_LINES = 10.0  # seconds between two lines where stderr is a log and not a terminal
_BETWEEN_UPDATES = 0.1


def finish(job: Job, name: str) -> tuple[Progress, float]:
    """Run the job to its end; its last progress, and the seconds since its first one (start-up left out).

    Whatever interrupts it closes the job, which then cleans up behind itself.
    """
    last, began = Progress(0), time.monotonic()
    drawn = began
    try:
        with _bar() as bar:
            task = bar.add_task(name, total=None, text="") if bar is not None else None
            for step, last in enumerate(job):
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


def _bar() -> AbstractContextManager[Bar | None]:
    """A bar where stderr is a terminal; a log gets lines instead."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns: list[Any] = [
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[text]}", style="dim"),
    ]
    return Bar(*columns, console=Console(stderr=True), transient=True)
