"""Training data: a dataset's clips on one skeleton at one frame rate, split by clip, cut where the recording jumps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.dataset import ClipInfo, Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.spaces.world import PoseSpace
from poseviewer.nets.spaces.world_motion import wrapped

LARGEST_TURN = 0.3  # radians a frame at 30 Hz: recordings that jump do so by 0.35 to 2.3
SHORTEST = 12  # frames of a piece that is still of use
VALIDATION_SHARE = 8  # one clip in so many of each action, at least one where there are four or more
FOLDS = 5
_SPLIT_SEED = 1


@dataclass(frozen=True)
class Corpus:
    """Pieces of clips to learn from and to choose by; names of the clips they come from, and of those that a fold left
    out; the dataset's split that they are of, "all" = each.
    """

    training: tuple[Clip, ...]
    validation: tuple[Clip, ...]
    training_names: tuple[str, ...]
    validation_names: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    split: str = "train"

    def everything(self) -> Corpus:
        """All of it to learn from, nothing to choose by."""
        names = tuple(sorted((*self.training_names, *self.validation_names)))
        return Corpus((*self.training, *self.validation), (), names, (), self.left_out, self.split)


def corpus_of(dataset: Dataset, skeleton: Skeleton, fps: float, fold: int = 0) -> Corpus:
    """The training split of a dataset, a part of it set aside by clip and action. Test clips are never read.

    fold: 1 to FOLDS leave that part of the clips out, 0 none. Raises PoseviewerError where the dataset has no training
    clips for the skeleton.
    """
    indices, left_out = _fold(dataset, _training_split(dataset), fold)
    aside = set(validation_clips([dataset.infos[i] for i in indices]))
    training: list[Clip] = []
    validation: list[Clip] = []
    for i in indices:
        name = dataset.infos[i].name
        pieces = cut_at_jumps(dataset.clip(i).onto(skeleton).resample(fps))
        (validation if name in aside else training).extend(pieces)
    if not training:
        cause = f"none of its clips has {SHORTEST} frames without a jump"
        raise PoseviewerError(dataset.name, "", cause, "give longer clips")
    learned = tuple(dataset.infos[i].name for i in indices if dataset.infos[i].name not in aside)
    return Corpus(tuple(training), tuple(validation or training), learned, tuple(sorted(aside)), left_out)


def whole_clips_of(dataset: Dataset, skeleton: Skeleton, fps: float, every: bool = False, fold: int = 0) -> Corpus:
    """The same training split, or every clip, without cuts, whatever its joints: a clip has one label. Raises as
    corpus_of does.
    """
    indices = list(range(len(dataset))) if every else _training_split(dataset)
    indices, left_out = _fold(dataset, indices, fold)
    aside = set(validation_clips([dataset.infos[i] for i in indices]))
    clips = {dataset.infos[i].name: dataset.clip(i).onto(skeleton).resample(fps) for i in indices}
    training = {name: clip for name, clip in clips.items() if name not in aside}
    validation = tuple(clip for name, clip in clips.items() if name in aside)
    split = "all" if every else "train"
    return Corpus(tuple(training.values()), validation, tuple(training), tuple(sorted(aside)), left_out, split)


def _fold(dataset: Dataset, indices: list[int], fold: int) -> tuple[list[int], tuple[str, ...]]:
    """Of clips those that a fold learns from, and names of those that it leaves out."""
    if not 0 <= fold <= FOLDS:
        raise PoseviewerError(f"--set fold={fold}", "", "there is no such fold", f"choose 1 to {FOLDS}, or 0 for none")
    folds = folds_of([dataset.infos[i].action for i in indices]).tolist()
    left_out = tuple(dataset.infos[i].name for i, mine in zip(indices, folds, strict=True) if mine == fold)
    return [i for i, mine in zip(indices, folds, strict=True) if mine != fold], left_out


def folds_of(actions: Sequence[str], seed: int = 1) -> NDArray[np.intp]:
    """(N,) the fold of each clip, 1 to FOLDS: those of one action are dealt out at random, one after the other."""
    draw = np.random.default_rng([seed, 17])
    fold = np.zeros(len(actions), dtype=np.intp)
    for action in sorted(set(actions)):
        rows = draw.permutation([i for i, other in enumerate(actions) if other == action])
        fold[rows] = 1 + np.arange(len(rows)) % FOLDS
    return fold


def _training_split(dataset: Dataset) -> list[int]:
    """Clips that may be learned from."""
    indices = [i for i, info in enumerate(dataset.infos) if info.split in ("train", "")]
    if not indices:
        raise PoseviewerError(dataset.name, "", "it has no clips of the split 'train'", "import it with its split")
    return indices


def validation_clips(infos: Sequence[ClipInfo]) -> list[str]:
    """Names of the clips that are set aside, drawn by action: the same for all models, so that none is validated on
    clips that the embedding below it has learned from.
    """
    by_action = defaultdict(list)
    for info in infos:
        by_action[info.action].append(info.name)
    draw = np.random.default_rng([_SPLIT_SEED, 7])
    aside: list[str] = []
    for action in sorted(by_action):
        names = sorted(by_action[action])
        if len(names) >= 4:
            aside += draw.choice(names, max(1, len(names) // VALIDATION_SHARE), replace=False).tolist()
    return aside


def cut_at_jumps(clip: Clip) -> list[Clip]:
    """A clip cut where its heading jumps or joints are unknown, pieces that are too short left out."""
    space = PoseSpace.plain(clip.skeleton, "heading")
    known: NDArray[np.bool_] = np.asarray(np.isfinite(clip.positions).all(axis=(1, 2)))
    yaw = space.placement(clip.positions).yaw
    jump = np.abs(wrapped(np.diff(yaw))) > LARGEST_TURN * 30.0 / clip.fps
    ends = [0, *(np.flatnonzero(jump | ~known[1:] | ~known[:-1]) + 1).tolist(), len(clip)]
    pairs = pairwise(ends)
    return [clip.cut(a, b) for a, b in pairs if b - a >= SHORTEST and known[a:b].all()]
