"""Sets that end alike are told from sets of real motion, and by what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.analysis.sets.statistics import variance
from poseviewer.analysis.sets.variety import Futures, futures_of
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.protocols import Array
from poseviewer.progress import finished
from tests.walking import walk

FPS = 30.0


def walks(count: int, seed: int) -> list[Array]:
    """Walks of other speeds and strides, as a sensor sees them."""
    draw = np.random.default_rng(seed)
    made = [walk(100, draw.uniform(0.8, 1.6), draw.uniform(0.9, 1.2), draw.uniform(0.1, 0.3)) for _ in range(count)]
    return [poses + draw.normal(0.0, 0.001, poses.shape) for poses in made]


@pytest.fixture(scope="module")
def futures() -> Futures:
    return finished(futures_of(walks(60, 1), HUMANOID, FPS, ["walk"] * 60))


def test_real_motions_do_not_end_alike_and_one_future_of_all_does(futures):
    others = walks(8, 2)
    beside = futures.beside([motion[:30] for motion in others])
    real = beside.alike([motion[30:] for motion in others], range(10, 71, 10))
    assert not real.found.any() and real.sentence == "" and 0.3 < real.ratios["pose"][-1] < 3.0
    same = beside.alike([others[0][30:]] * 8)
    assert same.found.all() and same.motions == 8 and not same.one_seed and same.doing == "walk"
    assert same.p == pytest.approx(1.0 / 61.0) and same.ratios["place"][-1] == pytest.approx(0.0, abs=1e-4)
    assert same.sentence.startswith("Rollouts of 8 different seeds end alike: walk; ")


def test_what_is_expected_of_a_clip_is_what_others_do_that_begin_like_it(futures):
    near = futures.like(futures.looks[7], leaving=7)
    assert futures.like(futures.looks[7])[0] == 7 and 7 not in near and len(near) == 5
    means, within = futures._expected["pose"]
    assert means[7] == pytest.approx(np.nanmean(futures.ends["pose"][near], axis=0), nan_ok=True)
    assert within[7] == pytest.approx(variance(futures.ends["pose"][near]), nan_ok=True)


def test_seeds_that_look_alike_are_told_by_the_real_sets_that_say_least(futures):
    others = walks(8, 2)
    beside = futures.beside([motion[:30] for motion in others])
    assert len(beside.usual) == 2
    never = replace(beside.usual[1], threshold=np.inf)
    same = [others[0][30:]] * 8
    assert beside.alike(same).found.all()
    for usual in ((beside.usual[0], never), (never, beside.usual[0])):
        assert not replace(beside, usual=usual).alike(same).found.any()


def test_samples_of_one_seed_are_named_so_and_held_against_clips_that_begin_like_it(futures):
    others = walks(6, 3)
    beside = futures.beside([others[0][:30]] * 6)
    told = beside.alike([others[0][30:80]] * 6, [5, 40, 300])
    assert told.frames.tolist() == [5, 40] and told.one_seed and told.found.all()
    assert told.sentence.startswith("The 6 samples end alike: walk; ")
    assert not beside.alike([motion[30:] for motion in others], range(10, 71, 10)).found.any()


def test_what_is_not_finite_is_not_alike_and_few_clips_do_not_decide(futures):
    others = walks(4, 4)
    beside = futures.beside([motion[:30] for motion in others])
    blown = beside.alike([np.full_like(motion[30:], np.nan) for motion in others])
    assert not blown.found.any() and np.isnan(blown.score).all() and blown.doing == ""
    few = finished(futures_of(walks(20, 5), HUMANOID, FPS))
    assert not few.decides
    assert not few.beside([motion[:30] for motion in others]).alike([others[0][30:]] * 4).found.any()


def test_the_share_of_real_sets_that_end_alike_is_what_is_promised(futures):
    """Of groups of the reference itself, 2.5 % exceed its threshold."""
    usual = futures.usual(8, near=False)
    assert (np.nanmax(usual.drawn, axis=1) > usual.threshold).mean() == pytest.approx(0.025, abs=0.0026)
