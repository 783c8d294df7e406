"""Translucent figures: each drawn opaque in its own place of an atlas, then laid over the picture as one layer.

So no inner bone shows through, and any number of figures takes two draw calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.render.buffers import GL, Program, Rows, Target
from poseviewer.render.camera import Camera
from poseviewer.render.capsules import LAYER, ROW, back_to_front, known, shelves, windows

_LEAST = 2048  # px of the atlas's width

Poses = tuple[NDArray, NDArray[np.float32]]
"""Rows (N, C) of ROW of N poses, and their opacity (N,)."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """As many layers as fit into the atlas at once: their capsules, their places, the atlas's height in use."""

    rows: NDArray
    places: NDArray
    height: int


def sheets(groups: Sequence[Poses], camera: Camera, size: tuple[int, int]) -> list[Sheet]:
    """Lay out poses in drawing order, without those off the screen."""
    made = []
    for rows, opacity in groups:
        boxes = windows(rows, camera, size)
        shown = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]) & (opacity > 0)
        rows, boxes, opacity = rows[shown], boxes[shown], opacity[shown]
        while len(rows):
            places, count, height = shelves(boxes, _atlas_size(size))
            placed = rows[:count].copy()
            shift = places - boxes[:count, :2]
            placed["window"] = boxes[:count, None]
            placed["shift"] = shift[:, None]
            layer = np.zeros(count, dtype=LAYER)
            layer["window"] = boxes[:count]
            layer["place"][:, :2], layer["place"][:, 2] = shift, opacity[:count]
            made.append(Sheet(back_to_front(known(placed), camera), layer, height))
            rows, boxes, opacity = rows[count:], boxes[count:], opacity[count:]
    return made


def _atlas_size(size: tuple[int, int]) -> tuple[int, int]:
    return max(size[0], _LEAST), max(size[1], _LEAST // 2)


class Layers:
    """Draws sheets. behind: whether a layer hides behind what the picture already holds."""

    def __init__(self) -> None:
        self._figure_program = Program("capsule.vert", "capsule.frag", defines=("LAYER",))
        self._layer_program = Program("layer.vert", "layer.frag", samplers=("atlas", "atlas_depth"))
        self._size_location = self._figure_program.location("atlas_size")
        self._capsules, self._places = Rows(ROW), Rows(LAYER)
        self._atlas = Target(depth=True)
        self._drawn: Sheet | None = None

    def draw(self, sheet: Sheet, framebuffer: int, size: tuple[int, int], behind: bool) -> None:
        """Lay one sheet over a framebuffer, which is left bound."""
        self.fill(sheet, size)
        self._places.upload(sheet.places)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, framebuffer)
        GL.glViewport(0, 0, *size)
        if behind:
            GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC1_COLOR)
        self._layer_program.use()
        GL.glActiveTexture(GL.GL_TEXTURE1)
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._atlas.depth)
        GL.glActiveTexture(GL.GL_TEXTURE0)
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._atlas.colour)
        self._places.draw()
        GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)
        GL.glDisable(GL.GL_DEPTH_TEST)

    def fill(self, sheet: Sheet, size: tuple[int, int]) -> None:
        """Draw a sheet's figures into the atlas, unless they are there already; leaves the atlas bound."""
        atlas = _atlas_size(size)
        fresh = self._atlas.resize(*atlas)
        if sheet is self._drawn and not fresh:
            return
        self._drawn = sheet
        self._capsules.upload(sheet.rows)
        self._atlas.bind()
        GL.glViewport(0, 0, *atlas)
        GL.glEnable(GL.GL_SCISSOR_TEST)
        GL.glScissor(0, 0, atlas[0], sheet.height)
        GL.glEnable(GL.GL_DEPTH_TEST)
        GL.glClearColor(0.0, 0.0, 0.0, 0.0)
        GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)
        GL.glDisable(GL.GL_SCISSOR_TEST)
        for plane in range(4):
            GL.glEnable(GL.GL_CLIP_DISTANCE0 + plane)
        # The nearer bone replaces the farther one, whatever their opacities: coverage is the second colour.
        GL.glBlendFunc(GL.GL_SRC1_ALPHA, GL.GL_ONE_MINUS_SRC1_ALPHA)
        self._figure_program.use()
        GL.glUniform2f(self._size_location, *atlas)
        self._capsules.draw()
        for plane in range(4):
            GL.glDisable(GL.GL_CLIP_DISTANCE0 + plane)
        GL.glDisable(GL.GL_DEPTH_TEST)

    def release(self) -> None:
        for thing in (self._figure_program, self._layer_program, self._capsules, self._places, self._atlas):
            thing.release()
