"""What torch.save wrote, without torch: tensors as arrays, in plain containers. Nothing in the file runs.

A .pt is a .zip with a pickle, NAME/data.pkl, and the bytes of each storage in NAME/data/NUMBER; before torch 1.6 it was
a few pickles with the storages behind them; a pickle of tensors has its storages in itself. All go through
`machine.py`, which knows tensors here besides; one that asks for anything else (a model) is refused.
"""

from __future__ import annotations

import io
import zipfile
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.archive import is_bomb
from poseviewer.data.pickles.machine import MOST_BYTES, SIGNED_8, Machine
from poseviewer.data.unpickling import unpickled
from poseviewer.errors import PoseviewerError

_MAGIC = 0x1950A86A20F9469CFC6C
OLD_SIGN = b"\x80\x02\x8a\x0a" + _MAGIC.to_bytes(10, "little")
"""What a file begins with that torch saved before 1.6: the pickle of _MAGIC."""
_STORAGES = {
    "torch.DoubleStorage": "<f8", "torch.FloatStorage": "<f4", "torch.HalfStorage": "<f2", "torch.LongStorage": "<i8",
    "torch.IntStorage": "<i4", "torch.ShortStorage": "<i2", "torch.CharStorage": "<i1", "torch.ByteStorage": "<u1",
    "torch.BoolStorage": "|b1",
}  # fmt: skip


def tensors(content: bytes, label: str) -> Any:
    """What a file's bytes hold, as `unpickled` gives it. Raises PoseviewerError naming the file."""
    if content.startswith(OLD_SIGN):
        return unpickled(content, label, machine=_Old)
    archive = _Archive(content, label)
    pickle = next((name for name in archive.entries if name.endswith("/data.pkl")), None)
    if pickle is None:
        raise PoseviewerError(label, "", "torch.save did not write it", "save its arrays alone, with numpy.savez")
    storages = f"{pickle.removesuffix('.pkl')}/"
    return unpickled(archive.read(pickle), label, machine=lambda *given: _Archived(archive, storages, *given))


class _Archive:
    """The members of the .zip, each unpacked once when it is asked for."""

    def __init__(self, content: bytes, label: str) -> None:
        self._label, self._unpacked = label, 0
        self._read: dict[str, bytes] = {}
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except Exception as error:
            raise self._damaged("") from error
        self.entries = {entry.filename: entry for entry in self._archive.infolist()}

    def read(self, name: str) -> bytes:
        if name not in self._read:
            entry = self.entries[name]
            self._unpacked += entry.file_size
            if self._unpacked > MOST_BYTES or is_bomb(entry.file_size, entry.compress_size):
                cause = f"it unpacks to {self._unpacked >> 20} MB"
                raise PoseviewerError(self._label, name, cause, "save it in parts")
            try:
                self._read[name] = self._archive.read(entry)
            except MemoryError:
                raise
            except Exception as error:
                raise self._damaged(name) from error
        return self._read[name]

    def _damaged(self, name: str) -> PoseviewerError:
        return PoseviewerError(self._label, name, "it is damaged", "save it again with torch.save")


class Tensors(Machine):
    """The machine with tensors that a pickle holds itself, as pickle.dump writes them."""

    def __init__(self, content: memoryview, label: str, where: str) -> None:
        super().__init__(content, label, where)
        self.calls = self.calls | dict.fromkeys(_STORAGES, _storage)
        self.calls |= {"torch._utils._rebuild_tensor_v2": _tensor, "torch._utils._rebuild_parameter": _parameter}
        self.calls |= {"torch.storage._load_from_bytes": _bare_storage}

    def next(self) -> Any:
        """What the next of several pickles holds, its end passed over."""
        value = Machine.run(self)
        self.take(1)
        return value


class _Archived(Tensors):
    """Tensors whose storages lie beside the pickle. storages: their folder in the archive."""

    def __init__(self, archive: _Archive, storages: str, content: memoryview, label: str, where: str) -> None:
        super().__init__(content, label, where)
        self._archive, self._storages = archive, storages

    def outside(self, asked: Any) -> None:
        """A storage: ("storage", its type, its number, the device, how many numbers it has)."""
        dtype, number, count = _asked(asked)
        content = self._archive.read(f"{self._storages}{number}")
        if count * dtype.itemsize > len(content):
            raise ValueError
        self.push(np.frombuffer(content, dtype, count))


class _Old(Tensors):
    """What torch saved before it had archives: the pickles of a magic number, a version, the kind of machine, the thing
    and the names of its storages; then of each storage how many numbers there are, and they.
    """

    def __init__(self, content: memoryview, label: str, where: str) -> None:
        super().__init__(content, label, where)
        self._kinds: dict[str, np.dtype[Any]] = {}
        self._storages: dict[str, NDArray[Any]] = {}

    def outside(self, asked: Any) -> None:
        dtype, name, _ = _asked(asked)
        self._kinds[name] = dtype
        self.push(self._storages.get(name))

    def run(self) -> Any:
        """The thing, whose pickle is read twice: first for the kinds of its storages, so that they are found."""
        for _ in range(3):
            self.next()
        start, made = self._at, self.calls
        self.calls = made | {name: lambda *_: None for name, call in made.items() if call in (_tensor, _parameter)}
        self.next()
        for name in self.next():
            dtype = self._kinds[name]
            self._storages[name] = np.frombuffer(self.take(self.number(SIGNED_8) * dtype.itemsize), dtype)
        self._at, self.calls = start, made
        self.memo.clear()
        return super().run()


class _Bare(Tensors):
    """One storage as torch saved it before it had archives: five pickles, then how many numbers there are, and they."""

    def __init__(self, content: memoryview, label: str, where: str) -> None:
        super().__init__(content, label, where)
        self.calls = {name: made for name, made in self.calls.items() if made is not _bare_storage}  # no nesting

    def outside(self, asked: Any) -> None:
        self.push(asked)  # its numbers are behind all pickles

    def storage(self) -> NDArray[Any]:
        magic, _, _, asked, numbers = [self.next() for _ in range(5)]
        dtype, number, count = _asked(asked)
        if magic != _MAGIC or numbers != [number] or self.number(SIGNED_8) != count:
            raise ValueError
        return np.frombuffer(self.take(count * dtype.itemsize), dtype)


def _asked(asked: Any) -> tuple[np.dtype[Any], str, int]:
    """The kind of a storage's numbers, its own number and how many there are."""
    word, kind, number, _, count = asked[:5]
    if word != "storage" or not isinstance(number, str) or not isinstance(count, int) or count < 0:
        raise ValueError
    return np.dtype(_STORAGES[kind.name]), number, count


def _bare_storage(machine: Machine, content: Any) -> NDArray[Any]:
    """What it takes counts for the pickle that holds it: the same storage may be asked for again and again."""
    bare = _Bare(memoryview(content), *machine.whose)
    bare.steps, bare.left = machine.steps, machine.left
    storage = bare.storage()
    machine.steps, machine.left = bare.steps, bare.left
    return storage


def _storage(machine: Machine, *_: Any) -> None:
    machine.refuse("a new storage")


def _tensor(machine: Machine, storage: Any, offset: Any, shape: Any, strides: Any, *__: Any) -> NDArray[Any]:
    """A view of a storage; what it has more than that counts. Raises ValueError where it would lie outside of it."""
    if not isinstance(storage, np.ndarray) or storage.ndim != 1 or len(shape) != len(strides) or len(shape) > 16:
        raise ValueError
    if any(not isinstance(n, int) or n < 0 for n in (offset, *shape, *strides)):
        raise ValueError
    if 0 in shape:
        return np.empty(shape, storage.dtype)
    if offset + sum((n - 1) * stride for n, stride in zip(shape, strides, strict=True)) >= len(storage):
        raise ValueError
    machine.spend(max(0, (prod(shape) - len(storage)) * storage.itemsize))
    by_bytes = tuple(stride * storage.itemsize for stride in strides)
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, by_bytes, writeable=False)


def _parameter(_: Machine, tensor: Any, *__: Any) -> Any:
    return tensor
