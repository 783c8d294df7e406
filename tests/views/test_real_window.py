"""The real window on a virtual screen, driven by mouse and keyboard: the demo's first minutes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed; `make test` installs it on Debian"),
]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A virtual screen of its own."""
    read, write = os.pipe()
    arguments = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(arguments, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    number = os.read(read, 16).decode().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def drive(display: str, what: str, tmp_path: Path, *files: str) -> dict[str, Any]:
    """What tests/views/real_window.py prints."""
    environment = {**os.environ, "DISPLAY": display, "POSEVIEWER_SETTINGS": str(tmp_path / "settings.ini")}
    environment |= {"POSEVIEWER_STARTED": str(time.time()), "QT_QPA_PLATFORM": "xcb"}
    environment.pop("WAYLAND_DISPLAY", None)
    command = [sys.executable, "-m", "tests.views.real_window", what, *files]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def test_the_first_minutes(display: str, tmp_path: Path) -> None:
    told = drive(display, "walk", tmp_path)
    assert told["paused"]
    assert told["scrubbed to"] == 1
    assert told["drag error"] <= 1e-5
    assert (told["step"], told["step50"], told["back"]) == (1, 51, 50)
    assert told["run"] >= 55
    assert told["orange pixels"] > 1000
    assert told["colours"] > 500
