"""The real window under Xvfb, in a process of its own: the same pixels as EGL, while an export runs on a thread."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys, threading
from poseviewer.render import platform
platform.prepare()
import numpy as np
from OpenGL import GL
from PySide6.QtGui import QSurfaceFormat
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QApplication
from tests.render.scenes import CAMERA, full_stage
from poseviewer.render.offscreen import Offscreen
from poseviewer.render.renderer import Renderer

wanted = QSurfaceFormat()
wanted.setVersion(3, 3)
wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
QSurfaceFormat.setDefaultFormat(wanted)
app = QApplication([])
stage, exported, painted = full_stage(), [], []

class View(QOpenGLWidget):
    def initializeGL(self):
        self.renderer = Renderer()
    def paintGL(self):
        size = int(self.width() * self.devicePixelRatio()), int(self.height() * self.devicePixelRatio())
        self.renderer.draw(stage, CAMERA, size)
        pixels = np.empty((size[1], size[0], 4), np.uint8)
        GL.glReadPixels(0, 0, *size, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels)
        painted.append(pixels[::-1])

def export():
    with Offscreen(320, 200) as screen:
        exported.extend(screen.render(stage, CAMERA).copy() for _ in range(20))

view = View()
view.resize(320, 200)
view.show()
worker = threading.Thread(target=export)
worker.start()
while worker.is_alive() or len(painted) < 8:
    view.update()
    app.processEvents()
worker.join()
assert len(exported) == 20
different = [int((a[..., :3] != exported[0][..., :3]).sum()) for a in (*painted, *exported)]
print(len(painted), "paints", max(different), "differing values")
sys.exit(max(different) > 0)
"""


@pytest.mark.window
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is for Linux")
@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="needs xvfb-run")
def test_window_and_export_draw_the_same_pixels_in_one_process() -> None:
    here = Path(__file__).resolve().parent
    path = os.pathsep.join([str(here.parents[1]), os.environ.get("PYTHONPATH", "")])
    environment = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        ["xvfb-run", "-a", "-s", "-screen 0 800x600x24", sys.executable, "-c", SCRIPT],
        env={**environment, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stdout + done.stderr
