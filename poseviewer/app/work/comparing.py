"""Whether samples of a rollout, or rollouts of different seeds, end alike: told in a sentence, while it rests."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QTimer

from poseviewer.errors import PoseviewerError
from poseviewer.progress import Progress

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.analysis.sets.variety import Futures
    from poseviewer.app.desk import Desk
    from poseviewer.app.jobs import Task
    from poseviewer.app.work.judging import Judging
    from poseviewer.bench.rollouts import Kept
    from poseviewer.data.dataset import Dataset
    from poseviewer.motion.skeleton import Skeleton
    from poseviewer.nets.protocols import Array

_REST = 400  # ms without a step after which sets are compared
_LEAST = 1.0  # seconds that are compared at least
_MOST = 64  # seeds

Set = tuple[Sequence["Array"], Sequence["Array"]]
"""Seeds (n, J, D) and what follows each of them (F, J, D)."""


class Comparing(QObject):
    """Keeps the bench's sentence true to its rollout and to those that are kept beside it."""

    def __init__(
        self, desk: Desk, judging: Judging, kept: Callable[[], Iterable[Kept]], busy: Callable[[], bool]
    ) -> None:
        super().__init__(desk)
        self._desk, self._judging, self._kept, self._busy = desk, judging, kept, busy
        # of each dataset what its clips do, by skeleton and rate; None where they tell nothing
        self._known: WeakKeyDictionary[Any, dict[tuple[Skeleton, float], Futures | None]] = WeakKeyDictionary()
        self._task: Task | None = None
        self._learning: tuple[Task, Dataset, Skeleton, float] | None = None
        desk.jobs.changed.connect(self._hear_of_cancelling)
        desk.datasets_changed.connect(self._forget_closed)
        self._timer = QTimer(self, singleShot=True, interval=_REST)
        self._timer.timeout.connect(self._compare)

    def follow(self) -> None:
        """The bench has another rollout: what was said of the last one is gone, what is to be said comes in time."""
        self._desk.bench.alike = ""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._judging.automatic and self._desk.bench.lane.rollout is not None:
            self._timer.start()
        else:
            self._timer.stop()

    def _sets(self) -> list[Callable[[], Set]]:
        """The samples of the bench's rollout, if it has several; the rollouts of its generator from several seeds."""
        lane = self._desk.bench.lane
        rollout, least = lane.rollout, _LEAST * (lane.fps or 30.0)
        if rollout is None or rollout.length < least:
            return []
        made: list[Callable[[], Set]] = []
        if rollout.samples > 1 and rollout.length - rollout.at_hand(0) >= least:
            made.append(partial(_samples, rollout))
        mine = [kept for kept in self._kept() if kept.rollout.generator is rollout.generator]
        others = {(kept.key.clip, kept.key.seed): kept.rollout for kept in mine if kept.rollout.length >= least}
        if len(others) > 1:
            made.append(partial(_several, list(others.values())[-_MOST:]))
        return made

    def _compare(self) -> None:
        desk, lane = self._desk, self._desk.bench.lane
        sets, rollout = self._sets(), lane.rollout
        if self._busy():  # it goes on: the sentence waits until it rests
            self._timer.start()
            return
        if not sets or rollout is None:
            return
        skeleton, fps, dataset = rollout.skeleton, rollout.fps, self._judging.dataset_of(rollout.skeleton)
        if dataset is None:
            return
        known = self._known.setdefault(dataset, {})
        if (skeleton, fps) not in known:
            if self._learning is None:
                self._learn(dataset, skeleton, fps)
            return
        futures = known[skeleton, fps]
        if futures is None:
            return

        def done(words: str) -> None:
            if desk.bench.lane.rollout is rollout and words:
                desk.bench.alike = words
                desk.announce(desk.verdicts_changed)

        told = partial(_sentences, futures, sets)
        self._task = desk.submit("reference", "Comparing rollouts", told, done, "They were not compared", quiet=True)

    def _learn(self, dataset: Dataset, skeleton: Skeleton, fps: float) -> None:
        """Have learnt what a dataset's clips do; it goes on while steps are made: it is the same for all of them."""
        known = self._known[dataset]

        def learnt(futures: Futures | None) -> None:
            known[skeleton, fps], self._learning = futures, None
            self._compare()

        def failed(error: BaseException) -> None:
            if not isinstance(error, PoseviewerError):
                self._desk.report(error, "What real motion does was not learnt")
            learnt(None)

        work, title = partial(_futures, dataset, skeleton, fps), f"Comparing with {dataset.name}"
        task = self._desk.jobs.submit("reference", title, work, learnt, failed)
        self._learning = task, dataset, skeleton, fps

    def _hear_of_cancelling(self) -> None:
        """Somebody stopped the learning: it is not begun again by itself."""
        if self._learning is not None and self._learning[0].cancelled:
            (_, dataset, skeleton, fps), self._learning = self._learning, None
            self._known.setdefault(dataset, {})[skeleton, fps] = None

    def _forget_closed(self) -> None:
        if self._learning is not None and self._learning[1] not in self._desk.bench.datasets:
            task, self._learning = self._learning[0], None
            task.cancel()


def _samples(rollout: Rollout) -> Set:
    """As far as all samples are at hand: it is their end that is compared."""
    return [rollout.seed.positions] * rollout.samples, list(rollout.poses_from(rollout.at_hand(0)))


def _several(rollouts: Sequence[Rollout]) -> Set:
    return [rollout.seed.positions for rollout in rollouts], [rollout.poses_of(rollout.sample) for rollout in rollouts]


def _sentences(futures: Futures, sets: Sequence[Callable[[], Set]]) -> Generator[Progress, None, str]:
    """A Job: what is said of sets; nothing where none of them ends alike."""
    said = []
    for number, make in enumerate(sets):
        yield Progress(number, len(sets))
        seeds, poses = make()
        shortest = min(map(len, poses))
        said.append(futures.beside(seeds).alike(poses, frames=[shortest]).sentence)
    return ". ".join(filter(None, said))


def _futures(dataset: Dataset, skeleton: Skeleton, fps: float) -> Generator[Progress, None, Futures]:
    """A Job: what a dataset's real clips do after their seeds. Raises PoseviewerError where there are too few."""
    from poseviewer.analysis.reference import real_motion
    from poseviewer.analysis.sets.variety import futures_of

    motion = yield from real_motion(dataset, skeleton, fps)
    rows = [dataset.infos.index_of(name) for name in motion.names]
    actions = ["" if row is None else dataset.infos[row].action for row in rows]
    return (yield from futures_of(motion.motions, skeleton, fps, actions))
