"""Latents of the clip, the rollout and the dataset, the map's projection of them, the pose of a held one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from poseviewer.analysis.encoding import Latents, encoded_further, latents_of, on_skeleton
from poseviewer.analysis.projection import DimensionsProjection, LDAProjection, PCAProjection, Projection
from poseviewer.bench.bench import Held
from poseviewer.bench.map import chosen
from poseviewer.errors import PoseviewerError
from poseviewer.motion.actions import action_name
from poseviewer.motion.clip import carried, loop_travel
from poseviewer.motion.matching import maps_onto
from poseviewer.motion.plane import Plane
from poseviewer.nets.protocols import Placement

if TYPE_CHECKING:
    from poseviewer.analysis.latent_index import LatentIndex
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.app.desk import Desk
    from poseviewer.app.jobs import Task
    from poseviewer.bench.lane import Lane
    from poseviewer.data.dataset import Dataset
    from poseviewer.motion.skeleton import Skeleton
    from poseviewer.nets.protocols import Embedding, MotionGenerator

_KEPT, _KEPT_FRAMES = 8, 1_000_000  # of indexed datasets, so that coming back to one is instant: about 100 MB
_ENOUGH = 8  # latents that a plane can be fitted to; with fewer the training data's own plane is better


class LatentSpace(QObject):
    """Keeps the bench's latents, index and projection true to the clip, the rollout, the dataset and the embedding."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._embedding: Embedding | None = None
        self._asked: tuple[Dataset, Embedding] | None = None  # what was last asked to be indexed
        self._indexing: Task | None = None
        self._anchor_key: tuple[object, ...] = ()
        self._anchor: tuple[NDArray[Any], NDArray[Any], Any] | None = None
        self._of_rollouts: WeakKeyDictionary[Rollout, Latents] = WeakKeyDictionary()
        self._failed_on_rollouts: object = None
        desk.datasets_changed.connect(self._forget_closed)

    def follow_embedding(self) -> bool:
        """Drop whatever another embedding than the one at work has encoded; gives whether there is another one."""
        if self._desk.bench.embedding is self._embedding:
            return False
        self._embedding = self._desk.bench.embedding
        self._desk.bench.projection = None
        self.follow_side()
        return True

    def follow_side(self) -> None:
        """Drop what was encoded of the clip and of rollouts: it was seen from another side."""
        self._anchor_key = ()
        self._of_rollouts.clear()
        self._desk.bench.clip_latents = None

    def follow_mapping(self, rig: Skeleton) -> None:
        """Drop whatever was encoded of a rig: its joints are other ones now."""
        self.follow_side()
        self._stop_indexing()
        indexes = self._desk.bench.indexes
        if any(other.joints == rig.joints for index in indexes for other in index.dataset.skeletons):
            indexes.clear()

    def refresh(self) -> None:
        """Encode the clip, index the dataset if that is new, fit the map; on the models lane."""
        bench, desk = self._desk.bench, self._desk
        if bench.embedding is None or bench.dataset is None:
            self._stop_indexing()
        bench.mean_pose = self._mean_pose()
        desk.announce(desk.latents_changed)
        embedding, embedded, clip = bench.embedding, bench.embedded, bench.clip
        if embedding is None:
            return
        if embedded is None:
            self.project()
            self._index_dataset()
            return

        def encoded(latents: NDArray[Any]) -> None:
            if bench.clip is clip and bench.embedding is embedding:
                bench.clip_latents = latents
                self.project()
                self._index_dataset()  # an embedding that fails at the clip has told so once, and fails no more

        def failed(error: BaseException) -> None:
            desk.report(error, "The clip was not encoded")
            if bench.clip is clip and bench.embedding is embedding:
                told = error.sentence() if isinstance(error, PoseviewerError) else str(error)
                bench.embedding_misfit = told or "The embedding failed at this clip."  # the map waits no longer
                self.project()

        self._afresh("Encoding the clip", lambda: latents_of(embedded, embedding), encoded, failed)

    def _afresh(
        self, title: str, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[BaseException], None]
    ) -> None:
        """Do something on the models lane in the place of the same work of before, which nobody waits for any more."""
        for task in self._desk.jobs.running:
            if task.quiet and task.title == title:
                task.cancel()
        self._desk.jobs.submit("models", title, work, done, failed, quiet=True)

    # the dataset

    @property
    def indexing(self) -> str:
        """What is being made of the dataset on the bench, and how far that is; empty where nothing is under way."""
        task = self._indexing
        if task is None or task.cancelled or task not in self._desk.jobs.running:
            return ""
        progress = task.progress
        return f"{task.title}, {100 * progress.done // progress.total} %" if progress.total else task.title

    def _index_dataset(self) -> None:
        bench, desk = self._desk.bench, self._desk
        dataset, embedding = bench.dataset, bench.embedding
        if dataset is None or embedding is None or self._asked == (dataset, embedding):
            return
        self._stop_indexing()
        if bench.index is not None:
            return
        self._asked = (dataset, embedding)
        from poseviewer.analysis.latent_index import index_dataset

        def done(index: LatentIndex) -> None:
            bench.indexes.append(index)
            self._forget_closed()
            self.project()

        # a lane of its own: a large dataset takes minutes, and Step must not wait for it
        work, what = partial(index_dataset, dataset, embedding), "The map was not made"
        self._indexing = desk.submit("index", f"Encoding {dataset.name}", work, done, what)

    def _stop_indexing(self) -> None:
        """What is being indexed is not on the bench any more."""
        if self._indexing is not None:
            self._indexing.cancel()
        self._asked = self._indexing = None

    def _forget_closed(self) -> None:
        """Drop the indexes of closed datasets, and the oldest of too many; what is on the bench stays."""
        bench = self._desk.bench
        kept: list[LatentIndex] = []
        for index in reversed(bench.indexes):
            frames = sum(len(other.latents) for other in kept) + len(index.latents)
            shown = index is bench.index
            if shown or (index.dataset in bench.datasets and frames <= _KEPT_FRAMES and len(kept) < _KEPT):
                kept.insert(0, index)
        bench.indexes[:] = kept

    def project(self) -> None:
        """Fit the map's projection to what `fit_to` says, on the models lane."""
        bench, desk = self._desk.bench, self._desk
        embedding = bench.embedding
        if embedding is None:
            return
        work = self._fitting(embedding)

        def done(projection: Projection | None) -> None:
            if bench.embedding is embedding:
                bench.projection = projection
                desk.announce(desk.latents_changed)

        self._afresh("Fitting the map", work, done, lambda error: desk.report(error, "The map was not fitted"))

    def _fitting(self, embedding: Embedding) -> Callable[[], Projection | None]:
        """What makes the chosen projection of the bench as it is; of one level of the latent where one is chosen."""
        bench = self._desk.bench
        shown, part, size = chosen.projecting(bench), chosen.part_of(bench), sum(embedding.level_sizes)
        if shown == "dimensions":
            return partial(DimensionsProjection.of, chosen.axes_of(bench), size, chosen.nats(bench))
        index = bench.index
        if shown == "LDA" and index is not None:
            actions = index.action[index.clip]
            named = np.array([bool(name) for name in index.actions])[actions]
            return lambda: LDAProjection.fit(index.latents[named, part], actions[named]).widened(part, size)
        latents, stated = self._latents_to_fit(), bench.has_statistics

        def principal() -> Projection | None:
            if stated and (latents is None or len(latents) < _ENOUGH):
                moments: Any = embedding
                mean, covariance = np.asarray(moments.latent_mean), np.asarray(moments.latent_covariance)
                return PCAProjection.from_moments(mean[part], covariance[part, part]).widened(part, size)
            if latents is None or not len(latents):
                return None
            return PCAProjection.fit(latents[:, part]).widened(part, size)

        return principal

    def _latents_to_fit(self) -> NDArray[Any] | None:
        bench = self._desk.bench
        index, clip = bench.index, bench.clip
        if bench.fit_to == "clip" and bench.clip_latents is not None:
            return bench.clip_latents
        if index is None:
            return None
        if bench.fit_to != "action" or clip is None or action_name(clip.action) not in index.actions:
            return index.latents
        return index.latents[index.action[index.clip] == index.actions.index(action_name(clip.action))]

    # rollouts of generators that do not speak the embedding's latents

    def encoder_of(self, generator: MotionGenerator) -> Embedding | None:
        """The embedding that a generator's poses must be encoded by to lie on the map; None where they need or can not.

        A 2D embedding sees a 3D rollout on the plane that it sees the clip on.
        """
        bench = self._desk.bench
        embedding = bench.embedding
        if embedding is None or embedding is self._failed_on_rollouts or bench.speaks_latents(generator):
            return None
        ours, theirs = embedding.skeleton, generator.skeleton
        seen = ours.dims == theirs.dims or (ours.dims == 2 and self._plane is not None)
        return embedding if seen and maps_onto(theirs, ours) else None

    @property
    def _plane(self) -> Plane | None:
        """Where the embedding at work sees the 3D clip; None where it is not 2D."""
        embedded = self._desk.bench.embedded
        return None if embedded is None else embedded.plane

    def of_rollout(self, rollout: Rollout) -> Latents | None:
        """What has been encoded of a rollout; None where nothing has, or another sample is picked since."""
        known = None if self._desk.bench.embedding is None else self._of_rollouts.get(rollout)
        return None if known is None else known.picked(rollout.sample)

    def take(self, rollout: Rollout, latents: Latents | None, encoder: Any, failure: BaseException | None) -> None:
        """Keep what `encoder` made of a rollout, for as long as anybody keeps the rollout; tell of its failure once."""
        if encoder is None or encoder is not self._desk.bench.embedding:
            return
        if failure is not None:
            self._failed_on_rollouts = encoder
            self._desk.report(failure, "The rollout has no path on the map")
        elif latents is not None:
            self._of_rollouts[rollout] = latents

    def encode_rollouts(self) -> None:
        """Encode the lanes' rollouts where their latents are not known; on the models lane."""
        for lane in self._desk.bench.lanes:
            self._encode(lane)

    def _encode(self, lane: Lane) -> None:
        bench, desk, rollout, role = self._desk.bench, self._desk, lane.rollout, lane.role
        if bench.embedding is None or rollout is None or not rollout.length or lane.latents is not None:
            return
        encoder, plane = self.encoder_of(rollout.generator), self._plane
        if encoder is None:
            return

        def done(latents: Latents | None) -> None:
            self.take(rollout, latents, encoder, None)
            now, latents = bench.lane_of(role), self.of_rollout(rollout)
            if now is not None and now.rollout is rollout and bench.embedding is encoder:
                bench.put(replace(now, latents=latents))
                desk.announce(desk.latents_changed)

        work = partial(encoded_further, rollout, encoder, None, 0, plane)
        self._afresh(f"Encoding rollout {lane.name}", work, done, partial(self.take, rollout, None, encoder))

    # a held latent

    def held(self, latent: NDArray[Any]) -> Held | None:
        """The pose that a latent (Z,) decodes to where the present frame stands.

        Of a generated frame x whose latent is z it is x + D(latent) - D(z): grabbing it changes nothing until it moves.
        """
        bench = self._desk.bench
        if bench.embedding is None:
            return None
        if bench.from_the_mean:
            return self._held_alone(latent, bench.embedding)
        anchor = self._anchored()
        if anchor is None:
            return None
        pose, origin, at = anchor
        decoded = bench.embedding.decode(np.asarray(latent)[None], at).poses[0]
        if bench.shows_generated():
            decoded = pose + decoded - bench.embedding.decode(origin[None], at).poses[0]
        return Held(np.asarray(latent), decoded.astype(np.float32), origin)

    def _mean_pose(self) -> NDArray[np.float32] | None:
        """(J, D) what the training data's mean decodes to, for a bench without a clip."""
        bench = self._desk.bench
        if bench.clip is not None or not bench.from_the_mean:
            return None
        embedding: Any = bench.embedding
        try:
            return self._held_alone(embedding.latent_mean, embedding).pose
        except PoseviewerError as error:
            self._desk.report(error, "The mean pose was not decoded")
            return None

    def pose_alone(self, latent: NDArray[Any]) -> NDArray[np.float32] | None:
        """(J, D) what a latent (Z,) decodes to where no clip places it; None where the embedding fails at it."""
        embedding = self._desk.bench.embedding
        try:
            return None if embedding is None else self._held_alone(latent, embedding).pose
        except PoseviewerError:
            return None

    def _held_alone(self, latent: NDArray[Any], embedding: Any) -> Held:
        """The pose that a latent (Z,) decodes to where no clip places it."""
        dims, latent = embedding.skeleton.dims, np.asarray(latent)
        at = getattr(embedding, "neutral", None)
        if at is None:  # another package's; most read no size from it
            at = Placement(np.zeros((1, dims)), np.zeros(1), np.full(1, 0.85 if dims == 3 else 1.0))
        pose = embedding.decode(latent[None], at).poses[0]
        return Held(latent, pose.astype(np.float32), np.asarray(embedding.latent_mean))

    def _anchored(self) -> tuple[NDArray[Any], NDArray[Any], Any] | None:
        """The present frame's pose (J, D) on the embedding's skeleton, its latent (Z,) and its placement.

        A generator that speaks the embedding's latents has one of its own for a frame; what the pose is encoded to is
        near it at best.
        """
        bench = self._desk.bench
        lane = bench.shown_lane() or bench.lane
        key = (bench.clip, bench.embedding, lane.role, lane.rollout, lane.sample, bench.time, lane.horizon)
        if key != self._anchor_key:
            present = self._present_pose()
            if present is None or bench.embedding is None:
                return None
            posterior, at = bench.embedding.encode(*present)
            own = bench.latent_at(bench.time) if bench.shows_generated() else None
            origin = posterior.latent[0] if own is None else own
            self._anchor_key, self._anchor = key, (present[0][0], origin, at)
        return self._anchor

    def _present_pose(self) -> tuple[NDArray[Any], NDArray[np.bool_] | None] | None:
        """(1, J, D) what stands at the present time, and (1, J) which joints are seen, on the embedding's skeleton."""
        bench = self._desk.bench
        if bench.shows_generated():
            lane, embedding = bench.shown_lane(), bench.embedding
            if lane is None or lane.rollout is None or embedding is None or lane.latents is None:
                return None
            rollout, frame = lane.rollout, lane.frame_at(bench.time)
            pose = rollout.poses_of(lane.sample, frame, frame + 1)
            return on_skeleton(pose, rollout.skeleton, embedding.skeleton, self._plane), None
        clip = bench.embedded
        if clip is None or bench.track is None:
            return None
        cycle, frame = divmod(bench.track.frame_at(bench.time), len(clip))
        pose = clip.positions[frame : frame + 1]
        if cycle:
            pose = carried(pose, [cycle], loop_travel(clip), clip.turn)
        return pose, None if clip.visible is None else clip.visible[frame : frame + 1]
