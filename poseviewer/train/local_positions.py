"""The torch twin of PoseSpace.local, for losses in space: standardised features -> joints in leg lengths."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from poseviewer.nets.spaces.space import Space
from poseviewer.nets.spaces.world import PoseSpace


class LocalPositions:
    """Standardised features (..., N) -> joints (..., J, 3) from the root, in the heading frame, on the usual bones."""

    def __init__(self, space: Space) -> None:
        assert isinstance(space, PoseSpace), "2D poses have no heading frame"
        parents = space.skeleton.parents or ()
        limbs = [j for j, parent in enumerate(parents) if parent >= 0]
        path = np.zeros((len(parents), len(limbs)))  # which bones lead from the root to a joint
        for column, joint in enumerate(limbs):
            path[joint, column] = 1.0
            if space.representation == "directions":
                path[joint] += path[parents[joint]]
        self._directions = space.representation == "directions"
        lengths = space.bones[limbs] if self._directions else np.ones(len(limbs))
        self._path = torch.tensor(path * lengths, dtype=torch.float32)
        self._mean = torch.tensor(space.mean, dtype=torch.float32)
        self._std = torch.tensor(space.std, dtype=torch.float32)

    def __call__(self, features: Tensor) -> Tensor:
        vectors = (features * self._std + self._mean).unflatten(-1, (-1, 3))
        if self._directions:
            vectors = torch.nn.functional.normalize(vectors, dim=-1)
        return torch.einsum("jb,...bc->...jc", self._path, vectors)
