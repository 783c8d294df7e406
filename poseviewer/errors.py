"""The only kind of failure that a user reads: one sentence with the thing, the place, the cause and the cure."""

from __future__ import annotations

from pathlib import Path

from poseviewer.text import printable

_LONGEST = 600  # letters of each of the four parts


class PoseviewerError(Exception):
    """An expected failure, told in one sentence, whose four parts are made printable here.

    what: the file or thing that failed ("walk.bvh"); where: the place in it ("line 12"), may be empty;
    cause: what is wrong there; cure: what would mend it.
    """

    def __init__(self, what: str | Path, where: str, cause: str, cure: str) -> None:
        parts = (what.name if isinstance(what, Path) else what, where, cause, cure)
        self.what, self.where, self.cause, self.cure = (printable(part, _LONGEST) for part in parts)
        super().__init__(self.sentence())

    def sentence(self, after: str = "") -> str:
        """In one sentence. after: words that it follows; a thing that they begin with is not named again."""
        names = (self.where,) if after.startswith(f"{self.what} ") else (self.what, self.where)
        head = ", ".join(filter(None, names))
        end = "" if self.cure.endswith(("?", ".")) else "."
        return f"{head}{': ' if head else ''}{self.cause.rstrip('.')}; {self.cure}{end}"


class Companion(PoseviewerError):
    """A file that means nothing alone: a sentence where somebody opens it, and no damage among its like."""
