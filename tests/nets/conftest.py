"""Shipped models, each loaded once, and motions to give them."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from poseviewer import paths
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.models.load import load_model


@pytest.fixture(scope="session")
def shipped() -> Callable[[str], Any]:
    """A shipped model by its name; no test may change it."""
    return cache(lambda name: load_model(paths.models() / f"{name}.safetensors"))


@pytest.fixture(scope="session")
def walk() -> Clip:
    """The demo's walk on the humanoid skeleton."""
    with Dataset.open(paths.demo()) as demo:
        return demo.clip(demo.find("walk")).onto(HUMANOID)
