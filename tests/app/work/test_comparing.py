"""Samples that end alike, and rollouts of different seeds that do, are told once the rollout rests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.app.work import comparing
from poseviewer.data.dataset import Dataset
from poseviewer.nets.protocols import Step
from poseviewer.progress import Progress
from tests.app.work.making import made, settle
from tests.judged import Scripted, walks

CLIPS = walks(84, 80)


class Parting(Scripted):
    """Each sample goes its own way: the poses of another walk."""

    def newest(self, state: Any) -> Step:
        frame, samples = state
        return Step(np.stack([CLIPS[5 * k].positions[min(frame - 1, 79)] for k in range(samples)]))


@pytest.fixture
def session(empty_session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Many walks, of which the first lies on the bench; nothing is learnt but what they do."""
    dataset = Dataset.of(CLIPS, "walks")
    empty_session.comparing._timer.setInterval(10)
    empty_session.bench.datasets.append(dataset)
    empty_session.place(dataset.clip(0), dataset, 0)
    monkeypatch.setattr(empty_session.judging, "_learn", lambda measure: "Not judged yet")
    empty_session.judging.automatic = True
    return empty_session


def generate_with(session: Session, generator: Any, samples: int) -> None:
    session.bench.put(replace(session.bench.lane, generator=generator, samples=samples))
    session.models_replaced()


def rests(session: Session, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: not session.comparing._timer.isActive())
    settle(session, qtbot)
    return session.bench.alike


def test_samples_that_are_the_same_end_alike_and_others_do_not(session: Session, qtbot: QtBot) -> None:
    generate_with(session, Scripted(CLIPS[0].positions, 99), 8)
    made(session, qtbot, 20)
    assert rests(session, qtbot) == ""  # less than a second tells nothing
    made(session, qtbot, 30)
    assert rests(session, qtbot).startswith("The 8 samples end alike: walk; the ")
    session.stepper.back(40)
    settle(session, qtbot)
    assert rests(session, qtbot) == ""
    generate_with(session, Parting(CLIPS[0].positions, 99), 8)
    made(session, qtbot, 50)
    assert rests(session, qtbot) == ""


def test_rollouts_of_different_seeds_that_stand_still_end_alike(session: Session, qtbot: QtBot) -> None:
    generate_with(session, Scripted(CLIPS[0].positions, 40), 1)
    dataset = session.bench.datasets[0]
    for row in range(0, 84, 12):
        session.place(dataset.clip(row), dataset, row)
        session.set_seed(0, 20)
        made(session, qtbot, 50)
        if row == 0:
            assert rests(session, qtbot) == ""  # one alone is like nothing
    assert rests(session, qtbot).startswith("Rollouts of 7 different seeds end alike: ")


def test_rollouts_of_other_generators_are_not_compared(session: Session, qtbot: QtBot) -> None:
    dataset = session.bench.datasets[0]
    for row in (0, 12, 24, 36):
        if row in (0, 36):
            generate_with(session, Scripted(CLIPS[0].positions, 40), 1)
        session.place(dataset.clip(row), dataset, row)
        session.set_seed(0, 20)
        made(session, qtbot, 50)
    assert len(session.comparing._kept()) == 4 and not session.comparing._sets()


def test_nothing_is_learnt_where_there_is_nothing_to_compare(session: Session, qtbot: QtBot) -> None:
    generate_with(session, Scripted(CLIPS[0].positions, 40), 1)
    made(session, qtbot, 50)
    assert rests(session, qtbot) == "" and not session.comparing._known.get(session.bench.datasets[0])


def test_learning_goes_on_while_steps_are_made_and_ends_where_it_is_cancelled(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    def slow(*_: Any) -> Iterator[Progress]:
        begun.append(1)
        while True:
            yield Progress(1, 4)

    monkeypatch.setattr(comparing, "_futures", slow)
    generate_with(session, Scripted(CLIPS[0].positions, 99), 8)
    session.stepper.step(40)
    qtbot.waitUntil(lambda: len(begun) == 1, timeout=20_000)
    session.stepper.step(5)
    qtbot.waitUntil(lambda: session.bench.lane.horizon == 45, timeout=20_000)
    qtbot.waitUntil(lambda: not session.comparing._timer.isActive())
    (task,) = [task for task in session.jobs.running if task.title == "Comparing with walks"]
    assert not task.cancelled and not task.quiet
    task.cancel()
    made(session, qtbot, 5)
    assert rests(session, qtbot) == "" and len(begun) == 1


def test_two_samples_are_a_set_already_and_so_are_two_seeds(session: Session, qtbot: QtBot) -> None:
    generate_with(session, Scripted(CLIPS[0].positions, 40), 2)
    dataset = session.bench.datasets[0]
    for row, sets in ((0, 1), (12, 2)):
        session.place(dataset.clip(row), dataset, row)
        session.set_seed(0, 20)
        made(session, qtbot, 40)
        assert len(session.comparing._sets()) == sets
