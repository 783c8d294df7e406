"""Kept rollouts in the window: marked in the library, shown by a menu, kept on leaving, offered at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.app.settings import Settings
from poseviewer.app.work.kept_files import folder
from poseviewer.bench.rollout_file import SUFFIX
from poseviewer.views.library.library_view import LibraryView
from poseviewer.views.parts.kept_menu import KeptMenu
from poseviewer.views.window.launch import _end
from poseviewer.views.window.main_window import MainWindow

RAW = paths.models() / "humanoid-generator-raw.safetensors"


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=60_000)


@pytest.fixture
def window(ready: Session, qtbot: QtBot) -> MainWindow:
    made = MainWindow(ready)
    qtbot.addWidget(made)
    made.show()
    ready.datasets_changed.emit()
    ready.stepper.step(5)
    settle(ready, qtbot)
    return made


def orange(view: LibraryView) -> bool:
    """Whether the row of the clip on the bench has the mark of kept rollouts."""
    tree = view._tree
    image = tree.viewport().grab(tree.visualRect(tree.currentIndex())).toImage()
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return any(p.red() > 200 and 100 < p.green() < 190 and p.blue() < 130 for p in pixels)


def test_the_library_marks_a_clip_that_has_rollouts(window: MainWindow, qtbot: QtBot) -> None:
    assert orange(window.library)
    window.session.reset()
    assert not orange(window.library)
    window.session.history.undo()
    assert orange(window.library)


def test_a_kept_rollout_is_shown_with_its_clip_and_model(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    rollout, index = session.bench.lane.rollout, session.bench.clip_index
    session.use_model(RAW)
    settle(session, qtbot)
    with qtbot.waitSignal(session.clip_changed, timeout=5000):
        session.select_clip(session.bench.datasets[0], index + 1)
    settle(session, qtbot)
    generator = next(a.menu() for a in window.menus.actions() if a.text() == "Generator")
    assert isinstance(generator, QMenu)
    menu = next(a.menu() for a in generator.actions() if isinstance(a.menu(), KeptMenu))
    assert isinstance(menu, KeptMenu)
    menu.fill()
    entry = menu.actions()[0]
    assert entry.text().startswith("walk: humanoid-generator-latent, +5") and not entry.isChecked()
    assert " MB" in menu.actions()[-1].text()
    entry.trigger()
    qtbot.waitUntil(lambda: session.bench.lane.rollout is rollout, timeout=5000)
    settle(session, qtbot)
    assert session.bench.clip_index == index
    assert session.generator_source == paths.models() / "humanoid-generator-latent.safetensors"
    assert window.session.bench.lane.rollout is rollout


def test_leaving_keeps_the_rollouts_and_the_next_start_offers_them(window: MainWindow, qtbot: QtBot) -> None:
    poses = window.session.bench.lane.rollout.poses  # type: ignore[union-attr]
    window.close()
    assert len(list(folder().glob(f"*{SUFFIX}"))) == 1
    session = Session(Settings())
    after = MainWindow(session)
    qtbot.addWidget(after)
    after.show()
    session.offer_models()
    session.open_motion(paths.demo(), remember=False)
    qtbot.waitUntil(lambda: bool(after.notice_bar.words), timeout=20_000)
    assert after.notice_bar.words.startswith("1 rollout of demo was kept")
    settle(session, qtbot)
    QTest.mouseClick(after.notice_bar.buttons[1], Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert after.notice_bar.words == "1 kept rollout goes when the program is left"
    QTest.mouseClick(after.notice_bar.buttons[0], Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert after.notice_bar.words == "1 rollout was kept when the program was left"
    QTest.mouseClick(after.notice_bar.buttons[0], Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    settle(session, qtbot)
    assert session.bench.lane.rollout is not None and (session.bench.lane.rollout.poses == poses).all()
    assert not after.notice_bar.words
    after.close()


def test_where_rollouts_cannot_be_kept_the_person_decides(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder().parent.mkdir(parents=True, exist_ok=True)
    folder().write_text("a file where the folder should be")
    asked: list[str] = []
    answers = ["Stay", "Leave without them"]

    def answer(box: QMessageBox) -> int:
        asked.append(box.text())
        wanted = answers.pop(0)
        next(button for button in box.buttons() if button.text() == wanted).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    window.close()
    assert window.isVisible() and "cannot be kept" in asked[0]
    window.close()
    assert not window.isVisible()


def test_news_stay_until_they_are_closed_and_older_ones_come_back(window: MainWindow, qtbot: QtBot) -> None:
    heard: list[str] = []
    bar = window.notice_bar
    bar.tell("first", [("One", lambda: heard.append("one"))])
    bar.tell("second", [("Two", lambda: heard.append("two"))])
    assert bar.words == "second"
    assert "second" in bar._words.toolTip()  # a narrow window cuts what it says
    QTest.mouseClick(bar._close, Qt.MouseButton.LeftButton)
    assert bar.words == "first"
    QTest.mouseClick(bar.buttons[0], Qt.MouseButton.LeftButton)
    assert heard == ["one"] and not bar.words


def test_one_answer_restores_all_that_is_offered(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    bar, files, asked = window.notice_bar, window.session.keeping.files, []
    monkeypatch.setattr(files, "restore", lambda: asked.append("restore"))
    bar.tell("something else", [])
    files.offered.emit("the oldest one went into a file")
    files.offered.emit("the next one went into a file")
    QTest.mouseClick(bar.buttons[0], Qt.MouseButton.LeftButton)
    assert asked == ["restore"] and bar.words == "something else"


def test_the_state_folder_of_a_test_is_its_own(tmp_path: Path, session: Session) -> None:
    assert folder().is_relative_to(tmp_path)


def test_a_window_that_a_signal_ends_asks_nothing(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder().write_text("a file where the folder should be")
    monkeypatch.setattr(QMessageBox, "exec", lambda box: pytest.fail(f"it asked: {box.text()}"))
    monkeypatch.setattr(QApplication, "exit", lambda code: None)  # no later event loop of these tests would run
    _end(window)
    assert not window.isVisible()
    assert "the rollouts are not kept" in capsys.readouterr().err
