"""What is shared by all readers of numpy's files: an array is unpacked once, and counts once."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data import numpy_files
from poseviewer.data.numpy_files import Npz, is_stored
from poseviewer.data.pickles.tensors import OLD_SIGN
from poseviewer.data.sources import on_disk
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


def test_so_many_arrays_that_they_would_take_minutes_are_refused(monkeypatch):
    monkeypatch.setattr(numpy_files, "_MOST_ARRAYS", 2)
    assert len(Npz("a.npz", npz_bytes(one=np.ones(1), other=np.ones(1)))) == 2
    with pytest.raises(PoseviewerError, match=r"a\.npz: it holds 3 arrays, and 2 are read"):
        Npz("a.npz", npz_bytes(one=np.ones(1), other=np.ones(1), more=np.ones(1)))


@pytest.mark.parametrize(("head", "is_torch"), [(OLD_SIGN, True), (b"PK\x03\x04", True), (b"\x80\x02}q\x00.", False)])
def test_what_torch_saved_is_told_by_how_it_begins(tmp_path, head, is_torch):
    (tmp_path / "a.pt").write_bytes(head + bytes(100))
    assert is_stored(on_disk(tmp_path / "a.pt", "a.pt")) == is_torch
