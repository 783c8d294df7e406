"""The arrow from the hand on the map to the pose that is held, on clips of two and of three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.analysis.projection import PCAProjection
from poseviewer.app.session import Session
from poseviewer.bench.planes import held_positions
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import PENN13
from poseviewer.nets.protocols import Decoded, Placement, Posterior
from poseviewer.views.window.main_window import MainWindow
from tests.linear_world import fill
from tests.motion.test_plane import walker
from tests.views.driving.clicking import move


class FlatEmbedding:
    """The first coordinates of a 2D pose are its latent; the others are their mean."""

    skeleton = PENN13
    level_sizes = (4,)

    def encode(self, poses: Any, visible: Any = None) -> tuple[Posterior, Placement]:
        latent = np.nan_to_num(poses).reshape(len(poses), -1)[:, :4].astype(np.float64)
        ones = np.ones(len(poses))
        return Posterior(((latent, np.ones_like(latent)),)), Placement(np.zeros((len(poses), 2)), 0 * ones, ones)

    def decode(self, latent: Any, at: Placement) -> Decoded:
        poses = np.zeros((len(latent), 26))
        poses[:, :4] = latent
        return Decoded(poses.reshape(-1, 13, 2))


def flat_clip() -> Clip:
    positions = np.random.default_rng(0).uniform(-0.4, 0.4, (30, 13, 2)).astype(np.float32)
    positions[:, 4] = np.nan
    return Clip(PENN13, positions, 30.0, "flat")


def fill_flat(session: Session, clip: Clip) -> None:
    """A 2D embedding at work on a clip, encoded at once."""
    bench, dataset = session.bench, Dataset.of([clip], "flat")
    bench.datasets.append(dataset)
    bench.embedding = FlatEmbedding()  # type: ignore[assignment]
    bench.place(clip, dataset, 0)
    assert bench.embedded is not None
    bench.clip_latents = bench.embedding.encode(bench.embedded.positions)[0].latent
    bench.projection = PCAProjection.fit(bench.clip_latents)
    for signal in (session.datasets_changed, session.clip_changed, session.models_changed, session.latents_changed):
        signal.emit()


@pytest.mark.parametrize("kind", ["solid", "flat", "flat model on a solid clip"])
def test_the_arrow_leads_from_the_hand_to_the_pose_that_is_drawn(
    empty_session: Session, qtbot: QtBot, kind: str
) -> None:
    session, bench = empty_session, empty_session.bench
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    window.add_plots()
    if kind == "solid":
        fill(session)
    else:
        fill_flat(session, flat_clip() if kind == "flat" else walker())
    qtbot.wait(20)
    canvas = window.map.canvas
    latent = bench.latent_at()
    assert latent is not None and bench.projection is not None and window.tie is not None
    x, y = canvas.px(bench.projection.map(latent[None])[0])
    start = QPoint(round(float(x)), round(float(y)))
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for k in range(1, 5):
        move(canvas.viewport(), start + QPoint(6 * k, 4 * k), Qt.MouseButton.LeftButton)
        QApplication.processEvents()
    pose = held_positions(bench)
    assert pose is not None and pose.shape[-1] == 3
    ends = window.tie._ends()
    assert window.tie.isVisible() and ends is not None
    assert all(window.tie.geometry().contains(end.toPoint()) for end in ends)
    assert window.tie.width() < window.width() // 2 or window.tie.height() < window.height() // 2  # not all of it
    view = window.scene.view
    drawn = next(figures for figures in view.stage().figures if figures.key == "held pose").positions[0]
    middle = np.nanmean(drawn, axis=0)
    pixels, _ = view.camera.project(middle[None], (view.width(), view.height()))
    end = QPointF(view.mapTo(window, QPoint(0, 0))) + QPointF(float(pixels[0, 0]) + 40.0, float(pixels[0, 1]))
    assert (ends[1] - end).manhattanLength() < 1.0
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    assert not window.tie.isVisible()


def test_the_side_that_a_flat_model_sees_is_where_the_camera_stands(empty_session: Session, qtbot: QtBot) -> None:
    session, bench = empty_session, empty_session.bench
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.show()
    fill_flat(session, walker())
    first = bench.embedded
    assert first is not None and first.plane is not None
    assert first.plane.azimuth == pytest.approx(window.scene.view.camera.yaw)  # as it opened
    window.scene.view.set_camera(window.scene.view.camera.orbit(200, 0))
    yaw = window.scene.view.camera.yaw
    with qtbot.waitActive(window):
        window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    assert bench.embedded is not None and bench.embedded.plane is not None
    assert bench.embedded.plane.azimuth == pytest.approx(yaw) and bench.azimuth == pytest.approx(yaw)
    session.history.undo()
    assert bench.azimuth is None
    assert bench.embedded.plane.azimuth == pytest.approx(first.plane.azimuth)
    session.history.redo()
    assert bench.azimuth == pytest.approx(yaw)
