"""What stands on the bench after a start with files."""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.views.window.launch import _Catcher, open_window
from poseviewer.views.window.main_window import MainWindow


def started(session: Session, qtbot: QtBot, *files: Path) -> MainWindow:
    """The window once everything of its start is done."""
    window = open_window(session, list(files))
    qtbot.addWidget(window)
    window._first_paint()  # no OpenGL in these tests
    qtbot.waitUntil(lambda: window.map is not None and bool(session.offers), timeout=30_000)
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=60_000)
    return window


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A generator that nobody would choose by itself, in a folder of the user's."""
    if not (paths.models() / "humanoid-generator-textbook.safetensors").is_file():
        pytest.skip("no shipped models in this checkout")
    return Path(shutil.copy(paths.models() / "humanoid-generator-textbook.safetensors", tmp_path / "my.safetensors"))


def test_a_generator_named_beside_a_clip_is_put_to_work(empty_session: Session, qtbot: QtBot, own: Path) -> None:
    window = started(empty_session, qtbot, paths.demo(), own)
    assert empty_session.generator_source == own
    assert empty_session.bench.clip is not None
    assert window.windowTitle() == "walk \N{EN DASH} demo.h5 \N{EN DASH} poseviewer"


def test_a_checkpoint_alone_is_explored_without_the_demo(empty_session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    shipped = paths.models() / "humanoid-embedding.safetensors"
    if not shipped.is_file():
        pytest.skip("no shipped models in this checkout")
    own = Path(shutil.copy(shipped, tmp_path / "my embedding.safetensors"))
    window = started(empty_session, qtbot, own)
    assert empty_session.bench.clip is None and not empty_session.bench.datasets
    assert empty_session.embedding_source == own
    assert window.windowTitle() == "my embedding.safetensors \N{EN DASH} poseviewer"


def test_without_files_the_demo_moves(empty_session: Session, qtbot: QtBot) -> None:
    window = started(empty_session, qtbot)
    assert window.playback.playing
    assert empty_session.bench.clip is not None and empty_session.bench.clip.name == "walk"


def test_a_file_that_does_not_open_leaves_a_window_that_works(
    empty_session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "bad.bvh").write_text("HIERARCHY\n")
    window = started(empty_session, qtbot, tmp_path / "bad.bvh")
    assert window.error_bar.sentence.startswith("bad.bvh was not opened: ")
    assert empty_session.bench.clip is None and empty_session.offers
    empty_session.problem.emit("again", "")  # the start is over: nothing plays because something fails
    empty_session.open_motion(paths.demo())
    qtbot.waitUntil(lambda: empty_session.bench.clip is not None, timeout=10_000)
    assert not window.playback.playing


def test_a_model_that_reads_no_such_clip_says_so(
    empty_session: Session, qtbot: QtBot, own: Path, tmp_path: Path
) -> None:
    import numpy as np

    np.savez(tmp_path / "flat.npz", positions=np.random.default_rng(0).normal(size=(20, 13, 2)), skeleton="penn13")
    window = started(empty_session, qtbot, tmp_path / "flat.npz", own)
    assert window.error_bar.sentence.startswith("my reads 3D poses and ")


def test_one_dialog_at_a_time_tells_of_unexpected_errors(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sys, threading):
        monkeypatch.setattr(module, "excepthook", module.excepthook)  # put back afterwards
    window: Any = QWidget()
    qtbot.addWidget(window)
    catcher, counts = _Catcher(window), []
    for what in ("first", "second"):
        catcher._hook(ValueError, ValueError(what), None)
        counts.append(len(window.findChildren(QDialog)))
    window.findChild(QDialog).reject()
    catcher._hook(ValueError, ValueError("third"), None)
    assert [*counts, len(window.findChildren(QDialog))] == [1, 1, 2]
