"""The ways of a clip and of what is generated over the latent map, as plain data in map units. No Qt.

Letters: S samples, P points of a path. Map points (2,) lie on the projection's two axes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.motion.growing import appended, goes_on
from poseviewer.render.palette import Role

if TYPE_CHECKING:
    from poseviewer.analysis.encoding import Latents
    from poseviewer.analysis.projection import Projection

MARK_EVERY = 10  # frames between two markers of a path
RECENT = 60
"""Frames, two seconds, of what is generated that stand out; what is older is a thread with few markers."""
_SPARSE, _FEW = (50, 100, 200, 500, 1000, 2000, 5000, 10_000), 8  # frames between markers of what is older; how many
_OTHER_SAMPLES = 15  # faint paths of a stochastic model's other samples


@dataclass(frozen=True, eq=False)
class MapPath:
    """A motion's way over the map: xy (P, 2); frames (P,) numbers relative to the seed's end; closed where it loops.

    grown: of what is generated the array (S, P, 2) that it is a row of, which goes on as frames are made (`growing`);
    box (2, 2): its lowest and highest coordinates, where they are known.
    """

    xy: NDArray[np.float64]
    frames: NDArray[np.int64]
    role: Role
    closed: bool = False
    faint: bool = False
    grown: NDArray[np.float64] | None = None
    box: NDArray[np.float64] | None = None

    @cached_property
    def corners(self) -> NDArray[np.float64]:
        """(2, 2) the lowest and the highest coordinates of all points, of which there is one at least."""
        return _box(self.xy) if self.box is None else self.box

    def marks(self) -> NDArray[np.int64]:
        """Indices of the points that carry a round marker: every tenth frame but the seed's last.

        Of what is generated those of the last seconds, and few of what is older.
        """
        if self.grown is not None:
            return np.searchsorted(self.frames, self._marked())
        due = np.flatnonzero((self.frames % MARK_EVERY == 0) & (self.frames != 0))
        _, first = np.unique(self.frames[due], return_index=True)
        return due[first]

    def arrows(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Indices of points midway between markers, and in radians from +x towards +y which way the path goes there."""
        due = np.flatnonzero(self.frames % MARK_EVERY == MARK_EVERY // 2)
        _, first = np.unique(self.frames[due], return_index=True)
        at = due[first]
        ahead = self.xy[np.minimum(at + 1, len(self.xy) - 1)] - self.xy[np.maximum(at - 1, 0)]
        goes = np.linalg.norm(ahead, axis=1) > 0.0
        return at[goes], np.arctan2(ahead[goes, 1], ahead[goes, 0])

    def _marked(self) -> NDArray[np.int64]:
        """The frames that are marked of what is generated."""
        last = int(self.frames[-1])
        recent = max(0, last - RECENT) // MARK_EVERY * MARK_EVERY
        every = next((step for step in _SPARSE if recent <= _FEW * step), _SPARSE[-1])
        return np.array([*range(every, recent, every), *range(recent + MARK_EVERY, last + 1, MARK_EVERY)], dtype=int)


@dataclass(frozen=True, eq=False)
class Ways:
    """A lane's samples over the map: xy (S, P, 2) and the frames' numbers (P,), from the seed's last one on.

    made_of: what would make others of the same latents. begins: the point from which on the other samples are known.
    box (2, 2): the lowest and highest coordinates of the first sample.
    """

    made_of: tuple[Any, ...]
    latents: Latents
    xy: NDArray[np.float64]
    frames: NDArray[np.int64]
    role: Role
    begins: int
    box: NDArray[np.float64]


def ways_of(
    bench: Bench, lane: Lane, clip_xy: NDArray[np.float64] | None, projection: Projection, last: Ways | None
) -> Ways | None:
    """The ways of a lane's samples as far as they are known; on from those that were known last."""
    latents, track = lane.latents, lane.track
    if track is None or latents is None or not len(latents) or clip_xy is None or bench.clip is None:
        return None
    start, rate = clip_xy[min(bench.seed[1], len(clip_xy)) - 1], bench.fps / (lane.fps or bench.fps)
    others = [other for other in range(len(latents.recent)) if other != latents.sample]
    samples = (latents.sample, *others[:_OTHER_SAMPLES])
    made_of = (samples, projection, start.tobytes(), rate)
    known = 0
    if last is not None and last.made_of == made_of:
        if latents is last.latents:
            return last
        if goes_on(latents.own, last.latents.own) or goes_on(last.latents.own, latents.own):
            known = min(len(latents), len(last.latents))
    if known < latents.before and len(samples) > 1:  # of the others some that were not looked at are gone
        known = 0
    shown = latents.rows(samples, known)
    flat = np.asarray(projection.map(shown.reshape(-1, shown.shape[-1])), dtype=np.float64)
    fresh = flat.reshape(*shown.shape[:2], 2)
    numbers = np.round(np.arange(known, len(latents) + 1) * rate).astype(np.int64)
    if known and last is not None:
        xy, frames = appended(last.xy[:, : known + 1], fresh, 1), appended(last.frames[: known + 1], numbers[1:])
        begins = last.begins
        box = _box(xy[0]) if known < len(last.latents) else _box(np.concatenate([last.box, fresh[0]]))
    else:
        begins = 1 + latents.before if latents.before else 0
        first = np.broadcast_to(start, (len(fresh), 1, 2))
        xy, frames = appended(np.empty((len(fresh), 0, 2)), np.concatenate([first, fresh], axis=1), 1), numbers
        box = _box(xy[0])
    return Ways(made_of, latents, xy, frames, lane.role, begins, box)


def still_paths(bench: Bench, clip_xy: NDArray[np.float64] | None, alone: bool) -> tuple[MapPath, ...]:
    """The clip's: truth below, the seed above. alone: nothing is generated."""
    if clip_xy is None or bench.clip is None:
        return ()
    start, stop = bench.seed[0], min(bench.seed[1], len(clip_xy))
    numbers = np.round((np.arange(len(clip_xy)) - (bench.seed[1] - 1)) * bench.fps / bench.clip.fps).astype(np.int64)
    numbers = np.maximum(numbers, bench.first_frame)
    paths = []
    made = len(clip_xy) if bench.clip.seed_frames is None else max(bench.clip.seed_frames, stop)
    for first, last in ((stop, made), (made, len(clip_xy))):
        if first < last:
            part = slice(first - 1, last)
            paths.append(MapPath(clip_xy[part], numbers[part], bench.clip_part(first / bench.clip.fps).role))
    whole = bench.clip.loop and stop - start == len(clip_xy) and alone
    return (*paths, MapPath(clip_xy[start:stop], numbers[start:stop], "seed", closed=whole))


def all_paths(still: tuple[MapPath, ...], generated: list[Ways | None]) -> tuple[MapPath, ...]:
    """What is drawn later lies above: truth, the other samples, the seed, the rollouts."""
    known = [ways for ways in generated if ways is not None]
    leads = [MapPath(ways.xy[0], ways.frames, ways.role, grown=ways.xy, box=ways.box) for ways in known]
    others = [
        MapPath(xy[ways.begins :], ways.frames[ways.begins :], ways.role, faint=True, grown=ways.xy)
        for ways in known
        for xy in ways.xy[1:]
        if ways.begins < len(ways.frames)
    ]
    return (*still[:-1], *others, *still[-1:], *leads)


def _box(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, 2) the lowest and the highest coordinates of points (P, 2)."""
    return np.stack([xy.min(axis=0), xy.max(axis=0)])
