"""What a classifier reads of a motion: for each frame the pose's features or latent, then how its placement moves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.nets.protocols import Array, Placement
from poseviewer.nets.spaces import world_motion
from poseviewer.nets.spaces.image import ImageSpace
from poseviewer.nets.spaces.world import PoseSpace

_SCALE_WEIGHT = 3.0  # a clip's size changes by about a third; the other numbers have a deviation near 1


class FrameVectors:
    """Motions (B, F, J, D) at `fps`, NaN where unknown -> vectors (B, F, N).

    After the pose: in 3D the root's motion (root_motion); in 2D where the root stands in the clip and how large the
    pose is, both relative to the clip's mean and size.
    """

    def __init__(self, space: PoseSpace | ImageSpace, embedding: EmbeddingModel | None, fps: float) -> None:
        self.space, self.embedding, self.fps = space, embedding, fps

    @property
    def size(self) -> int:
        pose = self.embedding.size if self.embedding else self.space.size
        return pose + (world_motion.SIZE if self.space.skeleton.dims == 3 else 3)

    def __call__(self, poses: Array) -> Array:
        rows, frames = poses.shape[:2]
        features, at = self.space.features(poses.reshape(-1, *poses.shape[2:]))
        if self.embedding:
            features = self.embedding.encode_features(features)[0]
        places = [at.rows(slice(row * frames, (row + 1) * frames)) for row in range(rows)]
        if self.space.skeleton.dims == 3:
            paths = [world_motion.features(place, world_motion.floor_of(place), self.fps) for place in places]
        else:
            known: NDArray[np.bool_] = np.asarray(np.isfinite(poses).all(axis=-1).any(axis=-1))
            paths = [_path(place, seen) for place, seen in zip(places, known, strict=True)]
        return np.concatenate([features.reshape(rows, frames, -1), np.stack(paths)], axis=-1)


def _path(at: Placement, seen: NDArray[np.bool_]) -> Array:
    """(F, 3) root and logarithm of the size relative to the clip's, 0 in frames without a known joint."""
    path = np.zeros((len(at), 3))
    if seen.any():
        size = np.exp(np.log(at.scale[seen]).mean())
        path[seen, :2] = (at.root[seen] - at.root[seen].mean(axis=0)) / size
        path[seen, 2] = _SCALE_WEIGHT * np.log(at.scale[seen] / size)
    return path
