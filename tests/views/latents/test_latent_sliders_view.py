"""The latent dimensions' sliders, driven by mouse and keyboard."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.views.latents.latent_sliders_view import LatentSlidersView
from tests.linear_world import LinearEmbedding, fill
from tests.views.driving.clicking import drag, put_up

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def session(empty_session: Session) -> Session:
    return empty_session


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> LatentSlidersView:
    return put_up(LatentSlidersView(session), qtbot, height=140)


def drag_knob(view: LatentSlidersView, row: int, by: int) -> None:
    start = view.rows.knob(row).toPoint()
    drag(view.rows, start, start + QPoint(by, 0))


def test_rows_stand_by_falling_information_and_the_title_counts_them(
    view: LatentSlidersView, session: Session, qtbot: QtBot
) -> None:
    assert view.caption == ""
    with qtbot.waitSignal(view.caption_changed):
        fill(session)
    assert [view.rows.dimension(row) for row in range(view.rows.count)] == [3, 1, 5, 2, 0, 4]
    assert view.caption == "5 of 6, by KL in nats"
    view.resize(400, 300)
    assert view.caption == "6, by KL in nats"


def test_dragging_a_knob_changes_its_dimension_alone_and_keeps_it(
    view: LatentSlidersView, session: Session, filled: LinearEmbedding
) -> None:
    bench, before = session.bench, session.bench.latent_at()
    drag_knob(view, 1, 40)
    held = bench.held
    assert held is not None and before is not None and bench.read is not None
    changed = np.flatnonzero(np.abs(held.latent - before) > 1e-9)
    assert changed.tolist() == [1] and held.latent[1] > before[1]
    assert view.rows.sigmas(1) == pytest.approx(
        (held.latent[1] - filled.latent_mean[1]) / np.sqrt(filled.latent_covariance[1, 1])
    )
    _, at = filled.encode(bench.read.positions[:1])
    assert np.abs(held.pose - filled.decode(held.latent[None], at).poses[0]).max() < 1e-5
    session.history.undo()
    assert bench.held is None


def test_a_double_click_puts_one_dimension_back_and_the_tool_all(
    view: LatentSlidersView, session: Session, filled: LinearEmbedding
) -> None:
    origin = session.bench.latent_at()
    drag_knob(view, 1, 40)
    drag_knob(view, 2, -30)
    QTest.mouseDClick(view.rows, LEFT, NONE, view.rows.knob(1).toPoint())
    held = session.bench.held
    assert held is not None and origin is not None
    assert np.flatnonzero(np.abs(held.latent - origin) > 1e-9).tolist() == [5]
    (reset,) = view.title_actions()
    assert reset.isEnabled()
    reset.trigger()
    assert session.bench.held is None and not reset.isEnabled()
    session.history.undo()
    assert session.bench.held is held


def test_arrows_nudge_the_focused_row_as_one_edit(
    view: LatentSlidersView, session: Session, filled: LinearEmbedding
) -> None:
    view.rows.setFocus()
    before = view.rows.sigmas(1)
    QTest.keyClick(view.rows, Qt.Key.Key_Down)
    QTest.keyPress(view.rows, Qt.Key.Key_Right)
    QTest.keyPress(view.rows, Qt.Key.Key_Right)
    QTest.keyRelease(view.rows, Qt.Key.Key_Right)
    assert before is not None and view.rows.sigmas(1) == pytest.approx(before + 0.1)
    assert session.history.count() == 1
    assert view.rows.accessibleDescription().startswith("z 2")
    QTest.keyClick(view.rows, Qt.Key.Key_Delete)
    assert view.rows.sigmas(1) == pytest.approx(before)


def test_knobs_follow_time_and_the_tick_marks_the_seeds_end(
    view: LatentSlidersView, session: Session, filled: LinearEmbedding
) -> None:
    session.set_time(0.5)
    latent = session.bench.latent_at()
    assert latent is not None
    expected = (latent[0] - filled.latent_mean[0]) / np.sqrt(filled.latent_covariance[0, 0])
    assert view.rows.sigmas(0) == pytest.approx(expected)
    view.hide()
    session.set_time(0.7)
    assert view.rows.sigmas(0) == pytest.approx(expected)  # nobody looks: no work
    view.show()
    assert view.rows.sigmas(0) != pytest.approx(expected)


def test_the_core_of_a_knob_is_as_round_along_as_across(view: LatentSlidersView, filled: LinearEmbedding) -> None:
    image, scale = QImage(200, 400, QImage.Format.Format_RGB32), 20
    image.fill(0)
    painter, centre = QPainter(image), view.rows.knob(1)
    painter.scale(scale, scale)
    painter.translate(5.0 - centre.x(), 10.0 - centre.y())
    view.rows._paint_row(painter, 1, palette("dark"))
    painter.end()
    core, knob = image.pixel(100, 200), image.pixel(100 + 2 * scale, 200)
    left, top = round((5.0 - 1.2) * scale), round((10.0 - 4.0) * scale)
    side = [image.pixel(left, top + y) == core for y in range(40)]
    lid = [image.pixel(left + x, top) == core for x in range(24)]
    assert core != knob and 10 <= side.index(True) <= 16 and side.index(True) == pytest.approx(lid.index(True), abs=1)


def test_an_embedding_that_says_nothing_of_its_data_has_no_sliders_and_says_so(
    view: LatentSlidersView, session: Session, filled: LinearEmbedding
) -> None:
    del filled.kl
    view.rows._model = None
    session.models_changed.emit()
    assert view.rows.count == 0 and "nothing of its training data" in view._sentence.text()
    assert view._layers.currentWidget() is view._sentence


def test_a_unit_stands_only_beside_a_value(
    view: LatentSlidersView, session: Session, filled: LinearEmbedding, qtbot: QtBot
) -> None:
    """Where the latent is not known yet, no σ stands alone."""

    def colours_at_the_right() -> int:
        picture = view.rows.grab().toImage()
        wide = range(picture.width() - 30, picture.width())
        return len({picture.pixel(x, y) for x in wide for y in range(4, 20)})

    assert session.bench.latent_at() is not None and colours_at_the_right() > 5
    session.bench.clip_latents = None
    session.latents_changed.emit()
    assert session.bench.latent_at() is None and colours_at_the_right() <= 2  # ground and groove
