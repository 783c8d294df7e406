"""How words and numbers are shown. Text out of files of strangers is made printable once where it enters, so that what
is shown cannot steer what shows it.

A lone surrogate (a file name that is no UTF-8 has them) cannot be encoded, an escape sequence rules the terminal, a
direction override turns the letters behind it around, a name without an end fills the memory.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

NAME = 200
"""Letters that a name has at most."""
NOTE = 20_000
"""Letters that a licence or another text of several lines has at most."""

_SEQUENCE = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d).*?(?:\x07|\x1b\\|\x9c|$)|\x1b[ -/]*[0-~]")
_SPACE = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]")
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_LOOKED_AT = 8  # times as many letters as may stay
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_CUT = "\N{HORIZONTAL ELLIPSIS}"
_THIN_SPACE = "\N{THIN SPACE}"
_LARGE = 1_000_000


def printable(text: str, most: int = NAME) -> str:
    """The text in one line of `most` letters, without what is no letter; a longer one is cut in its middle."""
    if not text.isprintable():
        text = _SEQUENCE.sub("", _cut(text, _LOOKED_AT * most))
        text = "".join(map(_printable, _SPACE.sub(" ", text))).strip()
    return _cut(text, most)


def printable_lines(text: str, most: int = NOTE) -> str:
    """The same for a text whose lines stay."""
    return "\n".join(printable(line, most) for line in text[: most + 1].splitlines())[:most]


def distinct(names: Iterable[str], clean: Callable[[str], str] = printable) -> tuple[str, ...]:
    """Names made printable; those that differed and no longer do get a number behind them."""
    names = tuple(names)
    if all(name.isprintable() and 0 < len(name) <= NAME for name in names):
        return names
    taken: dict[str, int] = {}
    cleaned = {name: numbered(clean(name) or _UNKNOWN, taken) for name in dict.fromkeys(names)}
    return tuple(cleaned[name] for name in names)


def numbered(name: str, taken: dict[str, int], before: str = " ") -> str:
    """The name, with a number behind it where it is taken: "walk", "walk 2"; what it becomes is then taken, too."""
    candidate = name
    while candidate in taken:
        taken[name] += 1
        candidate = f"{name}{before}{taken[name]}"
    taken[candidate] = 1
    return candidate


def printable_document(value: Any) -> Any:
    """A JSON value with all of its text, keys too, made printable."""
    if isinstance(value, str):
        return printable_lines(value)
    if isinstance(value, dict):
        keys = distinct(value)
        return {key: printable_document(part) for key, part in zip(keys, value.values(), strict=True)}
    if isinstance(value, list):
        if value and all(isinstance(part, str) for part in value):
            return list(distinct(value, printable_lines))
        return [printable_document(part) for part in value]
    return value


def counted(number: int, what: str) -> str:
    """How many there are of something: "1 clip", "2 clips"."""
    return f"{grouped(number)} {what}{'s' * (number != 1)}"


def grouped(number: int) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{number:,}".replace(",", _THIN_SPACE)


def compact(number: int) -> str:
    """The same, from a million on in three digits and a unit: 1.19 M, 20.5 M, 3.2 G."""
    if number < _LARGE:
        return grouped(number)
    scaled, unit = (number / 1e6, "M") if number < 999.5e6 else (number / 1e9, "G")
    digits = max(0, 2 - sum(scaled >= bound for bound in (9.995, 99.95)))
    return f"{scaled:.{digits}f}{_THIN_SPACE}{unit}"


def _cut(text: str, most: int) -> str:
    tail = (most - 1) // 3
    return text if len(text) <= most else text[: most - 1 - tail] + _CUT + text[len(text) - tail :]


def _printable(letter: str) -> str:
    if letter.isprintable():
        return letter
    kind = unicodedata.category(letter)
    if kind == "Cs":
        return _UNKNOWN
    return "" if kind == "Cc" or letter in _DIRECTION else letter
