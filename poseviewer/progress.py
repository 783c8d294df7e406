"""Progress of a long task. A long task is a plain generator of these; whoever iterates may stop; closing cleans up."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Progress:
    """done of total steps (total 0 where it is not known) and a short text in the present tense ("writes frame 12")."""

    done: int
    total: int = 0
    text: str = ""


Job = Iterator[Progress]
"""Yields at least every 0.1 s. Cancel sets a flag, and the thread that iterates closes it."""


def finished(job: Generator[Progress, None, Result]) -> Result:
    """Run a job to its end and give what it returns."""
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value
