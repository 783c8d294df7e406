"""Line icons (resources/icons, lucide) as coverage: a small reader of the SVG that they use, and Pillow's lines."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from poseviewer import paths
from poseviewer.errors import PoseviewerError

_BOX = 24.0
_STROKE = 1.75 * 24.0 / 16.0  # 1.75 px on an icon of 16 px
_FINER = 8  # drawn so many times larger, then averaged
_NUMBER = re.compile(r"[\s,]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_FLAG = re.compile(r"[\s,]*([01])")
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "A": 7, "Z": 0}
Line = list[complex]


def icon_coverage(name: str, size: int) -> NDArray[np.uint8]:
    """(size, size) how much of each px the icon's strokes cover."""
    path = paths.resources() / "icons" / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        raise PoseviewerError(f"icon {name!r}", "", "there is no such icon", f"take one of {path.parent.name}/")
    side = size * _FINER
    scale = side / _BOX
    image = Image.new("L", (side, side))
    draw = ImageDraw.Draw(image)
    width = _STROKE * scale
    for line in _lines(ElementTree.fromstring(path.read_bytes())):
        points = [(p.real * scale, p.imag * scale) for p in line]
        draw.line(points, fill=255, width=round(width), joint="curve")
        for x, y in points:
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    return np.asarray(image.resize((size, size), Image.Resampling.BOX))


def _lines(root: ElementTree.Element) -> Iterator[Line]:
    for element in root:
        tag, values = element.tag.split("}")[-1], element.attrib

        def number(key: str, values: dict[str, str] = values) -> float:
            return float(values.get(key, 0.0))

        if tag == "path":
            yield from _path(values["d"])
        elif tag in ("circle", "ellipse"):
            rx, ry = number("r") or number("rx"), number("r") or number("ry")
            turn = np.exp(2j * np.pi * np.linspace(0, 1, 65))
            yield list(complex(number("cx"), number("cy")) + rx * turn.real + 1j * ry * turn.imag)
        elif tag == "line":
            yield [complex(number("x1"), number("y1")), complex(number("x2"), number("y2"))]
        elif tag in ("polyline", "polygon"):
            flat = [float(v) for v in _NUMBER.findall(values["points"])]
            points = [complex(x, y) for x, y in zip(flat[::2], flat[1::2], strict=True)]
            yield points + points[: tag == "polygon"]
        elif tag == "rect":
            x, y, w, h = (number(key) for key in ("x", "y", "width", "height"))
            r = min(number("rx") or number("ry"), w / 2, h / 2)
            yield from _path(
                f"M{x + r} {y}h{w - 2 * r}a{r} {r} 0 0 1 {r} {r}v{h - 2 * r}a{r} {r} 0 0 1 {-r} {r}"
                f"h{2 * r - w}a{r} {r} 0 0 1 {-r} {-r}v{2 * r - h}a{r} {r} 0 0 1 {r} {-r}z"
            )


def _path(text: str) -> Iterator[Line]:
    """The subpaths of an SVG path's data as polylines."""
    line: Line = []
    at = control = 0j
    for command, values in _commands(text):
        kind, base = command.upper(), at if command.islower() else 0j
        ends = [base + complex(x, y) for x, y in zip(values[::2], values[1::2], strict=False)]
        last_control, control = control, 0j
        if kind == "M":
            if len(line) > 1:
                yield line
            line = [ends[0]]
        elif kind == "H":
            line.append(complex(values[0] + base.real, at.imag))
        elif kind == "V":
            line.append(complex(at.real, values[0] + base.imag))
        elif kind in "CSQ":
            if kind == "S":
                ends = [2 * at - last_control if last_control else at, *ends]
            elif kind == "Q":
                ends = [at + (ends[0] - at) * 2 / 3, ends[1] + (ends[0] - ends[1]) * 2 / 3, ends[1]]
            t = np.linspace(0, 1, 13)[1:]
            u = 1 - t
            line += list(u**3 * at + 3 * u * u * t * ends[0] + 3 * u * t * t * ends[1] + t**3 * ends[2])
            control = ends[1]
        elif kind == "A":
            rx, ry, turn, large, sweep = values[:5]
            line += _arc(at, base + complex(*values[5:]), rx, ry, np.radians(turn), bool(large), bool(sweep))
        elif kind == "Z":
            line.append(line[0])
        else:
            line += ends
        at = line[-1]
    if line:
        yield line if len(line) > 1 else line * 2


def _commands(text: str) -> Iterator[tuple[str, list[float]]]:
    """Commands with their numbers, repeated ones spelled out. An arc's flags are one digit each, space or not."""
    at, command = 0, ""
    while at < len(text):
        if text[at].isalpha():
            command = text[at]
            at += 1
        elif text[at] in " ,\n\t":
            at += 1
            continue
        kind = command.upper()
        values: list[float] = []
        for index in range(_COUNTS[kind]):
            found = (_FLAG if kind == "A" and index in (3, 4) else _NUMBER).match(text, at)
            if found is None:
                raise PoseviewerError("icon", f"character {at} of a path", "a number is missing", "draw it again")
            values.append(float(found[1]))
            at = found.end()
        yield command, values
        command = {"M": "L", "m": "l"}.get(command, command)


def _arc(start: complex, end: complex, rx: float, ry: float, turn: float, large: bool, sweep: bool) -> Line:
    """Points of an elliptical arc, by the SVG specification's conversion from end points to centre."""
    spin = np.exp(1j * turn)
    half = (start - end) / 2 / spin
    x, y = half.real / rx, half.imag / ry
    size = x * x + y * y
    if size > 1:
        rx, ry, x, y, size = rx * size**0.5, ry * size**0.5, x / size**0.5, y / size**0.5, 1.0
    if size < 1e-12:
        return [end]
    root = (1 / size - 1) ** 0.5 * (-1 if large == sweep else 1)
    centre = complex(root * y, -root * x)
    first, last = np.angle(complex(x, y) - centre), np.angle(complex(-x, -y) - centre)
    swept = last - first
    if sweep and swept < 0:
        swept += 2 * np.pi
    if not sweep and swept > 0:
        swept -= 2 * np.pi
    unit = centre + np.exp(1j * (first + swept * np.linspace(0, 1, 17)[1:]))
    return list((start + end) / 2 + (rx * unit.real + 1j * ry * unit.imag) * spin)
