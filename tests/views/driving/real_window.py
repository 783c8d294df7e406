"""Drives the real window on the X server that DISPLAY names and prints what happened as JSON.

Run by test_real_window.py and by tests/benchmarks/bench_window.py; times count from POSEVIEWER_STARTED (seconds since
the epoch), the moment before the process was started.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from poseviewer.render.platform import prepare

prepare()

import numpy as np  # noqa: E402
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt  # noqa: E402
from PySide6.QtGui import QImage, QMouseEvent  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from poseviewer.app import theme  # noqa: E402
from poseviewer.app.garbage import GuiThreadGarbage  # noqa: E402
from poseviewer.app.session import Session  # noqa: E402
from poseviewer.views.window.launch import open_window  # noqa: E402
from poseviewer.views.window.main_window import MainWindow  # noqa: E402


def wait(until: Callable[[], bool], seconds: float = 60.0) -> None:
    """Let the event loop run until something is true."""
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise TimeoutError("waited in vain")
        QApplication.processEvents()
        time.sleep(0.001)


def start(files: list[Path]) -> tuple[MainWindow, dict[str, float]]:
    """The window with map and generator ready, and the seconds that each stage took."""
    began = float(os.environ.get("POSEVIEWER_STARTED", time.time()))
    times: dict[str, float] = {}
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication(sys.argv[:1])
    theme.apply(app, "dark")
    session = Session()
    window = open_window(session, files)
    GuiThreadGarbage(window)
    window.scene.view.painted.connect(lambda: times.setdefault("first_paint", time.time() - began))
    session.time_changed.connect(lambda: times.setdefault("moving", time.time() - began))
    bench = session.bench
    wait(lambda: "moving" in times)
    wait(lambda: bench.lane.generator is not None and bench.projection is not None and bench.index is not None)
    wait(lambda: window.map is not None and window.generator.button("step").isEnabled())
    times["ready"] = time.time() - began
    return window, times


def walk_through(window: MainWindow) -> dict[str, Any]:
    """Scrub, drag a latent, Step, +50, Back, Run by mouse and keyboard; what each of them did."""
    session, bench = window.session, window.session.bench
    told: dict[str, Any] = {}
    window.activateWindow()
    QTest.qWaitForWindowActive(window, 3000)
    QTest.keyClick(window, Qt.Key.Key_Space)
    told["paused"] = not window.playback.playing
    QTest.keyClick(window, Qt.Key.Key_Home)
    QTest.keyClick(window, Qt.Key.Key_Right)
    told["scrubbed to"] = round(bench.time * bench.fps)
    told["drag error"] = _drag(window)
    settled = lambda: not session.jobs.running  # noqa: E731
    for name in ("step", "step50", "back"):
        QTest.mouseClick(window.generator.button(name), Qt.MouseButton.LeftButton)
        wait(settled)
        told[name] = bench.lane.horizon
    QTest.mouseClick(window.generator.button("run"), Qt.MouseButton.LeftButton)
    wait(lambda: bench.lane.horizon >= 55)
    QTest.mouseClick(window.generator.button("run"), Qt.MouseButton.LeftButton)
    wait(settled)
    told["run"] = bench.lane.horizon
    window.scene.view.update()
    QTest.qWait(300)
    picture = window.scene.view.grabFramebuffer().convertToFormat(QImage.Format.Format_RGB888)
    pixels = np.array(picture.constBits(), dtype=np.uint8).reshape(picture.height(), picture.bytesPerLine())
    pixels = pixels[:, : picture.width() * 3].reshape(picture.height(), picture.width(), 3).astype(int)
    orange = (pixels[..., 0] > pixels[..., 2] + 60) & (pixels[..., 0] > 120)
    told["orange pixels"] = int(orange.sum())
    told["colours"] = len(np.unique(pixels.reshape(-1, 3), axis=0))
    return told


def _move(widget: QWidget, at: QPoint) -> None:
    """The mouse moves with its left button down; QTest would move the real pointer, which has no button down."""
    button, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    where, everywhere = QPointF(at), QPointF(widget.mapToGlobal(at))
    event = QMouseEvent(QEvent.Type.MouseMove, where, everywhere, none, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def _drag(window: MainWindow) -> float:
    """Drag the ring of the map with the mouse; the largest difference of the held pose from its decoding, metres."""
    bench = window.session.bench
    canvas = window.map.canvas
    latent = bench.latent_at()
    assert latent is not None and bench.projection is not None and bench.embedding is not None
    x, y = canvas.px(bench.projection.map(latent[None])).reshape(-1)[:2]
    at = QPoint(round(float(x)), round(float(y)))
    target = canvas.viewport()
    QTest.mousePress(target, Qt.MouseButton.LeftButton, pos=at)
    for i in range(1, 8):
        _move(target, at + QPoint(4 * i, -3 * i))
        QTest.qWait(20)
    wait(lambda: bench.held is not None, 5.0)
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=at + QPoint(28, -21))
    QTest.qWait(60)
    held, mapped = bench.held, bench.read
    assert held is not None and mapped is not None
    frame = round(bench.time * mapped.fps)
    _, place = bench.embedding.encode(mapped.positions[frame : frame + 1])
    decoded = bench.embedding.decode(held.latent[None], place).poses[0]
    moved = float(np.abs(held.latent - latent).max())
    assert moved > 0.05, "the drag did not move the latent"
    return float(np.abs(decoded - held.pose).max())


if __name__ == "__main__":
    files = [Path(name) for name in sys.argv[2:]]
    opened, stages = start(files)
    result: dict[str, Any] = {"times": stages}
    if sys.argv[1] == "walk":
        result |= walk_through(opened)
    opened.close()
    print(json.dumps(result))
