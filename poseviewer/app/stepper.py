"""The one generating thread: Step, Back, Run and Reset in the order in which they were asked for."""

from __future__ import annotations

import statistics
import time
from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from poseviewer.app.history import SetRollout
from poseviewer.app.move import Move, Moved

if TYPE_CHECKING:
    from poseviewer.app.session import Session

_COSTS = 30  # steps whose cost the median is taken over
_CHUNK = 5  # frames generated between two looks at the screen: +50 is seen to grow


class Stepper(QObject):
    """Works off requests one at a time on the models lane. Between two of them the rollout rests and may be read."""

    running_changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._requests: deque[int] = deque()
        self._busy = False
        self._run = False
        self._asked = 0.0
        self._costs: deque[float] = deque(maxlen=_COSTS)

    @property
    def milliseconds(self) -> float:
        """What a generated frame costs, median of the last steps; 0 before the first one."""
        return statistics.median(self._costs) if self._costs else 0.0

    @property
    def running(self) -> bool:
        """Whether it generates without end."""
        return self._run

    @property
    def busy(self) -> bool:
        return self._busy or bool(self._requests) or self._run

    @property
    def obstacle(self) -> str:
        """Why nothing can be generated now; empty where it can."""
        bench = self._session.bench
        if bench.clip is None:
            return "Open a clip first."
        if bench.generator is None:
            return self._session.shelf.why_no_generator or "The generator is being loaded."
        return bench.misfit

    def step(self, frames: int) -> None:
        """Generate that many frames."""
        if not self.obstacle:
            self._requests.extend(_chunks(frames))
            self._next()

    def back(self, frames: int) -> None:
        """Take frames back."""
        self.stop()
        self._requests.append(-frames)
        self._next()

    def run(self) -> None:
        """Generate until stopped, at the pace of the motion."""
        if not self.obstacle and not self._run:
            self._run = True
            self.running_changed.emit()
            self._next()

    def stop(self) -> None:
        """End Run; what was asked for by then is still generated."""
        if self._run:
            self._run = False
            self.running_changed.emit()

    def halt(self) -> None:
        """Drop every request."""
        self._requests.clear()
        self.stop()

    def reset(self, undoable: bool) -> None:
        """Drop the rollout."""
        self.halt()
        if self._session.bench.rollout is None:
            return
        if undoable:
            self._session.history.push(SetRollout(self._session, None, "reset"))
        else:
            self._session.show_rollout(None)

    def _next(self) -> None:
        if self._busy:
            return
        if not self._requests and self._run:
            self._requests.append(1)
        if not self._requests:
            return
        request, session, bench = self._requests.popleft(), self._session, self._session.bench
        encoder = None if bench.generator is None else session.latents.encoder_of(bench.generator)
        move = Move.of(bench, request, encoder, self.held_frame)
        if move is None:
            self._next()
            return
        self._busy, self._asked = True, time.perf_counter()
        session.jobs.submit(
            "models", "Generating", move.make, lambda moved: self._took(move, moved), self._failed, quiet=True
        )

    @property
    def held_frame(self) -> int | None:
        """The frame after the seed (0 its last one) that a held pose takes the place of and Step goes on from.

        None where nothing is held, or where it is held on an earlier frame of the seed, which the model only reads.
        """
        bench = self._session.bench
        frame = bench.relative_frame()
        return frame if bench.held is not None and 0 <= frame <= bench.horizon else None

    def _took(self, move: Move, moved: Moved) -> None:
        self._busy = False
        if moved.cost is not None:
            self._costs.append(moved.cost)
        session, bench, rollout = self._session, self._session.bench, moved.rollout
        session.latents.take(rollout, moved.latents, move.encoder, moved.failure)
        if move.still_due(bench):
            if bench.held is not None:
                bench.held = None
                session.held_changed.emit()
            if move.held is not None and move.at < bench.horizon:
                session.history.push(SetRollout(session, rollout, "go on from the held pose"))
            else:
                session.show_rollout(rollout if rollout.length else None)
            session.set_time(bench.time_of_relative(bench.horizon))
        if self._run and not self._requests:
            spent = 1000.0 * (time.perf_counter() - self._asked)
            QTimer.singleShot(max(1, round(1000.0 / rollout.fps - spent)), self._next)
        else:
            self._next()

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self.halt()
        self._session.report(error, "Nothing was generated")


def _chunks(frames: int) -> list[int]:
    return [min(_CHUNK, frames - i) for i in range(0, frames, _CHUNK)]
