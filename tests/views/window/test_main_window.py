"""The window's wiring that needs no OpenGL: menus, shortcuts, drop, error bar, remembered layout, export."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.data.dataset import Dataset
from poseviewer.export.options import Options
from poseviewer.views.window.main_window import MainWindow
from tests.bench.test_lane import two_lanes


@pytest.fixture
def window(session: Session, qtbot: QtBot) -> MainWindow:
    made = MainWindow(session)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    return made


def test_every_action_is_in_a_menu_with_a_tooltip_and_no_shortcut_is_given_twice(window: MainWindow) -> None:
    keys: dict[str, str] = {}
    listed = {
        action.text()
        for top in window.menus.actions()
        if isinstance(top.menu(), QMenu)
        for action in top.menu().actions()
    }
    assert len(window.actions()) > 50
    for action in window.actions():
        assert action.toolTip(), action.text()
        assert action.text() in listed or "." in action.text(), action.text()
        for sequence in action.shortcuts():
            key = sequence.toString()
            assert key not in keys, f"{key}: {keys[key]} and {action.text()}"
            keys[key] = action.text()


def test_lanes_rest_while_the_window_is_painted(window: MainWindow, qtbot: QtBot) -> None:
    rested: list[bool] = []

    class Painted(QWidget):
        def paintEvent(self, event: object) -> None:
            rested.append(not window.session.jobs._may_work.is_set())

    qtbot.waitExposed(window)
    painted = Painted(window)
    painted.show()
    qtbot.waitUntil(lambda: bool(rested))
    painted.update()
    qtbot.waitUntil(lambda: rested[-1])
    qtbot.waitUntil(window.session.jobs._may_work.is_set)


def test_keys_play_scrub_and_jump(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_Right)
    assert window.session.bench.relative_frame() == -36
    QTest.keyClick(window, Qt.Key.Key_End)
    assert window.session.bench.relative_frame() == 0
    QTest.keyClick(window, Qt.Key.Key_Home)
    assert window.session.bench.time == 0.0
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert window.playback.playing
    qtbot.waitUntil(lambda: window.session.bench.time > 0.1, timeout=3000)
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert not window.playback.playing


def test_a_dropped_bad_file_tells_one_sentence_that_can_be_copied(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    bad = tmp_path / "walk_07.npz"
    bad.write_bytes(b"PK\x03\x04 not an archive")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(bad))])
    drop = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(window.session.problem, timeout=5000):
        window.dropEvent(drop)
    assert window.error_bar.sentence.startswith("walk_07.npz was not opened: ")
    window.error_bar.copy_report()
    assert "walk_07.npz" in QGuiApplication.clipboard().text()
    assert "Traceback" in QGuiApplication.clipboard().text()
    window.error_bar.dismiss()
    assert window.error_bar.sentence == ""


def test_layout_and_look_are_remembered(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    window.docks["library"].close()
    session.set_look(theme="light", skins=False)
    session.set_map(projection="dimensions", axes=(4, 2), level=1, colour="frame")
    chosen = session.bench.map
    window.remembering.remember()
    again = MainWindow(session)
    qtbot.addWidget(again)
    session.set_look(theme="dark", skins=True)
    session.set_map(projection="PCA", axes=None, level=None, colour="action")
    again.restore()
    assert session.bench.map == chosen
    assert again.docks["library"].isHidden()
    assert session.look.theme == "light"
    assert not session.look.skins


def test_a_closed_dock_comes_back_with_the_default_layout(window: MainWindow) -> None:
    window.docks["map"].close()
    window.actions_by_name["layout"].trigger()
    assert not window.docks["map"].isHidden()


def test_an_export_runs_behind_the_window_and_lands_complete(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    out = tmp_path / "walk.gif"
    window.exports.exporting.begin(out, Options(size=(160, 120), seconds=0.3))
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=30_000)
    assert out.read_bytes()[:3] == b"GIF"


def test_a_cancelled_export_leaves_nothing(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    out = tmp_path / "walk.mp4"
    window.exports.exporting.begin(out, Options(size=(640, 480), seconds=60.0))
    task = next(task for task in window.session.jobs.running if "walk.mp4" in task.title)
    qtbot.waitUntil(lambda: task.progress.done > 3, timeout=30_000)
    task.cancel()
    qtbot.waitUntil(lambda: task not in window.session.jobs.running, timeout=10_000)
    assert list(tmp_path.glob("*walk*")) == []


def test_escape_in_the_filter_clears_it_and_only_then_closes_the_error(window: MainWindow) -> None:
    window.activateWindow()
    window.session.problem.emit("walk.npz was not opened: damaged", "")
    field = window.library._field
    window.library.focus_filter()
    QTest.keyClicks(field, "dance")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "" and window.error_bar.sentence
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert window.error_bar.sentence == ""


def test_a_picture_is_written_with_its_suffix_or_told_why_not(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = QImage(32, 24, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    monkeypatch.setattr(window.scene.view, "grabFramebuffer", lambda: picture)
    chosen = [str(tmp_path / "pose")]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (chosen[0], ""))
    window.exports.ask_for_picture()
    qtbot.waitUntil((tmp_path / "pose.png").exists, timeout=5000)
    assert QImage(str(tmp_path / "pose.png")).size() == picture.size()
    chosen[0] = str(tmp_path / "no folder" / "pose.png")
    with qtbot.waitSignal(window.session.problem, timeout=5000):
        window.exports.ask_for_picture()
    assert window.error_bar.sentence.startswith("The picture was not saved: pose.png: the folder ")


def test_the_corner_counts_one_clip_as_one(window: MainWindow, session: Session) -> None:
    clip = session.bench.clip
    assert clip is not None
    session.bench.datasets[:] = [Dataset.of([clip], "alone")]
    window.datasets.refresh()
    assert window.datasets.text().startswith("alone, 1 clip, ")


def test_sampling_pins_colours_and_camera_are_remembered(window: MainWindow, session: Session, qtbot: QtBot) -> None:
    session.set_sampling(samples=4, temperature=0.5)
    session.set_look(colour_by="speed")
    session.toggle_pin("head")
    view = window.scene.view
    view.set_camera(view.camera.orbit(60.0, 20.0))
    turned = view.camera.yaw
    window.remembering.remember()
    session.set_sampling(samples=1, temperature=1.0)
    session.set_look(colour_by="role")
    session.toggle_pin("head")
    again = MainWindow(session)
    qtbot.addWidget(again)
    again.restore()
    assert (session.bench.lane.samples, session.bench.lane.temperature) == (4, 0.5)
    assert session.look.colour_by == "speed"
    assert "head" in session.bench.pins
    session.clip_changed.emit()
    assert again.scene.view.camera.yaw == pytest.approx(turned, abs=1e-3)


def test_a_second_lane_brings_no_remembered_camera_nearer(window: MainWindow, session: Session) -> None:
    session.clip_changed.emit()
    for lane in two_lanes().lanes:
        session.bench.put(lane)
    window.remembering.remember()
    turn, tilt, farther = (float(number) for number in session.settings.text("camera/relative").split())
    assert (turn, tilt, farther) == (0.0, 0.0, 1.0)
