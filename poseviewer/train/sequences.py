"""Clips as sequences of a generator's frames (code, and how it is placed), and windows drawn from them.

Letters: F frames of all clips, J joints, N = M + P values of a frame, C context frames, H frames ahead, B windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.networks.bounded import BoundedGenerator
from poseviewer.nets.spaces.image_motion import SIZE
from poseviewer.train.augment import at_speeds, mirrored, on_another_rig

LEAST_SPREAD = 0.05
"""Deviation by which a frame's feature is divided at least: what hardly varies must not be blown up."""
_RANGE = (0.05, 99.95)  # percentiles of the training data that bound a frame's values
_MARGIN = 0.1
_LEAST_CHANGE = 1e-3  # of a frame's deviation: what hardly moves must not be blown up


@dataclass(frozen=True, eq=False)
class Frames:
    """Frames (F, N) of many clips end to end; where windows may begin, where their clips end, how often each is drawn
    (W,).
    """

    vectors: Tensor
    starts: np.ndarray
    stops: np.ndarray
    odds: np.ndarray

    def windows(self, chosen: np.ndarray, length: int) -> tuple[Tensor, Tensor]:
        """Windows (B, length, N) and which of their frames are real (B, length): a clip's last frame is repeated."""
        at = self.starts[chosen, None] + np.arange(length)
        stops = self.stops[chosen, None]
        real = torch.from_numpy((at < stops).astype(np.float32))
        return self.vectors[torch.from_numpy(np.minimum(at, stops - 1))], real


def both_ways(clips: Sequence[Clip]) -> list[Clip]:
    """The clips and their mirror images."""
    return [*clips, *(mirrored(clip) for clip in clips)]


def shown(clips: Sequence[Clip], speeds: Sequence[float], rigs: int, seed: int) -> list[Clip]:
    """The clips and their mirror images, on other rigs too, at all speeds."""
    draw = np.random.default_rng([seed, 13])
    both = both_ways(clips)
    others = [on_another_rig(clip, draw) for clip in both for _ in range(rigs)]
    return at_speeds([*both, *others], speeds)


@torch.no_grad()
def vectors_of(clips: Sequence[Clip], code: FrameCode, fps: float) -> list[Tensor]:
    """Each clip's frames (F, M + P): code and how it is placed."""
    motion, result = code.space.motion, []
    for clip in clips:
        features, at = code.space.sequence(clip.positions)
        placed = motion.features(at, motion.floor_of(at), fps, code.space.height(features, at))
        frames = np.concatenate([code.encode(features), placed], axis=1)
        result.append(torch.tensor(frames, dtype=torch.float32))
    return result


def joined(vectors: Sequence[Tensor], clips: Sequence[Clip], shortest: int, mean: Tensor, std: Tensor) -> Frames:
    """Clips' frames end to end, standardised by mean and std (N,), to be drawn in windows of `shortest` frames at
    least: of rare actions more often than they have frames, by the root of their number.
    """
    lengths = [len(v) for v in vectors]
    number, stop = np.repeat(np.arange(len(lengths)), lengths), np.repeat(np.cumsum(lengths), lengths)
    starts = np.flatnonzero(stop - np.arange(len(stop)) >= shortest)
    if not len(starts):
        cause = f"none of the clips has {shortest} frames, with those of the context"
        raise PoseviewerError("--set context", "", cause, "choose a smaller one, or give longer clips")
    actions = np.array([clip.action for clip in clips])
    _, action_of, windows = np.unique(actions[number[starts]], return_inverse=True, return_counts=True)
    odds = windows[action_of] ** -0.5
    return Frames(torch.cat(list(vectors)).sub(mean).div(std), starts, stop[starts], odds / odds.sum())


def bound(network: BoundedGenerator, frames: Tensor, changes: Tensor) -> None:
    """Tell a network the range of the training data's frames (F, N), and their usual change by changes (P, N)."""
    low, high = np.percentile(frames.numpy(), _RANGE, axis=0)
    margin = _MARGIN * (high - low)
    network.low.copy_(torch.tensor(low - margin))
    network.high.copy_(torch.tensor(high + margin))
    network.change_scale.copy_(changes.std(dim=0).clamp_min(_LEAST_CHANGE))


@dataclass(frozen=True, eq=False)
class Windows:
    """context (B, C, N) and the frames ahead (B, H, N); residual (B, 2 J): what the features of the context's last
    pose hold beyond its code; residuals (B, H, 2 J): likewise ahead; truth (B, H, J, 2) image heights; weights (B, H,
    J): how much a joint counts, 0 where it is not known; known (B, H): whether the clip goes that far; visible (B, J):
    which joints are visible in the context's last frame.
    """

    context: Tensor
    ahead: Tensor
    residual: Tensor
    residuals: Tensor
    truth: Tensor
    weights: Tensor
    known: Tensor
    visible: Tensor

    def rows(self, rows: Tensor) -> Windows:
        """Some of them."""
        return Windows(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class ImageFrames:
    """vectors (F, N), residuals (F, 2 J), truth (F, J, 2), weights (F, J) and visible (F, J) of clips end to end;
    first, stop (F,): where each frame's clip begins and ends.
    """

    vectors: Tensor
    residuals: Tensor
    truth: Tensor
    weights: Tensor
    visible: Tensor
    first: np.ndarray
    stop: np.ndarray

    @classmethod
    def of(cls, clips: Sequence[Clip], code: FrameCode, occluded: float) -> ImageFrames:
        """occluded: weight of a joint that is known and not visible."""
        vectors = torch.cat(vectors_of(clips, code, clips[0].fps))
        features = np.concatenate([code.space.sequence(clip.positions)[0] for clip in clips])
        residuals = features - code.decode(vectors[:, :-SIZE].numpy())
        positions = np.concatenate([clip.positions for clip in clips])
        known = np.isfinite(positions).all(axis=-1)
        seen = np.concatenate([visible_joints(clip) for clip in clips]) & known
        ends = np.cumsum([0, *(len(clip) for clip in clips)])
        of_clip = np.repeat(np.arange(len(clips)), np.diff(ends))
        return cls(
            vectors,
            torch.tensor(residuals[:, : 2 * known.shape[1]], dtype=torch.float32),
            torch.tensor(np.nan_to_num(positions)),
            torch.tensor(np.where(seen, 1.0, np.where(known, occluded, 0.0)), dtype=torch.float32),
            torch.tensor(seen, dtype=torch.float32),
            ends[of_clip],
            ends[of_clip + 1],
        )

    def changes(self) -> Tensor:
        """(P, N) what changes from one frame to the next, steps of the root in sizes of the pose."""
        after = np.flatnonzero(np.arange(len(self.vectors)) > self.first)
        before = self.vectors[after - 1]
        change = self.vectors[after] - before
        change[:, -SIZE:-1] /= before[:, -1:].exp()
        return change

    def draw(self, rows: int, context: int, horizon: int, draw: np.random.Generator, shift: float) -> Windows:
        """Windows that end anywhere but in a clip's last frame, moved in the image."""
        inner = np.flatnonzero(np.arange(len(self.vectors)) < self.stop - 1)
        windows = self.windows(draw.choice(inner, rows), context, horizon)
        moved = torch.tensor(draw.normal(0.0, shift, (rows, 1, 2)), dtype=torch.float32)
        for frames in (windows.context, windows.ahead):
            frames[..., -SIZE:-1] += moved
        return replace(windows, truth=windows.truth + moved[:, None])

    def windows(self, last: np.ndarray, context: int, horizon: int) -> Windows:
        """Windows whose contexts end in the frames `last` (B,). A clip's first and last frames are repeated."""
        before = np.maximum(last[:, None] + np.arange(1 - context, 1), self.first[last, None])
        ahead = last[:, None] + np.arange(1, horizon + 1)
        known = ahead < self.stop[last, None]
        then = torch.from_numpy(np.minimum(ahead, self.stop[last, None] - 1))
        within = torch.from_numpy(known.astype(np.float32))
        return Windows(
            self.vectors[torch.from_numpy(before)],
            self.vectors[then],
            self.residuals[torch.from_numpy(last)],
            self.residuals[then],
            self.truth[then],
            self.weights[then] * within[..., None],
            within,
            self.visible[torch.from_numpy(last)],
        )


def visible_joints(clip: Clip) -> np.ndarray:
    """(F, J) bool: which joints are visible, all where the clip does not say."""
    return np.ones(clip.positions.shape[:2], dtype=bool) if clip.visible is None else clip.visible
