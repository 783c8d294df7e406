"""How far a generator's forecast of a 2D motion lies from what came, beside the baselines.

Every frame t of every clip is a window's last one. A model or baseline reads ten frames until then, the first repeated
where there are fewer, an unknown joint where on the body it was last known, an occluded one where the labels say it is.
Generators run at temperature 0, frame by frame: their forecast at a frame skip s is their s-th frame.

`mae`: mean absolute error of the coordinates, percent of the image's height, of joints visible in frames t and t + s.
`pck`: percent of the joints visible in frame t + h that are within 0.05 of the longer side of that frame's box. Means
over all joints; intervals by bootstrap over clips, of paired differences and ratios. Letters: W windows, J joints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.rollout import prepared
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.forecast.baselines import Forecast, baselines
from poseviewer.measure.forecast.windows import Windows
from poseviewer.measure.intervals import RESAMPLES, paired
from poseviewer.measure.splits import split_of
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.generator import GeneratorModel, together
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.image import ImageSpace
from poseviewer.train.sequences import both_ways

SKIPS = (1, 2, 4)
STEPS = (1, 2, 4, 8, 16)
IMAGE = "image"
_CONTEXT = 10
_NEAR = 0.05
_AT_ONCE = 1024  # rollouts that run together
_SEED = 30  # frames of a clip that a generator is given: joints are held for as long


@dataclass(frozen=True, eq=False)
class ImageWindows(Windows):
    """Their poses are of the kind "image", image heights, unknown joints held; those count that are visible in the last
    frame too. visible (W, H, J): joints STEPS frames ahead; reach (W, H): what is near enough.
    """

    visible: NDArray[np.bool_]
    reach: Array


def windows_of(clips: Sequence[Clip]) -> ImageWindows:
    """All windows of some clips."""
    parts = [_windows(clip, number) for number, clip in enumerate(clips)]
    poses, known, counted, clip, last, visible, reach = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    actions = [clips[number].action for number in clip]
    return ImageWindows({IMAGE: poses}, _CONTEXT, STEPS, known, counted, actions, clip, last, visible, reach)


def _windows(clip: Clip, number: int) -> tuple[NDArray[Any], ...]:
    """A clip's poses, known, counted, clips, last, visible and reach, as ImageWindows has them."""
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
    seen_then = visible[then] & within[..., None]
    poses = held[np.concatenate([before, then], axis=1)]
    reach = _NEAR * side[then].astype(np.float64)
    return poses, within, seen_then & visible[:, None], np.full(len(clip), number), last, seen_then, reach


def _visible(clip: Clip) -> NDArray[np.bool_]:
    """(F, J) which joints are visible."""
    known: NDArray[np.bool_] = np.asarray(np.isfinite(clip.positions).all(axis=-1))
    return known if clip.visible is None else known & clip.visible


def _held(clip: Clip) -> Array:
    """(F, J, 2) positions with a joint that is unknown where on the body it was last known."""
    space = ImageSpace.plain(clip.skeleton, "centred")
    return space.poses(*space.sequence(clip.positions))


def image_baselines(training: Sequence[Clip], held: Sequence[Clip]) -> dict[str, Forecast]:
    """The baselines by name, ridge fitted to `training` and its mirror images, its penalty chosen by `held`."""
    learned = [windows_of(clips) for clips in (both_ways(training), held)] if training and held else []
    return baselines(learned, _inputs, _apart)


def _inputs(windows: Windows) -> Array:
    """(W, K) the context seen from the middle of its last pose."""
    context = windows.before(IMAGE)
    middle = context[:, -1:].mean(axis=2, keepdims=True)
    return (context - middle).reshape(len(windows), -1)


def _apart(made: Array, true: Array, counted: NDArray[np.bool_]) -> Array:
    """(W, H) absolute errors of changes (W, H, J, 2), summed over the joints that count."""
    return (np.abs(made - true).sum(axis=-1) * counted).sum(axis=-1)


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
    forecasts = {name: made(windows, IMAGE) for name, made in image_baselines(parts.learned, parts.held).items()}
    made = [made_by(one, clips, windows) for one in models]
    counts = {"clips": len(clips), "frames": len(windows.last), "split": split, "models": len(made)}
    return {**counts, **_errors(made, forecasts, windows), **_hits(made, forecasts, windows), **_floor(model, clips)}


def _errors(made: Sequence[Array], forecasts: dict[str, Array], windows: ImageWindows) -> dict[str, Any]:
    """Mean absolute errors by skip, the model's beside the baselines', and its paired ratios to them."""
    told: dict[str, Any] = {}
    distances = []
    truth = windows.after(IMAGE)
    for skip in SKIPS:
        k = STEPS.index(skip)
        counted = windows.counted[:, k]
        number = _by_clip(counted.sum(axis=1), windows)
        apart = [poses[:, k] - truth[:, k] for poses in made]
        ours = np.mean([_sums(np.abs(a).mean(axis=-1), counted, windows) for a in apart], axis=0)
        lengths = np.mean([_sums(np.linalg.norm(a, axis=-1), counted, windows).sum() for a in apart])
        distances.append(lengths / number.sum())
        told[f"mae_skip_{skip}"] = round(float(ours.sum() / number.sum()), 4)
        for name, poses in forecasts.items():
            theirs = _sums(np.abs(poses[:, k] - truth[:, k]).mean(axis=-1), counted, windows)
            told[f"{name}_mae_skip_{skip}"] = round(float(theirs.sum() / number.sum()), 4)
            told[f"against_{name}_skip_{skip}"] = _paired(ours, theirs, number)
    return {"mpjpe": round(float(np.mean(distances)), 4), **told}


def _hits(made: Sequence[Array], forecasts: dict[str, Array], windows: ImageWindows) -> dict[str, Any]:
    """Percent of correct joints by step, the model's beside the baselines', and its paired differences from them."""
    told: dict[str, Any] = {}
    number = _by_clip(windows.visible.sum(axis=2), windows)

    def sums(poses: Array) -> Array:
        near = np.linalg.norm(poses - windows.after(IMAGE), axis=-1) <= windows.reach[..., None]
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
    n = np.maximum(number[drawn].sum(axis=1), 1.0)
    sides = [(float(sums.sum() / number.sum()), sums[drawn].sum(axis=1) / n) for sums in (ours, theirs)]
    return paired(sides[0], sides[1], 4, 4)


def _by_step(values: Iterable[float]) -> dict[str, float]:
    return {f"{step}_frames": round(float(value), 2) for step, value in zip(STEPS, values, strict=True)}
