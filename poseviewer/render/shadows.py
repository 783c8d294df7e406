"""Contact shadows: soft capsules gathered in a mask that lies on the ground, then laid over it once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from poseviewer.render.buffers import GL, Program, Rows, Target

_MOST = 320  # px of the mask's longer side
_TEXEL = 0.012  # metres
_FAINTEST = 0.17  # of full strength
_SLOPE = np.array([0.16, -0.20], dtype=np.float32)  # m per metre of height, as in shadow.vert


def casting(rows: NDArray, ground_y: float) -> NDArray:
    """The rows whose shadows can be seen: high above the ground a thin bone's is too soft."""
    ends = np.stack([rows["end_a"], rows["end_b"]])
    blur = 0.035 + 0.22 * np.maximum(ends[..., 1] - ground_y, 0.0)
    strongest = (ends[..., 3] / (ends[..., 3] + blur)).max(axis=0)
    return rows[strongest * rows["weight"] > _FAINTEST]


def shadow_region(rows: NDArray, ground_y: float) -> NDArray[np.float32] | None:
    """(4,) low x, low z, width, depth of the ground that the rows' shadows may touch; None without rows."""
    if not len(rows):
        return None
    every = np.concatenate([rows["end_a"], rows["end_b"]])
    height = np.maximum(every[:, 1] - ground_y, 0.0)
    wide = every[:, 3] + 0.035 + 0.22 * height + 2 * _TEXEL
    at = every[:, [0, 2]] + height[:, None] * _SLOPE
    low, high = (at - wide[:, None]).min(axis=0), (at + wide[:, None]).max(axis=0)
    return np.concatenate([low, high - low]).astype(np.float32)


class Shadows:
    """The mask, made anew only where the figures changed; SIDE px of texture, of which it uses the lower left."""

    SIDE = _MOST

    def __init__(self) -> None:
        self._mask_program = Program("shadow.vert", "shadow.frag")
        self._cast_program = Program("shadow_cast.vert", "shadow_cast.frag", samplers=("mask",))
        self._mask = Target(GL.GL_R8, smooth=True)
        self._key: object = None

    @staticmethod
    def mask_size(region: NDArray[np.float32]) -> tuple[int, int]:
        texel = max(_TEXEL, float(region[2:].max()) / _MOST)
        return tuple(int(np.clip(np.ceil(side / texel), 8, _MOST)) for side in region[2:])  # type: ignore[return-value]

    def gather(self, batches: Sequence[Rows], used: tuple[int, int], key: object) -> None:
        """Draw the mask; binds its framebuffer where it has to. key: what the shadows depend on."""
        fresh = self._mask.resize(_MOST, _MOST)
        if key == self._key and not fresh:
            return
        self._key = key
        self._mask.bind()
        GL.glViewport(0, 0, *used)
        GL.glClearColor(0.0, 0.0, 0.0, 0.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT)
        # Many soft bones approach black without passing it: 1 - (1 - a)(1 - b).
        GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_COLOR)
        self._mask_program.use()
        for batch in batches:
            batch.draw()

    def cast(self) -> None:
        """Lay the mask over the ground in the framebuffer that is bound."""
        self._cast_program.use()
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._mask.colour)
        GL.glDrawArrays(GL.GL_TRIANGLE_STRIP, 0, 4)

    def release(self) -> None:
        for thing in (self._mask_program, self._cast_program, self._mask):
            thing.release()
