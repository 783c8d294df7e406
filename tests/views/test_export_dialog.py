"""The export dialog: file name and format keep to each other, and nothing is replaced unasked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.errors import PoseviewerError
from poseviewer.views.export_dialog import ExportDialog
from poseviewer.views.picture import ask_for_picture_file, write_picture


@pytest.fixture
def dialog(session: Session, qtbot: QtBot, tmp_path: Path) -> Iterator[ExportDialog]:
    session.settings.put("export folder", str(tmp_path))
    parent = QWidget()
    qtbot.addWidget(parent)
    yield ExportDialog(session, parent)


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
    assert not dialog._seconds.isEnabled()


def test_a_file_is_replaced_only_after_a_yes(
    dialog: ExportDialog, tmp_path: Path, questions: list[QMessageBox.StandardButton]
) -> None:
    (tmp_path / "walk.mp4").write_bytes(b"")
    questions += [QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No]
    dialog._accept()
    assert dialog.result() != QDialog.DialogCode.Accepted
    dialog._accept()
    assert dialog.result() == QDialog.DialogCode.Accepted and not questions


def test_pictures_ask_for_their_folder(
    dialog: ExportDialog, tmp_path: Path, questions: list[QMessageBox.StandardButton]
) -> None:
    choose(dialog, ".png")
    (tmp_path / "walk.png").write_bytes(b"")  # several pictures leave it alone
    assert dialog._target() == tmp_path / "walk"
    (tmp_path / "walk").mkdir()
    questions.append(QMessageBox.StandardButton.No)
    dialog._accept()
    assert dialog.result() != QDialog.DialogCode.Accepted


@pytest.mark.parametrize("name", ["light", "dark"])
def test_numbers_stand_as_far_from_their_edge_as_text_and_have_no_blank_buttons(
    dialog: ExportDialog, qapp: QApplication, name: str
) -> None:
    theme.apply(qapp, name)
    dialog._path.setText("a.mp4")
    dialog.show()
    image = dialog.grab().toImage()
    for box in (dialog._width, dialog._seconds):
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
