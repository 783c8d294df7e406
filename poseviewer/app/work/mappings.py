"""Pairs of joints that somebody chose by hand, kept in a file beside the settings for every rig with the same names."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from poseviewer.aside import file_aside
from poseviewer.errors import PoseviewerError
from poseviewer.motion import by_hand

_MOST_BYTES = 16 << 20
_MOST = 1000  # mappings: the ones that were made first go


def file() -> Path:
    """Where they lie; with POSEVIEWER_SETTINGS beside that settings file."""
    settings = os.environ.get("POSEVIEWER_SETTINGS")
    if settings:
        return Path(settings).parent / "mappings.json"
    from platformdirs import user_state_path

    return user_state_path("poseviewer") / "mappings.json"


def recall() -> None:
    """Let rigs be mapped as somebody chose in earlier sessions, others by names. A damaged file is passed over."""
    by_hand.forget()
    for rig, onto, pairs in _read():
        by_hand.teach(rig, onto, pairs)


def remember(rig: by_hand.Names, onto: by_hand.Names, pairs: by_hand.Pairs) -> None:
    """Keep what was chosen of a rig, or without pairs forget it. Raises PoseviewerError where it cannot be written."""
    kept = [row for row in _read() if row[:2] != (rig, onto)]
    if pairs:
        kept.append((rig, onto, dict(pairs)))
    rows = [{"rig": list(r), "onto": list(o), "pairs": p} for r, o, p in kept[-_MOST:]]
    target = file()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        cure = "make room or remove what stands there"
        raise PoseviewerError(target.parent, "", f"it is no folder to write to ({error.strerror})", cure) from error
    with file_aside(target) as part:
        part.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")


def _read() -> list[tuple[by_hand.Names, by_hand.Names, dict[str, str]]]:
    path = file()
    try:
        if path.stat().st_size > _MOST_BYTES:
            return []
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    found = [_row(row) for row in rows] if isinstance(rows, list) else []
    return [row for row in found if row is not None]


def _row(row: Any) -> tuple[by_hand.Names, by_hand.Names, dict[str, str]] | None:
    if not isinstance(row, dict):
        return None
    rig, onto, pairs = (row.get(key) for key in ("rig", "onto", "pairs"))
    if not (isinstance(rig, list) and isinstance(onto, list) and isinstance(pairs, dict)):
        return None
    words = [*rig, *onto, *pairs.keys(), *pairs.values()]
    return (tuple(rig), tuple(onto), pairs) if all(isinstance(word, str) for word in words) else None
