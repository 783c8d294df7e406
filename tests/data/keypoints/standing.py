"""Somebody who stands in an image, as programs write them."""

from __future__ import annotations

import numpy as np

PLACES = {
    "nose": (0, -60), "head": (0, -62), "head_top": (0, -80), "top_head": (0, -80), "neck": (0, -45), "eye": (4, -65),
    "ear": (8, -62), "shoulder": (16, -42), "elbow": (24, -15), "wrist": (26, 10), "hip": (10, 10), "knee": (11, 50),
    "ankle": (11, 90), "heel": (10, 94), "big_toe": (16, 96), "small_toe": (18, 95),
    "mid_hip": (0, 10), "pelvis": (0, 10),
}  # fmt: skip
"""Pixels right and down from the middle of somebody who faces the camera, of their left side."""


def pixels(joints: tuple[str, ...], x: float = 320.0, y: float = 240.0, size: float = 1.0) -> np.ndarray:
    """(J, 2) their joints: a left one is to the right in the image."""
    points = []
    for joint in joints:
        side, _, part = joint.partition("_")
        right, down = PLACES.get(joint, PLACES.get(part, (0, 0)))
        points.append((x + size * (-right if side == "right" else right), y + size * down))
    return np.array(points)


def flat(points: np.ndarray, sure: float = 0.9) -> list[float]:
    """x, y, c, x, y, c, ..."""
    return [round(float(n), 3) for point in points for n in (*point, sure)]
