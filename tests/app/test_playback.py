"""The clock on the demo's clips: it moves time, wraps, rolls on, keeps to the loop range, stands on frames."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.playback import SPEEDS, Playback
from poseviewer.app.session import Session
from poseviewer.data.dataset import Dataset
from tests.standing_in import Made


@pytest.fixture
def session(empty_session: Session) -> Session:
    return empty_session


def place(session: Session, name: str, fps: float | None = None) -> None:
    with Dataset.open(paths.demo()) as demo:
        clip = demo.clip(demo.find(name))
    session.place(clip if fps is None else clip.resample(fps))


@pytest.fixture
def playback(session: Session) -> Playback:
    place(session, "punch")
    return Playback(session)


def after(playback: Playback, session: Session, seconds: float) -> float:
    """Where the bench stands when that much time has passed, told to the clock instead of waited for."""
    playback._elapsed = SimpleNamespace(restart=lambda: 10.0, start=lambda: None)  # type: ignore[assignment]
    for _ in range(round(seconds / 0.01)):
        playback._tick()
    return session.bench.time


def test_play_moves_time_and_pause_stops_it(playback: Playback, session: Session, qtbot: QtBot) -> None:
    playback.play()
    assert playback.playing
    qtbot.waitUntil(lambda: session.bench.time > 0.1, timeout=3000)
    playback.pause()
    stood = session.bench.time
    qtbot.wait(60)
    assert session.bench.time == stood


@pytest.mark.parametrize(("wanted", "speed"), [(1e9, 4.0), (-1.0, 0.1), (0.0, 0.1), (0.7, 0.7)])
def test_speed_has_bounds(playback: Playback, wanted: float, speed: float) -> None:
    playback.speed = wanted
    assert playback.speed == speed


@pytest.mark.parametrize("speed", SPEEDS)
def test_speed(playback: Playback, session: Session, speed: float) -> None:
    playback.speed = speed
    playback.play()
    assert after(playback, session, 0.4) == pytest.approx(0.4 * speed, abs=1.01 / 30)


def test_it_comes_round_after_the_last_frame_stood_its_time(playback: Playback, session: Session) -> None:
    playback.play()
    frames = len(session.bench.clip)  # type: ignore[arg-type]
    assert after(playback, session, (frames - 0.5) / 30) == pytest.approx(session.bench.end)
    assert after(playback, session, 1.0 / 30) < 0.1


def test_without_loop_it_stops_at_the_end_and_plays_again_from_the_start(playback: Playback, session: Session) -> None:
    playback.loop = False
    playback.play()
    assert after(playback, session, 3.0) == pytest.approx(session.bench.end)
    assert not playback.playing
    playback.play()
    assert session.bench.time == 0.0


def test_it_keeps_to_the_loop_range(playback: Playback, session: Session) -> None:
    session.set_loop_range((0.5, 1.0))
    session.set_time(0.5)
    playback.play()
    seen = [after(playback, session, 0.03) for _ in range(60)]
    assert min(seen) == pytest.approx(0.5)
    assert max(seen) == pytest.approx(1.0)
    assert any(later < earlier for earlier, later in pairwise(seen))


def test_a_loop_range_over_frames_that_were_dropped_is_ignored(playback: Playback, session: Session) -> None:
    session.loop_range = (5.0, 6.0)
    assert session.play_range == (0.0, session.bench.end)
    session.loop_range = (1.0, 6.0)
    assert session.play_range == (1.0, session.bench.end)


def test_a_looping_clip_rolls_on_without_a_seam(session: Session) -> None:
    place(session, "walk")
    playback = Playback(session)
    playback.play()
    assert after(playback, session, 3.0) == pytest.approx(3.0, abs=0.04)
    assert session.bench.time > session.bench.end
    assert 0.0 <= session.bench.wrapped(session.bench.time) < session.bench.clip.duration  # type: ignore[union-attr]
    session.set_loop_range((0.2, 0.8))
    assert after(playback, session, 1.0) <= 0.8


def test_scrubbing_while_it_plays_goes_on_from_there(playback: Playback, session: Session) -> None:
    playback.play()
    after(playback, session, 0.2)
    session.set_time(1.5)
    assert after(playback, session, 0.1) == pytest.approx(1.6, abs=0.04)


def test_every_generated_frame_is_met_where_it_lies_between_two_of_the_clip(session: Session) -> None:
    place(session, "punch", fps=120.0)
    bench = session.bench
    session.set_seed(0, 119)  # its last frame lies half way between two at 30 a second
    assert bench.clip is not None
    poses = np.repeat(bench.clip.positions[None, :1], 12, axis=1)
    bench.set_rollout(Made(bench.clip.resample(30.0), poses))  # type: ignore[arg-type]
    session.set_time(bench.seed_end)
    playback, seen = Playback(session), []
    session.time_changed.connect(lambda: seen.append(bench.relative_frame()))
    playback.play()
    after(playback, session, 0.39)
    assert seen == list(range(1, 12))
    session.step_time(-4)
    assert bench.relative_frame() == 7


def test_two_seed_drags_are_two_edits_and_one_drag_is_one(session: Session) -> None:
    place(session, "punch")
    first, second = object(), object()
    for stop in (31, 33, 35):
        session.set_seed(0, stop, drag=first)
    for stop in (37, 40):
        session.set_seed(0, stop, drag=second)
    session.history.undo()
    assert session.bench.seed == (0, 35)
    session.history.undo()
    assert session.bench.seed == (0, 30)


def test_after_a_stall_it_goes_on_a_quarter_of_a_second_later_at_most(playback: Playback, session: Session) -> None:
    playback.play()
    playback._elapsed = SimpleNamespace(restart=lambda: 1500.0, start=lambda: None)  # type: ignore[assignment]
    playback._tick()
    assert session.bench.time == pytest.approx(0.25, abs=1.01 / 30)


def test_a_scrub_by_a_few_frames_is_followed_while_it_plays(playback: Playback, session: Session) -> None:
    playback.play()
    scrubbed = after(playback, session, 0.1) + 3 / 30
    session.set_time(scrubbed)
    assert after(playback, session, 0.01) == pytest.approx(scrubbed, abs=1.01 / 30)
