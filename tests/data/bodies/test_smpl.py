"""Parameters of SMPL bodies: every school's names and shapes lead to the same motion, upright on the mean body."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset, read
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from poseviewer.export.motions.bvh import write as write_bvh
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.joint_sets import joint_set, smpl
from tests.data.bodies.made import FRAMES as F
from tests.data.bodies.made import flat, pose, torch_file, trans

UPRIGHT = np.array([np.pi / 2, 0.0, 0.0])  # brings the model's y axis up to z


def z_up(turns: np.ndarray) -> np.ndarray:
    """A pose in a file with z up."""
    turned = turns.copy()
    root = rotation.multiply(rotation.from_expmap(UPRIGHT), rotation.from_expmap(turns[:, 0]))
    angle = 2 * np.arccos(root[:, :1])
    turned[:, 0] = angle * root[:, 1:] / np.sin(angle / 2)
    return turned


def matrices(turns: np.ndarray) -> np.ndarray:
    return rotation.to_matrix(rotation.from_expmap(turns))


def written(path: Path, found) -> Path:
    if path.suffix == ".pt":
        path.write_bytes(torch_file(found))
    elif path.suffix == ".npz":
        np.savez(path, **found)
    elif path.suffix == ".npy":
        np.save(path, found)
    else:
        path.write_bytes(pickle.dumps(found))
    return path


def clips(tmp_path: Path, name: str, found, **reading):
    return list(read(written(tmp_path / name, found), Reading(**reading)))


def expected() -> np.ndarray:
    """(F, 24, 3) metres, y up, of `pose` and `trans`."""
    return reference(pose(), trans())


def reference(turns: np.ndarray, moved: np.ndarray) -> np.ndarray:
    skeleton = joint_set("smpl24")
    return kinematics.forward(
        moved + smpl.PELVIS, rotation.from_expmap(turns), smpl.mean_offsets(skeleton.joints), skeleton.parents
    )


def parts(turns: np.ndarray | None = None, **names) -> dict:
    turns = pose() if turns is None else turns
    return {"global_orient": flat(turns[:, :1]), "body_pose": flat(turns[:, 1:22]), "transl": trans(), **names}


six = matrices(pose())[..., :2, :].reshape(F, 24, 6)
motion_x = np.zeros((F, 322), np.float32)
motion_x[:, :66], motion_x[:, 309:312] = flat(pose()[:, :22]), trans()
raw = np.zeros((25, 6, F), np.float32)
raw[:24], raw[24, :3] = np.moveaxis(six, 0, -1), trans().T
fact = np.concatenate([np.zeros((F, 6)), trans(), matrices(pose()).reshape(F, 216)], axis=1)

LAYOUTS = {
    "smpl.npz": {"poses": flat(pose()), "trans": trans(), "betas": np.zeros(10), "gender": "male"},
    "smplh.npz": {"poses": flat(pose(52)), "trans": trans(), "mocap_framerate": 120.0},
    "smplx.npz": {"poses": flat(pose(55)), "trans": trans(), "mocap_frame_rate": 120.0},
    "parts.npz": {"root_orient": flat(pose()[:, :1]), "pose_body": flat(pose()[:, 1:22]), "trans": trans()},
    "hands.pkl": parts(left_hand_pose=np.zeros((F, 45)), right_hand_pose=np.zeros((F, 45)), jaw_pose=np.zeros((F, 3))),
    "joints.npz": {"poses": pose(), "trans": trans(), "fps": 30},
    "matrices.pkl": {"global_orient": matrices(pose())[:, :1], "body_pose": matrices(pose())[:, 1:], "transl": trans()},
    "mdm.npy": {"thetas": np.moveaxis(six, 0, -1), "root_translation": trans().T, "length": F, "vertices": None},
    "hmr4d_results.pt": {"smpl_params_global": parts(), "smpl_params_incam": parts(pose() * 0)},
    "aist.pkl": {"smpl_poses": flat(pose()), "smpl_trans": trans() * 93.8, "smpl_scaling": np.array([93.8])},
    "gvhmr.pkl": {
        "smpl_params_incam": parts(pose() * 0),
        "smpl_params_global": parts(betas=np.zeros((F, 10))),
        "net_outputs": {"pred_smpl_params_global": parts(pose() * 0)},
    },
    "wham.pkl": {
        0: {"pose": flat(pose()[::-1]), "trans": -trans(), "pose_world": flat(pose()), "trans_world": trans()}
    },
    "emdb.pkl": {"smpl": {"poses_root": pose()[:, 0], "poses_body": flat(pose()[:, 1:]), "trans": trans()}},
    "frames.pkl": [
        {"global_orient": pose()[f, 0], "body_pose": pose()[f, 1:22], "transl": trans()[f]} for f in range(F)
    ],
    "centimetres.npz": {"poses": flat(pose()), "trans": trans() * 100, "betas": np.zeros(10), "mocap_framerate": 60},
    "tram.npz": {"pred_rotmat": matrices(pose()), "pred_trans": trans()[:, None], "pred_shape": np.zeros((F, 10))},
    "motion_x.npy": motion_x,
    "fact.npy": fact,
    "raw.npy": raw,
    "raw_motion.npy": {"motion": raw[None], "text": ["walks"], "lengths": np.array([F])},
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_school_s_file_is_the_same_motion(tmp_path, name):
    (clip,) = clips(tmp_path, name, LAYOUTS[name])
    assert clip.skeleton.name == "smpl24" and clip.name == Path(name).stem
    wide = name in ("smplx.npz", "hands.pkl", "hmr4d_results.pt", "gvhmr.pkl")  # SMPL-X, whose pelvis lies lower
    lower = np.subtract(smpl.PELVIS_OF_SMPLX, smpl.PELVIS) if wide else np.zeros(3)
    assert np.allclose(clip.positions, expected() + lower, atol=2e-3)
    assert "bone lengths are an approximation" in clip.source
    again = kinematics.forward(clip.positions[:, 0], clip.rotations, clip.skeleton.offsets, clip.skeleton.parents)
    assert np.allclose(again, clip.positions, atol=1e-5)


def test_what_mdm_s_network_gives_is_a_clip_a_text_as_long_as_it_is(tmp_path):
    found = {"motion": np.stack([raw, raw]), "text": ["walks", "turns"], "lengths": np.array([F, 12])}
    one, other = clips(tmp_path, "results.npy", found)
    assert (one.name, len(one), other.name, len(other)) == ("results walks", F, "results turns", 12)


def test_a_file_with_z_up_stands_on_its_feet_and_walks_where_it_walked(tmp_path):
    moved = trans()[:, [0, 2, 1]] * [1, -1, 1]
    found = {"poses": flat(z_up(pose())), "trans": moved, "mocap_framerate": 120.0}
    (clip,) = clips(tmp_path, "amass.npz", found)
    joint = dict(zip(clip.skeleton.joints, np.moveaxis(clip.positions, 1, 0), strict=True))
    assert (joint["head"][:, 1] - joint["left_foot"][:, 1] > 1.2).all() and (
        joint["left_hip"][0] - joint["right_hip"][0]
    )[0] > 0
    assert np.allclose(np.diff(clip.positions[:, 0], axis=0), np.diff(trans(), axis=0), atol=1e-4)
    assert (clip.fps, clip.fps_known) == (120.0, True) and "z up by the body" in clip.source
    again = kinematics.forward(clip.positions[:, 0], clip.rotations, clip.skeleton.offsets, clip.skeleton.parents)
    assert np.allclose(again, clip.positions, atol=1e-5)


def test_who_stands_with_z_up_stands_whoever_wrote_it_and_who_lies_in_y_up_lies(tmp_path):
    moved = trans()[:, [0, 2, 1]] * [0.1, 0.0, 1]
    (stands,) = clips(tmp_path, "phc.pkl", {"walk": {"pose_aa": flat(z_up(pose())), "trans_orig": moved, "fps": 30}})
    assert np.ptp(stands.positions[..., 1], axis=1).min() > 1.2 and "z up by the body" in stands.source
    lying = np.zeros((F, 24, 3))
    lying[:, 0, 0], swing = np.pi / 2, 0.5 * np.abs(np.sin(np.arange(F) * 0.3))
    lying[:, 1, 2], lying[:, 2, 2] = swing, -swing
    (lies,) = clips(tmp_path, "lying.npz", {"poses": flat(lying), "trans": np.full((F, 3), 0.2)})
    assert np.ptp(lies.positions[..., 1], axis=1).max() < 0.7


def test_who_lies_on_the_ground_all_the_time_is_taken_as_his_format_has_it(tmp_path):
    lying = np.zeros((F, 24, 3))
    lying[:, 16, 2] = np.sin(np.arange(F) * 0.3)
    found = {"poses": flat(lying), "trans": trans() * 0.1, "mocap_framerate": 120.0}
    (clip,) = clips(tmp_path, "crawl.npz", found, up="z")
    assert np.ptp(clip.positions[..., 1], axis=1).max() < 0.7 and "z up as given" in clip.source


def test_a_camera_s_frame_has_its_person_upside_down(tmp_path):
    turned = rotation.multiply(rotation.from_expmap([np.pi, 0, 0]), rotation.from_expmap(pose()[:, 0]))
    found = {"global_orient": rotation.to_matrix(turned)[:, None], "body_pose": matrices(pose())[:, 1:], "betas": 0}
    (clip,) = clips(tmp_path, "hmr2.npz", found)
    assert np.allclose(np.diff(clip.positions, axis=1), np.diff(expected(), axis=1), atol=1e-4)
    assert "-y up by the body" in clip.source and "it stays in place" in clip.source and not clip.fps_known


def test_frames_of_a_tracker_become_a_clip_a_person(tmp_path):
    def seen(frame, *tracks):
        one = matrices(pose())[frame]
        person = {"global_orient": one[:1], "body_pose": one[1:], "betas": np.zeros(10)}
        return {
            "time": frame,
            "tid": list(tracks),
            "smpl": [person] * len(tracks),
            "camera": [np.zeros(3)] * len(tracks),
        }

    found = {f"img/{f:06}.jpg": seen(f, *([1, 2] if f > 5 else [1])) for f in range(F) if f != 10}
    found["img/000010.jpg"] = seen(10, 2)
    first, second = clips(tmp_path, "demo.pkl", dict(sorted(found.items())))
    assert (first.name, second.name) == ("demo person 1", "demo person 2")
    assert (len(first), len(second)) == (F, F - 6)
    unknown = np.isnan(first.positions).all(axis=(1, 2))
    assert np.flatnonzero(unknown).tolist() == [10]
    assert np.allclose(np.diff(first.positions[11], axis=0), np.diff(expected()[11], axis=0), atol=1e-4)


def test_a_motion_is_as_long_as_the_file_says_or_as_its_shortest_part(tmp_path):
    (stated,) = clips(tmp_path, "mdm.npy", LAYOUTS["mdm.npy"] | {"length": F - 9})
    (broken,) = clips(tmp_path, "parts.npz", LAYOUTS["parts.npz"] | {"pose_body": flat(pose()[:-9, 1:22])})
    for clip in (stated, broken):
        assert len(clip) == F - 9 and np.allclose(clip.positions, expected()[:-9], atol=2e-3)
    (lost,) = clips(tmp_path, "smpl.npz", LAYOUTS["smpl.npz"] | {"trans": trans()[:-9]})
    assert np.isfinite(lost.positions[:-9]).all() and np.isnan(lost.positions[-9:]).all()


@pytest.mark.parametrize("found, names", [
    ({"person1": parts(), "person2": parts(), "mocap_framerate": 59.94}, ["duo person1", "duo person2"]),
    ({"poses": [flat(pose())] * 2, "trans": [trans()] * 2, "betas": []}, ["duo 1", "duo 2"]),
    ({key: np.stack([value] * 2) for key, value in parts().items()}, ["duo 1", "duo 2"]),
])  # fmt: skip
def test_several_bodies_are_several_clips(tmp_path, found, names):
    read = clips(tmp_path, "duo.pkl", found)
    assert [clip.name for clip in read] == names
    for clip in read:
        assert np.allclose(clip.positions, expected(), atol=2e-3)
        assert clip.fps == found.get("mocap_framerate", 30.0)


def test_hands_come_where_they_are_asked_for(tmp_path):
    turns = pose(52)
    turns[:, 22:52, 2] = 0.8
    found = {"poses": flat(turns), "trans": trans(), "mocap_framerate": 120.0}
    (still,) = clips(tmp_path, "hands.npz", found)
    for asked, count in (("smplh52", 52), ("smplx", 55), ("smpl22", 22)):
        (clip,) = clips(tmp_path, "hands.npz", found, joints=asked)
        assert len(clip.skeleton.joints) == count
        assert np.allclose(clip.positions[:, :22], still.positions[:, :22], atol=1e-6)
    (clip,) = clips(tmp_path, "hands.npz", found, joints="smplx55")
    joint = dict(zip(clip.skeleton.joints, clip.positions[0], strict=True))
    straight, bent = joint["left_index1"] - joint["left_wrist"], joint["left_index3"] - joint["left_index2"]
    assert straight @ bent < 0.9 * np.linalg.norm(straight) * np.linalg.norm(bent)
    with pytest.raises(PoseviewerError, match=r"positions of coco17.*smpl22"):
        clips(tmp_path, "hands.npz", found, joints="coco17")


def test_it_goes_out_as_bvh_and_comes_back(tmp_path):
    (clip,) = clips(tmp_path, "walk.npz", LAYOUTS["smplh.npz"])
    list(write_bvh(clip, tmp_path / "walk.bvh"))
    (again,) = read(tmp_path / "walk.bvh")
    both = [again.skeleton.joints.index(joint) for joint in clip.skeleton.joints]
    assert np.allclose(again.positions[:, both], clip.positions, atol=1e-3)


def test_what_would_not_fit_into_memory_is_refused_before_it_is_turned(tmp_path, monkeypatch):
    monkeypatch.setattr("poseviewer.data.readers.bodies.turns._MOST_TURNS", 24 * F - 1)
    with pytest.raises(PoseviewerError, match=rf"24 joints in {F} frames do not fit into memory; cut it"):
        clips(tmp_path, "long.npz", LAYOUTS["smpl.npz"])


def test_positions_that_are_called_poses_are_no_rotations(tmp_path):
    path = written(tmp_path / "joints.npz", {"poses": expected().reshape(F, 72)})
    try:
        assert "SMPL parameters" not in next(iter(read(path))).source
    except PoseviewerError as error:
        assert "SMPL" not in error.cause


def test_who_stands_still_before_a_camera_is_a_body_by_its_shape(tmp_path):
    """VIBE's person has no translation, and turns that hardly change look like positions that do not."""
    person = {"pose": flat(np.repeat(pose()[:1], F, 0)), "betas": np.zeros((F, 10)), "frame_ids": np.arange(F)}
    (clip,) = clips(tmp_path, "vibe_output.pkl", {1: person})
    assert "SMPL parameters" in clip.source and len(clip.positions) == F


def test_real_files_stand_upright_and_are_as_tall_as_people(real_data):
    for name, fps in (("amass_smpl.npz", 30.0), ("aistpp_smpl.pkl", 60.0)):
        with open_dataset(real_data / "formats" / name) as dataset:
            (clip,) = dataset
            joint = dict(zip(clip.skeleton.joints, np.moveaxis(clip.positions, 1, 0), strict=True))
            assert 1.3 < np.median(joint["head"][:, 1] - joint["left_foot"][:, 1]) < 1.6 and clip.fps == fps
            side, toe = joint["left_hip"] - joint["right_hip"], joint["left_foot"] - joint["left_ankle"]
            assert (np.cross(side, [0, 1, 0]) * toe).sum(axis=1).mean() > 0
