"""Desk: what everything in the application works on and announces by; it does nothing itself."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QObject, Signal, SignalInstance

from poseviewer import libraries
from poseviewer.app.jobs import Jobs
from poseviewer.app.offers import Source
from poseviewer.app.settings import Settings
from poseviewer.bench.bench import Bench
from poseviewer.errors import PoseviewerError
from poseviewer.text import printable

_LONGEST = 600  # letters of an unforeseen error's own words


class Desk(QObject):
    """One bench, its lanes of work, the settings. Every signal is bare: who hears it reads what it needs."""

    datasets_changed = Signal()
    clip_changed = Signal()
    seed_changed = Signal()
    time_changed = Signal()
    look_changed = Signal()
    pins_changed = Signal()
    models_changed = Signal()
    latents_changed = Signal()
    class_probabilities_changed = Signal()
    classes_changed = Signal()
    held_changed = Signal()
    nearest_changed = Signal()
    rollout_changed = Signal()
    loop_range_changed = Signal()
    verdicts_changed = Signal()
    problem = Signal(str, str)
    """A sentence for the error bar, and a report to copy."""

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bench = Bench()
        self.settings = settings or Settings()
        self.jobs = Jobs(self)
        self.at_work: dict[str, Source] = {}
        """The model of each kind ("embedding", "generator", "classifier") that is at work."""
        self.why_no_generator = ""
        """Why nothing can generate from the clip although models are on offer; empty while one may still be loading."""
        self._due: dict[SignalInstance, None] | None = None  # what is to be announced when a change is complete

    def announce(self, *signals: SignalInstance) -> None:
        """Give signals; within a change that is `together` they wait for its end."""
        with self.together() as due:
            due.update(dict.fromkeys(signals))

    @contextmanager
    def together(self) -> Iterator[dict[SignalInstance, None]]:
        """What happens within is one change: each signal of it is given once, when the outermost one is complete."""
        if self._due is not None:
            yield self._due
            return
        self._due = {}
        try:
            yield self._due
        finally:
            due, self._due = self._due, None
            for signal in due:
                signal.emit()

    def submit(
        self,
        lane: str,
        title: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        what: str = "",
        quiet: bool = False,
    ) -> Any:
        """Run work on a lane; a failure becomes a sentence in the error bar."""
        title, what = printable(title), printable(what)  # they name files
        return self.jobs.submit(lane, title, work, done, lambda error: self.report(error, what or title), quiet)

    def report(self, error: BaseException, what: str) -> None:
        """Tell of a failure: an expected one in its own sentence, any other with a report to copy."""
        trace = "".join(traceback.format_exception(error))
        error = (libraries.missing(error) if isinstance(error, ImportError) else None) or error
        unforeseen = printable(f"{type(error).__name__}: {error}", _LONGEST)
        sentence = error.sentence(what) if isinstance(error, PoseviewerError) else unforeseen
        self.problem.emit(f"{what}: {sentence}", trace)
