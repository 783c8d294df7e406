"""Which OpenGL both the window and an export without one can use; chosen before any import of Qt or OpenGL."""

from __future__ import annotations

import os
import sys


def prepare() -> None:
    """Choose EGL for PyOpenGL and for Qt on Linux: the one combination that serves a window and an export at once.

    Call it before the first import of OpenGL or Qt. What the environment names is kept. Elsewhere nothing changes.
    """
    if not sys.platform.startswith("linux"):
        return
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    os.environ.setdefault("QT_XCB_GL_INTEGRATION", "xcb_egl")
