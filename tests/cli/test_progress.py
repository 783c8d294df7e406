"""The bar of a job on a terminal."""

from __future__ import annotations

import sys

import pytest

from poseviewer.cli import progress
from poseviewer.progress import Job, Progress
from tests.cli.test_names import Terminal


def test_the_bar_goes_when_the_job_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")

    def job() -> Job:
        yield Progress(1, 2, "reads")
        yield Progress(2, 2, "reads")

    last, seconds = progress.finish(job(), "import")
    assert (last.done, last.total) == (2, 2) and 0.0 < seconds < 60.0
    drawn, _, after = terminal.getvalue().rpartition("reads")
    assert "2/2" in drawn and after.endswith("\x1b[1A\x1b[2K")  # up a line, which is erased
