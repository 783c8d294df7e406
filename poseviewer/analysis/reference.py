"""The real motion that a model's verdicts are measured by: which clips of a dataset, and the jobs that measure them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.calibration import LEAST_CLIPS, LEAST_FRAMES, Calibration, calibrated
from poseviewer.analysis.calibration_file import Stored, read, written
from poseviewer.analysis.networks import NONE, Networks, Through, alike, networks_of
from poseviewer.analysis.verdict import runs
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.matching import is_mapped
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.protocols import Array
from poseviewer.progress import Progress
from poseviewer.text import counted

FPS = 30.0
"""Of the verdicts of an embedding, which has no rate of its own."""
SPLITS = ("train", "validation")
_SAME_SECONDS = 0.3
_JUMP, _ABOVE_USUAL = 0.2, 8.0
_TURN, _BESIDE = 0.35, 3  # radians a frame, and how many frames before and after it are looked at

JUMPS, REPEATS, UNKNOWN = "jump", "repeat frames exactly", "have unknown joints"
SHORT, OTHER, MADE = "have less than a second", "are of another skeleton", "were generated"


@dataclass(frozen=True)
class Rows:
    """Clips of a dataset, by their numbers. reference: what calibrates; others: what may be judged by it. halved:
    whether the dataset names no split to learn from, and half of its clips calibrates. left_out: how many are neither,
    by why.
    """

    reference: list[int]
    others: list[int]
    halved: bool
    left_out: Counter[str]


def rows_of(dataset: Dataset, skeleton: Skeleton, fps: float) -> Rows:
    """Training and validation clips of a dataset, never test clips; where it names none, every other one by name of
    what is no test clip either. Tells it from the clips' labels alone.
    """
    fits = [is_mapped(theirs, skeleton) for theirs in dataset.skeletons]
    left_out: Counter[str] = Counter()
    kept: list[tuple[str, str, int]] = []
    infos = list(dataset.infos)
    halved = not any(info.split in SPLITS for info in infos)
    for i, info in enumerate(infos):
        learned = info.split != "test" if halved else info.split in SPLITS
        if info.seed_frames is not None:
            left_out[MADE] += learned
        elif not fits[info.skeleton]:
            left_out[OTHER] += learned
        elif info.frames * fps / info.fps < LEAST_FRAMES:
            left_out[SHORT] += learned
        else:
            kept.append((info.split, info.name, i))
    if halved:
        named = [i for split, _, i in sorted(kept, key=lambda row: row[1]) if split != "test"]
        reference = sorted(named[::2])
    else:
        reference = [i for split, _, i in kept if split in SPLITS]
    mine = set(reference)
    return Rows(reference, [i for _, _, i in kept if i not in mine], halved, +left_out)


@dataclass(eq=False)
class RealMotion:
    """Motions (F, J, D) of a dataset's clips on one skeleton at one rate; names, actions: theirs; loops: which of them
    repeat themselves.

    halved, left_out: as Rows has them, recordings that are no measure counted, too.
    """

    dataset: str
    fingerprint: str
    skeleton: Skeleton
    fps: float
    halved: bool
    motions: list[Array] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    loops: list[bool] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def about(self) -> dict[str, Any]:
        """Where it comes from, as a checkpoint tells it."""
        part = "half" if self.halved else " and ".join(SPLITS)
        told = {
            "dataset": self.dataset,
            "fingerprint": self.fingerprint,
            "split": part,
            "left_out": dict(self.left_out),
        }
        return {**told, "looping": sum(self.loops)}

    @property
    def sentence(self) -> str:
        """What was taken and what was not."""
        half = f"half of the clips of {self.dataset}, which names no split to learn from"
        whole = f"the training and validation clips of {self.dataset}"
        said = f"{counted(len(self.motions), 'clip')}: {half if self.halved else whole}"
        if sum(self.loops):
            said += f"; {sum(self.loops)} that loop are left out of limit cycles"
        if self.left_out:
            said += "; left out: " + ", ".join(f"{count} that {why}" for why, count in self.left_out.items())
        return said + "."


def real_motion(dataset: Dataset, skeleton: Skeleton, fps: float) -> Generator[Progress, None, RealMotion]:
    """A Job: what calibrates a model on a skeleton at a rate. Raises PoseviewerError where there are too few clips."""
    rows = rows_of(dataset, skeleton, fps)
    made = RealMotion(dataset.name, dataset.fingerprint(), skeleton, fps, rows.halved, left_out=rows.left_out)
    for done, row in enumerate(rows.reference):
        yield Progress(done, len(rows.reference), "reads real motion")
        clip = dataset.clip(row).onto(skeleton)
        fault = fault_of(clip)
        if fault:
            made.left_out[fault] += 1
            continue
        clip = clip.resample(fps)
        made.motions.append(np.asarray(clip.positions, dtype=np.float64))
        made.names.append(clip.name)
        made.actions.append(clip.action)
        made.loops.append(clip.loop)
    if len(made.motions) < LEAST_CLIPS:
        cause = f"it has too few clips of real motion to judge by ({made.sentence.rstrip('.')})"
        raise PoseviewerError(dataset.name, "", cause, f"give {LEAST_CLIPS} clips or more")
    return made


def fault_of(clip: Clip) -> str:
    """Why a recording is no measure of real motion; empty where it is one.

    It repeats frames exactly for a third of a second, which no sensor does; or the body turns at once; or most of its
    joints jump at once: their fourth difference at a thirtieth of a second is a fifth of the body's spread, and eight
    times what it usually is.
    """
    if clip.skeleton.dims == 3 and not np.isfinite(clip.positions).all():
        return UNKNOWN
    moved = np.diff(np.asarray(clip.positions, dtype=np.float64), axis=0)
    seen = np.isfinite(moved)
    if _longest((~seen | (moved == 0.0)).all(axis=(1, 2)) & seen.any(axis=(1, 2))) >= _SAME_SECONDS * clip.fps:
        return REPEATS
    poses = np.asarray(clip.resample(FPS).positions, dtype=np.float64)
    if _turns_at_once(poses, clip.skeleton):
        return JUMPS
    known: NDArray[np.bool_] = np.asarray(np.isfinite(poses).all(axis=2))
    if len(poses) < 6 or not known.any():
        return ""
    away = ((poses - _mean(poses, known[..., None])[:, None]) ** 2).sum(axis=2, keepdims=True)
    spread = np.nanmedian(np.sqrt(_mean(away, known[..., None]))[known.any(axis=1)])
    fourth = np.linalg.norm(np.diff(poses, 4, axis=0), axis=-1)
    fourth = fourth[np.isfinite(fourth).any(axis=1)]
    if not len(fourth) or not spread > 0.0:
        return ""
    most = np.nanmedian(fourth, axis=1) / spread
    return JUMPS if most.max() > max(_JUMP, _ABOVE_USUAL * (np.percentile(most, 75.0) + 0.01)) else ""


def _turns_at_once(poses: Array, skeleton: Skeleton) -> bool:
    """Whether hips and shoulders turn about y, both by more than a person does in a thirtieth of a second, and by twice
    as much as before or after.
    """
    if skeleton.dims == 2 or len(poses) < 2:
        return False
    rates = []
    for part in ("hip", "shoulder"):
        sides = [f"{side}_{part}" for side in ("left", "right")]
        if not set(sides) <= set(skeleton.joints):
            return False
        left, right = (poses[:, skeleton.joints.index(side)] for side in sides)
        across = left - right
        turned = np.diff(np.arctan2(-across[:, 2], across[:, 0]))
        rates.append(np.abs((turned + np.pi) % (2.0 * np.pi) - np.pi))
    rate = np.minimum(*rates)
    around = np.pad(rate, _BESIDE, mode="edge")
    usual = np.minimum(around[: len(rate)], around[-len(rate) :])
    return bool(((rate > _TURN) & (rate > 2.0 * usual)).any())


def _mean(values: Array, known: NDArray[np.bool_]) -> Array:
    """(F, N) of the known joints (F, J, 1) of values (F, J, N)."""
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _longest(marks: NDArray[np.bool_]) -> int:
    """The most marks in a row."""
    return max((end - begin for mark, begin, end in runs(marks) if mark), default=0)


def measured(
    dataset: Dataset, skeleton: Skeleton, fps: float, networks: Networks = NONE, folds: Sequence[Any] = ()
) -> Generator[Progress, None, tuple[Calibration, RealMotion]]:
    """A Job: a dataset's calibration, and what it was made of. networks: what verdicts will look through; folds: those
    of the same recipes that left other clips out. Raises PoseviewerError where there are too few clips.
    """
    motion = yield from real_motion(dataset, skeleton, fps)
    through = Through.over(dataset, networks, folds).of(motion.names)
    return (yield from calibrated(motion.motions, skeleton, fps, motion.loops, *through, motion.actions)), motion


def stored_in(path: Path | str) -> Stored | None:
    """The calibration in a checkpoint; None where it has none. Raises PoseviewerError where it is damaged."""
    card, tensors = checkpoint.load(path)
    return stored_of(card, tensors)


def stored_of(card: checkpoint.Card, tensors: checkpoint.Tensors) -> Stored | None:
    """The same of a checkpoint that has been read."""
    found = checkpoint.calibration_of(card, tensors)
    if found is None:
        return None
    stored = read(card.path, *found)
    own, rate = stored.calibration.skeleton, card.fps or stored.calibration.fps
    if (own.joints, own.dims, own.edges) != (card.skeleton.joints, card.skeleton.dims, card.skeleton.edges):
        raise PoseviewerError(card.path, "calibration", "it is of another skeleton", "calibrate the model again")
    if abs(stored.calibration.fps - rate) > 1e-9:
        raise PoseviewerError(card.path, "calibration", "it is of another frame rate", "calibrate the model again")
    return stored


def calibration_of(model: Any, dataset: Dataset | None) -> Generator[Progress, None, Stored | None]:
    """A Job: what a model that is at work is judged by: the calibration in its checkpoint, or without one that of a
    dataset on its skeleton at its rate; None where there is neither.

    model: an embedding, a generator or an installed package's. Raises PoseviewerError where the checkpoint's is
    damaged, or the dataset has too few clips.
    """
    yield Progress(0, 0, "looks for a calibration")
    card = checkpoint.card_behind(model)
    if card is not None and "calibration" in card.document and card.path.exists():
        found = stored_in(card.path)
        if found is not None:
            networks = networks_of(model, found.networks)
            return replace(found, calibration=replace(found.calibration, networks=networks))
    if dataset is None:
        return None
    calibration, motion = yield from measured(dataset, model.skeleton, rate_of(model))
    return Stored(calibration, motion.about)


def rate_of(model: Any) -> float:
    """The rate that a model's verdicts are made at."""
    return float(getattr(model, "fps", None) or FPS)


def calibrate(
    path: Path, dataset: Dataset, out: Path, folds: Sequence[Path] = ()
) -> Generator[Progress, None, tuple[Calibration, RealMotion, int]]:
    """A Job: write a dataset's calibration into the checkpoint at `path`, as `out`; gives it, what it was made of, and
    its bytes. folds: checkpoints of the recipes of its networks, trained without other clips each. Raises
    PoseviewerError where the model makes no motion, a fold is of no use, the dataset has too few clips, or `out` cannot
    be written.
    """
    from poseviewer.nets.models.load import load_model

    card = checkpoint.describe(path)
    if card.kind == "classifier":
        cause, cure = "a classifier makes no motion that could be judged", "name a generator or an embedding"
        raise PoseviewerError(path, "", cause, cure)
    networks = networks_of(load_model(path))
    apart = [load_model(fold) for fold in folds]
    for fold in apart:
        if not any(alike(fold, getattr(networks, kind)) for kind in networks.kinds) or not fold.card.left_out:
            cause = "it left no clips out, or is of another recipe than the networks of the model"
            raise PoseviewerError(fold.path, "--folds", cause, "train it with --set fold=K")
    calibration, motion = yield from measured(dataset, card.skeleton, card.fps or FPS, networks, apart)
    document, tensors = written(calibration, motion.about)
    read(out, json.loads(json.dumps(document)), tensors)  # a model is not replaced by one that cannot be opened again
    checkpoint.save_calibration(path, out, document, tensors)
    yield Progress(1, 1, f"wrote {out.name}")
    return calibration, motion, sum(tensor.nbytes for tensor in tensors.values())
