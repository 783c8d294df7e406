"""Rollouts stay with their clip, seed, model and samples, whatever is on the bench."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.data.dataset import Dataset
from tests.app.work.making import LATENT, RAW, choose, made, settle


def test_each_model_keeps_its_rollout(ready: Session, qtbot: QtBot) -> None:
    of_latent = made(ready, qtbot, 5)
    choose(ready, qtbot, RAW)
    assert ready.bench.lane.rollout is None
    of_raw = made(ready, qtbot, 3)
    choose(ready, qtbot, LATENT)
    assert ready.bench.lane.rollout is of_latent
    choose(ready, qtbot, RAW)
    assert ready.bench.lane.rollout is of_raw


def test_each_number_of_samples_keeps_its_rollout(ready: Session, qtbot: QtBot) -> None:
    one = made(ready, qtbot, 5)
    ready.set_sampling(samples=4)
    assert ready.bench.lane.rollout is None
    four = made(ready, qtbot, 2)
    assert four.samples == 4
    ready.set_sampling(samples=1)
    assert ready.bench.lane.rollout is one
    ready.history.undo()
    assert (ready.bench.lane.samples, ready.bench.lane.rollout) == (4, four)


def test_another_number_of_samples_drops_what_is_still_asked_for(ready: Session, qtbot: QtBot) -> None:
    ready.stepper.step(20)
    ready.set_sampling(samples=4)
    settle(ready, qtbot)
    assert ready.bench.lane.horizon == 0


def test_to_turn_the_number_of_samples_is_one_edit_while_nothing_is_generated(ready: Session, qtbot: QtBot) -> None:
    for samples in (2, 3, 4):
        ready.set_sampling(samples=samples)
    assert ready.history.count() == 1
    ready.history.undo()
    assert ready.bench.lane.samples == 1


def test_where_a_rollout_is_dropped_time_goes_to_what_is_left(ready: Session, qtbot: QtBot) -> None:
    made(ready, qtbot, 12)
    assert ready.bench.time > ready.bench.seed_end
    (kept,) = ready.keeping.on_bench()
    ready.drop(kept)
    assert ready.bench.time <= ready.bench.end and not ready.bench.shows_generated()
    ready.history.undo()
    assert ready.bench.relative_frame() == 12


def test_each_seed_keeps_its_rollout_by_hand_too(ready: Session, qtbot: QtBot) -> None:
    seed, rollout = ready.bench.seed, made(ready, qtbot, 5)
    ready.set_seed(0, 20)
    assert ready.bench.lane.rollout is None
    ready.set_seed(*seed)
    assert ready.bench.lane.rollout is rollout


def test_a_clip_s_history_comes_back_with_it(ready: Session, qtbot: QtBot) -> None:
    dataset, index = ready.bench.dataset, ready.bench.clip_index
    assert dataset is not None
    rollout = made(ready, qtbot, 5)
    ready.reset()
    for wanted in (index + 1, index):
        with qtbot.waitSignal(ready.clip_changed, timeout=5000):
            ready.select_clip(dataset, wanted)
        settle(ready, qtbot)
        assert ready.bench.lane.rollout is None
        if wanted != index:
            assert not ready.history.canUndo()
    ready.history.undo()
    assert ready.bench.lane.rollout is rollout


def test_a_closed_and_opened_dataset_has_its_rollouts(ready: Session, qtbot: QtBot) -> None:
    dataset = ready.bench.dataset
    assert dataset is not None and dataset.path is not None
    rollout = made(ready, qtbot, 5)
    ready.close_dataset(dataset)
    assert ready.bench.clip is None and ready.bench.lane.rollout is None
    with qtbot.waitSignal(ready.clip_changed, timeout=5000):
        ready.open_motion(dataset.path, remember=False)
    settle(ready, qtbot)
    assert ready.bench.lane.rollout is rollout


def test_a_kept_rollout_opens_its_closed_dataset_again(
    ready: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    ready.problem.connect(lambda sentence, _: told.append(sentence))
    made(ready, qtbot, 3)
    (kept,) = ready.keeping.rollouts
    dataset, index = ready.bench.dataset, ready.bench.clip_index
    assert dataset is not None
    for changed in (False, True):
        ready.close_dataset(ready.bench.datasets[0])
        assert ready.bench.clip is None
        if changed:
            monkeypatch.setattr(Dataset, "digest", lambda self, index: 0)
        ready.keeping.show(kept)
        settle(ready, qtbot)
        assert len(ready.bench.datasets) == 1
        if changed:
            assert ready.bench.lane.rollout is None and "another motion" in told[0] and len(told) == 1
        else:
            assert ready.bench.lane.rollout is kept.rollout and ready.bench.clip_index == index and not told


def test_it_tells_when_other_rollouts_are_kept_and_not_when_one_grows(ready: Session, qtbot: QtBot) -> None:
    told: list[int] = []
    ready.keeping.changed.connect(lambda: told.append(len(ready.keeping.rollouts)))
    made(ready, qtbot, 7)
    assert told == [1]
    ready.set_seed(0, 20)
    made(ready, qtbot, 1)
    ready.reset()
    assert told == [1, 2, 1]


def test_showing_a_kept_rollout_ends_run(ready: Session, qtbot: QtBot) -> None:
    first = made(ready, qtbot, 5)
    (kept,) = ready.keeping.rollouts
    ready.set_seed(0, 20)
    ready.stepper.run()
    qtbot.waitUntil(lambda: ready.bench.lane.horizon > 0, timeout=20_000)
    ready.keeping.show(kept)
    assert not ready.stepper.running
    settle(ready, qtbot)
    assert ready.bench.lane.rollout is first


def test_looking_at_a_rollout_goes_to_its_end_though_the_truth_goes_on(ready: Session, qtbot: QtBot) -> None:
    ready.set_seed(0, 20)
    made(ready, qtbot, 5)
    (kept,) = ready.keeping.rollouts
    end = ready.bench.lane.track.end  # type: ignore[union-attr]
    ready.branch()
    made(ready, qtbot, 3)
    assert ready.bench.clip is not None and end < ready.bench.clip.duration
    ready.keeping.show(kept)
    settle(ready, qtbot)
    assert ready.bench.lane.rollout is kept.rollout and ready.bench.time == end and ready.bench.shows_generated()


def test_a_kept_rollout_is_shown_in_its_own_lane_with_its_seed_up_to_its_end(ready: Session, qtbot: QtBot) -> None:
    ready.use_model(RAW, role="generated_b")
    settle(ready, qtbot)
    seed = ready.bench.seed
    ready.stepper.choose("generated_b")
    made(ready, qtbot, 9)
    (kept,) = ready.keeping.on_bench()
    ready.set_seed(0, 20)
    assert ready.bench.seed != seed and not ready.bench.generated
    ready.keeping.show(kept)
    settle(ready, qtbot)
    bench = ready.bench
    assert bench.seed == seed and [lane.rollout for lane in bench.lanes] == [None, kept.rollout]
    assert bench.focus == "generated_b" and bench.relative_frame() == 9
    assert [lane.generator is kept.rollout.generator for lane in bench.lanes] == [False, True]
    ready.history.undo()
    assert bench.seed == (0, 20) and bench.focus == "generated_a" and not bench.generated


def test_a_clip_comes_back_with_its_number_and_without_the_loop_of_another(ready: Session, qtbot: QtBot) -> None:
    dataset, index = ready.bench.dataset, ready.bench.clip_index
    assert dataset is not None
    made(ready, qtbot, 4)
    ready.set_time(ready.bench.seed_end)
    ready.branch()
    other = made(ready, qtbot, 3)
    assert ready.bench.lane.number == 1
    ready.set_loop_range((0.0, 0.5))
    for wanted in (index + 1, index):
        with qtbot.waitSignal(ready.clip_changed, timeout=5000):
            ready.select_clip(dataset, wanted)
        settle(ready, qtbot)
        assert ready.loop_range is None
    assert ready.bench.lane.number == 1 and ready.bench.lane.rollout is other


def test_the_seed_keeps_its_length_where_its_end_is_chosen(ready: Session) -> None:
    ready.set_seed(2, 12)
    ready.end_seed_at(19)
    assert ready.bench.seed == (10, 20) and ready.bench.time == pytest.approx(ready.bench.seed_end)
    ready.end_seed_at(3)
    assert ready.bench.seed == (0, 4)


def test_intervening_ends_what_is_being_generated(ready: Session, qtbot: QtBot) -> None:
    made(ready, qtbot, 4)
    ready.stepper.step(20)
    ready.intervene()
    settle(ready, qtbot)
    assert ready.bench.lane.horizon == 4 and ready.bench.held is not None
