"""Reconstruction errors: measured when somebody wants to see them, cancelled, and of the dataset on the bench alone."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.data.dataset import Dataset
from poseviewer.nets.protocols import Decoded
from tests.linear_world import LinearEmbedding, clips


class Waiting(LinearEmbedding):
    """Decodes a dataset only when it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go_on = threading.Event(), threading.Event()

    def decode(self, latent: Any, at: Any) -> Decoded:
        if threading.current_thread().name == "lane index":
            self.reached.set()
            self.go_on.wait(10)
        return super().decode(latent, at)


@pytest.fixture
def embedding() -> Waiting:
    return Waiting()


@pytest.fixture
def session(empty_session: Session, embedding: Waiting, qtbot: QtBot) -> Session:
    dataset = Dataset.of(clips(), "rings")
    empty_session.bench.datasets.append(dataset)
    empty_session.bench.embedding = embedding  # type: ignore[assignment]
    empty_session.models_replaced()
    empty_session.select_clip(dataset, 0)
    bench = empty_session.bench
    qtbot.waitUntil(lambda: bench.index is not None and not empty_session.jobs.running, timeout=20_000)
    return empty_session


def test_they_are_in_the_index_once_they_are_wanted(session: Session, embedding: Waiting, qtbot: QtBot) -> None:
    bench = session.bench
    before = bench.index
    assert before is not None and before.errors is None
    embedding.go_on.set()
    session.set_map(colour="error")
    qtbot.waitUntil(lambda: bench.index is not None and bench.index.errors is not None)
    assert bench.index is not None and bench.index.latents is before.latents and bench.index.errors is not None
    clip = bench.index.dataset.clip(1)
    posterior, at = embedding.encode(clip.positions)
    off = np.linalg.norm(embedding.decode(posterior.latent, at).poses - clip.positions, axis=-1).mean(axis=1)
    np.testing.assert_allclose(bench.index.errors[bench.index.clip == 1], off, atol=1e-6)
    session.set_map(colour="action")
    session.set_map(colour="error")
    assert not session.jobs.running  # they are known


def test_a_cancel_takes_the_colour_away_and_it_can_be_chosen_again(
    session: Session, embedding: Waiting, qtbot: QtBot
) -> None:
    session.set_map(colour="error")
    qtbot.waitUntil(embedding.reached.is_set)
    (task,) = session.jobs.running
    assert "reconstruction errors" in task.title and not task.quiet
    task.cancel()
    embedding.go_on.set()
    qtbot.waitUntil(lambda: not session.jobs.running)
    assert session.bench.map.colour == "action"
    assert session.bench.index is not None and session.bench.index.errors is None
    session.set_map(colour="error")
    qtbot.waitUntil(lambda: session.bench.index is not None and session.bench.index.errors is not None)


def test_another_colour_or_a_closed_dataset_ends_the_work(session: Session, embedding: Waiting, qtbot: QtBot) -> None:
    session.set_map(colour="error")
    qtbot.waitUntil(embedding.reached.is_set)
    (task,) = session.jobs.running
    session.close_dataset(session.bench.datasets[0])
    qtbot.waitUntil(lambda: task.cancelled)
    embedding.go_on.set()
    qtbot.waitUntil(lambda: not session.jobs.running)
    assert session.bench.map.colour == "error"  # it was not the person who ended it
