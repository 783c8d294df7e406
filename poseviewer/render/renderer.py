"""Draws a Stage into whatever OpenGL 3.3 framebuffer is bound: window, export and tests alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from poseviewer.render.backdrop import Backdrop
from poseviewer.render.buffers import GL, FrameBlock, Program, Rows, Target, copy_pixels, texture
from poseviewer.render.camera import Camera
from poseviewer.render.capsules import ROW, back_to_front, capsule_rows, covered, known, translucent
from poseviewer.render.layers import Layers, Poses, Sheet, sheets
from poseviewer.render.ribbons import VERTEX, ribbons
from poseviewer.render.shadows import Shadows, casting, shadow_region
from poseviewer.render.stage import Figures, Stage, Trail
from poseviewer.render.text.glyphs import HEIGHT, WIDTH, Glyphs
from poseviewer.render.text.overlay import SPRITE, Overlay

Size = tuple[int, int]

# Directions to the lights in the world (design/theme).
_KEY = np.array([-0.45, 0.80, 0.62]) / np.linalg.norm([-0.45, 0.80, 0.62])
_RIM = np.array([0.5, 0.35, -0.9]) / np.linalg.norm([0.5, 0.35, -0.9])


@dataclass(frozen=True, eq=False)
class _Cast:
    """The figures of a stage as rows, independent of the camera."""

    figures: tuple[Figures, ...]
    ground_y: float
    every: NDArray
    solid: NDArray
    below: tuple[Poses, ...]  # skins and ghosts
    above: tuple[Poses, ...]  # current figures that are not opaque
    region: NDArray[np.float32] | None


@dataclass(frozen=True, eq=False)
class _Seen:
    """A cast as one camera sees it: capsules back to front, layers laid out."""

    key: tuple
    solid: NDArray
    below: list[Sheet]
    above: list[Sheet]


class Renderer:
    """One per OpenGL context, which has to be current in every call."""

    def __init__(self) -> None:
        self._frame, self._coarse = FrameBlock(), Target(depth=True)
        self._backdrop, self._shadows, self._layers = Backdrop(), Shadows(), Layers()
        self._capsule_program = Program("capsule.vert", "capsule.frag")
        self._ribbon_program = Program("ribbon.vert", "ribbon.frag")
        self._sprite_program = Program("sprite.vert", "sprite.frag", samplers=("glyphs",))
        self._solid, self._casting = Rows(ROW), Rows(ROW)
        self._ribbons, self._sprites = Rows(VERTEX, indexed=True), Rows(SPRITE)
        self._empty = int(GL.glGenVertexArrays(1))
        self._glyphs, self._glyph_texture = Glyphs(), texture((WIDTH, HEIGHT), GL.GL_RG8, GL.GL_RG)
        self._figure_rows: dict[Figures, NDArray] = {}
        self._cast: _Cast | None = None
        self._seen: _Seen | None = None
        self._trails: tuple[Trail, ...] | None = None
        self._ribbon_rows = ribbons(())

    def covered(self, stage: Stage, camera: Camera, size: Size) -> float:
        """Pixels that the bones of all figures cover, each by itself: what a picture costs where no GPU draws it."""
        return covered(self._cast_of(stage).every, camera, size)

    def draw(self, stage: Stage, camera: Camera, size: Size, pixel_ratio: float = 1.0, coarseness: int = 1) -> None:
        """The stage over the whole bound framebuffer of size (width, height) px; state is left as OpenGL starts out.

        coarseness: pixels across that are drawn as one, all but the text.
        """
        framebuffer = int(GL.glGetIntegerv(GL.GL_DRAW_FRAMEBUFFER_BINDING))
        self._glyphs.start_frame()
        sprites = Overlay(self._glyphs, stage, camera, size, pixel_ratio).rows()
        GL.glDisable(GL.GL_CULL_FACE)
        GL.glDisable(GL.GL_DEPTH_TEST)
        GL.glDisable(GL.GL_SCISSOR_TEST)
        GL.glEnable(GL.GL_BLEND)
        GL.glDepthFunc(GL.GL_LEQUAL)
        GL.glActiveTexture(GL.GL_TEXTURE0)
        if coarseness > 1:
            small = (max(1, size[0] // coarseness), max(1, size[1] // coarseness))
            self._coarse.resize(*small)
            self._draw_scene(stage, camera, small, pixel_ratio / coarseness, self._coarse.framebuffer)
            copy_pixels(self._coarse, framebuffer, size)
            GL.glViewport(0, 0, *size)
            self._upload_frame(stage, camera, size, pixel_ratio)
        else:
            self._draw_scene(stage, camera, size, pixel_ratio, framebuffer)
        self._draw_sprites(sprites)
        GL.glDisable(GL.GL_BLEND)
        GL.glDepthFunc(GL.GL_LESS)
        GL.glUseProgram(0)
        GL.glBindVertexArray(0)
        GL.glBindTexture(GL.GL_TEXTURE_2D, 0)

    def _draw_scene(self, stage: Stage, camera: Camera, size: Size, ratio: float, framebuffer: int) -> None:
        """Everything but the text into a framebuffer of that size, which is left bound."""
        cast = self._cast_of(stage)
        seen = self._seen_by(cast, camera, size)
        if stage.trails is not self._trails:
            self._trails, self._ribbon_rows = stage.trails, ribbons(stage.trails)
        self._upload_frame(stage, camera, size, ratio)
        if stage.ground and cast.region is not None:
            self._shadows.gather((self._casting,), Shadows.mask_size(cast.region), cast)
        if len(seen.below) == 1:
            self._layers.fill(seen.below[0], size)
        GL.glBlendFunc(GL.GL_ONE, GL.GL_ONE_MINUS_SRC_ALPHA)
        self._draw_backdrop(stage, camera, size, ratio, framebuffer)
        if stage.ground and cast.region is not None:
            GL.glBindVertexArray(self._empty)
            self._shadows.cast()
        self._draw_ribbons(ground=True)
        for sheet in seen.below:
            self._layers.draw(sheet, framebuffer, size, behind=False)
        self._solid.upload(seen.solid)
        GL.glEnable(GL.GL_DEPTH_TEST)
        self._capsule_program.use()
        self._solid.draw()
        GL.glDisable(GL.GL_DEPTH_TEST)
        for sheet in seen.above:
            self._layers.draw(sheet, framebuffer, size, behind=True)
        self._draw_ribbons(ground=False)

    def _upload_frame(self, stage: Stage, camera: Camera, size: Size, ratio: float) -> None:
        self._frame.upload(_frame_values(stage, camera, size, ratio, self._cast_of(stage).region))

    def release(self) -> None:
        """Give everything back to the current context."""
        for thing in (
            self._frame, self._coarse, self._backdrop, self._shadows, self._layers, self._capsule_program,
            self._ribbon_program, self._sprite_program, self._solid, self._casting, self._ribbons, self._sprites,
        ):  # fmt: skip
            thing.release()
        GL.glDeleteVertexArrays(1, [self._empty])
        GL.glDeleteTextures([self._glyph_texture])

    def _cast_of(self, stage: Stage) -> _Cast:
        last = self._cast
        if last is not None and last.figures == stage.figures and last.ground_y == stage.ground_y:
            return last
        kept = self._figure_rows
        self._figure_rows = {f: kept[f] if f in kept else capsule_rows(f) for f in stage.figures}
        solid: list[NDArray] = [np.zeros(0, ROW)]
        groups: dict[str, list[Poses]] = {"skin": [], "ghost": [], "current": []}
        for figures, rows in self._figure_rows.items():
            layered = translucent(figures)
            groups[figures.layer].append((rows[layered], figures.opacity[layered]))
            solid.append(known(rows[~layered]))
        bones = np.concatenate(solid)
        below, above = (*groups["skin"], *groups["ghost"]), tuple(groups["current"])
        every = np.concatenate([bones, *(known(rows) for rows, _ in (*below, *above))])
        shadowing = casting(every, stage.ground_y)
        region = shadow_region(shadowing, stage.ground_y)
        self._casting.upload(shadowing)
        self._cast = _Cast(stage.figures, stage.ground_y, every, bones, below, above, region)
        return self._cast

    def _seen_by(self, cast: _Cast, camera: Camera, size: Size) -> _Seen:
        key = (cast, camera, size)
        if self._seen is None or self._seen.key != key:
            below, above = (sheets(poses, camera, size) for poses in (cast.below, cast.above))
            self._seen = _Seen(key, back_to_front(cast.solid, camera), below, above)
        return self._seen

    def _draw_backdrop(self, stage: Stage, camera: Camera, size: Size, ratio: float, framebuffer: int) -> None:
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, framebuffer)
        GL.glViewport(0, 0, *size)
        GL.glBindVertexArray(self._empty)
        if stage.transparent:
            GL.glClearColor(0.0, 0.0, 0.0, 0.0)
            GL.glClear(GL.GL_COLOR_BUFFER_BIT | GL.GL_DEPTH_BUFFER_BIT)
            if stage.ground:
                self._backdrop.ground()
            return
        gradient_key = (size, stage.scenery)
        key = (gradient_key, camera, stage.centre, stage.ground, stage.ground_y, ratio)
        self._backdrop.draw(framebuffer, size, stage.ground, gradient_key, key)
        GL.glClear(GL.GL_DEPTH_BUFFER_BIT)

    def _draw_ribbons(self, ground: bool) -> None:
        rows, indices, on_ground = self._ribbon_rows
        first, count = (0, on_ground) if ground else (on_ground, len(indices) - on_ground)
        if not count:
            return
        self._ribbons.upload(rows, indices)
        self._ribbon_program.use()
        if not ground:
            GL.glEnable(GL.GL_DEPTH_TEST)
            GL.glDepthMask(GL.GL_FALSE)
        self._ribbons.draw_indexed(first, count)
        GL.glDepthMask(GL.GL_TRUE)
        GL.glDisable(GL.GL_DEPTH_TEST)

    def _draw_sprites(self, rows: NDArray) -> None:
        if not len(rows):
            return
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._glyph_texture)
        if self._glyphs.dirty:
            GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 1)
            for cell in self._glyphs.dirty:
                x, y, w, h = cell.x, cell.y, cell.width, cell.height
                pixels = np.ascontiguousarray(self._glyphs.pixels[y : y + h, x : x + w])
                GL.glTexSubImage2D(GL.GL_TEXTURE_2D, 0, x, y, w, h, GL.GL_RG, GL.GL_UNSIGNED_BYTE, pixels)
            GL.glPixelStorei(GL.GL_UNPACK_ALIGNMENT, 4)
            self._glyphs.dirty.clear()
        self._sprites.upload(rows)
        self._sprite_program.use()
        self._sprites.draw()


def is_software() -> bool:
    """Whether the processor draws, for want of a graphics card; of the current context."""
    name = GL.glGetString(GL.GL_RENDERER).decode(errors="replace").lower()
    return any(word in name for word in ("llvmpipe", "softpipe", "swiftshader", "software"))


def _frame_values(
    stage: Stage, camera: Camera, size: Size, ratio: float, region: NDArray[np.float32] | None
) -> NDArray[np.float32]:
    """The Frame block of resources/shaders/frame.glsl."""
    width, height = size
    view, projection = camera.view(), camera.projection(width / height)
    scene, centre = stage.scenery, stage.centre
    px = 2.0 / height * (camera.half_height if camera.orthographic else np.tan(camera.fov / 2.0))
    up = view[:3, :3] @ (0.0, 1.0, 0.0)
    low_x, low_z, across, along = (0.0, 0.0, 1.0, 1.0) if region is None else region
    mask = (1.0, 1.0) if region is None else np.array(Shadows.mask_size(region)) / Shadows.SIDE
    vectors = [
        (width, height, 1.0 / width, 1.0 / height),
        (1.0 / projection[0, 0], 1.0 / projection[1, 1], px, float(camera.orthographic)),
        (*up, camera.eye[1] - stage.ground_y),
        (*(view[:3, :3] @ _KEY), scene.diffuse),
        (*(view[:3, :3] @ _RIM), scene.rim),
        (*scene.ambient, scene.specular, 0.0),
        (centre[0], stage.ground_y, centre[2], scene.grid_fade),
        (*scene.grid, scene.grid_minor_opacity),
        (*scene.pool, scene.pool_opacity),
        (scene.grid_major_opacity, scene.pool_radius, ratio, float(stage.transparent)),
        (*scene.background_top, 1.0),
        (*scene.background_bottom, 1.0),
        (low_x, low_z, 1.0 / across, 1.0 / along),
        (scene.shadow_strength, *mask, 0.0),
    ]
    return np.concatenate([view.T.ravel(), projection.T.ravel(), np.ravel(vectors)]).astype(np.float32)
