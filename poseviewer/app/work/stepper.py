"""The one generating thread: Step, Back, Run and Reset in the order in which they were asked for."""

from __future__ import annotations

import statistics
import time
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from poseviewer.app.work.move import Move, Moved
from poseviewer.bench.rollouts import LIMIT

if TYPE_CHECKING:
    from poseviewer.app.desk import Desk
    from poseviewer.app.latent_space import LatentSpace
    from poseviewer.app.work.judging import Judging

_COSTS = 30  # steps whose cost the median is taken over
_CHUNK = 5  # frames generated between two looks at the screen: +50 is seen to grow


class Stepper(QObject):
    """Works off requests one at a time on the models lane. Between two of them the rollout rests and may be read."""

    running_changed = Signal()
    moved = Signal(object, str, object)
    """A rollout in the place of the lane's, what was asked for, and the key of the edit that it belongs to."""

    def __init__(self, desk: Desk, latents: LatentSpace, judging: Judging) -> None:
        super().__init__(desk)
        self._desk, self._latents, self._judging = desk, latents, judging
        # frames to generate, or negative to take back; the edit's text; its key, the same for all parts of one request
        self._requests: deque[tuple[int, str, object]] = deque()
        self._halts = 0
        self._busy = False
        self._run: object = None  # the edit that all frames of a run belong to
        self._costs: deque[float] = deque(maxlen=_COSTS)

    @property
    def milliseconds(self) -> float:
        """What a generated frame costs, median of the last steps; 0 before the first one."""
        return statistics.median(self._costs) if self._costs else 0.0

    @property
    def running(self) -> bool:
        """Whether it generates without end."""
        return self._run is not None

    @property
    def obstacle(self) -> str:
        """Why nothing can be generated now; empty where it can."""
        bench = self._desk.bench
        if bench.clip is None:
            return "Open a clip first."
        if bench.lane.generator is None:
            return self._desk.why_no_generator or "The generator is being loaded."
        return bench.lane.misfit

    def step(self, frames: int, edit: object = None) -> None:
        """Generate that many frames; `edit`: the key of an edit that they belong to, their own where None."""
        if not self.obstacle:
            text, edit = "step" if frames == 1 else f"+{frames}", edit or object()
            self._requests.extend((min(_CHUNK, frames - k), text, edit) for k in range(0, frames, _CHUNK))
            self._next()

    def back(self, frames: int) -> None:
        """Take frames back."""
        self.stop()
        self._requests.append((-frames, "back", object()))
        self._next()

    def run(self) -> None:
        """Generate until stopped, at the pace of the motion."""
        if not self.obstacle and not self.running:
            self._run = object()
            self.running_changed.emit()
            self._next()

    def stop(self) -> None:
        """End Run; what was asked for by then is still generated."""
        if self.running:
            self._run = None
            self.running_changed.emit()

    def halt(self) -> None:
        """Drop every request, also the one that is being worked off."""
        self._requests.clear()
        self._halts += 1
        self.stop()

    def _next(self) -> None:
        if self._busy:
            return
        desk, bench = self._desk, self._desk.bench
        if not self._requests and self.running:
            self._requests.append((1, "run", self._run))
        if not self._requests:
            return
        if bench.lane.rollout is not None and bench.lane.rollout.nbytes > LIMIT:
            self.halt()
            desk.problem.emit(f"The rollout has reached the {LIMIT >> 20} MB that are kept in memory: export it", "")
            return
        (frames, text, edit), halts = self._requests.popleft(), self._halts
        encoder = None if bench.lane.generator is None else self._latents.encoder_of(bench.lane.generator)
        move = Move.of(bench, frames, encoder, self._judging.judge)
        if move is None:
            self._next()
            return
        self._busy, began = True, time.perf_counter()

        def done(moved: Moved) -> None:
            self._busy = False
            if moved.cost is not None:
                self._costs.append(moved.cost)
            self._latents.take(moved.rollout, moved.latents, move.encoder, moved.failure)
            self._judging.take(moved.rollout, moved.verdicts)
            if halts == self._halts and move.still_due(bench):
                self.moved.emit(moved.rollout, text, edit)
            if self.running and not self._requests:
                spent = 1000.0 * (time.perf_counter() - began)
                QTimer.singleShot(max(1, round(1000.0 / moved.rollout.fps - spent)), self._next)
            else:
                self._next()

        desk.jobs.submit("models", "Generating", move.make, done, self._failed, quiet=True)

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self.halt()
        self._desk.report(error, "Nothing was generated")
