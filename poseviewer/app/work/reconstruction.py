"""How far an embedding's own poses are off: measured of the dataset on the bench once somebody wants to see it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from poseviewer.bench.map import chosen

if TYPE_CHECKING:
    from poseviewer.analysis.latent_index import LatentIndex
    from poseviewer.app.desk import Desk
    from poseviewer.app.jobs import Task


class Reconstruction(QObject):
    """Puts errors into the index that the map shows while it is coloured by them. A cancel takes that colour away."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._asked: LatentIndex | None = None
        self._task: Task | None = None
        desk.latents_changed.connect(self._follow)
        desk.jobs.changed.connect(self._hear_of_cancelling)

    def _follow(self) -> None:
        bench = self._desk.bench
        wanted = bench.index if chosen.colouring(bench) == "error" else None
        if wanted is self._asked:
            return
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        self._asked = wanted
        if wanted is None or wanted.errors is not None:
            return
        from poseviewer.analysis.latent_index import with_errors

        def done(measured: LatentIndex) -> None:
            self._asked, self._task = measured, None
            bench.indexes[:] = [measured if index is wanted else index for index in bench.indexes]
            self._desk.announce(self._desk.latents_changed)

        title = f"Measuring reconstruction errors of {wanted.dataset.name}"
        self._task = self._desk.submit("index", title, partial(with_errors, wanted), done, "No error was measured")

    def _hear_of_cancelling(self) -> None:
        if self._task is not None and self._task.cancelled:
            self._asked = self._task = None
            self._desk.bench.map = replace(self._desk.bench.map, colour="action")
            self._desk.announce(self._desk.latents_changed)
