"""Names of files on the command line: printed as they are read, never as markup, whatever encoding the terminal has."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from poseviewer.cli import progress
from poseviewer.progress import Job, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("name", ["[red]x", "walk [/]", ":smile: [link=http://a]b[/link]"])
def test_a_name_is_no_markup(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "200")

    def job() -> Job:
        yield Progress(1, 2, f"reads {name}")
        yield Progress(2, 2, f"reads {name}")

    progress.finish(job(), "import")
    assert f"reads {name}" in terminal.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_name_that_is_no_utf_8_is_printed(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "caf\udce9.npy"
    np.save(tmp_path / "plain.npy", np.random.default_rng(0).normal(size=(4, 22, 3)))
    (tmp_path / "plain.npy").rename(path)
    words = [sys.executable, "-m", "poseviewer", "info", str(path), "--json"]
    done = subprocess.run(words, capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["names"] == ["caf\ufffd" if encoding == "utf-8" else "caf?"]
    words[4] = str(tmp_path / "no\udce9.npy")
    done = subprocess.run(words, capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, timeout=60)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and b"there is no such file" in done.stderr
