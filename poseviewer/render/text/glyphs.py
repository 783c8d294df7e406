"""The glyph atlas: lines of text, icons and legend marks as coverage, drawn once by Pillow and kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, features

from poseviewer import paths
from poseviewer.render.stage import Mark, Weight
from poseviewer.render.text.icons import icon_coverage

WIDTH, HEIGHT = 2048, 1024
CAP_HEIGHT = 0.727  # of Inter's size, to centre a line on its capitals
_FILES: dict[Weight, str] = {
    "regular": "Inter-Regular.otf",
    "medium": "Inter-Medium.otf",
    "semibold": "Inter-SemiBold.otf",
}
_FINER = 4
_RUNNING = frozenset("0123456789+−-., sm%")  # tabular, without kerning
_PIECES = re.compile(r"[0-9+−]|[^0-9+−]+")


@dataclass(frozen=True)
class Cell:
    """A rectangle of the atlas, px; its origin (baseline's left end, or centre of a mark) lies at dx, dy in it."""

    x: int
    y: int
    width: int
    height: int
    dx: float
    dy: float
    advance: float


_Drawn = tuple[NDArray[np.uint8], float, float, float]
"""Coverage (H, W, 2), the origin in it, the advance."""


class Glyphs:
    """Red: the ink's coverage; green: that of its halo. `dirty` lists the cells that the GPU has not seen."""

    def __init__(self) -> None:
        self.pixels = np.zeros((HEIGHT, WIDTH, 2), dtype=np.uint8)
        self.dirty: list[Cell] = []
        self._cells: dict[tuple, Cell] = {}
        self._x = self._y = self._tall = 0

    def start_frame(self) -> None:
        """Forget everything where half of the room is gone: numbers that run make new lines all the time."""
        if self._y > HEIGHT // 2:
            self._cells.clear()
            self._x = self._y = self._tall = 0

    def text(self, text: str, size: float, weight: Weight, halo: float = 0.0) -> Cell | None:
        """A line of text at `size` px, with a halo of so many px around it; None where the atlas is full."""
        return self._cell(_line, text, size, weight, halo)

    def icon(self, name: str, size: int) -> Cell | None:
        """An icon; its origin is its centre."""
        return self._cell(_icon, name, size)

    def mark(self, mark: Mark, ratio: float) -> Cell | None:
        """A legend's sample of a line, 20 px long; its origin is its left end."""
        return self._cell(_mark, mark, ratio)

    def plate(self, width: int, height: int, radius: float) -> Cell | None:
        """A filled rectangle with round corners, px; its origin is its top left corner."""
        return self._cell(_plate, width, height, radius)

    def _cell(self, draw: Callable[..., _Drawn], *how: object) -> Cell | None:
        key = (draw, *how)
        if key in self._cells:
            return self._cells[key]
        pixels, dx, dy, advance = draw(*how)
        height, width = pixels.shape[:2]
        if self._x + width > WIDTH:
            self._x, self._y, self._tall = 0, self._y + self._tall, 0
        if self._y + height > HEIGHT or width > WIDTH:
            return None
        cell = Cell(self._x, self._y, width, height, dx, dy, advance)
        self.pixels[cell.y : cell.y + height, cell.x : cell.x + width] = pixels
        self._x, self._tall = self._x + width, max(self._tall, height)
        self._cells[key] = cell
        self.dirty.append(cell)
        return cell


@lru_cache(maxsize=64)
def font(size: float, weight: Weight) -> ImageFont.FreeTypeFont:
    """Inter at `size` px."""
    return ImageFont.truetype(str(paths.resources() / "fonts" / _FILES[weight]), size)


def text_coverage(text: str, size: float, weight: Weight) -> tuple[NDArray[np.uint8], float, float, float]:
    """(H, W) how much of each px a line of text covers, the baseline's left end in it, and its advance."""
    pixels, dx, dy, advance = _line(text, size, weight, 0.0)
    return pixels[..., 0], dx, dy, advance


def mark_coverage(mark: Mark, ratio: float) -> NDArray[np.uint8]:
    """(H, W) how much of each px a legend's sample of a line covers."""
    return _mark(mark, ratio)[0][..., 0]


def _line(text: str, size: float, weight: Weight, halo: float) -> _Drawn:
    """Running numbers are put together from single characters, and with the words that stand beside them."""
    pieces = list(text) if _RUNNING.issuperset(text) else _PIECES.findall(text)
    if len(pieces) == 1:
        return _shaped(text, size, weight, halo)
    parts = [_shaped(piece, size, weight, halo) for piece in pieces]
    starts = np.rint(np.cumsum([0.0] + [advance for *_, advance in parts])).astype(int)
    height = parts[0][0].shape[0]
    pixels = np.zeros((height, max(s + p[0].shape[1] for s, p in zip(starts, parts, strict=False)), 2), dtype=np.uint8)
    for start, (part, *_) in zip(starts, parts, strict=False):
        under = pixels[:, start : start + part.shape[1]]
        np.maximum(under, part, out=under)
    return pixels, parts[0][1], parts[0][2], float(starts[-1])


@lru_cache(maxsize=512)
def _shaped(text: str, size: float, weight: Weight, halo: float) -> _Drawn:
    face, tabular = font(size, weight), ["tnum"] if features.check("raqm") else None
    ascent, descent = face.getmetrics()
    pad = int(np.ceil(halo)) + 2
    advance = face.getlength(text, features=tabular)
    box = (int(np.ceil(advance)) + 2 * pad, ascent + descent + 2 * pad)
    ink = Image.new("L", box)
    ImageDraw.Draw(ink).text((pad, pad + ascent), text, fill=255, font=face, anchor="ls", features=tabular)
    around = Image.new("L", box)
    if halo:
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7)):
            moved = ImageChops.offset(ink, round(dx * halo), round(dy * halo))
            around = ImageChops.lighter(around, moved)
        around = around.filter(ImageFilter.GaussianBlur(0.5 * halo))
    return np.stack([np.asarray(ink), np.asarray(around)], axis=-1), pad, pad + ascent, advance


def _icon(name: str, size: int) -> _Drawn:
    return _without_halo(icon_coverage(name, size)), size / 2, size / 2, size


_STRETCHES: dict[Mark, tuple[tuple[float, float], ...]] = {
    "dot": ((0.0, 20.0),), "thin": ((0.0, 20.0),), "dashed": ((0.0, 4.4), (7.8, 12.2), (15.6, 20.0)),
    "triangle": ((0.0, 5.0), (15.0, 20.0)),
}  # fmt: skip
"""Of its 20 px those that are line."""


def _mark(mark: Mark, ratio: float) -> _Drawn:
    width, height = round(20 * ratio), round(8 * ratio)
    unit = ratio * _FINER
    image = Image.new("L", (width * _FINER, height * _FINER))
    draw = ImageDraw.Draw(image)
    middle, half = 4 * unit, (0.5 if mark == "thin" else 1.0) * unit
    for left, right in _STRETCHES[mark]:
        draw.rectangle((left * unit, middle - half, right * unit - 1, middle + half - 1), fill=255)
    if mark == "dot":
        draw.ellipse((7 * unit, middle - 3 * unit, 13 * unit, middle + 3 * unit), fill=255)
    if mark == "triangle":
        draw.polygon([(10 * unit, 0.4 * unit), (6.2 * unit, 7 * unit), (13.8 * unit, 7 * unit)], fill=255)
    return _without_halo(image.resize((width, height), Image.Resampling.BOX)), 0.0, height / 2, width


def _plate(width: int, height: int, radius: float) -> _Drawn:
    image = Image.new("L", (width * _FINER, height * _FINER))
    corners = (0, 0, width * _FINER - 1, height * _FINER - 1)
    ImageDraw.Draw(image).rounded_rectangle(corners, radius=radius * _FINER, fill=255)
    return _without_halo(image.resize((width, height), Image.Resampling.BOX)), 0.0, 0.0, width


def _without_halo(ink: Image.Image | NDArray[np.uint8]) -> NDArray[np.uint8]:
    coverage = np.asarray(ink)
    return np.stack([coverage, np.zeros_like(coverage)], axis=-1)
