"""The page of a montage: panels in rows, what stands over and under them, verdict strips, and the legend below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.verdict import SAID, Word
from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.bench.scene.off_truth import off_words
from poseviewer.bench.verdicts import ICONS, TOKENS, placed, reason, word_at
from poseviewer.export.options import Options
from poseviewer.export.sink import Image
from poseviewer.nets.checkpoints.checkpoint import card_behind
from poseviewer.render.palette import ThemeName, palette
from poseviewer.render.stage import Colour, Mark, Weight
from poseviewer.render.text.glyphs import font, mark_coverage, text_coverage
from poseviewer.render.text.icons import icon_coverage
from poseviewer.text import counted

# px of a page of the usual size (montage.png)
_MARGIN, _GAP, _PANEL = 20, 20, 296
_HEAD, _FIGURE, _STRIP, _WORD, _FOOT = 48, 332, 8, 40, 42
_TITLE, _TEXT = 20, 13
_LEGIBLE = 0.35  # of the usual size, below which words are left out
_HATCH: dict[Word | None, int] = {"drifting": 6, "collapsed": 4, "both": 6}  # px from line to line


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture of a page: of which lane, on a bench where it is alone, and of what time (seconds)."""

    row: int
    column: int
    image: Image
    bench: Bench
    lane: Lane
    time: float


@dataclass(frozen=True, eq=False)
class Page:
    """What stands on every picture of a montage. titles: of each panel, with its seconds; moments: seconds."""

    theme: ThemeName
    titles: tuple[tuple[str, str], ...]
    moments: tuple[float, ...]
    lanes: tuple[Lane, ...]
    bench: Bench
    options: Options

    @staticmethod
    def size_of(panels: int, rows: int) -> tuple[int, int]:
        """Pixels of a page of so many panels in so many rows."""
        width = 2 * _MARGIN + panels * _PANEL + (panels - 1) * _GAP
        return width, _HEAD + rows * (_FIGURE + _STRIP + _WORD) + _FOOT

    @property
    def usual(self) -> tuple[int, int]:
        """Pixels of a page of the usual size."""
        return self.size_of(len(self.titles), len(self.lanes))

    @property
    def background(self) -> Colour:
        """The paper's colour."""
        return palette(self.theme).colour("panel")

    def of_size(self, size: tuple[int, int]) -> Laid:
        """The page laid out on so many pixels."""
        return Laid(self, size)


class Laid:
    """A page of some size. ratio: px for one of the usual page; cell: (width, height) px of a panel's picture."""

    def __init__(self, page: Page, size: tuple[int, int]) -> None:
        self._page, self._size = page, size
        usual = page.usual
        self.ratio = min(side / other for side, other in zip(size, usual, strict=True))
        unit, count, rows = self.ratio, len(page.titles), len(page.lanes)
        room = size[0] - 2 * _MARGIN * unit - (count - 1) * _GAP * unit
        high = (size[1] - (_HEAD + _FOOT) * unit) / rows - (_STRIP + _WORD) * unit
        self.cell = max(1, round(room / count)), max(1, round(high))
        self._colours = palette(page.theme)
        self._legible = unit >= _LEGIBLE
        self._canvas = np.zeros((size[1], size[0], 4), dtype=np.uint8)

    def drawn(self, panels: Sequence[Panel]) -> Image:
        """The whole page."""
        page, unit = self._page, self.ratio
        self._canvas[:] = 0
        if not page.options.transparent:
            self._canvas[..., :3] = np.rint(255.0 * np.asarray(page.background))
            self._canvas[..., 3] = 255
        for panel in panels:
            x, top = self._corner(panel)
            self._lay(panel.image, x, top)
            self._under(panel, x, top)
        if not self._legible:
            return self._canvas.copy()
        if page.options.captions:
            for column, (title, seconds) in enumerate(page.titles):
                left = self._left(column)
                after = self._text(title, left, 34 * unit, self._fitting(title, seconds), "text", "semibold")
                self._text(seconds, after + 10 * unit, 34 * unit, _TEXT, "text2")
        self._foot()
        return self._canvas.copy()

    def _fitting(self, title: str, seconds: str) -> float:
        """The size in which a title and its seconds have room over a panel."""
        wide = sum(font(size, "semibold").getlength(words) for words, size in ((title, _TITLE), (seconds, _TEXT))) + 12
        return _TITLE * min(1.0, self.cell[0] / self.ratio / wide)

    def _left(self, column: int) -> float:
        return _MARGIN * self.ratio + column * (self.cell[0] + _GAP * self.ratio)

    def _corner(self, panel: Panel) -> tuple[int, int]:
        """(left, top) px of a panel's picture."""
        row = self.cell[1] + (_STRIP + _WORD) * self.ratio
        return round(self._left(panel.column)), round(_HEAD * self.ratio + panel.row * row)

    # under a panel

    def _under(self, panel: Panel, left: int, top: int) -> None:
        """The stretch of the verdict strip that leads to a panel's moment, and the word for it."""
        unit, page, y = self.ratio, self._page, top + self.cell[1]
        begin = panel.bench.seed_span[0] if not panel.column else page.moments[panel.column - 1]
        end = page.moments[panel.column]
        for word, token, first, last in self._stretches(panel, begin, end):
            places = [left + (at - begin) / max(end - begin, 1e-9) * self.cell[0] for at in (first, last)]
            self._bar(word, token, round(places[0]), round(places[1]), y)
        if not self._legible:
            return
        middle = y + (_STRIP + 16) * unit
        x = float(left)
        if len(page.lanes) > 1:
            x = self._text(panel.lane.name, x, middle, _TEXT, panel.lane.role, "semibold") + 8 * unit
        told, right = self._told(panel), float(left + self.cell[0])
        off = off_words(panel.bench, panel.bench.lane, panel.time) if page.bench.look.truth else ""
        if off:
            wide = font(11, "regular").getlength(off) * unit
            self._text(off, right, middle, 11, "text2", to_the_left=True)
            right -= wide + 10 * unit
        if not panel.bench.shows_generated(panel.time):
            x = self._text("seed", x, middle, _TEXT, "text", "semibold") + 6 * unit
            self._cut(_seed_words(panel), x, middle, right)
        elif told is not None:
            word, since = told
            if ICONS[word]:
                side = round(16 * unit)
                coverage = icon_coverage(ICONS[word], max(8, side))
                self._ink(coverage, round(x), round(middle - 12 * unit), self._colours.colour(TOKENS[word]))
                x += side + 6 * unit
            x = self._text(SAID[word], x, middle, _TEXT, "text", "semibold") + 6 * unit
            self._cut(since, x, middle, right)
        else:
            self._cut(_name(panel.lane) or panel.lane.part.name, x, middle, right)

    def _told(self, panel: Panel) -> tuple[Word, str] | None:
        made = placed(panel.bench) if self._page.options.verdict else None
        return None if made is None else word_at(panel.bench, made, panel.time)

    def _stretches(self, panel: Panel, begin: float, end: float) -> list[tuple[Word | None, str, float, float]]:
        """Of the time from one panel's moment to another's, as far as it has come, stretches of one word and colour."""
        bench, lane = panel.bench, panel.bench.lane
        made, end = placed(bench) if self._page.options.verdict else None, min(end, panel.time)
        found: list[tuple[Word | None, str, float, float]] = [(None, "seed", begin, min(end, bench.seed_end))]
        begin = max(begin, bench.seed_end)
        if made is None:
            return [*found, (None, lane.role, begin, end)]
        for word, start, stop in made.verdicts.stretches:
            first, last = max(made.time(start - 1), begin), min(made.time(stop - 1), end)
            found.append((word, TOKENS[word], first, last))
        return found

    def _bar(self, word: Word | None, token: str, left: int, right: int, top: int) -> None:
        """A stretch of the strip in its colour and hatch."""
        high, wide, unit = max(1, round(_STRIP * self.ratio)), right - left, self.ratio
        if wide <= 0:
            return
        filled = f"{token}_fill" if f"{token}_fill" in self._colours.tokens else token
        self._ink(np.full((high, wide), 255, dtype=np.uint8), left, top, self._colours.colour(filled))
        if word in _HATCH:
            pitch, line = max(3.0, _HATCH[word] * unit), max(1.0, unit)
            y, x = np.mgrid[0:high, left : left + wide]
            lines = (y % pitch < line) if word == "collapsed" else ((x + y) % pitch < 1.3 * line)
            lines = lines | ((x - y) % pitch < 1.3 * line) if word == "both" else lines
            self._ink((90 * lines).astype(np.uint8), left, top, (0.0, 0.0, 0.0))

    # at the foot

    def _foot(self) -> None:
        page, unit, y = self._page, self.ratio, self._size[1] - 20 * self.ratio
        x, colours = _MARGIN * unit, self._colours
        if page.options.legend:
            keys: list[tuple[str, str, Mark]] = [("seed", "seed", "dot")]
            marks: dict[str, Mark] = {"generated_b": "triangle"}
            keys += [(lane.role, lane.part.name, marks.get(lane.role, "dot")) for lane in page.lanes]
            keys += [("truth", "truth", "dashed")] if self._has_truth else []
            for token, name, mark in keys:
                coverage = mark_coverage(mark, unit)
                self._ink(coverage, round(x), round(y - 4.5 * unit - coverage.shape[0] / 2), colours.colour(token))
                x = self._text(name, x + 26 * unit, y, 12, "text2") + 18 * unit
            by_side = page.bench.look.colour_by == "role and side"
            if by_side and page.bench.track is not None and any(page.bench.track.skeleton.sides):
                x = self._text("left limbs lighter, right limbs darker", x, y, 12, "text2") + 18 * unit
        if page.options.captions:
            self._text(self._about(x), self._size[0] - _MARGIN * unit, y, 12, "text2", to_the_left=True)

    @property
    def _has_truth(self) -> bool:
        """Whether there is truth in any panel."""
        page = self._page
        there = (off_words(page.bench, lane, moment) for lane in page.lanes for moment in page.moments)
        return page.bench.look.truth and any(there)

    def _about(self, left: float) -> str:
        """Which models these are, and why they have failed, as far as there is room."""
        page = self._page
        room = (self._size[0] - _MARGIN * self.ratio - left) / self.ratio

        def fits(told: str) -> bool:
            return font(12, "regular").getlength(told) < room

        several = len(page.lanes) > 1
        full, short = (". ".join(_model(lane, several, how) for lane in page.lanes) for how in (True, False))
        told = next(filter(fits, (full, short)), "")
        for sentence in self._reasons():
            told = f"{told}. {sentence}" if fits(f"{told}. {sentence}") else told
        return told

    def _reasons(self) -> list[str]:
        page, found = self._page, []
        for lane in page.lanes if page.options.verdict else ():
            made = placed(page.bench, lane)
            why = None if made is None else reason(page.bench, made)
            if why is not None:
                whose = f"{lane.name}, " if len(page.lanes) > 1 else ""
                found.append(f"{whose}{why.side}: {why.words}")
        return found

    # ink

    def _text(
        self,
        words: str,
        x: float,
        y: float,
        size: float,
        token: str,
        weight: Weight = "regular",
        to_the_left: bool = False,
    ) -> float:
        """Words from x on, or before it, on a baseline at y; where they end."""
        if not words:
            return x
        coverage, dx, dy, wide = text_coverage(words, max(6.0, size * self.ratio), weight)
        left = x - wide if to_the_left else x
        self._ink(coverage, round(left - dx), round(y - dy), self._colours.colour(token))
        return left + wide

    def _cut(self, words: str, x: float, y: float, right: float) -> None:
        """Quiet words, as many letters of them as have room."""
        face = font(max(6.0, _TEXT * self.ratio), "regular")
        cut = words
        while cut and x + face.getlength(cut if cut == words else f"{cut}\N{HORIZONTAL ELLIPSIS}") > right:
            cut = cut[:-1]
        self._text(cut if cut == words else f"{cut.rstrip()}\N{HORIZONTAL ELLIPSIS}", x, y, _TEXT, "text2")

    def _ink(self, coverage: NDArray[np.uint8], left: int, top: int, colour: Colour) -> None:
        image = np.empty((*coverage.shape, 4), dtype=np.uint8)
        image[..., :3], image[..., 3] = np.rint(255.0 * np.asarray(colour)), coverage
        self._lay(image, left, top)

    def _lay(self, image: Image, left: int, top: int) -> None:
        """Straight alpha over straight alpha; what lies outside is cut off."""
        height, width = self._canvas.shape[:2]
        rows = slice(max(0, -top), min(image.shape[0], height - top))
        columns = slice(max(0, -left), min(image.shape[1], width - left))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        over = image[rows, columns].astype(np.float32)
        into = self._canvas[rows.start + top : rows.stop + top, columns.start + left : columns.stop + left]
        under, share = into.astype(np.float32), over[..., 3:] / 255.0
        below = (1.0 - share) * under[..., 3:] / 255.0
        alpha = share + below
        into[..., :3] = np.rint((over[..., :3] * share + under[..., :3] * below) / np.maximum(alpha, 1e-6))
        into[..., 3] = np.rint(255.0 * alpha[..., 0])


def _seed_words(panel: Panel) -> str:
    """How many frames at its rate the model reads, and of which clip."""
    clip, (start, stop) = panel.bench.clip, panel.bench.seed
    assert clip is not None
    frames = round((stop - start) * (panel.lane.fps or clip.fps) / clip.fps)
    context = min(getattr(panel.lane.generator, "context", frames), frames)
    return f"{counted(frames, 'frame') if context == frames else f'last {context} of {frames} frames'}, {clip.name}"


def _name(lane: Lane) -> str:
    """Its model: the checkpoint's file, or what another package calls it."""
    card, generator = card_behind(lane.generator), lane.generator
    return card.name if card is not None else "" if generator is None else type(generator).__name__


def _model(lane: Lane, several: bool, how: bool) -> str:
    """Which model a lane has; how: and how it sampled, at what rate."""
    generator = lane.generator
    warm = f"temperature {lane.temperature:.2f}" if generator is not None and generator.stochastic else ""
    fps = "" if lane.fps is None else f"{lane.fps:g} fps"
    return ", ".join(filter(None, (lane.name if several else "", _name(lane), *((warm, fps) if how else ()))))
