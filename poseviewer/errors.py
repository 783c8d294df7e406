"""The only kind of failure that a user reads: one sentence with the thing, the place, the cause and the cure."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path


class PoseviewerError(Exception):
    """An expected failure, told in one sentence.

    what: the file or thing that failed ("walk.bvh"); where: the place in it ("line 12"), may be empty;
    cause: what is wrong there; cure: what would mend it, may be empty.
    """

    def __init__(self, what: str | Path, where: str = "", cause: str = "", cure: str = "") -> None:
        self.what = what.name if isinstance(what, Path) else what
        self.where, self.cause, self.cure = where, cause, cure
        super().__init__(self.sentence())

    def sentence(self) -> str:
        place = f", {self.where}" if self.where else ""
        cure = f"; {self.cure}" if self.cure else ""
        return f"{self.what}{place}: {self.cause}{cure}.".replace("..", ".").replace("\n", " ")


def in_one_sentence(main: Callable[[], None]) -> None:
    """Run a program; an expected failure of it is one sentence on stderr and exit code 1."""
    try:
        main()
    except PoseviewerError as error:
        sys.exit(f"poseviewer: {error.sentence()}")
