"""The library: rows, filter, choosing a clip and a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.text import compact
from poseviewer.views.library.library_tree import cut
from poseviewer.views.library.library_view import LibraryView
from tests.views.driving.clicking import move


def shown(view: LibraryView) -> list[str]:
    """Names of all rows that the filter lets through."""
    names, stack = [], [view._filter.index(r, 0) for r in range(view._filter.rowCount())]
    while stack:
        index = stack.pop(0)
        names.append(str(index.data()))
        stack += [view._filter.index(r, 0, index) for r in range(view._filter.rowCount(index))]
    return names


def library(session: Session, qtbot: QtBot) -> LibraryView:
    view = LibraryView(session)
    qtbot.addWidget(view)
    view.resize(240, 600)
    session.datasets_changed.emit()
    view.show()
    return view


def test_every_clip_has_a_row_and_the_bench_s_is_selected(session: Session, qtbot: QtBot) -> None:
    view = library(session, qtbot)
    assert set(info.name for info in session.bench.datasets[0].infos) <= set(shown(view))
    assert view._tree.currentIndex().data() == "walk"


def test_a_clip_that_is_cut_keeps_its_number_and_a_dataset_its_beginning(session: Session, qtbot: QtBot) -> None:
    """The demo's "walk" has "0walk_forward" beside it: of an action's clips the ends differ."""
    view = library(session, qtbot)
    clip, metrics = view._tree.currentIndex(), view._tree.fontMetrics()
    other = next(clip.siblingAtRow(row) for row in range(9) if clip.siblingAtRow(row).data() == "turn_right1")
    room = metrics.horizontalAdvance("turn_right1") - 12
    assert cut(other, metrics, room + 16) == "turn_right1"
    assert cut(other, metrics, room).startswith("…") and cut(other, metrics, room).endswith("right1")
    dataset = clip.parent().parent()
    assert cut(dataset, metrics, metrics.horizontalAdvance(dataset.data()) - 2).startswith("de")


def in_sight(view: LibraryView) -> bool:
    return view._tree.viewport().rect().contains(view._tree.visualRect(view._tree.currentIndex()).center())


def test_the_clip_of_a_second_dataset_stays_in_sight_when_the_models_take_their_share(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    view = library(session, qtbot)
    view.resize(220, 460)
    second = tmp_path / "second.h5"
    second.write_bytes(paths.demo().read_bytes())
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.open_motion(second, remember=False)
    assert session.bench.dataset is session.bench.datasets[1] and in_sight(view)
    with qtbot.waitSignal(view._models.rows_changed, timeout=30_000):
        session.offer_models()
    qtbot.waitUntil(lambda: view._models_area.height() > 100, timeout=5000)
    assert in_sight(view)


def test_the_hint_is_whole_beside_the_narrow_library(session: Session, qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    view = library(session, qtbot)
    view.resize(216, 600)
    qtbot.waitUntil(view._hint.isVisible)
    assert view._hint.fontMetrics().horizontalAdvance(view._hint.text()) <= view._hint.width()


def test_the_filter_keeps_matching_clips_and_all_clips_of_a_matching_action(session: Session, qtbot: QtBot) -> None:
    view = library(session, qtbot)
    QTest.keyClicks(view._field, "dance")
    assert {"dance", "dance_a", "dance_b"} <= set(shown(view))
    assert "run" not in shown(view)


def test_the_filter_reads_every_letter_as_it_is(session: Session, qtbot: QtBot) -> None:
    view = library(session, qtbot)
    for text in ("\\", "da.ce", "^", "dance\\"):
        view._field.setText(text)
        assert shown(view) == []
    view._field.setText("DANCE_B")
    assert shown(view)[-1] == "dance_b"


def test_a_click_puts_a_clip_on_the_bench(session: Session, qtbot: QtBot) -> None:
    view = library(session, qtbot)
    QTest.keyClicks(view._field, "dance")
    top = view._filter.index(0, 0)
    action = view._filter.index(0, 0, top)
    clip = view._filter.index(1, 0, action)
    with qtbot.waitSignal(session.clip_changed, timeout=5000):
        QTest.mouseClick(
            view._tree.viewport(), Qt.MouseButton.LeftButton, pos=view._tree.visualRect(clip).center() + QPoint(2, 0)
        )
    assert session.bench.clip is not None
    assert session.bench.clip.name == "dance_b"


def test_models_are_listed_and_a_click_loads_one(ready: Session, qtbot: QtBot) -> None:
    view = library(ready, qtbot)
    names = [row[2].name for row in view._models._rows()]
    assert "humanoid-embedding" in names
    row = names.index("humanoid-embedding")
    with qtbot.waitSignal(ready.models_changed, timeout=20_000):
        QTest.mouseClick(view._models, Qt.MouseButton.LeftButton, pos=QPoint(40, 24 + 22 * row + 11))
    assert ready.embedding_source == paths.models() / "humanoid-embedding.safetensors"


def opened(view: LibraryView) -> set[str]:
    return {str(row.data()) for row in view._parents() if view._tree.isExpanded(view._filter.mapFromSource(row))}


def test_a_cleared_filter_leaves_the_tree_as_it_was(session: Session, qtbot: QtBot) -> None:
    view = library(session, qtbot)
    actions = [row for row in view._parents() if row.parent().isValid()]
    view._tree.expand(view._filter.mapFromSource(actions[2]))
    before = opened(view)
    assert 0 < len(before) < len(view._parents())
    QTest.keyClicks(view._field, "dance")
    assert "dance" in shown(view)
    view._field.setText("nothing has this name")
    assert shown(view) == []
    view._field.clear()
    assert opened(view) == before
    session.datasets_changed.emit()
    QTest.keyClicks(view._field, "run")
    session.datasets_changed.emit()  # the rows are made anew under the filter
    view._field.clear()
    assert {session.bench.datasets[0].path.name} <= opened(view) < {str(row.data()) for row in view._parents()}  # type: ignore[union-attr]


def test_a_filter_that_hides_the_clip_leaves_it_on_the_bench(session: Session, qtbot: QtBot) -> None:
    view = library(session, qtbot)
    QTest.keyClicks(view._field, "dance")
    qtbot.wait(200)
    assert session.bench.clip is not None and session.bench.clip.name == "walk"


@pytest.mark.parametrize("height", [404, 470, 640])
def test_eight_rows_of_clips_and_three_models_are_seen_in_a_small_window(
    ready: Session, qtbot: QtBot, height: int
) -> None:
    view = library(ready, qtbot)
    view._tree.expandAll()
    view.resize(220, height)
    qtbot.wait(50)
    assert view._tree.viewport().height() // 22 >= 8
    assert (view._models_area.viewport().height() - 24) // 22 >= 3
    assert view._models_area.geometry().bottom() <= view._foot.geometry().top() or not view._foot.isVisible()


def test_the_line_between_clips_and_models_stays_where_a_hand_has_put_it(ready: Session, qtbot: QtBot) -> None:
    view = library(ready, qtbot)
    handle = view._parts.handle(1)
    before = view._models_area.height()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton)
    move(handle, handle.rect().center() + QPoint(0, 60), Qt.MouseButton.LeftButton)
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=handle.rect().center() + QPoint(0, 60))
    assert view._models_area.height() < before - 30
    moved = view._models_area.height()
    ready.models_changed.emit()
    view._field.setText("humanoid")
    assert view._models_area.height() == moved


def test_counts_beyond_a_million_are_compact_and_exact_in_the_tooltip(
    session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, text, *_: shown.append(text))
    view = library(session, qtbot)
    count = view._model.item(0, 1)
    count.setData(12_345_678, Qt.ItemDataRole.DisplayRole)
    view._tree.size_columns(12_345_678)
    index = view._filter.index(0, 0, view._filter.index(0, 0, view._filter.index(0, 0)))
    view._model.itemFromIndex(view._filter.mapToSource(index.siblingAtColumn(1))).setData(
        12_345_678, Qt.ItemDataRole.DisplayRole
    )
    at = view._tree.visualRect(index).center()
    QApplication.sendEvent(
        view._tree.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, view._tree.viewport().mapToGlobal(at))
    )
    assert "walk\n12\N{THIN SPACE}345\N{THIN SPACE}678 frames" in shown[0]
    room = view._tree.columnWidth(1)
    assert view.fontMetrics().horizontalAdvance(compact(12_345_678)) < room


def test_a_right_click_offers_a_menu_and_nothing_else(session: Session, qtbot: QtBot) -> None:
    view = library(session, qtbot)
    index = view._filter.index(0, 0, view._filter.index(0, 0))
    at = view._tree.visualRect(index).center()
    before = view._tree.currentIndex()
    QTest.mousePress(view._tree.viewport(), Qt.MouseButton.RightButton, pos=at)
    where = view._tree.viewport().mapTo(view, at)
    QApplication.sendEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, view.mapToGlobal(where)))
    (menu,) = [m for m in view.findChildren(QMenu) if m.isVisible()]
    assert [a.text() for a in menu.actions() if a.text()] == ["Close demo"]
    assert view._tree.currentIndex() == before and session.bench.clip.name == "walk"
    menu.close()


def test_a_filter_without_a_hit_says_so_and_is_cleared_by_a_click(session: Session, qtbot: QtBot) -> None:
    view = library(session, qtbot)
    words = view._no_clip
    view._field.setText("dance")
    assert not words.isVisible()
    view._field.setText("<b>&")
    assert words.isVisible() and "has '&lt;b&gt;&amp;' in its name" in words.text()
    qtbot.waitUntil(lambda: words.height() > 10)
    spots = [QPoint(x, y) for y in range(4, words.height(), 8) for x in range(4, words.width(), 8)]
    while view._field.text() and spots:
        QTest.mouseClick(words, Qt.MouseButton.LeftButton, pos=spots.pop())
    assert view._field.text() == "" and not words.isVisible() and view._filter.rowCount() == 1
