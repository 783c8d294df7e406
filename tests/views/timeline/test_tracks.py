"""The tracks under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.views.timeline.track_layout import SEED_BAR
from poseviewer.views.timeline.tracks import Tracks
from tests.views.driving.clicking import move, put_up


def test_the_cursor_says_where_something_can_be_dragged(session: Session, qtbot: QtBot) -> None:
    tracks = put_up(Tracks(session, Playback(session)), qtbot, 1196, 276)
    tracks.fit()
    end = round(tracks.axis.x(session.bench.seed_end))
    for place, cursor in (
        (QPoint(end, round(SEED_BAR[0])), Qt.CursorShape.SizeHorCursor),
        (QPoint(end + 60, 150), Qt.CursorShape.ArrowCursor),
    ):
        move(tracks, place)
        assert tracks.cursor().shape() == cursor
