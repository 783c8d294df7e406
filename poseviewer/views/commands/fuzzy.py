"""Texts found by a few of their letters: the letters in their order, best where they begin words or stand together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LETTER, _BEGINS, _FIRST, _TOGETHER = 16, 12, 4, 7  # what a letter is worth, and more where it begins a word or a text
_GAP, _WIDE = 3, 60  # what a gap costs; each letter in it costs one more, up to so many of a text
_MOST = 32  # letters of a query that count
_TEXT = 1 << 16  # more than any alignment is worth: no running maximum goes on into the next text
_Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Places:
    """Where a letter stands: places (K,) among all letters, the text that each is of, what it is worth by itself.

    height: (K,) what makes one running maximum over all texts one of each, and later places dearer than earlier ones.
    """

    places: _Numbers
    text: NDArray[np.int32]
    own: _Numbers
    height: _Numbers

    def only(self, rows: NDArray[np.bool_]) -> _Places:
        return _Places(self.places[rows], self.text[rows], self.own[rows], self.height[rows])


@dataclass(frozen=True, eq=False)
class _Step:
    """A letter of a query: where it stands behind those before it.

    worth: (K,) of the best alignment up to there; reach: the running maximum of what is worth going on from.
    """

    at: _Places
    worth: _Numbers
    reach: _Numbers


class Fuzzy:
    """Ranks texts by a query, letter by letter: one more letter goes on from what the last one found.

    All texts are searched at once, as one array of letters: 100,000 names take a few milliseconds a letter.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._lengths: _Numbers = np.fromiter((len(text) for text in texts), np.int64, len(texts))
        joined = "\n".join([*texts, ""])
        letters = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
        kinds = np.zeros(int(letters.max(initial=0)) + 1, dtype=np.uint8)  # 0 parts words, 1 small, 2 capital, 3 digit
        small = np.arange(len(kinds), dtype=np.uint32)
        for letter in set(joined):
            kinds[ord(letter)] = 3 if letter.isdigit() else 2 if letter.isupper() else letter.isalnum()
            small[ord(letter)] = _small(letter)
        kind = kinds[letters]
        last = np.concatenate([[0], kind[:-1]]).astype(np.uint8)
        begins = (kind > 0) & ((last == 0) | ((kind == 2) & (last == 1)) | ((kind == 3) & (last < 3)))
        self._letters = small[letters]
        self._starts = np.cumsum(self._lengths + 1) - self._lengths - 1
        self._text = np.repeat(np.arange(len(texts), dtype=np.int32), self._lengths + 1)
        self._own = begins.astype(np.int8) * np.int8(_BEGINS) + np.int8(_LETTER)
        self._own[self._starts] += np.int8(_FIRST)
        self._known: dict[int, _Places] = {}
        self._query: list[int] = []
        self._steps: list[_Step] = []

    def __len__(self) -> int:
        return len(self._lengths)

    def find(self, query: str, most: int) -> list[tuple[int, int]]:
        """The texts (index, score) that have the query's letters in their order, the best first, spaces left out."""
        self._follow([_small(letter) for letter in query if not letter.isspace()][:_MOST])
        if not self._steps:
            return [(k, 0) for k in range(min(most, len(self)))]
        last = self._steps[-1]
        if not len(last.worth):
            return []
        text = last.at.text
        first = np.flatnonzero(text[1:] != text[:-1]) + 1
        first = np.concatenate([[0], first])
        found = text[first]
        scores = np.maximum.reduceat(last.worth, first) * 64 - np.minimum(self._lengths[found], 63)
        if len(found) > most:
            keep = scores >= np.partition(scores, len(scores) - most)[len(scores) - most]
            found, scores = found[keep], scores[keep]
        order = np.argsort(-scores, kind="stable")[:most]
        return [(int(found[k]), int(scores[k])) for k in order]

    def marks(self, index: int) -> list[int]:
        """Which letters of a text that was found the query's are."""
        marked: list[int] = []
        for step in reversed(self._steps):
            low, high = np.searchsorted(step.at.text, np.array((index, index + 1), dtype=np.int32))
            places, worth = step.at.places[low:high] - self._starts[index], step.worth[low:high]
            if marked:
                away = np.minimum(marked[-1], _WIDE) - np.minimum(places, _WIDE)
                worth = np.where(places == marked[-1] - 1, worth + _TOGETHER, worth - _GAP - away)
                worth = worth[places < marked[-1]]
            if not len(worth):
                return []
            marked.append(int(places[int(np.argmax(worth))]))
        return marked[::-1]

    def _follow(self, query: list[int]) -> None:
        """Make the steps those of a query: what it begins with as the last one stays."""
        same = 0
        while same < min(len(query), len(self._query)) and query[same] == self._query[same]:
            same += 1
        del self._steps[same:]
        for letter in query[same:]:
            self._steps.append(self._step(letter))
        self._query = query

    def _step(self, letter: int) -> _Step:
        at = self._places(letter)
        if not self._steps:
            return _Step(at, at.own, np.maximum.accumulate(at.own + at.height))
        last = self._steps[-1]
        before = np.searchsorted(last.at.places, at.places) - 1
        fits = before >= 0
        fits[fits] = last.at.text[before[fits]] == at.text[fits]
        if not fits.all():
            at, before = at.only(fits), before[fits]
        far = last.reach[before] - at.height - _GAP
        near = np.where(last.at.places[before] == at.places - 1, last.worth[before] + _TOGETHER, -_TEXT)
        worth = np.maximum(far, near) + at.own
        return _Step(at, worth, np.maximum.accumulate(worth + at.height))

    def _places(self, letter: int) -> _Places:
        if letter not in self._known:
            places = np.flatnonzero(self._letters == letter)
            text = self._text[places]
            height = np.minimum(places - self._starts[text], _WIDE) + text * np.int64(_TEXT)
            self._known[letter] = _Places(places, text, self._own[places].astype(np.int64), height)
        return self._known[letter]


def _small(letter: str) -> int:
    """A letter's number, capitals as small ones where that is one letter too."""
    lower = letter.lower()
    return ord(lower if len(lower) == 1 else letter)
