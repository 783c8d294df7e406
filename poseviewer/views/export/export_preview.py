"""One picture of the film as it will be, drawn by the film's own renderer behind the window."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QSlider, QWidget

from poseviewer.app.session import Session
from poseviewer.bench.bench import Bench
from poseviewer.bench.words import signed
from poseviewer.errors import PoseviewerError
from poseviewer.export.formats import FILMS
from poseviewer.export.options import Options
from poseviewer.render.palette import palette
from poseviewer.views.parts.boxes import in_column, in_row

if TYPE_CHECKING:
    from poseviewer.app.jobs import Task
    from poseviewer.export.sink import Pictures

_MOST = 1920 * 1080  # pixels that a preview is drawn with at most; a larger film is drawn smaller
_CHECK = 8  # px of the squares that stand for what shows through


@dataclass(frozen=True)
class Drawn:
    """A picture, which of the film's it is, the frame that it shows as the timeline counts it, and the seconds that a
    megapixel took to draw."""

    image: QImage
    number: int
    frame: int
    pace: float


class Preview(QWidget):
    """The k-th picture, chosen by a slider; the newest wish alone is drawn."""

    drawn = Signal()

    def __init__(self, session: Session, bench: Bench) -> None:
        super().__init__()
        self._session, self._bench = session, bench
        self._options, self._suffix, self._count = Options(), ".mp4", 1
        self._task: Task | None = None
        self._waiting = False
        self._taken: tuple[object, Pictures] | None = None  # used on the lane alone
        self.shown: Drawn | None = None
        self.problem = ""
        self.canvas = _Canvas(session)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Frame of the preview")
        self.slider.setToolTip("Frame of the preview")
        self._frame = QLabel()
        self._frame.setMinimumWidth(150)
        self._frame.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        foot = in_row((self.slider, 1), self._frame, margins=(12, 8, 12, 8), spacing=12)
        in_column((self.canvas, 1), foot, of=self)
        self.slider.valueChanged.connect(self._draw)
        self.canvas.resized.connect(self._draw)

    @property
    def seconds(self) -> float | None:
        """Seconds that one picture of the film takes to draw; None while none was drawn."""
        width, height = self._options.size or FILMS[self._suffix].size
        return None if self.shown is None else self.shown.pace * width * height / 1e6

    def show_film(self, suffix: str, options: Options, count: int) -> None:
        """Draw a film of `count` pictures; motion as data is shown as a film would be."""
        film = suffix in FILMS
        self._suffix = suffix if film else ".mp4"
        self._options = options if film else replace(options, transparent=False)
        place = self.slider.value() / max(self.slider.maximum(), 1)
        if count != self._count:
            self._count = count
            with QSignalBlocker(self.slider):
                self.slider.setRange(0, count - 1)
                self.slider.setValue(round(place * (count - 1)))
        self.slider.setEnabled(count > 1)
        self._draw()

    def _draw(self) -> None:
        if self._task is not None:
            self._waiting = True
            return
        self._waiting = False
        room = self.canvas.size() * self.canvas.devicePixelRatioF()
        # the dialog goes on choosing while this is drawn
        asked = copy.copy(self._bench), self._suffix, self._options, self.slider.value(), room, self.shown is not None
        work = partial(self._picture, *asked)
        self._task = self._session.jobs.submit("preview", "Preview", work, self._show, self._fail, quiet=True)

    def _picture(self, bench: Bench, suffix: str, options: Options, k: int, room: QSize, warm: bool) -> Drawn:
        """On the lane: the k-th picture, as large as there is room for."""
        from poseviewer.export.film import taken

        key = (suffix, options, bench.lanes, bench.seed)
        if self._taken is None or self._taken[0] != key:
            self._taken = key, taken(bench, FILMS[suffix], options)
        film = self._taken[1]
        k = min(k, len(film) - 1)
        width, height = film.size
        part = min(1.0, (_MOST / (width * height)) ** 0.5)
        small = max(1, round(width * part)), max(1, round(height * part))
        with film.drawing(part) as draw:
            if not warm:  # the first picture of a process takes longer than all others
                draw(k)
            began = time.perf_counter()
            pixels = draw(k)
            pace = (time.perf_counter() - began) * 1e6 / (small[0] * small[1])
        data = np.ascontiguousarray(pixels)
        form = QImage.Format.Format_RGBA8888 if options.transparent else QImage.Format.Format_RGBX8888
        image = QImage(data.data, small[0], small[1], 4 * small[0], form)
        fitted = QSize(*small).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        smooth = Qt.TransformationMode.SmoothTransformation
        scaled = image.scaled(fitted, Qt.AspectRatioMode.IgnoreAspectRatio, smooth).copy()
        moment = film.time(k)
        frame = max(round((moment - bench.seed_end) * bench.fps), bench.first_frame)
        return Drawn(scaled, k, frame, pace)

    def _show(self, drawn: Any) -> None:
        self._task, self.problem = None, ""
        # the quickest counts: others waited for the window or for another program
        self.shown = drawn if self.shown is None else replace(drawn, pace=min(drawn.pace, self.shown.pace))
        self.canvas.show_picture(drawn.image)
        place = f"picture {drawn.number + 1} of {self._count}" if self._count > 1 else "one picture"
        self._frame.setText(f"{signed(drawn.frame)},  {place}")
        self.drawn.emit()
        self._go_on()

    def _fail(self, error: BaseException) -> None:
        self._task = None
        self.problem = error.sentence() if isinstance(error, PoseviewerError) else f"{type(error).__name__}: {error}"
        self.canvas.show_picture(None, self.problem)
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting:
            self._draw()

    def close_down(self) -> None:
        """Stop drawing: nobody looks any more."""
        self._waiting = False
        if self._task is not None:
            self._task.cancel()


class _Canvas(QWidget):
    """The picture in the middle of its room, on squares where it shows through."""

    resized = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._image: QImage | None = None
        self._words = ""
        self.setMinimumSize(320, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Preview")

    def sizeHint(self) -> QSize:
        return QSize(592, 333)

    def show_picture(self, image: QImage | None, words: str = "") -> None:
        """words: what stands there where there is no picture."""
        self._image, self._words = image, words
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = palette(self._session.look.theme).tokens
        painter.fillRect(self.rect(), QColor(tokens["window"]))
        if self._image is None:
            painter.setPen(QColor(tokens["text2"]))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(24, 0, -24, 0), flags, self._words)
            return
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        at = QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height())
        if self._image.hasAlphaChannel():
            _squares(painter, at, (tokens["control"], tokens["raised"]))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(at, self._image)


def _squares(painter: QPainter, at: QRectF, colours: tuple[str, str]) -> None:
    painter.save()
    painter.setClipRect(at)
    painter.fillRect(at, QColor(colours[0]))
    for row in range(int(at.height() // _CHECK) + 1):
        for column in range(row % 2, int(at.width() // _CHECK) + 1, 2):
            square = QRectF(at.x() + column * _CHECK, at.y() + row * _CHECK, _CHECK, _CHECK)
            painter.fillRect(square, QColor(colours[1]))
    painter.restore()
