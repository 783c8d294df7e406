"""Whether rollouts end alike: a set of motions, after several seeds or several after one, beside real motion.

What follows a seed in real motion is told by the real clips whose seeds look most like it: their mean, and their
variance about it. Together these say how much a set would differ, and groups of as many real clips, each held against
the others, how far below that a set of real motion comes. Several statistics and times are one question: what is held
against the threshold is the most that any of them says (Westfall and Young, 1993).

Letters: G motions of a set, N real clips, K of them like a seed, M times after the seed, R groups, V values, J joints,
D = 2 or 3.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.calibration import ALARMS, LEAST_FRAMES, SECONDS, seed_frames
from poseviewer.analysis.sets.statistics import SETS, Actions, SetStatistic, sets_of, variance
from poseviewer.analysis.statistics.body import Body, local, yaw
from poseviewer.analysis.statistics.statistic import Insight, Judged
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array
from poseviewer.progress import Progress

STEP = 1.0 / 3.0
"""Seconds between times that are compared."""
_GROUPS = 400
_SHARE, _LEAST, _MOST = 0.08, 5, 20  # K
_LAST = 10  # frames of a seed's end that tell what it looks like
_FLOOR = 1e-3  # of the usual variance, below which differences do not count
_MOSTLY = 0.5


@dataclass(frozen=True, eq=False)
class Alike:
    """Of a set of G motions at frames (M,) after its seeds, from 1. score (M,): how much more alike they are than
    groups of real clips, in deviations of those, by the statistic that says so most, by (M,); NaN where not yet judged.
    ratios: of each statistic (M,) the variance as a share of what real clips have that begin like them. p (M,): the
    share of the groups that are as much alike then, never less than 1 / (N + 1). doing: what most of them
    do in the end, if they do. one_seed: whether they are samples of one.
    """

    frames: NDArray[np.intp]
    score: Array
    by: tuple[str, ...]
    ratios: dict[str, Array]
    p: Array
    found: NDArray[np.bool_]
    doing: str
    motions: int
    one_seed: bool

    @property
    def sentence(self) -> str:
        """What is said where they end alike; empty where they do not."""
        if not len(self.found) or not self.found[-1]:
            return ""
        who = f"The {self.motions} samples" if self.one_seed else f"Rollouts of {self.motions} different seeds"
        name, share = self.by[-1], float(self.ratios[self.by[-1]][-1])
        times = f"{share:.2g}" if share >= 0.01 else "less than 0.01"
        (what,) = (statistic.title for statistic in SETS if statistic.name == name)
        ratio = f"the {what} varies {times} times as much as in real motion"
        return f"{who} end alike: {f'{self.doing}; ' if self.doing else ''}{ratio}"


@dataclass(frozen=True, eq=False)
class Futures:
    """What N real clips do after their seeds. looks (N, U): the seeds, in deviations (U,); ends: of each statistic
    (N, M, V) every STEP seconds, of a clip that has ended as it was last. actions: names of what Actions tells apart,
    empty where there is none.
    """

    skeleton: Skeleton
    fps: float
    statistics: tuple[SetStatistic, ...]
    actions: tuple[str, ...]
    looks: Array
    deviations: Array
    ends: dict[str, Array]

    def __len__(self) -> int:
        return len(self.looks)

    @property
    def decides(self) -> bool:
        """Whether there are clips enough to tell what only one group in forty does."""
        return 1.0 / (len(self) + 1.0) <= ALARMS

    def like(self, look: Array, leaving: int = -1) -> NDArray[np.intp]:
        """(K,) the clips whose seeds look (U,) most like one, the nearest first; one may be left out."""
        away = ((look - self.looks) ** 2).sum(axis=1)
        if leaving >= 0:
            away[leaving] = np.inf
        return np.argsort(away, kind="stable")[: max(_LEAST, min(_MOST, round(_SHARE * len(self))))]

    @cached_property
    def _expected(self) -> dict[str, tuple[Array, Array]]:
        """Of each statistic what follows each clip's seed by those like it: means (N, M, V), variances (N, M)."""
        rows = [self.like(look, k) for k, look in enumerate(self.looks)]
        return {name: _told([ends[row] for row in rows]) for name, ends in self.ends.items()}

    def usual(self, count: int, near: bool) -> Usual:
        """What groups of so many real clips say; near: of one and those like it. Kept."""
        count = max(2, min(count, len(self) // 3))
        if (count, near) not in self._usual:
            draw = np.random.default_rng([count, near])
            groups = []
            for _ in range(_GROUPS):
                pool = np.arange(len(self))
                if near:
                    first = int(draw.integers(len(self)))
                    pool = np.r_[first, self.like(self.looks[first], first)]
                groups.append(draw.choice(pool, min(count, len(pool)), replace=False))
            logs = {}
            for name, ends in self.ends.items():
                means, within = self._expected[name]
                logs[name] = np.stack([_log(variance(ends[g]), means[g], within[g]) for g in groups])
            self._usual[count, near] = Usual.of(logs, self.decides)
        return self._usual[count, near]

    @cached_property
    def _usual(self) -> dict[tuple[int, bool], Usual]:
        return {}

    def beside(self, seeds: Sequence[Array]) -> Beside:
        """What real clips do that begin like G seeds (n, J, D); G times the same one where samples are compared."""
        looks = [np.nan_to_num(_look(seed, self.skeleton) / self.deviations) for seed in seeds]
        one = all(np.array_equal(look, looks[0]) for look in looks[1:])
        rows = [self.like(look) for look in looks]
        expected = {name: _told([ends[row] for row in rows]) for name, ends in self.ends.items()}
        usual = [self.usual(len(seeds), near) for near in ((True,) if one else (False, True))]
        return Beside(self, tuple(np.asarray(seed, np.float64) for seed in seeds), one, expected, tuple(usual))


@dataclass(frozen=True, eq=False)
class Usual:
    """Of R groups of real clips: of each statistic the middle (M,) of the logarithms of how much they differ beside
    what is expected, and the width (M,) of what lies below it. drawn (R, M): how alike they are, in widths, by the
    statistic that says so most; threshold: what one group in forty exceeds at any time.
    """

    middle: dict[str, Array]
    width: dict[str, Array]
    drawn: Array
    threshold: float

    @classmethod
    def of(cls, logs: dict[str, Array], decides: bool) -> Usual:
        """Of logarithms (R, M)."""
        middle, width, drawn = {}, {}, []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of times at which nothing is known yet
            for name, values in logs.items():
                middle[name] = np.nanmedian(values, axis=0)
                low = middle[name] - np.nanpercentile(values, 2.5, axis=0)
                width[name] = np.maximum(low / 1.96, 1e-3)
                drawn.append((middle[name] - values) / width[name])
            most = np.nanmax(np.stack(drawn), axis=0)
            threshold = float(np.nanpercentile(np.nanmax(most, axis=1), 100.0 * (1.0 - ALARMS)))
        return cls(middle, width, most, threshold if decides else float("inf"))


@dataclass(frozen=True, eq=False)
class Beside:
    """A set's seeds, and of each statistic what real clips do that begin like each: means (G, M, V), variances (G, M).
    usual: what real groups are, any or near ones; the set is told by the one that says least.
    """

    futures: Futures
    seeds: tuple[Array, ...]
    one_seed: bool
    expected: dict[str, tuple[Array, Array]]
    usual: tuple[Usual, ...]

    def alike(
        self, poses: Sequence[Array], frames: Iterable[int] = (), log_probabilities: Sequence[Array] | None = None
    ) -> Alike:
        """Whether what follows the seeds, poses (F, J, D) each, is alike at frames after them (all, if none are named).

        log_probabilities: (F, C) each, where the real clips have them.
        """
        futures = self.futures
        ends: dict[str, list[Array]] = {statistic.name: [] for statistic in futures.statistics}
        for k, (seed, motion) in enumerate(zip(self.seeds, poses, strict=True)):
            log = None if log_probabilities is None else log_probabilities[k][None]
            after = _judged(np.asarray(motion, np.float64)[None], seed[None], futures.skeleton, futures.fps, log)
            for name, values in _ended(futures.statistics, after).items():
                ends[name].append(values[0])
        shortest = min(map(len, poses))
        at = np.array([frame for frame in frames if frame <= shortest] or range(1, shortest + 1), dtype=np.intp)
        made = {name: np.stack([row[at - 1] for row in rows]) for name, rows in ends.items()}
        last = len(_times(round(SECONDS * futures.fps), futures.fps)) - 1
        when = np.clip(np.rint(at / (STEP * futures.fps)).astype(int) - 1, 0, last)
        logs = {}
        for name, rows in made.items():
            means, within = (values[:, when] for values in self.expected[name])
            logs[name] = _log(variance(rows), means, within)
        ratios = {name: np.maximum(10.0**values - _FLOOR, 0.0) for name, values in logs.items()}
        told = [self._held(usual, logs, when) for usual in self.usual]
        least = np.argmax([p for _, _, p, _ in told], axis=0) if len(told) > 1 else np.zeros(len(at), dtype=int)
        found = np.all([found for *_, found in told], axis=0)
        score, best, p = (np.take_along_axis(np.stack([t[k] for t in told]), least[None], axis=0)[0] for k in range(3))
        by = tuple(futures.statistics[k].name for k in best.astype(int))
        return Alike(at, score, by, ratios, np.maximum(p, 1.0 / (len(futures) + 1.0)), found,
                     self._doing(made["actions"]), len(poses), self.one_seed)  # fmt: skip

    def _held(
        self, usual: Usual, logs: dict[str, Array], when: NDArray[np.intp]
    ) -> tuple[Array, NDArray[np.intp], Array, NDArray[np.bool_]]:
        """(M,) score, number of the statistic that has it, p, and whether it is found."""
        scores = np.stack([(usual.middle[n][when] - values) / usual.width[n][when] for n, values in logs.items()])
        known = np.isfinite(scores)
        filled = np.where(known, scores, -np.inf)
        score = np.where(known.any(axis=0), filled.max(axis=0), np.nan)
        reached = (usual.drawn[:, when] >= score).sum(axis=0)
        p = np.where(np.isfinite(score), (reached + 1.0) / (len(usual.drawn) + 1.0), np.nan)
        with np.errstate(invalid="ignore"):
            return score, filled.argmax(axis=0), p, score > usual.threshold

    def _doing(self, shares: Array) -> str:
        """What shares (G, M, C) of actions are mostly in the end."""
        last = shares[:, -1][np.isfinite(shares[:, -1]).all(axis=1)]
        if not len(last) or not self.futures.actions:
            return ""
        totals: dict[str, float] = {}
        for name, share in zip(self.futures.actions, last.mean(axis=0).tolist(), strict=True):
            totals[name] = totals.get(name, 0.0) + share
        name, share = max(totals.items(), key=lambda item: item[1])
        return name.replace("_", " ") if share > _MOSTLY else ""


def futures_of(
    motions: Sequence[Array], skeleton: Skeleton, fps: float, actions: Sequence[str] = (),
    log_probabilities: Sequence[Array] | None = None, classes: Sequence[str] = (),
) -> Generator[Progress, None, Futures]:  # fmt: skip
    """A Job: what real motions (F, J, D) do, those of a second and more. actions: what each shows, if that is known;
    log_probabilities: (F, C) of each, of the classes, if a classifier tells them.
    """
    kept = [k for k, motion in enumerate(motions) if len(motion) >= LEAST_FRAMES]
    longest = round(SECONDS * fps)
    whole = [np.asarray(motions[k][:longest], np.float64) for k in kept]
    seeds = [motion[: seed_frames(len(motion))] for motion in whole]
    logs = [None if log_probabilities is None else log_probabilities[k][:longest][None] for k in kept]
    judged = [_judged(m[None], s[None], skeleton, fps, log) for m, s, log in zip(whole, seeds, logs, strict=True)]
    statistics = tuple(statistic.fitted(judged) for statistic in sets_of(skeleton))
    shown = [actions[k] for k in kept] if actions else []
    names = tuple(classes) if classes else _typical(statistics, judged, shown)
    ends: dict[str, list[Array]] = {statistic.name: [] for statistic in statistics}
    times = _times(longest, fps)
    for done, (motion, seed, log) in enumerate(zip(whole, seeds, logs, strict=True)):
        yield Progress(done, len(whole), "sees what follows")
        cut = len(seed)
        after = _judged(motion[None, cut:], seed[None], skeleton, fps, None if log is None else log[:, cut:])
        for name, values in _ended(statistics, after).items():
            ends[name].append(values[0, np.minimum(times, len(motion) - cut) - 1])
    looks = np.stack([_look(seed, skeleton) for seed in seeds])
    deviations = _deviations(looks, len(skeleton.joints) * skeleton.dims)
    return Futures(skeleton, fps, statistics, names, np.nan_to_num(looks / deviations), deviations,
                   {name: np.stack(values) for name, values in ends.items()})  # fmt: skip


def _told(rows: Sequence[Array]) -> tuple[Array, Array]:
    """Means (G, M, V) and variances (G, M) of what clips (K, M, V) do that are like each of G seeds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.stack([np.nanmean(row, axis=0) for row in rows]), np.stack([variance(row) for row in rows])


def _log(spread: Array, means: Array, within: Array) -> Array:
    """(M,) the logarithm of a variance (M,) beside that which is expected by means (G, M, V) and variances (G, M)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        usual = np.nan_to_num(variance(means)) + np.nanmean(within, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log10(spread / usual + _FLOOR))


def _judged(poses: Array, seed: Array, skeleton: Skeleton, fps: float, log: Array | None) -> Judged:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of joints that are never known
        told = Insight(log_probabilities=log)
        return Judged(poses, poses[:, :, skeleton.root], fps, None, Body.of(seed, skeleton), told)


def _ended(statistics: Sequence[SetStatistic], frames: Judged) -> dict[str, Array]:
    return {statistic.name: statistic.ends(statistic.start(), frames)[0] for statistic in statistics}


def _times(frames: int, fps: float) -> NDArray[np.intp]:
    """(M,) frames after the seed, from 1."""
    step = STEP * fps
    return np.maximum(1, np.rint(step * np.arange(1, int(frames / step) + 1)).astype(np.intp))


def _look(seed: Array, skeleton: Skeleton) -> Array:
    """(U,) of a seed (n, J, D): its last pose, how it moves, turns and goes."""
    seed = np.asarray(seed, np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        body = Body.of(seed[None], skeleton)
        poses = local(seed[None, -_LAST:], body)[0]
        middle = np.nanmean(seed[-_LAST:], axis=1) / body.size[0]
    size = poses[0].size
    moved = (poses[-1] - poses[0]).reshape(size) if len(poses) > 1 else np.zeros(size)
    way = middle[-1] - middle[0]
    if skeleton.dims == 2:
        return np.concatenate([poses[-1].reshape(size), moved, way])
    angle = np.unwrap(yaw(seed[None, -_LAST:], skeleton)[0])
    return np.concatenate([poses[-1].reshape(size), moved, [np.linalg.norm(way[[0, 2]]), angle[-1] - angle[0]]])


def _deviations(looks: Array, size: int) -> Array:
    """(U,) what looks (N, U) are divided by: pose, motion and way weigh alike."""
    made = np.ones(looks.shape[1])
    for block in (slice(0, size), slice(size, 2 * size), slice(2 * size, None)):
        made[block] = max(1e-9, float(np.sqrt(np.nansum(np.nanvar(looks[:, block], axis=0)))))
    return made


def _typical(statistics: Sequence[SetStatistic], motions: Sequence[Judged], actions: Sequence[str]) -> tuple[str, ...]:
    """The action that each typical pose is mostly seen in; empty where that is none."""
    (actor,) = (statistic for statistic in statistics if isinstance(statistic, Actions))
    if not actions or actor.centres is None:
        return ()
    names = sorted(set(actions))
    seen = np.zeros((len(actor.centres), len(names)))
    plain = Actions(actor.centres)
    for motion, action in zip(motions, actions, strict=True):
        poses = Judged(motion.poses, motion.root, motion.fps, None, motion.body)
        seen[:, names.index(action)] += np.nansum(plain.points(poses)[0], axis=0)
    most = seen.argmax(axis=1)
    mostly = seen.max(axis=1) > _MOSTLY * seen.sum(axis=1)
    return tuple(names[k] if clear else "" for k, clear in zip(most, mostly, strict=True))
