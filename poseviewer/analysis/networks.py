"""The networks that verdicts look through: an embedding of the poses, and a classifier that names their action.

Letters: B motions that go on alike, n frames, J joints, D = 2 or 3, A actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.statistics.statistic import Insight
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.protocols import Array, Classifier, Embedding

EVERY = 10
"""Frames from one answer of the classifier to the next; in between the last one holds."""
SECONDS = 1.0
"""Of generated motion that an answer is about."""
KINDS = ("embedding", "classifier")
_FARTHEST = 1e4  # metres or image heights from the root: what lies beyond is no pose to any network
_AT_ONCE = 256  # motions that are classified together


@dataclass(frozen=True, eq=False)
class Networks:
    """Those that there are, all of one skeleton."""

    embedding: Embedding | None = None
    classifier: Classifier | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of those that there are."""
        return tuple(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def ids(self) -> dict[str, str]:
        """What names them, by kind; of another package's there is none."""
        found = {kind: identity(getattr(self, kind)) for kind in self.kinds}
        return {kind: name for kind, name in found.items() if name}


NONE = Networks()
_NOTHING = Insight()


class Reader:
    """What networks make of motions after their seeds (B, m, J, D). actions (B,): of the seeds, empty where unknown.
    done: generated frames before the first that come: the classifier answers at every EVERYth, as it would have with
    them. told: the one motion of which everything is told; of the others only what verdicts rest on, their latents.
    """

    def __init__(
        self,
        networks: Networks,
        seeds: Array,
        fps: float,
        actions: Sequence[str] = (),
        done: int = 0,
        told: int | None = None,
    ) -> None:
        self._networks, self._fps, self._done = networks, fps, done
        self._in_full = np.ones(len(seeds), dtype=bool) if told is None else np.arange(len(seeds)) == told
        self._newest = np.zeros((len(seeds), 0, *seeds.shape[2:]))
        self._before: Array | None = None  # (B, A) the last answers
        self._in_seed: Array | None = None
        embedding: Any = networks.embedding
        self._told_by_latents = hasattr(embedding, "latent_mean")
        if self._told_by_latents:
            self._mean, self._axes = embedding.latent_mean, _axes(embedding.latent_covariance)
            self._centres = (embedding.centres - self._mean) @ self._axes.T
        if networks.classifier is not None:
            known = [name in networks.classifier.classes for name in actions or [""] * len(seeds)]
            self._in_seed = np.full((len(seeds), len(networks.classifier.classes)), np.nan)
            if any(known):
                self._in_seed[known] = self._seed_actions(seeds[known], np.array(actions)[known])

    def of_seed(self, poses: Array) -> Insight:
        """Of the seeds' own frames (B, n, J, D)."""
        if _differ(poses):
            return self._embedded(poses, None)
        seen = self._embedded(poses[:1], None)
        told = {name: getattr(seen, name) for name in ("latents", "rebuilt")}
        every = {name: np.repeat(made, len(poses), axis=0) for name, made in told.items() if made is not None}
        return replace(seen, **every)

    def extend(self, poses: Array, latents: Array | None = None) -> Insight:
        """Of the next frames (B, n, J, D). latents (B, n, Z): the embedding's, where they are known already."""
        if self._networks is NONE:
            return _NOTHING
        seen = self._embedded(poses, latents, np.repeat(self._in_full, poses.shape[1]))
        if self._in_seed is None:
            return seen
        told = self._told(poses)
        return Insight(seen.latents, seen.centres, seen.rebuilt, told, self._in_seed)

    def _seed_actions(self, seeds: Array, actions: Array) -> Array:
        """(B, A) logarithms of how probable each action is in seeds: the name that they have and what the classifier
        takes them for weigh the same, since neither is always right.
        """
        classifier = self._networks.classifier
        assert classifier is not None
        made = np.exp(classified(classifier, seeds if _differ(seeds) else seeds[:1], self._fps))
        named = np.array(classifier.classes) == actions[:, None]
        return np.log(np.maximum(0.5 * made + 0.5 * named, 1e-12))

    def _embedded(self, poses: Array, latents: Array | None, in_full: NDArray[np.bool_] | None = None) -> Insight:
        """in_full: (B n,) which poses are decoded again; all where None."""
        embedding: Any = self._networks.embedding
        if embedding is None:
            return _NOTHING
        batch, count = poses.shape[:2]
        flat = poses.reshape(-1, *poses.shape[2:])
        fine = _fine(flat)
        rebuilt = np.full(flat.shape, np.nan)
        found: Array | None = None
        if fine.any():
            try:
                again = fine if in_full is None else fine & in_full
                if latents is None or not hasattr(embedding, "space"):
                    posterior, places = embedding.encode(flat[fine])
                    latent = posterior.latent
                    at = lambda: places if again.sum() == fine.sum() else places.rows(again[fine])  # noqa: E731
                else:
                    latent = latents.reshape(len(flat), -1)[fine]
                    at = lambda: embedding.space.features(flat[again])[1]  # noqa: E731
                if again.any():
                    rebuilt[again] = embedding.decode(latent[again[fine]], at()).poses
                found = np.full((len(flat), latent.shape[1]), np.nan)
                found[fine] = latent
            except PoseviewerError:  # it makes nothing of such poses, and the other signs judge them
                rebuilt[:], found = np.nan, None
        shaped = rebuilt.reshape(poses.shape)
        if not self._told_by_latents:
            return Insight(rebuilt=shaped)
        if found is None:
            found = np.full((len(flat), len(self._axes)), np.nan)
        made = ((found - self._mean) @ self._axes.T).reshape(batch, count, -1)
        return Insight(made, self._centres, shaped)

    def _told(self, poses: Array) -> Array:
        """(B, n, A) the newest answer at each of the next frames; NaN before the first."""
        classifier = self._networks.classifier
        assert self._in_seed is not None and classifier is not None
        batch, count = poses.shape[:2]
        width = round(SECONDS * self._fps)
        whole = np.concatenate([self._newest, poses], axis=1)
        if self._before is None:
            self._before = np.full((batch, self._in_seed.shape[-1]), np.nan)
        told = np.repeat(self._before[:, None], count, axis=1)
        ends = whole.shape[1] - count + 1 + np.arange(count)
        rows, frames = np.nonzero(self._in_full[:, None] & ((self._done + 1 + np.arange(count)) % EVERY == 0))
        due = ends[frames] >= width
        rows, frames = rows[due], frames[due]
        if len(rows):
            windows = np.stack([whole[row, end - width : end] for row, end in zip(rows, ends[frames], strict=True)])
            for row, frame, answer in zip(rows, frames, classified(classifier, windows, self._fps), strict=True):
                told[row, frame:] = answer
            self._before = told[:, -1].copy()
        self._newest, self._done = whole[:, -width:], self._done + count
        return told


def classified(classifier: Classifier, motions: Array, fps: float) -> Array:
    """(B, A) logarithms of the actions' probabilities over whole motions (B, n, J, D), NaN where there are none."""
    count = motions.shape[1]
    taken = max(1, int((count - 1) * classifier.fps / fps + 1e-9) + 1)
    rows = count - 1 - np.round(np.arange(taken)[::-1] * fps / classifier.fps).astype(int)
    made = np.full((len(motions), len(classifier.classes)), np.nan)
    whole = np.flatnonzero(_fine(motions[:, rows].reshape(-1, *motions.shape[2:])).reshape(-1, taken).all(axis=1))
    for first in range(0, len(whole), _AT_ONCE):
        part = whole[first : first + _AT_ONCE]
        try:
            mean = classifier.log_probabilities(motions[part][:, rows]).mean(axis=1)
        except PoseviewerError:  # it makes nothing of such motion
            continue
        largest = mean.max(axis=1, keepdims=True)
        made[part] = mean - largest - np.log(np.exp(mean - largest).sum(axis=1, keepdims=True))
    return made


def _fine(poses: Array) -> NDArray[np.bool_]:
    """(N,) which of poses (N, J, D) networks may be shown: 3D ones that are known, 2D ones of which a joint is."""
    known = np.asarray(np.isfinite(poses).all(axis=2))
    near = np.asarray((np.abs(np.where(known[..., None], poses, 0.0)) < _FARTHEST).all(axis=(1, 2)))
    return near & np.asarray(known.all(axis=1) if poses.shape[-1] == 3 else known.any(axis=1))


def identity(model: Any) -> str:
    """What names a checkpoint's network; empty of another package's."""
    card = checkpoint.card_behind(model)
    return str(getattr(model, "id", "") or ("" if card is None else card.document.get("id", "")))


def networks_of(model: Any, ids: Mapping[str, str] | None = None) -> Networks:
    """Those that a model's verdicts look through: its own embedding, or, as its classifier, what lies beside it in its
    folder and is of its skeleton. ids: exactly these, where they are there; without: the first by name, those that set
    clips aside, on which they can be calibrated, before the others, those of raw poses before those of latents.
    """
    card = checkpoint.card_behind(model)
    if card is None:
        return NONE
    from poseviewer.nets.models.embedding import EmbeddingModel

    own = model if isinstance(model, EmbeddingModel) else getattr(model, "embedding", None)
    if own is not None and ids is not None and own.id != ids.get("embedding"):
        own = None
    found: dict[str, Any] = {"embedding": own, "classifier": None}
    for kind in found:
        if found[kind] is None and (ids is None or kind in ids):
            found[kind] = _beside(card.path, kind, card.skeleton, None if ids is None else ids[kind])
    return Networks(found["embedding"], found["classifier"])


def _beside(path: Path, kind: str, skeleton: Skeleton, name: str | None) -> Any:
    from poseviewer.nets.models.load import shared_model

    cards = []
    for other in sorted(path.parent.glob("*.safetensors")):
        try:
            card = checkpoint.describe(other)
        except (PoseviewerError, OSError):
            continue
        fits = card.kind == kind and (card.skeleton.joints, card.skeleton.dims) == (skeleton.joints, skeleton.dims)
        if fits and (name is None or card.document.get("id") == name):
            cards.append(card)
    for card in sorted(cards, key=lambda card: (not card.set_aside, card.embedding_id is not None)):
        try:
            return shared_model(card.path)
        except PoseviewerError:
            continue  # it is damaged: the next one
    return None


def alike(fold: Any, model: Any) -> bool:
    """Whether a checkpoint's network is of the recipe of another's, and can stand in for it where that has learned."""
    mine, theirs = _document(fold), _document(model)
    if not mine or not theirs or fold.skeleton.joints != model.skeleton.joints:
        return False
    representations = [_within(document, "features").get("representation") for document in (mine, theirs)]
    return representations[0] == representations[1] and all(
        mine.get(key) == theirs.get(key) for key in ("kind", "architecture", "fps")
    )


def _document(model: Any) -> Mapping[str, Any]:
    """What a network's checkpoint says of it: of an embedding in another model's what stands there of the embedding."""
    card = checkpoint.card_behind(model)
    if card is None:
        return {}
    within = card.kind != "embedding" and hasattr(model, "latent_mean")
    return _within(card.document, "embedding") if within else card.document


def _within(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """What a document says of a thing; nothing where that is malformed."""
    told = document.get(key)
    return told if isinstance(told, dict) else {}


@dataclass(frozen=True, eq=False)
class Through:
    """What a dataset's clips are looked at through, each by its name: networks that have not learned from it. networks:
    those at work.
    """

    networks: Networks = NONE
    by_name: Mapping[str, Networks] = field(default_factory=dict)

    @classmethod
    def over(cls, dataset: Dataset, networks: Networks, folds: Sequence[Any] = ()) -> Through:
        """folds: networks of the same recipes that left other clips out; they stand in where those at work learned."""
        found: dict[str, dict[str, Any]] = {info.name: {} for info in dataset.infos}
        for kind in networks.kinds:
            own = getattr(networks, kind)
            for model in (own, *(fold for fold in folds if alike(fold, own))):
                for name in unseen(model, dataset):
                    found[name].setdefault(kind, model)
        return cls(networks, {name: Networks(**mine) for name, mine in found.items()})

    def at(self, name: str) -> Networks:
        """What a clip is looked at through."""
        return self.by_name.get(name, NONE)

    def of(self, names: Sequence[str]) -> tuple[Networks, list[Networks]]:
        """The networks at work, and what each clip is looked at through."""
        return self.networks, [self.at(name) for name in names]


ALONE = Through()


def unseen(model: Any, dataset: Dataset) -> set[str]:
    """Of a dataset's clips, by name, those that a network has surely not learned from: what its training set aside or
    left out, test clips where it learned from others alone, and all of a dataset that holds none that it set aside.
    """
    document = _document(model)
    if not document:
        return set()
    below = _within(document, "embedding").get("trained_on")
    found = _unseen(document.get("trained_on", {}), dataset)
    return found if below is None else found & _unseen(below, dataset)


def _unseen(trained_on: Any, dataset: Dataset) -> set[str]:
    names = {info.name for info in dataset.infos}
    if not isinstance(trained_on, dict):
        return set()
    apart = checkpoint.clips_named(trained_on, "validation_clips") | checkpoint.clips_named(trained_on, "left_out")
    if apart & names or trained_on.get("fingerprint") == dataset.fingerprint():
        tested = {info.name for info in dataset.infos if info.split == "test"}
        return set(apart & names) | (tested if trained_on.get("split") == "train" else set())
    return names if apart else set()


def _axes(covariance: Array) -> Array:
    """(Z, Z) what turns latents' differences into deviations along principal axes."""
    values, vectors = np.linalg.eigh(np.asarray(covariance, dtype=np.float64))
    return np.asarray(vectors.T / np.sqrt(np.maximum(values, 1e-6 * max(float(values[-1]), 1e-12)))[:, None])


def _differ(motions: Array) -> bool:
    """Whether motions (B, ...) are not all the same one."""
    return len(motions) > 1 and not all(np.array_equal(motions[0], other, equal_nan=True) for other in motions[1:])
