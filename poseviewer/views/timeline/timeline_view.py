"""The timeline: transport above, ruler, strip and curves below."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from poseviewer.app.playback import Playback
from poseviewer.app.seldom import Seldom
from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.views.parts.boxes import in_column
from poseviewer.views.timeline.timeline_actions import TimelineActions
from poseviewer.views.timeline.tracks import Tracks
from poseviewer.views.timeline.transport import Transport


class TimelineView(QWidget):
    """Shows and moves the bench's time. `actions_by_name` are for the window's menus, which get their keys."""

    def __init__(self, session: Session, playback: Playback, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._playback = session, playback
        self.tracks = Tracks(session, playback)
        self._table = TimelineActions(session, playback, self, self.tracks.fit)
        self.actions_by_name = self._table.by_name
        self.transport = Transport(session, playback, self.actions_by_name)
        in_column(self.transport, (self.tracks, 1), of=self)
        self.tracks.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        menu = self.transport.menu
        self.tracks.customContextMenuRequested.connect(lambda at: menu.popup(self.tracks.mapToGlobal(at)))
        self._dress()
        self._seldom = Seldom(self, self._refresh, lambda: session.stepper.running)
        for signal in (session.rollout_changed, session.verdicts_changed, session.stepper.running_changed):
            signal.connect(self._seldom.ask)
        for signal in (session.clip_changed, session.seed_changed, session.models_changed, session.loop_range_changed):
            signal.connect(self._refresh)
        playback.changed.connect(self._dress)
        session.look_changed.connect(self._dress)
        session.time_changed.connect(self.transport.readout.refresh)

    def sizeHint(self) -> QSize:
        return QSize(1196, 312)

    def _refresh(self) -> None:
        self._table.refresh()
        self.transport.refresh()

    def _dress(self) -> None:
        """Icons: of the theme, and of playing or pausing."""
        self._table.dress(palette(self._session.look.theme))
        self.transport.dress()
        self._refresh()
