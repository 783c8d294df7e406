"""The export dialog: what a format can hold, the preview, the estimate, and how it all stands there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.errors import PoseviewerError
from poseviewer.export import export_clip
from poseviewer.export.estimate import estimated_bytes
from poseviewer.export.options import Options
from poseviewer.views.export.export_dialog import ExportDialog
from poseviewer.views.export.export_preview import Preview
from tests.export.conftest import swing
from tests.views.driving.clicking import pick
from tests.views.export.conftest import choose, made, settled

SMOOTH = Qt.TransformationMode.SmoothTransformation


def pixels(image: QImage) -> NDArray[np.int64]:
    """(H, W, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.array(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def text_inset(field: QLineEdit, box: QWidget) -> int:
    """px from the box's edge to where its text begins."""
    field.home(False)
    return field.mapTo(box, field.cursorRect().topLeft()).x()


def test_each_format_is_offered_what_it_can_hold(dialog: ExportDialog) -> None:
    look = dialog.picture
    assert not look.transparent.isEnabled() and "MP4 cannot" in look.transparent.toolTip()
    assert dialog.options.size == (1280, 720)
    pick(dialog._format, "GIF")
    assert dialog.options.size == (640, 360)
    QTest.mouseClick(look.transparent, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert dialog.options.transparent and not look.drawn["ground"].isEnabled()
    assert "256 colours" in dialog._words.text() and "edges are hard" in dialog._words.text()
    pick(dialog._format, "MP4, H.264 film")
    assert not dialog.options.transparent and look.drawn["ground"].isEnabled()
    assert dialog.options.size == (1280, 720)
    look.width_box.setValue(1281)
    assert look.sizes.currentText() == "own size"
    assert dialog._words.text() == "It is 1280x720 instead of 1281x720: MP4 needs even sides."
    pick(look.sizes, "1080\N{THIN SPACE}\N{MULTIPLICATION SIGN}\N{THIN SPACE}1080")
    assert dialog.options.size == (1080, 1080)
    pick(look.rate, "15 a second")
    assert dialog.options.fps == 15.0 and dialog._estimate.text().startswith("19 frames, 1.27 s")
    pick(dialog._format, "NumPy arrays")
    assert not look.isEnabled() and dialog.options.fps is None


def test_the_preview_is_the_films_own_picture(dialog: ExportDialog, qtbot: QtBot, tmp_path: Path) -> None:
    """The very picture that the export writes, scaled."""
    dialog.resize(900, 640)
    pick(dialog.picture.theme, "light")
    pick(dialog.picture.sizes, "640\N{THIN SPACE}\N{MULTIPLICATION SIGN}\N{THIN SPACE}360")
    QTest.mouseClick(dialog.picture.drawn["captions"], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    dialog.range.first.setValue(-27)
    dialog.range.last.setValue(-22)
    dialog.preview.slider.setValue(2)
    settled(dialog, qtbot)
    shown = dialog.preview.shown
    assert shown is not None and shown.frame == -25 and "made in about" in dialog._estimate.text()
    list(export_clip(dialog.bench, tmp_path / "a.png", dialog.options))
    film = QImage(str(tmp_path / "a" / "a_0003.png"))
    room = dialog.preview.canvas.size()
    assert shown.image.size() == film.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
    film = film.scaled(shown.image.size(), Qt.AspectRatioMode.IgnoreAspectRatio, SMOOTH)
    differs = np.abs(pixels(film) - pixels(shown.image))
    assert differs.max() <= 16 and differs.mean() < 0.5


def test_the_first_picture_of_the_preview_is_the_playheads(session: Session, qtbot: QtBot) -> None:
    session.set_time(12 / session.bench.fps)
    dialog, seen = made(session, qtbot), []
    dialog.preview.drawn.connect(lambda: seen.append((dialog.preview.shown.frame, dialog.preview._frame.text())))
    settled(dialog, qtbot)
    frame, words = seen[0]
    assert frame == session.bench.first_frame + 12 and "picture 13 of " in words
    dialog.preview.slider.setValue(0)
    dialog.preview.slider.setValue(5)
    qtbot.waitUntil(lambda: "picture 6 of" in dialog.preview._frame.text(), timeout=20_000)
    assert all(f",  picture {12 - frame + shown + 1} of" in words for shown, words in seen)


def test_a_preview_of_two_pictures_has_two_places_from_the_start(session: Session, qtbot: QtBot) -> None:
    preview = Preview(session, session.bench)
    qtbot.addWidget(preview)
    preview.show_film(".mp4", Options(), 2)
    assert preview.slider.maximum() == 1
    qtbot.waitUntil(lambda: preview._task is None, timeout=20_000)


def test_the_preview_says_why_there_is_none(
    dialog: ExportDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise PoseviewerError("OpenGL without a display", "", "EGL is not installed", "install libegl1")

    settled(dialog, qtbot)
    monkeypatch.setattr("poseviewer.render.offscreen.Offscreen", missing)
    dialog.preview.slider.setValue(3)
    settled(dialog, qtbot)
    assert dialog.preview.problem.endswith("EGL is not installed; install libegl1.")
    assert dialog._export.isEnabled()


@pytest.mark.parametrize("frames", [1, 2])
def test_the_shortest_clips_have_a_dialog_too(session: Session, qtbot: QtBot, frames: int) -> None:
    session.place(swing(frames))
    dialog = made(session, qtbot)
    settled(dialog, qtbot)
    assert dialog._estimate.text().startswith(f"{frames} frame{'s' * (frames > 1)}, ")
    assert dialog.preview.slider.isEnabled() == (frames > 1)
    pick(dialog._format, "PNG pictures")
    assert dialog._words.text() == ("Numbered pictures in the folder swing." if frames > 1 else "")


@pytest.mark.parametrize(
    ("suffix", "dims"),
    [
        *((suffix, 3) for suffix in (".mp4", ".webm", ".gif", ".apng", ".png", ".npz", ".csv", ".bvh")),
        (".mp4", 2),
        (".npz", 2),
    ],
)
def test_the_estimate_is_right_within_a_factor_of_four(
    session: Session, qtbot: QtBot, tmp_path: Path, suffix: str, dims: int
) -> None:
    clip = swing(12) if dims == 3 else swing(12).project()
    session.place(clip)
    dialog = made(session, qtbot)
    choose(dialog, suffix)
    out = tmp_path / f"a{suffix}"
    dialog.picture.sizes.setCurrentIndex(3)
    guessed = estimated_bytes(dialog.bench, suffix, dialog.options, 12)
    list(export_clip(dialog.bench, out, dialog.options))
    files = list((tmp_path / "a").iterdir()) if (tmp_path / "a").is_dir() else [out]
    assert 0.25 < guessed / sum(file.stat().st_size for file in files) < 4.0


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("room", [QSize(760, 440), QSize(980, 596)])
def test_every_choice_can_be_reached_and_is_not_cut(
    dialog: ExportDialog, qapp: QApplication, name: str, room: QSize
) -> None:
    theme.apply(qapp, name)
    dialog.resize(room)
    dialog.show()
    QTest.qWait(1)
    assert dialog.size() == room
    (scroll,) = dialog.findChildren(QScrollArea)
    for widget in dialog.findChildren(QWidget):
        if isinstance(widget, QComboBox | QAbstractSpinBox | QCheckBox | QPushButton) and widget.isVisible():
            assert widget.width() >= min(widget.minimumSizeHint().width(), 60), widget
            if scroll.isAncestorOf(widget):
                scroll.ensureWidgetVisible(widget)
                at = widget.mapTo(scroll.viewport(), widget.rect().center())
                assert scroll.viewport().rect().contains(at), widget
            else:
                assert dialog.rect().contains(widget.mapTo(dialog, widget.rect().center())), widget


@pytest.mark.parametrize("name", ["light", "dark"])
def test_numbers_stand_as_far_from_their_edge_as_text_and_have_no_blank_buttons(
    dialog: ExportDialog, qapp: QApplication, name: str
) -> None:
    theme.apply(qapp, name)
    dialog._path.setText("a.mp4")
    dialog.range.carry.setChecked(True)
    dialog.show()
    image = dialog.grab().toImage()
    for box in (dialog.picture.width_box, dialog.range.seconds):
        assert text_inset(box.lineEdit(), box) == text_inset(dialog._path, dialog._path)
        assert box.height() == dialog._path.height()
        ratio, at = image.devicePixelRatioF(), box.mapTo(dialog, box.rect().topRight())
        background = image.pixelColor(round((at.x() - 4) * ratio), round((at.y() + 3) * ratio))
        column = {
            image.pixelColor(round((at.x() - 12) * ratio), round((at.y() + y) * ratio)).name()
            for y in range(4, box.height() - 4)
        }
        assert column == {background.name()}


def test_a_verdict_is_burned_in_where_there_is_one_and_somebody_asks_for_it(
    session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.settings.put("export folder", str(tmp_path))
    without = made(session, qtbot)
    assert not without.picture.drawn["verdict"].isEnabled() and not without.options.verdict
    monkeypatch.setattr("poseviewer.views.export.export_picture.placed", lambda bench, lane=None: object())
    first = made(session, qtbot)
    check = first.picture.drawn["verdict"]
    assert check.isEnabled() and not first.options.verdict
    QTest.mouseClick(check, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert first.options.verdict
    first.picture.remember()
    assert made(session, qtbot).options.verdict
