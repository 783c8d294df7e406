"""Clips as sequences of a generator's frames (code and root motion), and windows drawn from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from poseviewer.motion.clip import Clip
from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.spaces.choice import motion_of
from poseviewer.train.augment import at_speeds, mirrored, on_another_rig


@dataclass(frozen=True, eq=False)
class Frames:
    """Frames (F, N) of many clips end to end; where windows may begin, where their clips
    end, how often each is drawn (W,)."""

    vectors: Tensor
    starts: np.ndarray
    stops: np.ndarray
    odds: np.ndarray

    def windows(self, chosen: np.ndarray, length: int) -> tuple[Tensor, Tensor]:
        """Windows (B, length, N) and which of their frames are real (B, length): a clip's last frame is repeated."""
        at = self.starts[chosen, None] + np.arange(length)
        stops = self.stops[chosen, None]
        return self.vectors[torch.from_numpy(np.minimum(at, stops - 1))], torch.from_numpy(
            (at < stops).astype(np.float32)
        )


def shown(clips: Sequence[Clip], speeds: Sequence[float], rigs: int, seed: int) -> list[Clip]:
    """The clips and their mirror images, on other rigs too, at all speeds."""
    draw = np.random.default_rng([seed, 13])
    both = [*clips, *(mirrored(clip) for clip in clips)]
    others = [on_another_rig(clip, draw) for clip in both for _ in range(rigs)]
    return at_speeds([*both, *others], speeds)


@torch.no_grad()
def vectors_of(clips: Sequence[Clip], code: FrameCode, fps: float) -> list[Tensor]:
    """Each clip's frames (F, M + P): code and how it is placed."""
    result = []
    for clip in clips:
        features, at = code.of_clip(clip)
        motion = motion_of(code.space)
        placed = motion.features(at, motion.floor_of(at), fps, code.space.height(features, at))
        frames = np.concatenate([code.encode(features), placed], axis=1)
        result.append(torch.tensor(frames, dtype=torch.float32))
    return result


def joined(vectors: Sequence[Tensor], actions: Sequence[str], shortest: int) -> Frames:
    """Clips' frames end to end. Rare actions are drawn more often than their frames: by the root of their number."""
    starts: list[np.ndarray] = []
    stops: list[np.ndarray] = []
    labels: list[str] = []
    offset = 0
    for v, action in zip(vectors, actions, strict=True):
        count = max(0, len(v) - shortest + 1)
        starts.append(offset + np.arange(count))
        offset += len(v)
        stops.append(np.full(count, offset))
        labels += [action] * count
    _, action_of, windows = np.unique(labels, return_inverse=True, return_counts=True)
    odds = windows[action_of] ** -0.5
    return Frames(torch.cat(list(vectors)), np.concatenate(starts), np.concatenate(stops), odds / odds.sum())
