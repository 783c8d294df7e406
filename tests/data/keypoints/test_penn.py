from __future__ import annotations

import zipfile

import numpy as np
import pytest

from poseviewer.data.dataset import Dataset
from poseviewer.data.importing import import_sources
from poseviewer.data.readers import read
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import PENN13
from tests.conftest import WHOLE
from tests.data.damage import penn_label


def clip_of(tmp_path, **changes):
    (tmp_path / "0007.mat").write_bytes(penn_label(**changes))
    return next(read(tmp_path / "0007.mat"))


def test_pixels_become_image_heights_with_y_up(tmp_path):
    x, y = np.full((12, 13), 240.0), np.full((12, 13), 0.0)
    x[:, 1], y[:, 1] = 480.0, 270.0
    clip = clip_of(tmp_path, x=x, y=y)
    assert clip.skeleton is PENN13
    assert np.allclose(clip.positions[0, 0], [0, 0.5]) and np.allclose(clip.positions[0, 1], [480 / 270 / 2, -0.5])
    assert (clip.name, clip.action, clip.split, clip.fps_known, clip.image_size) == (
        "0007",
        "squat",
        "train",
        False,
        (480, 270),
    )
    assert np.allclose(clip.boxes[0] * 270, [90 - 240, 135 - 160, 210 - 240, 135 - 40], atol=1e-4)
    assert "from front" in clip.source


def test_small_integers_are_cast_before_arithmetic(tmp_path):
    x, y = np.full((12, 13), 250, dtype=np.uint8), np.full((12, 13), 200, dtype=np.uint16)
    clip = clip_of(tmp_path, x=x, y=y)
    assert np.allclose(clip.positions[0, 0], [10 / 270, -65 / 270])


def test_unannotated_joints_are_unknown_and_occluded_ones_keep_their_place(tmp_path):
    x, y, visibility = np.full((12, 13), 150.0), np.full((12, 13), 100.0), np.ones((12, 13))
    x[:, 4] = y[:, 4] = 0.75
    visibility[:, [4, 5]] = 0
    visibility[3] = 0
    clip = clip_of(tmp_path, x=x, y=y, visibility=visibility)
    assert np.isnan(clip.positions[:, 4]).all() and np.isfinite(clip.positions[:, [0, 5]]).all()
    assert not clip.visible[:, [4, 5]].any() and clip.visible[:, 0].sum() == 11 and not clip.visible[3].any()


def test_a_short_box_list_repeats_its_last_row(tmp_path):
    clip = clip_of(tmp_path, bbox=np.tile([90.0, 40.0, 210.0, 160.0], (11, 1)))
    assert clip.boxes.shape == (12, 4) and np.array_equal(clip.boxes[-1], clip.boxes[-2])


def test_clips_scaled_twice_are_scaled_back(tmp_path):
    x, y = np.full((12, 13), 300.0), np.full((12, 13), 100.0)
    y[:, 11] = 470.0
    dimensions = np.array([[393, 480, 12]], dtype=np.uint16)
    clip = clip_of(tmp_path, x=x, y=y, dimensions=dimensions)
    assert "scaled twice" in clip.source
    assert np.allclose(clip.positions[0, 11, 1], (393 / 2 - 470 / (393 / 288)) / 393, atol=1e-5)
    y[:, 11] = 380.0
    assert "scaled twice" not in clip_of(tmp_path, x=x, y=y, dimensions=dimensions).source


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"visibility": None}, "no variable visibility"),
        ({"x": np.ones((12, 9))}, "shape"),
        ({"y": np.ones((11, 13))}, "frames"),
        ({"dimensions": np.array([[0, 0, 12]])}, "no image size"),
        ({"x": "text"}, "it holds"),
    ],
)
def test_other_contents_are_refused(tmp_path, changes, cause):
    with pytest.raises(PoseviewerError, match=cause):
        clip_of(tmp_path, **changes)


def test_an_archive_is_imported_and_one_bad_file_left_out(tmp_path):
    with zipfile.ZipFile(tmp_path / "labels.zip", "w") as archive:
        for i in range(4):
            archive.writestr(f"labels/000{i}.mat", penn_label(seed=i, train=np.int16(1 - 2 * (i % 2))))
        archive.writestr("labels/0009.mat", penn_label()[:300])
        archive.writestr("README.txt", "notes")
    refused = []
    last = list(import_sources([tmp_path / "labels.zip"], tmp_path / "out.h5", refused=refused))[-1]
    dataset = Dataset.open(tmp_path / "out.h5")
    assert len(dataset) == last.done == 4 and len(refused) == 1 and "0009" in last.text
    assert [info.split for info in dataset.infos] == ["train", "test", "train", "test"]


def test_the_archive_at_hand(archive, tmp_path):
    path = archive("penn_action_labels.zip", 20, "1516.mat")
    list(import_sources([path], tmp_path / "penn.h5"))
    with Dataset.open(tmp_path / "penn.h5") as dataset, zipfile.ZipFile(path) as files:
        splits = [info.split for info in dataset.infos]
        assert len(dataset) == sum(name.endswith(".mat") for name in files.namelist()) > 90
        assert set(splits) == {"train", "test"} and (not WHOLE or (splits.count("train"), len(splits)) == (1258, 2061))
        assert len({info.action for info in dataset.infos}) == 15
        still = dataset.clip(dataset.find("1516"))
        assert not still.visible.any() and np.nanmax(np.ptp(still.positions, axis=0)) == 0
