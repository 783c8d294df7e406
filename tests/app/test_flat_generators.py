"""2D clips in the window's session: a generator of 2D poses is offered, put to work, steps and can be taken by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.offers import Offer
from poseviewer.app.session import Session
from poseviewer.bench.compose import compose
from poseviewer.cli import main
from poseviewer.data.dataset import DatasetWriter
from poseviewer.nets.checkpoints.checkpoint import describe
from poseviewer.train.run import train
from tests.moving_figures import figures

SMALL = {"hidden": "16", "noise": "2", "warmup": "10", "steps": "10", "batch": "8", "horizon": "2"}
VAE = {"latent": "3", "hidden": "16", "depth": "1", "epochs": "3", "batch": "64"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flat")
    data, embedding = folder / "figures.h5", folder / "e.safetensors"
    with DatasetWriter(data) as writer:
        for clip in figures(12):
            writer.add(clip)
    list(train("embedding", data, embedding, settings=VAE, skeleton="penn13"))
    out = folder / "tiny-generator-latent.safetensors"
    list(train("generator", data, out, settings=SMALL, skeleton="penn13", embedding=embedding))
    return folder


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)


def test_a_flat_clip_gets_a_generator_of_its_own(ready: Session, folder: Path, qtbot: QtBot) -> None:
    for source in [s for s, offer in ready.offers.items() if offer.skeleton is not None and offer.skeleton.dims == 2]:
        del ready.offers[source]
    ours = folder / "tiny-generator-latent.safetensors"
    ready.offers[ours] = Offer.of_card(describe(ours))
    with qtbot.waitSignal(ready.clip_changed, timeout=5000):
        ready.open([folder / "figures.h5"])
    at_work = ready.at_work
    qtbot.waitUntil(lambda: at_work.get("generator") == ours and ready.bench.clip_latents is not None, timeout=20_000)
    assert ready.stepper.obstacle == ""
    ready.stepper.step(5)
    settle(ready, qtbot)
    bench = ready.bench
    assert bench.lane.horizon == 5 and bench.lane.latents is not None and bench.lane.latents.own.shape == (5, 3)
    assert np.isfinite(bench.lane.tracks[0].positions).all()
    latent = bench.latent_at()
    assert latent is not None
    ready.hold(latent + 0.5)
    assert bench.held is not None
    compose(bench, bench.time)
    ready.keep(None)
    ready.stepper.step(1)
    settle(ready, qtbot)
    assert bench.lane.horizon == 6 and bench.held is None


def test_a_flat_clip_is_continued_on_the_command_line(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "wave.npz"
    model = folder / "tiny-generator-latent.safetensors"
    assert main(["export", str(folder / "figures.h5"), "--clip", "002", "-o", str(out), "--model", str(model),
                 "--generate", "20"]) == 0  # fmt: skip
    with np.load(out) as motion:
        assert motion["positions"].shape == (60, 13, 2) and int(motion["seed_frames"]) == 40
        assert np.isfinite(motion["positions"][40:]).all()
    picture = tmp_path / "wave.png"
    assert main(["export", str(folder / "figures.h5"), "-o", str(picture), "--model", str(model), "--generate", "5",
                 "--size", "160x120", "--frames", "42:43"]) == 0  # fmt: skip
    assert picture.exists()
