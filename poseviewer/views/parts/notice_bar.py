"""Lines across the window that stay: something has come about, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.render.palette import palette
from poseviewer.text import counted
from poseviewer.views.parts.boxes import in_row
from poseviewer.views.parts.plain import plain_tip

HEIGHT = 36
"""px of such a line."""

Answer = tuple[str, Callable[[], object]]
"""A button's words and what it does."""


class Bar(QWidget):
    """An icon, words, buttons, and a cross that closes what is told; hidden while nothing is."""

    def __init__(self, session: Session, name: str, icon: str, token: str, words: QLabel, *buttons: QWidget) -> None:
        """token: the theme's colour of the icon."""
        super().__init__()
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session, self._sign = session, (icon, token)
        self._icon, self._words, self._close = QLabel(), words, QToolButton()
        # a long sentence is cut, and whole in the tooltip, rather than widening the window
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._close.setIconSize(QSize(16, 16))
        self._close.clicked.connect(self.dismiss)
        self._row = in_row(self._icon, (words, 1), *buttons, self._close, of=self, margins=(12, 0, 8, 0), spacing=10)
        session.look_changed.connect(self._retint)
        self._retint()
        self.hide()

    def dismiss(self) -> None:
        """Close what is shown."""

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def _retint(self) -> None:
        (icon, token), colours = self._sign, palette(self._session.look.theme)
        self._icon.setPixmap(theme.icon_pixmap(icon, colours.tokens[token], 16, self.devicePixelRatioF()))
        self._close.setIcon(theme.icon("x", colours))


class NoticeBar(Bar):
    """Shows the newest news, which stay until they are answered or closed; older ones come back then."""

    def __init__(self, session: Session) -> None:
        words = QLabel(textFormat=Qt.TextFormat.PlainText)
        super().__init__(session, "noticeBar", "circle-check", "accent", words)
        self._close.setToolTip("Close")
        self._news: list[tuple[str, Sequence[Answer], bool]] = []
        self.buttons: list[QPushButton] = []
        """The buttons of what it says now."""
        self._restoring: Sequence[Answer] = [("Restore", self._restore), ("Discard", self._discard)]
        session.keeping.files.offered.connect(lambda words: self.tell(words, self._restoring))

    @property
    def words(self) -> str:
        """What it says now; empty when hidden."""
        return "" if self.isHidden() else self._words.text()

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
        for button in self.buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self.buttons = []
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
            self.buttons.append(button)

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
        words = f"{counted(count, 'kept rollout')} go{'es' * (count == 1)} when the program is left"
        self.tell(words, [("Undo", files.take_back)])

    def _all_offers_answered(self) -> None:
        """All that waits is answered at once, whatever else offered it."""
        self._news = [news for news in self._news if news[1] is not self._restoring]
        self._show_newest()
