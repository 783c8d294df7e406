"""What is painted onto the latent map by hand: the handle, the hovered point, frame numbers, captions, the sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from poseviewer.app.theme import body_font
from poseviewer.bench.map.paths import MapPath
from poseviewer.bench.map.picture import MapHere, MapPicture
from poseviewer.bench.words import signed
from poseviewer.render.palette import Palette
from poseviewer.views.parts.ink import fill, tinted, write
from poseviewer.views.parts.listing import few

_RING, _RING_HELD = 14.0, 18.0  # px across
_CORE = 8.0
_HALO = 13.0  # px of the soft disc under a held ring
_EDGE = 12  # px from the border to the captions
_EDGE_BELOW = 24  # px, so that the foot does not cover them when it grows
_BELOW_CAPTION = 38  # px
_REACH = 9.0  # px from a marker to its number
_TEXT = 11
_HALO_SHIFTS = tuple(QPointF(1.5 * np.cos(a), 1.5 * np.sin(a)) for a in np.arange(8) * np.pi / 4)


_Px = NDArray[np.float64]


@dataclass(frozen=True)
class Label:
    """A frame number where it found room."""

    text: str
    box: QRectF


def place_labels(
    paths: list[MapPath],
    px: Callable[[_Px], _Px],
    size: QRectF,
    handle: _Px | None,
    captions: tuple[str, str] = ("", ""),
) -> tuple[Label, ...]:
    """Numbers beside the markers of paths, the most telling first, where there is room; px: map points -> px.

    A number is written once: the newest frame may be a tenth one too.
    """
    metrics = QFontMetricsF(body_font(_TEXT, QFont.Weight.Medium))
    taken = [] if handle is None else [_around(handle, 11.0)]
    taken += [_plate(at, text) for at, text in _captions(size, captions)]
    labels: list[Label] = []
    wanted = _wanted(paths, px)
    taken += [_around(point, 4.5) for _, point, _ in wanted]
    for frame, point, outward in wanted:
        text = signed(frame)
        if any(label.text == text for label in labels):
            continue
        extent = QSizeF(metrics.horizontalAdvance(text), metrics.ascent())
        for box in _beside(point, extent, outward):
            grown = box.adjusted(-2, -1, 2, 1)
            if size.contains(grown) and not any(grown.intersects(other) for other in taken):
                taken.append(grown)
                labels.append(Label(text, box))
                break
    return tuple(labels)


def _wanted(paths: list[MapPath], px: Callable[[_Px], _Px]) -> list[tuple[int, _Px, _Px]]:
    """(frame number, px, away from the path's middle) by importance: the seed's ends, the newest frame, every tenth."""
    first, later = list[tuple[int, _Px, _Px]](), list[tuple[int, _Px, _Px]]()
    for path in paths:
        if path.faint or path.role == "truth" or not len(path.xy):
            continue
        telling, middle = [-1, 0, *path.marks()], px(path.corners.mean(axis=0))
        found = [
            (int(frame), at, at - middle) for frame, at in zip(path.frames[telling], px(path.xy[telling]), strict=True)
        ]
        if path.role == "seed":
            first += found[:2]
            later += found[:1:-1]
        else:
            first.append(found[0])
            later = found[2:] + later
    return first + later


def _beside(point: _Px, extent: QSizeF, outward: _Px) -> list[QRectF]:
    """Places for a text to the right, left, above and below of a point, the one that points outward first."""
    x, y, w, h = float(point[0]), float(point[1]), extent.width(), extent.height()
    places = [
        ((1, 0), x + _REACH, y - h / 2), ((-1, 0), x - _REACH - w, y - h / 2),
        ((0, -1), x - w / 2, y - _REACH - h), ((0, 1), x - w / 2, y + _REACH),
    ]  # fmt: skip
    places.sort(key=lambda place: -float(np.dot(place[0], outward)))
    return [QRectF(QPointF(left, top), extent) for _, left, top in places]


def _around(point: _Px, reach: float) -> QRectF:
    return QRectF(point[0] - reach, point[1] - reach, 2 * reach, 2 * reach)


def paint_words(
    painter: QPainter, size: QRectF, picture: MapPicture, labels: tuple[Label, ...], colours: Palette
) -> None:
    """Frame numbers, the axes' captions, and the sentence while there is something to say."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for label in labels:
        _haloed(painter, label.box.bottomLeft(), label.text, colours)
    captions = _captions(size, picture.captions)
    for at, caption in captions:  # on a plate: points show through a halo
        _paint_plate(painter, _plate(at, caption), colours)
        painter.setFont(body_font(_TEXT))
        painter.setPen(QColor(colours.tokens["text2"]))
        painter.drawText(at, caption)
    if picture.sentence:
        _paint_sentence(painter, size, few(picture.sentence), colours, above=bool(captions))


def _captions(size: QRectF, captions: tuple[str, str]) -> list[tuple[QPointF, str]]:
    """Where the axes' captions begin: of the first one at the lower right, of the second one at the upper left."""
    first, second = captions
    if not first:
        return []
    metrics = QFontMetricsF(body_font(_TEXT))
    right = size.right() - _EDGE - metrics.horizontalAdvance(first)
    return [(QPointF(right, size.bottom() - _EDGE_BELOW), first), (QPointF(_EDGE, 6 + metrics.ascent()), second)]


def _paint_sentence(painter: QPainter, size: QRectF, sentence: str, colours: Palette, above: bool) -> None:
    """In the middle of an empty map, above of one that shows something."""
    painter.setFont(body_font(12))
    room = size.adjusted(24, 24, -24, -24)
    room.setWidth(min(room.width(), 300.0))
    room.moveCenter(size.center())
    flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    needed = painter.boundingRect(room, flags, sentence)
    if above:
        room.moveTop(room.top() + _BELOW_CAPTION - needed.top())
        needed = painter.boundingRect(room, flags, sentence)
    _paint_plate(painter, needed.adjusted(-12, -8, 12, 8), colours)
    painter.setPen(QColor(colours.tokens["text2"]))
    painter.drawText(room, flags, sentence)


def _paint_plate(painter: QPainter, box: QRectF, colours: Palette) -> None:
    fill(painter, tinted(colours.tokens["panel"], 0.86))
    painter.drawRoundedRect(box, 3, 3)


def _plate(at: QPointF, text: str) -> QRectF:
    """What a caption covers."""
    metrics = QFontMetricsF(body_font(_TEXT))
    box = QRectF(at.x(), at.y() - metrics.ascent(), metrics.horizontalAdvance(text), metrics.height())
    return box.adjusted(-4, -1, 4, 1)


def _haloed(painter: QPainter, at: QPointF, text: str, colours: Palette) -> None:
    """A text on a soft outline of the panel's colour, its baseline starting at a point."""
    painter.setFont(body_font(_TEXT, QFont.Weight.Medium))
    painter.setPen(tinted(colours.tokens["panel"], 0.55))
    for shift in _HALO_SHIFTS:  # a stroked outline would cost ten times as much
        painter.drawText(at + shift, text)
    painter.setPen(QColor(colours.tokens["text"]))
    painter.drawText(at, text)


# what moves


def handle_area(at: _Px, origin: _Px | None) -> QRect:
    """The px that the handle covers, its line to the origin included."""
    area = _around(at, _HALO + 5.0)
    return (area if origin is None else area.united(_around(origin, 50.0))).toAlignedRect()


def paint_handle(
    painter: QPainter, here: MapHere, at: _Px, origin: _Px | None, colours: Palette, labels: tuple[Label, ...]
) -> None:
    """The ring with a core in its role's colour; while held larger, on a soft disc, tied to where it came from.

    Where it came from is written unless a label stands there.
    """
    accent, panel = QColor(colours.tokens["accent"]), QColor(colours.tokens["panel"])
    centre, held = QPointF(at[0], at[1]), origin is not None
    if origin is not None:
        _paint_tie(painter, here, centre, QPointF(origin[0], origin[1]), colours, labels)
        _disc(painter, centre, _HALO, tinted(accent, 0.26))
    radius = (_RING_HELD if held else _RING) / 2.0
    painter.setBrush(tinted(panel, 0.9))
    painter.setPen(QPen(tinted(panel, 0.8), 5.0))
    painter.drawEllipse(centre, radius, radius)
    painter.setPen(QPen(accent, 2.4))
    painter.drawEllipse(centre, radius, radius)
    if held or here.role is not None:  # at the mean, where no frame lies, the ring is empty
        _disc(painter, centre, _CORE / 2.0, accent if held else QColor(colours.tokens[here.role or "accent"]))


def _paint_tie(
    painter: QPainter, here: MapHere, hand: QPointF, origin: QPointF, colours: Palette, labels: tuple[Label, ...]
) -> None:
    accent = QColor(colours.tokens["accent"])
    painter.setPen(QPen(tinted(colours.tokens["panel"], 0.7), 3.4))
    painter.drawLine(origin, hand)
    painter.setPen(QPen(tinted(accent, 0.7), 1.4))
    painter.drawLine(origin, hand)
    _disc(painter, origin, 4.5, QColor(colours.tokens["panel"]))
    _disc(painter, origin, 3.2, QColor(colours.tokens[here.role or "text2"]))
    text = "mean" if here.frame is None else signed(here.frame)
    away = -1.0 if hand.x() > origin.x() else 1.0
    metrics = QFontMetricsF(body_font(_TEXT, QFont.Weight.Medium))
    width = metrics.horizontalAdvance(text)
    at = origin + QPointF(9.0 if away > 0 else -9.0 - width, 4.0)
    box = QRectF(at.x(), at.y() - metrics.ascent(), width, metrics.ascent())
    if not any(label.text == text or label.box.intersects(box) for label in labels):
        _haloed(painter, at, text, colours)


def paint_hovered(painter: QPainter, size: QRectF, at: _Px, name: str, colours: Palette) -> None:
    """A ring around the hovered point, and its name on a chip beside it."""
    point = QPointF(at[0], at[1])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colours.tokens["text"]), 1.4))
    painter.drawEllipse(point, 5.0, 5.0)
    metrics = QFontMetricsF(body_font(_TEXT))
    chip = QRectF(0, 0, metrics.horizontalAdvance(name) + 14, 20)
    chip.moveTo(point.x() + 12, point.y() - 26)
    chip.moveLeft(min(max(chip.left(), 4.0), size.right() - chip.width() - 4))
    chip.moveTop(max(chip.top(), 4.0))
    fill(painter, colours.tokens["raised"])
    painter.drawRoundedRect(chip, 3, 3)
    write(painter, chip, name, colours.tokens["text"], body_font(_TEXT), Qt.AlignmentFlag.AlignHCenter)


def _disc(painter: QPainter, centre: QPointF, radius: float, colour: QColor) -> None:
    fill(painter, colour)
    painter.drawEllipse(centre, radius, radius)
