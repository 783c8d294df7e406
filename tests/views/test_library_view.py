"""The library: rows, filter, choosing a clip and a model."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.views.library_view import LibraryView


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


def test_the_filter_keeps_matching_clips_and_all_clips_of_a_matching_action(session: Session, qtbot: QtBot) -> None:
    view = library(session, qtbot)
    QTest.keyClicks(view._field, "dance")
    assert {"dance", "dance_a", "dance_b"} <= set(shown(view))
    assert "run" not in shown(view)


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
