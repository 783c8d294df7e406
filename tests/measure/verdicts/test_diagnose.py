"""Rollouts, rivals and files of motions are judged, and what is said of them is about the right clip and frame."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.statistics.body import lengths
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.verdicts import motion, rivals
from poseviewer.measure.verdicts.diagnose import first_failure, statistics, survival_figures
from poseviewer.measure.verdicts.motion import motions_judged, watched_clip
from poseviewer.measure.verdicts.rollouts import Continued, generated, judged, seeds_of
from poseviewer.measure.verdicts.sets.spread import spectra, variety
from poseviewer.motion.clip import Clip, unrolled
from poseviewer.motion.skeleton import HUMANOID, Skeleton
from poseviewer.nets.models.load import load_model
from poseviewer.nets.protocols import Step
from poseviewer.progress import finished
from tests.judged import learnt_once

pytestmark = pytest.mark.usefixtures("learns_once")
FEET = [j for j, name in enumerate(HUMANOID.joints) if name.endswith(("toe", "ankle"))]


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    with Dataset.open(paths.demo()) as demo:
        found = [clip.onto(HUMANOID) for clip in demo if len(clip) >= 34]
    return [replace(clip, action="long" if len(clip) > 60 else "short", fps=30.0) for clip in found]


@pytest.fixture(scope="module")
def calibration(clips):
    return finished(learnt_once([clip.positions for clip in clips], HUMANOID, 30.0))


@pytest.fixture(scope="module")
def seeds(clips):
    return seeds_of(clips, 5, 10)


@pytest.fixture(scope="module")
def walk(clips) -> Clip:
    return max(clips, key=len)


def told_of(clip: Clip, calibration, seed: int | None = None) -> dict:
    return finished(watched_clip(clip, calibration, seed)).told


def grown(clip: Clip, at: int) -> Clip:
    """Of double size from a frame on."""
    poses = np.concatenate([clip.positions[:at], 2.0 * clip.positions[at:]])
    return Clip(HUMANOID, poses, clip.fps, "grown")


def test_seeds_take_turns_over_actions_and_then_over_clips():
    poses = np.zeros((60, 18, 3), np.float32)
    clips = [Clip(HUMANOID, poses, 30.0, name, action=action) for name, action in (("a", "x"), ("b", "x"), ("c", "y"))]
    found = [(clip.name, start, end) for clip, start, end in seeds_of(clips, 9, 10)]
    assert found == [("a", 0, 20), ("c", 0, 20), ("b", 0, 20), ("c", 20, 40), ("a", 20, 40), ("b", 20, 40)]
    assert seeds_of(clips, 2, 25)[0][1:] == (0, 25) and seeds_of(clips, 9, 55) == []


def test_each_rollout_has_noise_of_its_own_and_does_not_know_what_runs_beside_it(seeds):
    model = load_model(paths.models() / "humanoid-generator-raw.safetensors")
    made = finished(generated(model, seeds[:2], 6, 2))
    assert [(m.clip, m.sample) for m in made] == [(s[0].name, k) for s in seeds[:2] for k in (0, 1)]
    assert np.abs(made[0].poses - made[1].poses).max() > 1e-3
    alone = finished(generated(model, seeds[:1], 6, 2))
    np.testing.assert_allclose(alone[1].poses, made[1].poses, atol=1e-5)
    same = finished(generated(model, [seeds[0], seeds[0]], 6, 1))
    assert np.abs(same[0].poses - same[1].poses).max() > 1e-3


def stretched(clip: Clip, name: str = "") -> Continued:
    """Grown to the double from its 13th frame on."""
    return Continued(name or clip.name, clip.action, clip.positions[:12], 2.0 * clip.positions[12:34])


def test_bodies_that_grow_drift_and_a_short_motion_is_not_judged_beyond_its_end(calibration, clips):
    grown = [stretched(clip) for clip in clips[:6]]
    short = replace(grown[0], poses=grown[0].poses[:1])
    made = finished(judged(calibration, [*grown, short]))
    assert all(verdict.word in ("drifting", "both") for verdict in made.verdicts[:-1])
    assert made.values[-1].shape[1] == 1 and made.onset[:, -1].tolist() == [-1, -1]
    told = survival_figures(made, [1, 22])
    assert told["share"][0] == pytest.approx(1 / 7, abs=1e-3) and told["share"][1] is None  # nobody is left to watch
    assert told["drift"]["share"] == told["share"] and told["collapse"]["share"][1] == 1.0
    assert set(told["by_action"]) == {clip.action for clip in clips[:6]}
    failure = first_failure(made)
    assert failure["failed"] == pytest.approx(6 / 7, abs=1e-3) and 1 <= failure["median"] <= 5
    assert sum(failure["signs"].values()) == pytest.approx(1.0, abs=1e-3)
    rows = statistics(made, made, calibration)
    assert rows["bones"]["alarm_share"] > 0.9
    known, alarming = calibration.alone[[sign.name for sign in calibration.signs].index("bones")]  # of the reference
    assert rows["bones"]["real_frames"] == known + 6 * 22 + 1 and alarming < 0.1 * known
    among = rows["bones"]["alarm_share"] * (6 * 22 + 1) + alarming
    assert rows["bones"]["real_alarm_share"] == pytest.approx(among / rows["bones"]["real_frames"], abs=1e-4)
    assert rows["bones"]["frames"] == 6 * 22 + 1


def test_what_glides_while_its_feet_rest_is_counted_in_standing_windows_alone(calibration, seeds):
    made = finished(judged(calibration, rivals.copies(seeds, 60)))
    rows = statistics(made, made, calibration)
    assert rows["glide"]["alarm_share"] == 0.0 and rows["glide"]["median"] == pytest.approx(0.0, abs=1e-6)
    assert rows["glide"]["frames"] == 5 * 15 and rows["bones"]["frames"] == 5 * 60


def test_after_a_seed_in_the_air_the_floor_is_that_of_the_frames_before(calibration, walk):
    frames = np.arange(len(walk))
    leap = walk.positions + np.where((frames >= 40) & (frames < 60), 0.5, 0.0)[:, None, None] * [0.0, 1.0, 0.0]
    clip = replace(walk, positions=leap.astype(np.float32))
    real, stays = rivals.real([(clip, 42, 58)], 40)[0], rivals.copies([(clip, 42, 58)], 40)[0]
    low = np.sort(leap[13:58][:, FEET, 1].min(axis=1))  # of the last second and a half
    assert real.floor == stays.floor == pytest.approx(0.6 * low[4] + 0.4 * low[5])  # 10 % of 45
    assert real.floor < 0.2 < leap[42:58][:, FEET, 1].min()
    lands, hangs = finished(judged(calibration, [real, stays])).values
    names = [sign.name for sign in calibration.signs]
    assert np.nanmax(lands[names.index("sink")]) < 0.1 and hangs[names.index("hover")][-1] > 0.4
    blind = finished(judged(calibration, [replace(stays, floor=float("inf"))])).values[0]
    assert blind[names.index("hover")][-1] > 0.3  # the reference's floors are known to be low


def test_where_one_clip_carries_the_share_the_table_says_so(calibration, walk):
    fine = Continued("fine", "walk", walk.positions[:12], walk.positions[12:34])
    made = finished(judged(calibration, [fine, stretched(walk, "grown")]))
    assert survival_figures(made, [22])["carried_by"] == {"fine": 0.0, "grown": 1.0}


def test_what_is_seen_from_a_body_comes_back_to_where_it_was(walk):
    poses = np.asarray(walk.positions[None, :12], np.float64)
    view = rivals.View.of(poses[:, -1], HUMANOID)
    seen = view.seen(poses)
    np.testing.assert_allclose(view.world(seen), poses, atol=1e-9)
    np.testing.assert_allclose(seen[0, -1, HUMANOID.root, [0, 2]], 0.0, atol=1e-9)


def test_the_nearest_training_continuation_of_a_training_clip_is_its_own(clips, walk):
    trained = rivals.Trained.of(clips, HUMANOID)
    seed = (walk, 0, 20)
    (found,) = trained.nearest([seed], 500)
    assert len(found.poses) == len(walk) - 20
    np.testing.assert_allclose(found.poses, walk.positions[20:], atol=1e-4)
    assert rivals.Trained.of([walk.cut(0, 12)], HUMANOID) is None


def test_the_nearest_training_continuation_keeps_the_bones_of_the_seed(clips, walk):
    trained = rivals.Trained.of(clips, HUMANOID)
    small = replace(walk, positions=0.7 * walk.positions)
    (found,) = trained.nearest([(small, 0, 20)], 40)
    own = lengths(np.asarray(small.positions[:1], np.float64), HUMANOID)
    np.testing.assert_allclose(lengths(found.poses, HUMANOID), np.repeat(own, len(found.poses), axis=0), rtol=1e-3)


class Exploding:
    """A generator that repeats the seed's last pose, of one row until it has none to give."""

    skeleton, fps, context, stochastic, embedding_id = HUMANOID, 30.0, 2, True, None

    def __init__(self, raises: bool) -> None:
        self.raises = raises

    def start(self, seed, *, number, samples):
        return 0, np.repeat(seed.positions[-1:], samples, axis=0), np.arange(samples)

    def select(self, state, rows):
        return state[0], state[1][rows], state[2][rows]

    def step(self, state, *, temperature):
        frame, poses, rows = state
        poses = poses + np.where(rows == 0, 0.0, np.nan if frame == 7 and not self.raises else 0.0)[:, None, None]
        if self.raises and frame == 7 and (rows > 0).any():
            raise PoseviewerError("exploding", "", "it gives a pose of which no joint is a number", "")
        return Step(poses.astype(np.float32), None), (frame + 1, poses, rows)


@pytest.mark.parametrize("raises", [True, False])
def test_what_a_model_generates_is_drift_from_the_frame_on_at_which_it_is_no_pose(calibration, seeds, raises):
    made = finished(generated(Exploding(raises), seeds[:1], 12, 2))
    told = finished(judged(calibration, made))
    assert np.isfinite(made[0].poses).all() and np.isfinite(made[1].poses).all(axis=(1, 2)).sum() == 7
    assert told.verdicts[1].word in ("drifting", "both") and told.verdicts[1].findings[-1].sign.name == "finite"
    assert told.onset[0].tolist() == [-1, 7] and first_failure(told)["signs"]["finite"] > 0


def test_ridge_fed_with_its_own_forecasts_goes_on_at_the_velocity_that_it_has_learned_from(walk):
    def going(speed: float, turn: float) -> Clip:
        pose = np.asarray(walk.positions[0], np.float64)
        path = np.arange(60)[:, None, None] * speed * np.array([np.sin(turn), 0.0, np.cos(turn)])
        return Clip(HUMANOID, (pose + path).astype(np.float32), 30.0, f"{speed}")

    trained = rivals.Trained.of([going(0.01 * k, 0.3 * k) for k in range(1, 9)], HUMANOID)
    clip = going(0.035, 1.0)
    (made,) = trained.forecasts([(clip, 0, 20)], 25)
    assert made.poses.shape == (25, 18, 3)
    assert np.linalg.norm(made.poses - clip.positions[20:45], axis=-1).max() < 0.05  # of 0.88 m


def test_motions_that_are_the_real_ones_vary_and_sound_as_they_do(clips):
    motions = [Continued(c.name, "", c.positions[:10], unrolled(c, 60).positions[10:]) for c in clips if c.loop]
    told = variety(motions, motions, HUMANOID, 30.0, [5, 20])
    assert told["between_seeds"] == [1.0, 1.0] and told["between_samples"] == [None, None] and told["turning"] == 1.0
    same = [replace(m, poses=motions[0].poses, seed=motions[0].seed) for m in motions]
    assert variety(same, motions, HUMANOID, 30.0, [20])["between_seeds"] == [0.0]
    assert spectra(motions, motions, HUMANOID)["npss"] == 0.0
    copies = [replace(m, poses=np.repeat(m.poses[:1], len(m.poses), axis=0)) for m in motions]
    told = spectra(copies, motions, HUMANOID)
    assert told["npss"] > 1.0 and told["spectral_entropy"] == pytest.approx(np.log(16), abs=1e-3)


def test_a_clip_that_grows_is_told_by_the_frame_of_the_clip(calibration, walk):
    clip = grown(walk, 45)
    told = told_of(clip, calibration, 20)
    assert told["verdict"] in ("drifting", "both") and 44 <= told["onset"] <= 47
    assert f"since frame +{told['onset'] - 20 + 1}" in told["reason"] and told["statistic"] and told["value"] >= 0
    assert told_of(replace(clip, seed_frames=20), calibration) == told
    slow = told_of(replace(clip.resample(60.0), seed_frames=None), calibration, 40)
    assert slow["onset"] == pytest.approx(2 * told["onset"], abs=4)
    assert f"since frame +{slow['onset'] - 40 + 1}" in slow["reason"]


def test_a_clip_drifts_from_the_frame_on_at_which_it_is_no_pose(calibration, walk):
    poses = np.array(walk.positions)
    poses[25:] = np.nan
    told = told_of(replace(walk, positions=poses), calibration, 20)
    assert (told["verdict"], told["onset"], told["statistic"], told["value"]) == ("drifting", 25, "finite", None)


def test_a_long_clip_is_judged_in_pieces(calibration, walk):
    long = replace(walk, positions=np.concatenate([walk.positions] * 4))
    assert len(list(watched_clip(long, calibration, 20))) > 5


@pytest.mark.parametrize(("dims", "seed", "cause"), [(2, 20, "are 2D and"), (3, 5000, "5000 of its")])
def test_what_cannot_be_judged_is_refused_before_anything_is_measured(clips, walk, dims, seed, cause):
    flat = Clip(replace(HUMANOID, dims=2), walk.positions[..., :2], 30.0, "flat")
    made = Dataset.of([walk if dims == 3 else flat], "made")
    job = motions_judged([(Path("made.npz"), made)], Dataset.of(clips, "real"), seed)
    with pytest.raises(PoseviewerError, match=rf"made\.npz, clip .*{cause}"):
        next(job)


def test_a_clip_without_frames_after_its_seed_is_refused_and_one_with_a_single_one_is_judged_by_that(calibration, walk):
    with pytest.raises(PoseviewerError, match="20 of its 20 frames are the seed"):
        told_of(walk.cut(0, 20), calibration, 20)
    assert told_of(walk.cut(0, 21), calibration, 20)["verdict"] == "realistic"


def test_clips_of_a_file_of_several_are_named_by_both(clips, walk):
    real = Dataset.of(clips, "real")
    made = Dataset.of([grown(walk, 45), walk], "made")
    told = finished(motions_judged([(Path("out/made.npz"), made)], real, 20))["clips"]
    assert [row["name"] for row in told] == ["made grown", f"made {walk.name}"]
    assert told[0]["verdict"] in ("drifting", "both")


def test_joints_without_names_are_those_of_the_reference_if_they_are_as_many(clips, walk):
    joints = tuple(f"joint_{j}" for j in range(18))
    numbered = Skeleton("18 joints", joints, None, (), tuple(range(18)), 3)
    nameless = Clip(numbered, grown(walk, 45).positions, 30.0, "made")
    real = Dataset.of(clips, "real")
    (told,) = finished(motions_judged([(Path("made.npy"), Dataset.of([nameless], "made"))], real, 20))["clips"]
    (named,) = finished(motions_judged([(Path("made.npy"), Dataset.of([grown(walk, 45)], "made"))], real, 20))["clips"]
    assert told == named and told["verdict"] in ("drifting", "both")


@pytest.mark.parametrize(("fps", "judged_at"), [(120.0, 30.0), (30.0, 30.0), (20.0, 20.0)])
def test_a_reference_of_many_frames_a_second_judges_at_thirty(clips, walk, monkeypatch, fps, judged_at):
    """Between the frames that a motion has its bones would be shorter, and every sign would look back less far."""
    rates, learn = [], motion.calibrated

    def spied(motions, skeleton, rate, loops):
        rates.append(rate)
        assert max(map(len, motions)) == pytest.approx(judged_at * max(clip.duration for clip in real), abs=2)
        return learn(motions, skeleton, rate, loops)

    real = [clip.resample(fps) for clip in clips]
    monkeypatch.setattr(motion, "calibrated", spied)
    made = Dataset.of([walk.resample(30.0)], "made")
    (told,) = finished(motions_judged([(Path("made.npz"), made)], Dataset.of(real, "real"), 20))["clips"]
    assert rates == [judged_at] and (fps < 30.0 or told["verdict"] == "realistic")


def bending(clip):
    """The clip on a rig with a joint in the back, which bends from frame 20 on and brings what is above it down."""
    chest, above = HUMANOID.joints.index("chest"), [j for j, joint in enumerate(HUMANOID.joints) if is_above(joint)]
    poses = np.array(clip.positions, dtype=np.float64)
    back = poses[:, chest] - poses[:, 0]
    bend = 0.1 * np.sin(np.maximum(np.arange(len(poses)) - 20, 0) * 0.2)[:, None] ** 2
    poses[:, above] -= (bend * back)[:, None]
    spine = poses[:, [0]] + 0.5 * back[:, None]
    count = len(HUMANOID.joints)
    edges = (*(edge for edge in HUMANOID.edges if edge != (0, chest)), (0, count), (count, chest))
    rig = Skeleton("rig", (*HUMANOID.joints, "spine1"), None, edges, (*HUMANOID.mirror, count), 3)
    return replace(clip, skeleton=rig, positions=np.concatenate([poses, spine], axis=1).astype(np.float32))


def is_above(joint):
    return any(part in joint for part in ("chest", "neck", "head", "shoulder", "elbow", "wrist"))


def test_a_back_of_several_bones_that_bends_is_no_bone_that_changes_its_length(clips, walk):
    real = Dataset.of(clips, "real")
    made = Dataset.of([bending(walk), bending(grown(walk, 45))], "made")
    bends, grows = finished(motions_judged([(Path("made.npz"), made)], real, 20))["clips"]
    assert "bone" not in bends["reason"] and grows["verdict"] in ("drifting", "both")
