"""A line across the window that stays: something has come about, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.views.parts.boxes import in_row
from poseviewer.views.parts.tooltips import plain_tip

_HEIGHT = 36

Answer = tuple[str, Callable[[], object]]
"""A button's words and what it does."""


class NoticeBar(QWidget):
    """Hidden until there is news. The newest stays until it is answered or closed; older ones come back then."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._news: list[tuple[str, Sequence[Answer], bool]] = []
        self._icon = QLabel()
        self._words = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._close = QToolButton()
        self._close.setToolTip("Close")
        self._close.setIconSize(QSize(16, 16))
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self.dismiss)
        self._row = in_row(self._icon, (self._words, 1), self._close, of=self, margins=(12, 0, 8, 0), spacing=10)
        self._buttons: list[QPushButton] = []
        self._restoring: Sequence[Answer] = [("Restore", self._restore), ("Discard", self._discard)]
        session.keeping.files.offered.connect(lambda words: self.tell(words, self._restoring))
        session.look_changed.connect(self._retint)
        self._retint()
        self.hide()

    @property
    def words(self) -> str:
        """What it says now; empty when hidden."""
        return "" if self.isHidden() else self._words.text()

    @property
    def buttons(self) -> list[QPushButton]:
        """The buttons of what it says now."""
        return list(self._buttons)

    def tell(self, words: str, answers: Sequence[Answer], stays: bool = False) -> None:
        """Show news with its buttons; an answer closes it, unless it stays."""
        self._news.append((words, answers, stays))
        self._show_newest()

    def withdraw(self, words: str) -> None:
        """Take news back that is no longer true."""
        self._news = [news for news in self._news if news[0] != words]
        self._show_newest()

    def dismiss(self) -> None:
        """Close what is shown; what was told before it comes back."""
        if self._news:
            self._news.pop()
        self._show_newest()

    def _show_newest(self) -> None:
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        self.setVisible(bool(self._news))
        if not self._news:
            return
        words, answers, stays = self._news[-1]
        self._words.setText(words)
        self._words.setToolTip(plain_tip(words))
        for text, call in answers:
            button = QPushButton(text)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, call=call: self._answer(call, stays))
            self._row.insertWidget(self._row.count() - 1, button)
            self._buttons.append(button)

    def _answer(self, call: Callable[[], object], stays: bool) -> None:
        if not stays:
            self.dismiss()
        call()

    def _restore(self) -> None:
        self._all_offers_answered()
        self._session.keeping.files.restore()

    def _discard(self) -> None:
        self._all_offers_answered()
        files = self._session.keeping.files
        count = files.discard()
        words = "1 kept rollout goes" if count == 1 else f"{count} kept rollouts go"
        self.tell(f"{words} when the program is left", [("Undo", files.take_back)])

    def _all_offers_answered(self) -> None:
        """All that waits is answered at once, whatever else offered it."""
        self._news = [news for news in self._news if news[1] is not self._restoring]
        self._show_newest()

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def _retint(self) -> None:
        colours = palette(self._session.look.theme)
        self._icon.setPixmap(theme.icon_pixmap("circle-check", colours.tokens["accent"], 16, self.devicePixelRatioF()))
        self._close.setIcon(theme.icon("x", colours))
