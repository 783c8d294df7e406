"""The export dialog: file name, format and range keep to each other, and nothing is replaced unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.errors import PoseviewerError
from poseviewer.export.motions.bvh import write as write_bvh
from poseviewer.export.options import prepared
from poseviewer.views.export.export_dialog import ExportDialog
from poseviewer.views.export.picture import ask_for_picture_file, write_picture
from tests.export.conftest import swing
from tests.views.driving.clicking import answer, click, pick
from tests.views.export.conftest import choose, made


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[QMessageBox.StandardButton]:
    """Answers to give, the next one last; an answer that is given is taken off."""
    answers: list[QMessageBox.StandardButton] = []
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop())
    return answers


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


def test_a_name_that_is_too_long_for_the_disk_is_refused(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{'walk' * 80}.png"
    width = dialog.width()
    pick(dialog._format, "PNG pictures")
    for given in (name, name.replace(".png", ".mp4")):
        dialog._path.setText(str(tmp_path / given))
        assert "too long" in dialog._words.text() and not dialog._export.isEnabled()
        qtbot.wait(50)
        assert dialog.width() == width  # it stays on the screen
    dialog._path.setText(str(tmp_path / "a.mp4"))
    assert dialog._export.isEnabled()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / name), ""))
    assert ask_for_picture_file(dialog, tmp_path) == tmp_path / name
    with pytest.raises(PoseviewerError, match="too long"):
        write_picture(QImage(8, 8, QImage.Format.Format_RGB32), tmp_path / name)


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
    assert "bones whose length changes" in dialog._words.text() and dialog._export.isEnabled()
    pick(dialog.range.part, "whole clip")
    assert "length" not in dialog._words.text()
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
