"""What a person does at a session, and waits for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.bench.lane import Lane

RAW = paths.models() / "humanoid-generator-raw.safetensors"
LATENT = paths.models() / "humanoid-generator-latent.safetensors"
B = "generated_b"


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=60_000)


def made(session: Session, qtbot: QtBot, frames: int) -> Any:
    session.stepper.step(frames)
    settle(session, qtbot)
    return session.bench.lane.rollout


def choose(session: Session, qtbot: QtBot, model: Path) -> None:
    session.use_model(model)
    settle(session, qtbot)
    assert session.generator_source == model


def lane(session: Session, role: str) -> Lane:
    found = session.bench.lane_of(role)  # type: ignore[arg-type]
    assert found is not None
    return found
