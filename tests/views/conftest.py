"""A session on the demo, and one with the shipped models, for the views' tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.app.settings import Settings


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setenv("POSEVIEWER_SETTINGS", str(tmp_path / "settings.ini"))
    made = Session(Settings())
    with qtbot.waitSignal(made.clip_changed, timeout=10_000):
        made.open_motion(paths.demo(), remember=False)
    yield made
    made.close()


@pytest.fixture
def ready(session: Session, qtbot: QtBot) -> Session:
    session.offer_shipped_models()
    qtbot.waitUntil(lambda: session.bench.index is not None and session.bench.projection is not None, timeout=60_000)
    return session
