"""What the docks hold: a widget on the theme's panel colour that reads the session."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from poseviewer.app.session import Session


class Panel(QWidget):
    """A view may do nothing while it is hidden: it is refreshed when it comes into sight."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session

    def refresh(self) -> None:
        """Show the session as it is."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
