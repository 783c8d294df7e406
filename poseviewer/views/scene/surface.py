"""What the 3D view is drawn on: a widget of the graphics card; where the processor draws, a picture that is read back.

A QOpenGLWidget lets OpenGL put its whole window together at each repaint, whichever widget asked for it. Where the
processor is OpenGL that takes longer than all that was painted.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QOffscreenSurface, QOpenGLContext, QSurfaceFormat
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from poseviewer.render.buffers import GL, Target
from poseviewer.render.renderer import Renderer, is_software

Draw = Callable[[Renderer], None]
"""Draws over the whole framebuffer that is bound; its context is current."""


def wanted() -> QSurfaceFormat:
    """The OpenGL that the renderer needs."""
    form = QSurfaceFormat()
    form.setVersion(3, 3)
    form.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    form.setDepthBufferSize(24)
    return form


class Card(QOpenGLWidget):
    """Fills a view that takes the mouse."""

    def __init__(self, view: QWidget, draw: Draw) -> None:
        super().__init__(view)
        self._draw = draw
        self._renderer: Renderer | None = None
        self.setFormat(wanted())
        self.setUpdateBehavior(QOpenGLWidget.UpdateBehavior.PartialUpdate)  # the renderer paints every pixel
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def initializeGL(self) -> None:
        self._renderer = Renderer()
        self.context().aboutToBeDestroyed.connect(self._release)

    def paintGL(self) -> None:
        if self._renderer is not None:
            self._draw(self._renderer)

    def _release(self) -> None:
        if self._renderer is not None:
            self.makeCurrent()
            self._renderer.release()
            self.doneCurrent()
            self._renderer = None


class Processor:
    """An OpenGL context without a widget, and the picture that it drew last. It goes with a view."""

    def __init__(self, context: QOpenGLContext, surface: QOffscreenSurface) -> None:
        self._context, self._surface = context, surface
        self._renderer: Renderer | None = None
        self._target: Target
        self.image = QImage()

    @classmethod
    def of(cls, view: QWidget) -> Processor | None:
        """None where a graphics card draws, or nothing does."""
        context, surface = QOpenGLContext(view), QOffscreenSurface(None, view)
        context.setFormat(wanted())
        if context.create():
            surface.setFormat(context.format())
            surface.create()
            if context.makeCurrent(surface):
                draws = is_software()
                context.doneCurrent()
                if draws:
                    return cls(context, surface)
        context.deleteLater()
        surface.deleteLater()
        return None

    def paint(self, width: int, height: int, draw: Draw) -> None:
        """Let `image` have so many px, and what is drawn now."""
        self._context.makeCurrent(self._surface)
        if self._renderer is None:
            self._renderer, self._target = Renderer(), Target(depth=True)
        if self._target.resize(width, height):
            self.image = QImage(width, height, QImage.Format.Format_RGB32)
            self._pixels = np.frombuffer(self.image.bits(), dtype=np.uint8).reshape(height, width, 4)
            self._read = np.empty_like(self._pixels)
        self._target.bind()
        draw(self._renderer)
        GL.glReadPixels(0, 0, width, height, GL.GL_BGRA, GL.GL_UNSIGNED_BYTE, self._read)
        self._pixels[:] = self._read[::-1]
