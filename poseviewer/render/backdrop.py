"""Background and ground: drawn once and kept while camera and centre rest, drawn anew while they move."""

from __future__ import annotations

from poseviewer.render.buffers import GL, Program, Target, copy_pixels


class Backdrop:
    """What lies behind every figure. The gradient is kept by itself: it does not move with the camera."""

    def __init__(self) -> None:
        self._gradient_program = Program("screen.vert", "background.frag")
        self._ground_program = Program("ground.vert", "ground.frag")
        self._gradient, self._resting = Target(), Target()
        self._gradient_key: object = None
        self._resting_key: object = None
        self._last_key: object = None

    def draw(self, framebuffer: int, size: tuple[int, int], ground: bool, gradient_key: object, key: object) -> None:
        """Into a framebuffer, which is left bound. key: whatever the picture depends on, gradient_key: the gradient."""
        if key == self._resting_key and self._resting.size == size:
            copy_pixels(self._resting, framebuffer)
            return
        if self._gradient.resize(*size) or gradient_key != self._gradient_key:
            self._gradient.bind()
            self._gradient_program.use()
            GL.glDisable(GL.GL_BLEND)
            GL.glDrawArrays(GL.GL_TRIANGLES, 0, 3)
            GL.glEnable(GL.GL_BLEND)
            self._gradient_key = gradient_key
        rests = key == self._last_key
        self._last_key = key
        if rests:
            self._resting.resize(*size)
            self._resting_key = key
        copy_pixels(self._gradient, self._resting.framebuffer if rests else framebuffer)
        if ground:
            self.ground()
        if rests:
            copy_pixels(self._resting, framebuffer)

    def ground(self) -> None:
        """Pool of light and grid, over whatever is bound."""
        self._ground_program.use()
        GL.glDrawArrays(GL.GL_TRIANGLE_FAN, 0, 18)

    def release(self) -> None:
        for thing in (self._gradient_program, self._ground_program, self._gradient, self._resting):
            thing.release()
