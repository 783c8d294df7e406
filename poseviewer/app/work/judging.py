"""Verdicts of what is generated, worked out beside it; and what they are measured by: the model's own reference, or
what is learnt of real motion from an open dataset.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject

from poseviewer.app.work.move import AT_ONCE
from poseviewer.errors import PoseviewerError
from poseviewer.motion.matching import is_mapped
from poseviewer.progress import Progress
from poseviewer.text import counted, printable

if TYPE_CHECKING:
    from poseviewer.analysis.calibration_file import Stored
    from poseviewer.analysis.live import Judge, Verdicts
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.app.desk import Desk
    from poseviewer.app.jobs import Task
    from poseviewer.bench.lane import Lane
    from poseviewer.data.dataset import Dataset
    from poseviewer.motion.clip import Clip
    from poseviewer.motion.skeleton import Skeleton
    from poseviewer.nets.checkpoints.checkpoint import Card

_KEPT = 16_000_000  # bytes of verdicts of rollouts that stay, so that Undo shows them at once
_FPS = 30.0  # of verdicts of what no generator reads


@dataclass(frozen=True, eq=False)
class Measure:
    """What verdicts are measured by: real motion on a skeleton at a rate. source: the model whose checkpoint has it,
    or a dataset; own: whether it is a model.
    """

    source: Any
    skeleton: Skeleton
    fps: float
    own: bool

    def is_as(self, other: Measure) -> bool:
        """Whether it is the same real motion."""
        return self.source is other.source and (self.skeleton, self.fps) == (other.skeleton, other.fps)


@dataclass(frozen=True, eq=False)
class Reference:
    """Who judges; words: by what."""

    judge: Judge
    words: str


class Judging(QObject):
    """Keeps the bench's verdicts true to its rollout, and to a reference: the model's own, else a dataset's."""

    automatic = True
    """Whether a dataset's reference is learnt as soon as there is something to be judged by it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.runs: Callable[[], bool] = lambda: False
        """Whether frames are made without end: the newest few need not be judged yet."""
        # of each model and dataset, by skeleton and rate; or why there is none
        self._known: WeakKeyDictionary[Any, dict[tuple[Skeleton, float], Reference | str]] = WeakKeyDictionary()
        self._asked: Measure | None = None
        self._learning: Task | None = None
        self._of_rollouts: WeakKeyDictionary[Rollout, Verdicts] = WeakKeyDictionary()
        self._clip_asked: tuple[Clip, Judge] | None = None  # who is judging which clip for bench.clip_verdicts
        desk.datasets_changed.connect(self._forget_closed)
        desk.jobs.changed.connect(self._hear_of_cancelling)

    def judge_of(self, lane: Lane) -> Judge | None:
        """Who judges what a lane generates; None while there is no reference."""
        if lane.generator is None or lane.fitted is None:
            return None
        found = self._found(self._measure(lane))
        return found.judge if isinstance(found, Reference) else None

    def _measure(self, lane: Lane) -> Measure | None:
        """By what a lane's motion, or the clip's, is judged; None where there is none, or nothing to judge it by."""
        bench, generator = self._desk.bench, lane.generator
        skeleton, fps = None if bench.clip is None else bench.clip.skeleton, _FPS
        if generator is not None and lane.fitted is not None:
            skeleton, fps = generator.skeleton, generator.fps
        elif bench.embedding is not None and bench.embedded is not None and _measuring(bench.embedding):
            skeleton = bench.embedding.skeleton
        if skeleton is None:
            return None
        own: list[Any] = [model for model in (generator, bench.embedding) if _has_own(model, skeleton, fps)]
        if len(own) == 2 and own[0].card is own[1].card:  # one file
            own.pop()
        for model in own:
            measure = Measure(model, skeleton, fps, True)
            if not isinstance(self._found(measure), str):  # it is damaged, which has been told
                return measure
        dataset = self.dataset_of(skeleton)
        return None if dataset is None else Measure(dataset, skeleton, fps, False)

    def dataset_of(self, skeleton: Skeleton) -> Dataset | None:
        """The clip's own, or where that is no measure of bodies of a skeleton the newest other one that is."""
        bench = self._desk.bench
        if len(bench.datasets) < 2:
            return bench.dataset
        from poseviewer.analysis.calibration import LEAST_CLIPS

        others = (dataset for dataset in reversed(bench.datasets) if dataset is not bench.dataset)
        there = [dataset for dataset in (bench.dataset, *others) if dataset is not None]
        many = (dataset for dataset in there if len(dataset) >= LEAST_CLIPS)
        return next((dataset for dataset in many if _has_bodies(dataset, skeleton)), bench.dataset)

    def _found(self, measure: Measure | None) -> Reference | str | None:
        """What is known of a measure: who judges by it, or why nobody does; None while it is not known."""
        if measure is None:
            return None
        return self._known.get(measure.source, {}).get((measure.skeleton, measure.fps))

    def take(self, rollout: Rollout, verdicts: Verdicts | None) -> None:
        """Keep what was said of a rollout, for as long as anybody keeps the rollout."""
        if verdicts is None:
            return
        self._of_rollouts.pop(rollout, None)
        self._of_rollouts[rollout] = verdicts
        at_work = {id(rollout), *(id(lane.rollout) for lane in self._desk.bench.lanes)}
        spare = [(other, kept.nbytes) for other, kept in self._of_rollouts.items() if id(other) not in at_work]
        while spare and sum(size for _, size in spare) > _KEPT:
            del self._of_rollouts[spare.pop(0)[0]]

    def said_of(self, rollout: Rollout) -> Verdicts | None:
        """What has been said of a rollout, whoever judged; None where nothing has, or it has been forgotten."""
        return self._of_rollouts.get(rollout)

    def follow(self) -> None:
        """Show what is known of the lanes' rollouts and the clip, and have worked out what is not."""
        bench = self._desk.bench
        self._forget_embeddings()
        measures = {lane.role: self._measure(lane) for lane in bench.focused_first}
        if self._asked is not None and not any(m is not None and m.is_as(self._asked) for m in measures.values()):
            self._stop_learning()
        judges = {lane.role: self._judge(lane, measures[lane.role]) for lane in bench.focused_first}
        self._forget_rollouts(list(judges.values()))
        for lane in bench.lanes:
            self._show_rollout(lane, judges[lane.role])
        declared = self._declared
        self._show_clip((bench.read or bench.clip) if declared else None, judges[bench.lane.role])
        self._tell_too_short()

    @property
    def _declared(self) -> bool:
        """Whether some of the clip is said to be generated."""
        clip = self._desk.bench.clip
        return clip is not None and 0 < (clip.seed_frames or 0) < len(clip)

    def _judge(self, lane: Lane, measure: Measure | None) -> Judge | None:
        """Who judges a lane by a measure; asks for one who is not there. Of the lane in focus the bench tells why."""
        bench, focused = self._desk.bench, lane is self._desk.bench.lane
        wanted = (focused and self._declared) or (lane.rollout is not None and lane.rollout.length > 0)
        found, why = self._found(measure), ""
        reference = found if isinstance(found, Reference) else None
        if measure is None and wanted:
            why = "Not judged: open a dataset of real motion to judge by"
        elif measure is not None and reference is None and (wanted or measure.own):
            words = self._learn(measure)
            why = words if wanted else ""
        if focused:
            bench.judged_by, bench.no_reference = "" if reference is None else reference.words, why
        return None if reference is None else reference.judge

    def _show_rollout(self, lane: Lane, judge: Judge | None) -> None:
        desk, bench, role, rollout = self._desk, self._desk.bench, lane.role, lane.rollout
        row = lane.sample
        if rollout is not None and judge is not None and rollout.skeleton.joints != judge.calibration.skeleton.joints:
            judge = None  # the lane has another generator than the one that made it: another rollout comes at once
        known = None if rollout is None or judge is None else self._of_rollouts.get(rollout)
        if known is not None and judge is not None and known.calibration is not judge.calibration:
            known = None
        if known is not None and known.row != lane.sample:
            known = None
        if known is not lane.verdicts:
            bench.put(replace(lane, verdicts=known))
        judged = 0 if known is None else len(known)
        missing = 0 if rollout is None else rollout.length - judged
        if rollout is None or judge is None or missing < (AT_ONCE if self.runs() else 1):
            return

        def done(verdicts: Verdicts) -> None:
            self.take(rollout, verdicts)
            now = bench.lane_of(role)
            if now is not None and now.rollout is rollout and now.sample == row and self.judge_of(now) is judge:
                bench.put(replace(now, verdicts=verdicts))
                desk.announce(desk.verdicts_changed)

        work, long = partial(judge.job, rollout, None, row), not rollout.whole
        desk.submit("models", "Judging the rollout", work, done, "It was not judged", quiet=not long)

    def _show_clip(self, clip: Clip | None, judge: Judge | None) -> None:
        desk, bench = self._desk, self._desk.bench
        if clip is None or judge is None:
            bench.clip_verdicts = self._clip_asked = None
            return
        asked = clip, judge
        if self._clip_asked == asked:
            return
        bench.clip_verdicts, self._clip_asked = None, asked
        from poseviewer.analysis.live import judged_clip

        def done(verdicts: Verdicts) -> None:
            if self._clip_asked is asked and bench.clip is not None:
                bench.clip_verdicts = verdicts
                self._tell_too_short()
                desk.announce(desk.verdicts_changed)

        work = partial(judged_clip, clip, judge.calibration)
        desk.submit("models", "Judging the clip", work, done, "The clip was not judged", quiet=True)

    def _tell_too_short(self) -> None:
        made, bench = self._desk.bench.clip_verdicts, self._desk.bench
        if made is not None and not bench.generated and not made.words.any():
            bench.no_reference = f"Not judged: too few frames were generated ({len(made)})"

    def forget_clip(self) -> None:
        """A clip is put on the bench: what was said of the last one, or is about to be, is not of this one."""
        self._clip_asked = None

    # the reference

    def _learn(self, measure: Measure) -> str:
        """Have a reference read or learnt; why there is none yet."""
        found = self._found(measure)
        if isinstance(found, str):
            return found
        if not (self.automatic or measure.own):
            return "Not judged yet"
        whose = _whose(measure)
        if self._asked is None:
            self._asked = measure
            work = partial(_stored, measure)
            done, failed = partial(self._take_reference, measure), partial(self._take_failure, measure)
            jobs, title = self._desk.jobs, f"Learning from {whose}"
            self._learning = jobs.submit("reference", title, work, done, failed, quiet=measure.own)
        return f"Not judged yet: learning from {whose}"

    def _take_reference(self, measure: Measure, stored: Stored) -> None:
        from poseviewer.analysis.live import Judge

        clips = counted(stored.calibration.clips, "clip")
        kind = "embedding" if measure.source is self._desk.bench.embedding else "model"
        whose = f"the {kind}'s own reference" if measure.own else _name(measure.source)
        if stored.note:
            self._desk.problem.emit(stored.note, "")
        self._tell(measure, Reference(Judge(stored.calibration), f"by {whose}: {clips}"))

    def _take_failure(self, measure: Measure, error: BaseException) -> None:
        what = "The model's own reference was not read" if measure.own else "No reference was made"
        if measure.own or not isinstance(error, PoseviewerError):
            self._desk.report(error, what)
        cause = error.cause if isinstance(error, PoseviewerError) else "it could not be learnt"
        self._tell(measure, f"Not judged: {cause}")

    def _tell(self, measure: Measure, found: Reference | str) -> None:
        self._known.setdefault(measure.source, {})[measure.skeleton, measure.fps] = found
        self._asked = self._learning = None
        with self._desk.together():
            self.follow()
            self._desk.announce(self._desk.verdicts_changed)

    @property
    def may_learn(self) -> bool:
        """Whether there is no reference although one could be asked for once more."""
        return isinstance(self._found(self._measure(self._desk.bench.lane)), str)

    def learn_again(self) -> None:
        """Try once more to learn what there was no reference of."""
        measure = self._measure(self._desk.bench.lane)
        if measure is not None and self.may_learn:
            del self._known[measure.source][measure.skeleton, measure.fps]
            with self._desk.together():
                self.follow()
                self._desk.announce(self._desk.verdicts_changed)

    def _hear_of_cancelling(self) -> None:
        """Somebody stopped the learning: it is not begun again by itself."""
        if self._asked is not None and self._learning is not None and self._learning.cancelled:
            self._tell(self._asked, f"Not judged: learning from {_whose(self._asked)} was cancelled")

    def _stop_learning(self) -> None:
        """What is being learnt is of nothing on the bench any more."""
        task, self._asked, self._learning = self._learning, None, None
        if task is not None:
            task.cancel()

    def _forget_closed(self) -> None:
        datasets = self._desk.bench.datasets
        if self._asked is not None and not self._asked.own and self._asked.source not in datasets:
            self._stop_learning()
        self._forget_rollouts([])

    def _forget_embeddings(self) -> None:
        """Who judges by an embedding's reference looks through that embedding: kept by it, neither would ever go."""
        bench = self._desk.bench
        there = {id(bench.embedding), *(id(getattr(lane.generator, "embedding", None)) for lane in bench.lanes)}
        for source in list(self._known):
            if hasattr(source, "encode") and id(source) not in there:
                del self._known[source]

    def _forget_rollouts(self, but: Sequence[Judge | None]) -> None:
        """Of all who may judge those of the lanes keep what they need to go on: tens of megabytes for 64 samples."""
        for known in self._known.values():
            for found in known.values():
                if isinstance(found, Reference) and found.judge not in but:
                    found.judge.forget()


def _stored(measure: Measure) -> Generator[Progress, None, Stored]:
    """A Job: the calibration in a model's checkpoint, or what a dataset's clips say."""
    from poseviewer.analysis.calibration_file import Stored
    from poseviewer.analysis.reference import calibration_of, measured

    if measure.own:
        stored = yield from calibration_of(measure.source, None)
        if stored is None:
            raise PoseviewerError(measure.source.path, "calibration", "its file has none any more", "open it again")
        return stored
    calibration, motion = yield from measured(measure.source, measure.skeleton, measure.fps)
    return Stored(calibration, motion.about)


def _whose(measure: Measure) -> str:
    return "the model" if measure.own else _name(measure.source)


def _name(dataset: Dataset) -> str:
    """What a dataset is called: its file."""
    return dataset.name if dataset.path is None else printable(dataset.path.name)


def _has_bodies(dataset: Dataset, skeleton: Skeleton) -> bool:
    """Whether any clip of a dataset may be on a skeleton."""
    return any(is_mapped(theirs, skeleton) for theirs in dataset.skeletons)


def _measuring(model: Any) -> Card | None:
    """The card of a model whose checkpoint has a reference."""
    from poseviewer.nets.checkpoints.checkpoint import card_behind

    card = card_behind(model)
    return card if card is not None and "calibration" in card.document else None


def _has_own(model: Any, skeleton: Skeleton, fps: float) -> bool:
    """Whether a model's checkpoint has a reference of bodies of a skeleton at a rate."""
    card = _measuring(model)
    if card is None:
        return False
    own, rate = card.skeleton, card.fps or _FPS
    return (own.joints, own.dims, own.edges, rate) == (skeleton.joints, skeleton.dims, skeleton.edges, fps)
