"""The machine that reads a pickle without running anything: its steps, and the few names that it knows.

A pickle is a program, and Python's own machine for it calls whatever a file names. This one is small and our own: a
name is a key of `_CALLS`, whose functions copy what they are given, and any other name ends the reading with a sentence
that says it. No module is imported, no attribute set, nothing hashed but short text and numbers. Sizes are checked
before memory is taken: an array is a view of the file's own bytes, and every copy counts.
"""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Callable
from math import prod
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError

MOST_STEPS = 5_000_000
"""Each makes one value at most, of 80 bytes or so."""
MOST_BYTES = 1 << 30
_COPIED, _COPIED_PER_BYTE = 16 << 20, 10  # bytes that copies may have together
CURE = "save its arrays alone, with numpy.savez"
_CURES = {
    "torch": "turn tensors into arrays before they are saved: x.detach().cpu().numpy()",
    "pandas": "save the table with to_csv",
}
_LONGEST_KEY = 10_000  # letters
_LARGEST = 1000  # bytes of a whole number
_LARGEST_KEY = 1 << 60  # beyond it, many numbers share a hash
_DTYPE = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|c8|c16|O8?|[SU]\d{1,5})")

T = TypeVar("T")


class _Name:
    """A name that was asked for, a key of `_CALLS`."""

    def __init__(self, name: str) -> None:
        self.name = name


class _Unfinished:
    """An array or dtype without its content, which the next BUILD gives it. kept: its places in the memo."""

    def __init__(self, build: Callable[[Any], Any]) -> None:
        self.build = build
        self.kept: list[int] = []


_MARK = object()
WHOLE_2, WHOLE_4, WHOLE_8, SIGNED_4, SIGNED_8, REAL = map(struct.Struct, ("<H", "<I", "<Q", "<i", "<q", ">d"))
"""How numbers lie in a pickle's bytes."""


class Machine:
    def __init__(self, content: memoryview, label: str, where: str) -> None:
        self._content, self._at = content, 0
        self._label, self._where = self.whose = label, where
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.calls = _CALLS
        self.steps = 0
        self.left = min(MOST_BYTES, _COPIED + _COPIED_PER_BYTE * len(content))

    def run(self) -> Any:
        while (code := self._content[self._at]) != _STOP:
            self._at += 1
            self.steps += 1
            if self.steps > MOST_STEPS:
                cause = f"its pickle makes more than {MOST_STEPS / 1e6:g} million single values"
                raise PoseviewerError(self._label, self._where, cause, "save its numbers as numpy arrays")
            _STEPS[code](self)
        return self.pop()

    def take(self, count: int) -> memoryview:
        """The next bytes of the file. Raises ValueError where it holds fewer."""
        if not 0 <= count <= len(self._content) - self._at:
            raise ValueError
        self._at += count
        return self._content[self._at - count : self._at]

    def number(self, layout: struct.Struct) -> Any:
        at = self._at
        self._at = at + layout.size
        return layout.unpack_from(self._content, at)[0]

    def byte(self) -> int:
        self._at += 1
        return self._content[self._at - 1]

    def line(self) -> str:
        """Up to the next line's end, which few files have far away."""
        start = self._at
        while (found := bytes(self._content[start : start + 256]).find(b"\n")) < 0:
            start += 256
            if start >= len(self._content):
                raise ValueError
        text = str(self.take(start + found - self._at), "latin-1")
        self._at += 1
        return text

    def spend(self, count: int) -> None:
        """Raises PoseviewerError where so many bytes more, copied, are too many for a file of this size."""
        self.left -= count
        if self.left < 0:
            raise PoseviewerError(self._label, self._where, "its pickle copies the same things again and again", CURE)

    def pop(self) -> Any:
        value = self.stack.pop()
        if value is _MARK:
            raise ValueError
        return value

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def marked(self) -> list[Any]:
        """What stands above the newest mark, which is taken off with it."""
        at = len(self.stack) - 1
        while self.stack[at] is not _MARK:
            at -= 1
            if at < 0:
                raise ValueError
        values = self.stack[at + 1 :]
        del self.stack[at:]
        return values

    def several(self, count: int) -> tuple[Any, ...]:
        """The newest values, taken off."""
        return tuple(reversed([self.pop() for _ in range(count)]))

    def put(self, at: int) -> None:
        value = self.stack[-1]
        if isinstance(value, _Unfinished):
            value.kept.append(at)
        self.memo[at] = value

    def extend(self, values: list[Any]) -> None:
        _is(self.stack[-1], list).extend(values)

    def set(self, values: list[Any] | tuple[Any, ...]) -> None:
        into = _is(self.stack[-1], dict)
        for key, value in zip(values[::2], values[1::2], strict=True):
            into[self.key(key)] = value

    def key(self, key: Any) -> Any:
        """A key of a dict that is cheap to hash, a tuple of them as text. Raises TypeError for any other."""
        if isinstance(key, tuple) and len(key) <= 10 and not any(isinstance(part, tuple) for part in key):
            text = " ".join(str(self.key(part)) for part in key)
            self.spend(len(text))
            return text
        if isinstance(key, memoryview):
            key = str(key[: _LONGEST_KEY + 1], "latin-1")
            self.spend(len(key))
        short = isinstance(key, str) and len(key) <= _LONGEST_KEY
        if short or key is None or isinstance(key, float) or (isinstance(key, int) and abs(key) < _LARGEST_KEY):
            return key
        raise TypeError

    def refuse(self, name: str) -> NoReturn:
        cause = f"its pickle asks for {name}, and only numpy's arrays and plain containers are read"
        cure = _CURES.get(name.partition(".")[0], CURE)
        raise PoseviewerError(self._label, self._where, cause, cure)

    def name(self, module: Any, name: Any) -> None:
        full = f"{_is(module, str)[:100]}.{_is(name, str)[:100]}"
        known = full.replace("numpy.core.", "numpy._core.").replace("__builtin__.", "builtins.")
        if known not in self.calls:
            self.refuse(full)
        self.push(_Name(known))

    def call(self, name: Any, arguments: Any) -> None:
        self.push(self.calls[_is(name, _Name).name](self, *_is(arguments, tuple)))

    def outside(self, _: Any) -> None:
        """What the file keeps beside its pickle, under a number."""
        self.refuse("a thing that lies outside of it")

    def build(self) -> None:
        state = self.pop()
        unfinished = _is(self.stack[-1], _Unfinished)
        self.stack[-1] = unfinished.build(state)
        while unfinished.kept:
            self.memo[unfinished.kept.pop()] = self.stack[-1]


def _is(value: Any, kind: type[T]) -> T:
    """The value, which is exactly of a kind. Raises TypeError."""
    if type(value) is not kind:
        raise TypeError
    return value


# What names stand for: each gets the machine and the arguments, and answers with a copy


def _dtype(machine: Machine, code: Any, *flags: Any) -> _Unfinished:
    text = _is(code, str)
    if not _DTYPE.fullmatch(text):
        machine.refuse(f"an array of {text[:20]}")
    dtype = np.dtype("O" if text.endswith(("O", "O8")) else text)

    def build(state: Any) -> np.dtype[Any]:
        if any(part is not None for part in state[2:5]):
            machine.refuse("an array of records")
        return dtype.newbyteorder(state[1]) if state[1] in ("<", ">") else dtype

    return _Unfinished(build)


def _reconstruct(machine: Machine, kind: Any, *_: Any) -> _Unfinished:
    if _is(kind, _Name).name != "numpy.ndarray":
        raise TypeError

    def build(state: Any) -> NDArray[Any]:
        shape, dtype, fortran, values = state[-4:]
        return _array(machine, values, dtype, shape, "F" if fortran else "C")

    return _Unfinished(build)


def _array(machine: Machine, values: Any, dtype: Any, shape: Any, order: Any) -> NDArray[Any]:
    if not isinstance(dtype, np.dtype) or order not in ("C", "F") or any(_is(n, int) < 0 for n in _is(shape, tuple)):
        raise TypeError
    count = prod(shape)
    if dtype.hasobject:
        if count != len(_is(values, list)):
            raise ValueError
        machine.spend(8 * count)
        objects = np.empty(count, dtype=object)
        for at, value in enumerate(values):
            objects[at] = value
        return objects.reshape(shape, order=order)
    numbers = _bytes(machine, values)
    if count * dtype.itemsize != len(numbers):
        raise ValueError
    if not numbers:
        return np.empty(shape if dtype.itemsize else 0, dtype)
    return np.frombuffer(numbers, dtype).reshape(shape, order=order)


def _joblib(machine: Machine) -> _Unfinished:
    """joblib.dump writes an array's bytes behind the step that describes it, aligned."""

    def build(state: Any) -> NDArray[Any]:
        if state.get("numpy_array_alignment_bytes") is not None:
            machine.take(machine.byte())
        dtype, shape = state["dtype"], state["shape"]
        if dtype.hasobject:
            machine.refuse("an array of objects, written by joblib")
        return _array(machine, machine.take(prod(shape) * dtype.itemsize), dtype, shape, state["order"])

    return _Unfinished(build)


def _scalar(machine: Machine, dtype: Any, values: Any) -> Any:
    machine.spend(dtype.itemsize)
    return _array(machine, values, dtype, (), "C").item()


def _bytes(machine: Machine, values: Any = "", encoding: Any = "latin-1", *_: Any) -> memoryview:
    """The bytes of bytes, or of text that stands for them as Python 2 and older protocols write it."""
    if isinstance(values, str):
        machine.spend(len(values))
        if encoding not in ("latin1", "latin-1"):
            raise ValueError
        return memoryview(values.encode("latin-1"))
    return _is(values, memoryview)


def _list(machine: Machine, values: Any = ()) -> list[Any]:
    machine.spend(8 * len(values))
    return list(values if isinstance(values, tuple) else _is(values, list))


def _dict(machine: Machine, pairs: Any = ()) -> dict[Any, Any]:
    """Of pairs, as OrderedDict gives them; of a defaultdict's factory, an empty one."""
    pairs = () if isinstance(pairs, _Name) or pairs is None else pairs
    machine.spend(100 * len(pairs))
    return {machine.key(key): value for key, value in pairs}


_CALLS: dict[str, Callable[..., Any]] = {
    "numpy.ndarray": lambda machine, *_: machine.refuse("a new numpy.ndarray"),
    "numpy.dtype": _dtype,
    "numpy._core.multiarray._reconstruct": _reconstruct,
    "numpy._core.multiarray.scalar": _scalar,
    "numpy._core.numeric._frombuffer": _array,
    "joblib.numpy_pickle.NumpyArrayWrapper": _joblib,
    **dict.fromkeys(("collections.OrderedDict", "collections.defaultdict", "builtins.dict"), _dict),
    **dict.fromkeys(("builtins.list", "builtins.set", "builtins.frozenset"), _list),
    "builtins.tuple": lambda machine, *values: tuple(_list(machine, *values)),
    **dict.fromkeys(("builtins.bytes", "builtins.bytearray", "_codecs.encode"), _bytes),
    "builtins.int": lambda _: 0,
    "builtins.complex": lambda _, real, imaginary: complex(_is(real, float), _is(imaginary, float)),
}


# The steps of a pickle by their codes, as Python's pickletools describes them


def _whole(m: Machine, count: int) -> None:
    if count > _LARGEST:
        raise ValueError
    m.push(int.from_bytes(m.take(count), "little", signed=True))


def _text(m: Machine, count: int, encoding: str = "utf-8") -> None:
    m.push(str(m.take(count), encoding, "replace"))


def _integer(m: Machine) -> None:
    text = m.line()
    m.push({"00": False, "01": True}[text] if text in ("00", "01") else int(text.rstrip("L")))


def _quoted(m: Machine) -> None:
    text = m.line().strip()
    if len(text) < 2 or text[0] != text[-1] or text[0] not in "'\"":
        raise ValueError
    m.push(codecs.escape_decode(text[1:-1].encode("latin-1"))[0].decode("latin-1"))


def _escaped(m: Machine) -> None:
    text = m.line().encode("latin-1").decode("raw-unicode-escape", "replace")
    m.push(text.encode("utf-8", "replace").decode("utf-8"))


def _pairs(m: Machine) -> None:
    values = m.marked()
    m.push({})
    m.set(values)


_STOP = ord(".")
_STEPS: dict[int, Callable[[Machine], Any]] = {
    # the stack and the memo
    ord("("): lambda m: m.push(_MARK),
    ord("0"): lambda m: m.pop(),
    ord("1"): lambda m: m.marked(),
    ord("2"): lambda m: m.push(m.stack[-1]),
    ord("p"): lambda m: m.put(int(m.line())),
    ord("q"): lambda m: m.put(m.byte()),
    ord("r"): lambda m: m.put(m.number(WHOLE_4)),
    0x94: lambda m: m.put(len(m.memo)),
    ord("g"): lambda m: m.push(m.memo[int(m.line())]),
    ord("h"): lambda m: m.push(m.memo[m.byte()]),
    ord("j"): lambda m: m.push(m.memo[m.number(WHOLE_4)]),
    0x80: lambda m: m.take(1),
    0x95: lambda m: m.take(8),
    # numbers
    ord("N"): lambda m: m.push(None),
    0x88: lambda m: m.push(True),
    0x89: lambda m: m.push(False),
    **dict.fromkeys((ord("I"), ord("L")), _integer),
    ord("J"): lambda m: m.push(m.number(SIGNED_4)),
    ord("K"): lambda m: m.push(m.byte()),
    ord("M"): lambda m: m.push(m.number(WHOLE_2)),
    0x8A: lambda m: _whole(m, m.byte()),
    0x8B: lambda m: _whole(m, m.number(SIGNED_4)),
    ord("F"): lambda m: m.push(float(m.line())),
    ord("G"): lambda m: m.push(m.number(REAL)),
    # text and bytes
    ord("S"): _quoted,
    ord("T"): lambda m: _text(m, m.number(SIGNED_4), "latin-1"),
    ord("U"): lambda m: _text(m, m.byte(), "latin-1"),
    ord("V"): _escaped,
    ord("X"): lambda m: _text(m, m.number(WHOLE_4)),
    0x8C: lambda m: _text(m, m.byte()),
    0x8D: lambda m: _text(m, m.number(WHOLE_8)),
    ord("B"): lambda m: m.push(m.take(m.number(WHOLE_4))),
    ord("C"): lambda m: m.push(m.take(m.byte())),
    **dict.fromkeys((0x8E, 0x96), lambda m: m.push(m.take(m.number(WHOLE_8)))),
    # containers
    ord(")"): lambda m: m.push(()),
    ord("t"): lambda m: m.push(tuple(m.marked())),
    0x85: lambda m: m.push(m.several(1)),
    0x86: lambda m: m.push(m.several(2)),
    0x87: lambda m: m.push(m.several(3)),
    **dict.fromkeys((ord("]"), 0x8F), lambda m: m.push([])),
    **dict.fromkeys((ord("l"), 0x91), lambda m: m.push(m.marked())),
    ord("a"): lambda m: m.extend(list(m.several(1))),
    **dict.fromkeys((ord("e"), 0x90), lambda m: m.extend(m.marked())),
    ord("}"): lambda m: m.push({}),
    ord("d"): _pairs,
    ord("s"): lambda m: m.set(m.several(2)),
    ord("u"): lambda m: m.set(m.marked()),
    # names and what is made by them
    0x93: lambda m: m.name(*m.several(2)),
    **dict.fromkeys((ord("c"), ord("i")), lambda m: m.name(m.line(), m.line())),
    **dict.fromkeys((ord("R"), 0x81), lambda m: m.call(*m.several(2))),
    ord("Q"): lambda m: m.outside(m.pop()),
    ord("b"): lambda m: m.build(),
    **dict.fromkeys((0x82, 0x83, 0x84, ord("P"), 0x97, 0x98), lambda m: Machine.outside(m, None)),
}
