"""Keys and focus of the whole window: its keys work wherever the focus is, except while text is typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider, QWidget
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.session import Session
from poseviewer.views.window.main_window import MainWindow
from tests.views.driving.clicking import put_up_window

_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> MainWindow:
    return put_up_window(session, qtbot)


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(*keys: Qt.Key) -> None:
    """Keys to whatever has the focus, as a keyboard sends them."""
    for key in keys:
        QTest.keyClick(focused(), key)


def row_of(window: MainWindow, name: str) -> QPoint:
    """The middle of a clip's row in the library."""
    tree = window.library._tree
    tree.expandAll()
    model = tree.model()
    (index,) = [
        found
        for found in model.match(model.index(0, 0), Qt.ItemDataRole.DisplayRole, name, -1, Qt.MatchFlag.MatchRecursive)
        if not model.hasChildren(found) and found.data() == name
    ]
    tree.scrollTo(index)
    return tree.visualRect(index).center()


def frame(window: MainWindow) -> int:
    bench = window.session.bench
    return round(bench.time * bench.fps)


def test_after_a_click_in_the_library_the_arrows_scrub(window: MainWindow, qtbot: QtBot) -> None:
    at = row_of(window, "run")
    with qtbot.waitSignal(window.session.clip_changed, timeout=5000):
        QTest.mouseClick(window.library._tree.viewport(), _LEFT, pos=at)
    assert window.session.bench.clip.name == "run"
    press(Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left)
    assert frame(window) == 1
    press(Qt.Key.Key_End)
    assert window.session.bench.time == pytest.approx(window.session.bench.end)
    press(Qt.Key.Key_Home)
    assert frame(window) == 0
    assert window.library._tree.currentIndex().data() == "run"


def test_up_and_down_go_through_the_clips(window: MainWindow, qtbot: QtBot) -> None:
    row_of(window, "walk")
    window.library._tree.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(window.session.clip_changed, timeout=5000):
        press(Qt.Key.Key_Down)
    assert window.session.bench.clip.name == window.library._tree.currentIndex().data() != "walk"


def test_a_button_that_goes_off_under_the_focus_hands_it_to_the_view(window: MainWindow, session: Session) -> None:
    action, button = window.generator.actions_by_name["reset"], window.generator.button("reset")
    action.setEnabled(True)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    action.setEnabled(False)
    assert focused() is window.scene.view
    press(Qt.Key.Key_S, Qt.Key.Key_W)
    assert window.library._field.text() == ""
    button.setEnabled(True)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    window.docks["generator"].close()
    assert focused() is window.scene.view


def test_a_click_on_a_button_leaves_the_focus_on_the_view(window: MainWindow) -> None:
    window.library.focus_filter()
    QTest.mouseClick(window.timeline.transport.play, _LEFT)
    assert window.playback.playing
    assert focused() is window.scene.view
    press(Qt.Key.Key_Space)
    assert not window.playback.playing


def test_space_never_presses_a_focused_button(window: MainWindow) -> None:
    button = window.timeline.transport.more
    pressed: list[bool] = []
    button.pressed.connect(lambda: pressed.append(True))
    button.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Space)
    assert window.playback.playing and not pressed
    window.timeline.actions_by_name["play"].setEnabled(False)
    press(Qt.Key.Key_Space)
    assert not pressed


def test_enter_presses_the_button_that_tab_reached(window: MainWindow) -> None:
    window.timeline.transport.play.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return)
    assert window.playback.playing
    assert focused() is window.scene.view


def test_text_keeps_its_keys_and_escape_and_enter_end_it(window: MainWindow, qtbot: QtBot) -> None:
    field = window.library._field
    window.library.focus_filter()
    QTest.keyClicks(focused(), "dnce g")
    press(Qt.Key.Key_Home, Qt.Key.Key_Right)
    QTest.keyClicks(focused(), "a")
    assert field.text() == "dance g"
    assert frame(window) == 0 and not window.playback.playing
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: focused() is window.scene.view)
    assert field.text() == "dance g"
    window.library.focus_filter()
    press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: focused() is window.scene.view)
    assert field.text() == ""
    window.library.focus_filter()
    press(Qt.Key.Key_Escape)
    assert focused() is window.scene.view


def test_a_spin_box_keeps_the_keys_of_a_number_alone(window: MainWindow, qtbot: QtBot) -> None:
    samples = window.generator.rows["generated_a"].samples
    samples.blockSignals(True)  # no generator is at work, by which its panel would switch the box off
    samples.setEnabled(True)
    samples.setFocus(Qt.FocusReason.TabFocusReason)
    samples.selectAll()
    press(Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_Left, Qt.Key.Key_Backspace)
    assert samples.text() == "2"
    press(Qt.Key.Key_Space)
    assert window.playback.playing and focused() is samples
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: focused() is window.scene.view)


def test_letters_choose_nothing_in_a_list(window: MainWindow, qtbot: QtBot) -> None:
    window.library._tree.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_D, Qt.Key.Key_A)
    window.scene.colour_by.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_S)
    qtbot.wait(100)
    assert window.session.bench.clip.name == "walk"
    assert window.session.look.colour_by == "role and side"


def slider_in(window: MainWindow) -> QSlider:
    """A slider in a panel, as a view of somebody else may have one."""
    slider = QSlider(Qt.Orientation.Horizontal, window.generator)
    slider.setGeometry(10, 10, 200, 20)
    slider.show()
    return slider


def test_a_slider_that_tab_reached_is_moved_by_the_arrows(window: MainWindow) -> None:
    slider = slider_in(window)
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    before = slider.value()
    press(Qt.Key.Key_Right)
    assert (slider.value(), frame(window)) == (before + 1, 0)
    QTest.mouseClick(slider, _LEFT, pos=QPoint(2, slider.height() // 2))
    press(Qt.Key.Key_Right)
    assert frame(window) == 1


def test_a_menu_or_another_window_between_changes_nothing_of_that(window: MainWindow) -> None:
    slider = slider_in(window)
    for reason in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
        slider.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.sendEvent(slider, QFocusEvent(QEvent.Type.FocusIn, reason))
        before = slider.value()
        press(Qt.Key.Key_Right)
        assert (slider.value(), frame(window)) == (before + 1, 0)


def test_tab_still_goes_round(window: MainWindow) -> None:
    seen = set()
    for _ in range(12):
        press(Qt.Key.Key_Tab)
        seen.add(focused())
    assert len(seen) > 6


def test_a_wheel_over_a_list_chooses_none_unless_it_has_the_focus(window: MainWindow) -> None:
    colours = window.scene.colour_by
    at, none = QPointF(colours.rect().center()), Qt.MouseButton.NoButton
    turn = QWheelEvent(
        at, colours.mapToGlobal(at), QPoint(), QPoint(0, -120), none, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(colours, turn)
    assert window.session.look.colour_by == "role and side"
    colours.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.sendEvent(colours, turn)
    assert window.session.look.colour_by != "role and side"


def test_filtering_leaves_the_clip_on_the_bench(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    changes: list[str] = []
    session.clip_changed.connect(lambda: changes.append("clip"))
    row_of(window, "walk")
    window.library.focus_filter()
    for text in ("run", "dance", "walk", "zzz", "sp"):
        window.library._field.selectAll()
        QTest.keyClicks(focused(), text)
        qtbot.wait(50)
        named = window.library._tree.currentIndex().data()
        assert named == ("walk" if text == "walk" else None), text
    press(Qt.Key.Key_Escape)
    qtbot.wait(50)
    assert changes == [] and session.bench.clip.name == "walk"
    assert window.library._tree.currentIndex().data() == "walk"


def test_a_right_click_changes_nothing(window: MainWindow, ready: Session, qtbot: QtBot) -> None:

    for widget, at in (
        (window.library._tree.viewport(), row_of(window, "run")),
        (window.library._models, QPoint(40, 24 + 11)),
    ):
        before = (ready.bench.clip.name, dict(ready.at_work))
        QTest.mouseClick(widget, _RIGHT, pos=at)
        qtbot.wait(300)
        assert (ready.bench.clip.name, dict(ready.at_work)) == before
        assert not ready.jobs.running
        assert window.library._tree.currentIndex().data() == "walk"


def test_x_puts_the_other_lane_into_focus_and_tab_goes_round_as_ever(
    window: MainWindow, ready: Session, qtbot: QtBot
) -> None:
    press(Qt.Key.Key_X)
    assert ready.bench.focus == "generated_a"
    ready.use_model(paths.models() / "humanoid-generator-raw.safetensors", role="generated_b")
    qtbot.waitUntil(lambda: len(ready.bench.lanes) == 2 and not ready.jobs.running, timeout=20_000)
    press(Qt.Key.Key_X)
    assert ready.bench.focus == "generated_b"
    home = focused()
    press(Qt.Key.Key_Tab)
    assert ready.bench.focus == "generated_b" and focused() is not home
    press(Qt.Key.Key_X)
    assert ready.bench.focus == "generated_a"
