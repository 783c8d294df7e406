"""Signs that look through networks, on what those might say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.analysis.statistics.body import Body
from poseviewer.analysis.statistics.seen import ActionKept, LatentCentre, LatentDistance, LatentStep, Rebuilt
from poseviewer.analysis.statistics.signs import signs_of
from poseviewer.analysis.statistics.statistic import Insight, Judged
from poseviewer.motion.skeleton import HUMANOID, PENN13
from tests.analysis.statistics.motions import FPS, PAIR, pair, path

SEEN = (Rebuilt, LatentDistance, LatentCentre, LatentStep, ActionKept)


def frames(insight: Insight, count: int = 20) -> Judged:
    """A pair whose toe stands two from its root, through networks."""
    walked = path(*[(1.0, 0.0, 0.0)] * (count - 1))
    made = pair(walked, walked + np.array([0.0, 2.0, 0.0]))
    return replace(made, body=Body.of(made.poses[:, :5], PAIR), insight=insight)


def newest(sign, insight: Insight, count: int = 20) -> float:
    return float(sign.update(sign.start(), frames(insight, count))[0][0, -1])


def test_what_comes_back_wrong_is_a_distance_in_sizes_of_the_body():
    motion = frames(Insight())
    rebuilt = motion.poses + np.array([[0.3, 0.0, 0.0], [0.0, 0.0, 0.4]])
    expected = np.sqrt((0.3**2 + 0.4**2) / 2.0) / motion.known_body.size[0]
    assert newest(Rebuilt(), Insight(rebuilt=rebuilt)) == pytest.approx(expected)
    rebuilt[0, -1, 1] = np.nan  # a joint that is not known counts for nothing
    made = Rebuilt().each(frames(Insight(rebuilt=rebuilt)))[0, -1]
    assert made == pytest.approx(0.3 / motion.known_body.size[0])


def test_a_latent_lies_away_from_the_mean_and_from_the_nearest_centre():
    latents = np.tile([3.0, 4.0], (1, 20, 1))
    assert newest(LatentDistance(), Insight(latents)) == pytest.approx(5.0)
    centres = np.array([[0.0, 0.0], [3.0, 3.5], [9.0, 9.0]])
    assert newest(LatentCentre(), Insight(latents, centres)) == pytest.approx(0.5)
    assert np.isnan(newest(LatentCentre(), Insight(latents, np.empty((0, 2)))))


def test_a_latent_moves_by_so_many_deviations_a_second():
    latents = np.zeros((1, 20, 2))
    latents[0, :, 1] = 0.2 * np.arange(20)
    assert newest(LatentStep(), Insight(latents)) == pytest.approx(0.2 * FPS)
    sign, state, made = LatentStep(), None, []
    for k in range(0, 20, 4):
        part = replace(frames(Insight(latents[:, k : k + 4]), 4))
        values, state = sign.update(state, part)
        made.append(values)
    whole = sign.update(None, frames(Insight(latents)))[0]
    np.testing.assert_array_equal(np.concatenate(made, axis=1), whole)
    assert sign.strength(np.array([0.0])) > sign.strength(np.array([1.0])), "what rests is strange"


def test_the_action_is_kept_as_far_as_seed_and_motion_agree():
    seed, now = np.array([[0.7, 0.2, 0.1]]), np.array([[0.1, 0.1, 0.8]])
    told = Insight(log_probabilities=np.log(np.repeat(now[:, None], 20, axis=1)), in_seed=np.log(seed))
    assert newest(ActionKept(), told) == pytest.approx(0.07 + 0.02 + 0.08)
    assert ActionKept().strength(np.array([0.01])) > ActionKept().strength(np.array([0.9]))


@pytest.mark.parametrize("kind", SEEN)
def test_without_its_network_a_sign_is_not_there_and_has_no_values(kind):
    assert np.isnan(kind().update(kind().start(), frames(Insight()))[0]).all()
    for skeleton in (HUMANOID, PENN13):
        assert kind not in {type(sign) for sign in signs_of(skeleton)}
        assert kind in {type(sign) for sign in signs_of(skeleton, (kind.network,))}
