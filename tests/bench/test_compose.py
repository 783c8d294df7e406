"""Bench -> Stage: who is shown in which colour, where the numbers stand, what the legend names."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from poseviewer.bench.bench import Bench, Held, default_seed
from poseviewer.bench.compose import compose
from poseviewer.bench.curves import Curves
from poseviewer.bench.framing import follow_point, opening_camera
from poseviewer.bench.lane import Lane
from poseviewer.bench.scene.badge import likeliest_class
from poseviewer.bench.words import consequence, signed
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, Skeleton
from poseviewer.render.capsules import capsule_rows
from poseviewer.render.palette import palette
from poseviewer.render.picking import pick
from tests.bench.test_track import walking
from tests.linear_world import LinearEmbedding
from tests.motion.test_trunk import standing_root
from tests.standing_in import Made


def rollout_of(clip: Clip, seed: int, frames: int, samples: int = 1) -> Any:
    """A stand-in for a rollout: the clip's own speed, carried on."""
    step = np.array([0.04, 0.0, 0.0], dtype=np.float32)
    after = np.arange(1, frames + 1, dtype=np.float32)[:, None, None] * step
    poses = np.repeat((clip.positions[seed - 1] + after)[None], samples, axis=0)
    return Made(clip, poses, fps=30.0)


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.place(walking(frames=80, loop=False))
    return made


def current(bench: Bench, time: float) -> Any:
    return [figures for figures in compose(bench, time).figures if figures.layer == "current"][-1]


def test_the_seed_is_blue_and_what_follows_is_truth(bench: Bench) -> None:
    assert bench.seed == (0, 30)
    assert current(bench, 0.5).key == "seed"
    assert current(bench, 2.0).key == "truth"


def test_generated_frames_stand_where_the_rollout_has_them_beside_the_truth(bench: Bench) -> None:
    assert bench.clip is not None
    bench.set_rollout(rollout_of(bench.clip, 30, 20))
    stage = compose(bench, bench.time_of_relative(5))
    keys = {figures.layer: figures.key for figures in stage.figures}
    assert keys["current"] == "generated A"
    assert keys["ghost"] == "truth"
    assert current(bench, bench.time_of_relative(5)).positions[0] == pytest.approx(bench.lane.tracks[0].positions[4])
    assert {entry.text for entry in stage.legend} == {"seed", "generated A", "truth"}
    assert stage.badge is not None
    assert stage.badge.number.text == "+5"


def ways(bench: Bench, time: float) -> dict[tuple[str, bool], list[float]]:
    """x of the first and last point of each path on the ground, by its colour and whether it is dashed."""
    colours = palette("dark")
    names = {colours.colour(token): token for token in ("seed", "truth", "generated_a", "generated_b")}
    trails = [trail for trail in compose(bench, time).trails if trail.on_ground]
    return {(names[trail.colour], trail.dashed): [float(trail.points[k, 0]) for k in (0, -1)] for trail in trails}


def test_paths_on_the_ground_join_where_the_seed_ends(bench: Bench) -> None:
    assert bench.clip is not None and bench.track is not None
    bench.seed = (4, 30)
    bench.set_rollout(rollout_of(bench.clip, 30, 20))
    clip, made = bench.track.root[:, 0], bench.lane.tracks[0].root[:, 0]
    found = ways(bench, bench.time_of_relative(8))
    assert found["seed", False] == pytest.approx([clip[4], clip[29]])
    assert found["generated_a", False] == pytest.approx([clip[29], made[7]])
    assert found["truth", True] == pytest.approx([clip[29], clip[37]])
    bench.set_rollout(None)
    found = ways(bench, 2.0)
    assert found["seed", False] == pytest.approx([clip[0], clip[30]])
    assert found["truth", False] == pytest.approx([clip[30], clip[60]])


def test_what_the_rollout_left_from_is_as_strong_as_what_is_shown(bench: Bench) -> None:
    assert bench.clip is not None
    bench.set_rollout(rollout_of(bench.clip, 30, 40))
    stage = compose(bench, bench.time_of_relative(35))
    skins = {
        int(number): float(opacity)
        for figures in stage.figures
        if figures.layer == "skin"
        for number, opacity in zip(figures.frames, figures.opacity, strict=True)  # type: ignore[arg-type]
    }
    assert list(skins) == [-20, -10, 0, 10, 20, 30]
    assert skins[0] == 1.0
    assert skins[30] == pytest.approx(0.5) and skins[-20] == skins[-10] == pytest.approx(0.22)
    assert skins[20] == pytest.approx(0.5 * (1.15 - 15 / 35), abs=1e-5) and skins[10] < skins[20] < skins[30]
    marks = {entry.text: entry.mark for entry in stage.legend}
    assert marks == {"seed": "dot", "generated A": "dot", "truth": "dashed"}


def test_truth_ends_with_the_clip(bench: Bench) -> None:
    assert bench.clip is not None
    bench.set_rollout(rollout_of(bench.clip, 30, 60))
    layers = [figures.layer for figures in compose(bench, bench.time_of_relative(55)).figures]
    assert "ghost" not in layers


def test_truth_begins_with_the_first_frame_after_the_seed(bench: Bench) -> None:
    assert bench.clip is not None
    bench.set_rollout(rollout_of(bench.clip, 30, 60))
    (ghost,) = [figures for figures in compose(bench, bench.time_of_relative(1)).figures if figures.layer == "ghost"]
    assert ghost.positions[0] == pytest.approx(bench.clip.positions[30])


def test_numbers_may_count_from_the_clips_start(bench: Bench) -> None:
    bench.look = bench.with_look(counted_from="start")
    badge = compose(bench, 40 / 30.0).badge
    assert badge is not None and badge.number.text == "40"


def test_behind_the_rollout_the_clip_goes_on(bench: Bench) -> None:
    assert bench.clip is not None
    bench.set_rollout(rollout_of(bench.clip, 30, 10))
    shown = current(bench, bench.time_of_relative(20))
    assert shown.key == "truth"
    assert shown.positions[0] == pytest.approx(bench.clip.positions[49])


def test_every_sample_is_shown(bench: Bench) -> None:
    assert bench.clip is not None
    bench.set_rollout(rollout_of(bench.clip, 30, 10, samples=4))
    figures = compose(bench, bench.time_of_relative(3)).figures
    assert sum(len(f.positions) for f in figures if f.key == "generated A") >= 4


def test_a_pose_without_a_clip_is_looked_at_half_way_up(bench: Bench) -> None:
    alone = Bench(embedding=LinearEmbedding())  # type: ignore[arg-type]
    assert bench.clip is not None
    alone.mean_pose = bench.clip.positions[20]
    (figure,), centre = compose(alone).figures, compose(alone).centre
    height = np.ptp(figure.positions[0][:, 1])
    assert figure.key == "mean pose" and centre[1] == pytest.approx(0.5 * height)


def test_a_held_pose_is_shown_in_the_accent(bench: Bench) -> None:
    pose = np.ones((18, 3), dtype=np.float32)
    bench.held = Held(np.zeros(2), pose, np.zeros(2))
    shown = current(bench, 0.0)
    assert shown.key == "held pose"
    assert shown.positions[0] == pytest.approx(pose)
    came_from = [figures for figures in compose(bench, 0.0).figures if figures.key == "seed"]
    assert came_from[-1].layer == "skin"
    assert came_from[-1].opacity[0] < 1.0


def test_the_seed_of_a_loop_keeps_its_numbers_beside_a_rollout() -> None:
    bench = Bench()
    bench.place(walking(frames=20, loop=True))
    assert bench.clip is not None
    bench.set_rollout(rollout_of(bench.clip, 20, 30))
    texts = [label.text for label in compose(bench, bench.time_of_relative(25)).labels]
    assert "0" in texts


def test_the_badge_names_the_class_of_the_clip_while_the_clip_is_shown(bench: Bench) -> None:
    bench.classifier = SimpleNamespace(classes=("run", "walk"))  # type: ignore[assignment]
    bench.class_probabilities = np.array([0.03, 0.97])
    badge = compose(bench, 0.0).badge
    assert badge is not None
    assert badge.lines[1][0].text == "clip: class walk, 97 %"


def test_classes_that_mean_the_same_count_together(bench: Bench) -> None:
    bench.classifier = SimpleNamespace(classes=("walking", "running", "walking_extra"))  # type: ignore[assignment]
    bench.class_probabilities = np.array([0.3, 0.4, 0.3])
    assert likeliest_class(bench) == ("walking", pytest.approx(0.6))
    assert bench.clip is not None
    bench.clip = replace(bench.clip, action="walking_extra")
    badge = compose(bench, 0.0).badge
    assert badge is not None
    assert badge.lines[1][0].text == "clip: action walking, class walking, 60 %"


def test_the_look_leaves_things_out(bench: Bench) -> None:
    bench.look = bench.with_look(skins=False, trails=False, labels=False)
    stage = compose(bench, 0.9)
    assert [figures.layer for figures in stage.figures] == ["current"]
    assert not stage.labels


def test_a_loop_plays_on_and_its_numbers_come_round() -> None:
    bench = Bench()
    bench.place(walking(frames=20, loop=True))
    late = compose(bench, 50 / 30)
    assert late.badge is not None
    assert late.badge.number.text == signed(10 - 19)
    shown = next(figures for figures in late.figures if figures.layer == "current")
    assert bench.clip is not None
    assert shown.positions[0, 0, 0] - bench.clip.positions[10, 0, 0] == pytest.approx(40 * 0.04, abs=1e-3)


@pytest.mark.parametrize(
    ("frames", "loop", "marked", "expected"),
    [(80, False, None, (0, 30)), (40, False, None, (0, 40)), (200, True, None, (0, 200)), (80, False, 12, (0, 12))],
)
def test_default_seed(frames: int, loop: bool, marked: int | None, expected: tuple[int, int]) -> None:
    positions = np.zeros((frames, 18, 3), dtype=np.float32)
    assert default_seed(Clip(HUMANOID, positions, 30.0, "c", loop=loop, seed_frames=marked)) == expected


def test_composing_is_cheap_enough_for_sixty_frames_a_second(bench: Bench) -> None:
    """compose must touch no more than a few frames: its cost must not grow with the clip."""
    long = Bench()
    long.place(walking(frames=200_000, loop=False))
    for time in (0.9, long.end):
        path = [trail for trail in compose(long, time).trails if trail.on_ground]
        assert sum(len(trail.points) for trail in path) < 5000
        ends = long.track.root[[0, long.track.frame_at(time)]]  # type: ignore[union-attr]
        assert path[0].points[0, [0, 2]] == pytest.approx(ends[0, [0, 2]], abs=1e-3)
        assert path[-1].points[-1, [0, 2]] == pytest.approx(ends[1, [0, 2]], abs=1e-3)
        assert path[0].points[-1] == pytest.approx(path[-1].points[0] if len(path) > 1 else path[0].points[-1])


def generated_elsewhere(bench: Bench) -> None:
    """A clip of 80 frames whose file says that they were generated from frame 30 on."""
    bench.place(replace(walking(frames=80, loop=False), seed_frames=30))


def test_what_a_file_says_was_generated_looks_generated_and_is_no_truth(bench: Bench) -> None:
    generated_elsewhere(bench)
    assert bench.seed == (0, 30)
    assert current(bench, 0.5).key == "seed"
    shown = current(bench, 2.0)
    assert shown.key == "generated elsewhere"
    assert shown.colours[0] == pytest.approx(palette("dark").sided("generated_a"))
    stage = compose(bench, 2.0)
    assert {entry.text for entry in stage.legend} == {"seed", "generated elsewhere"}
    assert stage.badge is not None and "generated elsewhere" in stage.badge.lines[0][0].text
    assert "truth" not in str([label.text for label in stage.labels])


def test_a_rollout_beside_what_a_file_generated_has_no_truth_either(bench: Bench) -> None:
    generated_elsewhere(bench)
    assert bench.clip is not None
    bench.set_rollout(rollout_of(bench.clip, 30, 20))
    stage = compose(bench, bench.time_of_relative(5))
    keys = {figures.layer: figures.key for figures in stage.figures}
    assert (keys["current"], keys["ghost"]) == ("generated A", "generated elsewhere")
    assert "elsewhere +5" in [label.text for label in stage.labels]
    assert current(bench, bench.time_of_relative(25)).key == "generated elsewhere"


def test_truth_stands_between_a_short_seed_and_what_a_file_generated(bench: Bench) -> None:
    generated_elsewhere(bench)
    bench.seed = (0, 10)
    kinds = [bench.part_at(frame / 30.0).kind for frame in (9, 10, 29, 30)]
    assert kinds == ["seed", "truth", "truth", "elsewhere"]
    assert bench.part_at(1.0).role == "generated_a"


def test_badge_and_panel_say_one_thing_of_a_held_pose(bench: Bench) -> None:
    assert bench.clip is not None
    bench.put(Lane(SimpleNamespace(skeleton=HUMANOID, fps=30.0)))  # type: ignore[arg-type]
    bench.held = Held(np.zeros(2), bench.clip.positions[0], np.zeros(2))

    def badge() -> str:
        stage = compose(bench)
        assert stage.badge is not None
        return " ".join(run.text for line in stage.badge.lines for run in line)

    bench.time = 0.3
    assert bench.held_frame is None and consequence(bench).startswith("Step reads the seed as it is")
    assert consequence(bench) in badge() and "map" not in badge()
    bench.time = bench.seed_end
    assert consequence(bench) == "Step goes on from it" and consequence(bench) in badge()
    bench.time = 2.0
    assert consequence(bench) == "Step goes on from 0, not from here" and consequence(bench) in badge()
    bench.set_rollout(rollout_of(bench.clip, 30, 20))
    bench.time = bench.time_of_relative(12)
    assert consequence(bench) == "Step goes on from it in a branch: what follows +12 stays"
    assert consequence(bench) in badge()


@pytest.mark.parametrize("still", [True, False])
def test_a_joint_of_the_world_is_neither_drawn_nor_followed_nor_picked(still: bool) -> None:
    bench = Bench()
    bench.place(standing_root(frames=90, still=still))
    bench.time = 80 / 30
    stage = compose(bench)
    shown = next(figures for figures in stage.figures if figures.layer == "current")
    rows = capsule_rows(shown)[0]
    lengths = np.linalg.norm(rows["end_b"][:, :3] - rows["end_a"][:, :3], axis=1)
    assert np.nanmax(lengths[np.isfinite(rows["end_a"][:, 3])]) < 0.6  # no bone leads back to the origin
    assert follow_point(bench)[2] == pytest.approx(80 * 0.05, abs=0.3)
    bounds = stage.bounds()
    assert bounds is not None and bounds[0][2] > 1.0
    camera = opening_camera(bench)
    size = (800, 600)
    at, _ = camera.project(np.zeros((1, 3)), size)
    hit = pick([shown], camera, (float(at[0, 0]), float(at[0, 1])), size)
    assert hit is None or shown.body.names[hit.joint] != "joint_Root"
    assert bench.track is not None
    path = [trail for trail in stage.trails if trail.on_ground]
    assert path[-1].points[-1, 2] == pytest.approx(80 * 0.05, abs=1e-3)


def test_root_distance_is_measured_at_the_pelvis() -> None:
    bench = Bench()
    bench.place(standing_root(frames=90))
    distance, power = Curves().of(bench)
    assert distance.clip.values[-1] == pytest.approx(89 * 0.05, abs=1e-3)
    assert np.nanmax(power.clip.values) == pytest.approx(0.0, abs=1e-5)  # it walks stiffly: nothing moves about it


def test_left_and_right_are_told_of_skeletons_that_name_them(bench: Bench) -> None:
    assert compose(bench, 0.5).legend_note == "left limbs lighter, right limbs darker"
    chain = Skeleton.tree("chain", ("a", "b", "c"), (-1, 0, 1))
    bench.place(Clip(chain, np.random.default_rng(0).normal(size=(40, 3, 3)).astype(np.float32), 30.0, "chain"))
    assert compose(bench, 0.5).legend_note == ""


def test_what_stands_beside_the_figure_is_as_faint_and_its_words_as_weighty_as_they_should(bench: Bench) -> None:
    assert bench.clip is not None
    bench.set_rollout(rollout_of(bench.clip, 30, 20))
    stage = compose(bench, bench.time_of_relative(8))
    assert [float(figures.opacity[0]) for figures in stage.figures if figures.layer == "ghost"] == pytest.approx([0.36])
    weights = {label.text: label.weight_among for label in stage.labels}
    assert weights == {signed(-20): 0, signed(-10): 0, "0": 1, "+8, root 0.00 m off truth": 3, "truth +8": 2}
    bench.held = Held(np.zeros(2), bench.clip.positions[0], np.zeros(2))
    came_from = [f for f in compose(bench, bench.time_of_relative(8)).figures if f.key == "generated A"]
    assert came_from[-1].opacity == pytest.approx([0.34])


def test_a_pinned_trail_changes_colour_where_its_part_ends(bench: Bench) -> None:
    assert bench.clip is not None
    bench.pins = frozenset({"right_wrist"})
    wrist = bench.clip.positions[:, HUMANOID.joints.index("right_wrist")]
    seed, truth = [trail for trail in compose(bench, 2.0).trails if not trail.on_ground]
    assert (seed.colour, truth.colour) == (palette("dark").colour("seed"), palette("dark").colour("truth"))
    assert seed.points == pytest.approx(wrist[:31]) and truth.points == pytest.approx(wrist[30:61])
    assert seed.opacity == pytest.approx(np.linspace(30 / 90, 60 / 90, 31))
    assert truth.opacity == pytest.approx(np.linspace(60 / 90, 1.0, 31))


@pytest.mark.parametrize(("speed", "numbers"), [(0.031, [11, 21, 31]), (0.033, [21, 31, 41])])
def test_a_skin_stands_16_cm_clear_of_the_figure(speed: float, numbers: list[int]) -> None:
    """Of frame +46: the one five frames before it stands 15.5 or 16.5 cm behind it."""
    bench = Bench()
    bench.place(walking(frames=80, loop=False, speed=speed))
    skins = [figures.frames for figures in compose(bench, 75 / 30).figures if figures.layer == "skin"]
    assert np.concatenate(skins).tolist() == numbers  # type: ignore[arg-type]


def test_the_way_on_the_ground_changes_colour_where_the_file_generated(bench: Bench) -> None:
    generated_elsewhere(bench)
    bench.seed = (0, 10)
    assert bench.track is not None
    x = bench.track.root[:, 0]
    ways = [trail for trail in compose(bench, 1.5).trails if trail.on_ground]
    assert [way.colour for way in ways] == [palette("dark").colour(role) for role in ("seed", "truth", "generated_a")]
    ends = [end for way in ways for end in way.points[[0, -1], 0]]
    assert ends == pytest.approx(x[[0, 10, 10, 30, 30, 45]])
