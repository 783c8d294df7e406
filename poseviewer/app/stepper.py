"""The one generating thread: Step, Back, Run and Reset in the order in which they were asked for."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from poseviewer.app.history import ResetRollout

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.app.session import Session

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
        self.milliseconds = 0.0
        """What the newest frame cost."""

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
            return "The generator is being loaded."
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
            self._session.history.push(ResetRollout(self._session))
        else:
            self._session.bench.set_rollout(None)
            self._session.rollout_changed.emit()

    def _next(self) -> None:
        if self._busy:
            return
        if not self._requests and self._run:
            self._requests.append(1)
        if not self._requests:
            return
        request, session, bench = self._requests.popleft(), self._session, self._session.bench
        rollout, seed = bench.rollout, bench.seed_clip()
        if (request < 0 and rollout is None) or seed is None:
            self._next()
            return
        generator, samples, temperature, number = bench.generator, bench.samples, bench.temperature, bench.number
        held = bench.held.latent if bench.held is not None and bench.relative_frame() == bench.horizon > 0 else None

        def work() -> tuple[Rollout, float]:
            import time

            from poseviewer.analysis.rollout import Rollout

            assert generator is not None and seed is not None
            moving = rollout or Rollout(generator, seed, number=number, samples=samples, temperature=temperature)
            if held is not None and request > 0:
                moving.replace(latent=held)
            began = time.perf_counter()
            if request > 0:
                moving.step(request)
            else:
                moving.back(min(-request, moving.length))
            return moving, 1000.0 * (time.perf_counter() - began) / abs(request)

        self._busy = True
        clip = bench.clip
        session.jobs.submit(
            "models",
            "Generating",
            work,
            lambda result: self._took(result, clip, rollout),
            self._failed,
            quiet=True,
        )

    def _took(self, result: tuple[Rollout, float], clip: object, started_from: Rollout | None) -> None:
        self._busy = False
        rollout, self.milliseconds = result
        session, bench = self._session, self._session.bench
        stale = bench.clip is not clip or bench.rollout is not started_from
        if not stale:
            bench.set_rollout(rollout if rollout.length else None)
            if bench.held is not None:
                bench.held = None
                session.held_changed.emit()
            session.rollout_changed.emit()
            session.set_time(bench.time_of_relative(bench.horizon))
        if self._run and not self._requests:
            from PySide6.QtCore import QTimer

            QTimer.singleShot(max(1, round(1000.0 / rollout.fps - self.milliseconds)), self._next)
        else:
            self._next()

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self.halt()
        self._session.report(error, "Nothing was generated")


def _chunks(frames: int) -> list[int]:
    return [min(_CHUNK, frames - i) for i in range(0, frames, _CHUNK)]
