"""Windows of clips: what a forecast reads, and what came. Letters: W windows, C context frames, H predicted frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.nets.protocols import Array


@dataclass(frozen=True, eq=False)
class Windows:
    """poses: by the kind of their view ("global", "local", "image"), (W, C + H, J, D): the context, and the frames
    `ahead` of its last one. known (W, H): whether the clip goes that far; counted (W, H, J): whose errors count.

    actions, clips and last (W,): where from, and which of the clip's frames is the context's last.
    """

    poses: Mapping[str, Array]
    context: int
    ahead: tuple[int, ...]
    known: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    actions: Sequence[str]
    clips: NDArray[np.integer]
    last: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.clips)

    def before(self, kind: str) -> Array:
        """(W, C, J, D) the context."""
        return self.poses[kind][:, : self.context]

    def after(self, kind: str) -> Array:
        """(W, H, J, D) what came."""
        return self.poses[kind][:, self.context :]

    @property
    def starts(self) -> NDArray[np.integer]:
        """(W,) the first frame of each context."""
        return self.last - self.context + 1

    @property
    def blocks(self) -> NDArray[np.integer]:
        """(W,) numbers of stretches of a clip that are as long as a window."""
        return self.starts // (self.context + self.ahead[-1])
