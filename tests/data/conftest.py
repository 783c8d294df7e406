"""Real data, where $POSEVIEWER_DATA names its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = os.environ.get("POSEVIEWER_DATA", "")
    if not folder:
        pytest.skip("POSEVIEWER_DATA names no folder with real data")
    return Path(folder)
