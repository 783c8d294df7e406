"""Lanes: results and failures arrive on the GUI thread, progress shows, cancel closes the generator."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.jobs import Jobs
from poseviewer.progress import Job, Progress


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


def test_a_result_arrives_on_the_gui_thread(jobs: Jobs, qtbot: QtBot) -> None:
    seen: list[tuple[object, object]] = []
    jobs.submit("a", "work", threading.current_thread, lambda r: seen.append((r, threading.current_thread())), print)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0] is not threading.main_thread()
    assert seen[0][1] is threading.main_thread()
    assert jobs.running == []


def test_a_failure_arrives_as_the_exception(jobs: Jobs, qtbot: QtBot) -> None:
    seen: list[BaseException] = []

    def work() -> None:
        raise ValueError("no")

    jobs.submit("a", "work", work, lambda _: None, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], ValueError)


class Held:
    """Tells on which thread it is let go of."""

    def __init__(self, told: list[threading.Thread]) -> None:
        self._told = told

    def __del__(self) -> None:
        self._told.append(threading.current_thread())


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_task_was_given_is_let_go_of_on_the_gui_thread(jobs: Jobs, qtbot: QtBot, fails: bool) -> None:
    ended: list[int] = []
    told: list[threading.Thread] = []

    def work(_: Held) -> Held:
        if fails:
            raise ValueError("no")
        return Held(told)

    def tell(_: Held, how: object) -> None:
        ended.append(1)

    for _ in range(3):
        jobs.submit("a", "work", partial(work, Held(told)), partial(tell, Held(told)), partial(tell, Held(told)))
    qtbot.waitUntil(lambda: len(ended) == 3)
    jobs.submit("a", "more", int, ended.append, print)
    qtbot.waitUntil(lambda: len(ended) == 4)
    assert len(told) == (9 if fails else 12)
    assert set(told) == {threading.main_thread()}


def test_cancel_closes_the_job_on_its_own_thread_and_tells_nobody(jobs: Jobs, qtbot: QtBot) -> None:
    closed: list[threading.Thread] = []
    told: list[object] = []

    def work() -> Job:
        try:
            for i in range(10_000):
                time.sleep(0.002)
                yield Progress(i, 10_000)
        finally:
            closed.append(threading.current_thread())

    task = jobs.submit("a", "work", work, told.append, told.append)
    qtbot.waitUntil(lambda: task.progress.done > 2)
    task.cancel()
    qtbot.waitUntil(lambda: not jobs.running)
    assert closed and closed[0] is not threading.main_thread()
    assert told == []


def test_tasks_of_one_lane_keep_their_order_and_lanes_run_side_by_side(jobs: Jobs, qtbot: QtBot) -> None:
    order: list[str] = []
    gate = threading.Event()
    jobs.submit("slow", "1", lambda: gate.wait(5), lambda _: order.append("slow"), print)
    jobs.submit("fast", "1", lambda: 1, lambda _: order.append("fast 1"), print)
    jobs.submit("fast", "2", lambda: 2, lambda _: order.append("fast 2"), print)
    qtbot.waitUntil(lambda: len(order) == 2)
    gate.set()
    qtbot.waitUntil(lambda: len(order) == 3)
    assert order == ["fast 1", "fast 2", "slow"]


def test_the_result_of_a_job_is_its_return_value(jobs: Jobs, qtbot: QtBot) -> None:
    seen: list[object] = []

    def work() -> Iterator[Progress]:
        yield Progress(1, 1)
        return 7

    jobs.submit("a", "work", work, seen.append, print)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [7]


def test_lanes_rest_behind_their_next_step_while_they_are_asked_to(jobs: Jobs, qtbot: QtBot) -> None:
    made: list[float] = []

    def work() -> Job:
        while len(made) < 10_000:
            made.append(time.monotonic())
            yield Progress(len(made))
            time.sleep(0.001)

    task = jobs.submit("a", "work", work, print, print, quiet=True)
    qtbot.waitUntil(lambda: len(made) > 3)
    jobs.rest()
    time.sleep(0.01)  # a step may be under way
    before = len(made)
    time.sleep(0.03)
    assert len(made) <= before + 1
    qtbot.waitUntil(lambda: len(made) > before + 4)
    assert min(later - made[before + 2] for later in made[before + 3 :]) < 0.09  # and no longer
    task.cancel()


def test_of_quiet_work_nobody_is_told_step_by_step(jobs: Jobs, qtbot: QtBot) -> None:
    told: list[int] = []
    ended: list[object] = []
    jobs.changed.connect(lambda: told.append(1))
    jobs.submit("a", "work", lambda: (Progress(n) for n in range(20)), ended.append, print, quiet=True)
    qtbot.waitUntil(lambda: bool(ended))
    assert len(told) < 5
