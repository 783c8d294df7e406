"""How far a generator's forecast of a 2D motion lies from what came, beside the baselines.

Every frame t of every clip is a window's last one. A model or baseline reads ten frames until then, the first repeated
where there are fewer, an unknown joint where on the body it was last known, an occluded one where the labels say it is.
Generators run at temperature 0, frame by frame: their forecast at a frame skip s is their s-th frame.

`mae`: mean absolute error of the coordinates, percent of the image's height, of joints visible in frames t and t + s.
`pck`: percent of the joints visible in frame t + h that are within 0.05 of the longer side of that frame's box. Means
over all joints; intervals by bootstrap over clips, of paired differences and ratios. Letters: W windows, J joints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.rollout import prepared
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.forecast.baselines import Ridge, constant_velocity, copy_last
from poseviewer.measure.intervals import RESAMPLES, interval
from poseviewer.measure.splits import split_of
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.generator import GeneratorModel, together
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.image import ImageSpace
from poseviewer.train.sequences import both_ways

SKIPS = (1, 2, 4)
STEPS = (1, 2, 4, 8, 16)
BASELINES = ("copy_last", "constant_velocity", "ridge")
_CONTEXT = 10
_NEAR = 0.05
_AT_ONCE = 1024  # rollouts that run together
_SEED = 30  # frames of a clip that a generator is given: joints are held for as long


@dataclass(frozen=True, eq=False)
class ImageWindows:
    """context (W, 10, J, 2): the last poses, image heights, unknown joints held; truth (W, 5, J, 2), visible (W, 5, J):
    those of STEPS frames ahead; known (W, 5): whether the clip goes that far; seen (W, J): which joints are visible in
    the last frame; reach (W, 5): what is near enough; clips (W,): where from; last (W,): their last frames.
    """

    context: Array
    truth: Array
    visible: NDArray[np.bool_]
    known: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    reach: Array
    clips: NDArray[np.integer]
    last: NDArray[np.integer]


def windows_of(clips: Sequence[Clip]) -> ImageWindows:
    """All windows of some clips."""
    parts = [_windows(clip, number) for number, clip in enumerate(clips)]
    return ImageWindows(*(np.concatenate([getattr(p, name) for p in parts]) for name in ImageWindows.__annotations__))


def _windows(clip: Clip, number: int) -> ImageWindows:
    last = np.arange(len(clip))
    before = np.maximum(last[:, None] + np.arange(1 - _CONTEXT, 1), 0)
    ahead = last[:, None] + np.array(STEPS)
    then = np.minimum(ahead, len(clip) - 1)
    held, visible = _held(clip), _visible(clip)
    if clip.boxes is None:
        raise PoseviewerError(
            clip.name, "", "it has no boxes, which tell how near is near enough", "give clips with boxes"
        )
    side = np.maximum(clip.boxes[:, 2] - clip.boxes[:, 0], clip.boxes[:, 3] - clip.boxes[:, 1])
    within = ahead < len(clip)
    return ImageWindows(
        held[before],
        held[then],
        visible[then] & within[..., None],
        within,
        visible,
        _NEAR * side[then].astype(np.float64),
        np.full(len(clip), number),
        last,
    )


def _visible(clip: Clip) -> NDArray[np.bool_]:
    """(F, J) which joints are visible."""
    known: NDArray[np.bool_] = np.asarray(np.isfinite(clip.positions).all(axis=-1))
    return known if clip.visible is None else known & clip.visible


def _held(clip: Clip) -> Array:
    """(F, J, 2) positions with a joint that is unknown where on the body it was last known."""
    space = ImageSpace.plain(clip.skeleton, "centred")
    return space.poses(*space.sequence(clip.positions))


Forecast = Callable[[ImageWindows], Array]
"""Windows -> poses (W, 5, J, 2) at STEPS."""


def baselines(training: Sequence[Clip], held: Sequence[Clip]) -> dict[str, Forecast]:
    """The baselines by name; ridge only where there are clips to fit it to and to choose its penalty by."""
    simple: dict[str, Forecast] = {
        "copy_last": lambda windows: copy_last(windows.context, STEPS),
        "constant_velocity": lambda windows: constant_velocity(windows.context, STEPS),
    }
    if not training or not held:
        return simple
    fitted, chosen = windows_of(both_ways(training)), windows_of(held)
    fits = [_ridge(fitted, chosen, k) for k in range(len(STEPS))]

    def ridge(windows: ImageWindows) -> Array:
        inputs = _inputs(windows)
        changes = np.concatenate([fit(inputs) for fit in fits], axis=1)
        return windows.context[:, -1:] + changes.reshape(windows.truth.shape)

    return {**simple, "ridge": ridge}


def _inputs(windows: ImageWindows) -> Array:
    """(W, K) the context seen from the middle of its last pose."""
    middle = windows.context[:, -1:].mean(axis=2, keepdims=True)
    return (windows.context - middle).reshape(len(windows.context), -1)


def _ridge(fitted: ImageWindows, chosen: ImageWindows, k: int) -> Ridge:
    """Ridge regression of what comes STEPS[k] frames ahead, on the windows whose clips go that far."""

    def sides(windows: ImageWindows) -> tuple[Array, Array]:
        rows = windows.known[:, k]
        change = windows.truth[rows, k] - windows.context[rows, -1]
        return _inputs(windows)[rows], change.reshape(len(change), 1, -1)

    counted = (chosen.visible[:, k] & chosen.seen)[chosen.known[:, k], None]

    def error(made: Array, true: Array) -> Array:
        return (np.abs(made - true).reshape(*counted.shape, 2).sum(axis=-1) * counted).sum(axis=-1)

    return Ridge.fit(*sides(fitted), sides(chosen), error)


def made_by(model: GeneratorModel, clips: Sequence[Clip], windows: ImageWindows) -> Array:
    """A generator's poses (W, 5, J, 2) at temperature 0."""
    made = []
    for rows in np.array_split(np.arange(len(windows.last)), max(1, len(windows.last) // _AT_ONCE)):
        seeds = (clips[windows.clips[row]].cut(windows.last[row] + 1 - _SEED, windows.last[row] + 1) for row in rows)
        state = together([model.start(prepared(seed, model)[0]) for seed in seeds])
        poses = []
        for _ in range(STEPS[-1]):
            step, state = model.step(state, temperature=0.0)
            poses.append(step.poses)
        made.append(np.stack([poses[step - 1] for step in STEPS], axis=1))
    return np.concatenate(made).astype(np.float64)


def image_forecast_figures(models: Sequence[GeneratorModel], dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Figures by name, of generators that differ by their training seed (their errors are averaged).

    Raises PoseviewerError where the split has no clips.
    """
    model = models[0]
    parts = split_of(dataset, split, [one.card for one in models], model.skeleton, model.fps)
    clips = parts.judged
    windows = windows_of(clips)
    forecasts = {name: made(windows) for name, made in baselines(parts.learned, parts.held).items()}
    made = [made_by(one, clips, windows) for one in models]
    counts = {"clips": len(clips), "frames": len(windows.last), "split": split, "models": len(made)}
    return {**counts, **_errors(made, forecasts, windows), **_hits(made, forecasts, windows), **_floor(model, clips)}


def _errors(made: Sequence[Array], forecasts: dict[str, Array], windows: ImageWindows) -> dict[str, Any]:
    """Mean absolute errors by skip, the model's beside the baselines', and its paired ratios to them."""
    told: dict[str, Any] = {}
    distances = []
    for skip in SKIPS:
        k = STEPS.index(skip)
        counted = windows.visible[:, k] & windows.seen
        number = _by_clip(counted.sum(axis=1), windows)
        apart = [poses[:, k] - windows.truth[:, k] for poses in made]
        ours = np.mean([_sums(np.abs(a).mean(axis=-1), counted, windows) for a in apart], axis=0)
        lengths = np.mean([_sums(np.linalg.norm(a, axis=-1), counted, windows).sum() for a in apart])
        distances.append(lengths / number.sum())
        told[f"mae_skip_{skip}"] = round(float(ours.sum() / number.sum()), 4)
        for name, poses in forecasts.items():
            theirs = _sums(np.abs(poses[:, k] - windows.truth[:, k]).mean(axis=-1), counted, windows)
            told[f"{name}_mae_skip_{skip}"] = round(float(theirs.sum() / number.sum()), 4)
            told[f"against_{name}_skip_{skip}"] = _paired(ours, theirs, number)
    return {"mpjpe": round(float(np.mean(distances)), 4), **told}


def _hits(made: Sequence[Array], forecasts: dict[str, Array], windows: ImageWindows) -> dict[str, Any]:
    """Percent of correct joints by step, the model's beside the baselines', and its paired differences from them."""
    told: dict[str, Any] = {}
    number = _by_clip(windows.visible.sum(axis=2), windows)

    def sums(poses: Array) -> Array:
        near = np.linalg.norm(poses - windows.truth, axis=-1) <= windows.reach[..., None]
        return 100.0 * _by_clip((near & windows.visible).sum(axis=2), windows)

    ours = np.mean([sums(poses) for poses in made], axis=0)
    told["pck"] = _by_step(ours.sum(axis=0) / number.sum(axis=0))
    for name, poses in forecasts.items():
        theirs = sums(poses)
        told[f"{name}_pck"] = _by_step(theirs.sum(axis=0) / number.sum(axis=0))
        told[f"pck_over_{name}"] = {
            f"{step}_frames": _paired(ours[:, k], theirs[:, k], number[:, k]) for k, step in enumerate(STEPS)
        }
    return told


def _floor(model: GeneratorModel, clips: Sequence[Clip]) -> dict[str, Any]:
    """What a latent generator would pay at every frame if it decoded its latents alone: the embedding's own error."""
    if model.embedding is None:
        return {}
    total = count = 0.0
    for clip in clips:
        visible = _visible(clip)
        posterior, at = model.embedding.encode(clip.positions, visible)
        apart = np.abs(model.embedding.decode(posterior.latent, at).poses - clip.positions).mean(axis=-1)[visible]
        total, count = total + float(apart.sum()), count + apart.size
    return {"floor_mae": round(100.0 * total / max(count, 1.0), 4)}


def _sums(errors: Array, counted: NDArray[np.bool_], windows: ImageWindows) -> Array:
    """(K,) sums by clip of the counted ones of errors (W, J), percent of the image's height."""
    return 100.0 * _by_clip(np.where(counted, errors, 0.0).sum(axis=1), windows)


def _by_clip(values: Array, windows: ImageWindows) -> Array:
    """Sums (K, ...) over the windows of each clip of values (W, ...)."""
    totals = np.zeros((int(windows.clips.max()) + 1, *values.shape[1:]))
    np.add.at(totals, windows.clips, values)
    return totals


def _paired(ours: Array, theirs: Array, number: Array) -> dict[str, Any]:
    """Difference and ratio of two pooled means, from their sums (K,) and numbers (K,) by clip, with intervals."""
    drawn = np.random.default_rng(0).integers(len(number), size=(RESAMPLES, len(number)))
    a, b, n = (values[drawn].sum(axis=1) for values in (ours, theirs, number))
    n, theirs_sum = np.maximum(n, 1.0), max(float(theirs.sum()), 1e-12)
    return {
        "difference": round(float((ours.sum() - theirs.sum()) / number.sum()), 4),
        "difference_interval": [round(x, 4) for x in interval((a - b) / n)],
        "ratio": round(float(ours.sum()) / theirs_sum, 4),
        "ratio_interval": [round(x, 4) for x in interval(a / np.maximum(b, 1e-12))],
    }


def _by_step(values: Iterable[float]) -> dict[str, float]:
    return {f"{step}_frames": round(float(value), 2) for step, value in zip(STEPS, values, strict=True)}
