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
            minimum=0.03, maximum=600.0, decimals=2, value=round(bench.end + 1.0 / bench.fps, 2)
        )
        self._seconds.setSuffix(" s")
        folder = Path(session.settings.text("export folder", str(Path.home())))
        self._path = QLineEdit(str(folder / f"{self._stem()}.mp4"))
        self._path.setMinimumWidth(340)
        browse = QPushButton("Browse\N{HORIZONTAL ELLIPSIS}")
        browse.clicked.connect(self._browse)
        self._loops = QLabel("A looping clip is carried on." if bench.clip is not None and bench.clip.loop else "")
        self._loops.setProperty("quiet", True)
        self._buttons = QDialogButtonBox()
        export = self._buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        export.setProperty("primary", True)
        self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self._buttons.accepted.connect(self._accept)
        self._buttons.rejected.connect(self.reject)
        self._format.currentIndexChanged.connect(self._format_changed)
        self._lay_out(browse)

    def _stem(self) -> str:
        clip, horizon = self._session.bench.clip, self._session.bench.horizon
        name = clip.name if clip is not None else "motion"
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
        return Path(self._path.text()).expanduser()

    @property
    def options(self) -> Options:
        film = self._format.currentData() in _PICTURES
        seconds = self._seconds.value() if film else None
        return Options(size=(self._width.value(), self._height.value()), seconds=seconds)

    def _format_changed(self) -> None:
        suffix = str(self._format.currentData())
        self._path.setText(str(self.path.with_suffix(suffix)))
        for widget in (self._width, self._height, self._seconds):
            widget.setEnabled(suffix in _PICTURES)

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Export to", self._path.text())
        if chosen:
            self._path.setText(chosen)

    def _accept(self) -> None:
        self._session.settings.put("export folder", str(self.path.parent))
        self.accept()
