"""Whether a stochastic generator's samples differ as real continuations do, and whether one of them meets the truth.

Sixteen samples at temperature 1 after each window's context, one second ahead, in the body's own heading frame. Beside
their mean pairwise distance stands that of the real continuations of the sixteen training windows whose contexts are
nearest, no two of which share a frame. Best of sixteen, beside the error of temperature 0: the least error at one
second, and the least mean error over 100, 200, 400 and 1000 ms. Means over actions; actions without training clips are
left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.forecast.forecast import CONTEXT, distance, local, made_by, windows_of
from poseviewer.measure.forecast.windows import Windows
from poseviewer.measure.intervals import interval, macro_weights, resampled_weights
from poseviewer.measure.splits import pieces, split_of
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.generator import GeneratorModel
from poseviewer.nets.protocols import Array, MotionGenerator
from poseviewer.nets.spaces.world import PoseSpace
from poseviewer.train.sequences import both_ways

SAMPLES = 16


def sampling_figures(model: GeneratorModel, dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Figures on the clips of a split. Raises PoseviewerError where it has none, or all samples would be the same."""
    if not model.stochastic:
        raise PoseviewerError(model.path, "", "it is no stochastic generator", "name another one")
    parts = split_of(dataset, split, [model.card], model.skeleton, model.fps)
    if not parts.learned:
        raise PoseviewerError(dataset.name, "", "it has no training clips to compare with", "import it with its split")
    return sampling(model, parts.judged, pieces(parts.learned))


def sampling(model: MotionGenerator, clips: Sequence[Clip], training: Sequence[Clip]) -> dict[str, Any]:
    """Figures with intervals over clips. Raises PoseviewerError where no clip of a training clip's action is as long as
    a window.
    """
    known = {clip.action for clip in training}
    clips = [clip for clip in clips if clip.action in known]
    context = max(CONTEXT, model.context)
    windows = windows_of(clips, context, model.fps)
    real = windows_of(both_ways(training), context, model.fps)
    if not len(windows) or not len(real):
        cause = f"it has no clips of one action to compare, {context + windows.ahead[-1]} frames long, in both splits"
        raise PoseviewerError("sampling", "", cause, "give a dataset with more")
    truth = windows.after("local")
    still = distance(made_by(model, clips, windows)["local"], truth)
    spread, natural, best, best_late = (np.zeros(len(windows)) for _ in range(4))
    for w in range(len(windows)):
        samples = _samples(model, clips, windows, w)
        errors = distance(samples, truth[w][None])
        best[w], best_late[w] = errors.mean(axis=1).min(), errors[:, -1].min()
        spread[w] = pairwise(samples[:, -1])
        natural[w] = pairwise(real.poses["local"][nearest(windows, real, w), -1])
    mean = macro_weights(windows.actions)
    drawn = resampled_weights(windows.actions, windows.clips.tolist(), windows.blocks.tolist())

    def ratio(a: Array, b: Array) -> dict[str, Any]:
        return {"ratio": round(float(mean @ a / (mean @ b)), 3), "interval": interval((drawn @ a) / (drawn @ b), 3)}

    return {
        "windows": len(windows),
        "spread_cm": round(float(mean @ spread), 2),
        "real_spread_cm": round(float(mean @ natural), 2),
        "spread_to_real": ratio(spread, natural),
        "best_of_16_at_one_second_cm": round(float(mean @ best_late), 2),
        "temperature_0_at_one_second_cm": round(float(mean @ still[:, -1]), 2),
        "best_to_temperature_0_at_one_second": ratio(best_late, still[:, -1]),
        "best_of_16_cm": round(float(mean @ best), 2),
        "temperature_0_cm": round(float(mean @ still.mean(axis=1)), 2),
        "best_to_temperature_0": ratio(best, still.mean(axis=1)),
    }


def nearest(windows: Windows, real: Windows, w: int) -> list[int]:
    """The SAMPLES real windows whose contexts are nearest to that of window w, no two sharing a frame."""
    apart = distance(real.before("global"), windows.before("global")[w]).mean(axis=1)
    length = windows.context + windows.ahead[-1]
    taken: list[int] = []
    for row in np.argsort(apart):
        same = [k for k in taken if real.clips[k] == real.clips[row]]
        if all(abs(real.last[k] - real.last[row]) >= length for k in same):
            taken.append(int(row))
        if len(taken) == SAMPLES:
            break
    return taken


def pairwise(poses: Array) -> float:
    """Mean joint distance of all pairs of poses (S, J, 3), centimetres."""
    rows, columns = np.triu_indices(len(poses), k=1)
    return float(distance(poses[rows], poses[columns]).mean())


def _samples(model: MotionGenerator, clips: Sequence[Clip], windows: Windows, w: int) -> Array:
    """(S, H, J, 3) samples after window w's context, each pose in its own heading frame."""
    end = windows.last[w] + 1
    state = model.start(clips[windows.clips[w]].cut(end - windows.context, end), number=w, samples=SAMPLES)
    space, made = PoseSpace.plain(model.skeleton, "heading"), []
    for frame in range(1, windows.ahead[-1] + 1):
        step, state = model.step(state, temperature=1.0)
        if frame in windows.ahead:
            made.append(local(space, step.poses.astype(np.float64)))
    return np.stack(made, axis=1)
