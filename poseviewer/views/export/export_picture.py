"""What the exported pictures look like: size, rate, theme, view, background, and what is drawn beside the figure."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QSpinBox, QWidget

from poseviewer.app.settings import Settings
from poseviewer.bench.bench import Bench
from poseviewer.bench.look import Look
from poseviewer.bench.verdicts import placed
from poseviewer.export.formats import FILMS, FilmFormat
from poseviewer.export.limits import LARGEST, SMALLEST
from poseviewer.export.options import Options
from poseviewer.render.camera import Camera
from poseviewer.views.parts.boxes import in_form, in_row

_SIZES = ((1280, 720), (1920, 1080), (1080, 1080), (640, 360))
_RATES = (60.0, 50.0, 30.0, 25.0, 24.0, 15.0, 12.5, 10.0, 5.0)
_OF_LOOK = ("labels", "skins", "trails", "truth")
_OF_OPTIONS = {"captions": True, "legend": True, "ground": True, "verdict": False}
"""And whether it is drawn before anybody has chosen."""
_TIMES = "\N{THIN SPACE}\N{MULTIPLICATION SIGN}\N{THIN SPACE}"
_DRAWN = {
    "labels": ("labels", "Frame numbers beside the feet"),
    "captions": ("captions", "The words in the upper left corner, and the scale"),
    "legend": ("legend", "What the colours mean"),
    "ground": ("ground", "Ground and shadows"),
    "skins": ("skins", "Earlier poses, fading"),
    "trails": ("trails", "Trails of pinned joints and other samples"),
    "truth": ("truth", "The clip's own frames beside generated ones"),
    "verdict": ("verdict", "What a generated frame is, since when and why"),
}


class PictureChoice(QWidget):
    """What was chosen last is chosen again; what the window has a switch for starts as the window shows it."""

    changed = Signal()

    def __init__(self, bench: Bench, view: Camera | None, settings: Settings) -> None:
        """view: where the window's eye stands, None where there is none to keep."""
        super().__init__()
        self._bench, self._view, self._settings = bench, view, settings
        self._suffix = ""
        self._montage: tuple[int, int] | None = None  # its usual size while one is chosen
        self.sizes = QComboBox()
        for size in _SIZES:
            self.sizes.addItem(_TIMES.join(map(str, size)), size)
        self.sizes.addItem("own size", None)
        self.width_box = QSpinBox(minimum=SMALLEST, maximum=LARGEST)
        self.height_box = QSpinBox(minimum=SMALLEST, maximum=LARGEST)
        self.rate, self.theme, self.view = QComboBox(), QComboBox(), QComboBox()
        for words, name in (("as the window", "window"), ("dark", "dark"), ("light", "light")):
            self.theme.addItem(words, name)
        if view is not None:
            self.view.addItem("as the window", "window")
        self.view.addItem("all in the picture", "all")
        self.transparent = QCheckBox("transparent background")
        self.drawn = {name: QCheckBox(words) for name, (words, _) in _DRAWN.items()}
        for name, (_, tip) in _DRAWN.items():
            self.drawn[name].setToolTip(tip)
        for box, name in ((self.width_box, "Width"), (self.height_box, "Height")):
            box.setAccessibleName(name)
            box.setToolTip(f"{name} in pixels")
        self._recall()
        self._lay_out()
        self.sizes.currentIndexChanged.connect(self._size_chosen)
        for box in (self.width_box, self.height_box):
            box.valueChanged.connect(self._name_size)
            box.valueChanged.connect(self.changed)
        for combo in (self.rate, self.theme, self.view):
            combo.currentIndexChanged.connect(self.changed)
        self.transparent.toggled.connect(self._suit_ground)
        for check in (self.transparent, *self.drawn.values()):
            check.toggled.connect(self.changed)

    def _recall(self) -> None:
        settings, look = self._settings, self._bench.look
        for combo, name in ((self.theme, "theme"), (self.view, "view")):
            combo.setCurrentIndex(max(0, combo.findData(settings.text(f"export/{name}", "window"))))
        self.transparent.setChecked(settings.flag("export/transparent", False))
        for name in _OF_LOOK:
            self.drawn[name].setChecked(getattr(look, name))
        for name, usual in _OF_OPTIONS.items():
            self.drawn[name].setChecked(settings.flag(f"export/{name}", usual))
        self.suit_bench()

    def suit_bench(self) -> None:
        """Verdicts are there of what has been judged."""
        judged = any(placed(self._bench, lane) is not None for lane in self._bench.lanes)
        self.drawn["verdict"].setEnabled(judged)
        self.drawn["verdict"].setToolTip(_DRAWN["verdict"][1] if judged else "Nothing generated has been judged yet")

    def remember(self) -> None:
        """Keep the choices for the next export."""
        settings = self._settings
        settings.put("export/theme", str(self.theme.currentData()))
        settings.put("export/view", str(self.view.currentData()))
        self._keep_size()
        if self.transparent.isEnabled():
            settings.put("export/transparent", self.transparent.isChecked())
        for name in _OF_OPTIONS:
            if self.drawn[name].isEnabled():
                settings.put(f"export/{name}", self.drawn[name].isChecked())

    def _keep_size(self, montage: bool | None = None) -> None:
        montage = self._montage is not None if montage is None else montage
        if self._suffix in FILMS and not montage:  # motion as data has none
            self._settings.put(_size_key(self._suffix), f"{self.width_box.value()} {self.height_box.value()}")

    def _lay_out(self) -> None:
        times, px = QLabel("\N{MULTIPLICATION SIGN}"), QLabel("px")
        sides = in_row((self.width_box, 1), times, (self.height_box, 1), px, spacing=6)
        boxes = QGridLayout()
        boxes.setVerticalSpacing(6)
        for at, check in enumerate(self.drawn.values()):
            boxes.addWidget(check, at % 4, at // 4)
        self.form = in_form(
            ("Size", self.sizes), ("", sides), ("Rate", self.rate), ("Theme", self.theme), ("View", self.view),
            ("", self.transparent), ("Show", boxes), of=self,
        )  # fmt: skip

    def suit_montage(self, size: tuple[int, int] | None) -> None:
        """Take a montage's usual size (None: there is none) where its own was not typed; it is not remembered."""
        last, self._montage = self._montage, size
        if size == last:
            return
        if size is None:
            film = FILMS.get(self._suffix)
            if film is not None:
                self._set_size(*_remembered(self._settings.text(_size_key(self._suffix)), film.size))
        elif last is None or (self.width_box.value(), self.height_box.value()) == last:
            if last is None:
                self._keep_size(montage=False)
            self._set_size(*size)

    def suit(self, suffix: str) -> None:
        """Offer what a format can hold; what it cannot is off, and says why."""
        if suffix == self._suffix:
            return
        self._keep_size()
        self._suffix = suffix
        self.setEnabled(suffix in FILMS)
        if suffix not in FILMS:
            return
        film = FILMS[suffix]
        if self._montage is None:
            self._set_size(*_remembered(self._settings.text(_size_key(suffix)), film.size))
        through = film.alpha != "none"
        if self.transparent.isEnabled() and not through:
            self._settings.put("export/transparent", self.transparent.isChecked())
        self.transparent.setEnabled(through)
        self.transparent.setChecked(through and self._settings.flag("export/transparent", False))
        hard = f" Edges are hard: a {film.name}'s pixel is there or it is not." if film.alpha == "hard" else ""
        others = ", ".join(other.name for other in FILMS.values() if other.alpha != "none")
        cannot = f"{film.name} cannot: take one of {others}"
        self.transparent.setToolTip(f"Nothing behind the figures.{hard}" if through else cannot)
        self._suit_ground()
        self._offer_rates()

    def _suit_ground(self) -> None:
        """A gif that shows through has no ground: its shadows would have hard edges."""
        hard = FILMS[self._suffix].alpha == "hard" and self.transparent.isChecked()
        self.drawn["ground"].setEnabled(not hard)
        reason = "A see-through GIF has none: shadows fade out, and its pixels are there or they are not"
        self.drawn["ground"].setToolTip(reason if hard else _DRAWN["ground"][1])

    def _offer_rates(self) -> None:
        film, own = FILMS[self._suffix], self._bench.shown_fps
        chosen = self.rate.currentData()
        with QSignalBlocker(self.rate):
            self.rate.clear()
            self.rate.addItem(f"as the motion, {min(own, film.usual):.4g} a second", None)
            for rate in _RATES:
                if rate <= film.fastest and abs(rate - own) > 0.01:
                    self.rate.addItem(f"{rate:g} a second", rate)
            self.rate.setCurrentIndex(max(0, self.rate.findData(chosen)))

    def of(self, options: Options) -> Options:
        """The options with what is chosen here."""
        return replace(
            options,
            size=(self.width_box.value(), self.height_box.value()),
            fps=self.rate.currentData(),
            look=self._look(),
            view=self._view if self.view.currentData() == "window" else None,
            captions=self.drawn["captions"].isChecked(),
            legend=self.drawn["legend"].isChecked(),
            ground=self.drawn["ground"].isChecked(),
            verdict=self.drawn["verdict"].isEnabled() and self.drawn["verdict"].isChecked(),
            transparent=self.transparent.isChecked() and FILMS[self._suffix].alpha != "none",
        )

    def _look(self) -> Look:
        theme = self.theme.currentData()
        look = self._bench.with_look(**{name: self.drawn[name].isChecked() for name in _OF_LOOK})
        return look if theme == "window" else replace(look, theme=theme)

    def _size_chosen(self) -> None:
        size = self.sizes.currentData()
        if size is not None:
            self._set_size(*size)
        self.changed.emit()

    def _set_size(self, width: int, height: int) -> None:
        for box, side in ((self.width_box, width), (self.height_box, height)):
            with QSignalBlocker(box):
                box.setValue(side)
        self._name_size()

    def _name_size(self) -> None:
        """The preset that the two numbers are, or a size of one's own."""
        size = self.width_box.value(), self.height_box.value()
        with QSignalBlocker(self.sizes):
            self.sizes.setCurrentIndex(_SIZES.index(size) if size in _SIZES else len(_SIZES))


def _size_key(suffix: str) -> str:
    """A format whose usual size is another one, as a small GIF's is, keeps its own."""
    return f"export/{suffix[1:]} size" if FILMS[suffix].size != FilmFormat.size else "export/size"


def _remembered(text: str, usual: tuple[int, int]) -> tuple[int, int]:
    """A size that `remember` wrote; the usual one where it did not."""
    words = text.split()
    if len(words) != 2 or not all(word.isdecimal() and SMALLEST <= int(word) <= LARGEST for word in words):
        return usual
    return int(words[0]), int(words[1])
