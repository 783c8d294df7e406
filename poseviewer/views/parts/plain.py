"""Text out of files is shown letter by letter: Qt reads markup in what looks like it, and & as an underlined key."""

from __future__ import annotations

from html import escape

from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


def plain_tip(text: str) -> str:
    """A tooltip that shows the text letter by letter, its lines kept and long ones wrapped."""
    return f'<p style="white-space: pre-wrap; margin: 0">{escape(text)}</p>' if text else ""


def menu_text(text: str) -> str:
    """Text for an entry of a menu."""
    return text.replace("&", "&&")


def message(text: str) -> str:
    """Text for a message box that is asked in one call, and so has no format of its own to set."""
    return plain_tip(text) if "<" in text else text


def plain_labels(widget: QWidget) -> None:
    """Let every label below a widget show its text letter by letter, but for those that were made with markup."""
    for label in widget.findChildren(QLabel):
        if label.textFormat() == Qt.TextFormat.AutoText and not QtGui.Qt.mightBeRichText(label.text()):
            label.setTextFormat(Qt.TextFormat.PlainText)
