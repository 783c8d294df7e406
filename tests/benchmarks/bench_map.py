"""How fast a map of a million points pans and zooms, beside pyqtgraph's ScatterPlotItem with the same points.

    QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_map.py [POINTS]

Frames a second at 1280x720, each painted whole into a picture; by the clock and by the processor's time.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from poseviewer.bench.map.density import of_points
from poseviewer.bench.map.picture import MapPicture, MapPoints
from poseviewer.render.palette import palette
from poseviewer.views.map.map_canvas import MapCanvas

SIZE = 1280, 720


def told(paint: Callable[[int], None], frames: int) -> dict[str, float]:
    """Frames a second over so many; each paints one step of a way."""
    clock, worked = time.perf_counter(), time.process_time()
    for step in range(frames):
        paint(step)
    clock, worked = time.perf_counter() - clock, time.process_time() - worked
    return {"by the clock": round(frames / clock, 1), "by the processor": round(frames / worked, 1)}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    app, random = QApplication([]), np.random.default_rng(0)
    middles = random.normal(size=(40, 2)) * 3.0
    group = random.integers(0, 8, count).astype(np.uint8)
    xy = (middles[random.integers(0, 40, count)] + random.normal(size=(count, 2)) * 0.7).astype(np.float32)
    index: Any = SimpleNamespace(clip=np.zeros(count, np.int32), frame=np.zeros(count, np.int32))
    canvas = MapCanvas()
    canvas.resize(*SIZE)
    canvas.show()
    app.processEvents()
    began, worked = time.perf_counter(), time.process_time()
    picture = MapPicture(points=MapPoints(index, xy, group), density=of_points(xy), bounds=(-9.0, 9.0, -9.0, 9.0))
    canvas.show_picture(picture, palette("dark"), "action", True)
    canvas.fit()
    canvas.viewport().repaint()
    result: dict[str, Any] = {"points": count, "first picture, seconds": round(time.perf_counter() - began, 2)}
    result["first picture, processor"] = round(time.process_time() - worked, 2)

    def pan(step: int) -> None:
        canvas.box.translateBy(x=0.08 if step % 40 < 20 else -0.08, y=0.0)
        canvas.invalidate()
        canvas.viewport().repaint()

    def zoom(step: int) -> None:
        canvas.box.scaleBy((0.9, 0.9) if step % 60 < 30 else (1 / 0.9, 1 / 0.9))
        canvas.invalidate()
        canvas.viewport().repaint()

    result["pan"], result["zoom"] = told(pan, 60), told(zoom, 60)
    canvas.box.scaleBy((0.1, 0.1))
    result["pan, ten times as near"] = told(lambda step: pan(step // 10), 40)
    result["memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    plain = pg.PlotWidget()
    plain.resize(*SIZE)
    plain.addItem(pg.ScatterPlotItem(x=xy[:, 0], y=xy[:, 1], size=3, pen=None, brush="#5b9", pxMode=True))
    plain.show()
    app.processEvents()

    def shift(step: int) -> None:
        plain.getViewBox().setRange(QRectF(-9.0 + 0.08 * step, -9.0, 18.0, 18.0), padding=0.0)
        plain.viewport().repaint()

    result["ScatterPlotItem"] = told(shift, 3)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
