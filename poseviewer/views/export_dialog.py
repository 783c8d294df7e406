"""What to export, how large, and where to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app.session import Session
from poseviewer.export.options import Options
from poseviewer.views.picture import may_write

FORMATS = (
    ("MP4, H.264 film", ".mp4"),
    ("WebM film", ".webm"),
    ("GIF", ".gif"),
    ("Animated PNG", ".apng"),
    ("PNG pictures", ".png"),
    ("BVH motion", ".bvh"),
    ("NumPy arrays", ".npz"),
    ("CSV table", ".csv"),
)
_SUFFIXES = frozenset(suffix for _, suffix in FORMATS)
_PICTURES = (".mp4", ".webm", ".gif", ".apng", ".png")


class ExportDialog(QDialog):
    """After `exec` is accepted, `path` and `options` say what was chosen."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._session = session
        bench = session.bench
        self._format = QComboBox()
        for text, suffix in FORMATS:
            self._format.addItem(text, suffix)
        self._width = QSpinBox(minimum=16, maximum=7680, value=1280)
        self._height = QSpinBox(minimum=16, maximum=4320, value=720)
        self._seconds = QDoubleSpinBox(
            minimum=0.03, maximum=600.0, decimals=2, value=round(bench.end + 1.0 / bench.shown_fps, 2)
        )
        self._seconds.setSuffix(" s")
        self._folder = Path(session.settings.text("export folder", str(Path.home())))
        self._path = QLineEdit(str(self._folder / f"{self._stem()}.mp4"))
        self._path.setMinimumWidth(340)
        browse = QPushButton("Browse\N{HORIZONTAL ELLIPSIS}")
        browse.clicked.connect(self._browse)
        carried_on = bench.clip is not None and bench.clip.loop and not bench.generated
        self._loops = QLabel("A looping clip is carried on." if carried_on else "")
        self._loops.setProperty("quiet", True)
        self._buttons = QDialogButtonBox()
        self._export = self._buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self._export.setProperty("primary", True)
        self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)
        self._format.currentIndexChanged.connect(self._format_changed)
        self._path.textChanged.connect(self._path_changed)
        self._lay_out(browse)

    def _stem(self) -> str:
        clip, horizon = self._session.bench.clip, self._session.bench.horizon
        name = clip.name.replace("/", "_") if clip is not None else "motion"
        return f"{name}+{horizon}" if horizon else name

    def _lay_out(self, browse: QPushButton) -> None:
        size = QHBoxLayout()
        for widget in (self._width, QLabel("\N{MULTIPLICATION SIGN}"), self._height, QLabel("px")):
            size.addWidget(widget)
        size.addStretch()
        where = QHBoxLayout()
        where.addWidget(self._path, 1)
        where.addWidget(browse)
        form = QFormLayout()
        form.addRow("Format", self._format)
        form.addRow("Size", size)
        form.addRow("Length", self._seconds)
        form.addRow("", self._loops)
        form.addRow("File", where)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self._buttons)

    @property
    def path(self) -> Path:
        """The file to write, with the format's suffix where none that is known was typed."""
        given = self._given()
        suffix = str(self._format.currentData())
        return given if given.suffix.lower() == suffix else _with_suffix(given, suffix)

    @property
    def options(self) -> Options:
        film = self._format.currentData() in _PICTURES
        seconds = self._seconds.value() if film else None
        return Options(size=(self._width.value(), self._height.value()), seconds=seconds)

    def _format_changed(self) -> None:
        suffix = str(self._format.currentData())
        if Path(self._path.text()).suffix.lower() != suffix:
            self._path.setText(str(_with_suffix(self._given(), suffix)))
        for widget in (self._width, self._height, self._seconds):
            widget.setEnabled(suffix in _PICTURES)

    def _path_changed(self, text: str) -> None:
        self._export.setEnabled(bool(text.strip()))
        row = self._format.findData(self._given().suffix.lower())
        if row >= 0:
            self._format.setCurrentIndex(row)

    def _given(self) -> Path:
        """What was typed: a bare name lies in the last folder, an empty field or a folder gets the motion's name."""
        text = self._path.text().strip()
        try:
            path = self._folder / Path(text).expanduser()
        except RuntimeError:  # "~name" of nobody
            path = self._folder / text
        if not text or text.endswith("/") or path.is_dir():
            return path / f"{self._stem()}{self._format.currentData()}"
        return path

    def _browse(self) -> None:
        # whether to replace a file is asked once, on Export
        ask_once = QFileDialog.Option.DontConfirmOverwrite
        chosen, _ = QFileDialog.getSaveFileName(self, "Export to", str(self.path), options=ask_once)
        if chosen:
            self._path.setText(chosen)

    def _accept(self) -> None:
        if may_write(self._target(), self):
            self._session.settings.put("export folder", str(self.path.parent))
            self.accept()

    def _target(self) -> Path:
        """Where the export will lie: several pictures become a folder."""
        from poseviewer.export.film import written_to
        from poseviewer.export.options import prepared

        if self.path.suffix.lower() != ".png":
            return self.path
        return written_to(self.path, len(prepared(self._session.bench, self.options)[1]))


def _with_suffix(path: Path, suffix: str) -> Path:
    """Another suffix in the place of a known one; else it is appended: "walk.v2" is a name."""
    if path.suffix.lower() in _SUFFIXES:
        return path.with_suffix(suffix)
    return path.with_name(path.name + suffix)
