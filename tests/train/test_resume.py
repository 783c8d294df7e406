"""A training that is killed, by a signal that nothing can catch, and resumed ends as one that was not."""

import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.paths import demo

SETTINGS = {
    "gru": ["hidden=16", "noise=4", "width=16", "horizon=6", "context=4", "windows=64", "batch=32", "warmup=2",
            "epochs=20", "speeds=1", "rigs=0"],
    "textbook": ["hidden=16", "epochs=300", "patience=300"],
}  # fmt: skip


@pytest.fixture(scope="module")
def walks(tmp_path_factory):
    from dataclasses import replace

    path = tmp_path_factory.mktemp("data") / "walks.h5"
    with Dataset.open(demo()) as dataset, DatasetWriter(path) as writer:
        for name in ("walk", "0walk_forward", "turn_left0", "turn_left1"):
            clip = dataset.clip(dataset.find(name)).onto(HUMANOID)
            writer.add(replace(clip, action="walk", split="train", loop=False))
    return path


def begin(arch, walks, out, *more):
    command = [
        sys.executable,
        "-m",
        "poseviewer",
        "train",
        "generator",
        "--space",
        "raw",
        "--arch",
        arch,
        "--data",
        walks,
        "-o",
        out,
    ]
    for setting in SETTINGS[arch]:
        command += ["--set", setting]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([*map(str, command), *more], env=environment, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("arch", sorted(SETTINGS))
def test_killed_at_a_random_step_and_resumed_it_ends_with_the_same_weights(arch, walks, tmp_path):
    whole, broken = tmp_path / "whole.safetensors", tmp_path / "broken.safetensors"
    assert begin(arch, walks, whole).wait(timeout=100) == 0
    process, unfinished = begin(arch, walks, broken), tmp_path / "broken.safetensors.training"
    while not unfinished.exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(random.uniform(0.0, 0.3))
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL and not broken.exists() and unfinished.exists()
    assert begin(arch, walks, broken, "--resume").wait(timeout=100) == 0
    (_, expected), (_, resumed) = checkpoint.load(whole), checkpoint.load(broken)
    assert expected.keys() == resumed.keys()
    assert all(np.array_equal(expected[name], resumed[name]) for name in expected)
