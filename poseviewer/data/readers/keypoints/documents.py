"""JSON documents of keypoints: parsed within bounds, and what each says of its film as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from poseviewer.data.sources import SourceFile, decoded
from poseviewer.errors import PoseviewerError

MOST_BYTES = 512 << 20
_SIDES = (("width", "height"), ("w", "h"))
_BEFORE_SIDES = ("", "image_", "img_", "canvas_", "frame_", "video_")
_SIZES = ("image_size", "img_size", "resolution", "img_shape", "frame_size", "video_size")
_RATES = ("fps", "frame_rate", "framerate", "frameRate", "video_fps", "frames_per_second")
_PANOPTIC_RATES = {"hd_29_97": 29.97, "vga_25": 25.0, "kinect_30": 30.0}


def document(file: SourceFile) -> Any:
    """What a file holds. Raises PoseviewerError where it is no JSON or too large."""
    text = decoded(file.content(MOST_BYTES))
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and (lines := _lines(text)):
            return lines
        where = f"line {error.lineno}, column {error.colno}"
        raise PoseviewerError(file.name, where, f"it is no JSON there ({error.msg})", "write it again") from error
    except (ValueError, RecursionError) as error:
        raise PoseviewerError(file.name, "", "it is no JSON that can be read", "write it again") from error


def _lines(text: str) -> list[Any]:
    """A value a line, as loops write them; [] where a line is none."""
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return []


def stated_rate(found: Any) -> float | None:
    """Frames a second, where a document says it near its root."""
    for part in _shallow(found):
        for key in _RATES:
            rate = plain_number(part.get(key))
            if rate:
                return rate
        kind = part.get("fpsType")
        if isinstance(kind, str) and kind in _PANOPTIC_RATES:
            return _PANOPTIC_RATES[kind]
    return None


def stated_size(found: Any) -> tuple[int, int] | None:
    """Width and height in pixels, where a document says them near its root."""
    return next((size for size in map(size_in, _shallow(found)) if size), None)


def size_in(part: dict[Any, Any]) -> tuple[int, int] | None:
    """Width and height in pixels that a part of a document has."""
    lower = {key.lower().replace("imagew", "image_w").replace("imageh", "image_h"): key for key in map(str, part)}
    for before in _BEFORE_SIDES:
        for across, up in _SIDES:
            width, height = (plain_number(part.get(lower.get(f"{before}{side}", ""))) for side in (across, up))
            if width and height:
                return round(width), round(height)
    for key in _SIZES:
        value = part.get(lower.get(key, ""))
        if isinstance(value, dict) and (size := size_in(value)):
            return size
        if isinstance(value, (list, tuple)) and len(value) in (2, 3):
            first, second = plain_number(value[0]), plain_number(value[1])
            if first and second:  # shapes are rows by columns
                return (round(second), round(first)) if key == "img_shape" else (round(first), round(second))
    return None


def plain_number(value: Any) -> float | None:
    """A positive number, or text that is one; None for anything else."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e9:
        return None
    return float(value)


def _shallow(found: Any) -> Iterator[dict[Any, Any]]:
    """The root, what hangs on it, and the first entry of its lists."""
    waiting: list[tuple[Any, int]] = [(found, 0)]
    while waiting:
        part, depth = waiting.pop(0)
        if isinstance(part, list) and part:
            part = part[0]
        if isinstance(part, dict) and depth < 3:
            yield part
            waiting += [(child, depth + 1) for child in list(part.values())[:50] if isinstance(child, (dict, list))]
