"""Sink: what takes the frames of a film one by one, whatever the format."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from poseviewer.export.options import Options
    from poseviewer.render.stage import Colour

Image = NDArray[np.uint8]
"""(H, W, 4) sRGB with alpha, row 0 at the top."""


Draw = Callable[[int], Image]
"""The k-th picture of a film."""


class Pictures(Protocol):
    """What a film is drawn from. fps: pictures a second; size: (width, height) px of each; behind: the background."""

    @property
    def options(self) -> Options: ...

    @property
    def fps(self) -> float: ...

    @property
    def size(self) -> tuple[int, int]: ...

    @property
    def behind(self) -> Colour: ...

    def __len__(self) -> int: ...

    def time(self, k: int) -> float:
        """Seconds of its k-th picture."""
        ...

    def drawing(self, part: float = 1.0) -> AbstractContextManager[Draw]:
        """Draws its pictures, `part` of their size."""
        ...


class Sink(Protocol):
    """Frames go in by write(); finish() completes the file; abandon() stops wherever it is and closes what is open.

    Made as Sink(path, name, film: Pictures, draw). path: the file, or the folder of numbered pictures; name: of the
    film; draw(k) draws its k-th picture. Raises OSError where the file cannot be opened.
    """

    def write(self, image: Image) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> None: ...
