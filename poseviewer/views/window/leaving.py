"""Leaving the program: rollouts are written where the next start finds them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from poseviewer.app.session import Session
from poseviewer.errors import PoseviewerError


def may_leave(session: Session, window: QWidget) -> bool:
    """Keep the rollouts; where that fails the person decides whether to leave without them."""
    try:
        session.keeping.files.save()
    except PoseviewerError as error:
        words = f"The rollouts cannot be kept for the next start: {error.sentence()}"
        box = QMessageBox(QMessageBox.Icon.Warning, "Leave", words, QMessageBox.StandardButton.NoButton, window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        leave = box.addButton("Leave without them", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton("Stay", QMessageBox.ButtonRole.RejectRole))
        box.exec()
        return box.clickedButton() is leave
    return True
