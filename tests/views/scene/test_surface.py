"""On a fine screen the 3D view is the same picture, whether a card draws it or the processor, and takes the mouse."""

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
from poseviewer.render import buffers
from poseviewer.views.scene import scene_view
from tests.motion.test_plane import walker

KEEPS = 4  # FUNCFLAG_PYTHONAPI of ctypes: Python's lock is kept
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

def shown(view):
    # whether what is on the screen is what is drawn, besides the cube in the corner
    drawn, seen = pixels(view.grabFramebuffer()), pixels(view.grab().toImage())
    cube = np.zeros(drawn.shape[:2], dtype=bool)
    cube[:200, -200:] = True
    return seen.shape == drawn.shape and (drawn == seen)[~cube].all()

processor = view()
scene_view.Processor.of = classmethod(lambda cls, view: None)
card = view()
kinds = processor._processor is not None, card._card is not None
picture, other = pixels(processor.grabFramebuffer()), pixels(card.grabFramebuffer())
same = [(picture == other).all(), shown(processor), len(np.unique(picture.reshape(-1, 3), axis=0)) > 50]
far = card.camera.distance
at = QPointF(160, 100)
wheel = QWheelEvent(at, card.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                    Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)
QApplication.sendEvent(card.windowHandle(), wheel)
kept = PLATFORM.functionTypeFor(PLATFORM.GL) is ctypes.PYFUNCTYPE and not buffers.finish._flags_ & KEEPS
processor.resize(200, 160)
grown = pixels(processor.grabFramebuffer()).shape
again = [shown(processor)]
app.processEvents()
again.append(shown(processor))
drawn = []
processor.painted.connect(lambda: drawn.append(1))
before = pixels(processor.grab().toImage())
again.append(not drawn)  # what has not changed is not drawn anew
session.set_look(theme="light")
app.processEvents()
again.append((pixels(processor.grab().toImage()) != before).any())
print(kinds, same, card.camera.distance < far, kept, grown, again)
ok = all(kinds) and all(same + again) and card.camera.distance < far and kept and grown == (320, 480, 3)
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
        env={**environment, "PYTHONPATH": path, "QT_SCALE_FACTOR": "2"},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stdout + done.stderr
