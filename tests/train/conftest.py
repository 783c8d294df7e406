"""Little training sets: walks of the demo, and figures that wave and kick."""

from dataclasses import replace

import pytest

from poseviewer import paths
from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.motion.skeleton import HUMANOID
from tests.moving_figures import figures


@pytest.fixture(scope="session")
def walks(tmp_path_factory):
    """One of five is the test split."""
    path = tmp_path_factory.mktemp("data") / "walks.h5"
    with Dataset.open(paths.demo()) as demo, DatasetWriter(path) as writer:
        for name in ("walk", "0walk_forward", "turn_left0", "turn_left1", "turn_right0"):
            clip = demo.clip(demo.find(name)).onto(HUMANOID)
            split = "test" if name == "turn_right0" else "train"
            writer.add(replace(clip, action="walk", split=split, loop=False))
    return path


@pytest.fixture(scope="session")
def waving(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "figures.h5"
    with DatasetWriter(path) as writer:
        for clip in figures(24):
            writer.add(clip)
    return path
