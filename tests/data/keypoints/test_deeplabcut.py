"""DeepLabCut: several animals, images or frames, two or three dimensions, as .csv and as pandas' .h5."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from poseviewer.data.readers import open_dataset, read
from poseviewer.errors import PoseviewerError
from tests.data.keypoints.files import PARTS, as_fixed, as_table, columns, mouse, table


def test_a_table_of_one_animal(tmp_path):
    path = table(tmp_path / "m.csv", columns(), [(str(n),) for n in range(6)], mouse().reshape(6, -1))
    (clip,) = read(path)
    assert clip.skeleton.joints == PARTS and clip.skeleton.mirror == (0, 2, 1, 3) and clip.skeleton.dims == 2
    assert set(clip.skeleton.edges) == {(0, 1), (0, 2), (0, 3)}
    assert clip.visible[0].tolist() == [True, True, True, False] and np.isfinite(clip.positions).all()
    np.testing.assert_allclose(clip.positions[1, 0], ((302 - 320) / 480, (240 - 200) / 480), atol=1e-6)
    for said in ("bones are not stated", "640 x 480 taken", "frame rate assumed"):
        assert said in clip.source


def test_images_that_people_labelled_in_order_and_not(tmp_path):
    names, values = columns(("x", "y")), mouse()[..., :2].reshape(6, -1)
    values[2] = np.nan
    rows = [(f"labeled-data/m4s1/img{n:04d}.png",) for n in range(6)]
    (clip,) = read(table(tmp_path / "a.csv", names, rows, values))
    assert len(clip) == 6 and np.isnan(clip.positions[2]).all() and "without order" not in clip.source
    rows = [("labeled-data", "m4s1", f"img{n:05d}.png") for n in (3, 500, 871, 1002, 7777, 9000)]
    (clip,) = read(table(tmp_path / "b.csv", names, rows, values))
    assert len(clip) == 6 and "picked from a film without order" in clip.source


def test_several_animals_with_parts_of_their_own(tmp_path):
    names = columns(("x", "y"), ("pup1", "pup2")) + [("net", "single", "nest", c) for c in ("x", "y")]
    values = np.concatenate([mouse()[..., :2].reshape(6, -1)] * 2 + [np.full((6, 2), 400.0)], axis=1)
    values[:, 8:16] += 30
    first, second, nest = read(table(tmp_path / "a.csv", names, [(str(n),) for n in range(6)], values))
    assert (first.name, second.name, nest.name) == ("a pup1", "a pup2", "a single")
    assert first.skeleton.same_as(second.skeleton) and nest.skeleton.joints == ("nest",)
    np.testing.assert_allclose(
        second.positions[0] - first.positions[0], np.tile((30 / 480, -30 / 480), (4, 1)), atol=1e-6
    )


def test_three_dimensions(tmp_path):
    values = np.random.default_rng(0).normal(size=(6, 4, 3)).reshape(6, -1)
    (clip,) = read(table(tmp_path / "a.csv", columns(("x", "y", "z")), [(str(n),) for n in range(6)], values))
    assert clip.skeleton.dims == 3 and clip.skeleton.joints == PARTS


@pytest.mark.parametrize("write", [as_table, as_fixed])
def test_pandas_in_hdf5(tmp_path, write):
    write(tmp_path / "m.h5", columns(), mouse().reshape(6, -1))
    (clip,) = read(tmp_path / "m.h5")
    assert clip.skeleton.joints == PARTS and len(clip) == 6
    np.testing.assert_allclose(clip.positions[1, 0], ((302 - 320) / 480, (240 - 200) / 480), atol=1e-6)
    assert open_dataset(tmp_path / "m.h5").infos[0].frames == 6


def test_a_hostile_pickle_in_a_table_runs_nothing(tmp_path):
    as_table(tmp_path / "m.h5", columns(), mouse().reshape(6, -1))
    with h5py.File(tmp_path / "m.h5", "a") as file:
        file["df_with_missing"].attrs["non_index_axes"] = np.bytes_(
            b"cos\nsystem\n(S'touch /tmp/keypoints14_hostile'\ntR."
        )
    with pytest.raises(PoseviewerError, match=r"os\.system"):
        list(read(tmp_path / "m.h5"))


def test_a_table_that_is_wrong_is_told_by_its_row(tmp_path):
    path = table(tmp_path / "m.csv", columns(), [(str(n),) for n in range(6)], mouse().reshape(6, -1))
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:4], lines[4] + ",1", *lines[5:]]))
    with pytest.raises(PoseviewerError, match="row 5: it has 14 columns and the head has 13"):
        list(read(path))
    path.write_text("\n".join([*lines[:4], lines[4].replace("210", "wide", 1)]))
    with pytest.raises(PoseviewerError, match="row 5: it holds what is no number"):
        list(read(path))
