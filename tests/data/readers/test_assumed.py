from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset
from poseviewer.data.readers.assumed import assumed
from poseviewer.data.reading import Reading
from tests.data.a_rig import walking_bvh
from tests.data.arrays.people import person


@pytest.mark.parametrize(
    ("reading", "found"),
    [
        (Reading(), {"unit": "metres", "up": "y up"}),
        (Reading(up="-z", unit="in"), {"unit": "inches", "up": "z down"}),
    ],
)
def test_what_readers_note_is_found_again(tmp_path, reading, found):
    dataset = open_dataset(walking_bvh(tmp_path / "walk.bvh"), reading)
    assert assumed(dataset.provenance) == found and dataset.reading == reading


def test_a_rate_that_is_assumed_or_odd_is_found(tmp_path):
    path = walking_bvh(tmp_path / "walk.bvh")
    text = path.read_text()
    time = next(line for line in text.splitlines() if line.startswith("Frame Time"))
    path.write_text(text.replace(time, "Frame Time: 1.0"))
    assert assumed(open_dataset(path).provenance)["fps"] == "1 fps?"
    assert open_dataset(path, Reading(fps=25.0)).clip(0).fps == 25.0
    assert len(open_dataset(path, Reading(fps=25.0)).clip(0)) == 40
    path.write_text(text.replace(time, ""))
    assert assumed(open_dataset(path).provenance)["fps"] == "an assumed rate"


def test_files_that_were_taken_otherwise_stand_beside_one_another(tmp_path):
    for name, scale in (("a.bvh", 1.0), ("b.bvh", 0.001)):
        path = walking_bvh(tmp_path / name)
        lines = path.read_text().splitlines()
        for k, line in enumerate(lines):
            if line.strip().startswith("OFFSET"):
                lines[k] = "OFFSET " + " ".join(f"{float(number) * scale:.7f}" for number in line.split()[1:])
        path.write_text("\n".join(lines))
    units = assumed(open_dataset(tmp_path).provenance)["unit"]
    assert units == "metres or 1.7 m tall"
    assert np.isfinite(open_dataset(tmp_path).clip(1).positions).all()


def test_joints_that_have_no_names_are_found(tmp_path):
    np.save(tmp_path / "a.npy", person())
    found = assumed(open_dataset(tmp_path / "a.npy").provenance)
    assert found == {"unit": "metres", "up": "y up", "joints": "smpl22 joints", "fps": "an assumed rate"}
