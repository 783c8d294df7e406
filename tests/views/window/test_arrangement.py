"""The docks follow the window's size, at every start and resize, and the window with its frame lies on its screen."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.bench.classes.lanes import Named
from poseviewer.views.parts.on_screen import inside
from poseviewer.views.timeline.class_painting import class_boxes
from poseviewer.views.timeline.track_layout import plots_top
from poseviewer.views.window.main_window import MainWindow
from tests.views.driving.screen import ROOT, environment, virtual_screen

pytestmark = pytest.mark.long


def opened(session: Session, qtbot: QtBot, size: tuple[int, int]) -> MainWindow:
    window = MainWindow(session)
    qtbot.addWidget(window)
    window.restore()
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(*size)
    window.show()
    qtbot.waitUntil(lambda: window.arrangement.words != "")
    qtbot.wait(50)
    return window


def tabbed(window: MainWindow) -> bool:
    return window.docks["dimensions"] in window.tabifiedDockWidgets(window.docks["generator"])


def test_the_docks_follow_every_resize(session: Session, qtbot: QtBot) -> None:
    window = opened(session, qtbot, (1280, 700))
    named = (Named("generated_a", "Class A", "", ""),)
    for size, small in (((1280, 700), True), ((1600, 1000), False), ((1366, 740), True), ((1700, 1000), False)):
        window.resize(*size)
        qtbot.waitUntil(lambda small=small: tabbed(window) == small)
        qtbot.waitUntil(lambda small=small: (window.docks["map"].width() < 360) == small)
        qtbot.waitUntil(lambda small=small: (window.docks["timeline"].height() < 260) == small)
        assert window.docks["generator"].isVisible()
        assert class_boxes(named, "generated_a", window.timeline.tracks.height(), plots_top(2))  # of two lanes


def test_nothing_of_the_generator_is_cut_at_its_side_in_a_small_window(
    session: Session, qtbot: QtBot, qapp: QApplication
) -> None:
    """Its texts are those of a model, which is loaded after the docks have been laid out."""
    theme.apply(qapp, "dark")
    window = opened(session, qtbot, (1024, 700))
    session.offer_models()
    panel = window.generator
    qtbot.waitUntil(lambda: panel.rows["generated_a"].context.text() != "", timeout=60_000)
    for height in (700, 520):  # in the lower one it scrolls
        window.resize(1024, height)
        qtbot.wait(50)
        viewport = panel.parentWidget()
        assert panel.width() >= panel.minimumSizeHint().width()
        assert panel.width() <= viewport.width(), height
        assert window.width() <= 1024


def test_the_filter_comes_into_sight_to_be_typed_into(session: Session, qtbot: QtBot) -> None:
    """Keys that are typed for a filter that is hidden would be the window's."""
    window = opened(session, qtbot, (1024, 700))
    qtbot.waitUntil(lambda: window.library.visibleRegion().isEmpty())  # behind the map
    for _ in range(2):
        window.actions_by_name["find"].trigger()
        qtbot.waitUntil(lambda: not window.library.visibleRegion().isEmpty())
        assert window.focusWidget() is window.library._field
        window.docks["library"].close()


def test_a_small_layout_is_not_remembered_into_a_large_window(session: Session, qtbot: QtBot) -> None:
    window = opened(session, qtbot, (1280, 700))
    window.remembering.remember()
    again = opened(session, qtbot, (1600, 1000))
    qtbot.waitUntil(lambda: not tabbed(again))
    qtbot.waitUntil(lambda: abs(again.docks["library"].width() - 240) <= 4)
    again.remembering.remember()
    third = opened(session, qtbot, (1280, 700))
    qtbot.waitUntil(lambda: tabbed(third))


def test_a_person_s_own_layout_stays_while_the_window_stays_large(session: Session, qtbot: QtBot) -> None:
    window = opened(session, qtbot, (1600, 1000))
    window.resizeDocks([window.docks["library"]], [330], Qt.Orientation.Horizontal)
    window.resizeDocks([window.docks["timeline"]], [400], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: window.docks["timeline"].height() > 350)
    window.tabifyDockWidget(window.docks["map"], window.docks["dimensions"])
    high = window.docks["timeline"].height()
    window.resize(1700, 1050)
    qtbot.wait(50)
    assert window.docks["library"].width() == pytest.approx(330, abs=4)
    assert window.docks["timeline"].height() >= high - 4
    window.remembering.remember()
    again = opened(session, qtbot, (1650, 1000))
    assert again.docks["library"].width() == pytest.approx(330, abs=4)
    assert again.docks["dimensions"] in again.tabifiedDockWidgets(again.docks["map"])


def test_tabs_of_a_person_s_own_stay_when_the_window_becomes_small_and_large(session: Session, qtbot: QtBot) -> None:
    window = opened(session, qtbot, (1600, 1000))
    window.tabifyDockWidget(window.docks["generator"], window.docks["dimensions"])
    for size in ((1280, 700), (1600, 1000)):
        window.resize(*size)
        qtbot.wait(50)
    assert "large" in window.arrangement.words and tabbed(window)


def test_reset_in_a_small_window_gives_the_layout_of_a_small_one(session: Session, qtbot: QtBot) -> None:
    window = opened(session, qtbot, (1280, 700))
    window.docks["library"].setFloating(True)
    window.reset_layout()
    qtbot.waitUntil(lambda: tabbed(window))
    qtbot.waitUntil(lambda: window.docks["timeline"].height() < 260)
    assert not window.docks["library"].isFloating()


def test_a_tiny_window_keeps_view_map_strip_and_step(session: Session, qtbot: QtBot) -> None:
    window = opened(session, qtbot, (1280, 700))
    window.add_plots()
    window.resize(800, 478)
    qtbot.waitUntil(lambda: window.docks["library"] in window.tabifiedDockWidgets(window.docks["map"]))
    window.resize(800, 478)
    qtbot.wait(50)
    assert window.width() <= 900 and window.height() == 478  # the theme's own font, not in use here, is narrower
    step = window.generator.button("step")
    assert step.visibleRegion().boundingRect().height() >= 20
    assert window.map.isVisible() and window.timeline.tracks.height() > 100
    window.resize(1280, 700)
    qtbot.waitUntil(lambda: not window.tabifiedDockWidgets(window.docks["library"]))
    assert window.docks["library"].isVisible()


def test_long_words_do_not_widen_the_window(session: Session, qtbot: QtBot) -> None:
    window = opened(session, qtbot, (1280, 700))
    before = window.minimumSizeHint().width()
    window.status.tell("told " * 100)
    window.status._title.setText("Opening " + "long" * 60)
    session.bench.datasets[0].path = Path("/" + "name" * 50 + ".h5")
    session.datasets_changed.emit()
    session.problem.emit("a: " + "long " * 100, "")
    qtbot.wait(50)
    assert window.minimumSizeHint().width() <= before + 260


@given(st.tuples(*[st.integers(-5000, 5000)] * 2), st.tuples(*[st.integers(1, 5000)] * 2))
def test_any_rectangle_is_brought_inside(corner: tuple[int, int], size: tuple[int, int]) -> None:
    room = QRect(100, 30, 1280, 690)
    fitted = inside(QRect(*corner, *size), room)
    assert room.contains(fitted)
    assert (fitted.width(), fitted.height()) == (min(size[0], 1280), min(size[1], 690))


def framed(size: str, home: Path, *geometry: int) -> dict[str, Any]:
    """What tests/views/driving/framed.py prints on a screen of a size, under a window manager."""
    with virtual_screen(f"{size}x24") as display:
        given = environment(display, home)
        manager = subprocess.Popen(["openbox"], env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            command = [sys.executable, "-m", "tests.views.driving.framed", *map(str, geometry)]
            done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=60)
        finally:
            manager.terminate()
            manager.wait()
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


@pytest.mark.window
@pytest.mark.skipif(not (shutil.which("Xvfb") and shutil.which("openbox")), reason="needs Xvfb and openbox")
@pytest.mark.parametrize("remembered", [False, True], ids=["first start", "remembered by a larger screen"])
def test_the_framed_window_lies_on_a_small_screen(tmp_path: Path, remembered: bool) -> None:
    if remembered:
        left, top, width, height = framed("1920x1200", tmp_path, 300, 100, 1500, 1000)["frame"]
        assert left + width > 1280 and top + height > 720
    told = framed("1280x720", tmp_path)
    left, top, width, height = told["frame"]
    assert told["title"] > 8
    assert left >= 0 and top >= 0 and left + width <= 1280 and top + height <= 720
    assert told["foot"] <= 720
