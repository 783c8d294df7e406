"""The self-test of verdicts: known failures in real clips that calibration never saw, and what is found of them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from poseviewer.analysis.calibration import calibrated, seed_frames
from poseviewer.analysis.judgement import Judgement
from poseviewer.data.dataset import Dataset
from poseviewer.measure.verdicts.controls import controls_of, watched
from poseviewer.progress import Progress


def self_test(dataset: Dataset, folds: int = 0) -> Generator[Progress, None, dict[str, Any]]:
    """A Job: figures by name. Raises PoseviewerError where the dataset has too few clips."""
    controls = controls_of(dataset, folds)
    alarmed = judged = 0
    for part in controls.parts:
        motions = [clip.positions for clip in part.reference]
        calibration = yield from calibrated(motions, controls.skeleton, controls.fps)
        for k, clip in enumerate(part.judged):
            motion = watched(clip)[None]
            seed = seed_frames(motion.shape[1])
            judgement = Judgement(calibration, motion[:, :seed])
            judgement.extend(motion[:, seed:])
            alarmed += bool(judgement.verdict().findings)
            judged += 1
            yield Progress(k + 1, len(part.judged), "judges real motion")
    return {"clips": judged, "left_out": controls.left_out, "false_alarms": {"clips": round(alarmed / judged, 4)}}
