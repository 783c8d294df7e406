"""How an action is named on the screen: files spell it for programs, and some split one action into several."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MORE_OF_THE_SAME = ("extra",)  # a further batch of recordings: CMU's "walking_extra" are walks


@lru_cache(maxsize=4096)
def action_name(label: str) -> str:
    """A label as a person reads it: "baseball_pitch" -> "baseball pitch", "walking_extra" -> "walking"."""
    words = _INNER_CAPITAL.sub(" ", label.replace("_", " ")).split()
    while len(words) > 1 and words[-1] in _MORE_OF_THE_SAME:
        words.pop()
    return " ".join(words) or label.strip()


def counted_together(counts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Counts or probabilities of labels, by name: what means the same is one entry, in the order of first mention."""
    total: dict[str, float] = {}
    for label, count in counts:
        name = action_name(label)
        total[name] = total.get(name, 0) + count
    return total


def same_action(one: str, other: str) -> bool:
    """Whether two names mean one action: "walk" and "walking" do, "jump rope" and "jumping jacks" do not."""
    return stem(one) == stem(other)


def stem(name: str) -> str:
    """What names of one action have in common: "running" and "run" are "run"."""
    words = action_name(name).lower().split()
    for k, word in enumerate(words):
        if len(word) > 5 and word.endswith("ing"):
            root = word.removesuffix("ing")
            words[k] = root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
        words[k] = words[k].removesuffix("e") if len(words[k]) > 3 else words[k]
    return " ".join(words)
