"""Leaving the program: exit code 0 within a few seconds, and nothing half written, whatever is under way."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.views.driving.leaving import LARGE
from tests.views.driving.screen import environment

pytestmark = [
    pytest.mark.window,
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed; `make test` installs it on Debian"),
]
LONG = 20.0
"""Seconds: far more than leaving takes on a busy machine, and less than what is under way would take."""


@pytest.mark.parametrize(
    ("busy", "how"),
    [
        ("starting", "button"),
        ("starting", "SIGINT"),
        ("computing", "button"),
        ("computing", "SIGTERM"),
        ("running", "keys"),
        ("exporting", "keys"),
        ("exporting", "SIGTERM"),
        ("reading", "SIGINT"),
        ("encoding", "button"),
    ],
)
def test_the_program_ends_cleanly(display: str, tmp_path: Path, busy: str, how: str) -> None:
    if busy == "reading":
        _write_large(tmp_path / LARGE)
    command = [sys.executable, "-m", "tests.views.driving.leaving", busy, "signal" if how.startswith("SIG") else how]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment(display, tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line == "busy\n", process.communicate(timeout=LONG)
        began = time.monotonic()
        if how.startswith("SIG"):
            process.send_signal(getattr(signal, how))
        _, told = process.communicate(timeout=LONG)
    finally:
        process.kill()
    assert process.returncode == 0, f"{process.returncode} after {time.monotonic() - began:.1f} s: {told}"
    assert told == ""
    assert (tmp_path / "settings.ini").read_text().count("window") > 0  # what is remembered was written
    left = [path.name for path in tmp_path.iterdir() if path.suffix in (".mp4", ".part") or "part-" in path.name]
    assert left == []


def _write_large(path: Path) -> None:
    """A BVH of many frames: seconds to read."""
    depth, turns = 40, "Zrotation Xrotation Yrotation"
    head = f"HIERARCHY\nROOT Hips\n{{\nOFFSET 0 0 0\nCHANNELS 6 Xposition Yposition Zposition {turns}\n"
    joints = [f"JOINT Spine{number}\n{{\nOFFSET 0 10 0\nCHANNELS 3 {turns}\n" for number in range(depth)]
    end = "End Site\n{\nOFFSET 0 10 0\n}\n" + "}\n" * (depth + 1)
    frame = " ".join(["0.123456"] * (6 + 3 * depth)) + "\n"
    count = 20_000
    with path.open("w") as file:
        file.write(f"{head}{''.join(joints)}{end}MOTION\nFrames: {count}\nFrame Time: 0.008333\n")
        file.writelines([frame] * count)
