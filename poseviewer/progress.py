"""Progress of a long task. A long task is a plain generator of these; whoever iterates may stop; closing cleans up."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")
_OFTEN = 0.1  # seconds


@dataclass(frozen=True)
class Progress:
    """done of total steps (total 0 where it is not known) and a short text in the present tense ("writes frame 12")."""

    done: int
    total: int = 0
    text: str = ""


Job = Iterator[Progress]
"""Yields at least every 0.1 s. Cancel sets a flag, and the thread that iterates closes it."""


def attended(work: Callable[[], Result], progress: Progress) -> Generator[Progress, None, Result]:
    """A Job: work that cannot yield by itself, a few seconds of it at most, on a thread; `progress` is what is said of
    it meanwhile. Whoever closes it waits for its end.
    """
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(work)
        while wait([made], _OFTEN).not_done:
            yield progress
        return made.result()


def finished(job: Generator[Progress, None, Result]) -> Result:
    """Run a job to its end and give what it returns."""
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value
