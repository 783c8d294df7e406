"""The generator's buttons on the real widget."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.views.generator.generator_view import GeneratorView
from poseviewer.views.generator.lane_row import LaneRow
from tests.app.work.making import RAW, settle
from tests.views.driving.clicking import put_up


def a_row(view: GeneratorView) -> LaneRow:
    return view.rows["generated_a"]


def press(view: GeneratorView, name: str, qtbot: QtBot) -> None:
    QTest.mouseClick(view.button(name), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view._session.jobs.running or view._session.stepper.running, timeout=20_000)


def test_nothing_can_be_generated_before_a_model_is_there(session: Session, qtbot: QtBot) -> None:
    view = GeneratorView(session)
    qtbot.addWidget(view)
    assert not view.button("step").isEnabled()
    assert "loaded" in view._status.text()


@pytest.mark.parametrize(
    ("name", "frames"), [("step", 1), ("step5", 5), ("step15", 15), ("step30", 30), ("step50", 50)]
)
def test_each_button_generates_its_frames(ready: Session, qtbot: QtBot, name: str, frames: int) -> None:
    view = GeneratorView(ready)
    qtbot.addWidget(view)
    press(view, name, qtbot)
    assert ready.bench.lane.horizon == frames
    assert ready.bench.relative_frame() == frames


def test_in_a_narrow_panel_models_and_buttons_keep_their_names(
    ready: Session, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, "dark")
    host = put_up(QWidget(), qtbot, 400, 300)
    view = GeneratorView(ready, host)
    view.show()
    row = a_row(view)
    row.model.setItemText(row.model.currentIndex(), "humanoid textbook")
    for width in (400, 311):  # in a window of 1366 px, with a scroll bar beside it
        view.resize(width, 300)
        assert row.context.isVisible() == (width == 400)
        QApplication.processEvents()
        assert row.model.shown == "humanoid textbook"
        number = row.temperature.lineEdit()
        assert number.width() >= number.fontMetrics().horizontalAdvance("1.00") + 4  # its own margins
    assert f"it reads {ready.bench.lane.generator.context} frames" in row.model.toolTip()  # type: ignore[union-attr]
    for name in ("back", "reset", "branch", "intervene"):
        made = view.button(name)
        words = made.fontMetrics().horizontalAdvance(made.text())
        assert made.width() >= words + made.iconSize().width() + 4, name


def test_back_takes_one_and_ten_frames_back(ready: Session, qtbot: QtBot) -> None:
    view = GeneratorView(ready)
    qtbot.addWidget(view)
    assert not view.button("back").isEnabled()
    press(view, "step15", qtbot)
    press(view, "back", qtbot)
    assert ready.bench.lane.horizon == 14
    for left in (4, 0):
        view.actions_by_name["back10"].trigger()
        qtbot.waitUntil(lambda: not ready.jobs.running, timeout=20_000)
        assert ready.bench.lane.horizon == left


def test_run_goes_on_until_stopped(ready: Session, qtbot: QtBot) -> None:
    view = GeneratorView(ready)
    qtbot.addWidget(view)
    QTest.mouseClick(view.button("run"), Qt.MouseButton.LeftButton)
    assert view.button("run").text() == "Stop"
    qtbot.waitUntil(lambda: ready.bench.lane.horizon >= 5, timeout=20_000)
    press(view, "run", qtbot)
    qtbot.waitUntil(lambda: not ready.jobs.running)
    assert view.button("run").text() == "Run"
    stopped = ready.bench.lane.horizon
    qtbot.wait(150)
    assert ready.bench.lane.horizon == stopped


def test_samples_are_generated_side_by_side(ready: Session, qtbot: QtBot) -> None:
    view = GeneratorView(ready)
    qtbot.addWidget(view)
    a_row(view).samples.setValue(3)
    press(view, "step5", qtbot)
    assert len(ready.bench.lane.tracks) == 3


def test_a_deterministic_model_has_no_samples_and_no_temperature_and_says_why(ready: Session, qtbot: QtBot) -> None:
    view = GeneratorView(ready)
    qtbot.addWidget(view)
    a_row(view).samples.setValue(3)
    assert a_row(view).temperature.isEnabled() and "deterministic" not in a_row(view).samples.toolTip()
    source = next(source for source, offer in ready.offers.items() if offer.name.endswith("generator-textbook"))
    ready.use_model(source)
    qtbot.waitUntil(lambda: ready.generator_source == source, timeout=20_000)
    assert ready.bench.lane.generator is not None and not ready.bench.lane.generator.stochastic
    for widget in (a_row(view).samples, a_row(view).temperature):
        assert not widget.isEnabled() and "deterministic" in widget.toolTip()
    assert (a_row(view).samples.value(), a_row(view).temperature.value()) == (1, 1.0)
    assert "deterministic" in view._status.text()
    press(view, "step5", qtbot)
    assert len(ready.bench.lane.tracks) == 1 and "deterministic" in view._status.text()


def test_a_drag_rebuilds_no_list_of_models(ready: Session, qtbot: QtBot) -> None:
    view = GeneratorView(ready)
    qtbot.addWidget(view)
    made: list[str] = []
    a_row(view).model.model().rowsInserted.connect(lambda *_: made.append("row"))
    latent = ready.bench.latent_at()
    assert latent is not None
    for step in range(5):
        ready.hold(latent + 0.1 * step)
    press(view, "step", qtbot)
    assert made == []
    at_work, names = a_row(view).model.currentText(), a_row(view).model.count()
    assert at_work == ready.offers[ready.generator_source].short  # type: ignore[index]
    del ready.offers[next(source for source, offer in ready.offers.items() if offer.name.endswith("textbook"))]
    ready.models_changed.emit()
    assert a_row(view).model.count() == names - 1 and a_row(view).model.currentText() == at_work


def test_where_nothing_maps_a_few_joints_are_named_and_all_in_the_tooltip(ready: Session, qtbot: QtBot) -> None:
    view = GeneratorView(ready)
    qtbot.addWidget(view)
    assert view._status.toolTip() == ""
    misfit = f"It has no joint that maps onto {', '.join('abcdefghijklmnopqrs')} of 'humanoid'."
    ready.bench.put(replace(ready.bench.lane, misfit=misfit))
    view.refresh()
    assert view._status.text() == "It has no joint that maps onto a, b, c, d and 15 more of 'humanoid'."
    assert "q, r, s of" in view._status.toolTip()


def test_it_says_which_of_two_lanes_generates_nothing_and_why(ready: Session, qtbot: QtBot) -> None:
    view, misfit = GeneratorView(ready), "It has no joint that maps onto head of 'humanoid'."
    qtbot.addWidget(view)
    ready.use_model(RAW, role="generated_b")
    settle(ready, qtbot)
    ready.bench.put(replace(ready.bench.lanes[1], misfit=misfit, fitted=None))
    view.refresh()
    told = f"B generates nothing. {misfit}"
    assert view._status.text().startswith(f"{told} No rollout yet.")
    ready.set_focus("generated_b")
    view.refresh()
    assert view._status.text() == told
