"""Class probabilities follow clip, rollout, sample and classifier, and no frame waits for them."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.analysis.classes import answers as classes
from poseviewer.analysis.classes.answers import Answers
from poseviewer.app.session import Session
from poseviewer.bench.classes.lanes import class_lanes
from poseviewer.bench.classes.naming import BOTH
from poseviewer.errors import PoseviewerError
from tests.analysis.classes.sides import Sides
from tests.app.work.making import choose, made, settle
from tests.views.driving.things import flat, rig, unread


def told(session: Session, place: int = 0) -> Answers:
    """Of what the lane generated."""
    answers = session.bench.naming.answers[place, session.bench.lane.role]
    assert not isinstance(answers, str), answers
    return answers


@pytest.fixture
def named(ready: Session, qtbot: QtBot) -> Session:
    """The demo with the shipped models at work and a classifier of known answers."""
    settle(ready, qtbot)
    ready.bench.classifier = Sides()
    ready.classifying.follow()
    settle(ready, qtbot)
    return ready


def test_step_asks_for_what_is_new_and_back_cuts(named: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []
    whole = classes.of_rollout

    def listening(classifier: Any, rollout: Any, sample: int, known: Answers, frames: Any) -> Any:
        asked.append(sorted(set(frames.tolist()) - set(known.frames.tolist())))
        return whole(classifier, rollout, sample, known, frames)

    monkeypatch.setattr(classes, "of_rollout", listening)
    made(named, qtbot, 5)
    assert told(named).frames.tolist() == [-1, 4]
    made(named, qtbot, 5)
    made(named, qtbot, 5)
    assert told(named).frames.tolist() == [-1, 9, 14] and asked[1:] == [[9], [14]]
    named.stepper.back(4)
    settle(named, qtbot)
    assert told(named).frames.tolist() == [-1, 9, 10] and asked[-1] == [10]
    named.history.undo()
    settle(named, qtbot)
    assert told(named).frames.tolist() == [-1, 9, 14] and asked[-1] == [10]  # they had stayed beside the rollout
    named.reset()
    settle(named, qtbot)
    assert (0, named.bench.lane.role) not in named.bench.naming.answers and (0, None) in named.bench.naming.answers


def test_no_frame_waits_for_an_answer(named: Session, qtbot: QtBot) -> None:
    gate = threading.Event()

    class Slow(Sides):
        def log_probabilities(self, poses: Any, visible: Any = None) -> Any:
            gate.wait(30.0)
            return super().log_probabilities(poses, visible)

    named.bench.classifier = Slow()
    named.classifying.follow()
    try:
        named.stepper.step(30)
        qtbot.waitUntil(lambda: named.bench.lane.horizon == 30, timeout=60_000)
        assert (0, named.bench.lane.role) not in named.bench.naming.answers
    finally:
        gate.set()
    settle(named, qtbot)
    assert told(named).frames.tolist() == [-1, 9, 19, 29]


def test_while_it_runs_every_tenth_frame_is_answered_and_the_newest_once_it_rests(named: Session, qtbot: QtBot) -> None:
    named.stepper.run()
    qtbot.waitUntil(lambda: named.bench.lane.horizon >= 23, timeout=60_000)
    qtbot.waitUntil(lambda: (0, named.bench.lane.role) in named.bench.naming.answers, timeout=30_000)
    named.stepper.stop()
    settle(named, qtbot)
    frames, length = told(named).frames.tolist(), named.bench.lane.horizon
    assert frames == sorted({*range(-1, length, 10), length - 1})


def test_the_picked_sample_is_what_is_named(named: Session, qtbot: QtBot) -> None:
    named.set_sampling(samples=3)
    rollout = made(named, qtbot, 20)
    first = told(named)
    named.bench.put(replace(named.bench.lane, sample=2))
    named.rollout_changed.emit()
    settle(named, qtbot)
    wanted = np.exp(Sides().log_probabilities(rollout.poses[2:, 10:20])).mean(axis=(0, 1))
    assert told(named) is not first and told(named).frames.tolist() == first.frames.tolist()
    assert len(wanted) == told(named).probabilities.shape[1]


def test_raw_and_latent_stand_side_by_side(ready: Session, qtbot: QtBot) -> None:
    made(ready, qtbot, 12)
    assert [namer.name for namer in ready.bench.naming.namers] == ["humanoid-classifier-raw"]
    ready.set_look(classes=BOTH)
    settle(ready, qtbot)
    assert [(n.name, n.kind) for n in ready.bench.naming.namers] == [
        ("humanoid-classifier-raw", "raw"),
        ("humanoid-classifier-latent", "latent"),
    ]
    assert told(ready, 0).frames.tolist() == told(ready, 1).frames.tolist() == [-1, 9, 11]
    assert not np.allclose(told(ready, 0).probabilities, told(ready, 1).probabilities)
    made(ready, qtbot, 9)
    assert told(ready, 0).frames.tolist() == told(ready, 1).frames.tolist() == [-1, 9, 19, 20]
    ready.set_look(classes="")
    assert ready.bench.naming.namers == () and class_lanes(ready.bench) == ()


def test_a_failing_classifier_is_a_sentence_and_is_not_asked_for_ever(named: Session, qtbot: QtBot) -> None:
    problems: list[str] = []
    named.problem.connect(lambda sentence, _: problems.append(sentence))

    class Broken(Sides):
        def log_probabilities(self, poses: Any, visible: Any = None) -> Any:
            raise ValueError("no such motion")

    named.bench.classifier = Broken()
    named.classifying.follow()
    settle(named, qtbot)
    made(named, qtbot, 3)
    assert len(problems) == 2 and all("no such motion" in sentence for sentence in problems)  # clip, rollout
    (lane,) = class_lanes(named.bench)
    assert lane.why == "it gave no answer" and not len(lane.times)


@pytest.mark.parametrize("make", [flat, rig, unread])
def test_it_is_named_by_what_reads_its_skeleton_or_a_sentence_says_why(
    ready: Session, qtbot: QtBot, tmp_path: Path, make: Any
) -> None:
    (path,) = make(tmp_path)
    with qtbot.waitSignal(ready.clip_changed, timeout=20_000):
        ready.open_motion(path)
    settle(ready, qtbot)
    lane = class_lanes(ready.bench)[0]
    if make is unread:
        assert not len(lane.times) and "no joint that maps onto" in lane.why
        return
    assert lane.why == "" and len(lane.times) > 3
    assert ready.bench.naming.namers[0].name.startswith("penn" if make is flat else "humanoid")


def test_a_flat_model_on_a_clip_in_space_has_its_own_sentence(ready: Session, qtbot: QtBot) -> None:
    choose(ready, qtbot, paths.models() / "penn-generator-latent.safetensors")
    made(ready, qtbot, 4)
    (lane,) = class_lanes(ready.bench)
    assert lane.why == "humanoid-classifier-raw reads 3D poses, what A generates has 2D ones." and len(lane.times)


def test_while_one_is_loaded_nobody_is_told_to_choose_one(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def damaged(source: object) -> None:
        gate.wait(20.0)
        raise PoseviewerError("model", "", "it is damaged", "open another one")

    monkeypatch.setattr(session.shelf, "loaded", damaged)
    session.offer_models()
    qtbot.waitUntil(lambda: class_lanes(session.bench)[0].why == "The classifier is being loaded.", timeout=10_000)
    gate.set()
    settle(session, qtbot)
    qtbot.waitUntil(lambda: class_lanes(session.bench)[0].why.startswith("No classifier is at work"), timeout=5_000)


def test_without_a_clip_nothing_is_named(ready: Session, qtbot: QtBot) -> None:
    made(ready, qtbot, 4)
    ready.close_dataset(ready.bench.datasets[0])
    settle(ready, qtbot)
    assert class_lanes(ready.bench) == () and ready.bench.naming.answers == {}
