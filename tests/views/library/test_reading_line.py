"""What was assumed of a file stands in the library, and a click changes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.app.settings import Settings
from poseviewer.app.work.readings import recall, remember
from poseviewer.bench.rollouts import ClipKey
from poseviewer.data.reading import Reading
from poseviewer.views.library.library_view import LibraryView
from poseviewer.views.library.reading_line import ReadingLine
from tests.data.a_rig import walking_bvh
from tests.views.driving.clicking import move


@pytest.fixture
def view(empty_session: Session, qtbot: QtBot, tmp_path: Path) -> LibraryView:
    made = LibraryView(empty_session)
    qtbot.addWidget(made)
    made.resize(240, 600)
    made.show()
    with qtbot.waitSignal(empty_session.clip_changed, timeout=10_000):
        empty_session.open([walking_bvh(tmp_path / "walk.bvh")])
    return made


def line(view: LibraryView) -> ReadingLine:
    (found,) = view.findChildren(ReadingLine)
    return found


def clicked(view: LibraryView, link: str) -> QMenu:
    """The menu after a click on the words of a link, wherever they lie."""
    words = line(view)
    for y in range(4, words.height(), 6):
        for x in range(4, words.width(), 6):
            move(words, QPoint(x, y))
            QTest.mouseClick(words, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
            menus = [menu for menu in words.findChildren(QMenu) if menu.isVisible()]
            if menus and menus[0].title() == link:
                return menus[0]
            for menu in menus:
                menu.close()
    raise AssertionError(f"no click opens {link}")


def chosen(menu: QMenu, text: str) -> None:
    action = next(action for action in menu.actions() if action.text() == text)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def test_what_was_assumed_is_told_and_a_click_changes_it(view: LibraryView, qtbot: QtBot) -> None:
    session = view._session
    assert session.bench.clip is not None and session.bench.dataset is not None
    before, key = session.bench.clip.positions, ClipKey.of(session.bench.dataset, 0)
    session.toggle_pin("head")
    session.set_time(2 / session.bench.clip.fps)
    assert "metres" in line(view).text() and "y up" in line(view).text()
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        chosen(clicked(view, "Up axis"), "z up")
    assert len(session.bench.datasets) == 1 and session.bench.dataset.reading == Reading(up="z")
    assert np.allclose(session.bench.clip.positions[..., 1], before[..., 2], atol=1e-5)
    assert "z up" in line(view).text() and session.history.undoText() == "up axis"
    assert round(session.bench.time * session.bench.clip.fps) == 2
    session.step_time(1)
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.history.undo()
    assert ClipKey.of(session.bench.dataset, 0) == key and session.bench.dataset.reading == Reading()
    assert round(session.bench.time * session.bench.clip.fps) == 3
    assert session.history.undoText() == "pin head"  # what was done to the clip is there again
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.history.redo()
    assert session.bench.dataset.reading == Reading(up="z")
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        chosen(clicked(view, "Up axis"), "Told from the motion")
    assert ClipKey.of(session.bench.dataset, 0) == key and session.history.count() == 3


def test_what_was_chosen_is_remembered_for_the_file_and_forgotten_by_a_click(
    view: LibraryView, qtbot: QtBot, tmp_path: Path
) -> None:
    session, path = view._session, tmp_path / "walk.bvh"
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        chosen(clicked(view, "Up axis"), "z up")
    assert recall(session.settings, path) == Reading(up="z")

    def opened_the_next_day() -> tuple[Reading | None, str]:
        other = Session(Settings())
        shown = ReadingLine(other)
        qtbot.addWidget(shown)
        with qtbot.waitSignal(other.clip_changed, timeout=10_000):
            other.open([path])
        found = other.bench.dataset.reading if other.bench.dataset else None, shown.text()
        other.close()
        return found

    reading, text = opened_the_next_day()
    assert reading == Reading(up="z") and "z up" in text and "as you said" in text
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        line(view).linkActivated.emit("forget")
    assert session.bench.dataset is not None and session.bench.dataset.reading == Reading()
    assert recall(session.settings, path) is None and "as you said" not in line(view).text()
    remember(session.settings, path, Reading(unit="px"))
    assert opened_the_next_day()[0] == Reading()  # it cannot be read so
    remember(session.settings, path, Reading(unit="cm"))
    path.write_text(path.read_text() + "\n")
    assert recall(session.settings, path) is None  # it is another file


@pytest.mark.parametrize(
    "kept",
    [
        *("", "[", "7", '{"{path}": 3}', '{"{path}": [[1, 2], {}]}', "[" * 9999),
        '{"{path}": [{stamp}, {"mean": "\\u0000", "fps": 1' + "0" * 400 + "}]}",
    ],
)
def test_damaged_settings_of_readings_are_passed_over(empty_session: Session, tmp_path: Path, kept: str) -> None:
    path = tmp_path / "a.bvh"
    path.write_text("x")
    stamp = f"[1, {path.stat().st_mtime_ns}]"
    empty_session.settings.put("readings", kept.replace("{path}", str(path)).replace("{stamp}", stamp))
    assert recall(empty_session.settings, path) is None
    said = Reading(fps=25.0, joints="smpl22", up="-z", unit="in", mean=Path("m.npy"), std=Path("s.npy"))
    remember(empty_session.settings, path, said)
    assert recall(empty_session.settings, path) == said
    remember(empty_session.settings, path, Reading())
    assert recall(empty_session.settings, path) is None


def test_what_was_said_in_vain_is_told(view: LibraryView, qtbot: QtBot) -> None:
    session, told = view._session, []
    session.problem.connect(lambda text, _: told.append(text))
    assert session.bench.dataset is not None
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.opening.read_anew(session.bench.dataset, Reading(joints="coco17"))
    assert told == ["walk: what you said of its joints was not used: its joints are stated."]


def test_a_dataset_of_ours_assumes_nothing(view: LibraryView, qtbot: QtBot) -> None:
    session = view._session
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.open([paths.demo()])
    assert not line(view).isVisible() and line(view).text() == ""


def test_what_was_said_of_a_file_holds_when_it_is_opened_again(view: LibraryView, qtbot: QtBot) -> None:
    session = view._session
    (dataset,) = session.bench.datasets
    assert dataset.path is not None
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.opening.read_anew(dataset, Reading(unit="m"))
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.open([dataset.path])
    assert session.bench.datasets[0].reading == Reading(unit="m")
