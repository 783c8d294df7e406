"""A calibration comes back from tensors and JSON as it was, and a damaged one is refused in a sentence."""

from __future__ import annotations

import copy
import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer import paths
from poseviewer.analysis.calibration import Calibration, calibrated, control
from poseviewer.analysis.calibration_file import read, written
from poseviewer.analysis.judgement import Judgement
from poseviewer.analysis.statistics.sign import HALF, TWICE
from poseviewer.analysis.statistics.signs import SIGNS
from poseviewer.analysis.tails import LEAST, MOST_STEPS, Scales, Tail
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.progress import finished
from tests.judged import learnt_once
from tests.moving_figures import figures

PATH = Path("model.safetensors")


def demo_motions() -> list[np.ndarray]:
    with Dataset.open(paths.demo()) as demo:
        return [np.asarray(clip.onto(HUMANOID).positions, dtype=np.float64) for clip in demo if len(clip) >= 34]


@pytest.fixture(scope="module")
def of_bodies() -> Calibration:
    return finished(learnt_once(demo_motions(), HUMANOID, 30.0))


@pytest.fixture(scope="module")
def of_images() -> Calibration:
    clips, actions = figures(14), ["wave"] * 6 + ["kick"] * 6 + ["nod"] * 2
    return finished(calibrated([clip.positions for clip in clips], PENN13, 30.0, actions=actions))


def through_a_file(calibration, change=lambda document, tensors: None):
    document, tensors = written(calibration, {"dataset": "demo"})
    document, tensors = json.loads(json.dumps(document, allow_nan=False)), copy.deepcopy(tensors)
    change(document, tensors)
    return read(PATH, document, tensors)


def test_joints_that_are_never_known_make_no_calibration_that_cannot_be_read():
    motions = [np.array(clip.positions, dtype=np.float64) for clip in figures(12)]
    for motion in motions:
        motion[:, 0] = np.nan
        motion[5:9] = np.nan
    stored = through_a_file(finished(calibrated(motions, PENN13, 30.0)))
    assert stored.calibration.clips == 12 and not stored.note


def test_an_action_has_bands_of_its_own_from_five_clips_on(of_images):
    assert list(of_images.by_action) == ["wave", "kick"]
    k = next(k for k, sign in enumerate(of_images.signs) if not sign.arrays)
    clips = [clip.positions.astype(np.float64) for clip in figures(14)[:6]]
    own = np.concatenate([control(of_images.signs, clip, PENN13, 30.0)[0].values[0, k] for clip in clips])
    assert of_images.by_action["wave"][k] == pytest.approx(np.nanpercentile(own, [1.0, 50.0, 99.0]))
    np.testing.assert_array_equal(of_images.bands_of("wave")[k], of_images.by_action["wave"][k])
    for action in ("nod", ""):
        np.testing.assert_array_equal(of_images.bands_of(action), of_images.bands)


@pytest.mark.parametrize("name", ["of_bodies", "of_images"])
def test_it_comes_back_as_it_was(name, request):
    calibration = request.getfixturevalue(name)
    stored = through_a_file(calibration)
    again = stored.calibration
    assert stored.about == {"dataset": "demo"} and not stored.note
    assert again.skeleton.same_as(calibration.skeleton) and again.thresholds == calibration.thresholds
    for key in ("fps", "clips", "frames", "unlike"):
        assert getattr(again, key) == getattr(calibration, key)
    np.testing.assert_array_equal(again.bands, calibration.bands)
    np.testing.assert_array_equal(again.n_eff, calibration.n_eff)
    np.testing.assert_array_equal(again.alone, calibration.alone)
    assert list(again.by_action) == list(calibration.by_action)
    for action, bands in calibration.by_action.items():
        np.testing.assert_array_equal(again.by_action[action], bands)
    for old, new in zip(calibration.signs, again.signs, strict=True):
        assert type(old) is type(new)
        for key, array in old.arrays.items():
            np.testing.assert_array_equal(new.arrays[key], array)
            assert new.arrays[key].dtype == array.dtype
    draw, count = np.random.default_rng(0), len(calibration.signs)
    strengths, seeds = draw.normal(0.0, 3.0, (50, count, 40)), draw.normal(0.0, 3.0, (50, count))
    old, new = Scales(calibration.scales), Scales(again.scales)
    np.testing.assert_array_equal(new.score(strengths, seeds), old.score(strengths, seeds))
    np.testing.assert_array_equal(new.score_seeds(seeds), old.score_seeds(seeds))


def test_verdicts_are_those_of_the_one_that_was_not_stored(of_bodies):
    walk = max(demo_motions(), key=len)
    motion = np.concatenate([walk[:45], np.repeat(2.0 * walk[45:46], 60, axis=0)])[None]  # of another body
    made = []
    for calibration in (of_bodies, through_a_file(of_bodies).calibration):
        judgement = Judgement(calibration, motion[:, :20])
        judgement.extend(motion[:, 20:])
        made.append(judgement)
    np.testing.assert_array_equal(made[0].scores, made[1].scores)
    assert made[0].verdict().onset == made[1].verdict().onset is not None


def test_no_clip_can_be_told_from_it(of_bodies):
    """Nothing in it is a frame: what has a pose's shape lies away from all poses of the clips that made it."""
    from poseviewer.analysis.calibration import _judged
    from poseviewer.analysis.statistics.body import local

    _, tensors = written(of_bodies)
    poses = [_judged(m, HUMANOID, 30.0) for m in demo_motions()]
    flat = np.concatenate([local(m.poses, m.known_body)[0] for m in poses]).reshape(-1, 54)
    for name, tensor in tensors.items():
        if tensor.ndim > 1 and tensor.size % 54 == 0 and "seen" not in name:
            rows = tensor.reshape(-1, 54)
            assert np.abs(flat[:, None] - rows).max(axis=2).min() > 0.01, name


def test_every_sign_says_what_its_fit_gives():
    for sign in SIGNS:
        for field in fields(sign):
            assert field.metadata["axes"], (sign.name, field.name)


@given(st.lists(st.floats(-5.0, 5.0), min_size=LEAST, max_size=400), st.lists(st.floats(-8.0, 8.0), min_size=1))
def test_a_tail_of_few_values_is_that_of_all_clips(largest, strengths):
    """By counting the clips that reach a strength, up to the knee."""
    tail = Tail.of(np.array(largest))
    assert tail is not None and len(tail.steps) <= MOST_STEPS
    for strength in strengths:
        if strength <= tail.knee and len(set(largest)) <= MOST_STEPS:
            share = (np.sum(np.array(largest) >= strength) + 0.5) / (len(largest) + 1)
            at_knee = (np.sum(np.array(largest) > tail.knee) + 0.5) / (len(largest) + 1)
            expected = min(-np.log10(min(share, 1.0)), -np.log10(at_knee))
            assert tail.score(np.array(strength)) == pytest.approx(expected, abs=1e-9)


def test_of_many_clips_only_what_counts_is_kept():
    largest = np.random.default_rng(2).normal(0.0, 1.0, 20_000)
    tail = Tail.of(largest)
    assert tail is not None and 200 < len(tail.steps) <= MOST_STEPS
    for strength in np.percentile(largest, [0.1, 5.0, 50.0, 80.0, 94.9]):
        share = (np.sum(largest >= strength) + 0.5) / (len(largest) + 1)
        assert tail.score(np.array(strength)) == pytest.approx(-np.log10(share), abs=0.006)


def test_a_sign_of_a_later_version_is_left_out_with_a_note(of_bodies):
    def change(document, tensors):
        document["signs"].insert(3, {"name": "gait \x1b[31m", "n_eff": "?"})
        tensors["gait/scale"] = np.ones(7)

    stored = through_a_file(of_bodies, change)
    assert len(stored.calibration.signs) == len(of_bodies.signs)
    assert stored.note == "1 sign of its calibration (gait) is not known to this version and left out."


def sign_of(document, name):
    return next(row for row in document["signs"] if row["name"] == name)


DAMAGES = {
    "no format": lambda d, t: d.pop("format"),
    "newer": lambda d, t: d.update(format=2),
    "skeleton": lambda d, t: d.update(skeleton={}),
    "fps": lambda d, t: d.update(fps=1e9),
    "fps nan": lambda d, t: d.update(fps=float("nan")),
    "signs": lambda d, t: d.update(signs={"a": 1}),
    "no signs": lambda d, t: d.update(signs=[]),
    "a million signs": lambda d, t: d.update(signs=[{"name": str(k)} for k in range(1_000_000)]),
    "twice": lambda d, t: d["signs"].append(d["signs"][0]),
    "nameless": lambda d, t: d["signs"].append({}),
    "of another body": lambda d, t: d["signs"].append({"name": "place"}),
    "unlike": lambda d, t: d.update(unlike=None),
    "clips": lambda d, t: d.update(clips=-1),
    "frames": lambda d, t: d.update(frames=1.5),
    "about": lambda d, t: d.update(about=[]),
    "thresholds": lambda d, t: d.update(thresholds={}),
    "upside down": lambda d, t: d["thresholds"]["drift"].update(low=1e6),
    "enters at once": lambda d, t: d["thresholds"]["drift"].update(enter=0),
    "true": lambda d, t: d["thresholds"]["drift"].update(leave=True),
    "n_eff": lambda d, t: sign_of(d, "jump").update(n_eff="20"),
    "band": lambda d, t: sign_of(d, "jump").update(band=[1.0, 2.0]),
    "falling band": lambda d, t: sign_of(d, "jump").update(band=[1.0, 2.0, 0.0]),
    "alone": lambda d, t: sign_of(d, "jump").update(alone=[5, 6]),
    "alone of nothing": lambda d, t: sign_of(d, "jump").update(alone=[5]),
    "bands of one sign": lambda d, t: sign_of(d, "jump").update(by_action={"walk": [0.0, 1.0, 2.0]}),
    "falling band of an action": lambda d, t: [row.update(by_action={"walk": [1, 0, 2]}) for row in d["signs"]],
    "networks": lambda d, t: d.update(networks={"embedding": 7}),
    "networks of another kind": lambda d, t: d.update(networks={"generator": "a"}),
    "limit": lambda d, t: sign_of(d, "jump").update(limit="far"),
    "weightless": lambda d, t: sign_of(d, "jump").update(weight=-1.0),
    "weight": lambda d, t: sign_of(d, "jump").update(weight=1e6),
    "tail": lambda d, t: sign_of(d, "jump").update(absolute=[]),
    "width": lambda d, t: sign_of(d, "jump")["absolute"].update(width=0.0),
    "knee": lambda d, t: sign_of(d, "jump")["absolute"].update(knee=-1e8),
    "clips of a tail": lambda d, t: sign_of(d, "jump")["absolute"].update(clips=10**6),
    "no steps": lambda d, t: t.pop("jump/absolute/steps"),
    "empty steps": lambda d, t: t.update(
        {"jump/absolute/steps": np.ones(0), "jump/absolute/reached": np.ones(0, "i4")}
    ),
    "too many steps": lambda d, t: t.update({"jump/absolute/steps": np.arange(10_000.0)}),
    "falling steps": lambda d, t: t.update({"jump/absolute/steps": t["jump/absolute/steps"][::-1]}),
    "rising counts": lambda d, t: t.update({"jump/absolute/reached": t["jump/absolute/reached"][::-1]}),
    "halves": lambda d, t: t.update({"jump/absolute/reached": t["jump/absolute/reached"].astype(float)}),
    "no scale": lambda d, t: t.pop("jump/scale"),
    "scale of another body": lambda d, t: t.update({"jump/scale": np.ones(13)}),
    "scale of nothing": lambda d, t: t.update({"jump/scale": np.zeros(18)}),
    "centres": lambda d, t: t.update({"nearest/centres": np.zeros((3, 55), np.float32)}),
    "no centres": lambda d, t: t.update({"nearest/centres": np.zeros((0, 54), np.float32)}),
    "endless centres": lambda d, t: t.update({"nearest/centres": np.full((3, 54), 1e30)}),
    "many centres": lambda d, t: t.update({"nearest/centres": np.zeros((5000, 54), np.float32)}),
    "limbs": lambda d, t: t.update({"range/seen": np.ones((3, 1000), np.uint8), "range/scale": np.ones(3)}),
    "unseen": lambda d, t: t.update({"range/seen": np.zeros((8, 1000), np.uint8)}),
    "one side": lambda d, t: d.update(signs=[row for row in d["signs"] if row["name"] in ("jump", "range")]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_one_is_refused_in_a_sentence(of_bodies, damage):
    with pytest.raises(PoseviewerError) as caught:
        through_a_file(of_bodies, DAMAGES[damage])
    sentence = str(caught.value)
    assert sentence.startswith("model.safetensors") and sentence.endswith(".") and "\n" not in sentence
    assert "calibrate the model again" in sentence or damage in ("newer", "skeleton")


def test_of_an_older_one_no_sign_has_a_weight(of_bodies):
    again = through_a_file(of_bodies, lambda d, t: [row.pop("weight") for row in d["signs"]]).calibration
    assert {scale.weight for scale in of_bodies.scales} >= {TWICE, HALF} and not any(s.weight for s in again.scales)


def test_a_sign_that_nothing_tells_keeps_its_silence(of_bodies):
    silent = replace(of_bodies.scales[0], absolute=None, relative=None, seed=None, limit=float("inf"))
    bands = of_bodies.bands.copy()
    bands[0] = np.nan
    again = through_a_file(replace(of_bodies, scales=(silent, *of_bodies.scales[1:]), bands=bands)).calibration
    assert not again.scales[0].decides and np.isnan(again.bands[0]).all() and again.scales[0].limit == float("inf")
