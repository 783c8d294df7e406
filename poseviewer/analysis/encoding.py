"""Latents of motions, also of those on another skeleton than their embedding's or in a world that it sees in 2D."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.rollout import RECENT
from poseviewer.motion.clip import Clip
from poseviewer.motion.growing import appended
from poseviewer.motion.plane import Plane
from poseviewer.motion.skeleton import Skeleton

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.nets.protocols import Embedding, Step


@dataclass(frozen=True, eq=False)
class Latents:
    """Of S samples of a rollout, H frames long: own (H, Z) those of the picked `sample`, all of which stay, and recent
    (S, n, Z) the newest frames' of every sample.
    """

    sample: int
    own: NDArray[np.floating]
    recent: NDArray[np.floating]

    @classmethod
    def nothing(cls, samples: int, sample: int, size: int) -> Latents:
        """Of no frame yet."""
        return cls(sample, np.empty((0, size), np.float32), np.empty((samples, 0, size), np.float32))

    def __len__(self) -> int:
        return len(self.own)

    @property
    def before(self) -> int:
        """The frame from which on those of every sample are known."""
        return len(self.own) - self.recent.shape[1]

    def since(self, first: int) -> NDArray[np.floating] | None:
        """(S, H - first, Z) of the frames from one on; None where not all of them are known."""
        return self.recent[:, first - self.before :] if first >= self.before else None

    def rows(self, samples: Sequence[int], first: int = 0) -> NDArray[np.floating]:
        """(R, H - first, Z) of some samples' frames from one on; NaN where they are not known."""
        made = np.full((len(samples), len(self) - first, self.own.shape[-1]), np.nan, self.own.dtype)
        begin = max(first, self.before)
        made[:, begin - first :] = self.recent[list(samples), begin - self.before :]
        for row, sample in enumerate(samples):
            if sample == self.sample:
                made[row] = self.own[first:]
        return made

    def cut(self, length: int) -> Latents:
        """Of the first frames alone."""
        if length >= len(self):
            return self
        return replace(self, own=self.own[:length], recent=self.recent[:, : max(0, length - self.before)])

    def further(self, every: NDArray[np.floating]) -> Latents:
        """With those of every sample's next frames (S, n, Z)."""
        recent = appended(self.recent, every, 1)
        if recent.shape[1] > 2 * RECENT:
            recent = recent[:, -RECENT:].copy()
        return replace(self, own=appended(self.own, every[self.sample]), recent=recent)

    def further_alone(self, own: NDArray[np.floating]) -> Latents:
        """With those of next frames (n, Z) of which the picked sample alone is known."""
        return replace(self, own=appended(self.own, own), recent=self.recent[:, :0])

    def picked(self, sample: int) -> Latents | None:
        """With another sample picked; None where its older frames' are not known."""
        if sample == self.sample:
            return self
        whole = self.since(0)
        return None if whole is None else replace(self, sample=sample, own=whole[sample])


def latents_of(clip: Clip, embedding: Embedding) -> NDArray[np.float32]:
    """The latents (F, Z) of a clip's frames. Raises PoseviewerError where the clip does not map onto their skeleton."""
    mapped = clip.onto(embedding.skeleton)
    posterior, _ = embedding.encode(mapped.positions, mapped.visible)
    return posterior.latent.astype(np.float32)


def on_skeleton(poses: NDArray[Any], skeleton: Skeleton, target: Skeleton, plane: Plane | None = None) -> NDArray[Any]:
    """Poses (B, J, D) of one skeleton on another one; 3D ones are seen on a plane by a 2D one.

    Raises PoseviewerError where they do not map.
    """
    return _onto(Clip(skeleton, poses, 1.0, "rollout"), target, plane).positions


def _onto(clip: Clip, target: Skeleton, plane: Plane | None) -> Clip:
    if plane is not None and clip.skeleton.dims > target.dims:
        clip = clip.seen_on(plane)
    return clip.onto(target)


def encoded_further(
    rollout: Rollout,
    embedding: Embedding | None,
    known: Latents | None,
    unchanged: int,
    plane: Plane | None = None,
) -> Latents | None:
    """The latents of a rollout, whose first `unchanged` frames are as they were when `known` was encoded.

    plane: where a 2D embedding sees a 3D rollout. Of frames that are not at hand those of the picked sample alone.
    """
    if embedding is None:
        return None
    made = None if known is None else known.cut(unchanged).picked(rollout.sample)
    kept = 0 if made is None else len(made)
    whole = rollout.at_hand(kept)
    if whole > kept:
        (alone,) = _encoded(list(rollout.steps_of(rollout.sample, kept, whole)), rollout, embedding, plane)
        made = (made or Latents.nothing(rollout.samples, rollout.sample, alone.shape[-1])).further_alone(alone)
    if whole < rollout.length:
        every = _encoded(list(rollout.steps(whole)), rollout, embedding, plane)
        made = (made or Latents.nothing(rollout.samples, rollout.sample, every.shape[-1])).further(every)
    return made


def _encoded(steps: Sequence[Step], rollout: Rollout, embedding: Embedding, plane: Plane | None) -> NDArray[Any]:
    """(S, n, Z) of so many frames."""
    poses = np.stack([step.poses for step in steps], axis=1)
    known = [step.visible for step in steps if step.visible is not None]
    visible = np.stack(known, axis=1).reshape(-1, poses.shape[2]) if known else None
    made = Clip(rollout.skeleton, poses.reshape(-1, *poses.shape[2:]), rollout.fps, "rollout", visible=visible)
    mapped = _onto(made, embedding.skeleton, plane)
    latents: NDArray[Any] = embedding.encode(mapped.positions, mapped.visible)[0].latent
    return latents.reshape(*poses.shape[:2], -1)
