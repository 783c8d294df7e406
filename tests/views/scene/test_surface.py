"""On a screen the 3D view is the same picture, whether a card draws it or the processor, and takes the mouse."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from poseviewer.render import platform
platform.prepare()
import ctypes
import numpy as np
from OpenGL.platform import PLATFORM
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from poseviewer.app.session import Session
from poseviewer.views.scene import scene_view
from tests.motion.test_plane import walker

app = QApplication([])
session = Session()
session.place(walker())

def view():
    made = scene_view.SceneView(session)
    made.resize(320, 200)
    painted = []
    made.painted.connect(lambda: painted.append(1))
    made.show()
    while not painted:
        app.processEvents()
    return made

def pixels(image):
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.array(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)

processor = view()
scene_view.Processor.of = classmethod(lambda cls, view: None)
card = view()
kinds = processor._processor is not None, card._card is not None
picture, other = pixels(processor.grabFramebuffer()), pixels(card.grabFramebuffer())
seen = pixels(processor.grab().toImage())
cube = np.zeros((200, 320), dtype=bool)
cube[:100, 220:] = True
same = [(picture == other).all(), (picture == seen)[~cube].all(), len(np.unique(picture.reshape(-1, 3), axis=0)) > 50]
before = card.camera.distance
at = QPointF(160, 100)
wheel = QWheelEvent(at, card.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                    Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
QApplication.sendEvent(card.windowHandle(), wheel)
kept = PLATFORM.functionTypeFor(PLATFORM.GL) is ctypes.PYFUNCTYPE
processor.resize(200, 160)
app.processEvents()
grown = pixels(processor.grab().toImage()).shape
print(kinds, same, card.camera.distance < before, kept, grown)
ok = all(kinds) and all(same) and card.camera.distance < before and kept and grown == (160, 240, 3)
sys.stdout.flush()
import os
os._exit(0 if ok else 1)
"""


@pytest.mark.window
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is for Linux")
@pytest.mark.skipif(shutil.which("xvfb-run") is None, reason="needs xvfb-run")
def test_a_card_and_the_processor_draw_the_same_picture() -> None:
    here = Path(__file__).resolve().parents[3]
    path = os.pathsep.join([str(here), os.environ.get("PYTHONPATH", "")])
    environment = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        ["xvfb-run", "-a", "-s", "-screen 0 800x600x24", sys.executable, "-c", SCRIPT],
        env={**environment, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stdout + done.stderr
