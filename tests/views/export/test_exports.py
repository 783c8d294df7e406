"""Exports behind the window: what is told when they are done, one after another, and what closing makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.export.options import Options
from poseviewer.views.export.export_dialog import ExportDialog
from poseviewer.views.window.main_window import MainWindow
from tests.export.conftest import alpha_of, durations
from tests.views.driving.clicking import answer, click, pick

SHORT = Options(size=(160, 90), seconds=0.2)
LONG = Options(size=(640, 480), seconds=60.0)


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> MainWindow:
    made = MainWindow(session)
    qtbot.addWidget(made, before_close_func=lambda _: session.jobs.cancel_all())  # else it would ask
    made.resize(1280, 720)
    made.show()
    return made


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was handed to the desktop."""
    names: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(names.append(QUrl(url).toLocalFile()) or True))
    return names


def drawing(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the first export draws."""
    qtbot.waitUntil(lambda: window.exports.exporting.running[0].progress.done > 0, timeout=30_000)


def idle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=30_000)


def test_what_was_exported_stays_told_with_the_file_and_its_folder(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, opened: list[str]
) -> None:
    out = tmp_path / "walk.gif"
    window.exports.exporting.begin(out, SHORT)
    qtbot.waitUntil(lambda: bool(window.notice_bar.words), timeout=30_000)
    assert window.notice_bar.words.startswith("walk.gif is exported, ")
    click(window.notice_bar, "Open")
    click(window.notice_bar, "Show in folder")
    assert opened == [str(out), str(tmp_path)]
    assert window.notice_bar.words, "an answer took it away"
    out.unlink()
    click(window.notice_bar, "Open")
    assert "no longer in" in window.error_bar.sentence and len(opened) == 2


def test_what_nothing_can_open_is_said(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    window.exports.exporting.begin(tmp_path / "walk.gif", SHORT)
    qtbot.waitUntil(lambda: bool(window.notice_bar.words), timeout=30_000)
    click(window.notice_bar, "Open")
    assert f"no program here opens .gif files; it lies in {tmp_path}" in window.error_bar.sentence


def test_what_the_format_could_not_hold_is_told_too(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.exports.exporting.begin(tmp_path / "walk.mp4", Options(size=(161, 91), seconds=0.1))
    qtbot.waitUntil(lambda: bool(window.notice_bar.words), timeout=30_000)
    assert "160x90 instead of 161x91" in window.notice_bar.words


def test_pictures_are_told_with_their_folder(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.exports.exporting.begin(tmp_path / "walk.png", SHORT)
    qtbot.waitUntil(lambda: bool(window.notice_bar.words), timeout=30_000)
    assert window.notice_bar.words.startswith("walk is exported, 6 pictures, ")


def test_exports_follow_one_another_and_no_two_go_to_one_place(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.exports.exporting.begin(tmp_path / "a.gif", SHORT)
    window.exports.exporting.begin(tmp_path / "b.gif", SHORT)
    (tmp_path / "c").symlink_to(tmp_path)
    window.exports.exporting.begin(tmp_path / "c" / "a.gif", SHORT)
    assert window.error_bar.sentence.startswith("a.gif was not exported: it is being exported just now")
    idle(window, qtbot)
    assert sorted(path.name for path in tmp_path.glob("*.gif")) == ["a.gif", "b.gif"]
    assert window.notice_bar.words.startswith("b.gif")
    window.notice_bar.dismiss()
    assert window.notice_bar.words.startswith("a.gif")
    window.exports.exporting.begin(tmp_path / "a.gif", SHORT)
    idle(window, qtbot)
    assert window.notice_bar.words.startswith("a.gif")


def test_a_failure_is_one_sentence(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.exports.exporting.begin(tmp_path / "nowhere" / "walk.gif", SHORT)
    qtbot.waitUntil(lambda: bool(window.error_bar.sentence), timeout=30_000)
    assert window.error_bar.sentence.startswith("walk.gif was not exported: the folder ")
    assert window.notice_bar.words == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_closing_keeps_an_export_unless_somebody_says_otherwise(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, key: Qt.Key
) -> None:
    told: list[str] = []

    def press(box: QDialog) -> None:
        assert isinstance(box, QMessageBox)
        told.append(box.text())
        QTest.keyClick(box, key)

    window.exports.exporting.begin(tmp_path / "walk.mp4", LONG)
    window.exports.exporting.begin(tmp_path / "again.mp4", LONG)
    drawing(window, qtbot)
    answer(press)
    assert not window.close()
    assert "walk.mp4 is not finished" in told[0] and "of 1800 frames" in told[0] and "1 more waits" in told[0]
    assert window.isVisible() and len(window.exports.exporting.running) == 2
    window.session.jobs.cancel_all()
    idle(window, qtbot)


def test_it_can_close_when_the_export_is_done(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.exports.exporting.begin(tmp_path / "walk.gif", Options(size=(160, 90), seconds=2.0))
    window.exports.exporting.begin(tmp_path / "again.gif", SHORT)
    answer(lambda box: click(box, "Close when it is done"))
    assert not window.close()
    words = "poseviewer closes when walk.gif and again.gif are exported"
    assert window.isVisible() and window.notice_bar.words == words
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=30_000)
    assert (tmp_path / "walk.gif").exists() and (tmp_path / "again.gif").exists()


def test_it_closes_at_once_where_the_export_was_done_behind_the_question(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    def answered(box: QDialog) -> None:
        idle(window, qtbot)
        click(box, "Close when it is done")

    window.exports.exporting.begin(tmp_path / "walk.gif", SHORT)
    answer(answered)
    assert window.close() and not window.isVisible()


def test_it_stays_open_where_the_user_or_a_failure_says_so(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.exports.exporting.begin(tmp_path / "walk.mp4", LONG)
    drawing(window, qtbot)
    for stay in (lambda: click(window.notice_bar, "Stay open"), window.session.jobs.cancel_all):
        answer(lambda box: click(box, "Close when it is done"))
        assert not window.close()
        assert window.notice_bar.words.startswith("poseviewer closes")
        stay()
        qtbot.waitUntil(lambda: window.notice_bar.words == "", timeout=10_000)
    idle(window, qtbot)
    assert window.isVisible()


def test_it_can_drop_the_export_and_close(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.exports.exporting.begin(tmp_path / "walk.mp4", LONG)
    drawing(window, qtbot)
    answer(lambda box: click(box, "Cancel the export and close"))
    assert window.close()
    qtbot.waitUntil(lambda: not list(tmp_path.glob("*walk*")), timeout=20_000)


def test_the_dialog_exports_the_bench_as_it_was_when_it_opened(
    window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.settings.put("export folder", str(tmp_path))

    def choose(box: QDialog) -> None:
        assert isinstance(box, ExportDialog)
        pick(box._format, "GIF")
        box.picture.width_box.setValue(160)
        box.picture.height_box.setValue(90)
        QTest.mouseClick(box.picture.transparent, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
        session.set_time(0.5)
        qtbot.waitUntil(lambda: "made in" in box._estimate.text(), timeout=20_000)
        click(box, "Export")

    answer(choose)
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    idle(window, qtbot)
    alphas = alpha_of(tmp_path / "walk.gif")
    assert alphas.shape == (38, 90, 160) and set(np.unique(alphas)) == {0, 255}
    assert sum(durations(tmp_path / "walk.gif")) == pytest.approx(38 / 30, abs=0.015)


def test_what_plays_stands_still_while_the_dialog_asks(window: MainWindow) -> None:
    playing: list[bool] = []

    def look(box: QDialog) -> None:
        playing.append(window.playback.playing)
        click(box, "Cancel")

    window.playback.play()
    answer(look)
    window.ask_to_export()
    assert playing == [False] and window.playback.playing
    window.playback.pause()


def test_while_one_is_written_the_dialog_refuses_its_place(
    window: MainWindow, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.settings.put("export folder", str(tmp_path))
    window.exports.exporting.begin(tmp_path / "walk.mp4", LONG)
    told: list[str] = []

    def look(box: QDialog) -> None:
        assert isinstance(box, ExportDialog)
        told.append(box._words.text())
        click(box, "Cancel")

    answer(look)
    window.ask_to_export()
    assert told == ["walk.mp4: it is being exported just now; name another file, or wait for it."]
    window.session.jobs.cancel_all()
    idle(window, qtbot)
