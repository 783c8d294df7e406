"""One request after another: what Step, Back and Run make of the lane, what they cost, what stands in the way."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.app.work import stepper
from poseviewer.bench.lane import FIRST
from tests.app.work.making import RAW, made, settle

B = "generated_b"


@pytest.fixture
def two(ready: Session, qtbot: QtBot) -> Session:
    """The latent generator in lane A, the raw one in lane B."""
    ready.use_model(RAW, role=B)
    settle(ready, qtbot)
    return ready


def test_a_run_is_one_edit(ready: Session, qtbot: QtBot) -> None:
    ready.stepper.run()
    qtbot.waitUntil(lambda: ready.bench.lane.horizon > 4, timeout=20_000)
    ready.stepper.stop()
    settle(ready, qtbot)
    ready.history.undo()
    assert ready.bench.lane.rollout is None


def test_what_is_being_generated_when_the_seed_moves_is_dropped(ready: Session, qtbot: QtBot) -> None:
    ready.stepper.step(5)
    start, stop = ready.bench.seed
    ready.set_seed(start, stop - 1)
    settle(ready, qtbot)
    assert ready.bench.lane.rollout is None


def test_frames_that_the_screen_was_too_slow_for_come_together(
    ready: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(ready, qtbot, 1)
    clock = [100.0]
    monkeypatch.setattr(stepper, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    lengths: list[int] = []

    def slowly() -> None:
        lengths.append(ready.bench.lane.horizon)
        clock[0] += 0.07  # what everybody takes who shows a frame

    ready.rollout_changed.connect(slowly)
    ready.stepper.run()
    qtbot.waitUntil(lambda: len(lengths) >= 6, timeout=20_000)
    ready.stepper.stop()
    settle(ready, qtbot)
    assert lengths[0] == 2 and set(np.diff(lengths[1:6])) <= {2, 3}  # 30 a second: each look takes two of them


def test_of_several_samples_all_frames_are_judged_when_a_run_has_ended(ready: Session, qtbot: QtBot) -> None:
    ready.set_sampling(samples=3)
    behind: list[int] = []
    bench = ready.bench
    ready.rollout_changed.connect(lambda: behind.append(bench.lane.horizon - len(bench.lane.verdicts or ())))
    ready.stepper.run()
    qtbot.waitUntil(lambda: bench.lane.horizon > 20, timeout=20_000)
    ready.stepper.stop()
    settle(ready, qtbot)
    lane = bench.lane
    assert lane.verdicts is not None and len(lane.verdicts) == lane.horizon and max(behind[2:]) < 12


def test_what_is_asked_for_in_a_run_does_not_wait_for_its_pace(
    ready: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []  # of the rollout, whenever the run waits for its next frame
    waiting = SimpleNamespace(singleShot=lambda wait, then: lengths.append(ready.bench.lane.horizon))
    monkeypatch.setattr(stepper, "QTimer", waiting)
    ready.stepper.run()
    made(ready, qtbot, 12)
    assert len(lengths) == 1 and lengths[0] >= 13


def test_a_request_is_seen_to_grow_and_is_one_edit(ready: Session, qtbot: QtBot) -> None:
    bench, lengths = ready.bench, []
    ready.rollout_changed.connect(lambda: lengths.append(bench.lane.horizon))
    made(ready, qtbot, 12)
    assert lengths == [5, 10, 12] and ready.history.count() == 1 and ready.history.undoText() == "+12"
    ready.stepper.back(4)
    made(ready, qtbot, 1)
    assert lengths == [5, 10, 12, 8, 9] and ready.history.count() == 3 and ready.history.undoText() == "step"
    assert bench.relative_frame() == 9


def test_the_same_frames_follow_the_seed_after_an_undo(ready: Session, qtbot: QtBot) -> None:
    bench = ready.bench
    first = made(ready, qtbot, 3)
    ready.history.undo()
    assert bench.lane.rollout is None and bench.end == bench.seed_end
    again = made(ready, qtbot, 3)
    assert again is not first and bench.relative_frame() == 3 and not ready.history.canRedo()
    np.testing.assert_array_equal(again.poses, first.poses)


def test_what_is_held_on_the_seed_s_last_frame_is_gone_on_from_again_after_an_undo(
    ready: Session, qtbot: QtBot
) -> None:
    bench = ready.bench
    free = made(ready, qtbot, 1).poses
    ready.history.undo()
    ready.set_time(bench.seed_end)
    latent = bench.latent_at()
    assert latent is not None
    ready.hold(latent + 1.0)
    ready.keep(None)
    held, bent = bench.held, made(ready, qtbot, 1)
    assert bench.lane.horizon == 1 and bench.held is None and np.abs(bent.poses - free).max() > 0.01
    ready.history.undo()
    assert bench.held is held and bench.held_frame == 0
    np.testing.assert_array_equal(made(ready, qtbot, 1).poses, bent.poses)
    ready.history.undo()
    ready.history.undo()
    assert bench.held is None
    np.testing.assert_array_equal(made(ready, qtbot, 1).poses, free)


def test_each_step_is_taken_at_the_temperature_of_its_time(ready: Session, qtbot: QtBot) -> None:
    made(ready, qtbot, 2)
    ready.set_sampling(temperature=0.5)
    assert made(ready, qtbot, 1).recipe.temperatures == (1.0, 1.0, 0.5)


def test_the_cost_is_the_median_of_the_last_steps(session: Session) -> None:
    assert session.stepper.milliseconds("generated_a") == 0.0
    costs = session.stepper._costs["generated_a"]
    costs.extend([9.0, *[2.0] * 20, *[3.0] * 10])
    assert session.stepper.milliseconds("generated_a") == 2.0 and len(costs) == 30
    assert session.stepper.milliseconds("generated_b") == 0.0


def test_each_lane_has_the_cost_of_its_own_steps(two: Session, qtbot: QtBot) -> None:
    two.stepper.choose(B)
    made(two, qtbot, 2)
    assert two.stepper.milliseconds(B) > 0.0 and two.stepper.milliseconds(FIRST) == 0.0


def test_what_stands_in_the_way_is_said(empty_session: Session, qtbot: QtBot) -> None:
    stepper = empty_session.stepper
    assert stepper.obstacle == "Open a clip first."
    with qtbot.waitSignal(empty_session.clip_changed, timeout=10_000):
        empty_session.open_motion(paths.demo(), remember=False)
    assert stepper.obstacle == "The generator is being loaded."
    empty_session.why_no_generator = "None fits."
    assert stepper.obstacle == "None fits."
    stepper.run()
    assert not stepper.running


def test_back_takes_frames_back_and_sets_none_by_the_held_pose(ready: Session, qtbot: QtBot) -> None:
    before = made(ready, qtbot, 6)
    ready.set_time(ready.bench.time_of_relative(3))
    latent = ready.bench.latent_at()
    assert latent is not None
    ready.hold(latent + 1.0)
    ready.keep(None)
    ready.stepper.back(2)
    settle(ready, qtbot)
    after = ready.bench.lane.rollout
    assert after is not None and after.recipe.by_hand == () and ready.bench.held is None
    np.testing.assert_array_equal(after.poses, before.poses[:, :4])


def test_back_ends_a_run_and_takes_back_from_where_it_ended(ready: Session, qtbot: QtBot) -> None:
    ready.stepper.run()
    qtbot.waitUntil(lambda: ready.bench.lane.horizon > 3, timeout=20_000)
    ready.stepper.back(2)
    assert not ready.stepper.running
    settle(ready, qtbot)
    left = ready.bench.lane.horizon
    qtbot.wait(150)
    assert ready.bench.lane.horizon == left and not ready.stepper.running


def test_another_choice_of_lanes_ends_a_run(two: Session, qtbot: QtBot) -> None:
    two.stepper.run()
    qtbot.waitUntil(lambda: two.bench.lane.horizon > 1, timeout=20_000)
    two.stepper.choose(B)
    settle(two, qtbot)
    assert not two.stepper.running
    left = [lane.horizon for lane in two.bench.lanes]
    qtbot.wait(150)
    assert [lane.horizon for lane in two.bench.lanes] == left


def test_back_leaves_the_playhead_with_the_lane_in_focus(two: Session, qtbot: QtBot) -> None:
    two.stepper.choose(B)
    made(two, qtbot, 8)
    two.stepper.choose(FIRST)
    made(two, qtbot, 4)
    two.stepper.choose("both")
    two.stepper.back(1)
    settle(two, qtbot)
    assert [lane.horizon for lane in two.bench.lanes] == [3, 7] and two.bench.relative_frame() == 3


def test_the_playhead_does_not_go_back_with_a_lane_that_comes_along(two: Session, qtbot: QtBot) -> None:
    two.stepper.choose(FIRST)
    made(two, qtbot, 12)
    two.stepper.choose("both")
    times = [two.bench.time]
    two.time_changed.connect(lambda: times.append(two.bench.time))
    made(two, qtbot, 2)
    assert [lane.horizon for lane in two.bench.lanes] == [14, 14]
    assert times == sorted(times) and two.bench.relative_frame() == 14


def test_where_memory_is_full_nothing_more_is_generated_and_back_makes_room(
    ready: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    ready.problem.connect(lambda words, _: told.append(words))
    made(ready, qtbot, 6)
    rollout = ready.bench.lane.rollout
    assert rollout is not None
    monkeypatch.setattr(stepper, "LIMIT", rollout.nbytes - 1)
    ready.stepper.run()
    settle(ready, qtbot)
    assert not ready.stepper.running and ready.bench.lane.horizon == 6
    assert len(told) == 1 and told[0].endswith("that are kept in memory: export it")
    ready.stepper.back(4)
    settle(ready, qtbot)
    assert ready.bench.lane.horizon == 2 and len(told) == 1
    made(ready, qtbot, 1)
    assert ready.bench.lane.horizon == 3 and len(told) == 1


def test_a_failure_ends_what_was_asked_for_and_is_told_once(
    ready: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    ready.problem.connect(lambda words, _: told.append(words))
    generator = ready.bench.lane.generator

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the card fell out")

    with monkeypatch.context() as broken:
        broken.setattr(type(generator), "step", fails)
        made(ready, qtbot, 20)
        ready.stepper.run()
        settle(ready, qtbot)
        assert not ready.stepper.running
    assert len(told) == 2 and all(words.startswith("Nothing was generated") for words in told)
    assert ready.bench.lane.rollout is None
    made(ready, qtbot, 3)
    assert ready.bench.lane.horizon == 3


def test_a_run_makes_up_for_a_quarter_of_a_second_and_for_no_more(
    ready: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(ready, qtbot, 1)
    clock, lengths, waits = [100.0], [1], iter([0.0, 0.2, 0.0, 60.0])
    monkeypatch.setattr(stepper, "time", SimpleNamespace(perf_counter=lambda: clock[0]))

    def looked() -> None:
        lengths.append(ready.bench.lane.horizon)
        clock[0] += 1.0 / 30.0 + next(waits, 0.0)

    ready.rollout_changed.connect(looked)
    ready.stepper.run()
    qtbot.waitUntil(lambda: len(lengths) >= 8, timeout=20_000)
    ready.stepper.stop()
    settle(ready, qtbot)
    assert 6 <= lengths[3] - lengths[2] <= 8  # a fifth of a second was lost, and is there again
    assert 7 <= lengths[5] - lengths[4] <= 10 and max(np.diff(lengths[5:8])) <= 2  # after a minute it does not rush


def test_the_playhead_goes_with_lane_b_where_that_is_in_focus(two: Session, qtbot: QtBot) -> None:
    two.stepper.choose(B)
    made(two, qtbot, 6)
    two.stepper.choose(FIRST)
    made(two, qtbot, 2)
    two.stepper.choose("both")
    two.set_focus(B)
    made(two, qtbot, 1)
    assert [lane.horizon for lane in two.bench.lanes] == [3, 7] and two.bench.relative_frame() == 7


def test_a_sample_that_is_picked_is_judged_while_it_runs(ready: Session, qtbot: QtBot) -> None:
    ready.set_sampling(samples=3)
    made(ready, qtbot, 10)
    ready.pick_sample(FIRST, 2)
    settle(ready, qtbot)
    bench, judged = ready.bench, list[bool]()
    ready.rollout_changed.connect(lambda: judged.append(bench.lane.verdicts is not None))
    ready.stepper.run()
    qtbot.waitUntil(lambda: bench.lane.horizon > 20, timeout=20_000)
    ready.stepper.stop()
    settle(ready, qtbot)
    assert bench.lane.sample == 2 and all(judged[:-1])
