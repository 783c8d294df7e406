"""What all tests share: no display unless one asks for it, one thread a library, where the real data lies."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# before anything imports Qt, OpenGL or torch
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from poseviewer.render import platform

platform.prepare()


@pytest.fixture(autouse=True)
def garbage_on_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """A cycle that holds a QObject must not be collected by a lane's thread: see poseviewer/app/garbage.py."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; the test is skipped where POSEVIEWER_DATA does not name it."""
    folder = os.environ.get("POSEVIEWER_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs real data: POSEVIEWER_DATA names no folder")
    return Path(folder)


@pytest.fixture(scope="session")
def demo() -> Path:
    """The embedded demo dataset."""
    from poseviewer import paths

    return paths.demo()
