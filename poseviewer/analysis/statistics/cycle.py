"""Limit cycles: motion that repeats itself more exactly than people can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.known import are_known, joined
from poseviewer.analysis.statistics.sign import HALF, Sign, axes
from poseviewer.analysis.statistics.statistic import Judged
from poseviewer.analysis.trail import Trail
from poseviewer.nets.protocols import Array

_SHORTEST, _LONGEST = 1.0 / 3.0, 1.5  # seconds of a period
_THINNED, _TINY = 3, 1e-6
_FOURTH = 10.0 * np.array([[1.0, -4.0, 6.0, -4.0, 1.0]])
_AT_ONCE = 2_000_000  # numbers
_FRAMES = 64  # at once: what they have in common with one another is a table of all pairs


class _Past(NamedTuple):
    """What is kept of k frames: of the newest, C and more, poses (B, m, K), which are 0 before the first, their squares
    (B, m, 1), and changes (B, m, T), sums of the squared differences from a period before, from wherever they begin.
    sums (B, C): the squared length of the sum of the last 1 to C poses.
    """

    k: int
    poses: Trail
    squares: Trail
    changes: Trail
    sums: Array


_State = tuple[Array, _Past]


class _Compared(NamedTuple):
    """Of n frames, of which k are the last ones: changes (B, m, T) as they are kept; variance (B, n, C) of the last 1
    to C poses.
    """

    k: int
    changes: Array
    variance: Array


class _Lags(NamedTuple):
    """Of n frames. over (1, 1, S, T): how many frames each period's change is averaged over; compared (1, S, T): how
    many are compared then; before (S, T): how many of these came before; most: the most that are compared. then, number
    (n, S, T): where the changes are kept that came so many frames before each frame.
    """

    over: Array
    compared: NDArray[np.intp]
    before: NDArray[np.intp]
    most: int
    then: NDArray[np.intp]
    number: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Cycle(Sign):
    """The least, over periods of a third to one and a half seconds, of the mean squared change of the local pose since
    a period before, of twice the variance of all the poses compared: what two unrelated ones would differ by. The
    change is averaged over a period, or over a part of it. Who comes to rest varies no longer, and so repeats nothing.

    Of the pose counts what lies in the directions in which real poses vary most: they hold little of noise that all
    joints have, and most of what makes one stride of a person unlike the next.
    """

    basis: Array = field(default_factory=lambda: np.zeros((0, 0)), metadata=axes("JD", "P"))
    """(J D, P) the directions, of poses and then of movement; empty before the fit: both themselves."""

    name = "cycle"
    unit = "share"
    side = "collapse"
    low = True
    title = "difference from one period to the next"
    words = "each period repeats the one before to within {value} of its variance"
    floor = 1e-5
    dims = (3,)
    repeats = True
    directions: ClassVar[int] = 12
    parts: ClassVar[tuple[tuple[float, float], ...]] = ((1.0, _SHORTEST), (0.25, 1.0 / 6.0), (0.5, 1.0 / 6.0))
    """Of a period, that the change is averaged over, and the seconds that it is at least: of all signs that follow the
    same, since most of the work is theirs together.
    """
    follows: ClassVar[int] = 2
    """How many things, over all of which the parts go: poses, and movement."""
    own: ClassVar[tuple[int, int]] = 0, 0
    """Which of these, and of the parts, is this sign's; one part more is the second over the third."""
    still: ClassVar[float] = 0.01
    """Sizes: a joint that strays less far from its mean is at rest, not in a cycle; of movement a tenth of it."""

    def fitted(self, motions: Sequence[Judged]) -> Self:
        poses = [_flat(m)[0] for m in motions]
        every = [poses, [_movement(pose[None], _span(m.fps))[0] for pose, m in zip(poses, motions, strict=True)]]
        made = [_strongest(np.concatenate([one[::_THINNED] for one in each]), self.directions) for each in every]
        return replace(self, basis=np.concatenate(made[: self.follows], axis=1))

    def followed(self, frames: Judged, before: Array | None) -> tuple[Array, Array]:
        """(follows B, n, P) what may repeat itself, 0 where unknown, one after the other; and what movement is told
        from in the next frames. before: the same of the last ones.
        """
        flat = _flat(frames)
        flat = flat if are_known(flat) else np.where(np.isfinite(flat), flat, 0.0)
        flat = flat @ self.basis if self.basis.size else np.concatenate([flat] * self.follows, axis=2)
        half, span = flat.shape[2] // 2, _span(frames.fps)
        if self.follows == 1 or (self.basis.size and half != min(self.directions, len(self.basis))):
            return flat, flat[:, :0]  # poses alone, as older calibrations have it
        whole = flat[..., half:] if before is None else np.concatenate([before, flat[..., half:]], axis=1)
        made = np.zeros((2, *flat.shape[:2], half))
        made[0] = flat[..., :half]
        moved = _movement(whole, span)[:, -flat.shape[1] :]
        made[1, :, flat.shape[1] - moved.shape[1] :] = moved
        return made.reshape(-1, *made.shape[2:]), whole[:, -4 * span :]

    def update(self, state: Any, frames: Judged) -> tuple[Array, Any]:
        made, state = self._shares(state, frames)
        made = made.reshape(-1, *frames.poses.shape[:2], made.shape[-1])
        which, part = self.own
        return made[min(which, len(made) - 1), ..., part], state

    @cached_property
    def _who(self) -> object:
        """The same of signs that have all their work in common."""
        return Cycle, self.parts, self.still, self.follows, self.basis.shape, self.basis.tobytes()

    def _shares(self, state: _State | None, frames: Judged) -> tuple[Array, _State]:
        """(follows B, n, S + 1) of all parts, and what the next frames follow on."""
        who = self._who
        if who in frames.shared and frames.shared[who][0] is state:
            made: tuple[Array, _State] = frames.shared[who][1]
            return made
        before, past = state or (None, None)
        still = self.still**2 * frames.poses.shape[2] * frames.poses.shape[3] / 3.0
        (flat, before), periods, shares = self.followed(frames, before), _periods(frames.fps), []
        last = past or _blank(flat, periods)
        step = max(1, min(_FRAMES, _AT_ONCE // (len(flat) * 4 * last.sums.shape[1])))
        for k in range(0, flat.shape[1], step):  # a few frames after the other
            compared, last = _next(last, flat[:, k : k + step], periods)
            shares.append(_share(compared, _lags(frames.fps, self.parts, compared.variance.shape[1]), still))
        made = joined(shares, axis=1), (before, last)
        frames.shared[who] = state, made
        return made


@dataclass(frozen=True, eq=False)
class QuickCycle(Cycle):
    """The same over a quarter of a period, a sixth of a second at least."""

    name = "quick cycle"
    own = 0, 1


@dataclass(frozen=True, eq=False)
class CycleOfMovement(Cycle):
    """The same of how the joints are moved: of fourth differences of the local poses over two frames of thirty a
    second, in the directions in which those of real motion vary most. They pass what changes at 5 to 10 Hz (a third of
    the power and more), in which no two strides of a person are alike, and hardly anything slower (1.4 % at 3 Hz,
    0.01 % at 1.5): slow noise, under which poses of a limit cycle differ as much as those of who walks, hides none.
    """

    name = "cycle of movement"
    title = "difference of movement from one period to the next"
    words = "each period is moved through as the one before, to within {value} of the variance of its differences"
    weight = HALF
    own = 1, 0


@dataclass(frozen=True, eq=False)
class SuddenCycle(Cycle):
    """The least, over the periods, of what the last quarter of one differs from the period before, of what the last
    half does. People come to a rhythm stride by stride: each repeats the one before a little better. What is caught in
    a limit cycle repeats itself from one moment to the next as it never has, however regular it was, whatever noise
    there is. Half a period later that is over, and what follows is for the other signs of cycles to tell.
    """

    name = "sudden cycle"
    title = "suddenness of the repetition"
    words = "it repeats itself at once: the last quarter of a period differs by {value} of what the last half does"
    weight = HALF
    floor = 0.01
    own = 0, 3


def _strongest(rows: Array, count: int) -> Array:
    """(K, count) the directions in which rows (N, K) vary most, those of them that are known."""
    rows = rows[np.isfinite(rows).all(axis=1)]
    if len(rows) < 2:
        return np.eye(rows.shape[1], count)
    return np.ascontiguousarray(np.linalg.eigh(np.cov(rows.T))[1][:, : -count - 1 : -1])


def _span(fps: float) -> int:
    """Frames that differences are over."""
    return max(1, round(fps / 15.0))


def _movement(poses: Array, span: int) -> Array:
    """(B, n - 4 span, K) fourth differences of poses (B, n, K), in tenths."""
    n = max(0, poses.shape[1] - 4 * span)
    if n == 1:
        return np.asarray(_FOURTH @ poses[:, ::span])
    made = np.zeros((len(poses), n, poses.shape[2]))
    for k, coefficient in enumerate(_FOURTH[0].tolist()):
        made += coefficient * poses[:, k * span : k * span + n]
    return made


def _flat(frames: Judged) -> Array:
    """(B, n, J D) the local poses."""
    return frames.local.reshape(*frames.poses.shape[:2], -1)


@lru_cache(maxsize=8)
def _periods(fps: float) -> NDArray[np.intp]:
    return np.arange(max(2, round(_SHORTEST * fps)), max(3, round(_LONGEST * fps)) + 1)


@lru_cache(maxsize=32)
def _lags(fps: float, parts: tuple[tuple[float, float], ...], n: int) -> _Lags:
    periods = _periods(fps)
    over = np.stack([np.maximum(max(2, round(shortest * fps)), np.round(part * periods).astype(int))
                     for part, shortest in parts])[None]  # fmt: skip
    compared, then = periods + over, np.arange(n)[:, None, None] + periods[-1] - over
    number = np.broadcast_to(np.arange(len(periods)), then.shape)
    return _Lags(over[None].astype(float), compared, compared[0] - 1, int(compared.max()), then, number)


@lru_cache(maxsize=8)
def _counts(most: int) -> Array:
    return np.arange(1.0, most + 1.0)[None, None]


@lru_cache(maxsize=32)
def _in_order(n: int, most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(n, C) of frames of which n are the last: where those so many before each are; and where among (n, ...) of all.
    """
    lags = np.arange(n)[:, None] + np.arange(most - 1, -1, -1)
    return lags, lags + np.arange(n)[:, None] * (most + n - 1)


def _blank(flat: Array, periods: NDArray[np.intp]) -> _Past:
    batch, most = len(flat), 2 * int(periods[-1])
    poses, squares, changes = (Trail(np.zeros((batch, most, width))) for width in (flat.shape[2], 1, len(periods)))
    return _Past(0, poses, squares, changes, np.zeros((batch, most)))


def _next(past: _Past, flat: Array, periods: NDArray[np.intp]) -> tuple[_Compared, _Past]:
    """Of the next frames (B, n, K). The squared length of a sum of poses is that of those before the newest, twice its
    products with them, and its square.
    """
    most, n = past.sums.shape[1], flat.shape[1]
    square = np.einsum("bnk,bnk->bn", flat, flat)[..., None]
    poses, squares = past.poses.extended(flat), past.squares.extended(square)
    products = flat @ poses.newest(most + n - 1).transpose(0, 2, 1)
    before = squares.newest(most + n - 1)[..., 0]
    if n == 1:
        products, before = products[..., ::-1].copy(), before[:, None, ::-1].copy()
    else:
        in_order, each = _in_order(n, most)
        products, before = products.reshape(len(flat), -1).take(each, 1), before.take(in_order, 1)
    of_periods = slice(periods[0], periods[-1] + 1)
    apart = square + before[..., of_periods]  # all in place from here on: of many motions it is large
    apart -= 2.0 * products[..., of_periods]
    np.maximum(apart, 0.0, out=apart)
    for k in range(1, n):
        apart[:, k] += apart[:, k - 1]
    apart += past.changes.newest(1)
    changes = past.changes.extended(apart)
    lengths = np.add.accumulate(products, axis=-1, out=products)
    lengths *= 2.0
    lengths -= square
    lengths[:, 0, 1:] += past.sums[:, :-1]
    for k in range(1, n):
        lengths[:, k, 1:] += lengths[:, k - 1, :-1]
    frames = _counts(most)
    sums = lengths[:, -1].copy()
    lengths /= frames
    variance = np.add.accumulate(before, axis=-1, out=before)
    variance -= lengths
    variance /= frames
    compared = _Compared(past.k + n, changes.newest(most // 2 + n), variance)
    return compared, _Past(past.k + n, poses, squares, changes, sums)


def _share(part: _Compared, lags: _Lags, still: float) -> Array:
    """(B, n, S + 1) the least over the periods, of each part and of the second over the third; NaN where none is told.
    """
    n = part.variance.shape[1]
    changes = part.changes[:, -n:, None] - part.changes[:, lags.then, lags.number]
    np.maximum(changes, 0.0, out=changes)
    changes /= lags.over
    variance = part.variance.take(lags.before, 2)
    told = variance > still
    if part.k - n < lags.most:
        told &= np.arange(part.k - n + 1, part.k + 1)[:, None, None] >= lags.compared
    variance *= 2.0
    variance += still
    changes /= variance
    sudden = changes[:, :, 1:2] / (changes[:, :, 2:3] + _TINY)
    changes = np.concatenate([changes, sudden], axis=2)
    told = np.concatenate([told, told[:, :, 1:2] & told[:, :, 2:3]], axis=2)
    least = np.minimum.reduce(changes, axis=-1, initial=np.inf, where=told)
    np.putmask(least, np.isinf(least), np.nan)
    return least
