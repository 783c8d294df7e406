"""Verdicts of what is generated, worked out beside it; and what they are measured by, learnt from real motion."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject

from poseviewer.errors import PoseviewerError
from poseviewer.progress import Progress

if TYPE_CHECKING:
    from poseviewer.analysis.calibration import Calibration
    from poseviewer.analysis.live import Judge, Verdicts
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.app.desk import Desk
    from poseviewer.app.jobs import Task
    from poseviewer.data.dataset import Dataset
    from poseviewer.motion.clip import Clip
    from poseviewer.motion.skeleton import Skeleton

_KEPT = 64  # rollouts whose verdicts stay, so that Undo shows them at once
_MOST_CLIPS = 400  # that a reference is learnt from in the window
_BATCH = 10  # clips read between two reports of progress


@dataclass(frozen=True)
class Measure:
    """What verdicts are measured by: real motion of a dataset, by its identity, on a skeleton and at a rate."""

    dataset: int
    skeleton: Skeleton
    fps: float


class Judging(QObject):
    """Keeps the bench's verdicts true to its rollout, and to a reference: the model's own, else the dataset's."""

    automatic = True
    """Whether a dataset's reference is learnt as soon as there is something to be judged by it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._learnt: dict[Measure, Judge | str] = {}  # or why there is none
        self._own: WeakKeyDictionary[Any, Judge] = WeakKeyDictionary()  # of models that have their own reference
        self._asked: Measure | None = None
        self._learning: Task | None = None
        self._of_rollouts: WeakKeyDictionary[Rollout, Verdicts] = WeakKeyDictionary()
        self._clip_shown: Clip | None = None  # that bench.clip_verdicts are of
        desk.datasets_changed.connect(self._forget_closed)

    @property
    def judge(self) -> Judge | None:
        """Who judges what the lane in focus generates; None while there is no reference."""
        generator = self._desk.bench.lane.generator
        return None if generator is None else self._judge_of(generator, generator.skeleton, generator.fps)

    def _judge_of(self, model: Any, skeleton: Skeleton, fps: float) -> Judge | None:
        calibration: Calibration | None = getattr(model, "calibration", None)
        if calibration is not None:
            if model not in self._own:
                from poseviewer.analysis.live import Judge

                self._own[model] = Judge(calibration)
            return self._own[model]
        measure = self._measure(skeleton, fps)
        found = None if measure is None else self._learnt.get(measure)
        return None if isinstance(found, str) else found

    def _measure(self, skeleton: Skeleton, fps: float) -> Measure | None:
        dataset = self._desk.bench.dataset
        return None if dataset is None else Measure(id(dataset), skeleton, fps)

    def take(self, rollout: Rollout, verdicts: Verdicts | None) -> None:
        """Keep what was said of a rollout, for as long as anybody keeps the rollout."""
        if verdicts is None:
            return
        self._of_rollouts[rollout] = verdicts
        while len(self._of_rollouts) > _KEPT:
            del self._of_rollouts[next(iter(self._of_rollouts))]

    def follow(self) -> None:
        """Show what is known of the bench's rollout and clip, and have worked out what is not."""
        bench = self._desk.bench
        model: Any = bench.lane.generator
        clip, reads = bench.clip, model is not None and bench.lane.fitted is not None
        skeleton = model.skeleton if reads else None if clip is None else clip.skeleton
        fps = model.fps if reads else 0.0 if clip is None else clip.fps
        made_by_file = clip is not None and 0 < (clip.seed_frames or 0) < len(clip)
        rollout = bench.lane.rollout
        wanted = made_by_file or (rollout is not None and rollout.length > 0)
        if skeleton is None:
            self._stop_learning()
            return
        judge = self._judge_of(model if reads else None, skeleton, fps)
        bench.no_reference = "" if judge is not None or not wanted else self._learn(skeleton, fps)
        self._show_rollout(rollout, judge)
        self._show_clip((bench.lane.fitted if reads else clip) if made_by_file else None, judge)

    def _show_rollout(self, rollout: Rollout | None, judge: Judge | None) -> None:
        desk, bench = self._desk, self._desk.bench
        known = None if rollout is None or judge is None else self._of_rollouts.get(rollout)
        if known is not None and judge is not None and known.calibration is not judge.calibration:
            known = None
        if known is not bench.lane.verdicts:
            bench.put(replace(bench.lane, verdicts=known))
        if known is not None or rollout is None or not rollout.length or judge is None:
            return

        def done(verdicts: Verdicts) -> None:
            self.take(rollout, verdicts)
            if bench.lane.rollout is rollout and self.judge is judge:
                bench.put(replace(bench.lane, verdicts=verdicts))
                desk.announce(desk.verdicts_changed)

        desk.submit("models", "Judging the rollout", partial(judge.of, rollout), done, "It was not judged", quiet=True)

    def _show_clip(self, clip: Clip | None, judge: Judge | None) -> None:
        desk, bench = self._desk, self._desk.bench
        shown = bench.clip_verdicts
        if clip is None or judge is None:
            bench.clip_verdicts = None
            return
        if clip is self._clip_shown and (shown is None or shown.calibration is judge.calibration):
            return
        bench.clip_verdicts, self._clip_shown = None, clip
        from poseviewer.analysis.live import judged_clip

        def done(verdicts: Verdicts) -> None:
            if self._clip_shown is clip and bench.clip is not None:
                bench.clip_verdicts = verdicts
                desk.announce(desk.verdicts_changed)

        work = partial(judged_clip, clip, judge.calibration)
        desk.submit("models", "Judging the clip", work, done, "The clip was not judged", quiet=True)

    # the reference

    def _learn(self, skeleton: Skeleton, fps: float) -> str:
        """Have the dataset's reference learnt; why there is none yet."""
        desk, dataset, measure = self._desk, self._desk.bench.dataset, self._measure(skeleton, fps)
        if measure is None or dataset is None:
            return "No reference: open a dataset of real motion"
        known = self._learnt.get(measure)
        if isinstance(known, str):
            return known
        if self._asked != measure and self.automatic:
            self._stop_learning()
            self._asked = measure

            def done(calibration: Calibration) -> None:
                from poseviewer.analysis.live import Judge

                self._learnt[measure] = Judge(calibration)
                told()

            def failed(error: BaseException) -> None:
                if not isinstance(error, PoseviewerError):
                    desk.report(error, "No reference was made")
                cause = error.cause if isinstance(error, PoseviewerError) else "it could not be learnt"
                self._learnt[measure] = f"No reference: {cause}"
                told()

            def told() -> None:
                with desk.together():
                    self.follow()
                    desk.announce(desk.verdicts_changed)

            work = partial(_reference, dataset, skeleton, fps)
            self._learning = desk.jobs.submit("reference", f"Learning from {dataset.name}", work, done, failed)
        return "No reference yet"

    def _stop_learning(self) -> None:
        """What is being learnt is of nothing on the bench any more."""
        if self._learning is not None:
            self._learning.cancel()
        self._asked = self._learning = None

    def _forget_closed(self) -> None:
        there = {id(dataset) for dataset in self._desk.bench.datasets}
        self._learnt = {measure: found for measure, found in self._learnt.items() if measure.dataset in there}


def _reference(dataset: Dataset, skeleton: Skeleton, fps: float) -> Generator[Progress, None, Calibration]:
    """A Job: the calibration by a dataset's real clips: of its training split, all of them where none is named."""
    from poseviewer.analysis.calibration import calibrated

    splits = dataset.infos.texts("split")
    rows = [k for k, split in enumerate(splits) if split == "train"] or list(range(len(splits)))
    rows = rows[:: -(-len(rows) // _MOST_CLIPS)]
    motions = []
    for number, row in enumerate(rows):
        if number % _BATCH == 0:
            yield Progress(number, len(rows), "reads real motion")
        clip = dataset.clip(row)
        if clip.seed_frames is None:  # what a file says was generated is no reference
            try:
                motions.append(clip.onto(skeleton).resample(fps).positions)
            except PoseviewerError:
                continue  # it does not map
    return (yield from calibrated(motions, skeleton, fps))
