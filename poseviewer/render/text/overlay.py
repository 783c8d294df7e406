"""Where text, icons and marks stand on the picture: labels at world points; badge, legend, caption in the corners."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from poseviewer.render.camera import Camera
from poseviewer.render.stage import Colour, Label, Run, Stage
from poseviewer.render.text.glyphs import CAP_HEIGHT, Cell, Glyphs
from poseviewer.render.text.labelling import Box, FiguresOnScreen, laid_out

SPRITE = np.dtype([("place", "f4", 4), ("corner", "f4", 2), ("ink", "f4", 4), ("halo", "f4", 4)])

# px at a pixel ratio of 1, as the design's pictures have them.
_MARGIN = 16
_BADGE_MIDDLE, _BADGE_FIRST, _BADGE_LINE, _BADGE_GAP = 29, 20, 19, 12
_LEGEND_UP, _LEGEND_TEXT, _LEGEND_GAP = 18, 11, 18
_MARK_GAP, _ICON, _ICON_GAP = 6, 16, 5
_HALO, _HALO_OPACITY = 1.6, 0.9
_LEGEND_LINE, _RAMP, _RAMP_HEIGHT = 20, 144, 6
_PLATE_RADIUS, _PLATE_OPACITY = 4, 0.66

Sprite = tuple[tuple[float, float, float, float], tuple[float, float], tuple[float, ...], tuple[float, ...]]


class Overlay:
    """Collects the sprites of one frame. Coordinates are framebuffer px from the top left; ratio px are one point."""

    def __init__(self, glyphs: Glyphs, stage: Stage, camera: Camera, size: tuple[int, int], ratio: float) -> None:
        self._glyphs, self._stage, self._camera, self._size, self._ratio = glyphs, stage, camera, size, ratio
        self._sprites: list[Sprite] = []
        self._legend_right = 0.0
        self._figures = FiguresOnScreen(stage.figures, camera, size)

    def rows(self) -> NDArray:
        """Every sprite of the stage as rows of SPRITE."""
        drawn = [self._backed(draw) for draw in (self._badge, self._ramp, self._legend, self._caption)]
        if self._stage.labels:
            self._labels(self._stage.labels, [box for box in drawn if box is not None])
        return np.array(self._sprites, dtype=SPRITE)

    def _backed(self, draw: Callable[[], None]) -> Box | None:
        """Draw something, on a plate where it lies on a figure; the box around it, None where nothing was drawn."""
        first = len(self._sprites)
        draw()
        drawn = [place for place, *_ in self._sprites[first:]]
        if not drawn:
            return None
        left, top, width, height = np.transpose(drawn)
        box = Box(float(left.min()), float(top.min()), float((left + width).max()), float((top + height).max()))
        if not self._stage.transparent and self._figures.meet(box):  # what is behind a cut-out is not ours to cover
            sides = round(box.right - box.left), round(box.bottom - box.top)
            plate = self._glyphs.plate(*sides, _PLATE_RADIUS * self._ratio)
            if plate is not None:
                self._place(plate, box.left, box.top, self._stage.scenery.halo, opacity=_PLATE_OPACITY)
                self._sprites.insert(first, self._sprites.pop())
        return box

    def _labels(self, labels: Sequence[Label], taken: list[Box]) -> None:
        """Each at its point where it does not lie on another one or on what stands in the corners."""
        px, depth = self._camera.project([label.at for label in labels], self._size)
        cells: list[tuple[Label, Cell, Box]] = []
        for label, (x, y), far in zip(labels, px, depth, strict=True):
            x, y = x + label.offset[0] * self._ratio, y + label.offset[1] * self._ratio
            if far <= 0.0 or not (-200 < x < self._size[0] + 200 and -50 < y < self._size[1] + 50):
                continue  # behind the eye, unknown or far outside
            size = label.size * self._ratio
            cell = self._glyphs.text(label.text, size, label.weight, _HALO * self._ratio)
            if cell is not None:
                half = CAP_HEIGHT * size / 2 + _HALO * self._ratio
                cells.append((label, cell, Box(x - cell.advance / 2, y - half, x + cell.advance / 2, y + half)))
        boxes, weights = [box for *_, box in cells], [label.weight_among for label, *_ in cells]
        moves = laid_out(boxes, weights, taken, self._ratio, foot=float(self._size[1]))
        for (label, cell, box), move in zip(cells, moves, strict=True):
            if move is not None:
                left, baseline = box.left + move[0], box.bottom + move[1] - _HALO * self._ratio
                self._backed(partial(self._place, cell, left, baseline, label.colour, self._stage.scenery.halo))

    def _badge(self) -> None:
        badge = self._stage.badge
        if badge is None:
            return
        right = self._run(badge.number, _MARGIN * self._ratio, _BADGE_MIDDLE * self._ratio)
        start = right + (_BADGE_GAP * self._ratio if badge.number.text else 0)
        first = _BADGE_FIRST if len(badge.lines) > 1 else _BADGE_MIDDLE
        for k, line in enumerate(badge.lines):
            x, middle = start, first + k * _BADGE_LINE
            for run in line:
                x = self._run(run, x, middle * self._ratio)

    @property
    def _foot(self) -> float:
        """The height that the legend's line is centred on, px."""
        return self._size[1] - _LEGEND_UP * self._ratio

    def _legend(self) -> None:
        stage, x = self._stage, _MARGIN * self._ratio
        for entry in stage.legend:
            mark = self._glyphs.mark(entry.mark, self._ratio)
            if mark is not None:
                self._place(mark, x, self._foot, entry.colour)
                x += mark.advance + _MARK_GAP * self._ratio
            x = self._note(entry.text, x, self._foot) + _LEGEND_GAP * self._ratio
        self._legend_right = x
        if x + self._width(stage.legend_note) < self._caption_left - _LEGEND_GAP * self._ratio:
            self._note(stage.legend_note, x, self._foot)

    @property
    def _caption_left(self) -> float:
        return self._size[0] - _MARGIN * self._ratio - self._width(self._stage.caption)

    def _caption(self) -> None:
        """Beside the legend; above it where that leaves no room."""
        left = self._caption_left
        up = _LEGEND_LINE * self._ratio if left < self._legend_right else 0.0
        self._note(self._stage.caption, left, self._foot - up)

    def _ramp(self) -> None:
        """The scale of colours: its title, then its marks with a stretch of it between any two."""
        ramp, stage = self._stage.ramp, self._stage
        if ramp is None:
            return
        line = self._foot - (_LEGEND_LINE * self._ratio if stage.legend or stage.legend_note else 0.0)
        gap = _MARK_GAP * self._ratio
        x = self._note(ramp.title, _MARGIN * self._ratio, line) + 2 * gap
        parts = np.array_split(np.asarray(ramp.colours), max(len(ramp.marks) - 1, 1))
        width = _RAMP / len(parts)
        for mark, part in zip_longest(ramp.marks, parts):
            x = self._note(mark, x, line) + gap
            if part is None:
                break
            step = max(1, round(width * self._ratio / len(part)))
            cell = self._glyphs.plate(step, round(_RAMP_HEIGHT * self._ratio), 0.0)
            for red, green, blue in part.tolist():
                if cell is not None:
                    self._place(cell, x, line - cell.height / 2, (red, green, blue))
                x += step
            x += gap

    def _width(self, text: str) -> float:
        cell = self._glyphs.text(text, _LEGEND_TEXT * self._ratio, "regular", _HALO * self._ratio) if text else None
        return cell.advance if cell else 0.0

    def _note(self, text: str, x: float, middle: float) -> float:
        """Draw quiet words as the legend has them; where they end."""
        return self._run(Run(text, self._stage.scenery.text_quiet, _LEGEND_TEXT), x, middle)

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

    def _place(
        self, cell: Cell, x: float, y: float, ink: Colour, halo: Colour | None = None, opacity: float = 1.0
    ) -> None:
        around = (*halo, _HALO_OPACITY) if halo else (0.0, 0.0, 0.0, 0.0)
        place = (round(x - cell.dx), round(y - cell.dy), cell.width, cell.height)
        self._sprites.append((place, (cell.x, cell.y), (*ink, opacity), around))
