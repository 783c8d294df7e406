"""Class probabilities on the time axis, in the actions' colours, and the seed's label against what is generated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from poseviewer.analysis.classes.answers import Answers
from poseviewer.bench.bench import Bench
from poseviewer.bench.classes.lanes import Named, class_lanes
from poseviewer.bench.classes.naming import BOTH, Namer, Naming
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from tests.analysis.classes.sides import Sides
from tests.bench.test_compose import rollout_of, walking


def answers(frames: list[int], *rows: tuple[float, float, float]) -> Answers:
    return Answers(np.array(frames), np.array(rows, dtype=np.float32))


def on_the_bench(action: str = "lefts", made: Answers | str | None = None) -> Bench:
    """A clip of 90 frames, of which the first 30 are the seed, left and then right; and 20 generated frames."""
    clip: Clip = replace(walking(frames=90), action=action)
    others = [replace(walking(frames=9), name=name, action=name) for name in ("jump", "right", "kick")]
    dataset = Dataset.of([*others, clip], "some")
    bench = Bench()
    bench.place(clip, dataset, 3)
    bench.seed = (0, 30)
    told: Any = {
        (0, None): answers([0, 29, 60, 89], (0.9, 0.05, 0.05), (0.8, 0.1, 0.1), (0.2, 0.3, 0.5), (0.1, 0.4, 0.5))
    }
    if made is not None:
        bench.set_rollout(rollout_of(clip, 30, 20))
        told[0, bench.lane.role] = made
    bench.naming = Naming((Namer("sides", "raw", Sides()),), told)
    return bench


def only(bench: Bench) -> Named:
    (named,) = class_lanes(bench)
    return named


def test_classes_of_one_name_are_one_and_that_of_the_seed_comes_first() -> None:
    named = only(on_the_bench())
    assert named.names == ("left", "right") and named.title == "Class"
    assert named.probabilities[0] == pytest.approx([0.9, 0.1]) and named.probabilities[-1] == pytest.approx([0.1, 0.9])
    assert named.times == pytest.approx(np.array([0, 29, 60, 89]) / 30.0)
    assert [(name, round(share, 2)) for name, share, _ in named.at(0.0)] == [("left", 0.9), ("right", 0.1)]
    assert named.at(2.0)[0][0] == "right" and named.at(9.0) == []


def test_colours_are_those_of_the_dataset_s_actions_by_their_stem() -> None:
    bench = on_the_bench()
    assert bench.dataset is not None and bench.dataset.infos.actions == {"jump": 0, "right": 1, "kick": 2, "lefts": 3}
    named = only(bench)
    assert named.colours[1] == 1  # right
    assert named.colours[0] not in (0, 1, 2, 3) and 0 <= named.colours[0] < 15  # left: a free one
    bench.datasets[:] = [bench.dataset]
    bench.dataset = Dataset.of([replace(walking(frames=9), action="")], "of no actions")
    assert only(bench).colours == named.colours  # as the library beside it has them


def test_from_the_seed_s_end_on_the_generated_frames_stand_there() -> None:
    named = only(on_the_bench("left", answers([-1, 9, 19], (0.8, 0.1, 0.1), (0.5, 0.2, 0.3), (0.3, 0.3, 0.4))))
    seed_end = 29 / 30
    assert named.times == pytest.approx([0.0, seed_end, seed_end + 10 / 30, seed_end + 20 / 30])
    assert named.made == pytest.approx(1.0) and named.probabilities[-1] == pytest.approx([0.3, 0.7])
    assert named.beneath == "left \N{RIGHTWARDS ARROW} right"
    assert "labelled left" in named.about and "taken for right, 70 %" in named.about and "By sides" in named.about


@pytest.mark.parametrize(
    ("action", "beneath"), [("left", "left, kept"), ("", "left, kept"), ("spin", "spin \N{RIGHTWARDS ARROW} left")]
)
def test_the_seed_s_label_against_what_is_generated(action: str, beneath: str) -> None:
    named = only(on_the_bench(action, answers([-1, 9], (0.8, 0.1, 0.1), (0.9, 0.05, 0.05))))
    assert named.beneath == beneath
    assert ("spin is not among the classes" in named.about) == (action == "spin")


def test_why_there_is_none_is_said_and_what_is_known_stays() -> None:
    named = only(on_the_bench(made="sides reads 3D poses, what A generates has 2D ones."))
    assert named.why.startswith("sides reads 3D") and len(named.times) == 4 and named.why in named.about
    bench = on_the_bench()
    bench.naming = Naming((Namer("no classifier", "raw", None, "No classifier is at work."),))
    assert only(bench).why == "No classifier is at work." and not len(only(bench).times)


def test_two_classifiers_have_a_lane_each_and_none_is_shown_where_it_is_off() -> None:
    bench = on_the_bench()
    bench.look = bench.with_look(classes=BOTH)
    bench.naming = replace(bench.naming, namers=(*bench.naming.namers, Namer("other", "latent", None)))
    assert [named.title for named in class_lanes(bench)] == ["Class raw", "Class latent"]
    bench.look = bench.with_look(classes="")
    assert class_lanes(bench) == ()


def test_unknown_poses_leave_a_gap_and_nothing_known_says_so() -> None:
    bench = on_the_bench()
    nothing = answers([0, 10], (np.nan, np.nan, np.nan), (np.nan, np.nan, np.nan))
    bench.naming = replace(bench.naming, answers={(0, None): nothing})
    assert only(bench).why == "No joints are known well enough to name it."
    some = answers([0, 10, 20], (0.9, 0.0, 0.1), (np.nan, np.nan, np.nan), (0.5, 0.0, 0.5))
    bench.naming = replace(bench.naming, answers={(0, None): some})
    assert only(bench).times == pytest.approx([0.0, 20 / 30])
