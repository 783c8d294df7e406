"""Every weight that the window asks for is a cut of its own, not a thickened one."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QRawFont
from pytestqt.qtbot import QtBot

from poseviewer.app.theme import body_font


@pytest.mark.parametrize(
    ("weight", "cut"),
    [
        (QFont.Weight.Normal, "Regular"),
        (QFont.Weight.Medium, "Medium"),
        (QFont.Weight.DemiBold, "Semi Bold"),
        (QFont.Weight.Bold, "Bold"),
    ],
)
def test_a_weight_is_a_cut_of_inter(qtbot: QtBot, weight: QFont.Weight, cut: str) -> None:
    face = QRawFont.fromFont(body_font(12, weight))
    assert (face.familyName(), face.styleName()) == ("Inter", cut)


def test_the_bold_cut_has_the_signs_that_the_window_writes(qtbot: QtBot) -> None:
    face = QRawFont.fromFont(body_font(12, QFont.Weight.Bold))
    for sign in "aZ0\N{MINUS SIGN}\N{GREEK SMALL LETTER SIGMA}\N{HORIZONTAL ELLIPSIS}\N{DEGREE SIGN}":
        assert face.supportsCharacter(ord(sign)), sign
