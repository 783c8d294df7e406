"""SLEAP: every animal a clip, its skeleton out of the file, whichever of three files it is."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from poseviewer.data.readers import open_dataset, read
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from tests.data.keypoints.files import EDGES, NODES, analysis, flies, labels


def is_right(first, second):
    assert first.skeleton.joints == NODES and first.skeleton.edges == EDGES and first.skeleton.mirror == (0, 1, 3, 2)
    assert first.skeleton.dims == 2 and len(first) == len(second) == 8 and np.isnan(second.positions[3]).all()
    np.testing.assert_allclose(first.positions[2, 0], ((104 - 320) / 480, (240 - 102) / 480), atol=1e-5)
    np.testing.assert_allclose(second.positions[2, 0], ((404 - 320) / 480, (240 - 252) / 480), atol=1e-5)


@pytest.mark.parametrize("axes", [(0, 3, 2, 1), (1, 0, 2, 3), (1, 2, 3, 0)])
def test_an_analysis_file_in_every_order(tmp_path, axes):
    tracks = flies().transpose(axes)
    scores = np.full((2, 8, 4), 0.9)
    scores[0, 0, 1] = 0.05
    where = {(0, 3, 2, 1): (0, 2, 1), (1, 0, 2, 3): (1, 0, 2), (1, 2, 3, 0): (1, 2, 0)}[axes]
    path = analysis(tmp_path / "a.h5", tracks, point_scores=scores.transpose(where))
    first, second = read(path)
    is_right(first, second)
    assert (first.name, second.name) == ("a female", "a male") and first.visible[0].tolist() == [
        True,
        False,
        True,
        True,
    ]
    assert open_dataset(path).skeletons[0].joints == NODES


def test_names_of_varying_length(tmp_path):
    first, _ = read(analysis(tmp_path / "a.h5", flies().transpose(0, 3, 2, 1), varying=True))
    assert first.skeleton.joints == NODES


@pytest.mark.parametrize("tracked", [True, False])
def test_labels(tmp_path, tracked):
    first, second = read(labels(tmp_path / "a.slp", tracked))
    is_right(first, second)
    assert first.fps == 100 and first.fps_known and first.image_size == (640, 480) and "not stated" not in first.source
    assert first.name == ("a female" if tracked else "a animal 1")


def test_labels_of_old_count_pixels_from_their_corner(tmp_path):
    first, _ = read(labels(tmp_path / "a.slp", version=1.0))
    np.testing.assert_allclose(first.positions[0, 0, 0], (99.5 - 320) / 480, atol=1e-6)


def test_points_that_a_person_set_come_before_predicted_ones(tmp_path):
    path = labels(tmp_path / "a.slp")
    with h5py.File(path, "r+") as file:
        set_by_hand = file["pred_points"][:4][["x", "y", "visible", "complete"]]
        set_by_hand["x"] += 48
        del file["points"]
        file["points"] = set_by_hand
        file["instances"][1] = (0, 0, 4, 0)  # of the first animal, in the first frame
    first = next(read(path))
    np.testing.assert_allclose(first.positions[0, 0, 0] - first.positions[1, 0, 0], (48 - 2) / 480, atol=0.01)
    assert first.positions[0, 0, 0] > first.positions[1, 0, 0]


def test_a_table(tmp_path):
    head = ["track", "frame_idx", "instance.score"] + [f"{node}.{c}" for node in NODES for c in ("x", "y", "score")]
    lines = [",".join(head)]
    for t, name in enumerate(("female", "male")):
        for f in range(8):
            if np.isfinite(flies()[t, f]).all():
                lines.append(",".join(map(str, [name, f, 0.9, *(n for x, y in flies()[t, f] for n in (x, y, 0.8))])))
    (tmp_path / "a.csv").write_text("\n".join(lines))
    first, second = read(tmp_path / "a.csv")
    assert first.skeleton.joints == NODES and "bones are not stated" in first.source and first.skeleton.edges
    assert (first.name, len(second)) == ("a female", 8) and np.isnan(second.positions[3]).all()
    (tmp_path / "a.csv").write_text("\n".join([lines[0], lines[1] + ",1"]))
    with pytest.raises(PoseviewerError, match="line 2: it has 16 columns and the head names 15"):
        list(read(tmp_path / "a.csv"))


def test_hdf5_of_somebody_else_is_told_what_is_read(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["walker/joints"] = np.zeros((3, 4))
    for opened in (open_dataset, lambda path: list(read(path, Reading()))):
        with pytest.raises(
            PoseviewerError, match=r"a\.h5: .*not a dataset of poseviewer, nor what is read as SLEAP, DeepLabCut"
        ):
            opened(tmp_path / "a.h5")


def test_links_that_lead_out_are_not_followed(tmp_path):
    analysis(tmp_path / "a.h5", flies().transpose(0, 3, 2, 1))
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["tracks"] = h5py.ExternalLink(str(tmp_path / "a.h5"), "tracks")
        file["node_names"] = np.array([name.encode() for name in NODES])
    with pytest.raises(PoseviewerError, match="nor what is read as SLEAP"):
        open_dataset(tmp_path / "b.h5")
