"""Session on the demo and the shipped models: open, choose, scrub, generate, take back, hold, undo, complain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.app.settings import Settings
from poseviewer.app.watching import Watcher
from poseviewer.bench.bench import default_seed


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)


def test_the_demo_opens_on_walk(session: Session) -> None:
    assert session.bench.clip is not None
    assert session.bench.clip.name == "walk"
    assert len(session.bench.datasets) == 1


def test_the_clip_asked_for_last_wins(session: Session, qtbot: QtBot) -> None:
    dataset = session.bench.datasets[0]
    for index in range(5):
        session.select_clip(dataset, index)
    qtbot.waitUntil(lambda: session.bench.clip_index == 4)
    qtbot.wait(50)
    assert session.bench.clip_index == 4


def test_time_signals_only_real_changes_and_stays_inside(session: Session, qtbot: QtBot) -> None:
    heard: list[float] = []
    session.time_changed.connect(lambda: heard.append(session.bench.time))
    session.set_time(0.5)
    session.set_time(0.5)
    session.set_time(99.0)
    assert heard == [0.5, pytest.approx(session.bench.end)]


def test_a_bad_file_is_one_sentence_and_changes_nothing(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    bad = tmp_path / "bad.bvh"
    bad.write_text("not a bvh")
    clip = session.bench.clip
    with qtbot.waitSignal(session.problem, timeout=5000) as told:
        session.open([bad])
    assert told.args is not None
    assert "bad.bvh" in told.args[0]
    assert "\n" not in told.args[0]
    assert session.bench.clip is clip


def test_recent_files_are_remembered(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    copy = tmp_path / "mine.h5"
    copy.write_bytes(paths.demo().read_bytes())
    with qtbot.waitSignal(session.clip_changed, timeout=5000):
        session.open([copy])
    assert session.settings.recent() == [copy]
    assert len(session.bench.datasets) == 2


@pytest.mark.parametrize("written", ["nan", "inf", "-inf", "fast", "9" * 300, ["a", ["b"]]])
def test_settings_that_were_damaged_are_passed_over(written: object) -> None:
    settings = Settings()
    for key in ("recent", "playback/speed"):
        settings._store.setValue(key, written)
    assert settings.recent() == []
    assert np.isfinite(settings.number("playback/speed", 1.0))


def test_step_back_run_reset(ready: Session, qtbot: QtBot) -> None:
    ready.stepper.step(1)
    settle(ready, qtbot)
    assert ready.bench.lane.horizon == 1
    assert ready.bench.relative_frame() == 1
    ready.stepper.step(50)
    settle(ready, qtbot)
    assert ready.bench.lane.horizon == 51
    first = ready.bench.lane.tracks[0].positions.copy()
    ready.stepper.back(20)
    settle(ready, qtbot)
    assert ready.bench.lane.horizon == 31
    ready.stepper.step(20)
    settle(ready, qtbot)
    np.testing.assert_allclose(ready.bench.lane.tracks[0].positions, first, atol=1e-6)
    ready.stepper.run()
    qtbot.waitUntil(lambda: ready.bench.lane.horizon > 55, timeout=20_000)
    ready.stepper.stop()
    settle(ready, qtbot)
    grown = ready.bench.lane.horizon
    ready.reset()
    assert ready.bench.lane.horizon == 0
    ready.history.undo()
    assert ready.bench.lane.horizon == grown


def test_a_seed_range_is_undone_with_its_rollout(ready: Session, qtbot: QtBot) -> None:
    ready.stepper.step(5)
    settle(ready, qtbot)
    seed = ready.bench.seed
    drag = object()
    ready.set_seed(0, 20, drag)
    ready.set_seed(0, 25, drag)
    assert ready.bench.seed == (0, 25)
    assert ready.bench.lane.horizon == 0
    ready.history.undo()
    assert ready.bench.seed == seed
    assert ready.bench.lane.horizon == 5


def test_a_held_pose_is_the_decoding_of_its_latent(ready: Session, qtbot: QtBot) -> None:
    bench = ready.bench
    ready.set_time(0.3)
    before = bench.latent_at()
    assert before is not None and bench.embedding is not None and bench.read is not None
    latent = before + 0.5
    ready.hold(latent)
    assert bench.held is not None
    frame = round(0.3 * bench.read.fps)
    _, at = bench.embedding.encode(bench.read.positions[frame : frame + 1])
    expected = bench.embedding.decode(latent[None], at).poses[0]
    np.testing.assert_allclose(bench.held.pose, expected, atol=1e-5)
    ready.keep(None)
    ready.history.undo()
    assert bench.held is None


def test_grabbing_a_generated_frame_does_not_move_it(ready: Session, qtbot: QtBot) -> None:
    ready.set_sampling(samples=3)
    ready.stepper.step(5)
    settle(ready, qtbot)
    bench = ready.bench
    for sample in (0, 2):  # the frame in hand is the picked sample's, whichever was in hand before
        ready.pick_sample("generated_a", sample)
        settle(ready, qtbot)
        ready.intervene()
        pose = bench.lane.tracks[sample].positions[-1]
        assert bench.held is not None and bench.lane.latents is not None and bench.embedding is not None
        np.testing.assert_array_equal(bench.held.origin, bench.lane.latents.own[-1])
        np.testing.assert_allclose(bench.held.pose, pose, atol=1e-5)
        latent = bench.held.latent + 0.5
        ready.hold(latent)
        _, at = bench.embedding.encode(pose[None])
        new, old = (bench.embedding.decode(z[None], at).poses[0] for z in (latent, bench.held.origin))
        np.testing.assert_allclose(bench.held.pose, pose + new - old, atol=1e-5)
        ready.let_go()


def test_step_goes_on_from_a_held_pose(ready: Session, qtbot: QtBot) -> None:
    ready.stepper.step(10)
    settle(ready, qtbot)
    bench = ready.bench
    free = bench.latent_at()
    assert free is not None
    ready.hold(free + 1.0)
    ready.keep(None)
    ready.stepper.step(1)
    settle(ready, qtbot)
    assert bench.held is None
    assert bench.lane.horizon == 11
    latents = bench.lane.rollout.latents  # type: ignore[union-attr]
    np.testing.assert_allclose(latents[0, 9], free + 1.0, atol=0.2)


def test_a_clip_that_no_generator_reads_says_why_and_a_3d_one_brings_it_back(
    ready: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    for path in [p for p, offer in ready.offers.items() if offer.kind == "generator" and "penn" in offer.name]:
        del ready.offers[path]
    flat = tmp_path / "flat.npz"
    np.savez(flat, positions=np.random.default_rng(0).normal(size=(40, 13, 2)).astype(np.float32), skeleton="penn13")
    with qtbot.waitSignal(ready.clip_changed, timeout=5000):
        ready.open([flat])
    assert "2D" in ready.stepper.obstacle
    assert "loaded" not in ready.stepper.obstacle
    ready.stepper.step(5)
    settle(ready, qtbot)
    assert ready.bench.lane.horizon == 0
    with qtbot.waitSignal(ready.clip_changed, timeout=5000):
        ready.select_clip(ready.bench.datasets[0], 0)
    qtbot.waitUntil(lambda: ready.stepper.obstacle == "", timeout=20_000)


def test_a_watched_folder_puts_its_newest_checkpoint_to_work(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    watcher = Watcher(session, tmp_path)
    target = tmp_path / "new.safetensors"
    target.write_bytes((paths.models() / "humanoid-generator-latent.safetensors").read_bytes())
    for _ in range(2):
        watcher.look()
        qtbot.waitUntil(lambda: not watcher._looking, timeout=5000)
    qtbot.waitUntil(lambda: session.generator_source == target, timeout=30_000)


def test_what_a_generator_made_that_is_no_longer_at_work_is_dropped(ready: Session, qtbot: QtBot) -> None:
    ready.stepper.step(5)
    ready.bench.put(replace(ready.bench.lane, generator=None))  # another one has taken its place while the lane worked
    settle(ready, qtbot)
    assert ready.bench.lane.rollout is None and ready.bench.lane.horizon == 0


def test_frame_numbers_are_the_generator_s_before_the_first_step_too(ready: Session, qtbot: QtBot) -> None:
    bench, dataset = ready.bench, ready.bench.datasets[0]
    ready.place(dataset.clip(dataset.find("punch")).resample(120.0))
    assert (bench.clip.fps, bench.fps, bench.shown_fps) == (120.0, 30.0, 120.0)  # type: ignore[union-attr]
    ready.set_time(0.0)
    ready.step_time(9)
    before = bench.relative_frame()
    place = bench.time
    assert (before, bench.first_frame) == (-20, -29)
    ready.step_time(1)
    assert bench.relative_frame() == -19
    ready.stepper.step(3)
    settle(ready, qtbot)
    assert bench.relative_frame() == 3
    read = bench.lane.rollout.seed  # type: ignore[union-attr]
    np.testing.assert_array_equal(read.positions[-1], bench.read.positions[bench.seed[1] - 1])  # type: ignore[union-attr]
    ready.set_time(place)
    assert bench.relative_frame() == before


def test_step_goes_on_from_a_pose_held_in_the_middle_and_undo_brings_the_rest_back(
    ready: Session, qtbot: QtBot
) -> None:
    ready.stepper.step(20)
    settle(ready, qtbot)
    bench = ready.bench
    whole = bench.lane.rollout
    ready.set_time(bench.time_of_relative(10))
    held = bench.latent_at()
    assert held is not None
    ready.hold(held + 1.0)
    ready.keep(None)
    ready.stepper.step(1)
    settle(ready, qtbot)
    assert bench.lane.horizon == 11
    assert bench.relative_frame() == 11
    assert bench.lane.latents is not None
    np.testing.assert_allclose(bench.lane.latents.own[9], held + 1.0, atol=0.2)
    ready.history.undo()
    assert bench.lane.rollout is whole
    assert bench.lane.horizon == 20


def test_what_lies_on_the_bench_does_not_change_while_the_lane_works(ready: Session, qtbot: QtBot) -> None:
    """Drawing and exports read the bench's rollout from other threads: a step or a way back makes another one."""
    ready.stepper.step(10)
    settle(ready, qtbot)
    before = ready.bench.lane.rollout
    assert before is not None
    ready.stepper.back(5)
    settle(ready, qtbot)
    assert before.length == 10
    assert ready.bench.lane.rollout is not before


def test_a_rollout_comes_back_with_its_clip(ready: Session, qtbot: QtBot) -> None:
    dataset, index = ready.bench.dataset, ready.bench.clip_index
    assert dataset is not None
    ready.stepper.step(5)
    settle(ready, qtbot)
    for wanted in (index + 1, index):
        with qtbot.waitSignal(ready.clip_changed, timeout=5000):
            ready.select_clip(dataset, wanted)
    assert ready.bench.lane.horizon == 5


def test_back_does_not_count_as_a_step_s_cost(ready: Session, qtbot: QtBot) -> None:
    ready.stepper.step(10)
    settle(ready, qtbot)
    cost = ready.stepper.milliseconds(ready.bench.focus)
    ready.stepper.back(5)
    settle(ready, qtbot)
    assert ready.stepper.milliseconds(ready.bench.focus) == cost > 0


def test_a_loop_range_is_kept_inside_the_motion_and_is_dropped_where_nothing_is_left(session: Session) -> None:
    session.set_loop_range((99.0, 0.5))
    assert session.loop_range == (0.5, pytest.approx(session.bench.end))
    session.set_loop_range((-3.0, 0.4))
    assert session.loop_range == (0.0, 0.4)
    session.set_loop_range((50.0, 99.0))
    assert session.loop_range is None


def test_the_temperature_stays_between_nothing_and_twice_the_prior(session: Session) -> None:
    for asked, kept in ((5.0, 2.0), (-1.0, 0.0), (0.7, 0.7)):
        session.set_sampling(temperature=asked)
        assert session.bench.lane.temperature == kept
    for asked, kept in ((0, 1), (999, 64), (5, 5)):
        session.set_sampling(samples=asked)
        assert session.bench.lane.samples == kept


def test_the_seed_may_be_the_whole_clip_and_is_a_frame_at_least(session: Session) -> None:
    frames = len(session.bench.clip)  # type: ignore[arg-type]
    session.set_seed(3, 10)
    whole, last = (0, frames), (frames - 1, frames)
    for asked, kept in (((0, frames), whole), ((7, 7), (7, 8)), ((-9, 999), whole), ((999, 2), last)):
        session.set_seed(*asked)
        assert session.bench.seed == kept


def test_playback_goes_round_what_is_left_of_the_range(ready: Session, qtbot: QtBot) -> None:
    bench = ready.bench
    assert bench.clip is not None
    last = (len(bench.clip) - 1) / bench.clip.fps
    assert ready.play_range == (0.0, pytest.approx(last)) and bench.end == pytest.approx(last)
    for start, left in ((0.5, 0.5), (last + 0.2, 0.0), (last, 0.0)):  # of a range that was dropped nothing is left
        ready.stepper.step(30)
        settle(ready, qtbot)
        assert bench.end == pytest.approx(last + 1.0)
        ready.set_loop_range((start, bench.end))
        assert ready.play_range == (pytest.approx(start), pytest.approx(last + 1.0))
        ready.reset()
        assert ready.play_range == (left, pytest.approx(last))
    ready.set_loop_range((0.25, 0.75))
    assert ready.play_range == (0.25, 0.75)


def test_a_clip_comes_back_with_the_seed_that_it_had(session: Session, qtbot: QtBot) -> None:
    dataset, index = session.bench.datasets[0], session.bench.clip_index
    session.set_seed(3, 19)
    seeds = []
    for wanted in (index + 1, index):
        with qtbot.waitSignal(session.clip_changed, timeout=5000):
            session.select_clip(dataset, wanted)
        seeds.append(session.bench.seed)
    assert seeds == [default_seed(dataset.clip(index + 1)), (3, 19)]


def test_reset_lets_go_of_what_is_held_on_the_seed_too(ready: Session, qtbot: QtBot) -> None:
    ready.stepper.step(4)
    qtbot.waitUntil(lambda: not ready.jobs.running, timeout=20_000)
    ready.set_time(ready.bench.seed_end)
    ready.hold(ready.bench.latent_at() + 0.5)  # type: ignore[operator]
    ready.keep(None)
    held = ready.bench.held
    ready.reset()
    assert ready.bench.held is None and not ready.bench.generated
    ready.history.undo()
    assert ready.bench.held is held and ready.bench.lane.horizon == 4


def test_reset_stays_where_the_person_looks_unless_that_is_gone(ready: Session, qtbot: QtBot) -> None:
    for time, after in ((0.25, 0.25), (99.0, ready.bench.seed_end)):
        ready.stepper.step(5)
        settle(ready, qtbot)
        ready.set_time(time)
        ready.reset()
        assert ready.bench.time == pytest.approx(after)
