"""What of the failures in 3D that verdicts miss could be found at all: forests that learn each kind by itself.

    python scripts/verdict_forests.py --data CMU.h5

Forests learn from slides, noisy cycles, bent joints and fades put into other clips, one kind each, from the signs and
from simple features of the poses; all of the 2.5 % of real clips that they may call failed goes to that kind. "told":
the forest knows where the failure begins, if one does, and sees so many frames after it beside as many before.
"watching": it looks at every frame without knowing, as verdicts do. "signs": the sign that finds most by itself.
"repetition": of noisy cycles, what is found by that alone.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.calibration import ALARMS, seed_frames
from poseviewer.analysis.judge import Watch
from poseviewer.analysis.statistics.body import Body, toes
from poseviewer.analysis.statistics.cycle import Cycle, QuickCycle
from poseviewer.analysis.statistics.sign import Sign
from poseviewer.analysis.statistics.signs import signs_of
from poseviewer.analysis.statistics.statistic import Judged, on_ground
from poseviewer.analysis.statistics.stillness import Fading
from poseviewer.data.dataset import Dataset
from poseviewer.measure.intervals import interval
from poseviewer.measure.verdicts.controls import FPS, controls_of, watched
from poseviewer.measure.verdicts.injections import FULL, injections, onset_of, usual_of
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

KINDS = ("slide", "noisy_cycle", "joint", "fade")
FOLDS, RESAMPLES, TREES, WATCHING_TREES = 5, 2000, 200, 60
SEEN = {"joint": (3, 4, 5, 6, 7, 8, 9), "fade": (8, 10, 12, 14, 16, 18, 20), "slide": (30, 60, 300),
        "noisy_cycle": (30, 60, 300)}  # fmt: skip
"""Frames after the onset that a forest sees."""
_WAYS = np.stack([np.cos(np.arange(16) * np.pi / 8.0), np.sin(np.arange(16) * np.pi / 8.0)])
_BEFORE = 10  # frames before the onset that those after it are compared with
_PERIODS = range(10, 46)  # frames
_ON = 45  # frames from the onset on that a watching forest learns as failed


@dataclass(frozen=True, eq=False)
class Tried:
    """A clip, untouched and with failures in it. onset: after its seed; told (M, n, K): features of its frames from
    the seed on; whole: (M, F, J D) its local poses; kinds: of the M motions; periods: of the failures, 0 without;
    signs: names of the first of the features.
    """

    name: str
    onset: int
    cut: int
    told: Array
    whole: Array
    kinds: list[str]
    periods: list[int]
    signs: list[str]


def tried_in_world(path: Path) -> Iterator[Tried]:
    """Every clip that is judged, with signs that were fitted to clips of other folds."""
    with Dataset.open(path) as dataset:
        controls = controls_of(dataset, 5)
    skeleton, fps = controls.skeleton, controls.fps
    for part in controls.parts:
        motions = [np.asarray(clip.positions, dtype=np.float64) for clip in part.reference]
        usual = usual_of(motions, skeleton)
        known = [judged(motion[None], seed_frames(len(motion)), skeleton) for motion in motions]
        signs = [sign.fitted(known) for sign in signs_of(skeleton)]
        for clip in part.judged:
            motion = watched(clip)
            made = injections(motion, clip.name, clip.action, clip.loop, usual, skeleton, fps)
            made = [one for one in made if one.kind in KINDS and one.strength == FULL]
            cut = seed_frames(len(motion))
            told, whole = features(np.stack([motion, *(one.motion for one in made)]), cut, signs, skeleton)
            yield Tried(clip.name, onset_of(len(motion)) - cut, cut, told, whole,
                        ["real", *(one.kind for one in made)], [0, *(one.period for one in made)],
                        [sign.name for sign in signs])  # fmt: skip


def judged(poses: Array, seed: int, skeleton: Skeleton) -> Judged:
    """Frames of motions (M, F, J, 3) with the bodies that seeds of so many frames show."""
    return Judged(poses, poses[:, :, skeleton.root], FPS, None, Body.of(poses[:, :seed], skeleton))


def features(poses: Array, cut: int, signs: Sequence[Sign], skeleton: Skeleton) -> tuple[Array, Array]:
    """(M, n, K) of the frames after seeds of so many frames of poses (M, F, J, 3), and the local poses (M, F, J D)."""
    strengths = Watch(signs, poses[:, :cut], skeleton, FPS).extend(poses[:, cut:]).strengths
    frames = judged(poses, cut, skeleton)
    body = frames.known_body
    moved = (poses - frames.before(2)) / 2.0 * FPS / body.size[:, None, None, None]
    ground, tips = on_ground(moved), moved[:, :, toes(skeleton)]
    speeds = np.linalg.norm(on_ground(tips), axis=-1)
    slower = np.take_along_axis(tips, speeds.argmin(axis=-1)[..., None, None], axis=2)[:, :, 0]
    at = {sign.name: sign for sign in signs}
    fading, ranged, nearest = at["fading"], at["range"], at["nearest"]
    assert isinstance(fading, Fading)
    away = np.linalg.norm(frames.local - fading.mean, axis=-1)
    plain = [
        *np.moveaxis(np.sort(speeds, axis=-1), -1, 0), *np.moveaxis(slower, -1, 0), np.abs(slower[..., 1]),
        np.linalg.norm(ground[:, :, skeleton.root], axis=-1), np.min(ground @ _WAYS, axis=2).max(axis=-1),
        np.linalg.norm(moved, axis=-1).mean(axis=-1), np.min(np.linalg.norm(ground, axis=-1), axis=-1),
        frames.lowest - body.floor[:, None], away.max(axis=-1), away.mean(axis=-1), np.median(away, axis=-1),
        ranged.each(frames), nearest.each(frames), *(sign.update(None, frames)[0] for sign in (Cycle(), QuickCycle())),
    ]  # fmt: skip
    both = np.concatenate([strengths, np.stack(plain, axis=1)[:, :, cut:]], axis=1).transpose(0, 2, 1)
    return both, frames.local.reshape(*poses.shape[:2], -1)


def told_row(one: Tried, m: int, seen: int) -> Array:
    """What a forest is told of a motion that begins to fail at a known frame, if it does: so many frames after that,
    beside what came before.
    """
    after = one.told[m, one.onset : one.onset + seen + 1]
    before = one.told[m, max(0, one.onset - _BEFORE) : one.onset]
    start, end = one.cut + one.onset, min(one.cut + one.onset + seen + 1, one.whole.shape[1])
    local = one.whole[m]
    gone = np.sort(np.abs(local[end - 1] - local[start - 1]))[-6:]
    now, then = repeats(local, end, seen), repeats(local, start, min(seen, start - _PERIODS[0] - 1))
    parts = [*_summed(after), *_summed(before), *(a - b for a, b in zip(_summed(after), _summed(before), strict=True)),
             _summed(after[-5:])[1], gone, np.array([now, then, now - then])]  # fmt: skip
    return np.concatenate(parts)


def repeats(local: Array, end: int, over: int) -> float:
    """The logarithm of how little the poses (F, K) over so many frames before `end` differ from those a period before,
    of twice their variance: the least over the periods.
    """
    shares = [0.0]
    for period in _PERIODS:
        first = max(end - max(over, 3), period)
        if first >= end:
            break
        change = ((local[first:end] - local[first - period : end - period]) ** 2).sum(axis=1).mean()
        varies = local[first - period : end].var(axis=0).sum()
        shares.append(float(np.log10((change + 1e-5) / (2.0 * varies + 1e-3))))
    return min(shares)


def _summed(values: Array) -> list[Array]:
    known = np.where(np.isfinite(values), values, -9.0) if len(values) else np.full((1, values.shape[1]), -9.0)
    return [known.max(axis=0), known.mean(axis=0), known.min(axis=0), known[-1]]


def watching_rows(told: Array) -> Array:
    """(n, 5 K) of frames (n, K): each, what it was 3 and 10 before, and the largest and least of ten."""
    known = np.nan_to_num(told, nan=-9.0, posinf=9.0, neginf=-9.0)
    past = [np.concatenate([np.repeat(known[:1], min(lag, len(known)), 0), known[:-lag]]) for lag in (3, 10)]
    whole = np.concatenate([np.repeat(known[:1], 9, 0), known])
    tens = np.lib.stride_tricks.sliding_window_view(whole, 10, axis=0)
    return np.concatenate([known, *past, tens.max(axis=-1), tens.min(axis=-1)], axis=1)


def of_forests(rows: Array, failed: Array, groups: NDArray[np.intp], trees: int, learns: Array | None = None) -> Array:
    """(N,) how surely rows (N, K) failed, by forests that learned from those of other folds; learns: from which."""
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

    rows = np.nan_to_num(rows, nan=-9.0, posinf=50.0, neginf=-50.0).clip(-50.0, 50.0).astype(np.float32)
    learns = np.ones(len(rows), dtype=bool) if learns is None else learns
    fold = np.random.default_rng(0).permutation(groups.max() + 1)[groups] % FOLDS
    made = np.zeros(len(rows))
    for k in range(FOLDS):
        for kind in (RandomForestClassifier, ExtraTreesClassifier):
            forest = kind(trees, min_samples_leaf=2, max_features="sqrt", class_weight="balanced", random_state=0)
            forest.fit(rows[(fold != k) & learns], failed[(fold != k) & learns])
            made[fold == k] += forest.predict_proba(rows[fold == k])[:, 1] / 2.0
    return made


def threshold(real: Array) -> float:
    """What at most 2.5 % of real clips' scores (N,) lie above."""
    return float(np.sort(real)[::-1][int(ALARMS * len(real))])


def shares(real: Array, failing: Array, own: NDArray[np.intp]) -> dict[str, Any]:
    """Of failing clips' scores (M,), whose real ones are real[own]: the share that is found, clips drawn anew."""
    draw, found = np.random.default_rng(0), []
    for _ in range(RESAMPLES):
        times = np.bincount(draw.integers(len(real), size=len(real)), minlength=len(real))
        weight = times[own]
        if weight.sum():
            found.append(float(weight @ (failing > threshold(np.repeat(real, times))) / weight.sum()))
    return {"found": round(float((failing > threshold(real)).mean()), 3), "interval": interval(np.array(found), 2)}


def world(every: Sequence[Tried]) -> dict[str, Any]:
    """By kind: what forests find."""
    made: dict[str, Any] = {}
    for kind in KINDS:
        have = [(i, one.kinds.index(kind)) for i, one in enumerate(every) if kind in one.kinds]
        own = np.array([i for i, _ in have])
        cells = [*((i, 0) for i in range(len(every))), *have]
        groups, failed = np.array([i for i, _ in cells]), np.arange(len(cells)) >= len(every)
        told = {}
        for seen in SEEN[kind]:
            rows = np.array([told_row(every[i], m, seen) for i, m in cells])
            score = of_forests(rows, failed, groups, TREES)
            told[seen] = shares(score[: len(every)], score[len(every) :], own)
        made[kind] = {"clips": len(have), "told": told, "watching": watching(every, have),
                      "signs": by_one_sign(every, have)}  # fmt: skip
        print(json.dumps({kind: made[kind]}), flush=True)
    return made


def watching(every: Sequence[Tried], have: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Share found, and frames (or periods) until then, of a forest that looks at all frames."""
    cells = [*((i, 0, 0) for i in range(len(every))), *((i, m, every[i].onset) for i, m in have)]
    parts = [watching_rows(every[i].told[m])[first:] for i, m, first in cells]
    groups = np.concatenate([np.full(len(part), cell[0]) for part, cell in zip(parts, cells, strict=True)])
    failed = np.concatenate([np.full(len(part), m > 0) for part, (_, m, _) in zip(parts, cells, strict=True)])
    learns = np.concatenate([np.arange(len(part)) < (_ON if m else len(part))
                             for part, (_, m, _) in zip(parts, cells, strict=True)])  # fmt: skip
    score = of_forests(np.concatenate(parts), failed, groups, WATCHING_TREES, learns)
    rows = np.split(score, np.cumsum([len(part) for part in parts])[:-1])
    lasting = [np.append(0.0, np.minimum(row[1:], row[:-1])) for row in rows]  # two frames in a row
    top = np.array([row.max() for row in lasting])
    limit = threshold(top[: len(every)])
    delays = np.array([next(iter(np.flatnonzero(row > limit)), np.inf) for row in lasting[len(every) :]])
    periods = np.array([every[i].periods[m] or np.nan for i, m in have])
    draw = np.random.default_rng(0)
    again = np.median(delays[draw.integers(len(delays), size=(RESAMPLES, len(delays)))], axis=1)
    return {**shares(top[: len(every)], top[len(every) :], np.array([i for i, _ in have])),
            "delay": float(np.median(delays)), "delay_interval": interval(np.where(np.isfinite(again), again, 999), 0),
            "periods": round(float(np.median(delays / periods)), 2)}  # fmt: skip


def repetition(every: Sequence[Tried]) -> dict[str, Any]:
    """Of noisy cycles, from where their second period ends on, told to the forest: what is found by the signs of
    cycles, by changes from a period before, by both, and by how still and fast poses are, which repeats nothing.
    """
    have = [(i, one.kinds.index("noisy_cycle")) for i, one in enumerate(every) if "noisy_cycle" in one.kinds]
    cells = [*((i, 0, m) for i, m in have), *((i, m, m) for i, m in have)]
    names = every[0].signs
    cycles = [names.index("cycle"), names.index("quick cycle"), len(names) + 16, len(names) + 17]
    still = [*(names.index(name) for name in ("still", "stop", "spread", "long spread")), len(names) + 8]
    groups, failed = np.tile(np.arange(len(have)), 2), np.arange(len(cells)) >= len(have)
    signs, changes, rest = [], [], []
    for i, m, source in cells:
        one = every[i]
        period = one.periods[source]
        first = min(one.onset + period + period // 4, one.told.shape[1] - 6)
        local, onset = one.whole[m], one.cut + one.onset
        ends = [min(one.cut + first + over, len(local)) for over in (15, 30, 60, 120)]
        now = np.array([repeats(local, end, over) for end, over in zip(ends, (15, 30, 60, 120), strict=True)])
        then = repeats(local, onset, 15)
        changes.append([*now, then, *(now - then)])
        signs.append(np.concatenate(_summed(one.told[m, first:][:, cycles])))
        rest.append(np.concatenate(_summed(one.told[m, first:][:, still])))
    told = {"signs": np.array(signs), "changes": np.array(changes), "both": np.concatenate([signs, changes], axis=1),
            "stillness and speed": np.array(rest)}  # fmt: skip
    made = {}
    for name, rows in told.items():
        score = of_forests(rows, failed, groups, TREES)
        made[name] = shares(score[: len(have)], score[len(have) :], np.arange(len(have)))
    return made


def by_one_sign(every: Sequence[Tried], have: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Of the sign that finds most where it alone spends all false alarms: name, share found, frames until then."""
    made: list[tuple[float, float, str]] = []
    for k, name in enumerate(every[0].signs):
        rows = [one.told[0][:, k] for one in every] + [every[i].told[m][every[i].onset :, k] for i, m in have]
        lasting = [np.append(-9.0, np.nan_to_num(np.minimum(row[1:], row[:-1]), nan=-9.0)) for row in rows]
        limit = threshold(np.array([row.max() for row in lasting[: len(every)]]))
        delays = np.array([next(iter(np.flatnonzero(row > limit)), np.inf) for row in lasting[len(every) :]])
        made.append((float(np.isfinite(delays).mean()), float(np.median(delays)), name))
    return dict(zip(("found", "delay", "sign"), max(made), strict=True))


def main() -> None:
    warnings.simplefilter("ignore", RuntimeWarning)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="CMU.h5")
    every = list(tried_in_world(parser.parse_args().data))
    print(json.dumps({**world(every), "repetition": repetition(every)}, indent=1))


if __name__ == "__main__":
    main()
