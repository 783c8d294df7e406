"""The colours of the map's points: by name from the theme, else a scale of so many steps."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor

from poseviewer.bench.colouring import warmth
from poseviewer.bench.map.legend import COLOURED, RAMP, WHEEL, MapColour
from poseviewer.render.palette import Palette

_WHEEL = {"dark": (0.62, 0.66), "light": (0.62, 0.42)}  # saturation and lightness, which stand clear of the panel


def scale_colours(colour: MapColour, colours: Palette) -> tuple[QColor, ...]:
    """From a scale's beginning to its end; none where groups have names."""
    if colour == "frame":
        return tuple(mixed(colours, "hairline", "accent", share) for share in np.linspace(0.15, 1.0, RAMP))
    if colour == "clip":
        saturation, lightness = _WHEEL[colours.name]
        return tuple(QColor.fromHslF(step / WHEEL, saturation, lightness) for step in range(WHEEL))
    if colour == "error":
        return tuple(QColor.fromRgbF(*rgb) for rgb in warmth(np.linspace(0.0, 1.0, RAMP), colours).tolist())
    return ()


def group_colours(colour: MapColour, colours: Palette) -> dict[int, QColor]:
    """The colour of each group that has one of its own."""
    steps = scale_colours(colour, colours)
    return dict(enumerate(steps or (QColor(colours.action(number)) for number in range(COLOURED))))


def mixed(colours: Palette, one: str, other: str, share: float) -> QColor:
    """The colour a share of the way from one token to another."""
    low, high = np.array(colours.colour(one)), np.array(colours.colour(other))
    return QColor.fromRgbF(*(low + share * (high - low)).tolist())
