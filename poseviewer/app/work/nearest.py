"""Finds the nearest real pose of what is generated or held, on a lane, while somebody wants to see it."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from poseviewer.bench.scene.nearest import Asked, asked

if TYPE_CHECKING:
    from poseviewer.analysis.latent_index import LatentIndex, RealPose
    from poseviewer.app.desk import Desk
    from poseviewer.motion.clip import Clip

_KEPT, _KEPT_CLIPS = 512, 256


class Nearest(QObject):
    """One search at a time, of the pose that is there when it begins; what has been found is kept for a while."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._index: LatentIndex | None = None
        self._found: OrderedDict[tuple[int, int, int], tuple[Asked, RealPose | None]] = OrderedDict()
        self._clips: OrderedDict[int, Clip] = OrderedDict()
        self._busy = False
        for signal in (
            desk.time_changed, desk.held_changed, desk.rollout_changed, desk.latents_changed, desk.look_changed,
            desk.clip_changed,
        ):  # fmt: skip
            signal.connect(self._follow)

    def _follow(self) -> None:
        bench = self._desk.bench
        if not bench.look.nearest and not bench.nearest:
            return
        wanted = asked(bench)
        if bench.index is not self._index:
            self._index = bench.index
            self._found.clear()
            self._clips = OrderedDict()
        known = {ask.key: self._found[ask.key][1] for ask in wanted if ask.key in self._found}
        bench.nearest = {key: real for key, real in known.items() if real is not None}
        missing = next((ask for ask in wanted if ask.key not in self._found), None)
        if missing is not None and bench.index is not None and not self._busy:
            self._search(missing, bench.index)

    def _search(self, ask: Asked, index: LatentIndex) -> None:
        clips = self._clips

        def read(number: int) -> Clip:
            if number not in clips:
                clips[number] = index.dataset.clip(number).onto(index.embedding.skeleton)
                while len(clips) > _KEPT_CLIPS:
                    clips.popitem(last=False)
            return clips[number]

        def work() -> RealPose | None:
            from poseviewer.analysis.encoding import on_skeleton
            from poseviewer.analysis.latent_index import nearest_real

            pose = ask.pose
            if ask.lane is not None and ask.lane.rollout is not None:
                pose = on_skeleton(pose[None], ask.lane.rollout.skeleton, index.embedding.skeleton)[0]
            return nearest_real(index, ask.latent, pose, read)

        def done(real: RealPose | None) -> None:
            self._busy = False
            if index is self._index:
                self._found[ask.key] = ask, real
                while len(self._found) > _KEPT:
                    self._found.popitem(last=False)
            self._follow()
            self._desk.announce(self._desk.nearest_changed)

        def failed(error: BaseException) -> None:
            self._busy = False
            self._found[ask.key] = ask, None  # it is not asked for again
            if index is self._index and index.dataset in self._desk.bench.datasets:
                self._desk.report(error, "No nearest real pose was found")

        self._busy = True
        self._desk.jobs.submit("nearest", "Looking for the nearest real pose", work, done, failed, quiet=True)
