"""A training that is left in the middle, or killed, and resumed ends as one that was not."""

import json
import os
import random
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from poseviewer.nets.checkpoints import checkpoint
from poseviewer.train.loop import Training
from poseviewer.train.run import train

EMBEDDING = {"latent": "4", "top": "2", "hidden": "8", "depth": "1", "epochs": "3", "batch": "64"}
PLAIN = {key: value for key, value in EMBEDDING.items() if key != "top"}
CLASSIFIER = {"hidden": "8", "depth": "1", "frames": "8", "epochs": "3", "batch": "4"}
GRU = {"hidden": "16", "noise": "4", "width": "16", "horizon": "4", "context": "3", "windows": "32", "batch": "16"}
GRU |= {"restore": "8", "warmup": "1", "epochs": "2", "speeds": "1", "rigs": "0"}
WINDOW = {"hidden": "8", "depth": "1", "noise": "2", "context": "3", "batch": "4", "horizon": "2", "warmup": "90"}
WINDOW |= {"steps": "30"}
TEXTBOOK = {"hidden": "8", "epochs": "3"}


def assert_same(one: Path, other: Path) -> None:
    (_, expected), (_, resumed) = checkpoint.load(one), checkpoint.load(other)
    assert expected.keys() == resumed.keys()
    assert all(np.array_equal(expected[name], resumed[name]) for name in expected)


@pytest.mark.parametrize(
    ("kind", "arch", "skeleton", "settings"),
    [
        ("embedding", "vae", "humanoid", PLAIN | {"rigs": "0"}),
        ("embedding", "ladder", "penn13", EMBEDDING),
        ("embedding", "autoencoder", "penn13", PLAIN),
        ("classifier", "cnn", "penn13", CLASSIFIER),
        ("generator", "gru", "humanoid", GRU),
        ("generator", "window", "penn13", WINDOW),
        ("generator", "textbook", "humanoid", TEXTBOOK),
    ],
)
def test_a_training_that_is_left_in_its_last_epoch_ends_as_one_that_was_not(
    kind, arch, skeleton, settings, walks, waving, tmp_path
):
    whole, broken = tmp_path / "whole.safetensors", tmp_path / "broken.safetensors"
    task = {"arch": arch, "skeleton": skeleton, "settings": settings, "space": "raw"}
    data = waving if skeleton == "penn13" else walks
    events = len(list(train(kind, data, whole, **task)))
    job = train(kind, data, broken, **task)
    list(islice(job, events - 3))
    job.close()
    assert not broken.exists()
    assert len(list(train(kind, data, broken, **task, resume=True))) < events  # it does not begin anew
    assert_same(whole, broken)


KILLED = """
import json, os, signal, sys
from pathlib import Path
from poseviewer.train.run import train

task, step = json.loads(sys.argv[1]), int(sys.argv[2])
for event in train("generator", Path(task.pop("data")), Path(task.pop("out")), **task):
    if event.done == step:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_at_a_random_step_by_what_nothing_can_catch_it_ends_with_the_same_weights(walks, tmp_path):
    whole, broken = tmp_path / "whole.safetensors", tmp_path / "broken.safetensors"
    task = {"settings": GRU, "space": "raw"}
    *events, last = train("generator", walks, whole, **task)
    saved = next(k for k, event in enumerate(events[1:], 1) if event.text)  # the first that tells of a finished epoch
    step = random.randint(events[saved].done + 1, last.done)
    told = json.dumps({"data": str(walks), "out": str(broken), **task})
    environment = {**os.environ, "OMP_NUM_THREADS": str(torch.get_num_threads())}
    killed = subprocess.run([sys.executable, "-c", KILLED, told, str(step)], env=environment)
    assert killed.returncode == -signal.SIGKILL
    assert not broken.exists() and broken.with_name("broken.safetensors.training").exists()
    assert len(list(train("generator", walks, broken, **task, resume=True))) < len(events)
    assert_same(whole, broken)


def test_the_weights_that_were_kept_are_handed_out_where_they_are_asked_for() -> None:
    training = Training(torch.nn.Linear(1, 1), 1e-3, 10, 0)
    training.best = {"weight": torch.full((1, 1), 7.0)}
    assert training.averaged_network(best=True).weight.item() == 7.0
    assert training.averaged_network().weight.item() == training.averaged["weight"].item() != 7.0
