"""Two generators on one seed, each in a lane."""

from __future__ import annotations

import time

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.app.work.move import Move
from poseviewer.app.work.stepper import Request
from poseviewer.bench.compose import compose
from poseviewer.bench.lane import FIRST
from poseviewer.bench.map.picture import MapComposer, here
from poseviewer.bench.planes import held_positions
from poseviewer.bench.verdicts import verdict_curves
from poseviewer.text import counted
from tests.app.work.making import LATENT, RAW, B, lane, made, settle


def test_a_second_generator_stands_beside_the_first_and_leaves_the_map_to_it(two: Session) -> None:
    assert [(one.name, one.role) for one in two.bench.lanes] == [("A", FIRST), ("B", B)]
    assert two.at_work["generator"] == LATENT and two.at_work["generator b"] == RAW
    assert two.bench.focus == FIRST and two.at_work["embedding"] == LATENT
    two.history.undo()
    assert [one.name for one in two.bench.lanes] == ["A"] and "generator b" not in two.at_work
    two.history.redo()
    assert [one.name for one in two.bench.lanes] == ["A", "B"]


def test_both_go_on_from_one_seed_and_one_undo_takes_both_back(two: Session, qtbot: QtBot) -> None:
    made(two, qtbot, 15)
    first, second = lane(two, FIRST), lane(two, B)
    assert (first.horizon, second.horizon) == (15, 15)
    assert first.rollout is not None and second.rollout is not None
    assert first.verdicts is not None and second.verdicts is not None and len(second.verdicts) == 15
    assert second.latents is not None and len(second.latents) == 15  # the map's embedding reads B's poses
    assert np.abs(first.rollout.poses - second.rollout.poses).max() > 1e-3
    assert two.bench.time == pytest.approx(two.bench.end) and len(two.keeping.on_bench()) == 2
    two.history.undo()
    assert (lane(two, FIRST).horizon, lane(two, B).horizon) == (0, 0) and not two.keeping.on_bench()
    two.history.redo()
    assert (lane(two, FIRST).rollout, lane(two, B).rollout) == (first.rollout, second.rollout)


def test_steps_move_the_lane_that_is_chosen(two: Session, qtbot: QtBot) -> None:
    two.stepper.choose(B)
    made(two, qtbot, 5)
    assert (lane(two, FIRST).horizon, lane(two, B).horizon) == (0, 5)
    two.stepper.choose("both")
    made(two, qtbot, 1)
    assert (lane(two, FIRST).horizon, lane(two, B).horizon) == (1, 6)
    two.stepper.choose(FIRST)
    two.stepper.back(1)
    settle(two, qtbot)
    assert (lane(two, FIRST).horizon, lane(two, B).horizon) == (0, 6)
    two.stepper.choose("both")
    two.reset()
    assert not two.bench.generated
    two.history.undo()
    assert lane(two, B).horizon == 6


def test_run_brings_the_lane_that_is_behind_to_the_other_and_then_both_on(two: Session, qtbot: QtBot) -> None:
    two.stepper.choose(B)
    made(two, qtbot, 4)
    two.stepper.choose("both")
    two.stepper.run()
    qtbot.waitUntil(lambda: lane(two, B).horizon >= 7, timeout=20_000)
    two.stepper.stop()
    settle(two, qtbot)
    assert abs(lane(two, FIRST).horizon - lane(two, B).horizon) <= 1


def test_frames_that_come_together_bring_the_lane_that_is_behind_no_further_than_the_other(
    two: Session, qtbot: QtBot
) -> None:
    two.stepper.choose(B)
    made(two, qtbot, 6)
    two.stepper.choose("both")
    came: list[tuple[str, int]] = []

    def slow(move: Move, request: Request, rollout: object) -> None:
        came.append((request.role, request.frames))
        time.sleep(0.12)  # a screen that takes longer than a frame

    two.stepper.moved.connect(slow)
    two.stepper.run()
    qtbot.waitUntil(lambda: lane(two, B).horizon > 6, timeout=20_000)
    two.stepper.stop()
    settle(two, qtbot)
    together = next(number for number, (role, _) in enumerate(came) if role == B)
    assert sum(frames for _, frames in came[:together]) - came[together][1] == 6
    assert max(frames for _, frames in came) > 1


def test_one_model_in_both_lanes_has_a_rollout_in_each(ready: Session, qtbot: QtBot) -> None:
    ready.use_model(LATENT, role=B)
    settle(ready, qtbot)
    made(ready, qtbot, 3)
    first, second = lane(ready, FIRST), lane(ready, B)
    assert first.generator is second.generator and first.number != second.number
    assert first.rollout is not None and second.rollout is not None and first.rollout is not second.rollout
    assert np.abs(first.rollout.poses - second.rollout.poses).max() > 1e-3
    assert len(ready.keeping.on_bench()) == 2


def test_what_is_held_where_the_lane_in_focus_has_no_frame_is_not_gone_on_from(two: Session, qtbot: QtBot) -> None:
    two.stepper.choose(B)
    made(two, qtbot, 10)
    two.stepper.choose(FIRST)
    made(two, qtbot, 4)
    two.set_time(two.bench.time_of_relative(8))
    latent = two.bench.latent_at()
    assert latent is not None
    two.hold(latent + 0.5)
    two.keep(None)
    assert two.bench.held is not None and two.bench.held_frame is None  # what stands there is of lane B
    assert made(two, qtbot, 1).recipe.by_hand == () and lane(two, FIRST).horizon == 5


def test_one_model_in_both_lanes_has_two_rollouts_on_the_next_clip_too(ready: Session, qtbot: QtBot) -> None:
    ready.use_model(LATENT, role=B)
    settle(ready, qtbot)
    dataset = ready.bench.dataset
    assert dataset is not None
    with qtbot.waitSignal(ready.clip_changed, timeout=5000):
        ready.select_clip(dataset, ready.bench.clip_index + 1)
    settle(ready, qtbot)
    made(ready, qtbot, 2)
    first, second = lane(ready, FIRST).rollout, lane(ready, B).rollout
    assert first is not None and second is not None and np.abs(first.poses - second.poses).max() > 1e-3


def test_a_lane_that_goes_leaves_its_rollout_kept_and_comes_back_with_it(two: Session, qtbot: QtBot) -> None:
    made(two, qtbot, 5)
    two.shelf.clear(B)
    assert [one.name for one in two.bench.lanes] == ["A"] and len(two.keeping.on_bench()) == 2
    made(two, qtbot, 1)
    assert two.bench.lane.horizon == 6
    two.history.undo()
    two.history.undo()
    assert lane(two, B).horizon == 5
    two.shelf.clear(B)
    two.use_model(RAW, role=B)
    settle(two, qtbot)
    assert lane(two, B).horizon == 5


def test_the_lane_in_focus_is_what_is_grabbed_and_held(two: Session, qtbot: QtBot) -> None:
    made(two, qtbot, 5)
    of_a, of_b = lane(two, FIRST).latent_at(two.bench.time), lane(two, B).latent_at(two.bench.time)
    assert of_a is not None and of_b is not None
    np.testing.assert_array_equal(two.bench.latent_at(), of_a)
    two.set_focus(B)
    np.testing.assert_array_equal(two.bench.latent_at(), of_b)
    before = lane(two, FIRST).rollout
    two.hold(of_b + 0.5)
    two.keep(None)
    made(two, qtbot, 1)
    assert lane(two, B).horizon == 6 and lane(two, FIRST).horizon == 6
    rollout = lane(two, FIRST).rollout
    assert rollout is not None and before is not None and rollout.shared(before) == 5
    assert lane(two, B).rollout.recipe.by_hand  # type: ignore[union-attr]
    assert not rollout.recipe.by_hand


def test_of_two_generators_that_come_together_the_second_goes_into_lane_b(ready: Session, qtbot: QtBot) -> None:
    textbook = RAW.with_name("humanoid-generator-textbook.safetensors")
    ready.open([RAW, textbook])
    settle(ready, qtbot)
    assert (ready.at_work["generator"], ready.at_work["generator b"]) == (RAW, textbook)
    ready.set_focus(B)
    ready.open([LATENT])  # one alone takes the place of the one in focus
    settle(ready, qtbot)
    assert (ready.at_work["generator"], ready.at_work["generator b"]) == (RAW, LATENT)
    ready.open([RAW.with_name("humanoid-embedding.safetensors"), textbook])  # an embedding stands beside nothing
    settle(ready, qtbot)
    assert (ready.at_work["generator"], ready.at_work["generator b"]) == (RAW, textbook)


def test_ring_and_hand_are_of_the_lane_that_stands_there_the_one_in_focus_before_the_other(
    two: Session, qtbot: QtBot
) -> None:
    bench = two.bench
    made(two, qtbot, 20)
    two.stepper.choose(B)
    made(two, qtbot, 20)
    settle(two, qtbot)
    assert bench.projection is not None
    for frame, focus, role in ((15, FIRST, FIRST), (15, B, B), (35, FIRST, B)):  # A has come no farther than +20
        two.set_focus(focus)  # type: ignore[arg-type]
        two.set_time(bench.time_of_relative(frame))
        latents = lane(two, role).latents
        assert latents is not None and np.array_equal(bench.latent_at(), latents.own[frame - 1])
        ring = here(bench, MapComposer().picture(bench))
        assert ring is not None and ring.role == role
        np.testing.assert_allclose(ring.xy, bench.projection.map(latents.own[frame - 1 : frame])[0], atol=1e-5)
        before = {figure.key: figure.positions[0] for figure in compose(bench).figures if figure.layer == "current"}
        two.hold(latents.own[frame - 1])
        held = held_positions(bench)
        np.testing.assert_allclose(held, before[lane(two, role).part.name], atol=1e-4)
        two.let_go()


def test_the_playhead_goes_along_with_the_lane_in_focus(two: Session, qtbot: QtBot) -> None:
    made(two, qtbot, 10)
    two.stepper.choose(B)
    two.stepper.back(6)
    settle(two, qtbot)
    assert two.bench.relative_frame() == 4
    two.stepper.choose("both")
    made(two, qtbot, 1)
    assert (lane(two, FIRST).horizon, lane(two, B).horizon) == (11, 5) and two.bench.relative_frame() == 11


def test_lane_b_leaves_the_map_to_the_embedding_that_somebody_chose(ready: Session, qtbot: QtBot) -> None:
    ladder = RAW.with_name("humanoid-ladder.safetensors")
    ready.use_model(ladder)
    settle(ready, qtbot)
    chosen = ready.bench.embedding
    ready.use_model(LATENT, role=B)
    settle(ready, qtbot)
    assert ready.bench.embedding is chosen and ready.at_work["embedding"] == ladder


def test_no_rollout_is_judged_by_the_model_that_takes_the_place_of_its_own(two: Session, qtbot: QtBot) -> None:
    made(two, qtbot, 10)
    told: list[str] = []
    two.problem.connect(lambda words, _: told.append(words))
    flat = RAW.with_name("penn-generator-latent.safetensors")
    two.use_model(flat, role=B)
    settle(two, qtbot)
    made(two, qtbot, 10)
    for turn in (two.history.undo, two.history.undo, two.history.redo, two.history.redo):
        turn()
        settle(two, qtbot)
    assert told == [] and two.at_work["generator b"] == flat and lane(two, B).verdicts is not None


def test_what_an_image_model_does_lies_in_no_band_of_metres(two: Session, qtbot: QtBot) -> None:
    two.use_model(RAW.with_name("penn-generator-raw.safetensors"), role=B)
    settle(two, qtbot)
    made(two, qtbot, 30)
    assert all(one.verdicts is not None for one in two.bench.lanes)
    assert [len(line) for line in verdict_curves(two.bench)[0].generated] == [30, 0]
    two.set_focus(B)
    assert [len(line) for line in verdict_curves(two.bench)[0].generated] == [0, 30]


def test_what_is_said_of_who_judges_is_of_the_lane_in_focus(two: Session, qtbot: QtBot) -> None:
    two.use_model(RAW.with_name("penn-generator-raw.safetensors"), role=B)
    settle(two, qtbot)
    made(two, qtbot, 5)
    told = []
    for role in (FIRST, B, FIRST):
        two.set_focus(role)  # type: ignore[arg-type]
        told.append(two.bench.judged_by)
        judge = two.judging.judge_of(two.bench.lane)
        assert judge is not None and counted(judge.calibration.clips, "clip") in told[-1]
    assert told[0] == told[2] != told[1]
