"""From a mouse move over the map to the new pose: how long the handle's drag takes in the real window, besides paints.

    xvfb-run -a -s "-screen 0 1600x1000x24" python tests/benchmarks/bench_drag.py [--moves 300] [FILES]

One row on a frame of the clip, one on a generated frame. From the moment that a mouse event is sent until the pose is
decoded, everybody who follows it has been told, and the 3D view's stage is composed; by the clock and by the
processor time of the thread. `painted_ms`: how long it takes from there until the 3D view has painted it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("POSEVIEWER_SETTINGS", str(Path(tempfile.mkdtemp()) / "settings.ini"))

from poseviewer.render.platform import prepare

prepare()

import numpy as np  # noqa: E402
from PySide6.QtCore import QEvent, QPointF, Qt  # noqa: E402
from PySide6.QtGui import QMouseEvent  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from poseviewer.views.window.main_window import MainWindow  # noqa: E402
from tests.views.driving.real_window import start, wait  # noqa: E402

_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def told(values: list[float]) -> dict[str, float]:
    """ms."""
    made = 1000.0 * np.array(values)
    return {"median": round(float(np.median(made)), 1), "p95": round(float(np.percentile(made, 95)), 1)}


def drag(window: MainWindow, moves: int) -> dict[str, Any]:
    """The handle round and round, a step a paint."""
    session, canvas, view = window.session, window.map.canvas, window.scene.view
    port, ends = canvas.viewport(), list[tuple[float, float]]()
    session.held_changed.connect(lambda: ends.append((time.perf_counter(), time.thread_time())))  # the last to hear
    painted: list[float] = []
    view.painted.connect(lambda: painted.append(time.perf_counter()))

    def send(kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(port, QMouseEvent(kind, at, port.mapToGlobal(at), button, held, none))

    centre = QPointF(*canvas.px(canvas._here.xy))
    send(QEvent.Type.MouseButtonPress, centre, _LEFT, _LEFT)
    wall, work, paints = list[float](), list[float](), list[float]()
    for step in range(moves):
        at = centre + QPointF(30.0 * np.sin(0.1 * step), 20.0 * (1.0 - np.cos(0.1 * step)))
        ends.clear()
        painted.clear()
        began, worked = time.perf_counter(), time.thread_time()
        send(QEvent.Type.MouseMove, at, _NONE, _LEFT)
        wait(lambda: bool(ends))
        clock, worked_until = ends[-1]
        composed, composed_work = time.perf_counter(), time.thread_time()
        view.stage()
        composed, composed_work = time.perf_counter() - composed, time.thread_time() - composed_work
        wall.append(clock - began + composed)
        work.append(worked_until - worked + composed_work)
        asked = time.perf_counter()
        wait(lambda: bool(painted))  # maybe in the turn of the loop that told of the pose
        paints.append(max(painted[-1] - asked, 0.0))
    send(QEvent.Type.MouseButtonRelease, centre, _LEFT, _NONE)
    session.let_go()
    return {"by_the_clock_ms": told(wall), "by_the_processor_ms": told(work), "painted_ms": told(paints)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=300)
    parser.add_argument("files", nargs="*", type=Path)
    asked = parser.parse_args()
    window, _ = start(asked.files)
    session = window.session
    window.playback.pause()
    wait(lambda: not session.jobs.running)
    print(json.dumps({"frame": "of the clip", **drag(window, asked.moves)}), flush=True)
    session.stepper.step(50)
    wait(lambda: session.bench.lane.horizon >= 50 and not session.jobs.running)
    print(json.dumps({"frame": "generated", **drag(window, asked.moves)}), flush=True)
    window.unattended = True
    window.close()


if __name__ == "__main__":
    main()
