"""The transport above the timeline: buttons, speed, where the playhead stands, the seed, the timeline's menu."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QFontMetricsF, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from poseviewer.app.playback import SPEEDS, Playback
from poseviewer.app.session import Session
from poseviewer.app.theme import body_font, icon
from poseviewer.bench.bench import Bench
from poseviewer.bench.words import signed
from poseviewer.render.palette import palette
from poseviewer.text import counted, grouped
from poseviewer.views.parts.boxes import in_row
from poseviewer.views.parts.choice import choice
from poseviewer.views.parts.ink import write
from poseviewer.views.parts.labels import label
from poseviewer.views.timeline.timeline_actions import MENU

HEIGHT = 36
_NUMBER = 44.0  # px of the big frame number, right-aligned
_GAP = 12.0


def position_words(bench: Bench) -> tuple[str, ...]:
    """Relative frame, frame of how many, seconds, frame rate; nothing without a clip."""
    if bench.clip is None:
        return ()
    before = 1 - bench.first_frame  # frames up to the seed's last one
    frame, total = bench.relative_frame(), grouped(bench.relative_frame(bench.end) + before)
    own = f"clip {bench.clip.fps:.4g}" if abs(bench.fps - bench.clip.fps) > 0.01 else ""
    of_clip = " ".join(filter(None, (own, "" if bench.clip.fps_known else "assumed")))
    rate = ", ".join(filter(None, (f"{bench.fps:.4g} fps", of_clip)))
    return signed(frame), f"frame {grouped(frame + before)} of {total}", f"{bench.wrapped(bench.time):.2f} s", rate


def seed_words(bench: Bench) -> str:
    """How long the seed is: in frames of the rate that everything is counted in, and in seconds."""
    if bench.clip is None:
        return ""
    seconds = (bench.seed[1] - bench.seed[0]) / bench.clip.fps
    frames = max(1, round(seconds * bench.fps))
    return f"{counted(frames, 'frame')}, {seconds:.2f} s"


class Readout(QWidget):
    """Where the playhead stands, painted by hand: a label would be laid out anew at every frame."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._big, self._body = body_font(15, QFont.Weight.DemiBold), body_font(12)
        self._shown: tuple[str, ...] = ()
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setToolTip(
            "Frame relative to the seed's last frame; frame of the whole motion; seconds; "
            "the rate that frames count in: the generator's where one reads the clip"
        )
        self.setAccessibleName("Position")

    def refresh(self) -> None:
        """Repaint where the words are others."""
        words = position_words(self._session.bench)
        if words != self._shown:
            self._shown = words
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(_NUMBER + 330), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(round(_NUMBER), HEIGHT)

    def paintEvent(self, event: object) -> None:
        if not self._shown:
            return
        number, *others = self._shown
        tokens = palette(self._session.look.theme).tokens
        painter = QPainter(self)
        wide = max(_NUMBER, QFontMetricsF(self._big).horizontalAdvance(number))
        write(painter, QRectF(0, 0, wide, HEIGHT), number, tokens["text"], self._big, Qt.AlignmentFlag.AlignRight)
        metrics, x = QFontMetricsF(self._body), wide + _GAP
        total = others[0].rsplit(" ", 1)[-1]
        for text, widest in zip(others, (f"frame {total} of {total}", others[1], others[2]), strict=True):
            width = metrics.horizontalAdvance(widest)  # the next word stands still while the digits run
            if x + width > self.width():
                break
            write(painter, QRectF(x, 0, width + 1, HEIGHT), text, tokens["text2"], self._body)
            x += width + _GAP


class Transport(QWidget):
    """Buttons call the actions; the readout and the seed's length read the bench."""

    def __init__(self, session: Session, playback: Playback, actions: dict[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("transport")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._session, self._playback, self._actions = session, playback, actions
        self.play = QToolButton()
        self.play.setFixedWidth(36)
        self.play.clicked.connect(actions["play"].trigger)
        speed_name = label("speed", "middle")
        speed_name.setMinimumWidth(1)
        self.speed = choice("Speed", "Speed of playback (+ and − change it)")
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g}×" if speed % 1 else f"{speed:.1f}×", speed)
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.setFixedSize(68, 24)
        self.speed.activated.connect(lambda i: setattr(playback, "speed", SPEEDS[i]))
        self.readout = Readout(session)
        self._seed_name = label("seed", "middle")
        self.seed = QLabel()
        self.seed.setMinimumWidth(1)  # cut where there is no room, rather than widening the window
        self.seed.setToolTip("What the generator is given: drag the blue bar's ends to change it")
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        for item in MENU:
            if item is None:
                self.menu.addSeparator()
            else:
                self.menu.addAction(actions[item])
        self.more = QToolButton()
        self.more.setMenu(self.menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setToolTip("Loop range, seed, time axis")
        self.more.setAccessibleName("Timeline menu")
        in_row(
            self._button("first"), self._button("previous"), self.play, self._button("next"), self._button("last"),
            _separator(), self._button("loop"), 4, speed_name, self.speed, _separator(), (self.readout, 1),
            self._seed_name, 6, self.seed, _separator(), self.more, of=self, margins=(6, 0, 8, 0), spacing=4,
        )  # fmt: skip

    def dress(self) -> None:
        """The theme's colours for the readout, and for the icon that belongs to no action."""
        self.more.setIcon(icon("ellipsis", palette(self._session.look.theme)))
        self.readout.update()

    def refresh(self) -> None:
        """Everything that the session and the playback say."""
        ready, tokens = self._actions["play"].isEnabled(), palette(self._session.look.theme).tokens
        self.play.setIcon(_solid(self._playback.playing, tokens["on_accent" if ready else "text3"]))
        if self.play.isEnabled() != ready or self.play.property("primary") is None:
            self.play.setEnabled(ready)
            self.play.setProperty("primary", ready)
            self.play.style().unpolish(self.play)
            self.play.style().polish(self.play)
        self.play.setToolTip("Pause (Space)" if self._playback.playing else "Play (Space)")
        self.play.setAccessibleName(self._actions["play"].text())
        self.speed.setCurrentIndex(min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - self._playback.speed)))
        self.seed.setText(seed_words(self._session.bench))
        self._seed_name.setVisible(bool(self.seed.text()))
        self.readout.refresh()

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._actions[name])
        return button


def _separator() -> QWidget:
    box = QWidget()
    box.setFixedSize(17, HEIGHT)
    line = QFrame(box)
    line.setGeometry(8, 9, 1, HEIGHT - 18)
    line.setAutoFillBackground(True)
    line.setBackgroundRole(line.backgroundRole().Mid)
    return box


@lru_cache(maxsize=8)
def _solid(pause: bool, colour: str) -> QIcon:
    """The one filled icon: a triangle, or two bars."""
    result = QIcon()
    for ratio in (1, 2):
        pixmap = QPixmap(16 * ratio, 16 * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(ratio, ratio)
            painter.setBrush(QColor(colour))
            cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(QColor(colour), 1.5, Qt.PenStyle.SolidLine, cap, join))
            if pause:
                painter.drawRect(QRectF(4.0, 3.25, 2.0, 9.5))
                painter.drawRect(QRectF(10.0, 3.25, 2.0, 9.5))
            else:
                painter.drawPolygon(QPolygonF([QPointF(4.5, 2.75), QPointF(13.0, 8.0), QPointF(4.5, 13.25)]))
        pixmap.setDevicePixelRatio(ratio)
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
            result.addPixmap(pixmap, mode)
    return result
