"""A checkpoint is explored without a clip that it reads: ring at the mean, sliders, drag, the pose in the 3D view."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.bench.compose import compose
from poseviewer.bench.planes import held_positions
from poseviewer.bench.track import PLANE_HEIGHT, SOLE
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.views.latents.latent_sliders_view import LatentSlidersView
from poseviewer.views.map.latent_map_view import LatentMapView
from tests.views.driving.clicking import drag, move, put_up

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
EMBEDDINGS = ("humanoid-embedding", "penn-embedding")


@pytest.fixture(params=EMBEDDINGS)
def alone(request: pytest.FixtureRequest, empty_session: Session, qtbot: QtBot) -> Session:
    """A session with nothing but an embedding at work."""
    path = paths.models() / f"{request.param}.safetensors"
    if not path.is_file():
        pytest.skip("no shipped models in this checkout")
    empty_session.open([path])
    qtbot.waitUntil(lambda: empty_session.bench.projection is not None, timeout=20_000)
    return empty_session


@pytest.fixture
def views(alone: Session, qtbot: QtBot) -> tuple[LatentMapView, LatentSlidersView]:
    return put_up(LatentMapView(alone), qtbot), put_up(LatentSlidersView(alone), qtbot)


def drag_ring(view: LatentMapView, by: QPoint) -> None:
    here = view.canvas._here
    assert here is not None
    x, y = view.canvas.px(here.xy)
    start = QPoint(round(x), round(y))
    drag(view.canvas.viewport(), start, start + by)


def test_the_map_shows_the_training_data_and_a_ring_at_its_mean(
    views: tuple[LatentMapView, LatentSlidersView], alone: Session
) -> None:
    picture, here = views[0]._picture, views[0].canvas._here
    assert picture.density is not None and not picture.density.of_dataset and not picture.sentence
    assert here is not None and here.frame is None and here.origin is None
    np.testing.assert_allclose(here.xy, 0.0, atol=1e-5)
    left, right, bottom, top = picture.bounds
    assert left < 0 < right and bottom < 0 < top


def test_a_dragged_ring_puts_a_figure_on_the_ground_of_the_3d_view(
    views: tuple[LatentMapView, LatentSlidersView], alone: Session
) -> None:
    (mean,) = compose(alone.bench).figures
    assert mean.key == "mean pose" and alone.bench.held is None
    assert mean.positions[0][:, 1].min() == pytest.approx(SOLE, abs=1e-5)
    drag_ring(views[0], QPoint(50, -30))
    held = alone.bench.held
    assert held is not None and alone.bench.embedding is not None
    stage = compose(alone.bench)
    (figure,) = stage.figures
    pose = figure.positions[0]
    assert np.abs(pose - mean.positions[0]).max() > 0.05
    assert pose.shape == (len(alone.bench.embedding.skeleton.joints), 3)
    assert pose[:, 1].min() == pytest.approx(SOLE, abs=1e-5)
    assert 0.4 * PLANE_HEIGHT < np.ptp(pose[:, 1]) < 0.85 * PLANE_HEIGHT
    assert np.abs(pose.mean(axis=0)[[0, 2]]).max() < 0.6
    assert "held pose" in stage.badge.lines[0][0].text  # type: ignore[union-attr]
    alone.history.undo()
    assert alone.bench.held is None and [figure.key for figure in compose(alone.bench).figures] == ["mean pose"]
    alone.history.redo()
    assert alone.bench.held is held


def test_the_sliders_are_live(views: tuple[LatentMapView, LatentSlidersView], alone: Session) -> None:
    rows = views[1].rows
    assert rows.count and rows.sigmas(rows.dimension(0)) == pytest.approx(0.0, abs=1e-6)
    knob = rows.knob(0).toPoint()
    QTest.mousePress(rows, LEFT, NONE, knob)
    move(rows, knob + QPoint(30, 0), LEFT)
    QApplication.processEvents()
    QTest.mouseRelease(rows, LEFT, NONE, knob + QPoint(30, 0))
    assert alone.bench.held is not None and rows.sigmas(rows.dimension(0)) > 0.2  # type: ignore[operator]
    QTest.mouseDClick(rows, LEFT, NONE, rows.knob(0).toPoint())
    assert alone.bench.held is None


def test_beside_a_clip_that_does_not_map_it_is_explored_too(
    views: tuple[LatentMapView, LatentSlidersView], alone: Session, qtbot: QtBot
) -> None:
    rod = Skeleton("rod", ("tail", "tip"), (-1, 0), ((0, 1),), (0, 1))
    positions = np.zeros((20, 2, 3), np.float32)
    positions[:, 1, 1], positions[..., 0] = 1.0, 7.0
    dataset = Dataset.of([Clip(rod, positions, 30.0, "rod")], "rods")
    alone.bench.datasets.append(dataset)
    with qtbot.waitSignal(alone.clip_changed):
        alone.select_clip(dataset, 0)
    qtbot.waitUntil(lambda: not alone.jobs.running)
    views[0].refresh()
    assert views[0]._picture.density is not None and views[0]._picture.sentence
    drag_ring(views[0], QPoint(30, 40))
    held = held_positions(alone.bench)
    assert held is not None
    assert held[:, 0].mean() == pytest.approx(7.0, abs=0.6)  # where the clip's figure stands, so that it is seen
    assert len(compose(alone.bench).figures) == 2
    with qtbot.waitSignal(alone.time_changed):
        alone.set_time(0.2)
    assert alone.bench.held is None


def test_choosing_an_embedding_after_the_datasets_were_closed_keeps_the_map(session: Session, qtbot: QtBot) -> None:
    path: Path = paths.models() / "humanoid-embedding.safetensors"
    view = LatentMapView(session)
    qtbot.addWidget(view)
    view.resize(400, 420)
    view.show()
    session.close_dataset(session.bench.datasets[0])
    session.open([path])
    qtbot.waitUntil(lambda: view._picture.density is not None, timeout=20_000)
    session.use_model(path)
    qtbot.waitUntil(lambda: not session.jobs.running)
    qtbot.wait(10)
    assert view._picture.density is not None and view.canvas._here is not None


def test_an_embedding_that_says_nothing_of_its_data_says_so(empty_session: Session, qtbot: QtBot) -> None:
    from tests.linear_world import LinearEmbedding

    class Bare:
        skeleton, level_sizes = LinearEmbedding.skeleton, LinearEmbedding.level_sizes

    empty_session.bench.embedding = Bare()  # type: ignore[assignment]
    empty_session.models_replaced()
    view = LatentMapView(empty_session)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: not empty_session.jobs.running)
    assert view._picture.sentence and view.canvas._here is None and empty_session.bench.latent_at() is None


def test_a_shipped_checkpoint_named_by_another_path_is_offered_once(
    alone: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone.offer_models()
    qtbot.waitUntil(lambda: len(alone.offers) > 5, timeout=20_000)
    count = len(alone.offers)
    monkeypatch.chdir(paths.models())
    alone.open([Path("humanoid-embedding.safetensors")])
    qtbot.waitUntil(lambda: not alone.jobs.running, timeout=20_000)
    assert len(alone.offers) == count
    assert alone.embedding_source == paths.models() / "humanoid-embedding.safetensors"
