"""Rollouts outlive the program: files in the state folder, and what they offer when their dataset is opened again."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from poseviewer.analysis.rollout import Rollout
from poseviewer.aside import file_aside
from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.bench.rollout_file import SUFFIX, About, file_name, read, read_about, write
from poseviewer.bench.rollouts import LIMIT, Kept, Key, Rollouts
from poseviewer.errors import PoseviewerError
from poseviewer.progress import Progress

if TYPE_CHECKING:
    from poseviewer.app.desk import Desk
    from poseviewer.app.offers import Source
    from poseviewer.data.dataset import Dataset

_MOST_ON_DISK = 4 * LIMIT
_Loaded = Callable[[Any], Any]


class KeptFiles(QObject):
    """Writes the session's rollouts when the program is left, or when memory is full, and makes them again."""

    offered = Signal(str)
    """A sentence: rollouts wait in files, and `restore` makes them again."""

    restored = Signal(list)
    """Rollouts that were made again."""

    def __init__(self, desk: Desk, rollouts: Rollouts, loaded: _Loaded) -> None:
        super().__init__(desk)
        self._desk, self._rollouts, self._loaded = desk, rollouts, loaded
        self.waiting: dict[Path, About] = {}
        """Files of clips that are open now."""
        self._restored: set[Path] = set()
        self._discarded: dict[Path, About] = {}
        self._looked = False

    def save(self) -> None:
        """Write the rollouts of all clips that have a file. Raises PoseviewerError where that fails for one of them."""
        written: set[Path] = set()
        failures: list[PoseviewerError] = []
        for kept in self._rollouts:
            about = _about(kept)
            try:
                if about is not None:
                    written.add(_write(kept, about))
            except PoseviewerError as error:  # a smaller one may still find room
                failures.append(error)
        if failures:
            raise failures[0]
        for path in (self._restored | self._discarded.keys()) - written:  # what has been dropped since
            path.unlink(missing_ok=True)

    def put_away(self, kept: Kept) -> None:
        """Write a rollout that must leave memory, and offer it. Raises PoseviewerError where that fails."""
        about = _about(kept)
        if about is None:
            cause = "its clip or its model has no file to be found again by"
            raise PoseviewerError("rollout", kept.words(), cause, "export it")
        self.waiting[_write(kept, about)] = about
        limit = f"{LIMIT >> 20} MB of rollouts are kept in memory"
        self.offered.emit(f"{limit}: the oldest one went into a file ({kept.words()})")

    def look_for(self, dataset: Dataset) -> None:
        """Offer what was kept of a dataset's clips; on the files lane. The first time, what takes too much of the
        disk goes, while somebody is there to be told.
        """
        first, self._looked = not self._looked, True

        def work() -> tuple[int, dict[Path, About]]:
            return _shorten(folder()) if first else 0, _kept_of(dataset)

        def found(looked: tuple[int, dict[Path, About]]) -> None:
            removed, fresh = looked
            if removed:
                oldest = f"kept rollouts took more than {_MOST_ON_DISK >> 20} MB of the disk"
                self._desk.problem.emit(f"{_counted(removed)} removed, the oldest: {oldest}", "")
            known = self.waiting.keys() | self._discarded.keys() | self._restored
            fresh = {path: about for path, about in fresh.items() if path not in known}
            if fresh:
                self.waiting.update(fresh)
                self.offered.emit(f"{_counted(len(fresh), f' of {dataset.name}')} kept when the program was left")

        self._desk.submit("files", "Looking for rollouts", work, found, quiet=True)

    def discard(self) -> int:
        """Let the waiting rollouts go: their files are removed when the program is left. Gives how many."""
        count, self._discarded, self.waiting = len(self.waiting), self._discarded | self.waiting, {}
        return count

    def take_back(self) -> None:
        """Let those that were discarded wait again."""
        self.waiting, self._discarded = self.waiting | self._discarded, {}
        if self.waiting:
            self.offered.emit(f"{_counted(len(self.waiting))} kept when the program was left")

    def restore(self) -> None:
        """Make the waiting rollouts again, on the models lane, and show the one that was kept last."""
        waiting, self.waiting = self.waiting, {}
        job = _restoring(sorted(waiting, key=_age), list(self._desk.bench.datasets), self._loaded)

        def done(made: tuple[list[tuple[Path, Kept]], list[PoseviewerError]]) -> None:
            for error in made[1]:
                self._desk.report(error, "A rollout was not restored")
            self._restored.update(path for path, _ in made[0])
            if made[0]:
                self.restored.emit([kept for _, kept in made[0]])

        self._desk.submit("models", "Restoring rollouts", lambda: job, done, what="The rollouts were not restored")


def _counted(count: int, of: str = "") -> str:
    return f"1 rollout{of} was" if count == 1 else f"{count} rollouts{of} were"


def folder() -> Path:
    """Where the files lie; with POSEVIEWER_SETTINGS beside that settings file."""
    settings = os.environ.get("POSEVIEWER_SETTINGS")
    if settings:
        return Path(settings).parent / "rollouts"
    from platformdirs import user_state_path

    return user_state_path("poseviewer") / "rollouts"


def _about(kept: Kept) -> About | None:
    """What a file tells of a rollout; None where its clip or its model could not be found again."""
    key, installed = kept.key, isinstance(kept.model, str)
    if not str(kept.model) or not Path(key.clip.dataset).is_absolute():
        return None
    model = str(kept.model if installed else Path(kept.model).absolute())
    parent = None if kept.parent is None else kept.parent.number
    number, samples, frames = key.number, key.samples, kept.rollout.length
    return About(key.clip, key.seed, model, installed, number, samples, frames, key.azimuth, kept.name, parent)


def _write(kept: Kept, about: About) -> Path:
    recipe = kept.rollout.recipe
    target = folder() / file_name(about, recipe)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        cure = "make room or remove what stands there"
        raise PoseviewerError(target.parent, "", f"it is no folder to write to ({error.strerror})", cure) from error
    with file_aside(target) as part, part.open("wb") as file:
        write(file, about, recipe)
    return target


def _kept_of(dataset: Dataset) -> dict[Path, About]:
    """The files of rollouts of a dataset's clips; a damaged one is passed over here, and stays."""
    found = {}
    for path in sorted(folder().glob(f"*{SUFFIX}")):
        try:
            about = read_about(path)
        except PoseviewerError:
            continue
        if about.clip.index_in(dataset) is not None:
            found[path] = about
    return found


def _restoring(
    paths: Sequence[Path], datasets: Sequence[Dataset], loaded: _Loaded
) -> Generator[Progress, None, tuple[list[tuple[Path, Kept]], list[PoseviewerError]]]:
    """The rollouts in files, made again, and why some could not be."""
    made: list[tuple[Path, Kept]] = []
    failures: list[PoseviewerError] = []
    for number, path in enumerate(paths):
        yield Progress(number, len(paths), "makes kept rollouts again")
        try:
            made.append((path, (yield from _again(path, datasets, loaded))))
        except PoseviewerError as error:
            failures.append(error)
        except Exception as error:  # another network under the model's name trips over what was made for the first one
            cause = f"its model is not what it was when these frames were generated ({type(error).__name__})"
            failures.append(PoseviewerError(path, "", cause, "put back the file that it was made with"))
    return made, failures


def _again(path: Path, datasets: Sequence[Dataset], loaded: _Loaded) -> Generator[Progress, None, Kept]:
    about, recipe = read(path)
    for dataset in datasets:
        index = about.clip.index_in(dataset)
        if index is not None:
            break
    else:
        raise PoseviewerError(about.clip.name, "", "its dataset has been closed", f"open {about.clip.dataset} again")
    model: Source = about.model if about.installed else Path(about.model)
    bench = Bench(lanes=(Lane(loaded(model), samples=about.samples, number=about.number),))
    bench.place(dataset.clip(index), dataset, index)
    bench.seed = about.seed
    bench.project_from(about.azimuth)
    seed = bench.lane.seed_clip(bench.seed)
    if seed is None or bench.lane.generator is None:
        raise PoseviewerError(about.clip.name, "", bench.lane.misfit or "it has no seed", "put back the model's file")
    rollout = yield from Rollout.repeated(recipe, bench.lane.generator, seed)
    key = Key.of(bench, bench.lane)
    assert key is not None
    parent = None if about.parent is None else replace(key, number=about.parent)
    return Kept(key, rollout, model, about.name, parent)


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns


def _shorten(where: Path) -> int:
    """Remove the oldest files beyond what the disk is asked for. Gives how many."""
    total = removed = 0
    for path in sorted(where.glob(f"*{SUFFIX}"), key=_age, reverse=True):
        total += path.stat().st_size
        if total > _MOST_ON_DISK:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
