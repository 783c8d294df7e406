"""What to export, what it looks like, and where to; with one of its pictures, its size and its length beforehand."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileInfo, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.aside import require_folder, unwritable
from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.bench.scene.placement import lanes_shown
from poseviewer.errors import PoseviewerError
from poseviewer.export import open_files, require_target, target_of
from poseviewer.export.choosing import lane_alone, with_kept
from poseviewer.export.estimate import estimated_bytes, estimated_seconds, picture_count
from poseviewer.export.formats import FILMS, FORMATS, notes
from poseviewer.export.montage import usual_size
from poseviewer.export.options import Options, chosen, frame_number
from poseviewer.nets.checkpoints.checkpoint import card_behind
from poseviewer.render.camera import Camera
from poseviewer.render.palette import palette
from poseviewer.text import counted
from poseviewer.views.export.export_picture import PictureChoice
from poseviewer.views.export.export_preview import Preview
from poseviewer.views.export.export_range import RangeChoice
from poseviewer.views.export.picture import may_write
from poseviewer.views.parts.boxes import in_column, in_form, in_row
from poseviewer.views.parts.plain import plain_tip

_HELD = "The held pose belongs to its one frame and is left out"
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
_LONGEST_NAME = 80


class ExportDialog(QDialog):
    """After `exec` is accepted, `path`, `options` and `bench` say what was chosen, of the bench as it was then."""

    def __init__(
        self,
        session: Session,
        parent: QWidget | None,
        view: Camera | None = None,
        require_free: Callable[[Path], None] = lambda target: None,
    ) -> None:
        """view: where the window's eye stands; require_free: raises PoseviewerError where a path is being written."""
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._session, self._require_free = session, require_free
        self._shown = copy.copy(session.bench)  # as it is on the desk
        self.bench = copy.copy(session.bench)
        settings = session.settings
        self._folder = Path(settings.text("export folder", str(Path.home())))
        self._unfit, self._lost = "", ""  # why motion as data cannot be written, or what it will lack
        self._format = QComboBox()
        for form in FORMATS.values():
            self._format.addItem(form.title, form.suffix)
        self._format.setCurrentIndex(max(0, self._format.findData(settings.text("export/format", ".mp4"))))
        self.rollout = QComboBox()
        self.rollout.setAccessibleName("Rollout")
        self._choices = self._made_choices()
        for words, _ in self._choices:
            self.rollout.addItem(words)
        self.range = RangeChoice(self.bench, session.loop_range)
        self.picture = PictureChoice(self.bench, view, settings)
        self.preview = Preview(session, self.bench)
        self._path = QLineEdit(str(self._folder / f"{self._stem()}{self.suffix}"))
        self._path.setAccessibleName("File")
        self._browse_button = QPushButton("Browse\N{HORIZONTAL ELLIPSIS}")
        self._sign, self._words = QLabel(), QLabel(wordWrap=True)
        self._estimate = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._export, self._cancel = QPushButton("Export"), QPushButton("Cancel")
        self._export.setProperty("primary", True)
        self._export.setDefault(True)
        self._cancel.setAutoDefault(False)
        self._browse_button.setAutoDefault(False)
        self._lay_out()
        self._browse_button.clicked.connect(self._browse)
        self._export.clicked.connect(self._accept)
        self._cancel.clicked.connect(self.reject)
        self._format.currentIndexChanged.connect(self._format_changed)
        self.rollout.currentIndexChanged.connect(self._rollout_changed)
        self._path.textChanged.connect(self._path_changed)
        self.range.changed.connect(self._refresh)
        self.picture.changed.connect(self._refresh)
        self.preview.drawn.connect(self._tell)
        self.finished.connect(self.preview.close_down)
        self._start_preview()
        self._refresh()

    # layout

    def _lay_out(self) -> None:
        rows = [("Rollout", self.rollout)] if len(self._choices) > 1 else []
        motion = in_form(("Format", self._format), *rows, ("Range", self.range))
        choices = QWidget()
        choices.setObjectName("panel")
        in_column(motion, _line(), self.picture, None, of=choices, margins=(14, 12, 14, 12), spacing=12)
        _align_labels(motion, self.picture.form)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(choices)
        scroll.setFixedWidth(max(312, choices.sizeHint().width() + 10))
        scroll.setMinimumHeight(180)
        upper = in_row((self.preview, 1), _line(vertical=True), scroll)
        in_column((upper, 1), _line(), self._file_rows(), self._foot(), of=self)
        room = self.screen().availableGeometry()
        self.resize(min(980, room.width() - 40), min(596, room.height() - 60))

    def _file_rows(self) -> QVBoxLayout:
        self._words.setMinimumHeight(18)
        # a long name is cut, and whole in the tooltip, rather than widening the dialog
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        where = in_row(QLabel("File"), (self._path, 1), self._browse_button, spacing=8)
        told = in_row(self._sign, (self._words, 1), spacing=6)
        return in_column(where, told, margins=(14, 12, 14, 8), spacing=6)

    def _foot(self) -> QWidget:
        foot = QWidget()
        foot.setObjectName("dialogFoot")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._estimate.setProperty("middle", True)
        in_row((self._estimate, 1), self._cancel, self._export, of=foot, margins=(14, 10, 14, 10), spacing=8)
        for button in (self._cancel, self._export):
            button.setMinimumWidth(88)
        return foot

    # what is chosen

    @property
    def suffix(self) -> str:
        """The format's."""
        return str(self._format.currentData())

    @property
    def path(self) -> Path:
        """The file to write, with the format's suffix where none that is known was typed."""
        given = self._given()
        return given if given.suffix.lower() == self.suffix else _with_suffix(given, self.suffix)

    @property
    def options(self) -> Options:
        """Everything that was chosen."""
        options = self.range.of(Options())
        return self.picture.of(options) if self.suffix in FILMS else options

    def _made_choices(self) -> list[tuple[str, Bench]]:
        """What can be exported of what was generated: both lanes, each of them, and what else was kept of the clip."""
        bench, shown = self._shown, lanes_shown(self._shown)
        both = [(" beside ".join(lane.name for lane in shown), bench)] if len(shown) != 1 else []
        choices = [(words or "the clip", made) for words, made in both]
        choices += [(f"{lane.name} alone", lane_alone(bench, lane.role)) for lane in shown]
        there = {lane.rollout for lane in shown}
        for kept in reversed(self._session.keeping.on_bench()):
            if kept.rollout not in there and kept.rollout.length:
                choices.append((kept.words(), with_kept(bench, kept)))
        return choices

    def _rollout_changed(self) -> None:
        """Another rollout comes onto the dialog's bench."""
        was, chosen_bench = self._stem(), self._choices[self.rollout.currentIndex()][1]
        for field in ("lanes", "focus", "seed", "azimuth", "embedded", "embedding_misfit", "clip_verdicts"):
            setattr(self.bench, field, getattr(chosen_bench, field))
        if self._given().name == f"{was}{self.suffix}":
            self._path.setText(str(self._given().with_name(f"{self._stem()}{self.suffix}")))
        self.picture.suit_bench()
        self.range.suit_bench()

    def _stem(self) -> str:
        """The clip, the models that went on from it, and by how many frames."""
        bench = self.bench
        name = bench.clip.name if bench.clip is not None else "motion"
        for lane in (lane for lane in bench.lanes if lane.horizon):
            name += f" {self._model(lane)} +{lane.horizon}".replace("  ", " ")
        return _FORBIDDEN.sub("_", name).strip(" .")[:_LONGEST_NAME] or "motion"

    def _model(self, lane: Lane) -> str:
        """The file of a lane's generator; what it is called where it came out of none."""
        card = card_behind(lane.generator)
        if card is not None:
            return card.name
        source = self._session.at_work.get(lane.kind)
        return Path(str(source)).stem if source else ""

    def _given(self) -> Path:
        """What was typed: a bare name lies in the last folder, an empty field or a folder gets the motion's name."""
        text = self._path.text().strip()
        try:
            path = self._folder / Path(text).expanduser()
        except RuntimeError:  # "~name" of nobody
            path = self._folder / text
        if not text or text.endswith("/") or QFileInfo(path).isDir():
            return path / f"{self._stem()}{self.suffix}"
        return path

    # changes

    def _format_changed(self) -> None:
        self.picture.suit(self.suffix)
        if Path(self._path.text()).suffix.lower() != self.suffix:
            self._path.setText(str(_with_suffix(self._given(), self.suffix)))
        self._refresh()

    def _path_changed(self) -> None:
        row = self._format.findData(self._given().suffix.lower())
        if row >= 0 and row != self._format.currentIndex():
            self._format.setCurrentIndex(row)
        else:
            self._tell()

    def _refresh(self) -> None:
        """Everything that follows from the choices."""
        montage = self.range.of(Options()).montage
        self.picture.suit(self.suffix)
        self.picture.suit_montage(None if montage is None else usual_size(self.bench, Options(montage=montage)))
        self._unfit, self._lost = self.range.refused if montage is not None else "", ""
        if self.suffix not in FILMS and montage is not None:
            self._unfit = f"A montage is a picture or a film: choose one of {', '.join(FILMS)}."
        elif self.suffix not in FILMS:
            from poseviewer.export.motion import held_by

            try:
                self._lost = held_by(self.bench, self.suffix, self.options)
            except PoseviewerError as error:
                self._unfit = error.sentence()
        self.preview.show_film(self.suffix, self.options, self._count())
        self._tell()

    def _count(self) -> int:
        return picture_count(self.bench, self.suffix if self.suffix in FILMS else ".mp4", self.options)[0]

    def _start_preview(self) -> None:
        """At the playhead, where the range has it."""
        self.picture.suit(self.suffix)
        _, frames = chosen(self.bench, self.range.of(Options()))
        inside = frame_number(self.bench, self.bench.wrapped(self.bench.time)) - frames.start
        share = min(max(inside, 0), len(frames) - 1) / max(len(frames) - 1, 1)
        last = self._count() - 1
        with QSignalBlocker(self.preview.slider):  # nothing is drawn before that is chosen
            self.preview.slider.setRange(0, last)
            self.preview.slider.setValue(round(share * last))

    def _tell(self) -> None:
        refused = self._refused()
        self._export.setEnabled(not refused)
        colour = palette(self._session.look.theme).tokens["drift"]
        self._sign.setVisible(bool(refused) and bool(self._path.text().strip()))
        self._sign.setPixmap(theme.icon_pixmap("triangle-alert", colour, 16, self.devicePixelRatioF()))
        self._words.setText(refused or self._note())
        self._words.setToolTip(plain_tip(self._words.text()))
        self._words.setProperty("quiet", not refused)
        self._words.style().unpolish(self._words)
        self._words.style().polish(self._words)
        self._estimate.setText(self._estimated())

    def _refused(self) -> str:
        """Why this cannot be exported there; empty where it can."""
        if not self._path.text().strip():
            return "Name a file."
        if self._unfit:
            return self._unfit
        options, path = self.options, self.path
        try:
            target = target_of(self.bench, path, options)
            require_folder(target)
            require_target(path, open_files(self.bench), force=True)
            if target != path:
                from poseviewer.export.film import require_pictures_folder

                require_pictures_folder(target)
            self._require_free(target)
        except PoseviewerError as error:
            return error.sentence()
        except OSError as error:  # the disk knows no such long name, say
            return unwritable(path, error).sentence()
        return ""

    def _note(self) -> str:
        """What is to be known of the format."""
        film = FILMS.get(self.suffix)
        told = [_HELD] if self._session.bench.held is not None else []
        if film is not None:
            told += notes(film, self.options)
            if film.numbered and self._count() > 1:
                told.append(f"numbered pictures in the folder {target_of(self.bench, self.path, self.options).name}")
            if film.note:
                told.append(f"a {film.name} has {film.note}")
        return " ".join([*(f"{note[0].upper()}{note[1:]}." for note in told), *filter(None, [self._lost])])

    def _estimated(self) -> str:
        count, seconds = picture_count(self.bench, self.suffix, self.options)
        size = _spelled(estimated_bytes(self.bench, self.suffix, self.options, count))
        words = f"{counted(count, 'frame')}, {seconds:.2f} s; about {size}"
        if self.suffix in FILMS and self.preview.seconds is not None:
            lasts = estimated_seconds(self.suffix, self.options, count, self.preview.seconds)
            words += f", made in about {_lasting(lasts)}"
        return words

    # the end

    def _browse(self) -> None:
        # whether to replace a file is asked once, on Export
        ask_once = QFileDialog.Option.DontConfirmOverwrite
        chosen_name, _ = QFileDialog.getSaveFileName(self, "Export to", str(self.path), options=ask_once)
        if chosen_name:
            self._path.setText(chosen_name)

    def _accept(self) -> None:
        self._tell()  # the disk may have changed since
        if self._export.isEnabled() and self._may_write():
            settings = self._session.settings
            settings.put("export folder", str(self.path.parent))
            settings.put("export/format", self.suffix)
            self.picture.remember()
            self.accept()

    def _may_write(self) -> bool:
        """Ask before anything is replaced, the more so where it is somebody's own motion."""
        warning = ""
        try:
            require_target(self.path, open_files(self.bench))
        except PoseviewerError:
            warning = "It is no export of poseviewer and would be lost."
        return may_write(target_of(self.bench, self.path, self.options), self, warning)


def _with_suffix(path: Path, suffix: str) -> Path:
    """Another suffix in the place of a known one; else it is appended: "walk.v2" is a name."""
    if path.suffix.lower() in FORMATS:
        return path.with_suffix(suffix)
    return path.with_name(path.name + suffix)


def _spelled(size: float) -> str:
    """Bytes as a person says them."""
    if size < 1e5:
        return f"{max(1, round(size / 1e3))} kB"
    return f"{size / 1e6:.1f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"


def _lasting(seconds: float) -> str:
    """A time to wait as a person says it."""
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} minutes"


def _line(vertical: bool = False) -> QWidget:
    line = QWidget()
    line.setObjectName("hairline")
    line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    (line.setFixedWidth if vertical else line.setFixedHeight)(1)
    return line


def _align_labels(*forms: QFormLayout) -> None:
    """One width for the labels of several forms, so that their fields stand in one column."""
    role = QFormLayout.ItemRole.LabelRole
    items = (form.itemAt(row, role) for form in forms for row in range(form.rowCount()))
    labels = [label for item in items if item is not None and (label := item.widget()) is not None]
    widest = max(label.sizeHint().width() for label in labels)
    for label in labels:
        label.setMinimumWidth(widest)
