"""Figures of an embedding of 2D poses: what comes back of the joints that are seen, and what its prior looks like.

Errors are distances of visible joints in percent of the image's height. Beside them stand those of PCA with as many
dimensions, fitted with missing data to the same features of the training split: by the posterior's mean, and by least
squares on the visible joints, which is the best that its axes can do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.embed.masked_pca import MaskedPCA
from poseviewer.measure.intervals import interval
from poseviewer.measure.splits import split_of
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.space import Space
from poseviewer.train.embedding import known_poses

ACTIVE = 0.01
"""Variance of the posterior's mean above which a latent dimension counts as active (Burda et al., ICLR 2016)."""
_FPS = 15.0  # neighbouring frames hardly differ
_SAMPLES = 4000
_FOLDS = 5
_LEAST_SQUARES = 1e-6  # the noise of PCA that is told to explain all it can


def image_embedding_figures(models: Sequence[EmbeddingModel], dataset: Dataset, split: str = "test") -> dict[str, Any]:
    """Figures by name, of models that differ by their training seed (means over them).

    Raises PoseviewerError where the split has no clips, or the models differ in their space or their dimensions.
    """
    model = models[0]
    if any(not one.space.partial or one.size != model.size for one in models):
        raise PoseviewerError(model.path, "", "the others differ from it in their dimensions", "leave them out")
    parts = split_of(dataset, split, [one.card for one in models], model.skeleton, _FPS)
    judged, learned = parts.judged, parts.unjudged if split == "validation" else parts.training
    poses, clips = known_poses(judged)
    training = known_poses(learned)[0] if learned else poses
    priors = [_prior(one, poses, training, clips) for one in models]
    return {
        "clips": len(judged),
        "frames": len(poses),
        "split": split,
        "models": len(models),
        "latent": model.size,
        **_reconstruction(models, poses, training, clips),
        **_posterior(models, poses),
        **{name: round(float(np.mean([prior[name] for prior in priors])), 4) for name in priors[0]},
    }


def _posterior(models: Sequence[EmbeddingModel], poses: Array) -> dict[str, Any]:
    """How many latent dimensions say something of poses (B, J, 2), and how much; each model's own, largest first."""
    encoded = [model.encode(poses)[0] for model in models]
    active = [(posterior.latent.var(axis=0) > ACTIVE).sum() for posterior in encoded]
    told: dict[str, Any] = {"active_units": round(float(np.mean(active)), 2)}
    if not all(model.network.probabilistic for model in models):
        return told  # a point has no divergence from a prior
    nats = np.mean([np.sort(_divergence(posterior.latent, posterior.std))[::-1] for posterior in encoded], axis=0)
    by_dimension = [round(float(value), 3) for value in nats]
    return {**told, "nats": round(float(nats.sum()), 2), "nats_by_dimension": by_dimension}


def _reconstruction(
    models: Sequence[EmbeddingModel], poses: Array, training: Array, clips: NDArray[np.integer]
) -> dict[str, Any]:
    """Of poses (B, J, 2) of clips (B,), NaN where a joint is not seen."""
    space = models[0].space
    plain = space.plain(space.skeleton, space.representation)
    pca = MaskedPCA.fit(_coordinates(plain, training), models[0].size)
    x, at = _coordinates(plain, poses), plain.placement(poses)
    linear = {
        "pca_": plain.poses(pca.decode(pca.encode(x)), at),
        "pca_least_squares_": plain.poses(pca.decode(replace(pca, noise=_LEAST_SQUARES).encode(x)), at),
    }
    apart_of = {name: np.linalg.norm(decoded - poses, axis=-1) for name, decoded in linear.items()}
    apart_of[""] = np.mean([np.linalg.norm(_decoded(model, poses) - poses, axis=-1) for model in models], axis=0)
    figures: dict[str, Any] = {}
    by_clip: dict[str, Array] = {}
    for name, apart in apart_of.items():
        seen = np.isfinite(apart)
        figures[f"{name}mpjpe"] = round(100.0 * float(apart[seen].mean()), 4)
        total = np.bincount(clips, np.where(seen, apart, 0.0).sum(axis=1))
        by_clip[name] = np.stack([total, np.bincount(clips, seen.sum(axis=1))], axis=1)
    drawn = np.random.default_rng(0).integers(len(by_clip[""]), size=(1000, len(by_clip[""])))
    for name in ("pca_", "pca_least_squares_"):
        figures[f"ratio_to_{name[:-1]}"] = round(figures["mpjpe"] / figures[f"{name}mpjpe"], 4)
        ours, theirs = (by_clip[key][drawn][..., 0].sum(axis=1) for key in ("", name))
        figures[f"ratio_to_{name[:-1]}_interval"] = interval(ours / theirs, 4)
    return figures


def _decoded(model: EmbeddingModel, poses: Array) -> Array:
    """(B, J, 2) the decoded posterior's mean."""
    posterior, at = model.encode(poses)
    return model.decode(posterior.latent, at).poses


def _prior(model: EmbeddingModel, poses: Array, training: Array, clips: NDArray[np.integer]) -> dict[str, float]:
    """Poses decoded from draws of the prior against real ones of clips (B,), in the body's own frame and size.

    The judge that tells them apart is asked about clips that it has not seen: it would know the frames of others again.
    Raises PoseviewerError where there is only one clip.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict

    draw, space = np.random.default_rng(0), model.space
    features = model.decode_features(model.draw(_SAMPLES, draw))
    count = len(space.mean)
    seen = draw.random((_SAMPLES, count // 2)) < 1.0 / (1.0 + np.exp(-features[:, space.visible]))
    sampled = np.where(np.repeat(seen, 2, axis=1), features[:, :count], np.nan)
    rows = draw.permutation(len(poses))[:_SAMPLES]
    real = _standardised(space, poses[rows])
    limbs = _limbs(sampled * space.std + space.mean, model.skeleton)
    low, high = np.nanpercentile(_limbs(_coordinates(space, training), model.skeleton), [0.1, 99.9], axis=0)
    outside = ((limbs < low) | (limbs > high)).any(axis=1)  # an unknown limb is in no way outside
    x = np.concatenate([real, sampled[: len(real)]])
    label = np.repeat([0, 1], len(real))
    group = np.concatenate([clips[rows], draw.integers(clips.max() + 1, size=len(real))])
    folds = min(_FOLDS, len(np.unique(group)))
    if folds < 2:
        raise PoseviewerError("embed", "", "drawn poses are judged by clip, and there is one", "give two clips or more")
    judge = HistGradientBoostingClassifier(random_state=0)
    told = cross_val_predict(judge, x, label, groups=group, cv=GroupKFold(folds), method="predict_proba")
    spread = np.sqrt(np.nanvar(sampled, axis=0).mean() / np.nanvar(real, axis=0).mean())
    return {
        "prior_limbs_outside": float(outside.mean()),
        "prior_spread": float(spread),
        "prior_auc": float(roc_auc_score(label, told[:, 1])),
    }


def _coordinates(space: Space, poses: Array) -> Array:
    """(B, 2 J) coordinates in the body's own frame and size, NaN where unknown."""
    at = space.placement(poses)
    return ((poses - at.root[:, None]) / at.scale[:, None, None]).reshape(len(poses), -1)


def _standardised(space: Space, poses: Array) -> Array:
    return (_coordinates(space, poses) - space.mean) / space.std


def _limbs(coordinates: Array, skeleton: Skeleton) -> Array:
    """(B, E) lengths of the drawn bones, in sizes of the pose, of coordinates (B, 2 J)."""
    joints = coordinates.reshape(len(coordinates), -1, 2)
    ends = np.array(skeleton.edges)
    return np.linalg.norm(joints[:, ends[:, 0]] - joints[:, ends[:, 1]], axis=-1)


def _divergence(mean: Array, std: Array) -> Array:
    """(Z,) nats of the posteriors from the standard normal."""
    return (0.5 * (mean**2 + std**2 - 1.0) - np.log(std)).mean(axis=0)
