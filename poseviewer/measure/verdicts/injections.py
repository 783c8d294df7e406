"""Known failures put into real motion: which there are, and how each begins in a clip.

Letters: F frames, J joints, D = 2 or 3.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from poseviewer.analysis.calibration import seed_frames
from poseviewer.analysis.statistics.statistic import Side
from poseviewer.measure.verdicts import in_image, in_world
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

SIDE: dict[str, Side] = {
    "freeze": "collapse",
    "fade": "collapse",
    "cycle": "collapse",
    "noisy_cycle": "collapse",
    "slide": "drift",
    "stretch": "drift",
    "noise": "drift",
    "jump": "drift",
    "joint": "drift",
}
"""The side that each kind of failure is of."""
ONE_STRENGTH = ("cycle", "noisy_cycle")
FULL, HALF = 1.0, 0.5
Usual = in_world.Usual | in_image.Usual
Real = in_world.Real | in_image.Real


@dataclass(frozen=True, eq=False)
class Injection:
    """A motion (F, J, D) that fails. kind, strength (FULL or HALF); period: of a cycle, in frames, 0 of others."""

    kind: str
    strength: float
    motion: Array
    period: int = 0


def onset_of(frames: int) -> int:
    """The frame at which a failure begins in a clip of so many: after its seed."""
    return max(seed_frames(frames) + 1, frames // 3)


def usual_of(motions: Sequence[Array], skeleton: Skeleton) -> Usual:
    """What injections need to know of real motions (F, J, D)."""
    return (in_image if skeleton.dims == 2 else in_world).Usual.of(motions, skeleton)


def injections(
    motion: Array, name: str, action: str, loop: bool, usual: Usual, skeleton: Skeleton, fps: float
) -> list[Injection]:
    """All that a clip's motion (F, J, D) can have from `onset_of` on; drawn by the clip's name and the kind alone."""
    real = real_of(motion, onset_of(len(motion)), action, usual, skeleton, fps)
    made = []
    for kind in SIDE:
        if loop and kind in ONE_STRENGTH:
            continue
        for strength in (FULL,) if kind in ONE_STRENGTH else (FULL, HALF):
            found = _injected(real, kind, strength, drawn(name, kind))
            if found is None:
                continue
            failed, period = found if isinstance(found, tuple) else (found, 0)
            made.append(Injection(kind, strength, failed, period))
    return made


def drawn(name: str, kind: str) -> np.random.Generator:
    """The random numbers of a kind of failure in a clip."""
    return np.random.default_rng(zlib.crc32(f"{name}{kind}".encode()))


def real_of(motion: Array, onset: int, action: str, usual: Usual, skeleton: Skeleton, fps: float) -> Real:
    """A motion (F, J, D) that fails from its onset on."""
    if isinstance(usual, in_world.Usual):
        return in_world.Real(motion, onset, skeleton, fps, usual)
    return in_image.Real(motion, onset, skeleton, fps, usual, action)


def _injected(real: Real, kind: str, strength: float, draw: np.random.Generator) -> Array | tuple[Array, int] | None:
    if isinstance(real, in_world.Real):
        return in_world.KINDS[kind](real, strength, draw)
    return in_image.KINDS[kind](real, strength, draw) if kind in in_image.KINDS else None
