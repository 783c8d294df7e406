"""An installed package's models in the session: offered unread, loaded when chosen, at work as far as they go."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.bench.scene.badge import likeliest_class
from poseviewer.data.writer import DatasetWriter
from poseviewer.motion.clip import Clip

SWINGS = ("swing-classifier", "swing-embedding", "swing-generator")


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=60_000)


@pytest.fixture
def session(empty_session: Session, pendulum: Clip, tmp_path: Path, qtbot: QtBot) -> Session:
    """A pendulum and one that swings the other way on the bench, every model on offer, none for them at work."""
    path = tmp_path / "swings.h5"
    with DatasetWriter(path) as writer:
        writer.add(pendulum)
        writer.add(replace(pendulum, name="back", positions=pendulum.positions[::-1].copy()))
    with qtbot.waitSignal(empty_session.clip_changed, timeout=10_000):
        empty_session.open([path])
    empty_session.offer_models()
    settle(empty_session, qtbot)
    return empty_session


def put_to_work(session: Session, qtbot: QtBot, *names: str) -> None:
    for name in names:
        session.use_model(name)
    settle(session, qtbot)


def test_installed_models_are_offered_without_running_their_code(
    empty_session: Session, installed: Path, qtbot: QtBot
) -> None:
    empty_session.offer_models()
    settle(empty_session, qtbot)
    assert set(SWINGS) <= set(empty_session.offers)
    assert empty_session.offers["swing-generator"].kind == ""
    assert "swing.models:SwingGenerator" in empty_session.offers["swing-generator"].about()
    assert "swing.models" not in sys.modules


def test_one_that_is_chosen_is_loaded_and_says_what_it_is(session: Session, qtbot: QtBot) -> None:
    bench = session.bench
    put_to_work(session, qtbot, *SWINGS)
    assert [session.offers[name].kind for name in SWINGS] == ["classifier", "embedding", "generator"]
    assert [session.at_work[kind] for kind in ("classifier", "embedding", "generator")] == list(SWINGS)
    assert "swing, 50 fps" in session.offers["swing-generator"].about()
    assert (bench.lane.misfit, bench.embedding_misfit, session.stepper.obstacle) == ("", "", "")
    likeliest = likeliest_class(bench)
    assert likeliest is not None and likeliest[0] == "left"
    assert session.settings.text("model/generator/3D") not in SWINGS  # the next start runs no code unasked


def test_an_embedding_without_statistics_fills_the_map(session: Session, qtbot: QtBot) -> None:
    bench = session.bench
    put_to_work(session, qtbot, "swing-embedding")
    assert not bench.has_statistics
    assert bench.clip_latents is not None and bench.clip_latents.shape == (25, 2)
    assert bench.index is not None and len(bench.index.latents) == 50
    assert bench.projection is not None
    session.set_time(0.4)
    session.hold(np.array([0.3, -0.2]))
    assert bench.held is not None
    rods = np.diff(bench.held.pose, axis=0)
    np.testing.assert_allclose(np.arctan2(rods[:, 0], -rods[:, 1]), [0.3, -0.2], atol=1e-5)


def test_its_rollout_lies_on_the_map_of_its_embedding(session: Session, qtbot: QtBot) -> None:
    bench = session.bench
    put_to_work(session, qtbot, "swing-embedding", "swing-generator")
    session.stepper.step(12)
    settle(session, qtbot)
    assert (bench.lane.horizon, bench.fps) == (12, 50.0)
    assert bench.lane.latents is not None and bench.lane.latents.own.shape == (12, 2)
    rods = np.diff(bench.lane.tracks[0].positions, axis=1)
    np.testing.assert_allclose(bench.lane.latents.own, np.arctan2(rods[..., 0], -rods[..., 1]), atol=1e-5)
    session.stepper.back(4)
    settle(session, qtbot)
    assert len(bench.lane.latents) == 8
    session.hold(np.array([0.7, 0.7]))
    session.stepper.step(1)
    settle(session, qtbot)
    np.testing.assert_allclose(bench.lane.latents.own[7], [0.7, 0.7], atol=1e-5)
    assert bench.lane.horizon == 9


def test_what_does_not_fit_the_clip_says_why_and_gives_way_on_the_next(
    session: Session, qtbot: QtBot, demo: Path
) -> None:
    put_to_work(session, qtbot, *SWINGS)
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.open([demo])
    settle(session, qtbot)
    clip = session.bench.clip
    assert clip is not None
    for name in SWINGS:
        assert "pivot, elbow, bob" in session.offers[name].misfit(clip)
    assert session.generator_source not in SWINGS and session.stepper.obstacle == ""
    put_to_work(session, qtbot, "swing-generator")
    assert "pivot, elbow, bob" in session.stepper.obstacle
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.select_clip(session.bench.datasets[0], 1)
    settle(session, qtbot)
    assert [session.at_work[kind] for kind in ("classifier", "embedding", "generator")] == list(SWINGS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("broken", "broken was not loaded: .*its package fails: ImportError: no module named 'nowhere'"),
        ("hollow", "hollow was not loaded: .*as an embedding it lacks encode, decode"),
        ("wide", r"The clip was not encoded: .*it gives an array of shape \(25, 2\) where \(25, 5\) is due"),
    ],
)
def test_a_faulty_one_is_one_sentence_and_the_session_goes_on(
    session: Session, qtbot: QtBot, name: str, words: str
) -> None:
    import re

    told: list[str] = []
    session.problem.connect(lambda sentence, _: told.append(sentence))
    put_to_work(session, qtbot, name)
    assert len(told) == 1 and re.search(words, told[0]), told
    assert "\n" not in told[0]
    put_to_work(session, qtbot, "swing-embedding", "swing-generator")
    session.stepper.step(3)
    settle(session, qtbot)
    assert len(told) == 1 and session.bench.lane.horizon == 3


def test_where_nothing_that_is_loaded_reads_the_clip_the_installed_are_pointed_to(session: Session) -> None:
    assert "reads pendulum (skeleton 'swing')" in session.stepper.obstacle
    assert "installed" in session.stepper.obstacle


def test_a_generator_that_fails_at_a_step_makes_no_frames_and_says_so(session: Session, qtbot: QtBot) -> None:
    told: list[str] = []
    session.problem.connect(lambda sentence, _: told.append(sentence))
    put_to_work(session, qtbot, "failing")
    session.stepper.step(50)
    settle(session, qtbot)
    assert session.bench.lane.horizon == 0
    assert len(told) == 1 and "step: it fails: ZeroDivisionError: division by zero" in told[0]


def test_what_an_installed_generator_makes_is_judged_by_the_dataset(
    session: Session, pendulum: Clip, tmp_path: Path, qtbot: QtBot
) -> None:
    put_to_work(session, qtbot, "swing-generator")
    session.judging.automatic = True
    session.stepper.step(3)
    settle(session, qtbot)
    assert session.bench.lane.verdicts is None  # half of two clips is no measure
    few = "Not judged: it has too few clips of real motion to judge by (1 clip: "
    assert session.bench.no_reference.startswith(few)
    path = tmp_path / "many.h5"
    with DatasetWriter(path) as writer:
        for number in range(24):
            angle = (0.3 + 0.01 * number) * np.cos(3.1 * np.arange(75) / pendulum.fps)
            rod = np.stack([np.sin(angle), -np.cos(angle), 0.0 * angle], axis=-1)
            poses = np.stack([0.0 * rod, rod, 2.0 * rod], axis=1).astype(np.float32)
            writer.add(replace(pendulum, name=f"{number:02d}", positions=poses, visible=None, rotations=None))
    session.open([path])
    qtbot.waitUntil(lambda: len(session.bench.datasets) == 2, timeout=10_000)
    settle(session, qtbot)
    session.stepper.step(3)
    settle(session, qtbot)
    assert (session.bench.judged_by, session.bench.no_reference) == ("by many.h5: 12 clips", "")
    assert session.bench.lane.verdicts is not None and len(session.bench.lane.verdicts) == 3
