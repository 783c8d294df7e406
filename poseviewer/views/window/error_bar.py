"""One sentence across the window when something failed, with its report to copy."""

from __future__ import annotations

import platform
from functools import partial
from html import escape

import PySide6
from PySide6.QtCore import QEasingCurve, QPropertyAnimation, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QToolButton

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.version import __version__
from poseviewer.views.parts.notice_bar import HEIGHT, Bar
from poseviewer.views.parts.plain import menu_text, plain_tip

_MS = 120
_LISTED = 720  # px of a sentence in the menu
_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse


class ErrorBar(Bar):
    """Hidden until the session has a problem; nothing else stops.

    The newest problem is shown, the others stand in a menu and come back as it is closed. What has already failed and
    fails again is told once, as it failed last.
    """

    def __init__(self, session: Session) -> None:
        words = QLabel(textFormat=Qt.TextFormat.RichText, textInteractionFlags=_SELECTABLE)
        self._more = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self._copy = QPushButton("Copy report")
        super().__init__(session, "errorBar", "triangle-alert", "drift", words, self._more, self._copy)
        self._problems: list[tuple[str, str]] = []  # (sentence, report), the newest first; the first one is shown
        self._more.setProperty("worded", True)
        self._more.setToolTip("What else has failed")
        self._others = QMenu(self)
        self._others.aboutToShow.connect(self._list_others)
        self._more.setMenu(self._others)
        self._copy.setToolTip("Copy the sentence and the technical report to the clipboard")
        self._copy.clicked.connect(self.copy_report)
        self._close.setToolTip("Close (Esc)")
        self._slide = QPropertyAnimation(self, b"maximumHeight", self)
        self._slide.setDuration(_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.setStartValue(0)
        self._slide.setEndValue(HEIGHT)
        session.problem.connect(self.tell)

    @property
    def sentence(self) -> str:
        """What it says now; empty when hidden."""
        return "" if self.isHidden() or not self._problems else self._problems[0][0]

    def tell(self, sentence: str, report: str) -> None:
        """Show a problem, before those that have not been closed yet."""
        report = f"{sentence}\n\n{surroundings()}\n\n{report}"
        failed = sentence.partition(": ")[0]
        others = [told for told in self._problems if told[0].partition(": ")[0] != failed]
        self._problems = [(sentence, report), *others]
        self._show_first()
        if self.isHidden():
            self.setMaximumHeight(0)
            self.show()
            self._slide.stop()
            self._slide.start()

    def _show_first(self) -> None:
        sentence = self._problems[0][0]
        head, colon, rest = sentence.partition(": ")
        self._words.setText(f"<b>{escape(head, quote=False)}{colon.strip()}</b> {escape(rest, quote=False)}")
        self.setToolTip(plain_tip(sentence))
        waiting = len(self._problems) - 1
        self._more.setText(f"{waiting} more")
        self._more.setVisible(waiting > 0)

    def _list_others(self) -> None:
        self._others.clear()
        for told in self._problems[1:]:
            words = self.fontMetrics().elidedText(told[0], Qt.TextElideMode.ElideRight, _LISTED)
            self._others.addAction(menu_text(words), partial(self._bring_up, told))
        self._others.addSeparator()
        self._others.addAction("Close all", self._dismiss_all)

    def _bring_up(self, told: tuple[str, str]) -> None:
        self._problems.remove(told)
        self._problems.insert(0, told)
        self._show_first()

    def _dismiss_all(self) -> None:
        self._problems.clear()
        self.hide()

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

    def _retint(self) -> None:
        super()._retint()
        self._copy.setIcon(theme.icon("copy", palette(self._session.look.theme)))


def surroundings() -> str:
    """Versions and platform, for a report."""
    libraries = f"Python {platform.python_version()}, PySide6 {PySide6.__version__}"
    return f"poseviewer {__version__}, {libraries}, {platform.platform()}"
