"""Poses of a dataset to be seen beside the pointer: read on a lane, since the thread that paints touches no file."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from poseviewer.app.desk import Desk
    from poseviewer.app.jobs import Task
    from poseviewer.data.dataset import Dataset
    from poseviewer.motion.clip import Clip

_KEPT = 16  # clips


class Glances(QObject):
    """The last clips that somebody glanced at. came: the one that was asked for last can be had."""

    came = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._clips: OrderedDict[tuple[Dataset, int], Clip] = OrderedDict()
        self._asked: tuple[Dataset, int] | None = None
        self._task: Task | None = None
        desk.datasets_changed.connect(self._forget_closed)

    def clip(self, dataset: Dataset, number: int) -> Clip | None:
        """A clip of an open dataset; None while it is read, and where it cannot be."""
        key = dataset, number
        if key in self._clips:
            self._clips.move_to_end(key)
            return self._clips[key]
        if key != self._asked:
            self._read(key)
        return None

    def _read(self, key: tuple[Dataset, int]) -> None:
        if self._task is not None:
            self._task.cancel()
        self._asked = key

        def done(clip: Clip) -> None:
            self._asked = self._task = None
            if key[0] in self._desk.bench.datasets:
                self._clips[key] = clip
                while len(self._clips) > _KEPT:
                    self._clips.popitem(last=False)
                self.came.emit()

        # a clip that is damaged says so when it is opened: to point at it changes and tells nothing
        work = partial(key[0].clip, key[1])
        self._task = self._desk.jobs.submit("glance", "Reading a pose", work, done, lambda _: None, quiet=True)

    def _forget_closed(self) -> None:
        for key in [key for key in self._clips if key[0] not in self._desk.bench.datasets]:
            del self._clips[key]
