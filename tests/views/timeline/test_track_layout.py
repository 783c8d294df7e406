"""The tracks' gutter: its words fit."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from poseviewer.app.theme import body_font
from poseviewer.bench import curves
from poseviewer.views.timeline.track_layout import NAMES, gutter_lines


def test_name_and_unit_fit_into_the_gutter(qapp: QApplication) -> None:
    metrics = QFontMetricsF(body_font(11))
    for about in (curves.DISTANCE, curves.POWER, *curves._FLAT.values()):
        name, unit = gutter_lines(about)
        assert about.unit in unit and about.part == name
        assert max(map(metrics.horizontalAdvance, (name, unit))) <= NAMES
    assert gutter_lines(curves._FLAT[curves.DISTANCE])[1] == "image heights"
    assert gutter_lines(curves.ERROR, 22.0) == ("joints about the root",)
    sign = curves.Statistic("Collapse", "motion over two thirds of a second", "", False, "")
    assert gutter_lines(sign, 40.0) == ("motion over two", "thirds of a second")
    assert gutter_lines(sign, 22.0) == ("motion over two …",)
