"""Models of 2D poses beside models of 3D ones on a 3D clip: seen from one side, put back where they were seen."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.bench.planes import held_positions
from poseviewer.motion.skeleton import HUMANOID, PENN13


def use(session: Session, qtbot: QtBot, model: str) -> None:
    """Put a shipped model to work and wait until everything is encoded by it."""
    source = paths.models() / f"{model}.safetensors"
    kind = "embedding" if "embedding" in model else "generator"
    session.use_model(source)
    qtbot.waitUntil(lambda: session.at_work.get(kind) == source, timeout=20_000)
    qtbot.waitUntil(lambda: session.bench.clip_latents is not None, timeout=20_000)


def step(session: Session, qtbot: QtBot, frames: int) -> None:
    session.stepper.step(frames)
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)


def known(session: Session, qtbot: QtBot) -> None:
    bench = session.bench
    qtbot.waitUntil(lambda: bench.clip_latents is not None and bench.lane.latents is not None, timeout=20_000)


def test_a_flat_embedding_sees_a_solid_rollout_where_it_sees_the_clip(ready: Session, qtbot: QtBot) -> None:
    bench = ready.bench
    use(ready, qtbot, "humanoid-generator-raw")
    use(ready, qtbot, "penn-embedding")
    step(ready, qtbot, 5)
    known(ready, qtbot)
    first, rollout = bench.lane.latents, bench.lane.rollout
    assert first is not None and len(first) == 5
    assert bench.clip_latents is not None and bench.embedded is not None and bench.embedded.plane is not None
    near = np.linalg.norm(first.own[0] - bench.clip_latents[-1])  # it goes on where the clip's path ends
    assert near < np.median(np.linalg.norm(bench.clip_latents - bench.clip_latents[-1], axis=1))
    ready.set_time(bench.time_of_relative(5))
    latent = bench.latent_at()
    assert latent is not None
    ready.hold(latent)
    stands = held_positions(bench)
    made = bench.lane.tracks[0].positions[4, [HUMANOID.joints.index(joint) for joint in PENN13.joints]]
    assert stands is not None and stands[:, 1] == pytest.approx(made[:, 1], abs=1e-3)
    right = bench.embedded.plane.right
    assert stands @ right == pytest.approx(made @ right, abs=1e-3)
    assert bench.held_frame is None  # a flat pose has no depth to go on from
    ready.keep(None)
    ready.project_from(bench.embedded.plane.azimuth + 1.0)
    assert bench.lane.rollout is rollout and bench.held is None  # a 3D model does not care for the side
    known(ready, qtbot)
    assert np.abs(bench.lane.latents.own - first.own).max() > 0.05
    ready.history.undo()
    assert bench.lane.latents is None  # of the other side they would be wrong
    known(ready, qtbot)
    np.testing.assert_allclose(bench.lane.latents.own, first.own, atol=1e-5)
    ready.history.redo()
    known(ready, qtbot)
    latent = bench.latent_at()
    assert latent is not None
    ready.hold(latent)
    assert held_positions(bench) is not None  # where that side shows it, not the last one
    right = bench.embedded.plane.right
    assert held_positions(bench) @ right == pytest.approx(made @ right, abs=1e-3)


def test_a_flat_generator_goes_on_from_a_solid_pose_as_its_side_shows_it(ready: Session, qtbot: QtBot) -> None:
    bench = ready.bench
    use(ready, qtbot, "humanoid-embedding")
    use(ready, qtbot, "penn-generator-raw")
    assert bench.embedding is not None and bench.embedding.skeleton.dims == 3
    ready.set_time(bench.seed_end)
    latent = bench.latent_at()
    assert latent is not None
    ready.hold(latent)
    held = bench.held
    assert held is not None
    seen = held.pose[[HUMANOID.joints.index(joint) for joint in PENN13.joints]]
    ready.keep(None)
    step(ready, qtbot, 1)
    assert bench.read is not None and bench.read.plane is not None
    made = bench.lane.tracks[0].positions[0]
    assert np.abs(made[:, 1] - seen[:, 1]).max() < 0.3  # one frame on, metres
    assert np.abs((made - seen) @ bench.read.plane.right).max() < 0.3


def test_another_side_takes_the_flat_rollout_away_and_undo_brings_it_back(ready: Session, qtbot: QtBot) -> None:
    bench = ready.bench
    use(ready, qtbot, "penn-generator-raw")
    step(ready, qtbot, 5)
    rollout, before = bench.lane.rollout, bench.lane.tracks[0].positions
    ready.project_from(2.0)
    assert bench.lane.rollout is None and bench.azimuth == 2.0
    step(ready, qtbot, 2)
    ready.history.undo()
    if bench.lane.rollout is not rollout:  # the step is an edit of its own
        ready.history.undo()
    assert bench.lane.rollout is rollout and bench.azimuth is None
    assert bench.lane.tracks[0].positions == pytest.approx(before)
    ready.history.redo()
    assert bench.azimuth == 2.0
