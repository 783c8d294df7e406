"""The latent dimensions: one slider each, the most informative first, over the histogram of the training data."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QStackedLayout, QWidget

from poseviewer.app import theme
from poseviewer.app.seldom import PICTURES_MS, Seldom
from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.views.latents.slider_rows import ROW, SliderRows
from poseviewer.views.parts.panel import Panel

_EMPTY = "The dimensions appear when an embedding is loaded: one slider each, by how much it tells."
_BARE = "This embedding says nothing of its training data: no sliders here, no distances under the map."
_MARGIN = 6  # px above and below the rows


class LatentSlidersView(Panel):
    """Rows that scroll where they do not fit. grabbed: a knob was taken (playback should rest)."""

    caption_changed = Signal(str)
    grabbed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.caption = ""  # how many dimensions are in sight, for the dock's title: "8 of 16, by KL in nats"
        self.rows = SliderRows(session)
        self._reset = QAction("Put all dimensions back", self)
        self._reset.triggered.connect(self.rows.reset_all)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setViewportMargins(0, _MARGIN, 0, 0)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.rows)
        self._sentence = QLabel(_EMPTY, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True, margin=24)
        self._sentence.setProperty("middle", True)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self._sentence)
        self._layers.addWidget(self._scroll)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        session = self._session
        for signal in (session.clip_changed, session.latents_changed, session.models_changed, session.seed_changed):
            signal.connect(self.refresh)
        session.look_changed.connect(self.refresh)
        self._seldom = Seldom(self, self._move, lambda: session.stepper.running, PICTURES_MS)
        for signal in (session.time_changed, session.rollout_changed, session.stepper.running_changed):
            signal.connect(self._seldom.ask)
        session.held_changed.connect(self._held_changed)
        self.rows.grabbed.connect(self.grabbed)
        self.rows.row_focused.connect(lambda row: self._scroll.ensureVisible(0, row * ROW + ROW // 2, 0, ROW))

    def title_actions(self) -> list[QAction]:
        """Tools for the dock's title: put all dimensions back."""
        return [self._reset]

    def refresh(self) -> None:
        """Take the bench as it is; when hidden, wait until somebody looks."""
        if not self.isVisible():
            return
        self.rows.refresh()
        self._sentence.setText(_EMPTY if self._session.bench.embedding is None else _BARE)
        self._layers.setCurrentWidget(self._scroll if self.rows.count else self._sentence)
        self._reset.setIcon(theme.icon("rotate-ccw", palette(self._session.look.theme)))
        self._reset.setEnabled(self._session.bench.held is not None)
        self._count()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._count()

    def _move(self) -> None:
        if self.isVisible():
            self.rows.follow()

    def _held_changed(self) -> None:
        self._reset.setEnabled(self._session.bench.held is not None)
        self.rows.held_changed()
        self._move()

    def _count(self) -> None:
        size = self.rows.count
        seen = min(size, (self.height() - _MARGIN) // ROW)
        caption = "" if not size else f"{size}, by KL in nats" if seen >= size else f"{seen} of {size}, by KL in nats"
        if caption != self.caption:
            self.caption = caption
            self.caption_changed.emit(caption)
