"""Windows of clips, and splits by clip: frames of one clip never fall on two sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.table import ClipInfo
from poseviewer.errors import PoseviewerError

TRAIN, VALIDATION, TEST = "train", "validation", "test"
VALIDATION_SHARE = 0.15
_VALIDATION_NAMES = ("validation", "valid", "val", "dev")


def starts(frames: int, length: int, stride: int = 1) -> NDArray[np.intp]:
    """The first frames (W,) of all windows of `length` frames in a clip of `frames`; none where it is too short."""
    if length < 1 or stride < 1:
        raise ValueError(f"windows of {length} frames every {stride}")
    return np.arange(0, frames - length + 1, stride, dtype=np.intp)


def windows(
    infos: Sequence[ClipInfo], length: int, stride: int = 1, clips: Sequence[int] | None = None
) -> NDArray[np.intp]:
    """Clip index and first frame (W, 2) of every window of `length` frames, of all clips or of those listed."""
    chosen = range(len(infos)) if clips is None else clips
    parts = []
    for index in chosen:
        first = starts(infos[index].frames, length, stride)
        parts.append(np.stack([np.full(len(first), index, dtype=np.intp), first], axis=-1))
    return np.concatenate(parts) if parts else np.empty((0, 2), dtype=np.intp)


def split_clips(
    infos: Sequence[ClipInfo], *, seed: int = 0, validation_share: float = VALIDATION_SHARE
) -> dict[str, tuple[int, ...]]:
    """Clip indices of "train", "validation" and "test".

    The dataset's own split where its clips name one; validation, where it names none, is carved out of the training
    clips action by action (at least one clip of an action with three or more), the same for the same seed. Without any
    split, test clips are carved out in the same way first. Clips whose split has another name are in none of the three.
    """
    if not len(infos):
        raise PoseviewerError("dataset", "", "it has no clips to split", "give one with clips")
    named: dict[str, list[int]] = {TRAIN: [], VALIDATION: [], TEST: []}
    for index, info in enumerate(infos):
        split = info.split.lower()
        if split in _VALIDATION_NAMES:
            named[VALIDATION].append(index)
        elif split in (TRAIN, TEST):
            named[split].append(index)
        elif not split:
            named[TRAIN].append(index)
    has_split = any(info.split for info in infos)
    if not has_split:
        named[TRAIN], named[TEST] = _carved(infos, named[TRAIN], validation_share, seed + 1)
    if not named[VALIDATION]:
        named[TRAIN], named[VALIDATION] = _carved(infos, named[TRAIN], validation_share, seed)
    return {split: tuple(clips) for split, clips in named.items()}


def _carved(infos: Sequence[ClipInfo], clips: list[int], share: float, seed: int) -> tuple[list[int], list[int]]:
    """The clips that stay and those carved out, stratified by action."""
    generator = np.random.default_rng(seed)
    by_action: dict[str, list[int]] = {}
    for index in clips:
        by_action.setdefault(infos[index].action, []).append(index)
    taken: set[int] = set()
    for action in sorted(by_action):
        members = by_action[action]
        count = round(share * len(members))
        if len(members) >= 3:
            count = max(1, count)
        taken.update(members[i] for i in generator.permutation(len(members))[:count])
    return [index for index in clips if index not in taken], sorted(taken)
