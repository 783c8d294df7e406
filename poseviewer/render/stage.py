"""Stage: what the eye gets, as plain arrays. Window, film, montage and tests draw the same one.

World: metres, y up, right-handed. Colours are sRGB floats 0..1. Sizes in px are at a pixel ratio of 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float]
Weight = Literal["regular", "medium", "semibold"]
Mark = Literal["dot", "triangle", "dashed", "thin"]
"""A line with a dot, dashes with a triangle, dashes, a thin line."""


@dataclass(frozen=True, eq=False)
class Body:
    """How one skeleton is drawn: its bones as capsules, some joints as spheres.

    edges: (E, 2) joints; edge_radii: (E, 2) metres at both ends; joint_radii: (J,) metres, 0 where no sphere is drawn;
    sides: (J,) +1 left, -1 right, 0 trunk; a bone takes the side of its second joint; names: (J,) for picking.
    spans: (E, 2) where on the way from joint to joint each capsule begins and ends (0 and 1 where None); a skull is a
    part of the bone that it sits on, or lies beyond it.
    """

    edges: NDArray[np.intp]
    edge_radii: NDArray[np.float32]
    joint_radii: NDArray[np.float32]
    sides: NDArray[np.int8]
    names: tuple[str, ...] = ()
    spans: NDArray[np.float32] | None = None


@dataclass(frozen=True, eq=False)
class Figures:
    """N poses of one body, drawn together.

    positions: (N, J, 3) metres, NaN where unknown (nothing is drawn there); colours: (N, 3, 3) of trunk, left, right;
    or (N, J, 3) of each joint where per_joint (colour by speed, error, spread); opacity: (N,) 0..1;
    faded: (N, J) bool, joints that are known but not visible, or None; scale: (N,) multiplies the body's radii.
    layer: "skin" figures are drawn first as translucent layers, oldest first; "ghost" next; "current" last and opaque.
    key: what the figures are ("seed", "generated A", "truth", ...), for picking; frames: (N,) their frame numbers.
    """

    body: Body
    positions: NDArray[np.float32]
    colours: NDArray[np.float32]
    opacity: NDArray[np.float32]
    layer: Literal["skin", "ghost", "current"] = "current"
    faded: NDArray[np.bool_] | None = None
    scale: NDArray[np.float32] | None = None
    per_joint: bool = False
    shadow: bool = True
    key: str = ""
    frames: NDArray[np.int64] | None = None


@dataclass(frozen=True, eq=False)
class Trail:
    """A ribbon through points (P, 3), `width` metres wide, facing the eye, under the figures (on_ground) or among them.

    opacity: (P,) 0..1 along it; dashed: drawn in dashes of dash_length metres.
    """

    points: NDArray[np.float32]
    colour: Colour
    width: float
    opacity: NDArray[np.float32] | None = None
    on_ground: bool = False
    dashed: bool = False
    dash_length: float = 0.12


@dataclass(frozen=True)
class Label:
    """A line of text at a world point, centred `offset` px from it (right, down), with a halo like the background.

    weight_among: of labels that would lie over each other the weightier one stays, the others give way or are left out;
    one of 2 and more is never left out.
    """

    text: str
    at: tuple[float, float, float]
    colour: Colour
    size: int = 11
    weight: Weight = "medium"
    offset: tuple[float, float] = (0.0, 0.0)
    weight_among: int = 0


@dataclass(frozen=True)
class Run:
    """A stretch of text of one style inside an overlay line, behind an icon of 16 px where one is named.

    icon: of resources/icons, without suffix.
    """

    text: str
    colour: Colour
    size: int = 12
    weight: Weight = "regular"
    icon: str = ""


@dataclass(frozen=True)
class Badge:
    """The top left corner: a large number and lines beside it."""

    number: Run
    lines: tuple[tuple[Run, ...], ...] = ()


@dataclass(frozen=True)
class LegendEntry:
    """One key of the legend at the bottom left: a sample of the line and its name."""

    text: str
    colour: Colour
    mark: Mark = "dot"


@dataclass(frozen=True, eq=False)
class Ramp:
    """What a scale of colours means. colours: (K, 3) along it, evenly; marks: what stands at its ends and between."""

    title: str
    colours: NDArray[np.float32]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Scenery:
    """Background, ground and light; the numbers of theme.md's "3D view" for one theme (render/palette.py fills it)."""

    background_top: Colour
    background_bottom: Colour
    pool: Colour
    pool_opacity: float
    pool_radius: float
    grid: Colour
    grid_minor_opacity: float
    grid_major_opacity: float
    grid_fade: float
    shadow_strength: float
    ambient: tuple[float, float]
    diffuse: float
    specular: float
    rim: float
    halo: Colour
    text: Colour
    text_quiet: Colour


@dataclass(frozen=True, eq=False)
class Stage:
    """Everything on the 3D view at one moment.

    centre: (3,) where the action is (pool of light, the ground's fade); ground: drawn when True, at height ground_y.
    badge, legend, ramp (above the legend), caption (right end of the legend line) are the overlay; None or empty draws
    nothing there.
    """

    scenery: Scenery
    figures: tuple[Figures, ...] = ()
    trails: tuple[Trail, ...] = ()
    labels: tuple[Label, ...] = ()
    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
    ground: bool = True
    ground_y: float = 0.0
    badge: Badge | None = None
    legend: tuple[LegendEntry, ...] = ()
    legend_note: str = ""
    ramp: Ramp | None = None
    caption: str = ""
    transparent: bool = False
    """True leaves the background out (alpha 0), for still strips on paper."""

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Lowest and highest corner (3,), (3,) over all known joints; None where nothing is shown."""
        points = np.concatenate([np.zeros((0, 3)), *(f.positions.reshape(-1, 3) for f in self.figures)])
        known = points[np.isfinite(points).all(axis=-1)]
        return (known.min(axis=0), known.max(axis=0)) if len(known) else None


def together(figures: Iterable[Figures]) -> list[Figures]:
    """The same figures with neighbours of one body and role in one: the renderer draws each of them in one go."""
    groups = [list(alike) for _, alike in groupby(figures, lambda f: (f.body, f.key) if f.faded is None else f)]
    return [_joined(group) if len(group) > 1 else group[0] for group in groups]


def _joined(group: list[Figures]) -> Figures:
    names = ("positions", "colours", "opacity", "scale", "frames")
    joined: dict[str, Any] = {name: np.concatenate([getattr(f, name) for f in group]) for name in names}
    return replace(group[0], **joined)
