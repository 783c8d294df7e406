"""Tensors out of torch's files without torch: as torch writes them, and what lies or is hostile in them."""

from __future__ import annotations

import io
import pickle
import struct
import zipfile

import numpy as np
import pytest

from poseviewer.data.pickles import machine as pickle_machine
from poseviewer.data.pickles.tensors import Tensors, tensors
from poseviewer.data.unpickling import unpickled
from poseviewer.errors import PoseviewerError
from tests.data.bodies.made import torch_file

FOUND = {"pose": {"a": np.arange(6.0).reshape(2, 3), "b": np.ones((4, 1, 2))}}


def repacked(content: bytes, **members: bytes) -> bytes:
    """The file with other bytes in some of its members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, members.get(name.rpartition("/")[2], old.read(name)))
    return stream.getvalue()


def test_tensors_come_as_arrays():
    found = tensors(torch_file(FOUND), "a.pt")["pose"]
    assert all(np.array_equal(found[key], array) for key, array in FOUND["pose"].items())


@pytest.mark.parametrize("as_today", [True, False])  # torch wrote no .zip before 1.6
def test_they_come_as_torch_itself_writes_them(tmp_path, as_today):
    torch = pytest.importorskip("torch")
    whole = torch.arange(24.0).reshape(4, 6)
    found = {
        "slice": whole[1:3, ::2], "turned": whole.T, "expanded": torch.ones(1, 3).expand(5, 3),
        "empty": torch.zeros(0, 3), "double": whole.double(), "half": whole.half(),
        "long": torch.arange(3), "yes": torch.tensor([True, False]),
        "parameter": torch.nn.Parameter(whole), "list": [1, 2.5, "text", None, (torch.tensor(3.0),)],
    }  # fmt: skip
    torch.save(found, tmp_path / "a.pt", _use_new_zipfile_serialization=as_today)
    read = tensors((tmp_path / "a.pt").read_bytes(), "a.pt")
    for key in ("slice", "turned", "expanded", "empty", "double", "half", "long", "yes", "parameter"):
        expected = found[key].detach().numpy()
        assert np.array_equal(read[key], expected) and read[key].dtype == expected.dtype, key
        assert not read[key].size or not read[key].flags.writeable
    assert read["list"][:4] == [1, 2.5, "text", None] and read["list"][4][0] == 3.0


def test_a_pickle_of_tensors_holds_them_itself(tmp_path):
    torch = pytest.importorskip("torch")
    whole = torch.arange(24.0).reshape(4, 6)
    found = {"slice": whole[1:3, ::2], "whole": whole, "long": torch.arange(3), "empty": torch.zeros(0, 3)}
    read = unpickled(pickle.dumps(found), "a.pkl", machine=Tensors)
    assert all(np.array_equal(read[key], tensor.numpy()) for key, tensor in found.items())
    content = pickle.dumps(found)
    for at in range(len(content) // 2, len(content), 97):
        try:
            unpickled(content[:at] + b"\xff" + content[at + 1 :], "a.pkl", machine=Tensors)
        except PoseviewerError as error:
            assert error.what == "a.pkl"


def test_a_model_is_refused_by_what_it_asks_for(tmp_path):
    torch = pytest.importorskip("torch")
    for as_today in (True, False):
        torch.save(torch.nn.Linear(2, 2), tmp_path / "model.pt", _use_new_zipfile_serialization=as_today)
        with pytest.raises(PoseviewerError, match=r"asks for torch\.nn\.modules\.linear\.Linear"):
            tensors((tmp_path / "model.pt").read_bytes(), "model.pt")


def test_a_file_of_old_torch_that_is_cut_or_lies_is_refused(tmp_path):
    torch = pytest.importorskip("torch")
    torch.save({"a": torch.arange(6.0), "b": torch.zeros(3)}, tmp_path / "a.pt", _use_new_zipfile_serialization=False)
    content = (tmp_path / "a.pt").read_bytes()
    for damaged in (content[:-1], content[:60], content.replace(b"FloatStorage", b"HalfStorage ", 1)):
        with pytest.raises(PoseviewerError, match=r"damaged or cut off|asks for"):
            tensors(damaged, "a.pt")


class Hostile:
    def __reduce__(self):
        return print, ("it runs",)


def one(shape: bytes, strides: bytes, offset: int = 0, count: int = 6) -> bytes:
    """A pickle of one tensor over the first storage of FOUND, which has 6 numbers."""
    storage = b"((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK"
    head = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n" + storage + bytes([count]) + b"tQK" + bytes([offset])
    return head + b"(" + shape + b"t(" + strides + b"t\x89NtR."


@pytest.mark.parametrize("pickled, said", [
    (pickle.dumps(Hostile()), "asks for builtins.print"),
    (one(b"K\x07", b"K\x01"), "damaged"),
    (one(b"K\x02K\x03", b"K\x04K\x01"), "damaged"),
    (one(b"K\x06", b"K\x01", offset=1), "damaged"),
    (one(b"K\x06", b"J\xff\xff\xff\xff"), "damaged"),
    (one(b"K\x06", b"K\x01", count=9), "damaged"),
    (one(b"J\xff\xff\xff\x7fK\x01", b"K\x00K\x00"), "copies the same things again and again"),
    (one(b"J\x80\xf0\xfa\x02K\x03", b"K\x00K\x01"), "copies the same things again and again"),
    (b"\x80\x02ctorch\nFloatStorage\n)R.", "a new storage"),
    (b"\x80\x02K\x01Q.", "damaged"),
])  # fmt: skip
def test_what_lies_about_its_storage_or_wants_to_run_is_refused(pickled, said, capsys):
    whole = repacked(torch_file(FOUND), **{"data.pkl": one(b"K\x06", b"K\x01")})
    assert np.array_equal(tensors(whole, "a.pt"), np.arange(6))
    with pytest.raises(PoseviewerError, match=said):
        tensors(repacked(torch_file(FOUND), **{"data.pkl": pickled}), "a.pt")
    assert capsys.readouterr().out == ""


def test_a_bomb_and_a_zip_of_something_else_are_refused():
    with pytest.raises(PoseviewerError, match="unpacks to"):
        tensors(repacked(torch_file(FOUND), **{"0": bytes(64 << 20)}), "a.pt")
    with pytest.raises(PoseviewerError, match=r"torch\.save did not write it"):
        tensors(repacked(torch_file(FOUND)).replace(b"data.pkl", b"data.abc"), "a.pt")
    with pytest.raises(PoseviewerError, match="damaged"):
        tensors(b"PK\x03\x04", "a.pt")


def test_a_storage_asked_for_again_and_again_counts_each_time(monkeypatch):
    """One long way to a storage of one number, taken so often that it never ends where each has its own measure."""
    monkeypatch.setattr(pickle_machine, "MOST_STEPS", 10_000)
    way = b"\x80\x02" + b"N0" * 1000 + pickle.dumps(0x1950A86A20F9469CFC6C, 2)[2:]
    asked = b"\x80\x02(Vstorage\nctorch\nFloatStorage\nV0\nVcpu\nK\x01tQ."
    bare = way + pickle.dumps(1001) + pickle.dumps({}) + asked + pickle.dumps(["0"]) + struct.pack("<q", 1) + bytes(4)
    content = b"B" + struct.pack("<I", len(bare)) + bare + b"q\x000ctorch.storage\n_load_from_bytes\nq\x010("
    assert len(unpickled(content + b"h\x01h\x00\x85R" * 4 + b"l.", "a.pkl", machine=Tensors)) == 4
    with pytest.raises(PoseviewerError, match="single values"):
        unpickled(content + b"h\x01h\x00\x85R" * 40 + b"l.", "a.pkl", machine=Tensors)
