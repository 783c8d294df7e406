"""How far a generator's forecast lies from what came, beside the baselines, with paired intervals over clips.

Windows of ten frames in (more for a model that reads more) and one second out, every fifth frame; a generator runs at
temperature 0. `local` compares poses in the body's own heading frame, `global` in the world. All errors are mean joint
distances (MPJPE) in centimetres, means over actions of the means of their windows; actions of which the dataset has no
training clip stand apart. Letters: W windows, C context frames, H predicted frames, J joints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.forecast.baselines import BASELINES, Forecast, baselines
from poseviewer.measure.forecast.windows import Windows
from poseviewer.measure.intervals import macro_weights, paired, resampled_weights
from poseviewer.measure.splits import pieces, split_of
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.generator import GeneratorModel
from poseviewer.nets.protocols import Array, MotionGenerator
from poseviewer.nets.spaces.world import PoseSpace
from poseviewer.nets.spaces.world_motion import turn
from poseviewer.train.sequences import both_ways

MILLISECONDS = (100, 200, 400, 1000)
KEYS = tuple(f"{ms}_ms" for ms in MILLISECONDS)
KINDS = ("global", "local")
CONTEXT = 10  # frames at least, also for a model that reads fewer, so that all are measured on the same windows
STRIDE = 5  # frames between the beginnings of two windows


def windows_of(clips: Sequence[Clip], context: int, fps: float) -> Windows:
    """All windows of clips at `fps`, seen from the heading of the context's last frame; clips that are too short give
    none.

    "global": metres, the last context frame's root over the origin, facing +z; "local", likewise: each pose in its own
    heading frame.
    """
    ahead = tuple(round(ms * fps / 1000) for ms in MILLISECONDS)
    picked = np.array([*range(1 - context, 1), *ahead])
    shape = clips[0].positions.shape[1:] if clips else (0, 3)
    poses: dict[str, list[Array]] = {kind: [np.zeros((0, len(picked), *shape))] for kind in KINDS}
    actions, numbers, lasts = [], [], []
    for number, clip in enumerate(clips):
        space = PoseSpace.plain(clip.skeleton, "heading")
        world = np.asarray(clip.positions, dtype=np.float64)
        at, own = space.placement(world), local(space, world)
        for last in range(context - 1, len(clip) - ahead[-1], STRIDE):
            seen = world[last + picked] - at.root[last] * [1.0, 0.0, 1.0]
            poses["global"].append(turn(seen, np.full(len(picked), -at.yaw[last]))[None])
            poses["local"].append(own[last + picked][None])
            actions.append(clip.action)
            numbers.append(number)
            lasts.append(last)
    known = np.ones((len(lasts), len(ahead)), dtype=bool)
    counted = np.ones((*known.shape, shape[0]), dtype=bool)
    of, last_frames = np.array(numbers, dtype=np.intp), np.array(lasts, dtype=np.intp)
    joined = {kind: np.concatenate(poses[kind]) for kind in KINDS}
    return Windows(joined, context, ahead, known, counted, actions, of, last_frames)


def local(space: PoseSpace, poses: Array) -> Array:
    """Poses (B, J, 3) from their roots, in their own heading frames."""
    return turn(poses - poses[:, [space.skeleton.root]], -space.placement(poses).yaw)


def distance(poses: Array, truth: Array) -> Array:
    """(...) mean joint distance of poses (..., J, 3), centimetres."""
    return 100.0 * np.linalg.norm(poses - truth, axis=-1).mean(axis=-1)


def made_by(model: MotionGenerator, clips: Sequence[Clip], windows: Windows) -> dict[str, Array]:
    """A generator's poses (W, H, J, 3) by kind, at temperature 0, seen as the windows are."""
    made: dict[str, list[Array]] = {kind: [] for kind in KINDS}
    space = PoseSpace.plain(model.skeleton, "heading")
    for clip, last in zip(windows.clips, windows.last, strict=True):
        seed = clips[clip].cut(last + 1 - windows.context, last + 1)
        poses = continued(model, seed, windows.ahead[-1])[[k - 1 for k in windows.ahead]]
        at = space.placement(seed.positions[-1:])
        moved = poses - at.root * [1.0, 0.0, 1.0]
        made["global"].append(turn(moved, np.repeat(-at.yaw, len(poses))))
        made["local"].append(local(space, poses))
    return {kind: np.stack(poses) for kind, poses in made.items()}


def continued(model: MotionGenerator, seed: Clip, frames: int) -> Array:
    """The poses (frames, J, 3) that follow a seed at temperature 0."""
    state = model.start(seed, number=0, samples=1)
    poses = []
    for _ in range(frames):
        step, state = model.step(state, temperature=0.0)
        poses.append(step.poses[0].astype(np.float64))
    return np.stack(poses)


def forecast_figures(models: Sequence[GeneratorModel], dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Figures of generators that differ by their training seed (means over them) beside the baselines; ridge is fitted
    to the training split without what was set aside, and its penalty chosen by that.

    Raises PoseviewerError where the split has no clips, or none is long enough for a window.
    """
    first = models[0]
    parts = split_of(dataset, split, [model.card for model in models], first.skeleton, first.fps)
    learned, held = pieces(parts.learned), pieces(parts.held)
    windows, errors = window_errors(models, parts.judged, learned, held)
    seen = {clip.action for clip in (*learned, *held)} or set(windows.actions)
    counts = {"clips": len(parts.judged), "frames": sum(map(len, parts.judged)), "split": split}
    return {**counts, "windows": len(windows), "models": len(models), **tables(windows, errors, seen)}


def window_errors(
    models: Sequence[MotionGenerator], clips: Sequence[Clip], training: Sequence[Clip], held: Sequence[Clip]
) -> tuple[Windows, dict[str, Array]]:
    """The windows of `clips`, and by name ("ridge_global", ..., "mpjpe_local") their errors (W, H), centimetres."""
    first = models[0]
    context = max(first.context, CONTEXT)
    windows = windows_of(clips, context, first.fps)
    if not len(windows):
        raise too_short(context + windows.ahead[-1])
    errors = {
        f"{name}_{kind}": distance(forecast(windows, kind), windows.after(kind))
        for name, forecast in world_baselines(training, held, context, first.fps).items()
        for kind in KINDS
    }
    made = [made_by(model, clips, windows) for model in models]
    for kind in KINDS:
        errors[f"mpjpe_{kind}"] = np.mean([distance(poses[kind], windows.after(kind)) for poses in made], axis=0)
    return windows, errors


def too_short(frames: int) -> PoseviewerError:
    """No clip is as long as a window."""
    return PoseviewerError("evaluate", "", f"no clip has the {frames} frames that a window needs", "give longer clips")


def tables(windows: Windows, errors: dict[str, Array], seen: set[str]) -> dict[str, Any]:
    """Means over actions with intervals; those of actions that no model has seen in training stand apart."""
    known = np.array([action in seen for action in windows.actions])
    told = _table(errors, windows, known if known.any() else ~known)
    told["mpjpe"] = round(float(np.mean(list(told["mpjpe_global"].values()))), 2)
    if known.any() and not known.all():
        apart = _table(errors, windows, ~known)
        told["actions_without_training_clips"] = {"actions": sorted(set(windows.actions) - seen), **apart}
    return told


def _table(errors: dict[str, Array], windows: Windows, rows: Array) -> dict[str, Any]:
    """Macro means of some windows, the model's by action, and its paired differences and ratios to each baseline."""
    actions = [action for action, kept in zip(windows.actions, rows, strict=True) if kept]
    mean = macro_weights(actions)
    drawn = resampled_weights(actions, windows.clips[rows].tolist(), windows.blocks[rows].tolist())
    told: dict[str, Any] = {name: _named(mean @ error[rows]) for name, error in errors.items()}
    for kind in KINDS:
        of_model = errors[f"mpjpe_{kind}"][rows]
        told[f"mpjpe_{kind}_by_action"] = {
            action: _named(of_model[[a == action for a in actions]].mean(axis=0)) for action in sorted(set(actions))
        }
        for name in BASELINES:
            if f"{name}_{kind}" in errors:
                against = errors[f"{name}_{kind}"][rows]
                sides = [zip((mean @ e).tolist(), (drawn @ e).T, strict=True) for e in (of_model, against)]
                told[f"against_{name}_{kind}"] = {
                    key: paired(ours, theirs, 2, 3) for key, ours, theirs in zip(KEYS, *sides, strict=True)
                }
    return told


def _named(values: Array) -> dict[str, float]:
    return {key: round(float(value), 2) for key, value in zip(KEYS, values, strict=True)}


def world_baselines(training: Sequence[Clip], held: Sequence[Clip], context: int, fps: float) -> dict[str, Forecast]:
    """The baselines by name, ridge fitted to `training` and its mirror images, its penalty chosen by `held`."""
    return baselines([windows_of(clips, context, fps) for clips in (both_ways(training), held)], _inputs, _apart)


def _inputs(windows: Windows) -> Array:
    """(W, K) the context's poses in the world and in their own frames."""
    return np.concatenate([windows.before(kind) for kind in KINDS], axis=1).reshape(len(windows), -1)


def _apart(made: Array, true: Array, counted: NDArray[np.bool_]) -> Array:
    """(W, H) mean joint distance of changes (W, H, J, 3), all of whose joints count."""
    return distance(made, true)
