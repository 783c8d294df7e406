"""How fast and how smooth the renderer draws: `python tests/benchmarks/bench_render.py [--window] [--peer]`.

Prints a table; every figure is the median of five runs. --window adds repaints of a real window (it needs a display,
for instance `xvfb-run -s "-screen 0 1600x1000x24"`), --peer the same skeletons as plain pyqtgraph lines.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from poseviewer.render import platform

platform.prepare()

from poseviewer.motion.skeleton import HUMANOID, Skeleton  # noqa: E402
from poseviewer.render.body import body_of  # noqa: E402
from poseviewer.render.camera import Camera  # noqa: E402
from poseviewer.render.offscreen import Offscreen  # noqa: E402
from poseviewer.render.palette import palette  # noqa: E402
from poseviewer.render.stage import Badge, Body, Figures, Label, LegendEntry, Run, Stage, Trail  # noqa: E402

SIZE = (1280, 720)
RUNS, FRAMES = 5, 100
Shot = tuple[Stage, Camera]

# A standing person, metres (x right, y up, z to the viewer); enough to have a human's proportions on the screen.
_STANDING = {
    "pelvis": (0, 0.93, 0), "chest": (0, 1.16, 0), "neck": (0, 1.39, 0), "head": (0, 1.56, 0),
    "hip": (0.085, 0.93, 0), "knee": (0.09, 0.51, 0), "ankle": (0.09, 0.09, 0), "toe": (0.09, 0.05, 0.14),
    "shoulder": (0.18, 1.41, 0), "elbow": (0.2, 1.13, 0), "wrist": (0.21, 0.88, 0.03),
}  # fmt: skip


def walking(frames: int) -> NDArray[np.float32]:
    """(F, 18, 3) a stylised walk to the right, metres: legs and arms swing, the root travels 1.2 m/s at 30 fps."""
    base = np.array([_place(joint) for joint in HUMANOID.joints])
    t = np.arange(frames)[:, None] / 30.0
    swing = np.sin(2 * np.pi * t) * np.array([_swing(joint) for joint in HUMANOID.joints])
    positions = np.repeat(base[None], frames, axis=0)[..., [2, 1, 0]]
    positions[..., 0] += swing + 1.2 * t
    return positions.astype(np.float32)


def _place(joint: str) -> tuple[float, float, float]:
    x, y, z = _STANDING[joint.split("_")[-1]]
    return (-x if joint.startswith("right") else x), y, z


def _swing(joint: str) -> float:
    side = -1.0 if joint.startswith("right") else 1.0
    reach = {"knee": 0.15, "ankle": 0.3, "toe": 0.3, "elbow": -0.12, "wrist": -0.25}
    return side * reach.get(joint.split("_")[-1], 0.0)


def one_figure(frames: int, follow: bool) -> list[Shot]:
    """A walk with ground, contact shadow, labels, badge, legend, root path and a wrist's 30-frame trail."""
    look, x = palette("dark"), walking(frames + 30)
    body, scene, wrist = body_of(HUMANOID), look.scenery, HUMANOID.joints.index("right_wrist")
    shots = []
    for frame in range(30, frames + 30):
        figures = Figures(body, x[frame : frame + 1], look.sided("seed")[None], np.ones(1, np.float32))
        past = slice(frame - 30, frame + 1)
        trails = (
            Trail(x[past, 0] * np.float32([1, 0, 1]), look.colour("seed"), 0.02, on_ground=True),
            Trail(x[past, wrist], look.colour("seed"), 0.009, np.linspace(0, 0.8, 31, dtype=np.float32)),
        )
        marks = range(frame - frame % 10, frame - 30, -10)
        labels = tuple(Label(str(k), (float(x[k, 0, 0]), 0.0, 0.4), scene.text_quiet) for k in marks)
        badge = Badge(
            Run(str(frame), scene.text, 30, "semibold"),
            ((Run("walk", scene.text),), (Run(f"{frame / 30:.2f} s", scene.text),)),
        )
        centre = (float(x[frame, 0, 0]) if follow else 2.0, 0.0, 0.0)
        stage = Stage(
            scene, (figures,), trails, labels, centre, badge=badge,
            legend=(LegendEntry("seed", look.colour("seed")),), caption="grid 0.5 m",
        )  # fmt: skip
        shots.append((stage, Camera(target=(centre[0], 0.85, 0.0), distance=5.15 if follow else 8.0)))
    return shots


def with_skins(frames: int) -> list[Shot]:
    """The same with six skins and a ghost, as the window shows a rollout."""
    look, x = palette("dark"), walking(frames + 130)
    body = body_of(HUMANOID)
    shots = []
    for k, (stage, camera) in enumerate(one_figure(frames, follow=False)):
        sided = np.repeat(look.sided("seed")[None], 6, axis=0)
        skins = Figures(body, x[k : k + 60 : 10], sided, np.linspace(0.22, 0.5, 6, dtype=np.float32), "skin")
        ghost = Figures(body, x[k + 90 : k + 91], look.sided("truth")[None], np.full(1, 0.36, np.float32), "ghost")
        shots.append(
            (Stage(stage.scenery, (skins, ghost, *stage.figures), stage.trails, stage.labels, stage.centre), camera)
        )
    return shots


def crowd(frames: int, count: int = 100) -> list[Shot]:
    """`count` skeletons of 22 joints, all moving: the humanoid with a nose, a skull's top and two hands."""
    skeleton, x = with_22_joints(), walking(frames + count)
    x = np.concatenate([x, *(x[:, [j]] + np.array(offset, np.float32) for j, offset in _EXTRA)], axis=1)
    x[..., 0] -= x[:, :1, 0]
    side = int(np.ceil(np.sqrt(count)))
    spots = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)[:count] - (side - 1) / 2
    places = np.zeros((count, 1, 3), dtype=np.float32)
    places[:, 0, [0, 2]] = spots
    look, body = palette("dark"), body_of(skeleton)
    colours = np.repeat(look.sided("seed")[None], count, axis=0)
    camera = Camera().fit((-side / 2, 0, -side / 2), (side / 2, 1.7, side / 2), SIZE[0] / SIZE[1])
    poses = [x[frame : frame + count] + places for frame in range(frames)]
    ones = np.ones(count, np.float32)
    return [(Stage(look.scenery, (Figures(body, pose, colours, ones),)), camera) for pose in poses]


_EXTRA = ((3, (0.1, 0, 0)), (3, (0, 0.1, 0)), (14, (0, -0.08, 0)), (17, (0, -0.08, 0)))


def with_22_joints() -> Skeleton:
    joints = (*HUMANOID.joints, "nose", "skull_top", "left_hand", "right_hand")
    return Skeleton.tree("humanoid22", joints, (*(HUMANOID.parents or ()), 3, 3, 14, 17))


Rate = tuple[float, float]


def rate(action: Callable[[], int]) -> Rate:
    """Frames a second and CPU milliseconds a frame, medians of five runs; action returns how many frames it drew.

    The CPU time counts every thread of this process, so that it tells the cost on a busy machine too.
    """
    rates, costs = [], []
    for _ in range(RUNS):
        start, worked = time.perf_counter(), time.process_time()
        count = action()
        rates.append(count / (time.perf_counter() - start))
        costs.append((time.process_time() - worked) * 1e3 / count)
    return statistics.median(rates), statistics.median(costs)


def offscreen_rate(shots: list[Shot]) -> Rate:
    with Offscreen(*SIZE) as screen:
        for shot in shots[:5]:
            screen.render(*shot)

        def action() -> int:
            for shot in shots:
                screen.render(*shot)
            return len(shots)

        return rate(action)


def encoded_rate(shots: list[Shot]) -> Rate:
    """With H.264 (x264 veryfast) beside it."""
    import av

    def action() -> int:
        with av.open(os.devnull, "w", format="mp4") as file, Offscreen(*SIZE) as screen:
            stream = file.add_stream("libx264", rate=30, options={"preset": "veryfast"})
            stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
            stream.thread_count = 2
            for shot in shots:
                frame = av.VideoFrame.from_ndarray(screen.render(*shot), format="rgba")
                file.mux(stream.encode(frame))
            file.mux(stream.encode())
        return len(shots)

    return rate(action)


def edge_error(samples: int = 4) -> tuple[float, float]:
    """RMSE in grey levels to the same picture drawn 4 x 4 times larger (16 samples a px) and averaged: edges, all px.

    Edges are the px whose 16 samples differ by more than 8 grey levels.
    """
    stage, camera = one_figure(1, follow=True)[0]
    stage = Stage(stage.scenery, stage.figures, centre=stage.centre, ground=False)
    with Offscreen(*SIZE) as screen:
        picture = screen.render(stage, camera)[..., :3].astype(np.float64)
    with Offscreen(SIZE[0] * samples, SIZE[1] * samples) as screen:
        large = screen.render(stage, camera, float(samples))[..., :3]
    blocks = large.reshape(SIZE[1], samples, SIZE[0], samples, 3).astype(np.float64)
    spread = (blocks.max(axis=(1, 3)) - blocks.min(axis=(1, 3))).max(axis=-1)
    error = np.mean((picture - blocks.mean(axis=(1, 3))) ** 2, axis=-1)
    return float(np.sqrt(error[spread > 8].mean())), float(np.sqrt(error.mean()))


def window_rates(shots: list[Shot]) -> tuple[Rate, Rate]:
    """Repaints a second of a bare QOpenGLWidget: the figures moving, and the camera turning round resting ones."""
    from PySide6.QtGui import QSurfaceFormat
    from PySide6.QtOpenGLWidgets import QOpenGLWidget
    from PySide6.QtWidgets import QApplication

    from poseviewer.render.renderer import Renderer

    wanted = QSurfaceFormat()
    wanted.setVersion(3, 3)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setSwapInterval(0)
    QSurfaceFormat.setDefaultFormat(wanted)
    app = QApplication.instance() or QApplication([])

    class View(QOpenGLWidget):
        shot: Shot = shots[0]
        painted = 0

        def initializeGL(self) -> None:
            self.renderer = Renderer()

        def paintGL(self) -> None:
            self.renderer.draw(*self.shot, SIZE)
            self.painted += 1

    view = View()
    view.setUpdateBehavior(QOpenGLWidget.UpdateBehavior.PartialUpdate)  # the renderer paints every px itself
    view.resize(*SIZE)
    view.show()
    while view.painted < 3:
        view.update()
        app.processEvents()

    def repaint(sequence: Iterator[Shot]) -> int:
        start = view.painted
        for view.shot in sequence:
            before = view.painted
            view.update()
            while view.painted == before:
                app.processEvents()
        return view.painted - start

    moving = rate(lambda: repaint(iter(shots)))
    stage, camera = shots[0]
    turning = rate(lambda: repaint((stage, camera.orbit(k, 0)) for k in range(len(shots))))
    view.close()
    return moving, turning


def peer_rate(shots: list[Shot]) -> Rate:
    """The same skeletons as plain pyqtgraph lines, one item a skeleton, without light, shadow or anti-aliasing."""
    import pyqtgraph.opengl as gl
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    view = gl.GLViewWidget()
    view.resize(*SIZE)
    view.setCameraPosition(distance=20)
    painted = [0]
    view.frameSwapped.connect(lambda: painted.__setitem__(0, painted[0] + 1))
    body: Body = shots[0][0].figures[0].body
    count = len(shots[0][0].figures[0].positions)
    items = [gl.GLLinePlotItem(mode="lines", width=2) for _ in range(count)]
    for item in items:
        view.addItem(item)
    view.show()

    def action() -> int:
        start = painted[0]
        for stage, _ in shots:
            lines = stage.figures[0].positions[:, body.edges].reshape(count, -1, 3)
            for item, pose in zip(items, lines, strict=True):
                item.setData(pos=pose)
            before = painted[0]
            while painted[0] == before:
                app.processEvents()
        return painted[0] - start

    result = rate(action)
    view.close()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--window", action="store_true")
    parser.add_argument("--peer", action="store_true")
    arguments = parser.parse_args()
    print(
        f"{SIZE[0]} x {SIZE[1]}, median of {RUNS} runs of {FRAMES} frames, load {os.getloadavg()[0]:.1f} at the start"
    )

    def row(name: str, result: Rate) -> None:
        print(f"{name:<70}{result[0]:>7.1f} frames/s {result[1]:>6.1f} CPU ms a frame", flush=True)

    if arguments.window or arguments.peer:
        people = crowd(FRAMES // 2)
        if arguments.window:
            moving, turning = window_rates(people)
            row("window: 100 skeletons of 22 joints, all moving", moving)
            row("window: 100 skeletons of 22 joints, camera turning", turning)
        if arguments.peer:
            row("window: the same as plain pyqtgraph lines, one item a skeleton", peer_rate(people))
        return
    row("draw + readback: one figure, shadow, labels, trails, camera follows", offscreen_rate(one_figure(FRAMES, True)))
    row("draw + readback: the same, camera rests", offscreen_rate(one_figure(FRAMES, False)))
    row("draw + readback: with six skins and a ghost", offscreen_rate(with_skins(FRAMES)))
    row("draw + readback: 100 skeletons of 22 joints", offscreen_rate(crowd(FRAMES // 2)))
    row("mp4 (x264 veryfast): one figure, camera follows", encoded_rate(one_figure(FRAMES, True)))
    edges, everything = edge_error()
    print(f"edge error to 16 samples a px, RMSE: {edges:.2f} grey levels on edges, {everything:.2f} over all px")


if __name__ == "__main__":
    main()
