"""What a clip may say of itself: a rate, sizes and places that can be; all else is one sentence with a cure."""

from __future__ import annotations

import json
from dataclasses import replace

import h5py
import numpy as np
import pytest

from poseviewer.cli import main
from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.data.readers import open_dataset, read
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from poseviewer.motion.plausible import plausible
from tests.data.damage import BODY, motion, npz_bytes

RATES = (1e9, 1e300, np.inf, np.nan, 0.0, -30.0, 0.0999, 1000.1)


@pytest.fixture
def stored(tmp_path):
    """A dataset of two clips, one that loops, and the way to change a number of it."""
    path = tmp_path / "stored.h5"
    with DatasetWriter(path) as writer:
        writer.add(motion(name="one"))
        writer.add(replace(motion(30, 1, name="two"), loop=True, travel=(1.0, 0.0, 0.0), image_size=(640, 480)))

    def change(column, value, row=1):
        with h5py.File(path, "r+") as file:
            numbers = file[f"clips/{column}"][()]
            numbers[row] = value
            file[f"clips/{column}"][...] = numbers
        return path

    return change


def test_a_joint_that_is_partly_known_is_unknown():
    positions = motion().positions.copy()
    positions[3, 1, 0], positions[4, 2, 1] = np.inf, np.nan
    positions = plausible(replace(motion(), positions=positions), "a.npz").positions
    assert np.isnan(positions[3, 1]).all() and np.isnan(positions[4, 2]).all()
    assert np.isnan(positions).sum() == 6


@pytest.mark.parametrize(("metres", "read"), [(0.9e6, True), (1.1e6, False)])
def test_a_million_metres_are_as_far_as_single_precision_tells_poses_apart(metres, read):
    positions = motion().positions.copy()
    positions[3, 1, 0] = metres
    clip = replace(motion(), positions=positions)
    if read:
        assert plausible(clip, "a.npz") is clip
    else:
        with pytest.raises(PoseviewerError, match=r"frame 3: a joint lies 1e\+06 metres away"):
            plausible(clip, "a.npz")


@pytest.mark.parametrize("fps", RATES)
def test_a_rate_that_is_none_is_refused_in_npz(tmp_path, fps):
    path = tmp_path / "a.npz"
    path.write_bytes(npz_bytes(positions=motion().positions, fps=fps))
    with pytest.raises(PoseviewerError, match=r"a\.npz: its frame rate is .* between 0.1 and 1000.*--fps"):
        open_dataset(path)
    (clip,) = read(path, Reading(fps=25.0))  # the cure works
    assert clip.fps == 25.0 and clip.fps_known and len(clip) == 20


@pytest.mark.parametrize("fps", RATES)
def test_a_rate_that_is_none_is_refused_in_a_dataset(stored, fps):
    with pytest.raises(PoseviewerError, match="frame rate of a clip"):
        Dataset.open(stored("fps", fps))


@pytest.mark.parametrize("fps", [0.1, 1000.0, 29.97])
def test_a_rate_that_can_be_is_read(stored, fps):
    with Dataset.open(stored("fps", fps)) as dataset:
        assert dataset.clip(1).fps == fps


def test_only_a_missing_rate_is_assumed(tmp_path):
    path = tmp_path / "a.npz"
    path.write_bytes(npz_bytes(positions=motion().positions))
    (clip,) = open_dataset(path)
    assert clip.fps == 30.0 and not clip.fps_known


@pytest.mark.parametrize("fps", ["0", "nan", "inf", "1e9", "-1", "0.01", "fast"])
def test_the_command_line_takes_no_other_rate(tmp_path, capsys, fps):
    with pytest.raises(SystemExit) as end:
        main(["import", str(tmp_path), "-o", str(tmp_path / "a.h5"), "--fps", fps])
    assert end.value.code == 2 and "give" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("seed_frames", 31, "seed_frames is 31 and it has 30 frames; give"),
        ("travel", (np.inf, 0.0, 0.0), "one cycle carries it by"),
        ("travel", (1e12, 0.0, 0.0), "one cycle carries it by"),
        ("turn", 1e9, "radians; give"),
        ("image_width", -5, "pixels; give"),
        ("image_height", 2_000_000, "pixels; give"),
    ],
)
def test_what_a_dataset_may_say_of_a_clip(stored, column, value, words):
    with Dataset.open(stored(column, value)) as dataset:
        assert len(dataset.clip(0)) == 20  # the others are read
        with pytest.raises(PoseviewerError, match=words) as refused:
            dataset.clip(1)
        assert refused.value.what == "stored.h5" and "'two'" in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"boxes": np.full((20, 4), 1e9)}, "a box lies"),
        ({"boxes": np.full((20, 4), np.inf)}, "a box lies"),
        ({"skeleton": replace(BODY, offsets=BODY.offsets * 1e9)}, "a bone at rest"),
        ({"skeleton": replace(BODY, offsets=BODY.offsets * np.nan)}, "a bone at rest"),
        ({"turn": np.nan}, "turns it by"),
        ({"travel": (np.nan, 0.0, 0.0)}, "carries it by"),
        ({"seed_frames": -1}, "seed_frames"),
        ({"image_size": (0, 5)}, "pixels"),
    ],
)
def test_what_any_reader_may_say(changes, words):
    with pytest.raises(PoseviewerError, match=words):
        plausible(replace(motion(), **changes), "a.txt")


def test_a_box_that_is_unknown_stays_so():
    boxes = np.full((20, 4), np.nan)
    assert np.isnan(plausible(replace(motion(), boxes=boxes), "a").boxes).all()


def test_a_seed_stays_inside_when_its_clip_is_resampled():
    for fps in (7.0, 24.0, 29.0, 59.0):
        clip = replace(motion(10), seed_frames=10).resample(fps)
        assert clip.seed_frames <= len(clip)


def test_an_import_with_a_rate_reads_what_states_none_that_can_be(tmp_path, capsys):
    path = tmp_path / "a.npz"
    path.write_bytes(npz_bytes(positions=motion().positions, fps=1e300))
    assert main(["import", str(path), "-o", str(tmp_path / "a.h5")]) == 1
    assert "--fps" in capsys.readouterr().err
    assert main(["import", str(path), "-o", str(tmp_path / "a.h5"), "--fps", "60", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["fps"] == 60.0
