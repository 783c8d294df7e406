"""What a session has before a test of its work."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from tests.app.work.making import RAW, B, settle


@pytest.fixture
def two(ready: Session, qtbot: QtBot) -> Session:
    """The latent generator in lane A, the raw one in lane B."""
    ready.use_model(RAW, role=B)
    settle(ready, qtbot)
    return ready
