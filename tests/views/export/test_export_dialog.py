"""The export dialog: file name and format keep to each other, and nothing is replaced unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
    QDialog,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.errors import PoseviewerError
from poseviewer.export import export_clip
from poseviewer.export.bvh import write as write_bvh
from poseviewer.export.estimate import estimated_bytes
from poseviewer.export.options import prepared
from poseviewer.views.export.export_dialog import ExportDialog
from poseviewer.views.export.picture import ask_for_picture_file, write_picture
from tests.export.conftest import swing
from tests.views.driving.clicking import answer, click, pick

SMOOTH = Qt.TransformationMode.SmoothTransformation


def made(session: Session, qtbot: QtBot, **given: Any) -> ExportDialog:
    """The dialog, open."""
    dialog = ExportDialog(session, None, **given)
    qtbot.addWidget(dialog, before_close_func=lambda _: dialog.reject())
    dialog.show()
    return dialog


@pytest.fixture
def dialog(session: Session, qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    session.settings.put("export folder", str(tmp_path))
    return made(session, qtbot)


@pytest.fixture
def rolled(ready: Session, qtbot: QtBot) -> Session:
    """The demo's dance_a with five generated frames after its first second."""
    dataset = ready.bench.dataset
    assert dataset is not None
    with qtbot.waitSignal(ready.clip_changed, timeout=10_000):
        ready.select_clip(dataset, dataset.find("dance_a"))
    ready.set_seed(0, 30)
    ready.stepper.step(5)
    qtbot.waitUntil(lambda: ready.bench.lane.horizon == 5 and not ready.jobs.running, timeout=30_000)
    return ready


def settled(dialog: ExportDialog, qtbot: QtBot) -> None:
    """Wait until the preview shows what is chosen."""
    qtbot.waitUntil(lambda: dialog.preview._task is None, timeout=20_000)


def pixels(image: QImage) -> NDArray[np.int64]:
    """(H, W, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.array(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[QMessageBox.StandardButton]:
    """Answers to give, the next one last; an answer that is given is taken off."""
    answers: list[QMessageBox.StandardButton] = []
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop())
    return answers


def text_inset(field: QLineEdit, box: QWidget) -> int:
    """px from the box's edge to where its text begins."""
    field.home(False)
    return field.mapTo(box, field.cursorRect().topLeft()).x()


def choose(dialog: ExportDialog, suffix: str) -> None:
    dialog._format.setCurrentIndex(dialog._format.findData(suffix))


def test_an_emptied_field_cannot_be_exported_and_gets_the_motions_name_with_a_format(
    dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog._path.clear()
    assert not dialog._export.isEnabled()
    choose(dialog, ".gif")
    assert dialog._path.text() == str(tmp_path / "walk.gif")
    assert dialog._export.isEnabled()


@pytest.mark.parametrize(
    ("typed", "suffix", "written"),
    [
        ("out.npz", ".npz", "out.npz"),
        ("out.GIF", ".gif", "out.GIF"),
        ("out", ".mp4", "out.mp4"),
        ("walk.v2", ".mp4", "walk.v2.mp4"),
        ("", ".mp4", "walk.mp4"),
        ("~nobody-of-this-name/", ".mp4", "~nobody-of-this-name/walk.mp4"),
    ],
)
def test_a_known_suffix_sets_the_format_and_any_other_name_gets_the_formats(
    dialog: ExportDialog, tmp_path: Path, typed: str, suffix: str, written: str
) -> None:
    dialog._path.setText(typed)
    assert dialog._format.currentData() == suffix
    assert dialog.path == tmp_path / written


def test_another_format_replaces_a_known_suffix_only(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog._path.setText(str(tmp_path / "walk.v2"))
    choose(dialog, ".csv")
    assert dialog.path == tmp_path / "walk.v2.csv"
    choose(dialog, ".bvh")
    assert dialog.path == tmp_path / "walk.v2.bvh"
    assert not dialog.picture.isEnabled()


def test_a_file_is_replaced_only_after_a_yes(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "walk.mp4").write_bytes(b"")
    answer(lambda box: click(box, "No"))
    click(dialog, "Export")
    assert dialog.result() != QDialog.DialogCode.Accepted
    answer(lambda box: click(box, "Yes"))
    click(dialog, "Export")
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_somebodys_motion_is_called_so_before_it_is_replaced(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("recorded by hand")
    asked: list[str] = []

    def refuse(box: QDialog) -> None:
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        click(box, "No")

    dialog._path.setText(str(tmp_path / "mine.csv"))
    answer(refuse)
    click(dialog, "Export")
    assert asked == [f"mine.csv is already in {tmp_path}. It is no export of poseviewer and would be lost. Replace it?"]


def test_pictures_ask_for_their_folder(dialog: ExportDialog, tmp_path: Path) -> None:
    pick(dialog._format, "PNG pictures")
    (tmp_path / "walk.png").write_bytes(b"")  # several pictures leave it alone
    assert dialog._words.text() == "Numbered pictures in the folder walk."
    (tmp_path / "walk").mkdir()
    answer(lambda box: click(box, "No"))
    click(dialog, "Export")
    assert dialog.result() != QDialog.DialogCode.Accepted
    (tmp_path / "walk" / "thesis.txt").write_text("years of work")
    dialog._tell()
    assert "holds other files" in dialog._words.text() and not dialog._export.isEnabled()


def test_what_is_read_is_never_a_target_and_the_dialog_says_why(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    take = tmp_path / "take.bvh"
    list(write_bvh(swing(), take))
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.open_motion(take)
    dialog = made(session, qtbot)
    pick(dialog._format, "BVH motion")
    dialog._path.setText(str(take))
    assert dialog._words.text() == "take.bvh: it is one of the files that are read; name another file to write."
    assert not dialog._export.isEnabled()
    dialog._path.setText(str(tmp_path / "nowhere" / "take.bvh"))
    assert "is not there; make it first" in dialog._words.text() and not dialog._export.isEnabled()
    dialog._path.setText(str(tmp_path / "other.bvh"))
    assert dialog._words.text() == "" and dialog._export.isEnabled()


def test_a_target_that_is_being_written_is_refused(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    def require_free(target: Path) -> None:
        if target.name == "busy.mp4":
            raise PoseviewerError(target, "", "it is being exported just now", "name another file, or wait for it")

    dialog = made(session, qtbot, require_free=require_free)
    dialog._path.setText(str(tmp_path / "busy.mp4"))
    assert "being exported just now" in dialog._words.text() and not dialog._export.isEnabled()


def test_seed_and_rollout_is_proposed_with_the_timelines_numbers(rolled: Session, qtbot: QtBot) -> None:
    dialog = made(rolled, qtbot)
    choice, bench = dialog.range, rolled.bench
    assert choice.part.currentText() == "seed and rollout"
    assert (choice.first.text(), choice.last.text()) == ("\N{MINUS SIGN}29", "+5")
    assert dialog._estimate.text().startswith("35 frames, 1.17 s; about ")
    assert dialog.path.name == "dance_a humanoid-generator-latent +5.mp4"
    pick(choice.part, "rollout only")
    assert (choice.first.text(), choice.last.text()) == ("+1", "+5")
    assert dialog.options.part == "generated"
    pick(choice.part, "whole clip")
    assert bench.clip is not None
    assert choice.last.value() == len(bench.clip) - 30
    assert dialog._estimate.text().startswith(f"{len(bench.clip)} frames")
    choice.last.selectAll()
    QTest.keyClicks(choice.last, "+3")
    QTest.keyClick(choice.last, Qt.Key.Key_Tab)
    assert choice.part.currentText() == "from \N{HORIZONTAL ELLIPSIS} to"
    assert dialog._estimate.text().startswith("33 frames")
    assert prepared(bench, dialog.options)[1] == range(33)
    choice.first.setValue(4)
    assert choice.last.value() == 4, "the other end does not go along"
    assert prepared(bench, dialog.options)[1] == range(33, 34)


def test_what_motion_as_data_will_lack_is_said_before(rolled: Session, qtbot: QtBot) -> None:
    dialog = made(rolled, qtbot)
    pick(dialog._format, "BVH motion")
    assert "BVH needs joint rotations" in dialog._words.text() and not dialog._export.isEnabled()
    pick(dialog.range.part, "whole clip")
    assert "BVH holds no " in dialog._words.text() and dialog._export.isEnabled()
    pick(dialog._format, "NumPy arrays")
    assert dialog._words.text() == "" and dialog._export.isEnabled()
    pick(dialog.range.part, "from \N{HORIZONTAL ELLIPSIS} to")
    dialog.range.last.setValue(40)
    dialog.range.first.setValue(20)
    assert "seed and rollout are frames 0:35; stay within them" in dialog._words.text()
    assert not dialog._export.isEnabled()
    pick(dialog._format, "MP4, H.264 film")
    assert dialog._export.isEnabled()


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".mp4", ".gif"])
def test_the_button_asks_for_an_export_in_every_kind_of_format(dialog: ExportDialog, suffix: str) -> None:
    choose(dialog, suffix)
    dialog.show()
    click(dialog, "Export")
    assert dialog.result() == ExportDialog.DialogCode.Accepted and dialog.path.suffix == suffix


def test_the_loop_range_can_be_exported(rolled: Session, qtbot: QtBot) -> None:
    rolled.set_loop_range((rolled.bench.time_of_relative(-4), rolled.bench.time_of_relative(2)))
    dialog = made(rolled, qtbot)
    pick(dialog.range.part, "loop range")
    assert (dialog.range.first.value(), dialog.range.last.value()) == (-4, 2)
    assert prepared(rolled.bench, dialog.options)[1] == range(25, 32)


def test_a_loop_can_be_carried_on_and_nothing_else(dialog: ExportDialog, rolled: Session, qtbot: QtBot) -> None:
    QTest.mouseClick(dialog.range.carry, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    dialog.range.seconds.setValue(20.0)
    assert dialog.options.seconds == 20.0 and dialog._estimate.text().startswith("600 frames, 20.00 s")
    assert not made(rolled, qtbot).range.carry.isVisibleTo(made(rolled, qtbot))


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


def test_what_was_chosen_is_remembered(dialog: ExportDialog, session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    pick(dialog._format, "WebM film")
    pick(dialog.picture.theme, "light")
    pick(dialog.picture.sizes, "1920\N{THIN SPACE}\N{MULTIPLICATION SIGN}\N{THIN SPACE}1080")
    for check in (dialog.picture.transparent, dialog.picture.drawn["legend"]):
        QTest.mouseClick(check, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    (tmp_path / "films").mkdir()
    dialog._path.setText(str(tmp_path / "films" / "a.webm"))
    click(dialog, "Export")
    again = made(session, qtbot)
    assert again.path == tmp_path / "films" / "walk.webm"
    for name in ("size", "transparent", "legend", "captions", "look"):
        assert getattr(again.options, name) == getattr(dialog.options, name), name
    pick(again._format, "GIF")
    assert again.options.size == (640, 360)


def test_a_held_pose_is_said_to_stay_behind(ready: Session, qtbot: QtBot) -> None:
    latent = ready.bench.latent_at()
    assert latent is not None
    ready.hold(latent + 0.5)
    dialog = made(ready, qtbot)
    assert dialog._words.text().startswith("The held pose belongs to its one frame")


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


def test_a_pictures_name_gets_its_suffix_and_an_existing_one_is_asked_for(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    questions: list[QMessageBox.StandardButton],
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    chosen = [""]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (chosen[0], ""))
    assert ask_for_picture_file(parent, tmp_path) is None
    chosen[0] = str(tmp_path / "pose.v2")
    assert ask_for_picture_file(parent, tmp_path) == tmp_path / "pose.v2.png"
    (tmp_path / "pose.v2.png").write_bytes(b"")
    questions.append(QMessageBox.StandardButton.No)
    assert ask_for_picture_file(parent, tmp_path) is None


def test_a_picture_that_cannot_be_encoded_leaves_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(PoseviewerError, match=r"pose\.png"):
        write_picture(QImage(), tmp_path / "pose.png")
    assert not list(tmp_path.iterdir())
