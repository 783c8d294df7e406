"""What is written: exports and pictures."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QSpinBox

from poseviewer.views.export.export_dialog import ExportDialog
from tests.views.driving.clicking import button, click, pick
from tests.views.driving.verbs.bench import Bench, verb

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def _export(at: Bench, suffix: str, part: str = "") -> Path | None:
    """The file written, of a range where one is named; None where the dialog said why that cannot be, and was left."""
    out, refused = at.folder / f"out{suffix}", []

    def fill(dialog: QDialog) -> None:
        field = at.hand.named("File", dialog)
        assert isinstance(field, QLineEdit) and isinstance(dialog, ExportDialog)
        field.setText(str(out))
        if part:
            pick(dialog.range.part, part)
        for name, pixels in (("Width", 96), ("Height", 64)):
            number = at.hand.named(name, dialog)
            assert isinstance(number, QSpinBox)
            number.setValue(pixels)
        at.hand.look(0.02)
        if button(dialog, "Export").isEnabled():
            click(dialog, "Export")
        else:
            refused.append(dialog._words.text())
            click(dialog, "Cancel")

    at.hand.answer(fill)
    at.hand.press(Key.Key_E, CONTROL)
    at.hand.settle()
    assert all(refused), "the dialog refuses without a word"
    return None if refused else out


@verb
def export(at: Bench) -> None:
    if not at.thing.has_clip:
        at.hand.press(Key.Key_E, CONTROL)
        at.trouble.expect("Nothing to export")
        return
    if at.thing.generates:
        at.step("step5")
    for suffix in (".gif", ".npz"):
        out = _export(at, suffix)
        assert out is not None and out.is_file() and out.stat().st_size > 0, f"no {suffix}"
        assert out.name in at.window.notice_bar.words
    if at.thing.generates:
        out = _export(at, ".png", "montage")
        assert out is not None and out.is_file() and out.stat().st_size > 0, "no montage"
    at.step("reset")
    out = _export(at, ".bvh")
    assert (out is not None and out.is_file()) == at.thing.turns
    while at.window.notice_bar.words:
        at.window.notice_bar.dismiss()


@verb
def save_the_picture(at: Bench) -> None:
    out, ask = at.folder / "picture.png", QFileDialog.getSaveFileName
    QFileDialog.getSaveFileName = lambda *_, **__: (str(out), "")  # type: ignore[method-assign]
    try:
        at.hand.press(Key.Key_P, CONTROL | SHIFT)
    finally:
        QFileDialog.getSaveFileName = ask  # type: ignore[method-assign]
    at.hand.settle()
    assert out.is_file()
    out.unlink()
