"""The shelf: which checkpoint fits which clip and why not, which one is put to work, what a classifier says."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.model_shelf import ModelShelf, _classes_of
from poseviewer.app.offers import Offer, Source
from poseviewer.app.session import Session
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13, Skeleton
from tests.motion.test_matching import four_legs


def offer(kind: str, skeleton: Skeleton) -> Offer:
    return Offer(Path("model.safetensors"), "gru", kind, skeleton)


def clip(skeleton: Skeleton, frames: int = 12, fps: float = 30.0) -> Clip:
    shape = (frames, len(skeleton.joints), skeleton.dims)
    return Clip(skeleton, np.random.default_rng(0).normal(size=shape).astype(np.float32), fps, "mine")


@pytest.mark.parametrize(
    ("kind", "of", "has", "word"),
    [
        ("generator", HUMANOID, HUMANOID, ""),
        ("generator", PENN13, HUMANOID, ""),
        ("generator", HUMANOID, PENN13, "penn13"),
        ("classifier", PENN13, PENN13, ""),
        ("classifier", PENN13, HUMANOID, "2D"),
        ("classifier", HUMANOID, PENN13, "3D"),
    ],
)
def test_what_fits_and_why_not(kind: str, of: Skeleton, has: Skeleton, word: str) -> None:
    told = offer(kind, of).misfit(clip(has))
    assert bool(told) == bool(word)
    assert word in told


def test_a_rig_without_the_joints_is_told_which_are_missing() -> None:
    rope = Skeleton.tree("rope", ("a", "b"), (-1, 0))
    assert "left_knee" in offer("generator", HUMANOID).misfit(clip(rope))


def test_where_no_generator_reads_a_clip_it_is_said_what_its_rig_lacks_or_is(session: Session) -> None:
    session.offers[Path("model.safetensors")] = offer("generator", HUMANOID)
    rows = [j for j, joint in enumerate(HUMANOID.joints) if not joint.endswith("toe")]
    rig = Skeleton("rig", tuple(HUMANOID.joints[j] for j in rows), None, (), tuple(range(len(rows))))
    session.place(clip(rig))
    assert "it has no joint that maps onto left_toe, right_toe of 'humanoid'" in session.why_no_generator
    assert session.stepper.obstacle == session.why_no_generator
    session.offers[Path("flat.safetensors")] = offer("generator", PENN13)
    session.place(clip(rig))
    cure = "Open one that does, or choose a 2D one, which continues what one side shows: model."
    assert session.why_no_generator.startswith("No 3D generator on offer reads") and cure in session.why_no_generator
    session.place(clip(four_legs(tail=True)))
    assert "it stands on four legs, and 'humanoid' is a person" in session.why_no_generator


def test_a_clip_s_class_is_the_mean_over_its_frames_at_the_model_s_rate() -> None:
    seen: list[int] = []

    def log_probabilities(poses: np.ndarray, visible: np.ndarray | None) -> np.ndarray:
        seen.append(poses.shape[1])
        frames = np.log(np.full((1, poses.shape[1], 2), 0.5))
        frames[0, 0] = np.log([0.9, 0.1])
        return frames

    model: Any = SimpleNamespace(skeleton=HUMANOID, fps=15.0, log_probabilities=log_probabilities)
    probabilities = _classes_of(model, clip(HUMANOID, frames=21))
    assert seen == [11]
    assert probabilities.sum() == pytest.approx(1.0)
    odds = (0.9 / 0.1) ** (1 / 11)
    assert probabilities[0] / probabilities[1] == pytest.approx(odds)


def test_a_model_that_cannot_be_loaded_is_tried_once_and_the_panel_says_so(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Source] = []

    def refused(self: ModelShelf, source: Source) -> None:
        tried.append(source)
        raise PoseviewerError(str(source), "", "it is damaged", "get it again")

    monkeypatch.setattr(ModelShelf, "loaded", refused)
    session.offer_models()
    qtbot.waitUntil(lambda: "could not be loaded" in session.stepper.obstacle, timeout=20_000)
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)
    assert len(tried) == len(set(tried))
    usual = paths.models() / "humanoid-generator-latent.safetensors"
    assert usual in tried and usual.stem in session.stepper.obstacle
    monkeypatch.undo()
    session.use_model(usual)
    qtbot.waitUntil(lambda: session.stepper.obstacle == "", timeout=20_000)
