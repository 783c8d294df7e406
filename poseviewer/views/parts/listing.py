"""Sentences that name many things."""

from __future__ import annotations

import re

_SHOWN = 4
_NAMES = re.compile(rf"(?:[^\s,]+, ){{{_SHOWN + 1},}}[^\s,]+")


def few(sentence: str) -> str:
    """The sentence with no more than the first four of a long list of names, and how many more there are."""

    def shortened(found: re.Match[str]) -> str:
        names = found[0].split(", ")
        return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"

    return _NAMES.sub(shortened, sentence)
