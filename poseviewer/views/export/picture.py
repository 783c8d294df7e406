"""The 3D view as a picture: where to, and its encoding; and the question before a file is replaced."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QFileInfo
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from poseviewer.aside import file_aside
from poseviewer.errors import PoseviewerError
from poseviewer.views.parts.plain import message


def ask_for_picture_file(parent: QWidget, start: Path) -> Path | None:
    """Where to save a picture, ".png" appended to a name that says no format; None where the user backs out."""
    ask_once = QFileDialog.Option.DontConfirmOverwrite
    chosen, _ = QFileDialog.getSaveFileName(parent, "Save picture", str(start), "PNG (*.png)", options=ask_once)
    if not chosen:
        return None
    path = Path(chosen)
    if path.suffix.lower() != ".png":
        path = path.with_name(f"{path.name}.png")
    return path if may_write(path, parent) else None


def write_picture(image: QImage, path: Path) -> None:
    """Encode a picture; nothing is left where it fails."""
    with file_aside(path) as part:
        writer = QImageWriter(str(part), QByteArray(b"png"))
        if not writer.write(image):
            raise PoseviewerError(path, "", writer.errorString(), "choose another place")


def may_write(path: Path, parent: QWidget, warning: str = "") -> bool:
    """Whether a path is free, or the user agrees to replace what lies there; warning: what else to say of it."""
    if not QFileInfo(path).exists():
        return True
    answers = QMessageBox.StandardButton
    words = " ".join(filter(None, (f"{path.name} is already in {path.parent}.", warning, "Replace it?")))
    answer = QMessageBox.question(parent, "Replace?", message(words), answers.Yes | answers.No, answers.No)
    return answer == answers.Yes
