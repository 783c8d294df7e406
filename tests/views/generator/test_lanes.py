"""Two lanes and the tree of rollouts on the real widgets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.views.generator.generator_view import GeneratorView
from poseviewer.views.generator.rollout_tree import said_of
from poseviewer.views.latents.latent_sliders_view import LatentSlidersView
from tests.app.work.making import made, settle
from tests.views.driving.clicking import put_up

B = "generated_b"


@pytest.fixture
def view(ready: Session, qtbot: QtBot) -> GeneratorView:
    shown = GeneratorView(ready)
    qtbot.addWidget(shown)
    shown.resize(400, 420)
    shown.show()
    qtbot.waitExposed(shown)
    return shown


def choose(view: GeneratorView, role: str, words: str, qtbot: QtBot) -> None:
    combo = view.rows[role].model  # type: ignore[index]
    combo.setCurrentIndex(combo.findText(words))
    combo.activated.emit(combo.currentIndex())
    settle(view._session, qtbot)


def click(view: GeneratorView, item: QTreeWidgetItem) -> None:
    QTest.mouseClick(view.tree.viewport(), Qt.MouseButton.LeftButton, pos=view.tree.visualItemRect(item).center())


def rows(view: GeneratorView) -> list[tuple[str, str]]:
    return [(item.text(0), item.text(2)) for item in view.tree.shown]


def test_a_second_model_brings_a_lane_and_none_takes_it_away(ready: Session, view: GeneratorView, qtbot: QtBot) -> None:
    assert not view._moves.isVisible() and not view.actions_by_name["focus"].isEnabled()
    choose(view, B, "humanoid raw", qtbot)
    assert [lane.name for lane in ready.bench.lanes] == ["A", "B"] and view._moves.isVisible()
    assert view.rows[B].context.text() == str(ready.bench.lanes[1].generator.context)  # type: ignore[union-attr]
    QTest.mouseClick(view.button("step5"), Qt.MouseButton.LeftButton)
    settle(ready, qtbot)
    QTest.mouseClick(view.which_button(B), Qt.MouseButton.LeftButton)
    QTest.mouseClick(view.button("step"), Qt.MouseButton.LeftButton)
    settle(ready, qtbot)
    assert [lane.horizon for lane in ready.bench.lanes] == [5, 6]
    QTest.mouseClick(view.rows[B].key, Qt.MouseButton.LeftButton)
    assert ready.bench.focus == B
    view.actions_by_name["focus"].trigger()
    assert ready.bench.focus == "generated_a"
    click(view, view.tree.shown[0])
    view.tree.setFocus()
    QTest.keyClick(view.tree, Qt.Key.Key_Delete)
    assert rows(view) == [("rollout 2", "6")]  # a name once given stays
    ready.history.undo()
    choose(view, B, "none", qtbot)
    assert [lane.name for lane in ready.bench.lanes] == ["A"] and rows(view) == [("rollout 1", "5"), ("rollout 2", "6")]


def test_a_lane_that_joins_comes_along_to_where_the_first_one_is(
    ready: Session, view: GeneratorView, qtbot: QtBot
) -> None:
    made(ready, qtbot, 7)
    choose(view, B, "humanoid raw", qtbot)
    QTest.mouseClick(view.button("step5"), Qt.MouseButton.LeftButton)
    settle(ready, qtbot)
    assert [lane.horizon for lane in ready.bench.lanes] == [12, 12] and ready.bench.relative_frame() == 12
    ready.history.undo()
    assert [lane.horizon for lane in ready.bench.lanes] == [7, 0]


def test_each_lane_samples_in_its_own_way(ready: Session, view: GeneratorView, qtbot: QtBot) -> None:
    choose(view, B, "humanoid raw", qtbot)
    view.rows[B].samples.setValue(3)
    view.rows[B].temperature.setValue(0.5)
    assert [(lane.samples, lane.temperature) for lane in ready.bench.lanes] == [(1, 1.0), (3, 0.5)]
    made(ready, qtbot, 2)
    assert [len(lane.tracks) for lane in ready.bench.lanes] == [1, 3]


def test_the_tree_shows_looks_renames_and_removes(ready: Session, view: GeneratorView, qtbot: QtBot) -> None:
    made(ready, qtbot, 8)
    ready.set_time(ready.bench.time_of_relative(5))
    QTest.mouseClick(view.button("branch"), Qt.MouseButton.LeftButton)
    settle(ready, qtbot)
    assert rows(view) == [("rollout 1", "8"), ("from +5", "5")]
    first, branch = view.tree.shown
    assert branch.parent() is first
    click(view, first)
    settle(ready, qtbot)
    assert ready.bench.lane.horizon == 8
    click(view, view.tree.shown[1])
    at = view.tree.visualItemRect(view.tree.shown[1]).center()
    QTest.mouseDClick(view.tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    editor = view.tree.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "stumbles")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rows(view)[1][0] == "stumbles")
    assert view.tree.currentItem() is view.tree.shown[1]  # it outlives its editor: else Qt warns, and no row is left
    for _ in range(2):  # what is called nothing has its number for a name
        view.tree.shown[1].setText(0, " ")
        assert rows(view)[1][0] == "rollout 2"
    ready.history.undo()
    assert "stumbles" in [kept.name for kept in ready.keeping.on_bench()]
    head, metrics = view.tree.header(), QFontMetrics(theme.body_font())
    assert head.sectionSize(1) == 108
    view.resize(310, 420)
    ready.rename(ready.keeping.on_bench()[-1], "stumbles and turns")
    assert head.sectionSize(0) >= metrics.horizontalAdvance("stumbles and turns") + 34 + 2 * 14
    ready.history.undo()
    view.tree.setCurrentItem(view.tree.shown[1])
    QTest.keyClick(view.tree, Qt.Key.Key_Delete)
    assert rows(view) == [("rollout 1", "8")]
    ready.history.undo()
    assert rows(view)[1] == ("stumbles", "5")


def test_intervening_takes_the_newest_frame_into_the_hand(ready: Session, view: GeneratorView, qtbot: QtBot) -> None:
    assert not view.button("intervene").isEnabled()
    made(ready, qtbot, 4)
    ready.set_time(0.0)
    QTest.mouseClick(view.button("intervene"), Qt.MouseButton.LeftButton)
    assert ready.bench.held is not None and ready.bench.relative_frame() == 4
    assert view._status.text().startswith("Held pose: Step goes on from it")
    made(ready, qtbot, 1)
    assert ready.bench.lane.horizon == 5 and ready.bench.held is None


def test_closing_the_last_dataset_while_both_lanes_run_ends_what_they_do(
    ready: Session, view: GeneratorView, qtbot: QtBot
) -> None:
    choose(view, B, "humanoid raw", qtbot)
    QTest.mouseClick(view.button("run"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: min(lane.horizon for lane in ready.bench.lanes) >= 2, timeout=20_000)
    ready.close_dataset(ready.bench.datasets[0])
    settle(ready, qtbot)
    assert ready.bench.clip is None and not ready.stepper.running
    assert [lane.horizon for lane in ready.bench.lanes] == [0, 0] and rows(view) == []
    assert not view.button("run").isEnabled() and view.button("run").text() == "Run"


def test_a_verdict_stands_beside_each_rollout(ready: Session, view: GeneratorView, qtbot: QtBot) -> None:
    made(ready, qtbot, 30)
    assert ready.bench.lane.verdicts is not None
    kept = ready.keeping.on_bench()[0]
    icon, words = said_of(ready, kept)
    verdict = ready.bench.lane.verdicts.verdict()
    assert words == (verdict.word if verdict.onset is None else f"from +{verdict.onset + 1}") and icon is not None
    picture = view.tree.viewport().grab(QRect(QPoint(0, 0), view.tree.viewport().size()))
    assert not picture.isNull()


def test_the_sliders_mark_where_the_other_lane_is(ready: Session, view: GeneratorView, qtbot: QtBot) -> None:
    rows = put_up(LatentSlidersView(ready), qtbot, height=200).rows
    choose(view, B, "humanoid raw", qtbot)
    made(ready, qtbot, 3)
    assert [role for role, _ in rows._others] == [B]
    narrow = rows._track_width()
    before = rows.grab().toImage()
    view.actions_by_name["focus"].trigger()
    assert [role for role, _ in rows._others] == ["generated_a"]
    assert rows.grab().toImage() != before
    ready.set_time(0.0)
    assert not rows._others and rows._track_width() > narrow


def test_another_pose_is_taken_and_step_goes_on_from_it(ready: Session, view: GeneratorView, qtbot: QtBot) -> None:
    made(ready, qtbot, 4)
    menu = view.poses_menu()
    menu.aboutToShow.emit()
    by_name = {entry.text(): entry for entry in menu.actions()}
    assert set(by_name) == {"The seed's end", "The mean of the training data"}  # behind a loop there is no truth
    by_name["The mean of the training data"].trigger()
    held = ready.bench.held
    assert held is not None and held.latent == pytest.approx(ready.bench.embedding.latent_mean)  # type: ignore[union-attr]
    ready.history.undo()
    assert ready.bench.held is None
    ready.history.redo()
    made(ready, qtbot, 1)
    assert ready.bench.lane.horizon == 5 and ready.bench.lane.rollout.recipe.by_hand  # type: ignore[union-attr]


def test_each_row_tells_of_its_own_lane_and_the_line_of_the_one_in_focus(
    ready: Session, view: GeneratorView, qtbot: QtBot
) -> None:
    choose(view, B, "humanoid textbook", qtbot)
    contexts = [lane.generator.context for lane in ready.bench.lanes]  # type: ignore[union-attr]
    assert contexts[0] != contexts[1]
    assert [view.rows[role].context.text() for role in ("generated_a", B)] == [str(count) for count in contexts]  # type: ignore[index]
    assert view.rows[B].model.currentText() == "humanoid textbook"
    assert view.rows["generated_a"].model.currentText() != "humanoid textbook"
    made(ready, qtbot, 2)
    costs = ready.stepper._costs
    costs["generated_a"].extend([7.0] * 30)
    costs[B].extend([3.0] * 30)  # type: ignore[index]
    for role, cost in (("generated_a", "7.0 ms"), (B, "3.0 ms")):
        ready.set_focus(role)  # type: ignore[arg-type]
        view.refresh()
        assert cost in view._status.text(), role
    ready.stepper.choose(B)
    assert view.which_button(B).isChecked()
    ready.shelf.clear(B)
    assert view.which_button("both").isChecked()


def test_two_branches_stand_under_the_same_parent(ready: Session, view: GeneratorView, qtbot: QtBot) -> None:
    made(ready, qtbot, 8)
    parent = ready.keeping.on_bench()[0]
    for frame in (5, 3):
        ready.keeping.show(parent)
        settle(ready, qtbot)
        ready.set_time(ready.bench.time_of_relative(frame))
        ready.branch()
    first, *branches = view.tree.shown
    assert len(branches) == 2 and all(item.parent() is first for item in branches)
