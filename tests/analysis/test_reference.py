"""Which clips of a dataset measure a model, and how that gets into its checkpoint and out of it."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis import reference
from poseviewer.analysis.networks import networks_of
from poseviewer.analysis.reference import JUMPS, OTHER, REPEATS, SHORT, UNKNOWN, fault_of, rows_of
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models.load import load_model
from poseviewer.progress import finished
from tests.judged import uncalibrated
from tests.moving_figures import figures

GENERATOR = paths.models() / "humanoid-generator-raw.safetensors"
EMBEDDING = paths.models() / "penn-embedding.safetensors"


@pytest.fixture(scope="module")
def clips():
    with Dataset.open(paths.demo()) as demo:
        return [clip.onto(HUMANOID) for clip in demo if len(clip) >= 30]


@pytest.fixture(scope="module")
def dataset(clips):
    return Dataset.of(clips, "demo")


@pytest.fixture(scope="module")
def calibrated_copy(dataset, tmp_path_factory):
    out = tmp_path_factory.mktemp("models") / "calibrated.safetensors"
    return out, finished(reference.calibrate(GENERATOR, dataset, out))


def named(dataset, rows):
    return [dataset.infos[row].name for row in rows]


def test_test_clips_never_calibrate(clips):
    splits = ["train", "validation", "test", ""] * len(clips)
    dataset = Dataset.of([replace(clip, split=split) for clip, split in zip(clips, splits, strict=False)], "split")
    rows = rows_of(dataset, HUMANOID, 30.0)
    assert not rows.halved
    assert {dataset.infos[row].split for row in rows.reference} == {"train", "validation"}
    assert {dataset.infos[row].split for row in rows.others} == {"test", ""}


def test_of_a_dataset_without_splits_every_other_clip_by_name_calibrates(clips):
    marked = [replace(clips[0], split="test"), *clips[1:]]
    dataset, shuffled = Dataset.of(marked, "a"), Dataset.of(marked[::-1], "b")
    rows = rows_of(dataset, HUMANOID, 30.0)
    names = sorted(clip.name for clip in clips[1:])
    assert rows.halved and sorted(named(dataset, rows.reference)) == names[::2]
    assert sorted(named(shuffled, rows_of(shuffled, HUMANOID, 30.0).reference)) == names[::2]
    assert sorted(named(dataset, rows.others)) == sorted([clips[0].name, *names[1::2]])


def test_what_is_short_or_of_another_skeleton_is_counted(clips):
    dataset = Dataset.of([*clips, clips[0].cut(0, 20), *(replace(clip, split="") for clip in figures(3))], "mixed")
    rows = rows_of(dataset, HUMANOID, 30.0)
    assert rows.left_out == {SHORT: 1, OTHER: 3}
    assert rows_of(dataset, PENN13, 30.0).left_out == {OTHER: len(clips) + 1}
    assert rows_of(dataset, HUMANOID, 15.0).left_out[SHORT] > 1


def test_recordings_that_jump_or_repeat_frames_are_no_measure(clips):
    assert [clip.name for clip in clips if fault_of(clip)] == []
    assert [clip.name for clip in figures(10) if fault_of(clip)] == []
    for clip in (max(clips, key=len), figures(1)[0]):
        jumping, stuck = np.array(clip.positions), np.array(clip.positions)
        jumping[20:] += 0.6 * np.ptp(clip.positions[0], axis=0).max()
        stuck[10:22] = stuck[10]
        assert fault_of(replace(clip, positions=jumping)) == JUMPS
        assert fault_of(replace(clip, positions=stuck)) == REPEATS
        stuck = np.array(clip.positions)
        stuck[10:13] = stuck[10]
        assert fault_of(replace(clip, positions=stuck)) != REPEATS
    gap = np.array(clips[0].positions)
    gap[5, 3] = np.nan
    assert fault_of(replace(clips[0], positions=gap)) == UNKNOWN
    hidden = np.array(figures(1)[0].positions)
    hidden[:, 5] = np.nan
    assert fault_of(replace(figures(1)[0], positions=hidden)) == ""


def test_what_is_the_same_for_a_third_of_a_second_repeats_and_what_is_unknown_does_not() -> None:
    poses = np.random.default_rng(0).normal(size=(40, 13, 2))
    poses[:, 0] = np.nan
    poses[5:20] = np.nan
    assert fault_of(Clip(PENN13, poses, 30.0, "unknown")) != REPEATS
    poses[21:29, 1:] = poses[20, 1:]
    assert fault_of(Clip(PENN13, poses, 30.0, "eight")) != REPEATS
    poses[29, 1:] = poses[20, 1:]
    assert fault_of(Clip(PENN13, poses, 30.0, "nine")) == REPEATS
    assert fault_of(Clip(PENN13, poses, 60.0, "at twice the rate")) != REPEATS


def test_a_body_that_turns_at_once_jumps_and_one_that_spins_does_not(clips):
    walk = min(clips, key=lambda clip: (clip.name != "walk", clip.name))
    angles = {
        "once": np.where(np.arange(len(walk)) < 20, 0.0, 0.5),  # radians, all of it in one frame
        "spins": 0.5 * np.arange(len(walk)),
    }
    for name, angle in angles.items():
        c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
        x, y, z = np.moveaxis(walk.positions - walk.positions[:, [HUMANOID.root]], -1, 0)
        turned = np.stack([c * x + s * z, y, c * z - s * x], axis=-1)
        assert (fault_of(replace(walk, positions=turned)) == JUMPS) == (name == "once"), name


def test_clips_that_loop_are_no_measure_of_cycles(calibrated_copy, dataset):
    _, (calibration, motion, _) = calibrated_copy
    assert sum(motion.loops) >= 5 and motion.halved
    assert "that loop are left out of limit cycles" in motion.sentence and "names no split" in motion.sentence
    n_eff = {sign.name: int(n) for sign, n in zip(calibration.signs, calibration.n_eff, strict=True)}
    assert n_eff["cycle"] <= calibration.clips - sum(motion.loops) < n_eff["jump"] == calibration.clips


def test_too_few_clips_are_told_with_what_was_left_out(clips):
    stuck = np.array(clips[0].positions)
    stuck[5:30] = stuck[5]
    few = Dataset.of(
        [replace(clip, split="train") for clip in (*clips[1:10], replace(clips[0], positions=stuck))], "few"
    )
    with pytest.raises(PoseviewerError, match=r"1 that repeat frames exactly\); give 10 clips or more"):
        finished(reference.real_motion(few, HUMANOID, 30.0))


def test_a_calibrated_checkpoint_is_the_same_model(calibrated_copy):
    out, (calibration, _, size) = calibrated_copy
    (before, old), (after, new) = checkpoint.load(GENERATOR), checkpoint.load(out)
    assert after.document["id"] == before.document["id"] and after.embedding_id == before.embedding_id
    apart, kept = (
        {key: value for key, value in card.document.items() if key != "calibration"} for card in (before, after)
    )
    old = {name: tensor for name, tensor in old.items() if not name.startswith("calibration/")}
    assert apart == kept and {name for name in new if not name.startswith("calibration/")} == set(old)
    assert all(new[name].tobytes() == old[name].tobytes() and new[name].dtype == old[name].dtype for name in old)
    bare = uncalibrated(GENERATOR, out.parent).stat().st_size
    assert 10_000 < size < 500_000 and abs(out.stat().st_size - bare - size) < 40_000
    stored = reference.stored_in(out)
    assert stored is not None and stored.calibration.thresholds == calibration.thresholds
    assert stored.about["dataset"] == "demo" and stored.about["split"] == "half"
    assert load_model(out).skeleton.joints == HUMANOID.joints


def test_calibrating_again_puts_the_new_in_the_place_of_the_old(calibrated_copy, clips, tmp_path):
    out = shutil.copy(calibrated_copy[0], tmp_path / "m.safetensors")
    learned = Dataset.of([replace(clip, split="train") for clip in clips[:12]], "twelve")
    finished(reference.calibrate(tmp_path / "m.safetensors", learned, tmp_path / "m.safetensors"))
    stored = reference.stored_in(out)
    assert stored is not None and stored.calibration.clips == 12 and stored.about["dataset"] == "twelve"
    assert [path.name for path in tmp_path.iterdir()] == ["m.safetensors"]
    names = [name for name in checkpoint.load(out)[1] if name.startswith("calibration/calibration/")]
    assert not names


def test_a_model_is_not_replaced_by_one_that_cannot_be_read(dataset, tmp_path, monkeypatch):
    shutil.copy(GENERATOR, tmp_path / "m.safetensors")
    made = reference.written
    spoiled = lambda *given: (made(*given)[0], {**made(*given)[1], "jump/scale": np.full(18, np.nan)})  # noqa: E731
    monkeypatch.setattr(reference, "written", spoiled)
    with pytest.raises(PoseviewerError, match="no numbers of a motion"):
        finished(reference.calibrate(tmp_path / "m.safetensors", dataset, tmp_path / "m.safetensors"))
    assert (tmp_path / "m.safetensors").read_bytes() == GENERATOR.read_bytes()


def test_a_model_of_images_is_calibrated_at_thirty(tmp_path):
    images = Dataset.of(figures(24), "figures")
    finished(reference.calibrate(EMBEDDING, images, tmp_path / "e.safetensors"))
    stored = reference.stored_in(tmp_path / "e.safetensors")
    assert stored is not None and stored.calibration.fps == 30.0
    assert stored.calibration.clips == sum(clip.split == "train" for clip in figures(24))
    assert load_model(tmp_path / "e.safetensors").id == load_model(EMBEDDING).id


def test_what_is_at_work_is_judged_by_its_own_calibration_or_the_datasets(calibrated_copy, dataset, tmp_path):
    own = finished(reference.calibration_of(load_model(calibrated_copy[0]), None))
    assert own is not None and own.calibration.clips == calibrated_copy[1][0].clips
    plain = load_model(uncalibrated(GENERATOR, tmp_path))
    assert finished(reference.calibration_of(plain, None)) is None
    lent = finished(reference.calibration_of(plain, dataset))
    assert lent is not None and lent.about["dataset"] == "demo" and lent.calibration.fps == plain.fps


def test_a_damaged_block_is_refused_in_a_sentence_and_the_model_still_runs(calibrated_copy, tmp_path):
    card, tensors = checkpoint.load(calibrated_copy[0])
    path = tmp_path / "m.safetensors"
    faults = {
        "its steps are missing": (dict(card.document["calibration"]), "calibration/jump/absolute/steps"),
        "of another skeleton": ({**card.document["calibration"], "skeleton": checkpoint.skeleton_document(PENN13)}, ""),
        "of another frame rate": ({**card.document["calibration"], "fps": 25.0}, ""),
        "missing or malformed": (7, ""),
    }
    for cause, (block, without) in faults.items():
        kept = {name: tensor for name, tensor in tensors.items() if name != without}
        checkpoint.save(path, {**card.document, "calibration": block}, kept)
        if "skeleton" not in cause:
            with pytest.raises(PoseviewerError, match=cause):
                reference.stored_in(path)
        else:
            with pytest.raises(PoseviewerError, match="have no such sign"):
                reference.stored_in(path)
        assert load_model(path).context > 0


def test_every_shipped_generator_and_embedding_has_one_through_networks_that_ship_beside_it():
    for path in sorted(paths.models().glob("*.safetensors")):
        card = checkpoint.describe(path)
        if card.kind != "classifier":
            stored = reference.stored_in(path)
            assert stored is not None and not stored.note, path.name
            assert path.stat().st_size <= 4 << 20, path.name
            assert networks_of(load_model(path), stored.networks).ids == stored.networks, path.name
            assert set(stored.networks) == {"embedding", "classifier"}, path.name
