"""What is shared by all readers of numpy's files: an array is unpacked once, and counts once."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data import numpy_files
from poseviewer.data.numpy_files import Npz
from poseviewer.errors import PoseviewerError
from tests.data.damage import npz_bytes


def test_an_array_is_unpacked_when_it_is_asked_for_and_once(monkeypatch):
    monkeypatch.setattr(numpy_files, "_MAX_BYTES", 3 << 20)
    arrays = Npz("a.npz", npz_bytes(one=np.ones((200_000, 1)), other=np.ones((250_000, 1)), word=np.array("walk")))
    assert arrays.shape("other") == (250_000, 1) and dict.fromkeys(arrays) == dict.fromkeys(("one", "other", "word"))
    for _ in range(5):
        assert arrays["one"] is arrays["one"] and arrays["word"] == "walk"
    with pytest.raises(PoseviewerError, match=r"a\.npz, other: its arrays unpack to 3 MB, more than the 3 MB"):
        arrays["other"]
