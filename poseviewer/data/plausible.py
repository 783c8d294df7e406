"""What every clip from a file must satisfy before it is shown or learned from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip

FARTHEST = 1e6  # metres; beyond that float32 cannot tell a pose from its neighbour


def plausible(clip: Clip, label: str) -> Clip:
    """The clip, a joint with an infinite or missing coordinate made wholly unknown (NaN).

    Raises PoseviewerError where nothing is known, a joint is absurdly far away or a rotation is none.
    """
    where = f"clip {clip.name[:80]!r}"
    unknown = np.asarray(~np.isfinite(clip.positions).all(axis=-1))
    if unknown.all():
        raise PoseviewerError(label, where, "no joint has a known position in any frame", "export it again")
    farthest = float(np.abs(clip.positions[~unknown]).max())
    if farthest > FARTHEST:
        frame = int(np.argmax((~unknown & (np.abs(clip.positions).max(axis=-1) == farthest)).any(axis=1)))
        unit = "metres" if clip.skeleton.dims == 3 else "image heights"
        raise PoseviewerError(
            label,
            f"{where}, frame {frame}",
            f"a joint lies {farthest:.0e} {unit} away",
            f"mend that frame or bring its numbers nearer to {unit}",
        )
    if clip.rotations is not None:
        length = np.linalg.norm(clip.rotations, axis=-1)
        if not (np.abs(length - 1.0) < 0.01).all():
            raise PoseviewerError(label, where, "its rotations are not unit quaternions", "divide each by its length")
    if unknown.any():
        return replace(clip, positions=np.where(unknown[..., None], np.nan, clip.positions))
    return clip
