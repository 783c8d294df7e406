"""What the tests of the export dialog share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.views.export.export_dialog import ExportDialog


def made(session: Session, qtbot: QtBot, **given: Any) -> ExportDialog:
    """The dialog, open."""
    dialog = ExportDialog(session, None, **given)
    qtbot.addWidget(dialog, before_close_func=lambda _: dialog.reject())
    dialog.show()
    return dialog


@pytest.fixture
def dialog(session: Session, qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    session.settings.put("export folder", str(tmp_path))
    return made(session, qtbot)


@pytest.fixture
def rolled(ready: Session, qtbot: QtBot) -> Session:
    """The demo's dance_a with five generated frames after its first second."""
    dataset = ready.bench.dataset
    assert dataset is not None
    with qtbot.waitSignal(ready.clip_changed, timeout=10_000):
        ready.select_clip(dataset, dataset.find("dance_a"))
    ready.set_seed(0, 30)
    ready.stepper.step(5)
    qtbot.waitUntil(lambda: ready.bench.lane.horizon == 5 and not ready.jobs.running, timeout=30_000)
    return ready


def settled(dialog: ExportDialog, qtbot: QtBot) -> None:
    """Wait until the preview shows what is chosen."""
    qtbot.waitUntil(lambda: dialog.preview._task is None, timeout=20_000)


def choose(dialog: ExportDialog, suffix: str) -> None:
    dialog._format.setCurrentIndex(dialog._format.findData(suffix))
