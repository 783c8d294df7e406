"""Where text, icons and marks stand on the picture: labels at world points; badge, legend, caption in the corners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from poseviewer.render.camera import Camera
from poseviewer.render.glyphs import CAP_HEIGHT, Cell, Glyphs
from poseviewer.render.stage import Badge, Colour, Label, Run, Stage

SPRITE = np.dtype([("place", "f4", 4), ("corner", "f4", 2), ("ink", "f4", 4), ("halo", "f4", 4)])
LOCATIONS = {"place": 0, "corner": 1, "ink": 2, "halo": 3}

# px at a pixel ratio of 1, as the design's pictures have them.
_MARGIN = 16
_BADGE_MIDDLE, _BADGE_LINES, _BADGE_GAP = 29, (20, 39), 12
_LEGEND_UP, _LEGEND_TEXT, _LEGEND_GAP = 18, 11, 18
_MARK_GAP, _ICON, _ICON_GAP = 6, 16, 5
_HALO, _HALO_OPACITY = 1.6, 0.9

Sprite = tuple[tuple[float, float, float, float], tuple[float, float], tuple[float, ...], tuple[float, ...]]


class Overlay:
    """Collects the sprites of one frame. Coordinates are framebuffer px from the top left; ratio px are one point."""

    def __init__(self, glyphs: Glyphs, stage: Stage, size: tuple[int, int], ratio: float) -> None:
        self._glyphs, self._stage, self._size, self._ratio = glyphs, stage, size, ratio
        self._sprites: list[Sprite] = []

    def rows(self, camera: Camera) -> NDArray:
        """Every sprite of the stage as rows of SPRITE."""
        if self._stage.labels:
            self._labels(self._stage.labels, camera)
        if self._stage.badge is not None:
            self._badge(self._stage.badge)
        self._foot()
        return np.array(self._sprites, dtype=SPRITE) if self._sprites else np.zeros(0, SPRITE)

    def _labels(self, labels: Sequence[Label], camera: Camera) -> None:
        px, depth = camera.project([label.at for label in labels], self._size)
        for label, (x, y), far in zip(labels, px, depth, strict=True):
            if far <= 0.0 or not np.isfinite((x, y)).all():
                continue
            x, y = x + label.offset[0] * self._ratio, y + label.offset[1] * self._ratio
            if not (-200 < x < self._size[0] + 200 and -50 < y < self._size[1] + 50):
                continue
            cell = self._glyphs.text(label.text, label.size * self._ratio, label.weight, _HALO * self._ratio)
            if cell is not None:
                baseline = y + CAP_HEIGHT * label.size * self._ratio / 2
                self._place(cell, x - cell.advance / 2, baseline, label.colour, self._stage.scenery.halo)

    def _badge(self, badge: Badge) -> None:
        right = self._run(badge.number, _MARGIN * self._ratio, _BADGE_MIDDLE * self._ratio)
        start = right + (_BADGE_GAP * self._ratio if badge.number.text else 0)
        middles = _BADGE_LINES if len(badge.lines) > 1 else (_BADGE_MIDDLE,)
        for line, middle in zip(badge.lines, middles, strict=False):
            x = start
            for run in line:
                x = self._run(run, x, middle * self._ratio)

    def _foot(self) -> None:
        stage, middle = self._stage, self._size[1] - _LEGEND_UP * self._ratio
        x = _MARGIN * self._ratio
        for entry in stage.legend:
            mark = self._glyphs.mark(entry.dashed, self._ratio)
            if mark is not None:
                self._place(mark, x, middle, entry.colour)
                x += mark.advance + _MARK_GAP * self._ratio
            text = Run(entry.text, stage.scenery.text_quiet, _LEGEND_TEXT)
            x = self._run(text, x, middle) + _LEGEND_GAP * self._ratio
        end = self._size[0] - _MARGIN * self._ratio
        if stage.caption:
            end -= self._width(stage.caption)
            self._run(Run(stage.caption, stage.scenery.text_quiet, _LEGEND_TEXT), end, middle)
        if stage.legend_note and x + self._width(stage.legend_note) < end - _LEGEND_GAP * self._ratio:
            self._run(Run(stage.legend_note, stage.scenery.text_quiet, _LEGEND_TEXT), x, middle)

    def _width(self, text: str) -> float:
        cell = self._glyphs.text(text, _LEGEND_TEXT * self._ratio, "regular", _HALO * self._ratio)
        return cell.advance if cell else 0.0

    def _run(self, run: Run, x: float, middle: float) -> float:
        """Draw a run from x, centred on a height; where it ends."""
        if run.icon:
            cell = self._glyphs.icon(run.icon, round(_ICON * self._ratio))
            if cell is not None:
                self._place(cell, x + cell.width / 2, middle, run.colour)
            x += (_ICON + _ICON_GAP) * self._ratio
        if run.text:
            size = run.size * self._ratio
            cell = self._glyphs.text(run.text, size, run.weight, _HALO * self._ratio)
            if cell is not None:
                self._place(cell, x, middle + CAP_HEIGHT * size / 2, run.colour, self._stage.scenery.halo)
                x += cell.advance
        return x

    def _place(self, cell: Cell, x: float, y: float, ink: Colour, halo: Colour | None = None) -> None:
        around = (*halo, _HALO_OPACITY) if halo else (0.0, 0.0, 0.0, 0.0)
        place = (round(x - cell.dx), round(y - cell.dy), cell.width, cell.height)
        self._sprites.append((place, (cell.x, cell.y), (*ink, 1.0), around))
