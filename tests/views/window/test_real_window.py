"""The real window on a virtual screen, driven by mouse and keyboard: the demo's first minutes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.views.driving import screen

pytestmark = [
    pytest.mark.window,
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed; `make test` installs it on Debian"),
]


def drive(display: str, what: str, tmp_path: Path, *files: str) -> dict[str, Any]:
    """What tests/views/driving/real_window.py prints."""
    environment = screen.environment(display, tmp_path) | {"POSEVIEWER_STARTED": str(time.time())}
    command = [sys.executable, "-m", "tests.views.driving.real_window", what, *files]
    done = subprocess.run(command, cwd=screen.ROOT, env=environment, capture_output=True, text=True, timeout=110)
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
