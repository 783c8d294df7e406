"""Shader programs, vertex arrays and framebuffers: OpenGL's nouns, each made once and reused; and how it is called.

PyOpenGL lets go of the interpreter in each of the hundreds of calls of a picture, and beside a thread that works in
Python it comes back late from every one of them. So a call keeps it; who is about to wait for a picture calls `finish`.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import platform

from poseviewer import paths
from poseviewer.errors import PoseviewerError

_library: Any = platform.PLATFORM.GL
if _library is not None and platform.PLATFORM.functionTypeFor(_library) is ctypes.CFUNCTYPE:  # not on Windows
    _library.FunctionType = ctypes.PYFUNCTYPE

from OpenGL import GL  # noqa: E402

_FRAME_BLOCK = 0

finish = GL.glFinish if _library is None else ctypes.CFUNCTYPE(None)(("glFinish", _library))
"""Wait until everything is drawn; other threads go on."""


class Program:
    """A vertex and a fragment shader of resources/shaders, with the Frame block bound."""

    def __init__(
        self, vertex: str, fragment: str, defines: tuple[str, ...] = (), samplers: tuple[str, ...] = ()
    ) -> None:
        self.id = int(GL.glCreateProgram())
        for kind, name in ((GL.GL_VERTEX_SHADER, vertex), (GL.GL_FRAGMENT_SHADER, fragment)):
            shader = _compile(kind, name, defines)
            GL.glAttachShader(self.id, shader)
            GL.glDeleteShader(shader)
        GL.glLinkProgram(self.id)
        if not GL.glGetProgramiv(self.id, GL.GL_LINK_STATUS):
            raise _refused(f"{vertex} + {fragment}", GL.glGetProgramInfoLog(self.id))
        block = GL.glGetUniformBlockIndex(self.id, "Frame")
        if block != GL.GL_INVALID_INDEX:
            GL.glUniformBlockBinding(self.id, block, _FRAME_BLOCK)
        GL.glUseProgram(self.id)
        for unit, sampler in enumerate(samplers):
            GL.glUniform1i(GL.glGetUniformLocation(self.id, sampler), unit)

    def location(self, uniform: str) -> int:
        return int(GL.glGetUniformLocation(self.id, uniform))

    def use(self) -> None:
        GL.glUseProgram(self.id)

    def release(self) -> None:
        GL.glDeleteProgram(self.id)


def _compile(kind: Any, name: str, defines: tuple[str, ...]) -> int:
    folder = paths.resources() / "shaders"
    heading = "#version 330 core\n" + "".join(f"#define {name}\n" for name in defines)
    frame = (folder / "frame.glsl").read_text(encoding="utf-8")
    source = (folder / name).read_text(encoding="utf-8")
    shader = int(GL.glCreateShader(kind))
    GL.glShaderSource(shader, heading + frame + "#line 1\n" + source)
    GL.glCompileShader(shader)
    if not GL.glGetShaderiv(shader, GL.GL_COMPILE_STATUS):
        raise _refused(name, GL.glGetShaderInfoLog(shader))
    return shader


def _refused(what: str, log: Any) -> PoseviewerError:
    text = log.decode(errors="replace") if isinstance(log, bytes) else str(log)
    return PoseviewerError(what, "", f"the graphics driver refuses it: {text.strip()}", "update the driver")


class FrameBlock:
    """The uniform buffer that every program reads."""

    def __init__(self) -> None:
        self.id = int(GL.glGenBuffers(1))
        self._last = b""

    def upload(self, values: NDArray[np.float32]) -> None:
        GL.glBindBufferBase(GL.GL_UNIFORM_BUFFER, _FRAME_BLOCK, self.id)
        packed = values.tobytes()
        if packed != self._last:
            GL.glBufferData(GL.GL_UNIFORM_BUFFER, len(packed), packed, GL.GL_STREAM_DRAW)
            self._last = packed

    def release(self) -> None:
        GL.glDeleteBuffers(1, [self.id])


class Rows:
    """One structured array on the GPU: a row a drawn quad (instanced), or a row a vertex where `indexed`.

    The shaders read its fields at attribute locations in their order.
    """

    def __init__(self, dtype: np.dtype, indexed: bool = False) -> None:
        self._vao = int(GL.glGenVertexArrays(1))
        self._vertices, self._indices = (int(b) for b in GL.glGenBuffers(2))
        self._count = 0
        self._uploaded: NDArray | None = None
        GL.glBindVertexArray(self._vao)
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._vertices)
        if indexed:
            GL.glBindBuffer(GL.GL_ELEMENT_ARRAY_BUFFER, self._indices)
        for location, (field, offset, *_) in enumerate((dtype.fields or {}).values()):
            base, shape = field.subdtype or (field, (1,))
            kind, normal = (GL.GL_UNSIGNED_BYTE, True) if base == np.uint8 else (GL.GL_FLOAT, False)
            GL.glEnableVertexAttribArray(location)
            GL.glVertexAttribPointer(location, shape[0], kind, normal, dtype.itemsize, GL.ctypes.c_void_p(offset))
            if not indexed:
                GL.glVertexAttribDivisor(location, 1)
        GL.glBindVertexArray(0)

    def upload(self, rows: NDArray, indices: NDArray[np.uint32] | None = None) -> None:
        """Rows for the next draws; nothing is sent where it is the array that was sent last."""
        if rows is self._uploaded:
            return
        self._uploaded, self._count = rows, len(rows)
        if not len(rows):
            return
        GL.glBindVertexArray(self._vao)
        GL.glBindBuffer(GL.GL_ARRAY_BUFFER, self._vertices)
        GL.glBufferData(GL.GL_ARRAY_BUFFER, rows.nbytes, rows, GL.GL_STREAM_DRAW)
        if indices is not None:
            GL.glBufferData(GL.GL_ELEMENT_ARRAY_BUFFER, indices.nbytes, indices, GL.GL_STREAM_DRAW)

    def draw(self) -> None:
        """All rows as quads, one draw call."""
        if self._count:
            GL.glBindVertexArray(self._vao)
            GL.glDrawArraysInstanced(GL.GL_TRIANGLE_STRIP, 0, 4, self._count)

    def draw_indexed(self, first: int, count: int) -> None:
        GL.glBindVertexArray(self._vao)
        GL.glDrawElements(GL.GL_TRIANGLES, count, GL.GL_UNSIGNED_INT, GL.ctypes.c_void_p(first * 4))

    def release(self) -> None:
        GL.glDeleteVertexArrays(1, [self._vao])
        GL.glDeleteBuffers(2, [self._vertices, self._indices])


class Target:
    """A framebuffer with a colour texture and, on request, a depth texture; made anew where its size changes."""

    def __init__(self, colour_format: Any = GL.GL_RGBA8, depth: bool = False, smooth: bool = False) -> None:
        self._format, self._depth, self._smooth = colour_format, depth, smooth
        self.size = (0, 0)
        self.framebuffer = self.colour = self.depth = 0

    def resize(self, width: int, height: int) -> bool:
        """True where the textures were made anew; their content is then undefined, and this framebuffer is bound."""
        if (width, height) == self.size:
            return False
        self.release()
        self.size = (width, height)
        self.framebuffer = int(GL.glGenFramebuffers(1))
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self.framebuffer)
        sampling = GL.GL_LINEAR if self._smooth else GL.GL_NEAREST
        self.colour = texture(self.size, self._format, GL.GL_RGBA, sampling=sampling)
        GL.glFramebufferTexture2D(GL.GL_FRAMEBUFFER, GL.GL_COLOR_ATTACHMENT0, GL.GL_TEXTURE_2D, self.colour, 0)
        if self._depth:
            self.depth = texture(self.size, GL.GL_DEPTH_COMPONENT24, GL.GL_DEPTH_COMPONENT, GL.GL_UNSIGNED_INT)
            GL.glFramebufferTexture2D(GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, GL.GL_TEXTURE_2D, self.depth, 0)
        return True

    def bind(self) -> None:
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self.framebuffer)

    def release(self) -> None:
        if self.framebuffer:
            GL.glDeleteFramebuffers(1, [self.framebuffer])
            GL.glDeleteTextures([texture for texture in (self.colour, self.depth) if texture])
        self.size = (0, 0)
        self.framebuffer = self.colour = self.depth = 0


def texture(
    size: tuple[int, int], form: Any, layout: Any, kind: Any = GL.GL_UNSIGNED_BYTE, sampling: Any = GL.GL_NEAREST
) -> int:
    """A new texture of (width, height) px, its content undefined; it is left bound."""
    name = int(GL.glGenTextures(1))
    GL.glBindTexture(GL.GL_TEXTURE_2D, name)
    GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, form, *size, 0, layout, kind, None)
    for side in (GL.GL_TEXTURE_MIN_FILTER, GL.GL_TEXTURE_MAG_FILTER):
        GL.glTexParameteri(GL.GL_TEXTURE_2D, side, sampling)
    for axis in (GL.GL_TEXTURE_WRAP_S, GL.GL_TEXTURE_WRAP_T):
        GL.glTexParameteri(GL.GL_TEXTURE_2D, axis, GL.GL_CLAMP_TO_EDGE)
    return name


def copy_pixels(source: Target, framebuffer: int, size: tuple[int, int] | None = None) -> None:
    """The source's picture into the lower left corner of a framebuffer, which is left bound; enlarged to a size."""
    width, height = source.size
    GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, framebuffer)
    GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, source.framebuffer)
    sampling = GL.GL_NEAREST if size is None else GL.GL_LINEAR
    GL.glBlitFramebuffer(0, 0, width, height, 0, 0, *(size or source.size), GL.GL_COLOR_BUFFER_BIT, sampling)
    GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, framebuffer)
