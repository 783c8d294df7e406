"""The lists over the latent map: what is chosen is what the map shows and what a drag moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QStackedWidget, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.data.dataset import Dataset
from poseviewer.views.map.latent_map_view import LatentMapView
from tests.linear_world import SIZE, LinearEmbedding, clips
from tests.views.driving.clicking import drag, put_up


@pytest.fixture
def session(empty_session: Session) -> Session:
    return empty_session


@pytest.fixture
def view(map_view: LatentMapView) -> LatentMapView:
    return map_view


Opened = Callable[[LinearEmbedding], None]


@pytest.fixture
def opened(session: Session, qtbot: QtBot) -> Opened:
    """Opens a dataset of three actions, and an embedding that reads it."""

    def put(embedding: LinearEmbedding) -> None:
        walk, run = clips()
        kick = replace(run, name="kick", action="kick", positions=run.positions[:, :, [1, 0, 2]].copy())
        dataset = Dataset.of([walk, run, kick], "three")
        session.bench.datasets.append(dataset)
        session.bench.embedding = embedding  # type: ignore[assignment]
        session.models_replaced()
        session.select_clip(dataset, 0)
        qtbot.waitUntil(lambda: session.bench.index is not None and not session.jobs.running, timeout=20_000)

    return put


def choose(view: LatentMapView, box: str, value: object, session: Session, qtbot: QtBot) -> None:
    combo = {"projection": view.bar.projection, "level": view.bar.level}[box]
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)
    qtbot.wait(20)


def dragged(view: LatentMapView, session: Session) -> np.ndarray:
    """By how much a drag of the handle moves the latent (Z,)."""
    before = session.bench.latent_at()
    assert before is not None and session.bench.projection is not None
    x, y = view.canvas.px(session.bench.projection.map(before[None])[0])
    at = QPoint(round(x), round(y))
    drag(view.canvas.viewport(), at, at + QPoint(30, -20))
    held = session.bench.held
    assert held is not None
    return np.asarray(held.latent - before)


def test_the_lists_are_whole_in_the_first_picture(session: Session, qtbot: QtBot) -> None:
    """The map comes into its dock after the first paint, and lists that are hidden have no room in it."""
    host, made = put_up(QStackedWidget(), qtbot, 320, 300), LatentMapView(session)
    host.setCurrentIndex(host.addWidget(made))
    shown = [box for box in made.bar._boxes() if box.isVisible()]
    assert len(shown) == 3 and all(box.width() >= box.sizeHint().width() for box in shown)
    assert shown[-1].geometry().right() < 320


@pytest.mark.parametrize("projection", ["LDA", "dimensions"])
def test_a_projection_is_drawn_and_dragged_in(
    view: LatentMapView, session: Session, opened: Opened, qtbot: QtBot, projection: str
) -> None:
    opened(LinearEmbedding())
    choose(view, "projection", projection, session, qtbot)
    if projection == "LDA":
        assert view.bar.fit_to.currentData() == "all" and not view.bar.fit_to.isEnabled()
    plane, points = session.bench.projection, view._picture.points
    assert plane is not None and points is not None and session.bench.index is not None
    caption = {"LDA": "LD 1", "dimensions": "z 4, 3.00 nats"}[projection]
    assert view._picture.captions[0].startswith(caption)
    np.testing.assert_allclose(points.xy, plane.map(session.bench.index.latents), atol=1e-4)
    moved, shown = dragged(view, session), np.linalg.qr(plane.axes.T)[0]
    assert np.abs(moved).max() > 1e-3
    np.testing.assert_allclose(moved - shown @ (shown.T @ moved), 0.0, atol=1e-9)
    assert caption.split(",")[0] in view.foot.words[0]


def test_another_projection_is_fitted_into_the_view(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    drag(view.canvas.viewport(), QPoint(30, 30), QPoint(70, 60))  # who moved it keeps what is seen of one plane
    view.canvas.box.scaleBy((0.05, 0.05))
    narrow = view.canvas.box.viewRect().width()
    choose(view, "projection", "dimensions", session, qtbot)
    seen, (left, right, bottom, top) = view.canvas.box.viewRect(), view._picture.bounds
    assert seen.width() > 4.0 * narrow
    assert seen.left() <= left + 1e-9 and seen.right() >= right - 1e-9
    assert seen.top() <= bottom + 1e-9 and seen.bottom() >= top - 1e-9


def test_each_dimension_says_how_much_it_tells(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    choose(view, "projection", "dimensions", session, qtbot)
    for axis in view.bar.axes:
        tips = {axis.itemText(k): axis.itemData(k, Qt.ItemDataRole.ToolTipRole) for k in range(axis.count())}
        assert tips == {f"z {number + 1}": f"{nats:.2f} nats" for number, nats in enumerate(filled.kl)}


def test_a_colour_that_tells_nothing_apart_gives_way_in_the_list_too(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    session.set_map(colour="split")  # which this dataset does not name
    qtbot.wait(20)
    assert view.bar.colour.currentData() == "action" and view.key.accessibleDescription() == "walk, run"
    row = view.bar.colour.findData("split")
    assert view.bar.colour.itemData(row, Qt.ItemDataRole.ToolTipRole) == "This dataset names no splits."
    assert not view.bar.colour.model().index(row, 0).flags() & Qt.ItemFlag.ItemIsEnabled


def test_lda_is_off_with_the_reason_where_two_actions_are_named(
    view: LatentMapView, session: Session, filled: LinearEmbedding
) -> None:
    row = view.bar.projection.findData("LDA")
    item = view.bar.projection.model().index(row, 0)
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled
    assert "two actions" in view.bar.projection.itemData(row, Qt.ItemDataRole.ToolTipRole)


def test_choosing_the_other_axis_dimension_swaps_the_two(
    view: LatentMapView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    choose(view, "projection", "dimensions", session, qtbot)
    x, y = view.bar.axes
    assert (x.currentText(), y.currentText()) == ("z 4", "z 2") and x.isVisible() and not view.bar.fit_to.isVisible()
    x.setCurrentIndex(x.findData(1))
    x.activated.emit(x.currentIndex())
    qtbot.waitUntil(lambda: view._picture.captions[0].startswith("z 2"))
    assert (x.currentText(), y.currentText()) == ("z 2", "z 4")
    session.bench.embedding = None
    session.models_replaced()
    qtbot.waitUntil(lambda: not (x.isEnabled() or y.isEnabled()) and x.count() == 0)


class Ladder(LinearEmbedding):
    level_sizes = (2, SIZE - 2)


def test_of_several_levels_the_chosen_one_is_dragged_and_the_others_stay(
    view: LatentMapView, session: Session, opened: Opened, qtbot: QtBot
) -> None:
    opened(LinearEmbedding())
    assert not view.bar.level.isVisible()
    session.bench.embedding = Ladder()  # type: ignore[assignment]
    session.models_replaced()
    qtbot.waitUntil(lambda: session.bench.index is not None and not session.jobs.running, timeout=20_000)
    qtbot.wait(20)
    assert view.bar.level.isVisible()
    for level, stays in ((0, slice(2, SIZE)), (1, slice(0, 2))):
        choose(view, "level", level, session, qtbot)
        assert view.bar.level.currentData() == level == session.bench.map.level
        assert all(caption.startswith(f"level {level + 1}, PC") for caption in view._picture.captions)
        moved = dragged(view, session)
        assert (moved[stays] == 0.0).all() and np.abs(moved).max() > 1e-3
        session.let_go()


@pytest.fixture
def styled(qtbot: QtBot) -> Iterator[None]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "dark")
    yield
    app.setStyleSheet("")


def test_what_the_lists_say_has_room_in_a_small_window(
    styled: None, view: LatentMapView, session: Session, opened: Opened, qtbot: QtBot
) -> None:
    opened(Ladder())
    for width in (320, 800):
        view.resize(width, 420)
        for projection in ("PCA", "LDA", "dimensions"):
            choose(view, "projection", projection, session, qtbot)
            for level in (None, 1):
                choose(view, "level", level, session, qtbot)
                for box in view.bar._boxes():
                    option = QStyleOptionComboBox()
                    box.initStyleOption(option)
                    field, kind = QStyle.SubControl.SC_ComboBoxEditField, QStyle.ComplexControl.CC_ComboBox
                    room = box.style().subControlRect(kind, option, field, box).width()
                    words = box.currentText()
                    assert not box.isVisible() or box.fontMetrics().horizontalAdvance(words) <= room, (width, words)
    assert view.bar.projection.currentText() == "dimensions"
    for box in view.bar._boxes():  # however narrow it is
        longest = max(box.fontMetrics().horizontalAdvance(box.itemText(row)) for row in range(box.count()))
        assert box.view().minimumWidth() >= longest + 24
