"""Watching a training run: its newest checkpoint is put to work as it appears, the same seed rolled out again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from poseviewer.paths import MODEL_SUFFIX

if TYPE_CHECKING:
    from poseviewer.app.session import Session

_EVERY_MS = 1000
_WEIGHTS = (MODEL_SUFFIX, ".pt", ".pth", ".ckpt", ".bin", ".npz", ".npy", ".h5", ".keras", ".msgpack", ".pkl", ".onnx")
"""What the weights of an installed model may lie in: its own code reads them."""

Stamp = tuple[Path, int, int]
"""A checkpoint, when it was written (ns) and how long it is (bytes)."""


class Watcher(QObject):
    """Looks into a folder once a second, on the files lane: a network folder may be slow."""

    def __init__(self, session: Session, folder: Path, model: str | None = None) -> None:
        """model: an installed one by its name, which reads the folder's files itself; None: they are checkpoints."""
        super().__init__(session)
        self._session, self._folder, self._model = session, folder, model
        self._seen: Stamp | None = None
        self._opened: Stamp | None = None
        self._looking = False
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Look once; a file that is the same in two looks is complete and is opened."""
        if not self._looking:
            self._looking, suffixes = True, (MODEL_SUFFIX,) if self._model is None else _WEIGHTS
            self._session.jobs.submit(
                "files", "Watching", lambda: newest(self._folder, suffixes), self._found, self._failed, quiet=True
            )

    def _found(self, stamp: Stamp | None) -> None:
        self._looking = False
        complete = stamp is not None and stamp == self._seen and stamp != self._opened
        self._seen = stamp
        if complete and stamp is not None:
            self._opened = stamp
            if self._model is None:
                self._session.open_model(stamp[0], reroll=True)
            else:
                self._session.shelf.reload(self._model, stamp[0])

    def _failed(self, error: BaseException) -> None:
        self._timer.stop()
        self._session.report(error, f"{self._folder.name} is no longer watched")


def newest(folder: Path, suffixes: tuple[str, ...] = (MODEL_SUFFIX,)) -> Stamp | None:
    """The checkpoint in a folder that was written last; None where there is none."""
    files = (path for path in folder.iterdir() if path.suffix.lower() in suffixes and not path.name.startswith("."))
    found = ((path, path.stat()) for path in files if path.is_file())
    stamps = ((path, status.st_mtime_ns, status.st_size) for path, status in found)
    return max(stamps, key=lambda stamp: stamp[1], default=None)
