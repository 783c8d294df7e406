"""ROMP: people before the camera, in an image, in a film, in a folder with a file an image; and GLAMR's world."""

from __future__ import annotations

import io
import pickle

import numpy as np

from poseviewer.data.readers import open_dataset, read
from tests.data.damage import npz_bytes
from tests.data.keypoints.files import results


def is_right(clip, frames):
    place = dict(zip(clip.skeleton.joints, clip.positions[-1], strict=True))
    assert clip.skeleton.name == "smpl24" and len(clip) == frames
    assert place["left_shoulder"][1] > place["left_hip"][1] > place["left_ankle"][1]
    assert place["left_hip"][0] > place["right_hip"][0]


def test_an_image_with_two_people(tmp_path):
    (tmp_path / "a.npz").write_bytes(npz_bytes(results=np.array(results(-1, 1), dtype=object)))
    first, second = read(tmp_path / "a.npz")
    is_right(first, 1)
    np.testing.assert_allclose(second.positions - first.positions, np.tile((2, 0, 0), (1, 24, 1)), atol=1e-5)


def test_a_folder_with_a_file_an_image(tmp_path):
    for n in range(7):
        found = results(0.01 * n) if n != 4 else results()
        (tmp_path / f"{n:08d}.npz").write_bytes(npz_bytes(results=np.array(found, dtype=object)))
    (clip,) = open_dataset(tmp_path)
    is_right(clip, 7)
    assert np.isnan(clip.positions[4]).all() and clip.name == tmp_path.name


def test_a_film_with_tracks(tmp_path):
    film = {}
    for n in range(6):
        order = [1, 2] if n % 2 else [2, 1]
        film[f"v/{n:08d}.jpg"] = results(*(track - 1 for track in order), tracks=order)
    (tmp_path / "video_results.npz").write_bytes(npz_bytes(results=np.array(film, dtype=object)))
    clips = {clip.name: clip for clip in read(tmp_path / "video_results.npz")}
    assert sorted(clips) == ["video_results person 1", "video_results person 2"]
    is_right(clips["video_results person 2"], 6)
    assert np.ptp(clips["video_results person 2"].positions[:, 0, 0]) < 1e-6


def test_glamr_people_stand_in_its_world(tmp_path):
    lying = np.tile([np.pi / 2, 0, 0], (5, 1))  # SMPL's y up is GLAMR's z up
    person = {
        "smpl_pose": np.zeros((5, 69)),
        "smpl_orient_world": lying,
        "root_trans_world": np.arange(5.0)[:, None] * [0.03, 0, 0] + [0, 0, 1],
        "smpl_orient_cam": np.zeros((5, 3)),
        "root_trans_cam": np.zeros((5, 3)),
    }
    stream = io.BytesIO()
    pickle.dump({"person_data": {0: person, 1: person}, "meta": {"algo": "glamr"}}, stream)
    (tmp_path / "a_seed1.pkl").write_bytes(stream.getvalue())
    first, _ = read(tmp_path / "a_seed1.pkl")
    is_right(first, 5)
    assert np.ptp(first.positions[:, 0, 0]) > 0.1 and first.rotations is not None
