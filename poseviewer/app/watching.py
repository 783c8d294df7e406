"""Watching a training run: its newest checkpoint is put to work as it appears, the same seed rolled out again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from poseviewer.paths import MODEL_SUFFIX

if TYPE_CHECKING:
    from poseviewer.app.session import Session

_EVERY_MS = 1000

Stamp = tuple[Path, int, int]
"""A checkpoint, when it was written (ns) and how long it is (bytes)."""


class Watcher(QObject):
    """Looks into a folder once a second, on the files lane: a network folder may be slow."""

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__(session)
        self._session, self._folder = session, folder
        self._seen: Stamp | None = None
        self._opened: Stamp | None = None
        self._looking = False
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Look once; a file that is the same in two looks is complete and is opened."""
        if not self._looking:
            self._looking = True
            self._session.jobs.submit(
                "files", "Watching", lambda: newest(self._folder), self._found, self._failed, quiet=True
            )

    def _found(self, stamp: Stamp | None) -> None:
        self._looking = False
        complete = stamp is not None and stamp == self._seen and stamp != self._opened
        self._seen = stamp
        if complete and stamp is not None:
            self._opened = stamp
            self._session.open_model(stamp[0], reroll=True)

    def _failed(self, error: BaseException) -> None:
        self._timer.stop()
        self._session.report(error, f"{self._folder.name} is no longer watched")


def newest(folder: Path) -> Stamp | None:
    """The checkpoint in a folder that was written last; None where there is none."""
    found = ((path, path.stat()) for path in folder.glob(f"*{MODEL_SUFFIX}"))
    stamps = ((path, status.st_mtime_ns, status.st_size) for path, status in found)
    return max(stamps, key=lambda stamp: stamp[1], default=None)
