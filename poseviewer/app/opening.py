"""Datasets come onto the bench and leave it, and a clip of theirs is read; all of it on the files lane."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from poseviewer.app.session import Session
    from poseviewer.bench.rollouts import Kept
    from poseviewer.data.dataset import Dataset
    from poseviewer.motion.clip import Clip


class Opening(QObject):
    """Opens, reads and closes for a session; of several clips that are being read the last one asked for wins."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._wanted: tuple[Dataset, int, Kept | None] | None = None

    def open(self, path: Path, remember: bool = True, then: Callable[[Dataset], None] | None = None) -> None:
        """Read a dataset or motion file into the place of the same one; then put its first clip on the bench, or do as
        given.
        """
        session = self._session

        def work() -> Any:
            from poseviewer.data.readers import opening

            return opening(path)

        def done(dataset: Dataset) -> None:
            datasets = session.bench.datasets
            same = [d for d in datasets if d.path is not None and dataset.path == d.path]
            for old in same:
                datasets.remove(old)
            datasets.append(dataset)
            if remember:
                session.settings.add_recent(path)
            session.datasets_changed.emit()
            if then is None:
                self.read(dataset, _first_shown(dataset))
            else:
                then(dataset)
            session.keeping.files.look_for(dataset)
            if dataset.left_out:
                count, of = len(dataset.left_out), f"of {dataset.name}"
                words = f"1 file {of} was left out" if count == 1 else f"{count} files {of} were left out, the first"
                session.report(dataset.left_out[0], words)
            for old in same:
                self._close_behind_readers(old)

        session.submit("files", f"Opening {path.name}", work, done, what=f"{path.name} was not opened")

    def read(self, dataset: Dataset, index: int, kept: Kept | None = None) -> None:
        """Read a clip and put it on the bench, with one of its rollouts where that was chosen."""
        wanted = self._wanted = dataset, index, kept

        def done(clip: Clip) -> None:
            if self._wanted is wanted:
                self._session.place(clip, dataset, index, kept)

        self._session.submit("files", "Reading a clip", lambda: dataset.clip(index), done, quiet=True)

    def close(self, dataset: Dataset) -> None:
        """Take a dataset off the bench; its clip goes with it."""
        session = self._session
        if dataset not in session.bench.datasets:
            return
        session.bench.datasets.remove(dataset)
        if self._wanted is not None and self._wanted[0] is dataset:
            self._wanted = None  # a clip of it that is being read comes too late
        if session.bench.dataset is dataset:
            session.place(None)
        self._close_behind_readers(dataset)
        session.datasets_changed.emit()

    def _close_behind_readers(self, dataset: Dataset) -> None:
        """Close a dataset on the files lane, after what the index lane still reads of it."""
        session, title = self._session, f"Closing {dataset.name}"

        def close(_: None) -> None:
            session.submit("files", title, dataset.close, lambda _: None, quiet=True)

        session.submit("index", title, lambda: None, close, quiet=True)


def _first_shown(dataset: Dataset) -> int:
    """The clip shown first: "walk" of the demo, else the first."""
    for index, info in enumerate(dataset.infos[:64]):
        if info.name == "walk":
            return index
    return 0
