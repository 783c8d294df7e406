"""NTU RGB+D: every body a clip, inferred joints known and not visible, action and performer from the name."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data.readers import read
from poseviewer.errors import PoseviewerError
from tests.data.rigs.takes import ntu_text


def clips_of(tmp_path, text, name="S001C002P003R002A058.skeleton"):
    (tmp_path / name).write_text(text)
    return list(read(tmp_path / name))


def test_every_body_is_a_clip_from_where_it_is_seen(tmp_path):
    first, second = clips_of(tmp_path, ntu_text())
    assert (len(first), len(second), first.fps, first.action, first.subject) == (6, 3, 30.0, "shaking hands", "P003")
    assert (first.name, second.name) == ("S001C002P003R002A058 body 1", "S001C002P003R002A058 body 2")
    assert "seen in 3 of 6 frames, from frame 3 on" in second.source and "seen in" not in first.source
    assert first.positions[..., 1][np.isfinite(first.positions[..., 1])].min() == pytest.approx(0.0, abs=1e-6)
    assert np.allclose(second.positions[0, 3] - first.positions[2, 3], (1, 0, 0), atol=1e-6)  # on the same ground
    assert np.allclose(first.positions[1, 4] - first.positions[0, 4], (0, 0, 0.1), atol=1e-6)


def test_what_the_camera_did_not_see(tmp_path):
    clip = clips_of(tmp_path, ntu_text())[0]
    index = clip.skeleton.joints.index
    hand, thumb = index("hand_left"), index("thumb_left")
    assert np.isfinite(clip.positions[:, hand]).all() and not clip.visible[:, hand].any()
    assert np.isnan(clip.positions[:, thumb]).all() and not clip.visible[:, thumb].any()
    assert clip.visible[:, index("head")].all() and len(clip.skeleton.edges) == 24


def test_a_body_that_goes_and_comes_back_has_a_gap(tmp_path):
    text = ntu_text(5, second=range(1, 2)).replace("72057594037921", "7", 1)
    lines = ntu_text(5, second=range(0)).splitlines()
    start = 1 + 2 * 28  # of the third frame, which then sees nobody
    (clip,) = clips_of(tmp_path, "\n".join([*lines[:start], "0", *lines[start + 28 :]]))
    assert len(clip) == 5 and np.isnan(clip.positions[2]).all() and np.isfinite(clip.positions[3, 0]).all()
    assert len(clips_of(tmp_path, text)) == 2


def test_other_names_and_what_is_wrong(tmp_path):
    assert clips_of(tmp_path, ntu_text(), "mine.skeleton")[0].action == ""
    assert clips_of(tmp_path, ntu_text(), "S018C001P008R001A120.skeleton")[0].action == "rock-paper-scissors"
    cut = clips_of(tmp_path, ntu_text(6, range(0))[:-100])
    assert len(cut[0]) == 5 and "5 of the announced 6 frames" in cut[0].source
    for text, words in (
        ("3\n0\n0\n0\n", "no body was seen"),
        ("2\n77\n" + "0\n" * 50, "'77' is no count"),
        (ntu_text().replace("\n25\n", "\n20\n", 1), "has not 25 joints"),
        (ntu_text().replace("250", "x", 1), "frame 1: could not convert"),
    ):
        with pytest.raises(PoseviewerError, match=words):
            clips_of(tmp_path, text)
