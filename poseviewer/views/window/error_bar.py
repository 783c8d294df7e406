"""One sentence across the window when something failed, with its report to copy; and the dialog for the unexpected."""

from __future__ import annotations

import platform
from functools import partial

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.views.parts.boxes import in_column, in_row
from poseviewer.views.parts.tooltips import plain_tip

_HEIGHT, _MS = 36, 120
_LISTED = 720  # px of a sentence in the menu


class ErrorBar(QWidget):
    """Hidden until the session has a problem; nothing else stops.

    The newest problem is shown, the others stand in a menu and come back as it is closed. What has already failed and
    fails again is told once, as it failed last.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("errorBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._problems: list[tuple[str, str]] = []  # (sentence, report), the newest first; the first one is shown
        self.reduce_motion = False
        self._icon = QLabel()
        self._words = QLabel(
            textFormat=Qt.TextFormat.RichText, textInteractionFlags=Qt.TextInteractionFlag.TextSelectableByMouse
        )
        # a long sentence is cut, and whole in the tooltip, rather than widening the window
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._more = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setProperty("worded", True)
        self._more.setToolTip("What else has failed")
        self._others = QMenu(self)
        self._others.aboutToShow.connect(self._list_others)
        self._more.setMenu(self._others)
        self._copy = QPushButton("Copy report")
        self._copy.setToolTip("Copy the sentence and the technical report to the clipboard")
        self._close = QToolButton()
        self._close.setIconSize(QSize(16, 16))
        self._close.setToolTip("Close (Esc)")
        parts = self._icon, (self._words, 1), self._more, self._copy, self._close
        in_row(*parts, of=self, margins=(12, 0, 8, 0), spacing=10)
        self._slide = QPropertyAnimation(self, b"maximumHeight", self)
        self._slide.setDuration(_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._copy.clicked.connect(self.copy_report)
        self._close.clicked.connect(self.dismiss)
        session.problem.connect(self.tell)
        session.look_changed.connect(self._retint)
        self._retint()
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says now; empty when hidden."""
        return "" if self.isHidden() or not self._problems else self._problems[0][0]

    def tell(self, sentence: str, report: str) -> None:
        """Show a problem, before those that have not been closed yet."""
        report = f"{sentence}\n\n{surroundings()}\n\n{report}"
        others = [told for told in self._problems if _failed(told[0]) != _failed(sentence)]
        self._problems = [(sentence, report), *others]
        self._show_first()
        if self.isHidden():
            self._slide_in()

    def _show_first(self) -> None:
        sentence = self._problems[0][0]
        head, colon, rest = sentence.partition(": ")
        self._words.setText(f"<b>{_escaped(head)}{colon.strip()}</b> {_escaped(rest)}")
        self.setToolTip(plain_tip(sentence))
        waiting = len(self._problems) - 1
        self._more.setText(f"{waiting} more")
        self._more.setVisible(waiting > 0)

    def _list_others(self) -> None:
        self._others.clear()
        for told in self._problems[1:]:
            words = self.fontMetrics().elidedText(told[0], Qt.TextElideMode.ElideRight, _LISTED)
            self._others.addAction(words.replace("&", "&&"), partial(self._bring_up, told))
        self._others.addSeparator()
        self._others.addAction("Close all", self._dismiss_all)

    def _bring_up(self, told: tuple[str, str]) -> None:
        self._problems.remove(told)
        self._problems.insert(0, told)
        self._show_first()

    def _dismiss_all(self) -> None:
        self._problems.clear()
        self.hide()

    def _slide_in(self) -> None:
        self.setMaximumHeight(0)
        self.setMinimumHeight(0)
        self.show()
        self._slide.stop()
        self._slide.setStartValue(0)
        self._slide.setEndValue(_HEIGHT)
        self._slide.setDuration(0 if self.reduce_motion else _MS)
        self._slide.start()

    def dismiss(self) -> None:
        """Close the problem that is shown; the next one takes its place."""
        if self._problems:
            self._problems.pop(0)
        if self._problems:
            self._show_first()
        else:
            self.hide()

    def copy_report(self) -> None:
        """The shown problem's report to the clipboard."""
        if self._problems:
            QGuiApplication.clipboard().setText(self._problems[0][1])

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def _retint(self) -> None:
        colours = palette(self._session.look.theme)
        self._icon.setPixmap(theme.icon_pixmap("triangle-alert", colours.tokens["drift"], 16, self.devicePixelRatioF()))
        self._copy.setIcon(theme.icon("copy", colours))
        self._close.setIcon(theme.icon("x", colours))


class UnexpectedErrorDialog(QDialog):
    """An error that nobody foresaw: what happened, a report to copy, and the session goes on."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self.resize(640, 380)
        words = QLabel(
            "An error came up that poseviewer did not expect. Your work is still open. "
            "Please send this report along when you tell us about it.",
            wordWrap=True,
        )
        text = QPlainTextEdit(f"{surroundings()}\n\n{report}", readOnly=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy report", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text.toPlainText()))
        buttons.rejected.connect(self.reject)
        in_column(words, (text, 1), buttons, of=self, margins=None)


def surroundings() -> str:
    """Versions and platform, for a report."""
    import PySide6

    from poseviewer.version import __version__

    return (
        f"poseviewer {__version__}, Python {platform.python_version()}, "
        f"PySide6 {PySide6.__version__}, {platform.platform()}"
    )


def _failed(sentence: str) -> str:
    """What failed, without the cause."""
    return sentence.partition(": ")[0]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
