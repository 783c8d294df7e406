"""The 3D view's bar: where A and B stand is offered while there are both."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.bench.compose import compose
from poseviewer.views.scene.scene_panel import ScenePanel
from tests.bench.test_lane import two_lanes


def test_where_a_and_b_stand_is_chosen_while_there_are_both(session: Session, qtbot: QtBot) -> None:
    panel = ScenePanel(session)
    qtbot.addWidget(panel)
    assert panel.placement.isHidden()
    session.bench = two_lanes()
    session.announce(session.clip_changed, session.rollout_changed)
    assert not panel.placement.isHidden() and panel.placement.currentText() == "side by side"
    panel.placement.setFocus()
    QTest.keyClick(panel.placement, Qt.Key.Key_Down)
    assert session.look.placement == "one spot"
    assert "apart" not in compose(session.bench, session.bench.time_of_relative(5)).caption
    session.set_look(placement="side by side")
    assert panel.placement.currentText() == "side by side"
    session.bench.put(replace(session.bench.lanes[1], rollout=None, tracks=()))
    session.announce(session.rollout_changed)
    assert panel.placement.isHidden()
