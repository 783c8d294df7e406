"""What is painted onto the map by hand stays readable over points."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication

from poseviewer.app.theme import body_font
from poseviewer.render.palette import palette
from poseviewer.views.map_marks import paint_words


@pytest.mark.parametrize("name", ["dark", "light"])
def test_captions_stand_on_the_panels_colour(qapp: QApplication, name: str) -> None:
    colours = palette(name)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff00ff"))
    painter = QPainter(image)
    words = SimpleNamespace(captions=("PC 1, 46 %", "PC 2, 12 %"), sentence="")
    paint_words(painter, QRectF(0, 0, 400, 300), words, (), colours)
    painter.end()
    metrics = QFontMetricsF(body_font(11))
    wide = metrics.horizontalAdvance("PC 1, 46 %")
    panel = QColor(colours.tokens["panel"])
    for left, base in ((12.0, 6 + metrics.ascent()), (400 - 12 - wide, 300 - 24)):
        above = QPointF(left + wide / 2, base - metrics.ascent()).toPoint()
        seen = image.pixelColor(above)
        assert abs(seen.green() - panel.green()) < 40 and abs(seen.red() - panel.red()) < 40
    assert image.pixelColor(200, 150).name() == "#ff00ff"
