from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset, read
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID
from tests.data.arrays.people import person
from tests.data.bodies.made import torch_file

FORMATS = Path(os.environ.get("POSEVIEWER_DATA", "")) / "formats"
ONE = person().astype(np.float32)
THREE = np.stack([person(seed=seed) for seed in range(3)]).astype(np.float32)
MDM = {
    "motion": THREE.transpose(0, 2, 3, 1),
    "text": ["a person walks", "a person turns", "a person walks"],
    "lengths": np.array([40, 25, 33]),
    "num_samples": 3,
    "num_repetitions": 1,
}


def saved(path: Path, thing) -> Path:
    if path.suffix == ".npy":
        np.save(path, thing)
    elif path.suffix == ".npz":
        np.savez(path, **thing)
    else:
        path.write_bytes(pickle.dumps(thing))
    return path


def clips_of(tmp_path, thing, suffix=".pkl", **reading):
    return list(read(saved(tmp_path / f"a{suffix}", thing), Reading(**reading)))


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".pkl"])
def test_results_of_mdm_are_clips_with_their_texts_and_lengths(tmp_path, suffix):
    clips = clips_of(tmp_path, MDM, suffix)
    assert [clip.name for clip in clips] == ["a person walks", "a person turns", "a person walks 2"]
    assert [len(clip) for clip in clips] == [40, 25, 33]
    for clip, wanted in zip(clips, THREE, strict=True):
        assert np.abs(clip.positions - wanted[: len(clip)]).max() < 1e-5
        assert (clip.skeleton.name, clip.fps, clip.fps_known) == ("smpl22", 20, False)
        assert "axes clips x joints x coordinates x frames" in clip.source and "y up by the body" in clip.source
    assert clips[0].onto(HUMANOID).skeleton is HUMANOID


@pytest.mark.parametrize(
    "thing",
    [
        ONE,
        ONE[None],
        ONE.transpose(1, 2, 0),
        ONE.reshape(40, 66),
        {"positions": ONE},
        {"joints3d": ONE, "joints2d": ONE[..., :2], "verts": np.ones((40, 60, 3)), "betas": np.zeros((40, 10))},
        {"pred_xyz": ONE},
        {"poses": ONE},
        {"xyz": ONE.reshape(40, 66)},
        {"full_pose": ONE, "contacts": np.ones((40, 4))},
        {"S": np.concatenate([ONE, np.ones((40, 22, 1))], axis=-1)},
        {"joint_positions": ONE, "joint_velocities": ONE},
        {"keypoints3d": ONE.tolist()},
        {"some_dance": ONE},
        [frame for frame in ONE],
        [{"joints_3d": frame, "score": 0.9} for frame in ONE],
        {f"frame{f}": {"joints": frame} for f, frame in enumerate(ONE)},
        {"results": {"3d_joints": ONE}, "args": {"seed": 10, "name": "run"}},
        {"data": ONE},
        {f"{f:03d}.jpg": frame for f, frame in enumerate(ONE)},
    ],
    ids=range(20),
)
def test_one_motion_by_whatever_name_and_in_whatever_order(tmp_path, thing):
    (clip,) = clips_of(tmp_path, thing)
    assert np.abs(clip.positions - ONE).max() < 1e-5
    assert clip.skeleton.name == "smpl22"


@pytest.mark.parametrize(
    ("thing", "names"),
    [
        (
            {"motion": THREE[:1], "other_motion": THREE[1:2], "text": ["they meet"]},
            ["they meet (motion)", "they meet (other_motion)"],
        ),
        ({"motion": THREE[:1], "text": ["she sits", "she rises"], "lengths": [20, 20]}, ["she sits; she rises"]),
        ({1: {"joints3d": ONE}, 7: {"joints3d": THREE[1, :30]}}, ["a 1", "a 7"]),
        ({"pred": ONE, "gt": THREE[1]}, ["a pred", "a gt"]),
        ({"joints3D": [ONE, THREE[1, :30]], "poses": [ONE[:, 0], ONE[:, 1]], "y": [0, 3]}, ["a 1", "a 2"]),
        ({"walk_01": ONE, "walk_02": THREE[1, :30]}, ["a walk_01", "a walk_02"]),
        ([{"text": "walks", "joints": ONE}, {"text": "turns", "joints": THREE[1]}], ["walks", "turns"]),
        ({"motion": THREE[:2].transpose(0, 3, 1, 2)[..., None]}, ["a 1", "a 2"]),
    ],
)  # fmt: skip
def test_several_motions_are_told_apart_by_name(tmp_path, thing, names):
    clips = clips_of(tmp_path, thing)
    assert [clip.name for clip in clips] == names
    assert np.abs(clips[0].positions - ONE).max() < 1e-5


def test_what_stands_beside_the_motion_counts(tmp_path):
    names = [f"part {j}" for j in range(22)]
    thing = {"motion": ONE, "fps": np.array([25]), "seed_frames": 10, "action": "walk", "joint_names": names}
    thing["parents"] = np.array([-1, *range(21)])
    (clip,) = clips_of(tmp_path, thing)
    assert (clip.fps, clip.fps_known, clip.seed_frames, clip.action) == (25, True, 10, "walk")
    assert clip.skeleton.joints == tuple(names) and clip.skeleton.parents == (-1, *range(21))
    (clip,) = clips_of(tmp_path, {"motion": ONE, "dt": 0.02})
    assert clip.fps == pytest.approx(50)


def test_padding_at_the_end_is_cut(tmp_path):
    padded = np.zeros((2, 60, 22, 3), dtype=np.float32)
    padded[0, :40], padded[1, :25] = THREE[0], THREE[1, :25]
    assert [len(clip) for clip in clips_of(tmp_path, padded, ".npy")] == [40, 25]
    padded[1] = 0  # a person that is not there
    assert [len(clip) for clip in clips_of(tmp_path, padded, ".npy")] == [40]


def test_z_up_in_millimetres_stands_in_metres(tmp_path):
    (clip,) = clips_of(tmp_path, {"positions": 1000 * ONE[..., [0, 2, 1]] * [1, -1, 1]})
    assert np.abs(clip.positions - ONE).max() < 1e-4 and "millimetres" in clip.source and "z up" in clip.source


def test_joints_that_are_not_sure_are_unknown(tmp_path):
    sure = np.ones((40, 22, 1))
    sure[3, 5] = 0
    (clip,) = clips_of(tmp_path, np.concatenate([ONE, sure], axis=-1), ".npy")
    assert not clip.visible[3, 5] and np.isnan(clip.positions[3, 5]).all() and clip.visible.sum() == 40 * 22 - 1


def test_clips_of_one_file_stand_alike(tmp_path):
    """A body without hips that bends over says little of where is up: the others with it do."""
    rolling = THREE[1] * [1, -1, 1] + [0, 2, 0]
    clips = clips_of(tmp_path, np.stack([THREE[0], rolling, THREE[2]])[:, :, 4:].reshape(3, 40, 54), ".npy")
    assert {clip.skeleton.name for clip in clips} == {"smpl18"} and clips[0].fps == 25
    assert np.abs(clips[1].positions - rolling[:, 4:]).max() < 1e-5


def test_joints_of_motion_prediction_are_told_by_their_bones(tmp_path):
    relative = 1000 * np.concatenate([ONE, ONE[:, 20:] + [0, -0.08, 0]], axis=1)
    (clip,) = clips_of(tmp_path, (relative - relative[:, :1])[:, 1:], ".npy")
    assert clip.skeleton.name == "smpl23" and "millimetres" in clip.source
    assert np.ptp(clip.positions[0, :, 1]) == pytest.approx(np.ptp(ONE[0, :, 1]), rel=0.1)


def test_mediapipe_s_body_is_read_where_hands_and_a_face_that_nobody_saw_come_after_it(tmp_path):
    whole = np.full((40, 553, 3), np.nan)
    whole[:, :33] = 1000 * ONE[:, np.arange(33) % 22]
    (clip,) = clips_of(tmp_path, whole, ".npy")
    assert clip.skeleton.name == "mediapipe33" and clip.positions.shape == (40, 33, 3)


PIXELS = ONE[..., :2] * [300, -300] + [900, 800]


@pytest.mark.parametrize(
    ("thing", "note"),
    [
        (PIXELS, "1920 x 1080 taken"),
        (np.concatenate([PIXELS, np.full((40, 22, 1), 0.5)], axis=-1), "1920 x 1080 taken"),
        ({"keypoint": PIXELS[None], "keypoint_score": np.ones((1, 40, 22)), "img_shape": (1080, 1920)}, ""),
        (ONE[..., :2] * [300, -300] / 1080 + [0.1, 0.6], "16:9 taken"),
        (ONE[..., :2] * 300 / 1080, ""),
    ],
)
def test_points_in_an_image_stand_upright_in_its_heights(tmp_path, thing, note):
    (clip,) = clips_of(tmp_path, thing)
    assert clip.skeleton.dims == 2 and note in clip.source
    assert ("taken, " in clip.source) == bool(note) or "parts of" in note
    height = np.ptp(clip.positions[..., 1], axis=1)
    assert np.abs(height - np.ptp(ONE[..., 1], axis=1) * 300 / 1080).max() < 1e-3
    assert (clip.positions[:, 15, 1] > clip.positions[:, 7, 1]).all()  # the head above the ankle
    if isinstance(thing, dict):
        assert clip.image_size == (1920, 1080)


def test_the_user_names_the_joints(tmp_path):
    (clip,) = clips_of(tmp_path, ONE, ".npy", joints="lafan22")
    assert clip.skeleton.name == "lafan22" and "lafan22 as given" in clip.source
    with pytest.raises(PoseviewerError, match="it has 22 joints and ntu25 has 25"):
        clips_of(tmp_path, ONE, ".npy", joints="ntu25")


@pytest.mark.parametrize(
    ("thing", "cause"),
    [
        ({"betas": np.zeros(10)}, r"no array of positions is known in it \(betas \(10,\)\)"),
        (
            {"poses": np.random.default_rng(0).normal(size=(40, 18, 3)), "trans": ONE[:, 0]},
            "its poses keep no bone's length, as turns of joints",
        ),
        ({"motion": np.zeros((2, 25, 6, 40))}, r"no array of positions is known in it \(motion \(2, 25, 6, 40\)\)"),
        (np.zeros((40, 22, 3)), "all its positions are zero"),
        (ONE * np.nan, "all its positions are zero or unknown"),
        (np.zeros((3, 40, 22, 3)), "all its positions are zero"),
        (np.arange(5.0), r"float64 of shape \(5,\)"),
        ([1, 2, 3], "list of 3"),
        ("text", "str"),
        ({"motion": ONE, "fps": 1e9}, "frame rate"),
    ],
)
def test_what_holds_no_motion_says_what_it_holds(tmp_path, thing, cause):
    with pytest.raises(PoseviewerError, match=cause):
        clips_of(tmp_path, thing)


def test_features_that_begin_with_positions_are_those(tmp_path):
    rest = np.random.default_rng(0).normal(size=(2, 40, 426))
    both = np.concatenate([THREE[:2].reshape(2, 40, 66), rest], axis=-1)
    clips = clips_of(tmp_path, both.transpose(1, 0, 2)[..., :262], ".npy")
    clips += clips_of(tmp_path, both[0], ".npy")
    assert len(clips) == 3 and np.abs(clips[2].positions - ONE).max() < 1e-5
    assert all(np.abs(clip.positions - wanted).max() < 1e-5 for clip, wanted in zip(clips, THREE[:2], strict=False))


def test_an_array_by_the_name_of_videopose3d_is_an_array(tmp_path):
    (clip,) = clips_of(tmp_path, {"positions_3d": ONE}, ".npz")
    assert np.abs(clip.positions - ONE).max() < 1e-5


def test_what_torch_saved_opens_where_it_is_motion_and_no_model(tmp_path):
    (tmp_path / "a.pt").write_bytes(torch_file({"result": {"joints": ONE.astype(np.float32)}}))
    (clip,) = read(tmp_path / "a.pt")
    assert np.abs(clip.positions - ONE).max() < 1e-5
    weights = np.random.default_rng(0).normal(size=(64, 22, 3)).astype(np.float32)
    (tmp_path / "b.pt").write_bytes(torch_file({"state_dict": {"encoder.weight": weights}}))
    with pytest.raises(PoseviewerError, match="a PyTorch file cannot be opened"):
        list(read(tmp_path / "b.pt"))


def test_a_hostile_pickle_is_refused_in_a_sentence(tmp_path):
    class Trap:
        def __reduce__(self):
            return os.system, (f"touch {tmp_path / 'ran'}",)

    with pytest.raises(PoseviewerError, match=r"a\.pkl: its pickle asks for \w+\.system"):
        clips_of(tmp_path, {"motion": ONE, "text": [Trap()]})
    assert not (tmp_path / "ran").exists()


def test_a_folder_of_results_is_a_dataset(tmp_path):
    saved(tmp_path / "one.npy", ONE)
    saved(tmp_path / "two.pkl", MDM)
    saved(tmp_path / "Mean.npy", np.zeros(263))
    with open_dataset(tmp_path) as dataset:
        assert len(dataset) == 4 and [error.what for error in dataset.left_out] == ["Mean.npy"]


@pytest.mark.skipif(not FORMATS.is_dir(), reason="real files lie in POSEVIEWER_DATA")
def test_a_real_file_of_mdm():
    clips = list(read(FORMATS / "mdm_results.npy"))
    (source,) = read(FORMATS / "humanml3d_new_joints.npy")
    assert [(clip.name, len(clip)) for clip in clips] == [("a", 170), ("a 2", 170), ("a 3", 170)]
    assert all(np.array_equal(clip.positions, source.positions) for clip in clips)
