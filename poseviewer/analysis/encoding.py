"""Latents of motions, also of those on another skeleton than their embedding's or in a world that it sees in 2D."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.clip import Clip
from poseviewer.motion.growing import appended
from poseviewer.motion.plane import Plane
from poseviewer.motion.skeleton import Skeleton

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.nets.protocols import Embedding, Step


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
    known: NDArray[Any] | None,
    unchanged: int,
    plane: Plane | None = None,
) -> NDArray[Any] | None:
    """(S, H, Z) latents of a rollout, whose first `unchanged` frames are as they were when `known` was encoded.

    plane: where a 2D embedding sees a 3D rollout. Of frames that are not at hand those of the picked sample alone; the
    others' are NaN.
    """
    if embedding is None:
        return None
    kept = 0 if known is None else min(unchanged, known.shape[1])
    if rollout.length == kept:
        return None if known is None else known[:, :kept]
    whole = rollout.at_hand(kept)
    latents = _encoded(list(rollout.steps(whole)), rollout, embedding, plane)
    if whole > kept:
        alone = _encoded(list(rollout.steps_of(rollout.sample, kept, whole)), rollout, embedding, plane)
        before = np.full((rollout.samples, *alone.shape[1:]), np.nan, dtype=alone.dtype)
        before[rollout.sample] = alone[0]
        latents = np.concatenate([before, latents], axis=1)
    return appended(latents[:, :0] if known is None else known[:, :kept], latents, axis=1)


def _encoded(steps: Sequence[Step], rollout: Rollout, embedding: Embedding, plane: Plane | None) -> NDArray[Any]:
    """(S, n, Z) of so many frames."""
    poses = np.stack([step.poses for step in steps], axis=1)
    known = [step.visible for step in steps if step.visible is not None]
    visible = np.stack(known, axis=1).reshape(-1, poses.shape[2]) if known else None
    made = Clip(rollout.skeleton, poses.reshape(-1, *poses.shape[2:]), rollout.fps, "rollout", visible=visible)
    mapped = _onto(made, embedding.skeleton, plane)
    latents: NDArray[Any] = embedding.encode(mapped.positions, mapped.visible)[0].latent
    return latents.reshape(*poses.shape[:2], -1)
