"""The way over the map of a rollout whose generator has no latents: encoded as it grows, true after every turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.bench.map.picture import MapComposer, here

RAW = paths.models() / "humanoid-generator-raw.safetensors"
pytestmark = pytest.mark.skipif(not RAW.exists(), reason="no raw generator is shipped in this checkout")


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=60_000)


@pytest.fixture
def raw(ready: Session, qtbot: QtBot) -> Session:
    ready.use_model(RAW)
    settle(ready, qtbot)
    assert ready.generator_source == RAW
    return ready


@pytest.fixture
def encoded(raw: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many poses the embedding was given, call by call."""
    counts: list[int] = []
    embedding: Any = raw.bench.embedding
    encode = type(embedding).encode

    def counting(self: Any, poses: Any, visible: Any = None) -> Any:
        counts.append(len(poses))
        return encode(self, poses, visible)

    monkeypatch.setattr(type(embedding), "encode", counting)
    yield counts


def step(session: Session, qtbot: QtBot, frames: int) -> None:
    session.stepper.step(frames) if frames > 0 else session.stepper.back(-frames)
    settle(session, qtbot)


def check(session: Session) -> None:
    """The bench's latents are those of the frames that lie there."""
    bench: Any = session.bench
    expected = bench.embedding.encode(bench.lane.tracks[0].positions)[0].latent
    assert bench.lane.latents.own.shape == (bench.lane.horizon, 16)
    np.testing.assert_allclose(bench.lane.latents.own, expected, atol=1e-4)


def test_each_frame_is_encoded_once(raw: Session, encoded: list[int], qtbot: QtBot) -> None:
    step(raw, qtbot, 1)
    step(raw, qtbot, 7)
    seed: Any = raw.bench.lane.seed_clip(raw.bench.seed)
    encoded.remove(len(seed))  # once, for whoever judges what follows
    assert encoded == [1, 5, 2]
    check(raw)


def test_it_stays_true_through_back_branch_and_undo(raw: Session, encoded: list[int], qtbot: QtBot) -> None:
    bench = raw.bench
    step(raw, qtbot, 20)
    whole = bench.lane.latents
    step(raw, qtbot, -5)
    check(raw)
    step(raw, qtbot, 5)
    assert whole is not None and bench.lane.latents is not None
    np.testing.assert_allclose(bench.lane.latents.own, whole.own, atol=1e-4)
    raw.set_time(bench.time_of_relative(10))
    held = bench.latent_at()
    assert held is not None
    raw.hold(held + 1.0)
    assert bench.held is not None
    pose = bench.held.pose
    raw.keep(None)
    step(raw, qtbot, 3)
    assert bench.lane.horizon == 13
    np.testing.assert_allclose(bench.lane.tracks[0].positions[9], pose, atol=1e-4)  # it went on from what was held
    check(raw)
    encoded.clear()
    raw.history.undo()
    assert bench.lane.horizon == 20 and encoded == []  # what was known is not encoded again
    np.testing.assert_allclose(bench.lane.latents.own, whole.own, atol=1e-4)
    raw.reset()
    assert bench.lane.latents is None
    raw.history.undo()
    assert encoded == []
    check(raw)


def test_the_latents_that_a_generator_gives_stay_true_too(ready: Session, qtbot: QtBot) -> None:
    bench: Any = ready.bench
    assert bench.speaks_latents(bench.lane.generator)

    def given() -> Any:
        return np.concatenate([frame.latents for frame in bench.lane.rollout.steps_of(0)])

    step(ready, qtbot, 20)
    whole = bench.lane.latents.own.copy()
    np.testing.assert_array_equal(whole, given())
    step(ready, qtbot, -5)
    np.testing.assert_array_equal(bench.lane.latents.own, whole[:15])
    ready.set_time(bench.time_of_relative(10))
    ready.hold(bench.latent_at() + 1.0)
    ready.keep(None)
    step(ready, qtbot, 3)
    assert bench.lane.horizon == 13
    np.testing.assert_array_equal(bench.lane.latents.own, given())
    assert np.abs(bench.lane.latents.own[9:] - whole[9:13]).max() > 0.1
    ready.history.undo()
    np.testing.assert_array_equal(bench.lane.latents.own, whole[:15])


def test_the_map_draws_it_and_the_handle_follows(raw: Session, qtbot: QtBot) -> None:
    bench = raw.bench
    step(raw, qtbot, 6)
    picture = MapComposer().picture(bench)
    assert picture.paths[-1].role == "generated_a" and len(picture.paths[-1].xy) == 7
    place, latent = here(bench, picture), bench.latent_at()
    assert place is not None and latent is not None and bench.projection is not None
    np.testing.assert_allclose(place.xy, bench.projection.map(latent[None])[0], atol=1e-9)


def test_another_embedding_keeps_the_rollout_and_encodes_it_anew(raw: Session, qtbot: QtBot) -> None:
    step(raw, qtbot, 6)
    rollout, before = raw.bench.lane.rollout, raw.bench.lane.latents
    raw.use_model(paths.models() / "humanoid-embedding.safetensors")
    settle(raw, qtbot)
    assert raw.bench.lane.rollout is rollout
    assert raw.bench.lane.latents is not before
    check(raw)


def test_a_rollout_that_comes_back_with_its_clip_has_its_path(raw: Session, qtbot: QtBot) -> None:
    step(raw, qtbot, 4)
    dataset, index = raw.bench.dataset, raw.bench.clip_index
    assert dataset is not None
    for wanted in (index + 1, index):
        with qtbot.waitSignal(raw.clip_changed, timeout=5000):
            raw.select_clip(dataset, wanted)
    settle(raw, qtbot)
    check(raw)
