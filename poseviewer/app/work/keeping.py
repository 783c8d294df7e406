"""Rollouts are somebody's work: they stay with their clip, seed, model and samples, whatever is on the bench."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from poseviewer.app.work.kept_files import KeptFiles
from poseviewer.bench.rollouts import ClipKey, Kept, Key, Rollouts, shared_bytes
from poseviewer.errors import PoseviewerError

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.app.desk import Desk
    from poseviewer.app.offers import Source
    from poseviewer.app.opening import Opening
    from poseviewer.app.work.history import History
    from poseviewer.bench.lane import Lane
    from poseviewer.data.dataset import Dataset


class Keeping(QObject):
    """The session's store of rollouts. The bench shows the one that belongs to what lies on it."""

    changed = Signal()
    """Other rollouts than before are kept."""
    asked_for = Signal(object, int, object)
    """A dataset, a clip's index there, and a kept rollout of it that is to lie on the bench."""

    def __init__(self, desk: Desk, opening: Opening, history: History, loaded: Callable[[Source], Any]) -> None:
        super().__init__(desk)
        self._desk, self._opening, self._history = desk, opening, history
        self.rollouts = Rollouts()
        self.files = KeptFiles(desk, self.rollouts, loaded)
        self.files.restored.connect(self._take_restored)
        opening.opened.connect(self.files.look_for)

    def of_lane(self, lane: Lane) -> Rollout | None:
        """What has been kept of the bench's clip and seed, and of a lane's model, samples and number."""
        key = Key.of(self._desk.bench, lane)
        return None if key is None else self.rollouts.get(key)

    def kept_in(self, lane: Lane) -> Kept | None:
        """The rollout that a lane shows, as it is kept."""
        key = Key.of(self._desk.bench, lane)
        return None if key is None else next((kept for kept in self.rollouts if kept.key == key), None)

    def on_bench(self) -> list[Kept]:
        """The rollouts of the clip on the bench."""
        bench = self._desk.bench
        return [] if bench.clip is None else self.rollouts.of_clip(ClipKey.of(bench.dataset, bench.clip_index))

    def keep(self, lane: Lane, rollout: Rollout | None) -> None:
        """Keep a lane's rollout, or let go of the one that was kept in its place."""
        before, key = len(self.rollouts), Key.of(self._desk.bench, lane)
        if key is None:
            return
        if rollout is None:
            self.rollouts.drop(key)
        elif rollout.generator is lane.generator:
            last, source = self.kept_in(lane), self._desk.at_work.get(lane.kind, "")
            self.take(Kept(key, rollout, source) if last is None else replace(last, rollout=rollout, model=source))
        if len(self.rollouts) != before:
            self._desk.announce(self.changed)

    def put_back(self, wanted: frozenset[Kept], there: frozenset[Kept]) -> None:
        """Keep again what was kept before an edit, and let go of what the edit had brought."""
        for key in {kept.key for kept in there} - {kept.key for kept in wanted}:
            self.rollouts.drop(key)
        for kept in wanted - there:
            self.take(kept)
        if wanted != there:
            self._desk.announce(self.changed)

    def take(self, kept: Kept) -> None:
        """Keep a rollout as it is. The oldest ones go into files where the memory is full, and are offered again."""
        for old in self.rollouts.keep(kept):
            try:
                self.files.put_away(old)
            except PoseviewerError as error:
                self._desk.report(error, f"A rollout made room and is lost ({old.words()})")

    def of_clip(self, dataset: Dataset, index: int) -> list[Kept]:
        """The rollouts of a clip, the one used last at the end."""
        return self.rollouts.of_clip(ClipKey.of(dataset, index))

    def show(self, kept: Kept) -> None:
        """Put a kept rollout on the bench, with its clip, seed, model and samples; a closed dataset is opened again."""
        clip = kept.key.clip

        def taken_up(dataset: Dataset) -> bool:
            index = clip.index_in(dataset)
            if index is not None:
                self.asked_for.emit(dataset, index, kept)
            return index is not None

        def reopened(dataset: Dataset) -> None:
            if not taken_up(dataset):
                cause = "the clip is not there any more, or another motion than it was"
                error = PoseviewerError(dataset.name, clip.name, cause, "put back the file that it came from")
                self._desk.report(error, "A rollout was not shown")

        if not any(taken_up(dataset) for dataset in self._desk.bench.datasets):
            self._opening.open(Path(clip.dataset), then=reopened)

    def _take_restored(self, restored: list[Kept]) -> None:
        for kept in restored:
            added = self.rollouts.beside(kept)
            self.take(added)
        self.changed.emit()
        self.show(added)

    @property
    def nbytes(self) -> int:
        """Bytes of all rollouts in memory, those included that only Undo would bring back."""
        return shared_bytes({*(kept.rollout for kept in self.rollouts), *self._history.rollouts()})
