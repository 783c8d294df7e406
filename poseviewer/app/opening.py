"""Datasets come onto the bench and leave it, and a clip of theirs is read; all of it on the files lane."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from poseviewer.app.work import readings
from poseviewer.data.reading import AS_FOUND, Reading
from poseviewer.errors import PoseviewerError
from poseviewer.progress import Progress

if TYPE_CHECKING:
    from poseviewer.app.desk import Desk
    from poseviewer.bench.rollouts import Kept
    from poseviewer.data.dataset import Dataset
    from poseviewer.motion.clip import Clip


class Opening(QObject):
    """Opens, reads and closes; of several clips that are being read the last one asked for wins."""

    opened = Signal(object)
    """A dataset, which is on the bench."""
    clip_read = Signal(object, object, int, object, int)
    """A clip, its dataset, its index there, the kept rollout that was chosen with it or None, the frame to begin at."""
    clip_closed = Signal(object)
    """None: the bench has no clip any more."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._wanted: tuple[Dataset, int, Kept | None] | None = None
        self._readings: dict[Path, Reading] = {}

    def open(
        self,
        path: Path,
        remember: bool = True,
        then: Callable[[Dataset], None] | None = None,
        reading: Reading | None = None,
    ) -> None:
        """Read a dataset or motion file into the place of the same one; then put its first clip on the bench, or do as
        given. reading: what is said of the file; None for what has been said of it last, in earlier sessions too.
        """
        desk = self._desk
        how = self._readings.get(path) if reading is None else reading
        recalled = readings.recall(desk.settings, path) if how is None else None

        def work() -> Generator[Progress, None, Dataset]:
            from poseviewer.data.readers import opening

            if recalled is not None:
                try:
                    return (yield from opening(path, recalled))
                except PoseviewerError:
                    pass  # a file that it names may be gone
            return (yield from opening(path, how or AS_FOUND))

        def done(dataset: Dataset) -> None:
            self._readings[path] = dataset.reading or AS_FOUND
            datasets = desk.bench.datasets
            same = [d for d in datasets if d.path is not None and dataset.path == d.path]
            place = datasets.index(same[0]) if same else len(datasets)
            datasets[:] = [d for d in datasets if d not in same]
            datasets.insert(place, dataset)
            if remember:
                desk.settings.add_recent(path)
            desk.announce(desk.datasets_changed)
            if then is None:  # "walk" of the demo is shown first
                names = [dataset.infos[k].name for k in range(min(64, len(dataset)))]
                self.read(dataset, names.index("walk") if "walk" in names else 0)
            else:
                then(dataset)
            self.opened.emit(dataset)
            if dataset.in_vain:
                told = (f"what you said of its {what} was {why}" for what, why in dataset.in_vain.items())
                desk.problem.emit(f"{dataset.name}: {'; '.join(told)}.", "")
            if dataset.left_out:
                count, of = len(dataset.left_out), f"of {dataset.name}"
                words = f"1 file {of} was left out" if count == 1 else f"{count} files {of} were left out, the first"
                desk.report(dataset.left_out[0], words)
            for old in same:
                self._close_behind_readers(old)

        desk.submit("files", f"Opening {path.name}", work, done, what=f"{path.name} was not opened")

    def read_anew(
        self, dataset: Dataset, reading: Reading, then: Callable[[Dataset, int], None] = lambda read, index: None
    ) -> None:
        """Read a dataset's files again in another way, which is remembered for them, and put the clip that lay on the
        bench there again, at the frame that is shown; `then` is told first which one that is.
        """
        bench = self._desk.bench
        if dataset.path is None or dataset not in bench.datasets:
            return
        index, path = bench.clip_index if bench.dataset is dataset else None, dataset.path

        def again(read: Dataset) -> None:
            readings.remember(self._desk.settings, path, reading)
            if index is not None:
                place = min(index, len(read) - 1)
                same = bench.clip is not None and bench.clip_index == index
                frame = round(bench.wrapped(bench.time) * bench.clip.fps) if same and bench.clip is not None else 0
                then(read, place)
                self.read(read, place, frame=frame)

        self.open(path, remember=False, then=again, reading=reading)

    def read(self, dataset: Dataset, index: int, kept: Kept | None = None, frame: int = 0) -> None:
        """Read a clip and put it on the bench, with one of its rollouts where that was chosen, at one of its frames."""
        wanted = self._wanted = dataset, index, kept

        def done(clip: Clip) -> None:
            if self._wanted is wanted:
                self.clip_read.emit(clip, dataset, index, kept, frame)

        self._desk.submit("files", "Reading a clip", lambda: dataset.clip(index), done, quiet=True)

    def close(self, dataset: Dataset) -> None:
        """Take a dataset off the bench; its clip goes with it."""
        desk = self._desk
        if dataset not in desk.bench.datasets:
            return
        desk.bench.datasets.remove(dataset)
        if self._wanted is not None and self._wanted[0] is dataset:
            self._wanted = None  # a clip of it that is being read comes too late
        if desk.bench.dataset is dataset:
            self.clip_closed.emit(None)
        self._close_behind_readers(dataset)
        desk.announce(desk.datasets_changed)

    def _close_behind_readers(self, dataset: Dataset) -> None:
        """Close a dataset on the files lane, after what the index lane still reads of it."""
        desk, title = self._desk, f"Closing {dataset.name}"

        def close(_: None) -> None:
            desk.submit("files", title, dataset.close, lambda _: None, quiet=True)

        desk.submit("index", title, lambda: None, close, quiet=True)
