"""What was assumed of files that do not say it, or said by somebody: found again in the notes that readers leave."""

from __future__ import annotations

import re
from typing import Literal

About = Literal["unit", "up", "fps", "joints"]

RATE_ASSUMED = "an assumed rate"
_NOTES: tuple[tuple[About, re.Pattern[str], str], ...] = (  # about what, how the note reads, and it in a few words
    ("unit", re.compile(r"\btaken to be in (CMU units|[a-z]+)\b[^,;]* by its size"), r"\1"),
    ("unit", re.compile(r"\bin ([a-z]+) as given"), r"\1"),
    ("unit", re.compile(r"\bfits no usual unit, taken to be ([\d.]+) m tall"), r"\1 m tall"),
    ("up", re.compile(r"(?<!\S)([xyz]) up\b"), r"\1 up"),
    ("up", re.compile(r"(?<!\S)-([xyz]) up\b"), r"\1 down"),
    ("fps", re.compile(r"\bat ([\d.]+) frames? a second limbs move [^,;]*"), r"\1 fps?"),
    ("fps", re.compile(r"\b([\d.]+) frames a second as given"), r"\1 fps"),
    ("fps", re.compile(r"\bframe rate (?:not stated|assumed)"), RATE_ASSUMED),
    ("joints", re.compile(r"\btaken to be (\S+?)(?:'s)? by their number"), r"\1 joints"),
    ("joints", re.compile(r"\bjoints taken for those of ([\w ]+)"), r"\1 joints"),
    ("joints", re.compile(r"\bjoints of (.+?) as given"), r"\1"),
)


def assumed(provenance: str) -> dict[About, str]:
    """What each thing was taken to be, in a few words; those of several files beside one another."""
    found: dict[About, dict[str, None]] = {}
    for about, note, words in _NOTES:
        for match in note.finditer(provenance):
            found.setdefault(about, {})[match.expand(words)] = None
    return {about: " or ".join(words) for about, words in found.items()}
