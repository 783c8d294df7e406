"""What thresholds would cost that meet the bars which verdicts miss, and how far labels of a blind look can be met.

    python scripts/verdict_bounds.py world --data CMU.h5
    python scripts/verdict_bounds.py image --data PENN.h5
    python scripts/verdict_bounds.py leave-out --data PENN.h5
    python scripts/verdict_bounds.py labels --data CMU.h5 PENN.h5

`world`: what is found and alarmed where thresholds are lower. `image`: the first frame at which a limit cycle can be
told, and what is found where thresholds are higher. `leave-out`: the same of cycles where strum_guitar does not
calibrate, beside how many of its clips are fine. `labels`: kappa of the verdicts whose thresholds the labels themselves
choose, and of one look with another.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from blind_look import FAMILIES, GROUND, LABELS, ROOT, families, kappa, labelled, listed
from numpy.typing import NDArray

from poseviewer.analysis.calibration import calibrated, seed_frames
from poseviewer.analysis.judgement import Judgement
from poseviewer.analysis.verdict import SIDES, Threshold, alarms
from poseviewer.data.dataset import Dataset
from poseviewer.measure.intervals import interval
from poseviewer.measure.verdicts.controls import LEAST_FRAMES, controls_of, watched
from poseviewer.measure.verdicts.injections import FULL, SIDE, injections, onset_of, usual_of
from poseviewer.measure.verdicts.seams import blended
from poseviewer.measure.verdicts.trial import MISSED, entered
from poseviewer.nets.protocols import Array
from poseviewer.progress import finished

FPS, RESAMPLES = 30.0, 2000
HIGHER = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""What thresholds are raised by: a score is a common logarithm of how seldom a value is."""
LOWER = (0.0, -0.05, -0.1, -0.15, -0.2, -0.3, -0.4, -0.5, -0.7, -1.0)
LIMITS = ("high", "low")
GRID = np.append(np.arange(-1.5, 3.01, 0.1), 99.0)
"""What thresholds are raised by in the search for those that labels would choose."""
LEFT_OUT = "strum_guitar"


@dataclass(frozen=True)
class Tries:
    """real: scores (2, n) of untouched clips, less the thresholds; failed: by kind, of each clip with it, the scores
    (n,) of its side from the onset on, its period, and frames between seed and onset. low: the lower thresholds (2,) of
    each part, less the higher ones.
    """

    real: list[Array] = field(default_factory=list)
    failed: dict[str, list[tuple[Array, int, int]]] = field(default_factory=dict)
    low: list[Array] = field(default_factory=list)


def tries_of(path: Path, folds: int = 0, left_out: str = "", kinds: Sequence[str] = tuple(SIDE)) -> tuple[Tries, Tries]:
    """Of the clips that are judged; of all clips of the action that is left out, untouched."""
    with Dataset.open(path) as dataset:
        controls = controls_of(dataset, folds)
    others, own = Tries(), Tries()
    for part in controls.parts:
        known = [clip for clip in part.reference if clip.action != left_out]
        motions = [np.asarray(clip.positions, dtype=np.float64) for clip in known]
        calibration = finished(calibrated(motions, controls.skeleton, controls.fps))
        usual = usual_of(motions, controls.skeleton)
        high, low = (np.array([getattr(calibration.thresholds[side], name) for side in SIDES]) for name in LIMITS)
        for tries in (others, own):
            tries.low.append(low - high)
        for clip in (*part.judged, *(clip for clip in part.reference if clip.action == left_out)):
            if len(clip) < LEAST_FRAMES:
                continue
            tries, motion = own if clip.action == left_out else others, watched(clip)
            made = injections(motion, clip.name, clip.action, clip.loop, usual, controls.skeleton, controls.fps)
            made = [one for one in made if one.kind in kinds and one.strength == FULL and tries is others]
            cut, onset = seed_frames(len(motion)), onset_of(len(motion))
            judgement = Judgement(calibration, np.repeat(motion[None, :cut], len(made) + 1, axis=0))
            judgement.extend(np.stack([motion, *(one.motion for one in made)])[:, cut:])
            over = judgement.sides - high[:, None, None]
            tries.real.append(over[:, 0])
            for row, one in enumerate(made, 1):
                side = over[SIDES.index(SIDE[one.kind]), row, onset - cut :]
                tries.failed.setdefault(one.kind, []).append((side, one.period, onset - cut))
    return others, own


def earliest(period: int, before: int) -> int:
    """The frame after the onset, from 0, at which an alarm can be on that compares a fifth of a period with the one
    before: the first and last frames of a period that is repeated are blended with others, and frames of the seed are
    not looked at, so that generated ones must fill the window. before: generated frames before the onset.
    """
    over, mixed = max(3, round(period / 5)), blended(period)
    alike = [t - period >= mixed or (mixed <= t < period - mixed and t - period >= -before) for t in range(4 * period)]
    for t in range(over - 1, len(alike)):
        if t + before + 1 >= period + over and all(alike[t - over + 1 : t + 1]):
            return t + 1  # the second frame in a row
    return 4 * period


def raised(tries: Tries, more: Sequence[float]) -> dict[str, Any]:
    """What is alarmed and found, and after how many frames, where each side's thresholds are so much higher."""
    lows = np.mean(tries.low, axis=0)
    limits = [Threshold(m, m + low, 2, 3) for m, low in zip(more, lows.tolist(), strict=True)]
    on = [np.any([alarms(s[None], t).on[0] for s, t in zip(own, limits, strict=True)], axis=0) for own in tries.real]
    told: dict[str, Any] = {"frames": float(np.concatenate(on).mean()), "clips": float(np.mean([r.any() for r in on]))}
    told = {key: round(value, 4) for key, value in told.items()}
    for kind, rows in tries.failed.items():
        delays = np.array([entered(side, limits[SIDES.index(SIDE[kind])]) for side, *_ in rows])
        told[kind] = [round(float((delays < MISSED).mean()), 3), float(np.median(delays))]
    return told


def world(path: Path) -> dict[str, Any]:
    tries, _ = tries_of(path, 5)
    return {f"{more:.2f}": raised(tries, (more, more)) for more in LOWER}


def image(path: Path) -> dict[str, Any]:
    tries, _ = tries_of(path)
    told: dict[str, Any] = {}
    for kind in ("cycle", "noisy_cycle"):
        rows = tries.failed[kind]
        periods = np.array([period for _, period, _ in rows])
        first = np.array([earliest(period, before) for _, period, before in rows])
        delays = np.array([entered(side, Threshold(0.0, 0.0, 2, 3)) for side, *_ in rows])
        draw = np.random.default_rng(0).integers(len(rows), size=(RESAMPLES, len(rows)))
        told[kind] = {
            "period": float(np.median(periods)),
            **{name: {"frames": float(np.median(each)), "periods": round(float(np.median(each / periods)), 3),
                      "interval": interval(np.median((each / periods)[draw], axis=1), 3)}
               for name, each in (("earliest", first), ("delay", delays))},
            "within a frame of the earliest": round(float((delays <= first + 1).mean()), 3),
        }  # fmt: skip
    return {**told, "higher": {f"{more:.2f}": raised(tries, (more, more)) for more in HIGHER}}


def leave_out(path: Path) -> dict[str, Any]:
    tries, own = tries_of(path, 0, LEFT_OUT, ("cycle", "noisy_cycle"))
    return {f"{more:.2f}": {"fine": round(1.0 - raised(own, (0.0, more))["clips"], 3), "of": len(own.real),
                            **raised(tries, (0.0, more))} for more in HIGHER}  # fmt: skip


def labels(paths: Sequence[Path]) -> dict[str, Any]:
    every, folder = families(paths), ROOT / "docs/blind"
    first, second = labelled(folder / "labels.csv"), labelled(folder / "labels_again.csv")
    shown = listed(every, folder / "motions.csv")
    over, ground = np.zeros((len(shown), 2)), np.zeros(len(shown), dtype=bool)
    for name, family in every.items():
        calibration = finished(calibrated([clip.positions for clip in family.reference], family.skeleton, FPS))
        high = np.array([calibration.thresholds[side].high for side in SIDES])
        for k, (motion, *_) in enumerate(one for one in shown):
            if shown[k].family == name:
                judgement = Judgement(calibration, motion.seed[None], [motion.action], np.array([motion.floor]))
                judgement.extend(motion.poses[None])
                sides = judgement.sides[:, 0]
                over[k] = np.minimum(sides[:, 1:], sides[:, :-1]).max(axis=1) - high  # two frames in a row
                signs = {finding.sign.name for finding in judgement.verdict().findings}
                ground[k] = bool(signs) and signs <= set(GROUND)
    numbers = np.flatnonzero(~ground) + 1
    own, over = np.array([first[n] for n in numbers]), over[~ground]
    datasets = np.array([shown[n - 1].family == FAMILIES[1] for n in numbers], dtype=int)
    verdicts = words(over, np.zeros(2), own)
    draw = np.random.default_rng(0).integers(len(own), size=(RESAMPLES, len(own)))
    alone = [words(over[k : k + 1], best(np.delete(over, k, 0), np.delete(own, k))[1], own[k : k + 1])[0]
             for k in range(len(own))]  # fmt: skip
    farther = np.where(over[:, 0] > over[:, 1], "drifting", "collapsed")
    apart = [best(over[datasets == k], own[datasets == k], farther[datasets == k])[1] for k in (0, 1)]
    again = np.array([n in second for n in numbers])
    twice = np.array([second[n] for n in numbers[again]])
    some = np.random.default_rng(0).integers(len(twice), size=(RESAMPLES, len(twice)))
    return {
        "kappa": kappa(own, verdicts), "motions": len(own), "left out": (np.flatnonzero(ground) + 1).tolist(),
        "interval": interval(np.array([kappa(own[pick], verdicts[pick]) for pick in draw]), 2),
        "table": table(own, verdicts), "in images alone": kappa(own[datasets == 1], verdicts[datasets == 1]),
        "in 3D alone": table(own[datasets == 0], verdicts[datasets == 0]),
        "thresholds chosen by the labels": {
            "one for all": best(over, own, sides=1)[0], "one a side": best(over, own)[0],
            "one a side, each motion by the others": kappa(own, np.array(alone)),
        },
        "where both failures count as the one that lies farther over its threshold": {
            "shipped": kappa(own, words(over, np.zeros(2), own, farther)), "one a side": best(over, own, farther)[0],
            "one a side and dataset": kappa(own, words(over, np.array(apart)[datasets], own, farther)),
        },
        "over": {int(n): row for n, row in zip(numbers, over.round(3).tolist(), strict=True)},
        "second look": {
            "motions": len(twice), "with the first": kappa(own[again], twice), "table": table(own[again], twice),
            "interval": interval(np.array([kappa(own[again][p], twice[p]) for p in some]), 2),
            "verdicts where both agree": kappa(twice[own[again] == twice], verdicts[again][own[again] == twice]),
            "verdicts with the first": kappa(own[again], verdicts[again]),
            "verdicts with the second": kappa(twice, words(over[again], np.zeros(2), twice)),
        },
    }  # fmt: skip


def words(
    over: Array, limits: Array, labels: NDArray[np.str_], both: NDArray[np.str_] | None = None
) -> NDArray[np.str_]:
    """What motions are called whose sides' scores (N, 2) lie over limits (2,) or (N, 2). both (N,): what those are that
    have both failures, which are else right for either.
    """
    drift, collapse = (over > limits).T
    both = np.where(labels == "realistic", "drifting", labels) if both is None else both
    return np.select([drift & collapse, drift, collapse], [both, "drifting", "collapsed"], "realistic")


def best(
    over: Array, labels: NDArray[np.str_], both: NDArray[np.str_] | None = None, sides: int = 2
) -> tuple[float, Array]:
    """The largest kappa that thresholds have, one for both sides or one for each, and these."""
    pairs = [(a, a) for a in GRID] if sides == 1 else list(product(GRID, GRID))
    value, pair = max((kappa(labels, words(over, np.array(pair), labels, both)), pair) for pair in pairs)
    return value, np.array(pair)


def table(labels: NDArray[np.str_], others: NDArray[np.str_]) -> dict[str, dict[str, int]]:
    return {a: {b: int(((labels == a) & (others == b)).sum()) for b in LABELS} for a in LABELS}


def main() -> None:
    warnings.simplefilter("ignore", RuntimeWarning)  # of joints that are never known
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("world", "image", "leave-out", "labels"))
    parser.add_argument("--data", nargs="+", type=Path, required=True, metavar="DATA.h5")
    given = parser.parse_args()
    if given.what == "labels":
        told = labels(given.data)
    else:
        told = {"world": world, "image": image, "leave-out": leave_out}[given.what](given.data[0])
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
