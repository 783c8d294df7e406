"""Poses that may take the place of the present frame's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench


def other_poses(bench: Bench) -> dict[str, NDArray[np.floating]]:
    """Latents (Z,) by what they are: the truth and the seed's end, where the map's embedding read the clip, and the
    mean of what it was trained on.
    """
    found: dict[str, NDArray[np.floating]] = {}
    if bench.clip is not None and bench.clip_latents is not None:
        if bench.clip_part(bench.time).kind == "truth" and bench.track is not None and bench.track.holds(bench.time):
            found["truth"] = bench.clip_latents[bench.clip_frame(bench.time)]
        found["seed's end"] = bench.clip_latents[min(bench.seed[1], len(bench.clip)) - 1]
    if bench.has_statistics:
        found["mean of the training data"] = np.asarray(bench.embedding.latent_mean)  # type: ignore[union-attr]
    return found
