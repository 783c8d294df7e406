"""An OpenGL context without a window or a display, and pictures out of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer import libraries
from poseviewer.errors import PoseviewerError
from poseviewer.render import platform
from poseviewer.render.camera import Camera
from poseviewer.render.stage import Stage

Picture = NDArray[np.uint8]

_SURFACELESS = 0x31DD  # EGL_PLATFORM_SURFACELESS_MESA
_DEVICE = 0x313F  # EGL_PLATFORM_DEVICE_EXT
_PACKAGES = "install libegl1 libopengl0 libgl1-mesa-dri (Debian, Ubuntu)"

_display: Any = None
_display_lock = threading.Lock()


class Offscreen:
    """A picture of width x height px. It belongs to the thread that made it.

    Raises PoseviewerError where the machine has no EGL.
    """

    def __init__(self, width: int, height: int) -> None:
        if not (0 < width <= 16384 and 0 < height <= 16384):
            raise PoseviewerError("picture", "", f"its size is {width} x {height} px", "choose 1 to 16384 a side")
        self._size = width, height
        platform.prepare()
        self._context = _make_context()
        try:
            from poseviewer.render.buffers import GL, Target, finish
            from poseviewer.render.renderer import Renderer

            self._gl, self._finish = GL, finish
            self._target = Target(depth=True)
            self._target.resize(width, height)
            if GL.glCheckFramebufferStatus(GL.GL_FRAMEBUFFER) != GL.GL_FRAMEBUFFER_COMPLETE:
                cause = f"no memory for {width} x {height} px"
                raise PoseviewerError("picture", "", cause, "choose a smaller size")
            self._renderer = Renderer()
        except BaseException:
            _drop_context(self._context)
            raise
        self._raw = np.empty((height, width, 4), dtype=np.uint8)

    def __enter__(self) -> Offscreen:
        return self

    def __exit__(self, *error: object) -> None:
        _make_current(self._context)
        self._renderer.release()
        self._target.release()
        _drop_context(self._context)

    def render(self, stage: Stage, camera: Camera, pixel_ratio: float = 1.0) -> Picture:
        """(H, W, 4) RGBA of the stage, the top row first.

        A transparent stage has straight (not premultiplied) alpha.
        """
        gl = self._gl
        _make_current(self._context)
        self._target.bind()
        self._renderer.draw(stage, camera, self._size, pixel_ratio)
        self._finish()
        gl.glReadPixels(0, 0, *self._size, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, self._raw)
        picture = self._raw[::-1].copy()
        return _straight(picture) if stage.transparent else picture


def _straight(picture: Picture) -> Picture:
    alpha = picture[..., 3:]
    colour = np.where(alpha > 0, picture[..., :3] * 255.0 / np.maximum(alpha, 1), 0.0)
    picture[..., :3] = np.rint(np.minimum(colour, 255.0))
    return picture


def _missing(cause: str) -> PoseviewerError:
    return PoseviewerError("OpenGL without a display", "", cause, _PACKAGES)


def _make_context() -> Any:
    """A current OpenGL 3.3 core context that has no surface."""
    libraries.require("OpenGL")
    try:
        from OpenGL import EGL
    except (ImportError, AttributeError, OSError, TypeError) as error:
        raise _missing("EGL is not installed") from error
    display = _open_display()
    config = (EGL.EGLConfig * 1)()
    count = EGL.EGLint()
    wanted = _integers(EGL.EGL_RENDERABLE_TYPE, EGL.EGL_OPENGL_BIT, EGL.EGL_NONE)
    EGL.eglBindAPI(EGL.EGL_OPENGL_API)
    EGL.eglChooseConfig(display, wanted, config, 1, count)
    version = _integers(
        EGL.EGL_CONTEXT_MAJOR_VERSION, 3,
        EGL.EGL_CONTEXT_MINOR_VERSION, 3,
        EGL.EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL.EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
        EGL.EGL_NONE,
    )  # fmt: skip
    try:
        context = EGL.eglCreateContext(display, config[0] if count.value else None, EGL.EGL_NO_CONTEXT, version)
    except EGL.EGLError as error:
        raise _missing("the driver has no OpenGL 3.3") from error
    if not context:
        raise _missing("the driver has no OpenGL 3.3")
    _make_current(context)
    return context


def _open_display() -> Any:
    """The process's one display without a screen: surfaceless, or else the first device that works."""
    global _display
    with _display_lock:
        if _display is None:
            _display = next(_displays(), None)
        if _display is None:
            raise _missing("EGL finds neither a surfaceless platform nor a device")
        return _display


def _displays() -> Iterator[Any]:
    """Those that can be drawn on, initialised."""
    from OpenGL import EGL
    from OpenGL.EGL.EXT.device_base import eglQueryDevicesEXT
    from OpenGL.EGL.EXT.platform_base import eglGetPlatformDisplayEXT

    if not eglGetPlatformDisplayEXT:
        return
    candidates = [(_SURFACELESS, None)]
    if eglQueryDevicesEXT:
        devices, count = (EGL.EGLDeviceEXT * 16)(), EGL.EGLint()
        with suppress(EGL.EGLError):
            eglQueryDevicesEXT(16, devices, count)
        candidates += [(_DEVICE, device) for device in devices[: count.value]]
    for kind, device in candidates:
        with suppress(EGL.EGLError):
            display = eglGetPlatformDisplayEXT(kind, device, None)
            if display and EGL.eglInitialize(display, EGL.EGLint(), EGL.EGLint()):
                yield display


def _make_current(context: Any) -> None:
    from OpenGL import EGL

    EGL.eglBindAPI(EGL.EGL_OPENGL_API)
    EGL.eglMakeCurrent(_display, EGL.EGL_NO_SURFACE, EGL.EGL_NO_SURFACE, context)


def _drop_context(context: Any) -> None:
    from OpenGL import EGL

    EGL.eglMakeCurrent(_display, EGL.EGL_NO_SURFACE, EGL.EGL_NO_SURFACE, EGL.EGL_NO_CONTEXT)
    EGL.eglDestroyContext(_display, context)


def _integers(*values: int) -> Any:
    from OpenGL import EGL

    return (EGL.EGLint * len(values))(*values)
