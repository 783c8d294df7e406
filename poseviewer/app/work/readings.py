"""How somebody let files be read that do not say it themselves: kept in the settings by file, for the next opening."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from poseviewer.app.settings import Settings
from poseviewer.data.reading import AS_FOUND, UNITS, UPS, Reading
from poseviewer.motion.clip import is_rate

_KEY = "readings"
_MOST = 200  # files: those that were read otherwise first go


def recall(settings: Settings, path: Path) -> Reading | None:
    """What was said of a file that is still the same; None where nothing was. Damaged settings are passed over."""
    stamp = _stamp(path)
    row = None if stamp is None else _rows(settings).get(str(path.resolve()))
    if not (isinstance(row, list) and len(row) == 2 and row[0] == stamp):
        return None
    return _reading(row[1])


def remember(settings: Settings, path: Path, reading: Reading) -> None:
    """Keep what was said of a file, or forget it where nothing is."""
    rows, stamp, name = _rows(settings), _stamp(path), str(path.resolve())
    there = rows.pop(name, None)
    said = {key: str(value) if isinstance(value, Path) else value for key, value in reading.said.items()}
    if said and stamp is not None:
        rows[name] = [stamp, said]
    elif there is None:
        return
    settings.put(_KEY, json.dumps(dict(list(rows.items())[-_MOST:])))


def _stamp(path: Path) -> list[int] | None:
    """Size and time of the last change; None where the file is gone."""
    try:
        found = path.stat()
    except (OSError, ValueError):  # or a name that no file can have
        return None
    return [found.st_size, found.st_mtime_ns]


def _rows(settings: Settings) -> dict[str, Any]:
    try:
        rows = json.loads(settings.text(_KEY, "{}"))
    except (ValueError, RecursionError):
        return {}
    return rows if isinstance(rows, dict) else {}


def _reading(said: Any) -> Reading | None:
    if not isinstance(said, dict) or not said:
        return None
    texts = {key: value for key, value in said.items() if isinstance(value, str) and "\0" not in value}
    fps, up, unit = said.get("fps"), texts.get("up"), texts.get("unit")
    reading = Reading(
        fps=float(fps) if isinstance(fps, (int, float)) and abs(fps) < 1e9 and is_rate(float(fps)) else None,
        joints=texts.get("joints"),
        up=next((known for known in UPS if known == up), None),
        unit=next((known for known in UNITS if known == unit), None),
        mean=Path(texts["mean"]) if "mean" in texts else None,
        std=Path(texts["std"]) if "std" in texts else None,
    )
    return None if reading == AS_FOUND else reading
