"""How fast Run goes in the real window: frames made and repaints a second, and how soon input is answered.

    xvfb-run -a -s "-screen 0 1600x1000x24" python tests/benchmarks/run_rate.py [--samples 1,64] [--from 0,3000]

Prints one JSON row a number of samples and a length that Run sets out from; with --both another generator stands in
lane B and the classes of both on the time axis. `gui_ms` and `made_ms` are processor time a
frame, of the GUI thread and of everything else (the drawing threads of software OpenGL included): they tell the same on
a busy machine. Beats of a thread come as input does, by a queued signal; `answer_ms` is how long after one a wheel turn
over the 3D view has been painted. `--profile` prints where the GUI thread and the lane spend their time instead.
`--told 1000` prints a row each so many frames: how long they took and what the process holds in memory by then. A long
run is kept under so many MB: `--from 0 --to 18000 --longest 1800 --told 1000`.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("POSEVIEWER_SETTINGS", str(Path(tempfile.mkdtemp()) / "settings.ini"))

from poseviewer.render.platform import prepare

prepare()

import numpy as np  # noqa: E402
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal  # noqa: E402
from PySide6.QtGui import QWheelEvent  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from poseviewer.app.work import stepper  # noqa: E402
from poseviewer.app.work.move import Move  # noqa: E402
from poseviewer.bench.lane import KINDS  # noqa: E402
from poseviewer.views.window.main_window import MainWindow  # noqa: E402
from tests.views.driving.real_window import start, wait  # noqa: E402

LAST = list(KINDS)[-1]
_BEAT = 0.23  # seconds between two turns of the wheel
_FIRST = 20  # frames that are made before it is measured: the first ones make up for the time that a start takes
_AT_ONCE = 200  # frames without a picture: of more than 256 those of several samples would be computed again


class Input(QObject):
    """Turns the wheel over the 3D view, forth and back, as often as a person who looks round."""

    turned = Signal(float)

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._view, self._due, self._forth = window.scene.view, list[float](), 1
        self.waits: list[float] = []
        self.paints = 0
        self._view.painted.connect(self._painted)
        self.turned.connect(self._turn, Qt.ConnectionType.QueuedConnection)
        self._ended = threading.Event()
        threading.Thread(target=self._beat, daemon=True).start()

    def close(self) -> None:
        self._ended.set()

    def _beat(self) -> None:
        while not self._ended.wait(_BEAT):
            self.turned.emit(time.perf_counter())

    def _turn(self, asked: float) -> None:
        self._forth = -self._forth
        at, none = QPointF(60, 60), Qt.KeyboardModifier.NoModifier
        event = QWheelEvent(
            at, self._view.mapToGlobal(at), QPoint(), QPoint(0, 15 * self._forth), Qt.MouseButton.NoButton, none,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self._view, event)
        self._due.append(asked)

    def _painted(self) -> None:
        now = time.perf_counter()
        self.paints += 1
        self.waits += [now - asked for asked in self._due]
        self._due.clear()


def told(name: str, profile: cProfile.Profile, frames: int, most: int = 160) -> None:
    """What a thread spent its time with, ms a frame: in the function alone, and with all that it calls."""
    rows = pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
    print(f"== {name}, ms a frame: alone, with what it calls")
    for (file, line, function), (_, calls, alone, under, _) in sorted(rows, key=lambda row: -row[1][3])[:most]:
        where = f"{'/'.join(Path(file).parts[-2:])}:{line} {function}"
        print(f"{1000 * alone / frames:8.2f} {1000 * under / frames:8.2f}  {calls / frames:7.1f} calls  {where}")


def watched(job: Generator[Any, None, Any], profile: cProfile.Profile) -> Generator[Any, None, Any]:
    """A Job whose time is written down, each part of it on the thread that does it."""
    while True:
        try:
            part = profile.runcall(next, job)
        except StopIteration as end:
            return end.value
        yield part


def generate(window: MainWindow, frames: int, way: Way) -> None:
    """So many frames of all lanes, as fast as the lane makes them: with few pictures on the way."""
    chunk, stepper._CHUNK = stepper._CHUNK, _AT_ONCE
    window.session.stepper.step(frames)
    stepper._CHUNK = chunk

    def made() -> bool:
        length = min(lane.horizon for lane in window.session.bench.lanes)
        way.tell(length)
        return length >= frames

    wait(made, 3600.0)


def memory() -> float:
    """MB that the process holds in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Way:
    """What the process holds in memory on the way, a row each so many frames; none where `every` is 0."""

    def __init__(self, every: int) -> None:
        self._every, self._due, self._began = every, every, time.perf_counter()
        self.most = memory()

    def tell(self, length: int) -> None:
        """So many frames have been made."""
        if self._every and length >= self._due:
            self._due, holds = length - length % self._every + self._every, memory()
            self.most = max(self.most, holds)
            row = {"at": length, "seconds": round(time.perf_counter() - self._began, 1), "memory_mb": round(holds)}
            print(json.dumps(row), flush=True)


def put_beside(window: MainWindow) -> None:
    """Another generator of the same skeleton into lane B, and class probabilities on the time axis."""
    session, bench = window.session, window.session.bench
    at_work, skeleton = session.generator_source, bench.lane.generator.skeleton  # type: ignore[union-attr]
    fits = [
        source
        for source, offer in session.offers.items()
        if offer.kind == "generator" and source != at_work and offer.skeleton is not None
        if offer.skeleton.same_as(skeleton)
    ]
    session.use_model(fits[0], role=LAST)
    session.set_look(classes="one")
    wait(lambda: len(bench.lanes) > 1 and bench.lay(LAST).generator is not None and not session.jobs.running)


def worked() -> dict[str, float]:
    """ms of processor time that each thread has taken so far; those that paint for software OpenGL are one."""
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    spent: dict[str, float] = defaultdict(float)
    for task in Path("/proc/self/task").iterdir():
        words = (task / "stat").read_text().rpartition(")")
        ticks = sum(map(int, words[2].split()[11:13]))
        spent[names.get(int(task.name), words[0].partition("(")[2].rstrip("-0123456789"))] += 10.0 * ticks
    return spent


def run(window: MainWindow, samples: int, begin: int, asked: argparse.Namespace) -> dict[str, Any]:
    """One row: Run from a length on."""
    session, bench, making = window.session, window.session.bench, window.session.stepper
    frames, profiled, longest = asked.to, asked.profile, asked.longest
    session.reset()
    for lane in bench.lanes:
        session.set_sampling(samples=samples, role=lane.role)
    wait(lambda: not session.jobs.running)
    way = Way(asked.told)
    if begin:
        generate(window, begin, way)
        wait(lambda: not session.jobs.running)
    window.scene.view.update()
    making.run()
    wait(lambda: bench.lane.horizon >= begin + _FIRST)
    first, began, hand = bench.lane.horizon, time.perf_counter(), Input(window)
    profiles = cProfile.Profile(time.thread_time), cProfile.Profile(time.thread_time)  # others are at work, too
    job = Move.job
    if profiled:
        Move.job = lambda move: watched(job(move), profiles[1])  # type: ignore[method-assign]
        profiles[0].enable()
    gui, everything, threads = time.thread_time(), time.process_time(), worked()

    def ended() -> bool:
        way.tell(bench.lane.horizon)
        return bench.lane.horizon >= begin + frames or time.perf_counter() - began > longest

    wait(ended, 2 * longest)
    spent, made = time.perf_counter() - began, max(bench.lane.horizon - first, 1)
    gui, everything = time.thread_time() - gui, time.process_time() - everything
    threads = {name: (ms - threads.get(name, 0.0)) / made for name, ms in worked().items()}
    hand.close()
    Move.job = job  # type: ignore[method-assign]
    if profiled:
        profiles[0].disable()
        told("GUI thread", profiles[0], made)
    making.stop()
    wait(lambda: not session.jobs.running)
    if profiled:
        told("lane", profiles[1], made)
    answers = 1000.0 * np.array(hand.waits or [np.nan])
    return {
        "lanes": len(bench.lanes),
        "samples": samples,
        "from": begin,
        "frames": made,
        "frames_per_second": round(made / spent, 1),
        "repaints_per_second": round(hand.paints / spent, 1),
        "answer_ms": {
            "median": round(float(np.median(answers)), 1),
            "p95": round(float(np.percentile(answers, 95)), 1),
        },
        "gui_ms": round(1000.0 * gui / made, 1),
        "made_ms": round(1000.0 * (everything - gui) / made, 1),
        "threads_ms": {name: round(ms, 1) for name, ms in threads.items() if ms >= 0.1},
        "panel_ms": round(making.milliseconds(bench.lane.role), 1),
        "memory_mb": round(memory()),
        "most_mb": round(max(way.most, memory())),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", default="1,64")
    parser.add_argument("--from", dest="begins", default="0,3000")
    parser.add_argument("--to", type=int, default=300, help="frames that each row makes")
    parser.add_argument("--longest", type=float, default=60.0, help="seconds that a row may take")
    parser.add_argument("--told", type=int, default=0, help="frames between two rows on the way; none where 0")
    parser.add_argument("--both", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("files", nargs="*", type=Path)
    asked = parser.parse_args()
    window, _ = start(asked.files)
    window.session.problem.connect(lambda sentence, report: print(sentence, report, file=sys.stderr))
    window.playback.pause()
    wait(lambda: not window.session.jobs.running)
    if asked.both:
        put_beside(window)
    for samples in map(int, asked.samples.split(",")):
        for begin in map(int, asked.begins.split(",")):
            print(json.dumps(run(window, samples, begin, asked)), flush=True)
    window.close()


if __name__ == "__main__":
    main()
