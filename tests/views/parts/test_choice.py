"""Lists to choose one of."""

from __future__ import annotations

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from poseviewer.views.parts.choice import choice_of_names


def test_long_names_that_differ_at_their_end_look_different(qtbot: QtBot) -> None:
    box = choice_of_names("Model", "")
    qtbot.addWidget(box)
    box.addItems([f"generator-{'long-' * 20}{end}" for end in ("walks", "jumps")])
    box.resize(160, 24)
    assert box.sizeHint().width() < 200
    pictures: list[QImage] = []
    for row in range(2):
        box.setCurrentIndex(row)
        pictures.append(box.grab().toImage())
    assert pictures[0] != pictures[1]
