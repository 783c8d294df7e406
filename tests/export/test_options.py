"""Which frames an export takes: seed and rollout, the rollout, the clip by itself, or those that are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from poseviewer.bench.bench import Bench
from poseviewer.errors import PoseviewerError
from poseviewer.export.formats import FILMS
from poseviewer.export.motion import motion_of
from poseviewer.export.options import Options, Part, frame_number, moment, prepared
from poseviewer.export.shots import shots
from tests.export.conftest import swing
from tests.export.test_motion import with_rollout
from tests.standing_in import Made

UP = np.array([0.0, 0.4, 0.0])


def rolled(clip_fps: float = 30.0, seed: tuple[int, int] = (0, 30), fps: float = 30.0, generated: int = 50) -> Bench:
    """A clip of ten seconds with a rollout from a stretch of it, at a rate of its own."""
    bench = Bench()
    bench.place(swing(round(10 * clip_fps), clip_fps))
    bench.seed = seed
    assert bench.clip is not None
    every = clip_fps / fps
    frames = np.arange(seed[1] - 1, seed[0] - 1, -every).round().astype(int)[::-1]
    part = replace(bench.clip, positions=bench.clip.positions[frames], rotations=None, fps=fps)
    poses = np.repeat(part.positions[None, -1:], generated, axis=1)
    rollout = Made(part, poses)
    bench.set_rollout(cast(Any, rollout))
    return bench


@pytest.mark.parametrize(
    ("part", "frames"), [("motion", range(80)), ("generated", range(30, 80)), ("clip", range(300))]
)
def test_seed_and_rollout_is_what_is_exported_where_nobody_says_otherwise(part: Part, frames: range) -> None:
    bench = rolled()
    assert prepared(bench, Options(part=part))[1] == frames
    assert prepared(bench, Options())[1] == range(80)
    assert bench.lane.horizon == 50, "the bench was changed"


def test_a_seed_in_mid_clip_is_where_the_film_begins() -> None:
    assert prepared(rolled(seed=(60, 90)), Options())[1] == range(60, 140)
    # the third second of a clip of 60 frames/s, before a rollout of 50 frames at 30
    made, frames = prepared(rolled(60.0, seed=(120, 181)), Options())
    assert frames == range(60, 60 + 31 + 50)
    assert moment(made, frames.start) == pytest.approx(2.0)
    assert moment(made, frames.stop - 1) == pytest.approx(181 / 60 - 1 / 60 + 50 / 30)


@pytest.mark.parametrize("clip_fps", [30.0, 60.0, 100.0, 120.0])
def test_frames_stand_where_the_timeline_has_them_whatever_the_clips_rate(clip_fps: float) -> None:
    bench = rolled(clip_fps, seed=(0, round(clip_fps)))
    made, frames = prepared(bench, Options(part="generated"))
    assert [made.relative_frame(moment(made, k)) for k in frames] == list(range(1, 51))
    assert all(made.shows_generated(moment(made, k)) for k in frames)
    assert [frame_number(made, moment(made, k)) for k in frames] == list(frames)
    data = motion_of(bench, Options())
    assert bench.lane.rollout is not None
    assert (len(data), data.seed_frames) == (len(bench.lane.rollout.seed) + 50, len(bench.lane.rollout.seed))


def test_frames_that_are_no_part_of_seed_and_rollout_are_refused_as_data() -> None:
    bench = rolled(seed=(60, 90))
    assert len(motion_of(bench, Options(frames=(0, 70)))) == 10
    for frames in ((0, 60), (140, 200)):
        with pytest.raises(PoseviewerError, match="seed and rollout are frames 60:140; stay within them"):
            motion_of(bench, Options(frames=frames))


def test_the_clip_by_itself_keeps_its_rotations_beside_a_rollout() -> None:
    bench = Bench()
    bench.place(swing(40))
    data = motion_of(with_rollout(bench, 10, 5), Options(part="clip"))
    assert len(data) == 40 and data.rotations is not None and data.seed_frames is None


def test_nothing_generated_is_no_part() -> None:
    bench = Bench()
    bench.place(swing(40))
    with pytest.raises(PoseviewerError, match="nothing is generated"):
        prepared(bench, Options(part="generated"))
    assert prepared(bench, Options(part="clip"))[1] == range(40)


def test_asked_for_frames_count_from_the_clips_first_and_may_leave_the_part() -> None:
    assert prepared(rolled(), Options(frames=(0, 200)))[1] == range(200)
    assert prepared(rolled(), Options(frames=(40, None)))[1] == range(40, 80)
    with pytest.raises(PoseviewerError, match="both ends"):
        prepared(rolled(), Options(frames=(100, None)))


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        ((40, 40), "give A smaller than B"), ((80, None), "the part has frames 0:80; give both ends"),
        ((299, 301), "it has frames 0:300; stay within them"), ((300, None), "it has frames 0:300; stay within them"),
    ],
)  # fmt: skip
def test_a_range_of_no_frame_is_refused(frames: tuple[int, int | None], told: str) -> None:
    with pytest.raises(PoseviewerError, match=told):
        prepared(rolled(), Options(frames=frames))


def test_one_frame_is_a_range() -> None:
    for frames, told in (((299, 300), range(299, 300)), ((79, None), range(79, 80)), ((None, 1), range(1))):
        assert prepared(rolled(), Options(frames=frames))[1] == told
    assert prepared(rolled(), Options(seconds=0.001))[1] == range(1)


def test_seconds_count_from_where_the_part_begins() -> None:
    assert prepared(rolled(seed=(60, 90)), Options(seconds=1.0))[1] == range(60, 90)


def test_a_loop_that_is_carried_on_counts_from_its_start() -> None:
    bench = Bench()
    bench.place(swing(30, loop=True))
    made, frames = prepared(bench, Options(seconds=3.0))
    assert frames == range(90) and made.look.counted_from == "start"
    assert prepared(bench, Options(seconds=0.5))[0].look.counted_from == "seed"


@pytest.mark.parametrize(
    ("fps", "asked", "count", "first"),
    [
        (120.0, None, 600, [0, 2, 4]),
        (30.0, 10.0, 100, [0, 3, 6]),
        (30.0, 24.0, 240, [0, 1, 3]),
        (30.0, 60.0, 600, [0, 1, 1]),
    ],
)
def test_pictures_a_second_leave_the_length_as_it_is(
    fps: float, asked: float | None, count: int, first: list[int]
) -> None:
    bench = Bench()
    bench.place(swing(round(10 * fps), fps))
    film = shots(bench, FILMS[".mp4"], Options(size=(160, 90), fps=asked))
    assert len(film) == count and len(film) / film.fps == pytest.approx(10.0)
    assert film.numbers[:3].tolist() == first


def test_the_eye_of_a_long_film_moves_as_that_of_a_short_one() -> None:
    bench = Bench()
    bench.place(swing(7001))
    long, part = (shots(bench, FILMS[".mp4"], Options(frames=frames)) for frames in ((None, None), (3000, 4000)))
    np.testing.assert_allclose(long.eye(3500).target, part.eye(500).target, atol=2e-3)
    assert long.eye(0).target != long.eye(1).target


def test_a_view_that_was_chosen_is_kept() -> None:
    from poseviewer.bench.framing import follow_point, opening_camera

    bench = Bench()
    bench.place(swing(60))
    bench.time = 1.0
    near = replace(opening_camera(bench), distance=0.7, yaw=1.0, target=tuple(follow_point(bench) + UP))
    film = shots(bench, FILMS[".mp4"], Options(view=near))
    seen = film.eye(30)
    assert (seen.distance, seen.yaw) == (0.7, 1.0)
    np.testing.assert_allclose(seen.target, near.target, atol=0.02)
    assert film.eye(0).target[0] < seen.target[0] - 0.5, "it does not follow"
    still = shots(bench, FILMS[".mp4"], Options(view=near, look=bench.with_look(follow=False)))
    assert still.eye(0) == still.eye(59) == near


def test_seconds_say_how_many_frames_there_are_to_ask_for() -> None:
    bench = Bench()
    bench.place(swing(30, loop=True))
    assert prepared(bench, Options(seconds=0.5))[1] == range(15)
    assert prepared(bench, Options(seconds=3.0, frames=(80, None)))[1] == range(80, 90)
    for seconds, whole in ((0.5, 15), (3.0, 90)):
        with pytest.raises(PoseviewerError, match=f"frames 0:{whole}; stay within them or give more --seconds"):
            prepared(bench, Options(seconds=seconds, frames=(0, 91)))
    with pytest.raises(PoseviewerError, match=r"frames 0:90; stay within them\."):
        prepared(rolled(seed=(60, 90)), Options(seconds=1.0, frames=(60, 91)))
