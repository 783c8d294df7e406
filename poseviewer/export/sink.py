"""Sink: what takes the frames of a film one by one, whatever the format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""(H, W, 4) sRGB with alpha, row 0 at the top."""


Draw = Callable[[int], Image]
"""The k-th picture of a film."""


class Sink(Protocol):
    """Frames go in by write(); finish() completes the file; abandon() stops wherever it is and closes what is open.

    Made as Sink(path, name, film, draw): path: the file, or the folder of numbered pictures; name: of the film; draw(k)
    draws its k-th picture. Raises OSError where the file cannot be opened.
    """

    def write(self, image: Image) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> None: ...
