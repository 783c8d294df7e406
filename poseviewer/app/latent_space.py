"""Latents of what lies on the bench: the clip's, the dataset's, the map's projection, the decoding of a held one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from poseviewer.bench.bench import Held
from poseviewer.motion.clip import carried, loop_travel

if TYPE_CHECKING:
    from poseviewer.analysis.latent_index import LatentIndex
    from poseviewer.analysis.projection import PCAProjection
    from poseviewer.app.jobs import Task
    from poseviewer.app.session import Session


class LatentSpace(QObject):
    """Keeps bench.clip_latents, bench.index and bench.projection true to the clip, the dataset and the embedding."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._indexed: tuple[object, object] | None = None
        self._indexing: Task | None = None
        self._anchor_key: tuple[object, ...] = ()
        self._anchor: tuple[NDArray[Any], NDArray[Any], Any] | None = None

    def forget(self) -> None:
        """The embedding is another one: nothing encoded holds any longer."""
        self._indexed = None
        self._anchor_key = ()
        self._session.bench.index = None
        self._session.bench.projection = None
        self._session.bench.clip_latents = None

    def refresh(self) -> None:
        """Encode the clip, index its dataset if that is new, fit the map; on the models lane."""
        bench, session = self._session.bench, self._session
        if bench.embedding is None:
            return
        bench.fit_models()
        session.latents_changed.emit()
        embedding, mapped, clip = bench.embedding, bench.mapped, bench.clip
        if mapped is not None:

            def encoded(latents: NDArray[Any]) -> None:
                if bench.clip is clip and bench.embedding is embedding:
                    bench.clip_latents = latents
                    self.project()

            session.submit(
                "models", "Encoding the clip", lambda: embedding.encode(mapped.positions)[0].latent, encoded, quiet=True
            )
        if bench.dataset is not None and self._indexed != (bench.dataset, embedding):
            self._index_dataset()

    def _index_dataset(self) -> None:
        bench, session = self._session.bench, self._session
        dataset, embedding = bench.dataset, bench.embedding
        assert dataset is not None and embedding is not None
        self._indexed = (dataset, embedding)

        def work() -> Any:
            from poseviewer.analysis.latent_index import index_dataset

            return index_dataset(dataset, embedding)

        def done(index: LatentIndex) -> None:
            if self._indexed == (dataset, embedding):
                bench.index = index
                self.project()

        if self._indexing is not None:
            self._indexing.cancel()
        # a lane of its own: a large dataset takes minutes, and Step must not wait for it
        self._indexing = session.submit("index", f"Encoding {dataset.name}", work, done, what="The map was not made")

    def project(self) -> None:
        """Fit the map's projection to what `fit_to` says, on the models lane."""
        bench, session = self._session.bench, self._session
        latents = self._latents_to_fit()
        moments = bench.embedding
        if moments is None:
            return

        def work() -> PCAProjection:
            from poseviewer.analysis.projection import PCAProjection

            if latents is None or len(latents) < 8:
                return PCAProjection.from_moments(moments.latent_mean, moments.latent_covariance)  # type: ignore[attr-defined]
            return PCAProjection.fit(latents)

        def done(projection: PCAProjection) -> None:
            if bench.embedding is moments:
                bench.projection = projection
                session.latents_changed.emit()

        session.submit("models", "Fitting the map", work, done, what="The map was not fitted", quiet=True)

    def _latents_to_fit(self) -> NDArray[Any] | None:
        bench = self._session.bench
        if bench.fit_to == "clip":
            return bench.clip_latents
        if bench.index is None:
            return None
        if bench.fit_to == "all" or bench.dataset is None or bench.clip is None:
            return bench.index.latents
        actions = np.array([info.action == bench.clip.action for info in bench.dataset.infos])
        return bench.index.latents[actions[bench.index.clip]]

    def held(self, latent: NDArray[Any]) -> Held | None:
        """The pose that a latent (Z,) decodes to where the present frame stands.

        Of a generated frame x whose latent is z it is x + D(latent) - D(z): grabbing it changes nothing until it moves.
        """
        bench = self._session.bench
        if bench.embedding is None:
            return None
        anchor = self._anchored()
        if anchor is None:
            return None
        pose, origin, at = anchor
        decoded = bench.embedding.decode(np.asarray(latent)[None], at).poses[0]
        if bench.shows_generated():
            decoded = pose + decoded - bench.embedding.decode(origin[None], at).poses[0]
        return Held(np.asarray(latent), decoded.astype(np.float32), origin)

    def _anchored(self) -> tuple[NDArray[Any], NDArray[Any], Any] | None:
        """The present frame's pose (J, 3), its latent (Z,) and its placement."""
        bench = self._session.bench
        key = (bench.clip, bench.embedding, bench.rollout, bench.time, bench.horizon)
        if key != self._anchor_key:
            pose = self._present_pose()
            if pose is None or bench.embedding is None:
                return None
            posterior, at = bench.embedding.encode(pose[None])
            self._anchor_key, self._anchor = key, (pose, posterior.latent[0], at)
        return self._anchor

    def _present_pose(self) -> NDArray[Any] | None:
        bench = self._session.bench
        if bench.shows_generated():
            return bench.generated[0].pose(bench.generated[0].frame_at(bench.time))
        if bench.mapped is None or bench.track is None:
            return None
        cycle, frame = divmod(bench.track.frame_at(bench.time), len(bench.mapped))
        pose = bench.mapped.positions[frame : frame + 1]
        return carried(pose, [cycle], loop_travel(bench.mapped), bench.mapped.turn)[0] if cycle else pose[0]
