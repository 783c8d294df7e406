"""What somebody chose to see of what lies on the bench."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from poseviewer.bench.classes.naming import Shown

ColourBy = Literal["role and side", "role", "side", "speed", "error"]
Placing = Literal["side by side", "one spot"]


@dataclass(frozen=True)
class Look:
    """What the 3D view draws and how."""

    theme: Literal["dark", "light"] = "dark"
    colour_by: ColourBy = "role and side"
    follow: bool = True
    skins: bool = True
    trails: bool = True
    truth: bool = True
    nearest: bool = False
    """Of what is generated or held the nearest real pose."""
    labels: bool = True
    fine: bool = True
    """Fingers and face of a rig that has them."""
    counted_from: Literal["seed", "start"] = "seed"
    """What frame numbers count from: the seed's end, or, where a clip is shown for itself, its first frame."""
    placement: Placing = "side by side"
    """Where two lanes that have generated something stand: each on its own, the seed and the truth between them."""
    judged: Literal["", "word", "reason"] = "word"
    """What is said of generated frames: nothing, what they are and since when, or also why."""
    errors: bool = True
    """How far what is generated is from the truth, under the curves."""
    classes: Shown = "one"
    """Whose class probabilities stand under the timeline: nobody's, the classifier's at work, or those of two."""
