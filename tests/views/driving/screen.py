"""A virtual screen for programs of their own process, and the environment in which they run on it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]


@contextmanager
def virtual_screen(size: str = "1600x1000x24") -> Iterator[str]:
    """An X server without hardware; gives the value of DISPLAY."""
    read, write = os.pipe()
    arguments = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
    server = subprocess.Popen(arguments, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def environment(display: str, home: Path) -> dict[str, str]:
    """That screen, and a home folder, settings included, that nothing else uses."""
    given = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
    own = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "HOME": str(home), "PYTHONPATH": str(ROOT)}
    own |= {"POSEVIEWER_SETTINGS": str(home / "settings.ini")}
    own |= {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "STATE", "CACHE", "DATA")}
    return given | own
