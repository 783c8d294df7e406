"""How far a generator's forecast lies from what came, beside the baselines, with paired intervals over clips.

Windows of ten frames in (more for a model that reads more) and one second out, every fifth frame; a generator runs at
temperature 0. `local` compares poses in the body's own heading frame, `global` in the world. All errors are mean joint
distances (MPJPE) in centimetres, means over actions of the means of their windows; actions of which the dataset has no
training clip stand apart. Letters: W windows, C context frames, H predicted frames, J joints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.forecast.baselines import Ridge, constant_velocity, copy_last
from poseviewer.measure.intervals import interval, macro_weights, resampled_weights
from poseviewer.measure.splits import split_of
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.generator import GeneratorModel
from poseviewer.nets.protocols import Array, MotionGenerator
from poseviewer.nets.spaces.world import PoseSpace
from poseviewer.nets.spaces.world_motion import turn
from poseviewer.train.augment import mirrored
from poseviewer.train.corpus import cut_at_jumps

MILLISECONDS = (100, 200, 400, 1000)
KEYS = tuple(f"{ms}_ms" for ms in MILLISECONDS)
KINDS = ("global", "local")
CONTEXT = 10  # frames at least, also for a model that reads fewer, so that all are measured on the same windows
STRIDE = 5  # frames between the beginnings of two windows
BASELINES = ("copy_last", "constant_velocity", "ridge")


@dataclass(eq=False)
class Windows:
    """Contexts and what came, seen from the heading of the context's last frame.

    world (W, C + H, J, 3): metres, the last context frame's root over the origin, facing +z. local, likewise: each pose
    in its own heading frame. context: C; ahead: the H frames after the last one. clips, starts (W,): where from.
    """

    world: Array
    local: Array
    context: int
    ahead: tuple[int, ...]
    actions: list[str] = field(default_factory=list)
    clips: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.world)

    def kind(self, kind: str) -> Array:
        """The poses (W, C + H, J, 3) of "global" or "local"."""
        return self.world if kind == "global" else self.local


def windows_of(clips: Sequence[Clip], context: int, fps: float) -> Windows:
    """All windows of clips at `fps`; clips that are too short give none."""
    ahead = tuple(round(ms * fps / 1000) for ms in MILLISECONDS)
    length = context + ahead[-1]
    picked = [*range(context), *(context - 1 + k for k in ahead)]
    worlds, owns = ([np.zeros((0, len(picked), *clip.positions.shape[1:])) for clip in clips[:1]] for _ in range(2))
    found = Windows(np.zeros(0), np.zeros(0), context, ahead)
    for number, clip in enumerate(clips):
        space = PoseSpace.plain(clip.skeleton, "heading")
        poses = np.asarray(clip.positions, dtype=np.float64)
        at, own = space.placement(poses), local(space, poses)
        for start in range(0, len(clip) - length + 1, STRIDE):
            frames, last = start + np.array(picked), start + context - 1
            seen = poses[frames] - at.root[last] * [1.0, 0.0, 1.0]
            worlds.append(turn(seen, np.full(len(frames), -at.yaw[last]))[None])
            owns.append(own[frames][None])
            found.actions.append(clip.action)
            found.clips.append(number)
            found.starts.append(start)
    found.world, found.local = np.concatenate(worlds), np.concatenate(owns)
    return found


def local(space: PoseSpace, poses: Array) -> Array:
    """Poses (B, J, 3) from their roots, in their own heading frames."""
    return turn(poses - poses[:, [space.skeleton.root]], -space.placement(poses).yaw)


def distance(poses: Array, truth: Array) -> Array:
    """(...) mean joint distance of poses (..., J, 3), centimetres."""
    return 100.0 * np.linalg.norm(poses - truth, axis=-1).mean(axis=-1)


Forecast = Callable[[Windows, str], Array]
"""Windows and a kind -> poses (W, H, J, 3) of that kind."""


def baselines(training: Sequence[Clip], held: Sequence[Clip], context: int, fps: float) -> dict[str, Forecast]:
    """The baselines by name; ridge only where there are clips to fit it to and to choose its penalty by."""
    simple: dict[str, Forecast] = {
        "copy_last": lambda windows, kind: copy_last(windows.kind(kind)[:, :context], windows.ahead),
        "constant_velocity": lambda windows, kind: constant_velocity(windows.kind(kind)[:, :context], windows.ahead),
    }
    if not training or not held:
        return simple
    fitted = windows_of([*training, *map(mirrored, training)], context, fps)
    chosen = windows_of(held, context, fps)
    if not len(fitted) or not len(chosen):
        return simple
    fits = {
        kind: Ridge.fit(_inputs(fitted), _change(fitted, kind), (_inputs(chosen), _change(chosen, kind)), _apart)
        for kind in KINDS
    }

    def ridge(windows: Windows, kind: str) -> Array:
        last = windows.kind(kind)[:, context - 1 : context]
        return last + fits[kind](_inputs(windows)).reshape(len(windows), -1, *last.shape[2:])

    return {**simple, "ridge": ridge}


def made_by(model: MotionGenerator, clips: Sequence[Clip], windows: Windows) -> dict[str, Array]:
    """A generator's poses (W, H, J, 3) by kind, at temperature 0, seen as the windows are."""
    made: dict[str, list[Array]] = {kind: [] for kind in KINDS}
    space = PoseSpace.plain(model.skeleton, "heading")
    for clip, start in zip(windows.clips, windows.starts, strict=True):
        seed = clips[clip].cut(start, start + windows.context)
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
    learned, held = ([piece for clip in clips for piece in cut_at_jumps(clip)] for clips in (parts.learned, parts.held))
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
        frames = context + windows.ahead[-1]
        raise PoseviewerError(
            "evaluate", "", f"no clip has the {frames} frames that a window needs", "give longer clips"
        )
    errors = {
        f"{name}_{kind}": _errors(forecast(windows, kind), windows, kind)
        for name, forecast in baselines(training, held, context, first.fps).items()
        for kind in KINDS
    }
    made = [made_by(model, clips, windows) for model in models]
    for kind in KINDS:
        errors[f"mpjpe_{kind}"] = np.mean([_errors(m[kind], windows, kind) for m in made], axis=0)
    return windows, errors


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
    clips, starts = np.array(windows.clips)[rows], np.array(windows.starts)[rows]
    length = windows.context + windows.ahead[-1]
    mean, drawn = macro_weights(actions), resampled_weights(actions, clips.tolist(), (starts // length).tolist())
    told: dict[str, Any] = {name: _named(mean @ error[rows]) for name, error in errors.items()}
    for kind in KINDS:
        of_model = errors[f"mpjpe_{kind}"][rows]
        told[f"mpjpe_{kind}_by_action"] = {
            action: _named(of_model[[a == action for a in actions]].mean(axis=0)) for action in sorted(set(actions))
        }
        for name in BASELINES:
            if f"{name}_{kind}" in errors:
                against = errors[f"{name}_{kind}"][rows]
                told[f"against_{name}_{kind}"] = dict(zip(KEYS, _paired(of_model, against, mean, drawn), strict=True))
    return told


def _paired(ours: Array, theirs: Array, mean: Array, drawn: Array) -> Iterator[dict[str, Any]]:
    """For each predicted frame, the mean difference and ratio of errors (W, H) with their intervals."""
    a, b = drawn @ ours, drawn @ theirs
    for h in range(ours.shape[1]):
        difference, ratio = interval(a[:, h] - b[:, h]), interval(a[:, h] / b[:, h])
        yield {
            "difference": round(float(mean @ (ours - theirs)[:, h]), 2),
            "difference_interval": [round(x, 2) for x in difference],
            "ratio": round(float(mean @ ours[:, h] / (mean @ theirs[:, h])), 3),
            "ratio_interval": [round(x, 3) for x in ratio],
        }


def _errors(poses: Array, windows: Windows, kind: str) -> Array:
    return distance(poses, windows.kind(kind)[:, windows.context :])


def _named(values: Array) -> dict[str, float]:
    return {key: round(float(value), 2) for key, value in zip(KEYS, values, strict=True)}


def _inputs(windows: Windows) -> Array:
    """(W, K) the context's poses in the world and in their own frames."""
    context = slice(0, windows.context)
    return np.concatenate([windows.world[:, context], windows.local[:, context]], axis=1).reshape(len(windows), -1)


def _change(windows: Windows, kind: str) -> Array:
    """(W, H, 3 J) what came, from the context's last pose."""
    poses = windows.kind(kind)
    change = poses[:, windows.context :] - poses[:, windows.context - 1, None]
    return change.reshape(*change.shape[:2], -1)


def _apart(made: Array, true: Array) -> Array:
    """(W, H) mean joint distance of changes (W, H, 3 J)."""
    shape = (*made.shape[:2], -1, 3)
    return distance(made.reshape(shape), true.reshape(shape))
