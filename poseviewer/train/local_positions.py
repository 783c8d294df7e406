"""The torch twin of Space.local, for losses in space: standardised features -> joints in sizes of the pose."""

from __future__ import annotations

import torch
from torch import Tensor

from poseviewer.nets.spaces.space import Space


class LocalPositions:
    """Standardised features (..., N) -> joints (..., J, D) from the root, in the pose's own frame, on usual bones."""

    def __init__(self, space: Space) -> None:
        self._count, self._dims, self._directions = len(space.mean), space.skeleton.dims, space.directions
        self._chains, self._mean, self._std = (
            torch.tensor(array, dtype=torch.float32) for array in (space.chains, space.mean, space.std)
        )

    def __call__(self, features: Tensor) -> Tensor:
        vectors = (features[..., : self._count] * self._std + self._mean).unflatten(-1, (-1, self._dims))
        if self._directions:
            vectors = torch.nn.functional.normalize(vectors, dim=-1)
        return torch.einsum("jv,...vc->...jc", self._chains, vectors)
