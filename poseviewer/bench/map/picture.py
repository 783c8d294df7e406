"""Bench -> MapPicture: what the latent map shows, as plain data in map units. No Qt.

Letters: N indexed frames, Z latent size, P points of a path. Map points (2,) lie on the projection's two axes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.density import evenly
from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.bench.map import chosen
from poseviewer.bench.map.density import Extent, MapDensity, of_points, stored
from poseviewer.bench.map.legend import LegendKey, LegendScale, MapColour, groups, keys, off_words, scale
from poseviewer.bench.map.paths import MapPath, Ways, all_paths, still_paths, ways_of
from poseviewer.render.palette import Role
from poseviewer.text import counted

if TYPE_CHECKING:
    from poseviewer.analysis.latent_index import LatentIndex
    from poseviewer.analysis.projection import Projection

_PIECE = 32_768
_OUTLYING = 1.0  # per cent of the points at each side that the fitted view may cut off
_FREE_REACH = 2.0  # standard deviations around the mean that are seen where there is no clip
_AROUND = 0.1  # margin of the fitted view

_NO_PATH = "The embedding does not read this clip: it has no path here."

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class MapPoints:
    """Background points: xy (N, 2) of an index's frames, group (N,) that colours them."""

    index: LatentIndex
    xy: NDArray[np.float32]
    group: NDArray[np.uint8]

    def name(self, point: int) -> str:
        """Clip and frame of a point, and how far its reconstruction is off where that is known."""
        index = self.index
        name = f"{index.dataset.infos[int(index.clip[point])].name}, frame {int(index.frame[point])}"
        error = np.nan if index.errors is None else float(index.errors[point])
        return f"{name}, {off_words(index, error)} off" if np.isfinite(error) else name


@dataclass(frozen=True, eq=False)
class MapPicture:
    """All that stands still while time moves.

    sentence: what will fill the map, or why nothing can; empty where it is filled. reason: why the clip has no path,
    in full; it would cover a map that shows something. captions: of the two axes.
    clip_xy (F, 2) of the clip's frames; generated_xy of each lane (H, 2) of the generated ones, None where they are not
    known; mean_xy (2,) of the training data where a latent is taken up there. legend, scale: what the points' colours
    mean.
    """

    sentence: str = ""
    reason: str = ""
    points: MapPoints | None = None
    density: MapDensity | None = None
    paths: tuple[MapPath, ...] = ()
    captions: tuple[str, str] = ("", "")
    note: tuple[str, str] = ("", "")
    clip_xy: NDArray[np.float64] | None = None
    generated_xy: tuple[NDArray[np.float64] | None, ...] = ()
    mean_xy: NDArray[np.float64] | None = None
    legend: tuple[LegendKey, ...] = ()
    scale: LegendScale | None = None
    bounds: Extent = (-1.0, 1.0, -1.0, 1.0)


@dataclass(frozen=True, eq=False)
class MapHere:
    """Where the present frame lies: xy (2,); origin (2,) where a held point was taken from, None where nothing is held.

    role and frame (its number relative to the seed's end) are None at the mean, where there is no clip on the map.
    """

    xy: NDArray[np.float64]
    role: Role | None
    frame: int | None
    origin: NDArray[np.float64] | None = None


@dataclass
class MapComposer:
    """Makes pictures, and keeps each part until what it is made of is another object."""

    _kept: dict[str, tuple[tuple[Any, ...], Any]] = field(default_factory=dict)
    _ways: dict[Role, Ways] = field(default_factory=dict)

    def picture(self, bench: Bench) -> MapPicture:
        """The map of a bench; cheap where nothing has changed."""
        projection, colour = bench.projection, chosen.colouring(bench)
        if bench.embedding is None or projection is None:
            return MapPicture(sentence=waiting(bench))
        points = self._points(bench, projection, colour)
        density = self._density(bench, projection, points)
        clip_xy = self._clip_xy(bench, projection)
        generated = [self._generated(bench, lane, clip_xy, projection) for lane in bench.lanes]
        alone = all(way is None for way in generated)
        models = [thing for lane in bench.lanes for thing in (lane.rollout, lane.generator)]
        key = (clip_xy, bench.clip, bench.seed, alone, bench.fps)
        still = self._cached("still", key, lambda: still_paths(bench, clip_xy, alone))
        made_of = (still, *generated, *models)
        paths = self._cached("paths", made_of, lambda: all_paths(still, generated))
        mean = self._mean(bench, projection)
        return MapPicture(
            sentence=waiting(bench) if density is None else _NO_PATH if bench.embedding_misfit else "",
            reason=bench.embedding_misfit,
            points=points,
            density=density,
            paths=paths,
            captions=_captions(bench, projection),
            note=note_of(points, density, bench.from_the_mean),
            clip_xy=clip_xy,
            generated_xy=tuple(None if way is None else way.xy[0, 1:] for way in generated),
            mean_xy=None if mean is None else mean.mean(axis=0),
            legend=() if points is None else self._legend(bench, points.index, colour),
            scale=None if points is None else scale(points.index, colour),
            bounds=self._bounds(points, density, paths, bench.fit_to != "clip", mean),
        )

    def _cached(self, name: str, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        kept = self._kept.get(name)
        if kept is None or len(kept[0]) != len(key) or not all(map(_same, kept[0], key)):
            self._kept[name] = kept = (key, make())
        value: T = kept[1]
        return value

    def _points(self, bench: Bench, projection: Projection, colour: MapColour) -> MapPoints | None:
        index = bench.index
        if index is None or not len(index.latents):
            return None
        xy = self._cached("xy", (index.latents, projection), lambda: _mapped(projection, index.latents))
        group = self._cached("group", (index, colour), lambda: groups(index, colour))
        return self._cached("points", (xy, group), lambda: MapPoints(index, xy, group))

    def _legend(self, bench: Bench, index: LatentIndex, colour: MapColour) -> tuple[LegendKey, ...]:
        clip = bench.clip_index
        return self._cached("legend", (index, colour, clip), lambda: keys(index, colour, clip))

    def _density(self, bench: Bench, projection: Projection, points: MapPoints | None) -> MapDensity | None:
        if points is not None:
            return self._cached("density", (points.xy,), lambda: of_points(points.xy))
        embedding = bench.embedding
        return self._cached("stored", (embedding, projection), lambda: stored(embedding, projection))

    def _mean(self, bench: Bench, projection: Projection) -> NDArray[np.float64] | None:
        """(2, 2) corners around the mean of the training data where a latent is taken up there."""
        if not bench.from_the_mean:
            return None
        embedding: Any = bench.embedding
        centre = projection.map(np.asarray(embedding.latent_mean)[None])
        axes, covariance = projection.axes, np.asarray(embedding.latent_covariance)
        reach = _FREE_REACH * np.sqrt(np.maximum(np.einsum("kz,zy,ky->k", axes, covariance, axes), 1e-12))
        return np.concatenate([centre - reach, centre + reach])

    def _clip_xy(self, bench: Bench, projection: Projection) -> NDArray[np.float64] | None:
        latents = bench.clip_latents
        if latents is None or bench.clip is None:
            return None
        return self._cached("clip", (latents, projection), lambda: np.asarray(projection.map(latents), np.float64))

    def _generated(
        self, bench: Bench, lane: Lane, clip_xy: NDArray[np.float64] | None, projection: Projection
    ) -> Ways | None:
        ways = ways_of(bench, lane, clip_xy, projection, self._ways.get(lane.role))
        if ways is not None:
            self._ways[lane.role] = ways
        return ways

    def _bounds(
        self,
        points: MapPoints | None,
        density: MapDensity | None,
        paths: tuple[MapPath, ...],
        whole: bool,
        mean: NDArray[np.float64] | None,
    ) -> Extent:
        """What the fitted view shows: the paths, around the mean where there is no clip, and of the points all but the
        outermost.
        """
        corners = [corner for path in paths if not path.faint for corner in path.corners]
        cut = _OUTLYING if whole or not corners else 8.0 * _OUTLYING
        if points is not None:
            make = lambda: np.percentile(evenly(points.xy), [cut, 100.0 - cut], axis=0)  # noqa: E731
            corners += list(self._cached(f"within {cut}", (points.xy,), make))
        elif density is not None and not corners:
            left, right, bottom, top = density.extent
            for line in density.contours or (np.array([[left, bottom], [right, top]]),):
                corners += list(line)
        if mean is not None:
            corners += list(mean)
        if not corners:
            return -1.0, 1.0, -1.0, 1.0
        low, high = np.min(corners, axis=0), np.max(corners, axis=0)
        margin = _AROUND * np.maximum(high - low, 1e-3)
        (left, bottom), (right, top) = (low - margin).tolist(), (high + margin).tolist()
        return left, right, bottom, top


def _same(one: Any, other: Any) -> bool:
    """Whether two things are one object, or two numbers alike."""
    return one is other or (isinstance(one, float) and one == other)


def here(bench: Bench, picture: MapPicture) -> MapHere | None:
    """The present frame's place, read from the picture's paths: it costs nothing while time moves."""
    free = bench.from_the_mean
    role, relative = (None, None) if free else (bench.part_at().role, bench.relative_frame())
    if bench.held is not None and bench.projection is not None:
        xy = bench.projection.map(np.stack([bench.held.latent, bench.held.origin]))
        return MapHere(xy[0], role, relative, xy[1])
    if free:
        return None if picture.mean_xy is None else MapHere(picture.mean_xy, role, relative)
    at = bench.wrapped(bench.time)
    shown = bench.shown_lane(at)  # of several that stand there the one in focus, as its latent is the one in hand
    for lane, path in zip(bench.lanes, picture.generated_xy, strict=False):  # an empty picture has none
        if lane is shown:
            return None if path is None else MapHere(path[min(lane.frame_at(at), len(path) - 1)], role, relative)
    path = picture.clip_xy
    if path is None or bench.clip is None or len(path) != len(bench.clip):  # of the clip before, until it is made anew
        return None
    return MapHere(path[bench.clip_frame(at)], role, relative)


def waiting(bench: Bench) -> str:
    """One sentence that says what will fill the map; empty where it is filled."""
    if bench.embedding is None:
        return "The map fills when an embedding is loaded: every pose of the dataset becomes a point."
    if bench.embedding_misfit:  # the reason stands once, beside the generator's buttons where they are concerned too
        concerned = bench.lane.generator is not None and bench.lane.misfit
        return "The models do not read this clip: it has no path here." if concerned else bench.embedding_misfit
    if bench.clip is None:
        return "Open a clip to see its path through the latent space."
    return "Encoding the clip: its path appears here." if bench.clip_latents is None or bench.projection is None else ""


def _captions(bench: Bench, projection: Projection) -> tuple[str, str]:
    """What the two axes show, and of which of several levels."""
    level, (across, up) = chosen.level_of(bench), projection.captions
    return (across, up) if level is None else (f"level {level + 1}, {across}", f"level {level + 1}, {up}")


def _mapped(projection: Projection, latents: NDArray[np.floating]) -> NDArray[np.float32]:
    """(N, 2) of latents (N, Z), in pieces that stay in the processor's cache."""
    xy = np.empty((len(latents), 2), dtype=np.float32)
    for start in range(0, len(latents), _PIECE):
        xy[start : start + _PIECE] = projection.map(latents[start : start + _PIECE])
    return xy


def note_of(points: MapPoints | None, density: MapDensity | None, free: bool) -> tuple[str, str]:
    """What stands at the map's foot: how much it shows, and what its contours or the ring say; free: of a lone ring."""
    drag = "drag the ring: the pose under it is decoded" if free else ""
    if points is not None:
        return counted(len(points.xy), "frame"), drag or "contours hold 50, 80, 95 % of the data"
    return "" if density is None else "density of the training data, from the checkpoint", drag
