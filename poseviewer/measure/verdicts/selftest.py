"""The self-test of verdicts: known failures in real clips that calibration never saw, and what is found of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import numpy as np

from poseviewer.analysis.calibration import Calibration, calibrated
from poseviewer.analysis.networks import ALONE, Through
from poseviewer.data.dataset import Dataset
from poseviewer.measure.verdicts.controls import Controls, Part, controls_of
from poseviewer.measure.verdicts.injections import Usual, usual_of
from poseviewer.measure.verdicts.scoring import figures
from poseviewer.measure.verdicts.sets.futures import KIND, SetTrial, set_figures, sets_tried, share_of_sets
from poseviewer.measure.verdicts.trial import Failed, Untouched, tried
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array
from poseviewer.progress import Progress, finished

_AT_ONCE = 8  # clips of one task
_FEW = 40  # clips for which no further process is worth its start
_MOST_PROCESSES = 8
_POLL = 0.1  # seconds
Trials = list[tuple[Untouched, list[Failed]]]


def self_test(
    dataset: Dataset,
    folds: int = 0,
    processes: int = 0,
    calibration: Calibration | None = None,
    through: Through = ALONE,
) -> Generator[Progress, None, dict[str, Any]]:
    """A Job: figures by name. processes: how many share the work, 0 = as many as the machine has cores for it.
    calibration: what judges the clips that are of no training split, in the place of what that split gives. through:
    networks that signs look through.

    Raises PoseviewerError where the dataset has too few clips.
    """
    yield Progress(0, 0, "reads real motion")
    if calibration is None:
        controls = controls_of(dataset, folds)
    else:
        controls = controls_of(dataset, 0, calibration.skeleton, calibration.fps)
    count = sum(len(part.judged) for part in controls.parts)
    processes = processes or (1 if count < _FEW else min(_MOST_PROCESSES, os.cpu_count() or 1))
    trials = yield from (
        _alone(controls, calibration, through)
        if processes == 1
        else _together(controls, calibration, through, processes)
    )
    trials.sort(key=lambda trial: trial[0].name)
    failed = [row for _, rows in trials for row in rows]
    told = figures([real for real, _ in trials], failed, controls.fps, bool(folds) or controls.skeleton.dims == 3)
    for key, value in set_figures((yield from _sets(controls))).items():
        told[key][KIND] = value
    return {**told, "left_out": controls.left_out}


def _sets(controls: Controls) -> Generator[Progress, None, list[SetTrial]]:
    tried: list[SetTrial] = []
    for part in controls.parts:
        usual = usual_of(_motions(part.reference), controls.skeleton)
        count = share_of_sets(len(controls.parts))
        tried += yield from sets_tried(part, usual, controls.skeleton, controls.fps, count)
    return tried


def _alone(controls: Controls, stored: Calibration | None, through: Through) -> Generator[Progress, None, Trials]:
    trials: Trials = []
    total = sum(len(part.judged) for part in controls.parts)
    for part in controls.parts:
        motions, *about = _real(part, controls, through)
        calibration = stored or (yield from calibrated(motions, *about))
        usual = usual_of(motions, controls.skeleton)
        for clip in part.judged:
            trials += tried([clip], calibration, usual, through)
            yield Progress(len(trials), total, "puts failures into clips")
    return trials


def _together(
    controls: Controls, stored: Calibration | None, through: Through, processes: int
) -> Generator[Progress, None, Trials]:
    """The same by several processes: each calibrates for a part, or judges a few clips."""
    total = sum(len(part.judged) for part in controls.parts)
    trials: Trials = []
    calibrating: dict[Future[tuple[Calibration, Usual]], Part] = {}
    judging: set[Future[Trials]] = set()
    with _pool(processes) as pool:
        for part in controls.parts:
            task = pool.submit(_measured, stored, *_real(part, controls, through))
            calibrating[task] = part
        while calibrating or judging:
            going: list[Future[Any]] = [*calibrating, *judging]
            wait(going, timeout=_POLL, return_when=FIRST_COMPLETED)
            for measured in [task for task in calibrating if task.done()]:
                judged = calibrating.pop(measured).judged
                for k in range(0, len(judged), _AT_ONCE):
                    judging.add(pool.submit(tried, judged[k : k + _AT_ONCE], *measured.result(), through))
            for done in [task for task in judging if task.done()]:
                judging.remove(done)
                trials += done.result()
            yield Progress(len(trials), total, "learns what is usual" if calibrating else "puts failures into clips")
    return trials


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with whoever leaves it early; interrupts are theirs who asked."""
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _deaf)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _deaf() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _measured(
    stored: Calibration | None, motions: list[Array], skeleton: Skeleton, fps: float, *about: Any
) -> tuple[Calibration, Usual]:
    return stored or finished(calibrated(motions, skeleton, fps, *about)), usual_of(motions, skeleton)


def _motions(clips: list[Clip]) -> list[Array]:
    return [np.asarray(clip.positions, dtype=np.float64) for clip in clips]


def _real(part: Part, controls: Controls, through: Through) -> tuple[Any, ...]:
    """What a part's clips are to whoever calibrates by them."""
    names, actions = [clip.name for clip in part.reference], [clip.action for clip in part.reference]
    return _motions(part.reference), controls.skeleton, controls.fps, None, *through.of(names), actions
