"""A view that scrolls up and down where a small window has no room for all of it, and is never cut at its side."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Scrolled(QScrollArea):
    """Is at least as wide as the view asks to be, whatever it comes to show, and its scroll bar beside it."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view = view
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(view)
        self._widen()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._view and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Polish):
            self._widen()
        return super().eventFilter(watched, event)

    def _widen(self) -> None:
        self.setMinimumWidth(self._view.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width())
