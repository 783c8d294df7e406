"""Bench -> MapPicture: what the latent map shows, as plain data in map units. No Qt.

Letters: N indexed frames, Z latent size, P points of a path. Map points (2,) lie on the projection's two axes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.contours import contour
from poseviewer.render.palette import Role

if TYPE_CHECKING:
    from poseviewer.analysis.latent_index import LatentIndex
    from poseviewer.analysis.projection import PCAProjection

MapColour = Literal["action", "clip", "frame"]
Extent = tuple[float, float, float, float]
"""left, right, bottom, top in map units."""

OTHER = 255
"""The group of points that have no colour of their own."""
RAMP = 12  # steps of the colouring by frame
MARK_EVERY = 10  # frames between two markers of a path
_PIXELS = 220  # of the density's longer side
_BANDWIDTH = 0.65  # of Scott's rule, which is for one blob: motions are many
_CENTRE_BANDWIDTH = 0.9
_DENSITY_MARGIN = 0.16  # of the extent, so that the outermost contour closes inside the image
_BRIGHTEST = 0.05  # of the frames lie where the image is at its brightest
_PIECE = 32_768
_SPECK = 10  # points of a contour that is too small to be seen
_OUTLYING = 1.0  # per cent of the points at each side that the fitted view may cut off
_AROUND = 0.1  # margin of the fitted view
_OTHER_SAMPLES = 15  # faint paths of a stochastic model's other samples

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class MapPoints:
    """Background points: xy (N, 2) of an index's frames, group (N,) that colours them."""

    index: LatentIndex
    xy: NDArray[np.float32]
    group: NDArray[np.uint8]

    def name(self, point: int) -> str:
        """Clip and frame of a point."""
        index = self.index
        return f"{index.dataset.infos[int(index.clip[point])].name}, frame {int(index.frame[point])}"


@dataclass(frozen=True, eq=False)
class MapDensity:
    """How the frames spread: image (H, W), row 0 at the bottom, 1 where the densest twentieth of the frames lies.

    contours: closed lines (P, 2) that hold 50, 80 and 95 % of the frames.
    """

    image: NDArray[np.float64]
    extent: Extent
    contours: tuple[NDArray[np.float64], ...]
    of_dataset: bool


@dataclass(frozen=True, eq=False)
class MapPath:
    """A motion's way over the map: xy (P, 2); frames (P,) numbers relative to the seed's end; closed where it loops."""

    xy: NDArray[np.float64]
    frames: NDArray[np.int64]
    role: Role
    closed: bool = False
    faint: bool = False

    def marks(self) -> NDArray[np.int64]:
        """Indices of the points that carry a round marker: every tenth frame but the seed's last."""
        due = np.flatnonzero((self.frames % MARK_EVERY == 0) & (self.frames != 0))
        _, first = np.unique(self.frames[due], return_index=True)
        return due[first]


@dataclass(frozen=True, eq=False)
class MapPicture:
    """All that stands still while time moves.

    sentence: what will fill the map, or why nothing can; empty where it is filled. captions: of the two axes.
    clip_xy (F, 2) of the clip's frames; generated_xy (H, 2) of the generated ones.
    """

    sentence: str = ""
    points: MapPoints | None = None
    density: MapDensity | None = None
    paths: tuple[MapPath, ...] = ()
    captions: tuple[str, str] = ("", "")
    note: tuple[str, str] = ("", "")
    clip_xy: NDArray[np.float64] | None = None
    generated_xy: NDArray[np.float64] | None = None
    bounds: Extent = (-1.0, 1.0, -1.0, 1.0)


@dataclass(frozen=True, eq=False)
class MapHere:
    """Where the present frame lies: xy (2,); origin (2,) where a held point was taken from, None where nothing is held.

    frame: its number relative to the seed's end.
    """

    xy: NDArray[np.float64]
    role: Role
    frame: int
    origin: NDArray[np.float64] | None = None


@dataclass
class MapComposer:
    """Makes pictures, and keeps each part until what it is made of is another object."""

    _kept: dict[str, tuple[tuple[Any, ...], Any]] = field(default_factory=dict)

    def picture(self, bench: Bench, colour: MapColour = "action") -> MapPicture:
        """The map of a bench; cheap where nothing has changed."""
        projection = bench.projection
        if bench.embedding is None or projection is None:
            return MapPicture(sentence=waiting(bench))
        points = self._points(bench, projection, colour)
        density = self._density(bench, projection, points)
        clip_xy = self._clip_xy(bench, projection)
        generated = self._generated_xy(bench, projection)
        key = (clip_xy, generated, bench.clip, bench.seed, bench.rollout, bench.generator)
        paths = self._cached("paths", key, lambda: _paths(bench, clip_xy, generated))
        return MapPicture(
            sentence=waiting(bench) if density is None or bench.embedding_misfit else "",
            points=points,
            density=density,
            paths=paths,
            captions=_captions(projection),
            note=_note(points, density),
            clip_xy=clip_xy,
            generated_xy=None if generated is None else generated[0],
            bounds=_bounds(points, density, paths, bench.fit_to != "clip"),
        )

    def _cached(self, name: str, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        kept = self._kept.get(name)
        if kept is None or len(kept[0]) != len(key) or any(a is not b for a, b in zip(kept[0], key, strict=True)):
            self._kept[name] = kept = (key, make())
        value: T = kept[1]
        return value

    def _points(self, bench: Bench, projection: PCAProjection, colour: MapColour) -> MapPoints | None:
        index = bench.index
        if index is None or not len(index.latents):
            return None
        xy = self._cached("xy", (index, projection), lambda: _mapped(projection, index.latents))
        clip = bench.clip_index if colour == "clip" else None
        group = self._cached("group", (index, colour, clip), lambda: _groups(index, colour, clip))
        return self._cached("points", (xy, group), lambda: MapPoints(index, xy, group))

    def _density(self, bench: Bench, projection: PCAProjection, points: MapPoints | None) -> MapDensity | None:
        if points is not None:
            return self._cached("density", (points.xy,), lambda: _density_of(points.xy, _BANDWIDTH, of_dataset=True))
        embedding = bench.embedding
        return self._cached("stored", (embedding, projection), lambda: _stored_density(embedding, projection))

    def _clip_xy(self, bench: Bench, projection: PCAProjection) -> NDArray[np.float64] | None:
        latents = bench.clip_latents
        if latents is None or bench.clip is None:
            return None
        return self._cached("clip", (latents, projection), lambda: np.asarray(projection.map(latents), np.float64))

    def _generated_xy(self, bench: Bench, projection: PCAProjection) -> NDArray[np.float64] | None:
        """(S, H, 2) of the rollout's latents, as far as they are known."""
        latents = bench.generated_latents
        if not bench.generated or latents is None or not latents.shape[1]:
            return None

        def make() -> NDArray[np.float64]:
            shown = latents[: 1 + _OTHER_SAMPLES]
            flat = np.asarray(projection.map(shown.reshape(-1, shown.shape[-1])), dtype=np.float64)
            return flat.reshape(*shown.shape[:2], 2)

        return self._cached("generated", (latents, projection), make)


def here(bench: Bench, picture: MapPicture) -> MapHere | None:
    """The present frame's place, read from the picture's paths: it costs nothing while time moves."""
    relative = bench.relative_frame()
    generated = bench.shows_generated()
    role = bench.role_at()
    if bench.held is not None and bench.projection is not None:
        xy = bench.projection.map(np.stack([bench.held.latent, bench.held.origin]))
        return MapHere(xy[0], role, relative, xy[1])
    path = picture.generated_xy if generated else picture.clip_xy
    if path is None or not len(path) or bench.clip is None:
        return None
    if generated:
        return MapHere(path[min(relative, len(path)) - 1], role, relative)
    return MapHere(path[round(bench.wrapped(bench.time) * bench.clip.fps) % len(path)], role, relative)


def waiting(bench: Bench) -> str:
    """One sentence that says what will fill the map; empty where it is filled."""
    if bench.embedding is None:
        return "The map fills when an embedding is loaded: every pose of the dataset becomes a point."
    if bench.embedding_misfit:  # the reason stands once, beside the generator's buttons where they are concerned too
        concerned = bench.generator is not None and bench.misfit
        return "The models do not read this clip: it has no path here." if concerned else bench.embedding_misfit
    if bench.clip is None:
        return "Open a clip to see its path through the latent space."
    return "Encoding the clip: its path appears here." if bench.clip_latents is None or bench.projection is None else ""


def _groups(index: LatentIndex, colour: MapColour, clip: int | None) -> NDArray[np.uint8]:
    if colour == "frame":
        frames = np.ones(len(index.action), dtype=np.int64)
        np.maximum.at(frames, index.clip, index.frame + 1)
        return np.minimum(index.frame.astype(np.int64) * RAMP // frames[index.clip], RAMP - 1).astype(np.uint8)
    actions = np.minimum(index.action, OTHER)[index.clip].astype(np.uint8)
    return np.where(index.clip == clip, actions, np.uint8(OTHER)) if colour == "clip" else actions


def _paths(
    bench: Bench, clip_xy: NDArray[np.float64] | None, generated: NDArray[np.float64] | None
) -> tuple[MapPath, ...]:
    """What is drawn later lies above: truth, the other samples, the seed, the rollout."""
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
            paths.append(MapPath(clip_xy[part], numbers[part], bench.clip_role(first)))
    whole = bench.clip.loop and stop - start == len(clip_xy) and generated is None
    seed = MapPath(clip_xy[start:stop], numbers[start:stop], "seed", closed=whole)
    if generated is None:
        return (*paths, seed)
    join, frames = clip_xy[stop - 1 : stop], np.arange(generated.shape[1] + 1)
    others = [MapPath(np.concatenate([join, s]), frames, "generated_a", faint=True) for s in generated[1:]]
    return (*paths, *others, seed, MapPath(np.concatenate([join, generated[0]]), frames, "generated_a"))


def _stored_density(embedding: Any, projection: PCAProjection) -> MapDensity | None:
    """The density that the checkpoint carries: its image where the plane is the image's, else that of its centres."""
    from poseviewer.analysis.projection import PCAProjection

    stored = getattr(embedding, "density", None)
    if stored is None:  # a checkpoint brings it together with the moments
        return None
    own = PCAProjection.from_moments(embedding.latent_mean, embedding.latent_covariance)
    if np.allclose(projection.axes, own.axes, atol=1e-4) and np.allclose(projection.mean, own.mean, atol=1e-4):
        return _density_image(np.asarray(stored.image, dtype=np.float64), stored.extent, of_dataset=False)
    centres = getattr(embedding, "centres", None)
    if centres is None or len(centres) < 8:
        return None
    return _density_of(projection.map(centres).astype(np.float32), _CENTRE_BANDWIDTH, of_dataset=False)


def _density_of(xy: NDArray[np.float32], bandwidth: float, of_dataset: bool) -> MapDensity:
    """A kernel density of map points (N, 2)."""
    low, left, right, high = np.quantile(_some(xy), (0.002, 0.16, 0.84, 0.998), axis=0)
    spread = (right - left) / 2.0
    width = bandwidth * np.maximum(spread, 1e-4) * max(len(xy), 2) ** (-1.0 / 6.0)
    margin = np.maximum(_DENSITY_MARGIN * (high - low), 3.0 * width)
    low, high = low - margin, high + margin
    cell = max(float((high - low).max()) / _PIXELS, 1e-9)
    shape = np.maximum(np.ceil((high - low) / cell).astype(int), 8)
    at = ((xy - low) / cell).astype(np.int64)
    inside = ((at >= 0) & (at < shape)).all(axis=1)
    flat = at[inside, 1] * shape[0] + at[inside, 0]
    image = np.bincount(flat, minlength=int(shape.prod())).reshape(shape[1], shape[0]).astype(np.float64)
    image = _kernel(shape[1], width[1] / cell) @ image @ _kernel(shape[0], width[0] / cell)
    extent = (float(low[0]), float(low[0] + shape[0] * cell), float(low[1]), float(low[1] + shape[1] * cell))
    return _density_image(image, extent, of_dataset)


def _density_image(image: NDArray[np.float64], extent: Extent, of_dataset: bool) -> MapDensity:
    from poseviewer.analysis.latent_index import LEVELS, contour_levels

    left, right, bottom, top = extent
    cell = np.array([(right - left) / image.shape[1], (top - bottom) / image.shape[0]])
    brightest, *levels = contour_levels(image, (_BRIGHTEST, *LEVELS))
    lines = [line for level in levels for line in contour(image, float(level)) if len(line) > _SPECK]
    contours = tuple(np.array([left, bottom]) + (line + 0.5) * cell for line in lines)
    return MapDensity(np.minimum(image / max(float(brightest), 1e-12), 1.0), extent, contours, of_dataset)


def _mapped(projection: PCAProjection, latents: NDArray[np.floating]) -> NDArray[np.float32]:
    """(N, 2) of latents (N, Z), in pieces that stay in the processor's cache."""
    xy = np.empty((len(latents), 2), dtype=np.float32)
    for start in range(0, len(latents), _PIECE):
        xy[start : start + _PIECE] = projection.map(latents[start : start + _PIECE])
    return xy


def _some(xy: NDArray[np.float32]) -> NDArray[np.float32]:
    """At most about 50,000 of many points, evenly: enough for their quantiles."""
    return xy[:: max(1, len(xy) // 50_000)]


def _kernel(size: int, sigma: float) -> NDArray[np.float64]:
    """(size, size) the matrix that blurs a line of pixels."""
    steps = np.arange(size)
    weights = np.exp(-0.5 * ((steps[:, None] - steps[None]) / max(sigma, 0.5)) ** 2)
    return weights / weights.sum(axis=0)


def _bounds(points: MapPoints | None, density: MapDensity | None, paths: tuple[MapPath, ...], whole: bool) -> Extent:
    """What the fitted view shows: the paths, and of the points all but the outermost."""
    corners = [path.xy for path in paths if not path.faint]
    cut = _OUTLYING if whole or not corners else 8.0 * _OUTLYING
    if points is not None:
        corners.append(np.percentile(_some(points.xy), [cut, 100.0 - cut], axis=0))
    elif density is not None and not corners:
        left, right, bottom, top = density.extent
        corners += density.contours or (np.array([[left, bottom], [right, top]]),)
    if not corners:
        return -1.0, 1.0, -1.0, 1.0
    low, high = np.concatenate(corners).min(axis=0), np.concatenate(corners).max(axis=0)
    margin = _AROUND * np.maximum(high - low, 1e-3)
    return float(low[0] - margin[0]), float(high[0] + margin[0]), float(low[1] - margin[1]), float(high[1] + margin[1])


def _captions(projection: PCAProjection) -> tuple[str, str]:
    first, second = (f"PC {k}, {100.0 * share:.0f} %" for k, share in enumerate(projection.explained, start=1))
    return first, second


def _note(points: MapPoints | None, density: MapDensity | None) -> tuple[str, str]:
    if points is not None:
        count = f"{len(points.xy):,}".replace(",", "\N{THIN SPACE}")
        return f"{count} frames", "contours hold 50, 80, 95 % of the data"
    return "" if density is None else "density of the training data, from the checkpoint", ""
