"""The status line: what the mouse does, what is under way and how to cancel it, frames a second."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QStatusBar

from poseviewer.app.jobs import Task
from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.views.parts.plain import plain_tip
from poseviewer.views.scene.scene_view import SceneView

_HINTS = {"Drag": "orbit", "Middle drag": "pan", "Wheel": "zoom", "Space": "play", "Arrows": "frame", "G": "step"}
_SHOW_AFTER = 0.2  # seconds before work is worth a progress bar
_TOLD_MS = 6000
_TITLE = 320  # px of what is under way


class StatusLine(QStatusBar):
    """Progress shows for every task that takes longer than 0.2 s; Cancel stops it."""

    def __init__(self, session: Session, view: SceneView, playback: Playback) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self._session, self._view, self._playback = session, view, playback
        hints = "&nbsp;&nbsp;&nbsp;&nbsp;".join(f"<b>{key}</b> {what}" for key, what in _HINTS.items())
        self._hints = QLabel(hints)
        self._told = QLabel()
        self._title = QLabel()
        for label in (self._hints, self._told, self._title):
            label.setMinimumWidth(1)  # cut where there is no room, rather than widening the window
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(140)
        self._cancel = QPushButton("Cancel", self)  # its style is a lower one here
        self._cancel.clicked.connect(self.cancel)
        self._figures = QLabel()
        self.addWidget(self._hints)
        self.addWidget(self._told, 1)
        for widget in (self._title, self._bar, self._cancel, self._figures):
            self.addPermanentWidget(widget)
        self.setContentsMargins(10, 0, 10, 0)
        self._forget = QTimer(self, singleShot=True, interval=_TOLD_MS)
        self._forget.timeout.connect(self._told.clear)
        self.shown: Task | None = None
        """The task whose progress is shown."""
        self._since: dict[int, float] = {}
        self._timer = QTimer(self, interval=500)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        session.jobs.changed.connect(self._tell_task)
        self.refresh()

    def tell(self, words: str) -> None:
        """A line that goes by itself."""
        self._told.setText(words)
        self._forget.start()

    def cancel(self) -> None:
        """Cancel the task that is shown."""
        if self.shown is not None:
            self.shown.cancel()
            self.tell(f"{self.shown.title}: cancelled")
            self.refresh()

    def refresh(self) -> None:
        """Show the oldest task that has taken long enough, and the figures."""
        self._tell_task()
        cost = self._session.stepper.milliseconds(self._session.bench.focus)
        model = f"    model {cost:.1f} ms per frame" if cost else ""
        drawn = f"{self._view.frames_per_second:.0f} fps" if self._playback.playing else ""
        self._figures.setText(f"{drawn}{model}")

    def _tell_task(self) -> None:
        now = time.monotonic()
        running = [task for task in self._session.jobs.running if not task.quiet and not task.cancelled]
        self._since = {id(task): self._since.get(id(task), now) for task in running}
        due = [task for task in running if task.started and now - self._since[id(task)] >= _SHOW_AFTER]
        self.shown = due[0] if due else None
        for widget in (self._title, self._bar, self._cancel):
            widget.setVisible(self.shown is not None)
        if self.shown is not None:
            self._show(self.shown)

    def _show(self, task: Task) -> None:
        progress = task.progress
        count = f", {progress.done} of {progress.total}" if progress.total else ""
        waiting = sum(not other.started and not other.cancelled for other in self._session.jobs.running)
        more = f"; {waiting} more wait{'s' * (waiting == 1)}" if waiting else ""
        title = self._title.fontMetrics().elidedText(task.title, Qt.TextElideMode.ElideMiddle, _TITLE)
        self._title.setText(f"{title}{count}{more}")
        self._title.setToolTip(plain_tip(task.title))
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
