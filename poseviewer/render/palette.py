"""The theme's colours, read from resources/theme.json once; what the chrome and the 3D view share."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer import paths
from poseviewer.render.stage import Colour, Scenery

ThemeName = Literal["dark", "light"]
Role = Literal["seed", "generated_a", "generated_b", "generated_c", "truth", "accent"]


@dataclass(frozen=True)
class Palette:
    """One theme: every token of the chrome as "#RRGGBB" in `tokens`, the action colours, the 3D view's scenery."""

    name: ThemeName
    tokens: dict[str, str]
    actions: tuple[str, ...]
    side_lightness: tuple[float, float]
    scenery: Scenery

    def colour(self, token: str) -> Colour:
        """A token as sRGB floats."""
        return hex_colour(self.tokens[token])

    def sided(self, token: str) -> NDArray[np.float32]:
        """(3, 3) trunk, left and right of a role: the left lighter, the right darker in OKLab (theme.md)."""
        return _sided(self.colour(token), *self.side_lightness)

    def action(self, index: int) -> str:
        """The colour of the index-th action by name order; text 3 beyond the fifteenth."""
        return self.actions[index] if 0 <= index < len(self.actions) else self.tokens["text3"]


@cache
def palette(name: ThemeName) -> Palette:
    """The dark or light theme."""
    tokens: dict[str, Any] = json.loads((paths.resources() / "theme.json").read_text(encoding="utf-8"))[name]
    actions, sides, scene = tokens.pop("actions"), tokens.pop("side_lightness"), tokens.pop("scene")
    values = {f.name: _scene_value(scene[f.name]) for f in fields(Scenery)}
    return Palette(name, tokens, tuple(actions), (sides[0], sides[1]), Scenery(**values))


@lru_cache(maxsize=64)
def _sided(base: Colour, left: float, right: float) -> NDArray[np.float32]:
    made = np.array([base, shift_lightness(base, left), shift_lightness(base, right)], dtype=np.float32)
    made.setflags(write=False)
    return made


def _scene_value(value: Any) -> Any:
    if isinstance(value, str):
        return hex_colour(value)
    return tuple(value) if isinstance(value, list) else value


def hex_colour(text: str) -> Colour:
    """ "#RRGGBB" as sRGB floats."""
    return int(text[1:3], 16) / 255.0, int(text[3:5], 16) / 255.0, int(text[5:7], 16) / 255.0


_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def shift_lightness(colour: Colour, amount: float) -> Colour:
    """A colour lighter or darker by `amount` of OKLab's L (Ottosson, 2020), clipped to sRGB."""
    rgb = np.asarray(colour)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lab = _TO_LAB @ np.cbrt(_TO_LMS @ linear)
    lab[0] += amount
    linear = np.clip(np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, lab) ** 3), 0.0, 1.0)
    r, g, b = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return float(r), float(g), float(b)
