"""What a window lets go of: cycles on the GUI thread, and memory to the system."""

from __future__ import annotations

import gc
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from poseviewer.app.garbage import GuiThreadGarbage


@pytest.fixture
def garbage(qapp):
    owner = QObject()
    yield GuiThreadGarbage(owner)
    gc.enable()
    owner.deleteLater()


def test_cycles_wait_for_the_gui_thread(garbage):
    assert not gc.isenabled()
    gc.collect()
    for _ in range(gc.get_threshold()[0] + 1):
        cycle: list = []
        cycle.append(cycle)
    before = gc.get_count()[0]
    garbage.collect()
    assert gc.get_count()[0] < before


def resident() -> float:
    """MB that this process holds of the machine's memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator")
def test_what_lanes_freed_goes_back_to_the_system(garbage):
    kept: list[bytes] = []

    def work() -> None:
        taken = [bytes(60_000) for _ in range(1500)]
        kept.append(bytes(2_000))  # the newest stays, so that nothing below it is cut off by itself
        del taken

    before = resident()
    for _ in range(4):
        lane = threading.Thread(target=work)
        lane.start()
        lane.join()
    garbage.give_back()
    assert len(kept) == 4
    assert resident() - before < 20.0
