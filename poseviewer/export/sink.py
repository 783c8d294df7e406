"""Sink: what takes the frames of a film one by one, whatever the format."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""(H, W, 4) sRGB with alpha, row 0 at the top."""


class Sink(Protocol):
    """Frames go in by write(); finish() completes the file; abandon() stops wherever it is and closes what is open."""

    def write(self, image: Image) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> None: ...
