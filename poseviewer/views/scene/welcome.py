"""What the 3D view says while nothing stands on the bench, and while files are dragged over the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from poseviewer.app.session import Session
from poseviewer.app.theme import body_font
from poseviewer.render.palette import palette
from poseviewer.views.parts.boxes import in_column
from poseviewer.views.parts.ink import tinted
from poseviewer.views.parts.labels import label

_MARGIN, _RADIUS = 16.0, 6.0
_HEADLINE = 15  # px


class Welcome(QWidget):
    """Lies over a view: Open, the demo, and where files are taken. Gone once there is a clip or a latent to explore."""

    def __init__(self, session: Session, view: QWidget) -> None:
        super().__init__(view)
        self._session = session
        self._dropping = False
        centre, plain = Qt.AlignmentFlag.AlignCenter, Qt.TextFormat.PlainText
        self._headline = QLabel(alignment=centre)
        self._headline.setFont(body_font(_HEADLINE))
        self._headline.setStyleSheet(f"font-size: {_HEADLINE}px; font-weight: 600;")
        self._why = label("", "middle", alignment=centre, wordWrap=True, textFormat=plain)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._where = label("or drop clips, datasets and checkpoints here", "quiet", alignment=centre)
        parts = None, self._headline, self._why, self._buttons, self._where, None
        in_column(*parts, of=self, margins=None).setSpacing(12)
        view.installEventFilter(self)
        for signal in (session.clip_changed, session.models_changed, session.held_changed, session.look_changed):
            signal.connect(self.refresh)
        self.refresh()

    def offer(self, actions: list[QAction]) -> None:
        """Buttons for actions of the window, the first one as what is meant to be done."""
        self._buttons.addStretch()
        for number, action in enumerate(actions):
            button = QPushButton(action.text())
            button.setToolTip(action.toolTip())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setProperty("primary", number == 0)
            button.clicked.connect(action.trigger)
            self._buttons.addWidget(button)
        self._buttons.addStretch()

    def set_dropping(self, dropping: bool) -> None:
        """Whether files are held over the window."""
        self._dropping = dropping
        self.refresh()

    def refresh(self) -> None:
        """Show what is true now, or nothing."""
        bench, at_work = self._session.bench, self._session.generator_source
        empty = bench.clip is None and bench.embedding is None
        self._headline.setText("Drop to open" if self._dropping else "Nothing on the bench yet")
        self._why.setText("" if at_work is None else "A generator is at work: it goes on from a clip that you open.")
        for widget in (self._where, *self.findChildren(QPushButton)):
            widget.setVisible(not self._dropping)
        self._why.setVisible(not self._dropping and bool(self._why.text()))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, self._dropping)
        self.setVisible(self._dropping or empty)
        self.raise_()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._dropping:
            return
        tokens = palette(self._session.look.theme).tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), tinted(tokens["panel"], 0.8))
        painter.setPen(QPen(QColor(tokens["accent"]), 2, Qt.PenStyle.DashLine))
        inset = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.drawRoundedRect(inset, _RADIUS, _RADIUS)
