"""What the figures' colours mean: whose they are, which side a limb is on, how fast each joint goes, how far off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.look import ColourBy
from poseviewer.bench.track import PLANE_HEIGHT, Track
from poseviewer.render.palette import Palette, Role
from poseviewer.render.stage import LegendEntry, Ramp

_FASTEST = 3.0  # m/s at which colour by speed reaches its warm end: a running hand
_FARTHEST = 0.3  # m from the truth at which colour by error reaches its warm end: a limb in quite another place
_BEND = 0.6  # of the ramp: slow motion shows more differences
_STEPS = 48  # colours that the legend's ramp is drawn in


def role_colours(role: Role, by: ColourBy, colours: Palette) -> NDArray[np.float32]:
    """(3, 3) trunk, left and right of a figure that is not coloured by speed."""
    if by == "role":
        return np.repeat(np.array([colours.colour(role)], dtype=np.float32), 3, axis=0)
    if by == "side":
        return np.array([colours.colour(token) for token in ("truth", "left", "right")], dtype=np.float32)
    return colours.sided(role)


def speed_colours(track: Track, frame: int, colours: Palette) -> NDArray[np.float32]:
    """(1, J, 3) of the joints at a frame number."""
    step = track.pose(frame) - track.pose(max(frame - 1, 0))
    speed = np.linalg.norm(np.nan_to_num(step), axis=-1) * track.fps
    return warmth(speed / _FASTEST, colours)[None]


def error_colours(errors: NDArray[np.floating], role: Role, colours: Palette) -> NDArray[np.float32]:
    """(1, J, 3) of joints that are so many metres (J,) from the truth's; the role's own where that is not known."""
    known = np.isfinite(errors)[:, None]
    warm = warmth(np.nan_to_num(errors) / _FARTHEST, colours)
    return np.where(known, warm, np.array(colours.colour(role), dtype=np.float32))[None]


def legend_of(by: ColourBy, colours: Palette) -> list[LegendEntry]:
    """What the legend says of colours that are not those of roles."""
    if by != "side":
        return []
    return [LegendEntry(side, colours.colour(side)) for side in ("left", "right")]


def speed_ramp(flat: bool, colours: Palette) -> Ramp:
    """The legend of speed; flat: of 2D poses, which have no metres but the image's height."""
    along = warmth(np.linspace(0.0, 1.0, _STEPS), colours)
    if flat:
        return Ramp("speed", along, ("0", f"{_FASTEST / PLANE_HEIGHT:.2f} image heights/s"))
    return Ramp("speed", along, ("0", "1", "2", f"{_FASTEST:.0f} m/s"))


def error_ramp(flat: bool, colours: Palette) -> Ramp:
    """The legend of the distance from the truth, about the root."""
    along = warmth(np.linspace(0.0, 1.0, _STEPS), colours)
    if flat:
        return Ramp("off truth", along, ("0", f"{_FARTHEST / PLANE_HEIGHT:.3g} image heights"))
    return Ramp("off truth", along, ("0", "10", "20", f"{100 * _FARTHEST:.0f} cm"))


def warmth(t: NDArray[np.floating], colours: Palette) -> NDArray[np.float32]:
    """(..., 3) from the seed's colour at rest to that of generated frames at full speed."""
    bent = np.clip(t, 0.0, 1.0)[..., None] ** _BEND
    cold, warm = np.array(colours.colour("seed")), np.array(colours.colour("generated_a"))
    return ((1.0 - bent) * cold + bent * warm).astype(np.float32)
