"""The command palette on the window: by its key, with letters, arrows, Enter, Esc and the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.views.commands.command_palette import FOUND
from poseviewer.views.commands.entries import Found
from poseviewer.views.window.main_window import MainWindow
from tests.views.driving.clicking import put_up_window
from tests.views.driving.things import flat, rig

Key, CONTROL, LEFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> MainWindow:
    return put_up_window(session, qtbot)


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def call_up(window: MainWindow, letters: str = "") -> None:
    """Ctrl+K, then letters."""
    QTest.keyClick(focused(), Key.Key_K, CONTROL)
    assert window.commands.isVisible() and focused() is window.commands.field
    QTest.keyClicks(focused(), letters)


def listed(window: MainWindow) -> list[Found]:
    rows = window.commands.list.model()
    return [rows.index(row, 0).data(FOUND) for row in range(rows.rowCount())]


def chosen(window: MainWindow) -> Found:
    found = window.commands.list.currentIndex().data(FOUND)
    assert isinstance(found, Found)
    return found


def test_every_action_of_the_menus_is_there_with_its_key(window: MainWindow) -> None:
    call_up(window)
    entries = {(found.entry.text, found.entry.about.split(",")[0]): found.entry for found in listed(window)}
    assert entries["Onion skin", "View"].key == "K" and entries["Open…", "File"].key == "Ctrl+O"
    for action in window.actions():
        if action.text() and action is not window.actions_by_name["palette"]:
            texts = {text for text, _ in entries}
            assert action.text().replace("&", "") in texts, action.text()
    assert not any("palette" in text for text, _ in entries)


def test_letters_enter_does_it_and_the_focus_is_where_it_was(window: MainWindow, qtbot: QtBot) -> None:
    assert window.session.look.skins
    call_up(window, "onsk")
    assert chosen(window).entry.text == "Onion skin" and chosen(window).entry.about == "View, on"
    assert sorted(chosen(window).marks) == [0, 1, 6, 7]
    QTest.keyClick(focused(), Key.Key_Return)
    qtbot.waitUntil(lambda: not window.session.look.skins)
    assert not window.commands.isVisible() and focused() is window.scene.view


def test_a_clip_is_opened_by_a_few_letters(window: MainWindow, qtbot: QtBot) -> None:
    call_up(window, "backfl")
    assert chosen(window).entry.text == "backflip"
    with qtbot.waitSignal(window.session.clip_changed, timeout=5000):
        QTest.keyClick(focused(), Key.Key_Enter)
    assert window.session.bench.clip is not None and window.session.bench.clip.name == "backflip"


def test_a_model_is_put_to_work_and_one_that_does_not_fit_says_so(session: Session, qtbot: QtBot) -> None:
    window = put_up_window(session, qtbot)
    with qtbot.waitSignal(session.models_changed, timeout=30_000):
        session.offer_models()
    qtbot.waitUntil(lambda: session.bench.lane.generator is not None, timeout=60_000)
    call_up(window, "penncl")
    entry = chosen(window).entry
    assert entry.text.startswith("penn-classifier") and "2D poses" in entry.why
    QTest.keyClick(focused(), Key.Key_Escape)
    call_up(window, "hgtextbook")
    assert chosen(window).entry.text == "humanoid-generator-textbook"
    QTest.keyClick(focused(), Key.Key_Return)
    qtbot.waitUntil(lambda: "textbook" in str(session.generator_source), timeout=60_000)
    call_up(window, "hgtextbook")
    assert chosen(window).entry.about == "generator, at work"
    QTest.keyClick(focused(), Key.Key_Escape)
    call_up(window, "textbook beside")  # not that of penn, which reads the clip from one side alone
    assert chosen(window).entry.text == "humanoid-generator-textbook"


def test_what_cannot_be_done_says_why_comes_later_and_does_nothing(window: MainWindow) -> None:
    call_up(window, "reset")
    entries = [found.entry for found in listed(window)]
    reset = next(entry for entry in entries if entry.text == "Reset")
    assert reset.why == "Nothing has been generated yet." and reset.run is None
    while chosen(window).entry is not reset:
        QTest.keyClick(focused(), Key.Key_Down)
    QTest.keyClick(focused(), Key.Key_Return)
    assert window.commands.isVisible() and window.commands._told.text() == reset.why


def test_without_a_clip_the_timeline_says_so(empty_session: Session, qtbot: QtBot) -> None:
    window = put_up_window(empty_session, qtbot)
    call_up(window, "seedfr")
    assert chosen(window).entry.why == "Open a clip first."
    assert not any(found.entry.colour is not None for found in listed(window))


def test_arrows_go_round_and_pages_stop_at_the_ends(window: MainWindow) -> None:
    call_up(window, "wa")
    rows = window.commands.list.model().rowCount()
    at = lambda: window.commands.list.currentIndex().row()  # noqa: E731
    QTest.keyClick(focused(), Key.Key_Up)
    assert at() == rows - 1
    QTest.keyClick(focused(), Key.Key_Down)
    assert at() == 0
    QTest.keyClick(focused(), Key.Key_PageUp)
    assert at() == 0
    for _ in range(rows):
        QTest.keyClick(focused(), Key.Key_PageDown)
    assert at() == rows - 1
    QTest.keyClicks(focused(), "l")
    assert at() == 0


def test_text_that_is_being_entered_elsewhere_stays(window: MainWindow) -> None:
    field = window.library._field
    field.setFocus()
    QTest.keyClicks(field, "cart")
    field.setCursorPosition(2)
    call_up(window, "spin")
    assert field.text() == "cart"
    QTest.keyClick(focused(), Key.Key_Escape)
    assert focused() is field and field.text() == "cart" and field.cursorPosition() == 2
    call_up(window)
    assert window.commands.field.text() == "spin" == window.commands.field.selectedText()
    QTest.keyClicks(focused(), "w")
    assert window.commands.field.text() == "w"
    QTest.keyClick(focused(), Key.Key_K, CONTROL)  # closes it, and cuts nothing off
    assert not window.commands.isVisible() and window.commands.field.text() == "w" and focused() is field


def test_keys_are_the_palettes_while_it_is_open(window: MainWindow) -> None:
    time = window.session.bench.time
    call_up(window, "kg 2")
    QTest.keyClick(focused(), Key.Key_Right)
    QTest.keyClick(focused(), Key.Key_Tab)
    assert focused() is window.commands.field and window.commands.field.text() == "kg 2"
    assert window.session.look.skins and window.session.bench.time == time
    assert not window.session.bench.generated and not window.playback.playing


def test_a_click_does_it_and_one_elsewhere_closes_it(window: MainWindow, qtbot: QtBot) -> None:
    call_up(window, "light")
    rows = window.commands.list
    QTest.mouseClick(rows.viewport(), LEFT, pos=rows.visualRect(rows.model().index(0, 0)).center())
    qtbot.waitUntil(lambda: window.session.look.theme == "light")
    call_up(window, "dark")
    QTest.mouseClick(window.timeline.tracks, LEFT, pos=QPoint(400, 120))
    assert not window.commands.isVisible() and window.commands.field.text() == "dark"


@pytest.mark.parametrize("make", [flat, rig])
def test_clips_of_a_second_dataset_are_found_beside_the_first(
    window: MainWindow, qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory, make: object
) -> None:
    (path,) = make(tmp_path_factory.mktemp("second"))  # type: ignore[operator]
    with qtbot.waitSignal(window.session.clip_changed, timeout=20_000):
        window.session.open_motion(path)
    second = window.session.bench.datasets[1]
    name = second.infos[len(second) - 1].name
    call_up(window, name)
    theirs = [found.entry for found in listed(window) if second.name in found.entry.about]
    assert theirs and theirs[0].text == name
    QTest.keyClick(focused(), Key.Key_Escape)
    window.session.close_dataset(second)
    call_up(window, name)
    assert not any(second.name in found.entry.about for found in listed(window))


def test_it_fits_into_a_small_window_and_grows_no_longer_than_its_rows(window: MainWindow) -> None:
    call_up(window, "backflip")
    short = window.commands.height()
    window.commands.field.clear()
    assert window.commands.height() > short
    window.resize(700, 480)
    QApplication.processEvents()
    assert window.rect().contains(window.commands.geometry())
    QTest.keyClicks(focused(), "qqqqzz")
    assert listed(window) == [] and window.commands._told.text() == "Nothing has these letters in this order"
    QTest.keyClick(focused(), Key.Key_Return)
    assert window.commands.isVisible()
