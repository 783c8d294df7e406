"""Rollouts are somebody's work: they stay with their clip, seed, model and samples, whatever is on the bench."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from poseviewer.app.work.kept_files import KeptFiles
from poseviewer.bench.rollouts import ClipKey, Kept, Key, Rollouts, shared_bytes
from poseviewer.errors import PoseviewerError

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.app.session import Session
    from poseviewer.data.dataset import Dataset


class Keeping(QObject):
    """The session's store of rollouts. The bench shows the one that belongs to what lies on it."""

    changed = Signal()
    """Other rollouts than before are kept."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.rollouts = Rollouts()
        self.files = KeptFiles(session, self)

    def of_bench(self) -> Rollout | None:
        """What has been kept of the bench's clip, seed, model, samples and number."""
        key = Key.of(self._session.bench, self._session.bench.lane)
        return None if key is None else self.rollouts.get(key)

    def keep(self, rollout: Rollout | None) -> None:
        """Keep the bench's rollout, or let go of the one that was kept in its place."""
        bench, before = self._session.bench, len(self.rollouts)
        key = Key.of(bench, bench.lane)
        if key is None:
            return
        if rollout is None:
            self.rollouts.drop(key)
        elif rollout.generator is bench.lane.generator:
            self.take(Kept(key, rollout, self._session.generator_source or ""))
        if len(self.rollouts) != before:
            self.changed.emit()

    def take(self, kept: Kept) -> None:
        """Keep a rollout. The oldest ones go into files where the memory is full, and are offered again."""
        for old in self.rollouts.keep(kept):
            try:
                self.files.put_away(old)
            except PoseviewerError as error:
                self._session.report(error, f"A rollout made room and is lost ({old.words()})")

    def add(self, kept: Kept) -> Kept:
        """Keep a rollout beside those that there are, under a number that is free; gives it with that number."""
        added = self.rollouts.beside(kept)
        self.take(added)
        return added

    def of_clip(self, dataset: Dataset, index: int) -> list[Kept]:
        """The rollouts of a clip, the one used last at the end."""
        return self.rollouts.of_clip(ClipKey.of(dataset, index))

    def show(self, kept: Kept) -> None:
        """Put a kept rollout on the bench, with its clip, seed, model and samples; a closed dataset is opened again."""
        clip = kept.key.clip

        def taken_up(dataset: Dataset) -> bool:
            index = clip.index_in(dataset)
            if index is not None:
                self._session.take_up(dataset, index, kept)
            return index is not None

        def reopened(dataset: Dataset) -> None:
            if not taken_up(dataset):
                cause = "the clip is not there any more, or another motion than it was"
                error = PoseviewerError(dataset.name, clip.name, cause, "put back the file that it came from")
                self._session.report(error, "A rollout was not shown")

        if not any(taken_up(dataset) for dataset in self._session.bench.datasets):
            self._session.open_motion(Path(clip.dataset), then=reopened)

    @property
    def nbytes(self) -> int:
        """Bytes of all rollouts in memory, those included that only Undo would bring back."""
        every = [kept.rollout for kept in self.rollouts] + list(self._session.history.rollouts())
        return shared_bytes({id(rollout): rollout for rollout in every}.values())
