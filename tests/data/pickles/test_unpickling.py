"""What the unpickler reads as pickle does, and that nothing else is read and nothing runs."""

from __future__ import annotations

import builtins
import collections
import io
import os
import pickle
import struct
import subprocess
import time
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.data import unpickling
from poseviewer.data.numpy_files import npy
from poseviewer.data.pickles import machine as pickle_machine
from poseviewer.data.unpickling import unpickled
from poseviewer.errors import PoseviewerError
from tests.data.damage import damaged
from tests.data.test_damaged import peak

NUMBERS = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
KINDS = {
    "results": {"motion": NUMBERS, "text": ["a", "b"], "lengths": np.array([3, 4]), "num_samples": 2},
    "fortran": np.asfortranarray(NUMBERS),
    "big-endian": NUMBERS.astype(">f8"),
    "whole": np.array([1, -2], dtype=np.int64),
    "flags": np.array([[True, False]]),
    "words": np.array(["pelvis", "left hip"]),
    "old words": np.array([b"pelvis", b"hip"]),
    "nothing": np.zeros((0, 3)),
    "sliced": NUMBERS[:, ::2],
    "objects": np.array([NUMBERS, {"a": [1, None]}, "text"], dtype=object),
    "one object": np.array({"a": 1.5}, dtype=object),
    "scalars": [np.float32(0.5), np.int64(-3), np.bool_(True), np.str_("word")],
    "ordered": collections.OrderedDict([("b", 1), ("a", (2, 3))]),
    "default": collections.defaultdict(list, {"a": [1]}),
    "numbers": [0, 1, -1, 255, 256, 70_000, -70_000, 1 << 40, -(1 << 70), 1.5, -0.0, 2 + 3j, True, False, None],
    "text": ["", "ä 走る \U0001f3c3", "a\nb\\u0041", "x" * 300],
    "nested": {"people": {1: {"poses": [NUMBERS[0], NUMBERS[0]]}, 2: ((), [], {})}},
}


def same(ours, theirs) -> bool:
    if isinstance(theirs, np.ndarray):
        same_kind = ours.dtype == theirs.dtype and ours.shape == theirs.shape
        return same_kind and all(same(a, b) for a, b in zip(ours.flat, theirs.flat, strict=True))
    if isinstance(theirs, dict):
        return list(ours) == list(theirs) and all(same(ours[key], theirs[key]) for key in theirs)
    if isinstance(theirs, (list, tuple)):
        return type(ours) is type(theirs) and len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(theirs, (set, frozenset)):
        return set(ours) == theirs
    if isinstance(theirs, (bytes, bytearray)):
        return bytes(ours) == theirs
    return ours == (theirs.item() if isinstance(theirs, np.generic) else theirs) or ours != ours


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("kind", KINDS)
def test_what_numpy_and_python_pickle_comes_back(kind, protocol):
    assert same(unpickled(pickle.dumps(KINDS[kind], protocol), "a.pkl"), KINDS[kind])


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.sets(st.integers()),
    lambda inside: (
        st.lists(inside) | st.tuples(inside, inside) | st.dictionaries(st.text() | st.integers(0, 1 << 59), inside)
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(plain, st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_plain_containers_come_back(value, protocol):
    assert same(unpickled(pickle.dumps(value, protocol), "a.pkl"), value)


def test_names_of_all_numpys_and_of_python_2_are_known():
    """As numpy 1 and 2 and Python 2 write an array: the same thing under other names, its bytes as text."""
    content = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I2\nt"
        b"cnumpy\ndtype\n(S'f4'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI00\n"
        b"S'\\x00\\x00\\x80?\\x00\\x00\\x00@'\ntb."
    )
    assert unpickled(content, "a.pkl").tolist() == [1.0, 2.0]
    assert unpickled(content.replace(b"numpy.core", b"numpy._core"), "a.pkl").tolist() == [1.0, 2.0]


@pytest.mark.parametrize("compress", [0, ("zlib", 3), ("gzip", 3)])
def test_joblib_dumps_are_read(tmp_path, compress):
    """Its arrays' bytes stand behind the steps that name them, at a multiple of 16 bytes."""
    joblib = pytest.importorskip("joblib")
    people = {1: {"joints3d": NUMBERS, "frame_ids": np.arange(2)}, 7: {"joints3d": np.asfortranarray(NUMBERS)}}
    joblib.dump(people, tmp_path / "a.pkl", compress=compress)
    assert same(unpickled((tmp_path / "a.pkl").read_bytes(), "a.pkl"), people)


def refusal(content: bytes) -> str:
    with pytest.raises(PoseviewerError) as caught:
        unpickled(content, "a.pkl")
    return str(caught.value)


class Calls:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


def chain(*names: str) -> bytes:
    """A pickle that reaches for a dotted name, as Python 3.4 and later resolve it."""
    return b"\x80\x04" + b"".join(b"\x8c" + bytes([len(n)]) + n.encode() for n in names) + b"\x93)R."


def exploits(marker: str) -> dict[str, bytes]:
    touch = f"touch {marker}"
    code = f"open({marker!r}, 'w')"
    dumped = {
        "os.system": Calls(os.system, touch),
        "os.popen": Calls(os.popen, touch),
        "subprocess": Calls(subprocess.check_call, ["touch", marker]),
        "eval": Calls(builtins.eval, code),
        "exec": Calls(builtins.exec, code),
        "open": Calls(builtins.open, marker, "w"),
        "getattr": Calls(builtins.getattr, Calls(builtins.__import__, "os"), "system"),
        "map": Calls(builtins.map, os.system, [touch]),
        "numpy.load": Calls(np.load, marker),
        "numpy.save": Calls(np.save, marker, NUMBERS),
        "memmap": Calls(np.memmap, marker, "u1", "w+", 0, (4,)),
        "fromfile": Calls(np.fromfile, "/etc/passwd", "u1"),
        "pickle.loads": Calls(pickle.loads, pickle.dumps(Calls(os.system, touch))),
        "in an array": np.array([Calls(os.system, touch)], dtype=object),
        "in a dict": {"motion": NUMBERS, "text": [Calls(os.system, touch)]},
        "as a factory": collections.defaultdict(os.getcwd),
    }
    files = {f"{name}, {p}": pickle.dumps(thing, p) for name, thing in dumped.items() for p in (0, 2, 4)}
    by_hand = {
        "inst": b"(S'" + touch.encode() + b"'\nios\nsystem\n.",
        "obj": b"(cos\nsystem\nS'" + touch.encode() + b"'\no.",
        "newobj": b"\x80\x02cos\nsystem\nU" + bytes([len(touch)]) + touch.encode() + b"\x85\x81.",
        "dots": chain("numpy", "load.__globals__"),
        "dots of a known name": chain("numpy", "ndarray.tofile"),
        "module in a known one": chain("numpy._core.multiarray", "_reconstruct.__self__"),
        "persistent": b"(Vstorage\nVFloatStorage\ntQ.",
        "persistent, text": b"Pstorage\n.",
        "extension": b"\x82\x01.",
        "a dtype by its class": b"cnumpy\ndtype\n(Vos.system\ntR.",
        "records": b"cnumpy\ndtype\n(VV8\ntR.",
        "state of a name": b"cnumpy\nndarray\n}(V__reduce__\nVx\nub.",
        "state of a list": b"](V__class__\nVx\ntb.",
        "a name as a value": b"cnumpy\nndarray\n.",
        "called text": b"Vos.system\n(tR.",
        "called number": b"K\x01)R.",
        "ndarray itself": b"cnumpy\nndarray\n((I9\ntVu1\ntR.",
    }
    return files | by_hand


ASKED = {
    "os.system": "posix.system",
    "os.popen": "os.popen",
    "eval": "builtins.eval",
    "subprocess": "subprocess.check_call",
}


def npy_of(content: bytes) -> bytes:
    """An .npy that says it holds an object, with a pickle of somebody's own behind its header."""
    stream = io.BytesIO()
    np.save(stream, np.array(None, dtype=object))
    return stream.getvalue()[:128] + content


def test_hostile_pickles_run_nothing_and_are_refused_by_name(tmp_path, monkeypatch):
    files = exploits(str(tmp_path / "ran"))
    monkeypatch.chdir(tmp_path)
    told = {name: refusal(content) for name, content in files.items()}
    for name, content in files.items():
        with pytest.raises(PoseviewerError) as caught:
            npy(npy_of(content), "a.pkl")
        assert str(caught.value) == told[name]
    assert not list(tmp_path.iterdir())
    assert os.system not in vars(pickle_machine).values() and "os" not in vars(pickle_machine)
    for name, asked in ASKED.items():
        assert f"a.pkl: its pickle asks for {asked}, and only numpy's arrays" in told[f"{name}, 4"]
    assert "asks for numpy.load, and" in told["numpy.load, 0"]


def test_what_is_refused_says_what_to_do():
    assert "x.detach().cpu().numpy()" in refusal(b"ctorch._utils\n_rebuild_tensor_v2\n.")
    assert "numpy.savez" in refusal(b"cargparse\nNamespace\n.")


def laughs(depth: int, wide: int) -> list:
    inside: list = ["ha"]
    for _ in range(depth):
        inside = [inside] * wide
    return inside


def array_of(shape: str, values: bytes = b"\0\0\0\0", kind: str = "u1") -> bytes:
    """A pickled array that claims a shape, of protocol 4."""
    dtype = f"cnumpy\ndtype\n(V{kind}\nI0\nI1\ntR(I3\nV|\nNNNI-1\nI-1\nI0\ntb".encode()
    head = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntVb\ntR(I1\n"
    return head + shape.encode() + dtype + b"I00\nB" + struct.pack("<I", len(values)) + values + b"tb"


MEGABYTE = b"B" + struct.pack("<I", 1 << 20) + bytes(1 << 20)
LETTERS = b"X" + MEGABYTE[1:]
ENCODED = b"c_codecs\nencode\nq\x01"
ONE_HASH = [((2**61 - 1) * k).to_bytes(10, "little") for k in range(1, 30_000)]
WORDS = b"".join(b"X\x10'\0\0" + bytes([97 + n]) * 10_000 + b"q" + bytes([n]) + b"0" for n in range(10))
WIDE = b"cnumpy\ndtype\n(VU99999\nI0\nI1\ntR(I3\nV<\nNNNI-1\nI-1\nI0\ntb"
CIRCLE: list = []
CIRCLE.append([CIRCLE])
BOMBS = {
    "laughs": pickle.dumps(laughs(12, 10)),
    "pairs": pickle.dumps(laughs(60, 2)),
    "pairs as keys": b"(" + b"2\x86" * 60 + b"N}" + b"02\x86" * 60 + b"Ns.",
    "a tuple of tuples as a key": b"}" + b")" + b"2\x86" * 40 + b"Ns.",
    "a circle": pickle.dumps(CIRCLE),
    "one list of numbers again and again": b"(" + b"(" + b"K\0" * 1000 + b"l" + b"2" * 10_000 + b"l.",
    "one long text again and again": b"(" + LETTERS + b"2" * 2000 + b"l.",
    "deep": b"]" * 50_000 + b"a" * 49_999 + b".",
    "deep tuples": b")" + b"\x85" * 50_000 + b".",
    "many values": b"(" + b"\x8f" * 400_000 + b"l.",
    "an array of 10 TB": array_of("(I10000000000000\nt") + b".",
    "an array of less than nothing": array_of("(I-1\nI-4\nt") + b".",
    "an array of true": array_of("(I01\nt", b"\0") + b".",
    "an array of many axes": array_of("(" + "I1\n" * 100 + "t", b"\0") + b".",
    "an array one hundred thousand times": b"(" + array_of("(I1048576\nt", bytes(1 << 20)) + b"2" * 100_000 + b"l.",
    "wide letters": array_of("(t", b"", "U999999") + b".",
    "a far place in the memo": b"Nr\xff\xff\xff\x7fj\xff\xff\xff\x7e.",
    "long bytes": b"\x8e" + struct.pack("<Q", 1 << 62) + b".",
    "a long bytearray": b"\x96" + struct.pack("<Q", 1 << 40) + b".",
    "long text": b"\x8d" + struct.pack("<Q", 1 << 63) + b".",
    "text of less than nothing": b"T" + struct.pack("<i", -5) + b".",
    "a long number": b"\x8b" + struct.pack("<i", 100_000) + b"\x7f" * 100_000 + b".",
    "many digits": b"L" + b"9" * 100_000 + b"L\n.",
    "no end of a line": b"V" + b"a" * 5_000_000,
    "copies of text": LETTERS + b"q\x000" + ENCODED + b"0(" + b"h\x01h\x00\x85R" * 2000 + b"t.",
    "copies of a list": b"(" + b"N" * 100_000 + b"lq\x000c__builtin__\nset\nq\x01(" + b"h\x01h\x00\x85R" * 2000 + b"t.",
    "long keys of the same bytes": b"B\x10'\0\0" + bytes(10_000) + b"q\x000(" + b"}h\x00Ns" * 60_000 + b"t.",
    "long keys of the same words": WORDS + b"}" + b"".join(
        b"(" + b"".join(b"h%c" % int(n) for n in f"{k:06}") + b"tNs" for k in range(10_000)) + b".",
    "scalars of wide letters": b"B\xfc\x19\x06\0" + b"a\0\0\0" * 99_999 + b"q\x00" + WIDE + b"q\x01"
        b"cnumpy.core.multiarray\nscalar\nq\x02(" + b"h\x02h\x01h\x00\x86R" * 10_000 + b"l.",
    "unfinished ones": b"(cnumpy\ndtype\n(Vf4\ntR" + b"q\x00" * 100_000 + b"2" * 100_000 + b"})tb" * 100_000 + b"t.",
    "keys of one hash": b"}(" + b"".join(b"\x8a\x0a" + key + b"N" for key in ONE_HASH) + b"u.",
    "zeros, compressed": zlib.compress(bytes(200 << 20), 9),
    "cut, compressed": zlib.compress(pickle.dumps(NUMBERS.repeat(1000)))[:-50],
    "marks": b"(" * 1_000_000 + b".",
    "nothing": b"",
    "no stop": b"N",
    "nothing to stop with": b".",
    "an unknown step": b"\xfe.",
}  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_take_neither_time_nor_memory(bomb, monkeypatch):
    monkeypatch.setattr(pickle_machine, "MOST_STEPS", 310_000)
    started, before = time.process_time(), peak()
    told = refusal(BOMBS[bomb])
    assert ("it unpacks from 0 to more than" in told) == (bomb == "zeros, compressed")
    assert time.process_time() - started < 2
    assert peak() - before < 500


def test_lists_and_dicts_are_counted(monkeypatch):
    monkeypatch.setattr(unpickling, "MOST_CONTAINERS", 100)
    assert unpickled(pickle.dumps([[n] for n in range(90)]), "a.pkl")[89] == [89]
    assert "more than 100 lists and dicts" in refusal(pickle.dumps([[n] for n in range(101)]))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.integers(0, 5), st.integers(0, 10**6))
def test_damage_is_read_or_refused(kind, protocol, seed):
    try:
        unpickled(damaged(pickle.dumps(KINDS[kind], protocol), seed), "a.pkl")
    except PoseviewerError as error:
        assert error.what == "a.pkl"


def test_an_npy_of_one_object_is_that_object():
    stream = io.BytesIO()
    np.save(stream, KINDS["results"])
    assert same(npy(stream.getvalue(), "a.npy"), KINDS["results"])
