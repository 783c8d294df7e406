"""The one generating thread: Step, Back, Run and Reset in the order in which they were asked for."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict, deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from poseviewer.app.work.move import Move, Moved
from poseviewer.bench.rollouts import LIMIT
from poseviewer.progress import Progress

if TYPE_CHECKING:
    from poseviewer.app.desk import Desk
    from poseviewer.app.latent_space import LatentSpace
    from poseviewer.app.work.judging import Judging
    from poseviewer.bench.lane import Lane
    from poseviewer.render.palette import Role

_COSTS = 30  # steps whose cost the median is taken over
_CHUNK = 5  # frames generated between two looks at the screen: +50 is seen to grow
_MOST_BEHIND = 600  # frames that a lane comes along at once
_CATCH_UP = 0.25  # seconds that Run may be behind the pace of the motion and make up for
_SAME_TIME = 1e-3  # seconds between the ends of two lanes that Run moves together

Which = Literal["both", "generated_a", "generated_b"]


@dataclass(frozen=True)
class Request:
    """frames: to generate, or negative to take back, in the lane of a role. text, edit: of the edit that it belongs to.
    leads: whether the playhead goes along.
    """

    frames: int
    role: Role
    text: str
    edit: object
    leads: bool


class Stepper(QObject):
    """Works off requests one at a time on the models lane. Between two of them the rollouts rest and may be read."""

    running_changed = Signal()
    which_changed = Signal()
    moved = Signal(object, object, object)
    """A move that was made, the request that it answers, and what came of it."""

    def __init__(self, desk: Desk, latents: LatentSpace, judging: Judging) -> None:
        super().__init__(desk)
        self._desk, self._latents, self._judging = desk, latents, judging
        self._which: Which = "both"
        self._requests: deque[Request] = deque()
        self._halts = 0
        self._busy = False
        self._run: object = None  # the edit that all frames of a run belong to
        self._due = 0.0  # when the next frame of a run is to be generated, on the performance counter
        self._costs: defaultdict[Role, deque[float]] = defaultdict(lambda: deque(maxlen=_COSTS))

    def milliseconds(self, role: Role) -> float:
        """What a generated frame of a lane costs, median of the last steps; 0 before the first one."""
        return statistics.median(self._costs[role]) if self._costs[role] else 0.0

    @property
    def running(self) -> bool:
        """Whether it generates without end."""
        return self._run is not None

    # which lanes

    @property
    def which(self) -> Which:
        """Which lanes Step to Run, Back and Reset act on; one that is empty stands for all."""
        return self._which if self._which != "both" and self._desk.bench.lane_of(self._which) else "both"

    def choose(self, which: Which) -> None:
        """Let Step to Run, Back and Reset act on one lane or on both."""
        if which != self._which:
            self.stop()
            self._which = which
            self.which_changed.emit()

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The lanes that are acted on, the one in focus first."""
        which = self.which
        return tuple(lane for lane in self._desk.bench.focused_first if which in ("both", lane.role))

    def obstacle_of(self, lane: Lane) -> str:
        """Why a lane can generate nothing now; empty where it can."""
        if self._desk.bench.clip is None:
            return "Open a clip first."
        if lane.generator is None:
            return self._desk.why_no_generator or "The generator is being loaded."
        return lane.misfit

    @property
    def obstacle(self) -> str:
        """Why nothing can be generated now; empty where a lane that is acted on can."""
        obstacles = [self.obstacle_of(lane) for lane in self.lanes]
        return "" if "" in obstacles else obstacles[0]

    @property
    def _able(self) -> tuple[Lane, ...]:
        return tuple(lane for lane in self.lanes if not self.obstacle_of(lane))

    # asking

    def step(self, frames: int, edit: object = None) -> None:
        """Generate that many frames; `edit`: the key of an edit that they belong to, their own where None. A lane that
        has none yet comes along to where the leading one is, to be seen beside it.
        """
        text, edit, able = "step" if frames == 1 else f"+{frames}", edit or object(), self._able
        for late in (lane for lane in able[1:] if not lane.horizon):
            behind = round(able[0].horizon / (able[0].fps or 30.0) * (late.fps or 30.0))
            parts = range(0, behind if behind <= _MOST_BEHIND else 0, _CHUNK)
            self._requests.extend(Request(min(_CHUNK, behind - k), late.role, text, edit, False) for k in parts)
        for begin in range(0, frames, _CHUNK):
            chunk = min(_CHUNK, frames - begin)
            self._requests.extend(Request(chunk, lane.role, text, edit, lane is able[0]) for lane in able)
        self._next()

    def back(self, frames: int) -> None:
        """Take frames back."""
        self.stop()
        edit, lanes = object(), self.lanes
        self._requests.extend(Request(-frames, lane.role, "back", edit, lane is lanes[0]) for lane in lanes)
        self._next()

    def run(self) -> None:
        """Generate until stopped, at the pace of the motion."""
        if not self.obstacle and not self.running:
            self._run, self._due = object(), time.perf_counter()
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

    # working

    def _ask_for_run(self) -> float:
        """The frames that are due of each lane that has come least far. Gives the seconds until then."""
        now, able = time.perf_counter(), self._able
        if not able:
            self.halt()
            return 0.0
        if now < self._due:
            return self._due - now
        ends = [lane.horizon / (lane.fps or 30.0) for lane in able]
        least = [lane for lane, end in zip(able, ends, strict=True) if end <= min(ends) + _SAME_TIME]
        self._due = max(self._due, now - _CATCH_UP)
        frame = min(1.0 / (lane.fps or 30.0) for lane in least)
        ahead = min((end - min(ends) for lane, end in zip(able, ends, strict=True) if lane not in least), default=1.0)
        due = min(1 + int((now - self._due) / frame), max(1, round(ahead / frame)))
        self._due += due * frame
        self._requests.extend(Request(due, lane.role, "run", self._run, lane is able[0]) for lane in least)
        return 0.0

    def _next(self) -> None:
        if self._busy:
            return
        desk, bench = self._desk, self._desk.bench
        if not self._requests and self.running:
            wait = self._ask_for_run()
            if wait > 0.0:
                QTimer.singleShot(max(1, round(1000.0 * wait)), self._next)
                return
        if not self._requests:
            return
        asked, halts = self._together(), self._halts
        moves: list[tuple[Request, Move]] = []
        for request in asked:
            lane = bench.lane_of(request.role)
            if lane is None:
                continue
            if lane.rollout is not None and lane.rollout.nbytes > LIMIT and request.frames > 0:
                self.halt()
                told = f"The rollout has reached the {LIMIT >> 20} MB that are kept in memory: export it"
                desk.problem.emit(told, "")
                return
            encoder = None if lane.generator is None else self._latents.encoder_of(lane.generator)
            runs = request.edit is self._run
            move = Move.of(bench, lane, request.frames, encoder, self._judging.judge_of(lane), runs)
            if move is not None:
                moves.append((request, move))
        if not moves:
            self._next()
            return
        self._busy = True

        def done(result: tuple[list[Moved], Exception | None]) -> None:
            made, error = result
            self._busy = False
            with desk.together():
                for (request, move), moved in zip(moves, made, strict=False):
                    self._take(request, move, moved, halts)
            if error is None:
                self._next()
            else:
                self._failed(error)

        work = partial(_made, [move for _, move in moves])
        desk.jobs.submit("models", "Generating", work, done, self._failed, quiet=True)

    def _together(self) -> list[Request]:
        """The next request, and what is asked of the other lane beside it."""
        asked = [self._requests.popleft()]
        while self._requests and self._requests[0].edit is asked[0].edit:
            if self._requests[0].role in (request.role for request in asked):
                break
            asked.append(self._requests.popleft())
        return asked

    def _take(self, request: Request, move: Move, moved: Moved, halts: int) -> None:
        if moved.cost is not None:
            self._costs[request.role].append(moved.cost)
        self._latents.take(moved.rollout, moved.latents, move.encoder, moved.failure)
        self._judging.take(moved.rollout, moved.verdicts)
        if halts == self._halts and move.still_due(self._desk.bench):
            self.moved.emit(move, request, moved.rollout)

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self.halt()
        self._desk.report(error, "Nothing was generated")


def _made(moves: Sequence[Move]) -> Generator[Progress, None, tuple[list[Moved], Exception | None]]:
    """A Job: what comes of moves, one after the other; of the first that fails why."""
    made: list[Moved] = []
    for move in moves:
        try:
            made.append((yield from move.job()))
        except Exception as error:
            return made, error
    return made, None
