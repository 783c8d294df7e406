"""Calibration: what verdicts are measured by, from real motion.

Every clip is a control: its first frames are its seed, what follows is watched as if it were generated. Signs that are
fitted are fitted to the clips of other folds than the one that they then look at. A side's threshold is what one
more clip in forty would exceed within ten seconds, each scored beside all others (leave one out).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.judge import Watch, Watched, by_side, largest, strangeness
from poseviewer.analysis.networks import NONE, Networks
from poseviewer.analysis.statistics.body import Body
from poseviewer.analysis.statistics.sign import Sign
from poseviewer.analysis.statistics.signs import signs_of
from poseviewer.analysis.statistics.statistic import Judged, Side
from poseviewer.analysis.tails import LEAST, Scale, Scales
from poseviewer.analysis.verdict import SIDES, Threshold
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array
from poseviewer.progress import Progress, attended

SECONDS = 10.0
ALARMS = 0.025
"""Share of real clips that may alarm on a side within SECONDS."""
_LOW = 0.03  # of real clips, that may reach `low`
_ENTER = 2
_LEAVE_SECONDS = 0.1
_FOLDS = 5
_FOLDS_OF_FEW = 20
LEAST_CLIPS = 10
LEAST_OF_AN_ACTION = 5
"""Clips below which an action has no bands of its own."""
_FEW = 200  # clips up to which each is scored without itself
LEAST_FRAMES = 30
_SEED = (10, 30)  # frames of a control's seed, at most a third of it


@dataclass(frozen=True, eq=False)
class Calibration:
    """signs, fitted to all clips; scales: one a sign; bands (K, 3): 1, 50 and 99 % of its values in real motion.
    unlike: the score in a seed beyond which a motion is unlike the reference.

    clips, frames: how many there were; n_eff (K,): clips in which each sign had values, or could have had. networks:
    what signs look through; those whose network is not there have no values. alone (K, 2): of the real clips, each
    scored beside the others, in how many frames each sign had a value and in how many it alone exceeded its side's
    threshold. by_action: bands of the actions of which there were enough clips.
    """

    skeleton: Skeleton
    fps: float
    signs: tuple[Sign, ...]
    scales: tuple[Scale, ...]
    bands: Array
    thresholds: dict[Side, Threshold]
    unlike: float
    clips: int
    frames: int
    n_eff: Array
    networks: Networks = NONE
    alone: NDArray[np.intp] | None = None
    by_action: Mapping[str, Array] = field(default_factory=dict)

    def bands_of(self, action: str) -> Array:
        """(K, 3) bands of an action, where it has some, else those of all motion."""
        own = self.by_action.get(action, self.bands)
        return np.where(np.isfinite(own).all(axis=1, keepdims=True), own, self.bands)

    def watch(
        self,
        seeds: Array,
        actions: Sequence[str] = (),
        done: int = 0,
        floor: Array | None = None,
        told: int | None = None,
    ) -> Watch:
        """Motions that go on from seeds (B, n, J, D) of these actions, empty where unknown. done: generated frames
        before the first that come; floor, told: as a Watch has them.
        """
        return Watch(self.signs, seeds, self.skeleton, self.fps, self.networks, actions, done, floor, told)


def seed_frames(frames: int) -> int:
    """How many first frames of a control of so many frames are its seed."""
    return max(_SEED[0], min(_SEED[1], frames // 3))


def calibrated(
    motions: Sequence[Array],
    skeleton: Skeleton,
    fps: float,
    loops: Sequence[bool] | None = None,
    networks: Networks = NONE,
    apart: Sequence[Networks] = (),
    actions: Sequence[str] = (),
) -> Generator[Progress, None, Calibration]:
    """A Job: the calibration of real motions (F, J, D) on one skeleton at one rate. loops: which of them repeat
    themselves, and so are no measure of what does. networks: what verdicts will look through; apart: those that each
    motion is watched through here, which must not have learned from it; actions: theirs, empty where unknown.

    Raises PoseviewerError where there are fewer than ten of a second or more.
    """
    looping = np.array([loop for m, loop in zip(motions, loops or [False] * len(motions), strict=True) if _enough(m)])
    through = [mine for m, mine in zip(motions, apart or [NONE] * len(motions), strict=True) if _enough(m)]
    named = [name for m, name in zip(motions, actions or [""] * len(motions), strict=True) if _enough(m)]
    motions = [np.asarray(motion, dtype=np.float64) for motion in motions if _enough(motion)]
    if len(motions) < LEAST_CLIPS:
        cause = f"{len(motions)} clips of {LEAST_FRAMES} frames or more are too few to judge by"
        raise PoseviewerError("calibration", "", cause, f"give {LEAST_CLIPS} or more")
    looking = Progress(0, 0, "looks at real motion")
    judged = yield from attended(lambda: [_judged(motion, skeleton, fps) for motion in motions], looking)
    longest = round(SECONDS * fps)
    controls = [motion[:longest] for motion in motions]
    plain = signs_of(skeleton, networks.kinds)
    count = _FOLDS if len(motions) > _FEW else min(_FOLDS_OF_FEW, len(motions))
    folds = np.arange(len(motions)) % count
    seen = np.full((len(motions), len(plain)), np.nan)
    strengths: list[Array] = [np.empty(0)] * len(motions)
    values: list[Array] = [np.empty(0)] * len(motions)
    total, done = len(motions) + (count + 1) * len(plain), 0
    for fold in range(count):
        others = [m for m, own in zip(judged, folds, strict=True) if own != fold]
        signs = yield from _fitted(plain, others, done, total)
        done += len(plain)
        for i in np.flatnonzero(folds == fold).tolist():
            watched, seen[i] = control(signs, controls[i], skeleton, fps, through[i], named[i])
            if looping[i]:
                cyclic = [k for k, sign in enumerate(plain) if sign.repeats]
                watched.values[:, cyclic] = watched.strengths[:, cyclic] = seen[i, cyclic] = np.nan
            strengths[i] = watched.strengths[0]
            values[i] = watched.values[0]
            done += 1
            yield Progress(done, total, "watches real motion")
    reached = np.array([largest(strength) for strength in strengths])
    for k, sign in enumerate(plain):
        long = np.array([strength.shape[1] > sign.width(fps) for strength in strengths])
        reached[np.isnan(reached[:, k]) & long & sign.seldom, k] = -np.inf
    scales = tuple(
        Scale.of(seen[:, k], reached[:, k], within=sign.within, weight=sign.weight) for k, sign in enumerate(plain)
    )
    beside = Scales(scales)
    bare = [k for k, sign in enumerate(plain) if sign.network]
    sides: list[Array] = []
    scores: list[Array] = []
    without: list[Array] = []  # networks
    strange: list[float] = []
    for i, strength in enumerate(strengths):
        if len(motions) <= _FEW:
            rest = np.arange(len(motions)) != i
            beside = Scales([
                Scale.of(seen[rest, k], reached[rest, k], LEAST - 1, plain[k].within, scale.weight)
                if scale.decides else scale
                for k, scale in enumerate(scales)
            ])  # fmt: skip
        scores.append(beside.score(strength[None], seen[i : i + 1])[0])
        sides.append(by_side(plain, scores[-1][None])[0][:, 0])
        unaided = scores[-1].copy()
        unaided[bare] = np.nan
        without.append(by_side(plain, unaided[None])[0][:, 0] if bare else sides[-1])
        strange.append(float(strangeness(plain, beside, seen[i : i + 1])[0]))
        yield Progress(done, total, "sets the thresholds")
    by_all = np.array([mine.kinds == networks.kinds for mine in through])
    thresholds = {
        side: _threshold([own[s] for own in sides], [own[s] for own in without], by_all, fps)
        for s, side in enumerate(SIDES)
    }
    unlike = float(np.sort(strange)[::-1][int(ALARMS * len(strange))])
    last = yield from _fitted(plain, judged, done, total)
    high = np.array([thresholds[sign.side].high for sign in plain])[:, None]
    alone = sum(np.stack([np.isfinite(own).sum(axis=1), (own > high).sum(axis=1)], axis=1) for own in scores)
    by_action = {
        name: _bands([own for own, other in zip(values, named, strict=True) if other == name])
        for name, clips in Counter(named).items()
        if name and clips >= LEAST_OF_AN_ACTION
    }
    n_eff = (~np.isnan(reached)).sum(axis=0)
    return Calibration(skeleton, fps, tuple(last), scales, _bands(values), thresholds, unlike, len(motions),
                       sum(map(len, motions)), n_eff, networks, np.asarray(alone), by_action)  # fmt: skip


def _fitted(
    plain: Sequence[Sign], motions: Sequence[Judged], done: int, total: int
) -> Generator[Progress, None, list[Sign]]:
    """A Job: signs as real motions have them to be, one after the other. done: of so many things in total, before."""
    made: list[Sign] = []
    for number, sign in enumerate(plain, done + 1):
        learning = Progress(number, total, "learns what is usual")
        made.append((yield from attended(partial(sign.fitted, motions), learning)))
        yield learning
    return made


def _enough(motion: Array) -> bool:
    return len(motion) >= LEAST_FRAMES


def _bands(values: Sequence[Array]) -> Array:
    """(K, 3) 1, 50 and 99 % of values (K, n) of clips; NaN where none has any."""
    everything = np.concatenate(values, axis=1)
    bands = np.full((len(everything), 3), np.nan)
    for k, row in enumerate(everything):
        known = row[np.isfinite(row)]
        if len(known):
            bands[k] = np.percentile(known, [1.0, 50.0, 99.0])
    return bands


def control(
    signs: Sequence[Sign], motion: Array, skeleton: Skeleton, fps: float, networks: Networks = NONE, action: str = ""
) -> tuple[Watched, Array]:
    """A real motion (F, J, D) watched from its own seed on, and the largest strengths (K,) in the seed."""
    cut = seed_frames(len(motion))
    watch = Watch(signs, motion[None, :cut], skeleton, fps, networks, [action])
    return watch.extend(motion[None, cut:]), watch.seen[0]


def _judged(motion: Array, skeleton: Skeleton, fps: float) -> Judged:
    cut = seed_frames(min(len(motion), round(SECONDS * fps)))
    body = Body.of(motion[None, :cut], skeleton)
    return Judged(motion[None], motion[None, :, skeleton.root], fps, None, body)


def _threshold(sides: Sequence[Array], without: Sequence[Array], by_all: NDArray[np.bool_], fps: float) -> Threshold:
    """Of a side's scores (n,) over each of N real clips, with networks and without; by_all (N,): which clips were
    looked at through all networks. As many more as alarm with networks among these, do so among all.

    What one more clip is expected to exceed with some probability: the largest of N is exceeded by one in N + 1
    (Weibull, 1939), and between clips it goes on straight.
    """
    reached, bare = (np.array([_sustained(score, _ENTER) for score in scores]) for scores in (sides, without))
    count, weight = len(reached), len(reached) / max(1, int(by_all.sum()))
    levels = np.concatenate([bare, reached[by_all], bare[by_all]])
    weights = np.repeat([1.0, weight, -weight], [count, int(by_all.sum()), int(by_all.sum())])
    steps = np.unique(levels)[::-1]
    reaching = np.maximum.accumulate([weights[levels >= step].sum() for step in steps])
    at, first = np.unique(reaching, return_index=True)
    high, low = np.interp(np.array([ALARMS, _LOW]) * (count + 1), at, steps[first])
    return Threshold(float(high), float(low), _ENTER, max(1, round(_LEAVE_SECONDS * fps)))


def _sustained(scores: Array, frames: int) -> float:
    """The largest score that so many frames in a row have."""
    if len(scores) < frames:
        return 0.0
    return float(np.lib.stride_tricks.sliding_window_view(scores, frames).min(axis=1).max())
