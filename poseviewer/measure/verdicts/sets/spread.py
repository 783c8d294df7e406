"""How much motions differ from each other, and what their power spectra are, beside real ones.

Poses are seen from the body, in its sizes. Letters: N motions, F frames, V values of a pose.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from poseviewer.analysis.sets.variety import Alike, Futures
from poseviewer.analysis.statistics.body import Body, local, yaw
from poseviewer.measure.verdicts.rollouts import Continued
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array

_WINDOW = 32
_TINY = 1e-12


def places(motions: Sequence[Continued], skeleton: Skeleton) -> list[Array]:
    """(F, V) of each motion; 0 where a joint is not known."""
    return [np.nan_to_num(seen_from_body(motion, skeleton)).reshape(len(motion.poses), -1) for motion in motions]


def seen_from_body(motion: Continued, skeleton: Skeleton) -> Array:
    """(F, J, D) of a motion; NaN where a joint is not known throughout the seed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of joints that are never known
        seen = local(np.asarray(motion.poses, np.float64)[None], Body.of(motion.seed[None], skeleton))[0]
    seen[:, ~np.isfinite(motion.seed).all(axis=(0, 2))] = np.nan
    return seen


def variety(
    made: Sequence[Continued], real: Sequence[Continued], skeleton: Skeleton, fps: float, frames: Sequence[int]
) -> dict[str, Any]:
    """between_seeds: at some frames, the poses' variance over the first samples of all seeds, as a share of that over
    real clips (each at that frame, or at its last). between_samples: mean variance over the samples of one seed, as the
    same share; null without several. turning: standard deviation over motions of their turning rate, as a share of the
    real one.
    """
    ours, theirs = places(made, skeleton), places(real, skeleton)
    told: dict[str, Any] = {"frames": list(frames), "between_seeds": [], "between_samples": [], "turning": None}
    firsts, several = _firsts(made), _several(made)
    for frame in frames:
        known = [k for k in firsts if len(ours[k]) >= frame]
        natural = _variance([m[min(frame, len(m)) - 1] for m in theirs if len(m)])
        share = _variance([ours[k][frame - 1] for k in known]) / max(natural, _TINY) if len(known) > 1 else None
        inside = [_variance([ours[k][frame - 1] for k in rows]) for rows in several if len(ours[rows[0]]) >= frame]
        told["between_seeds"].append(None if share is None else round(share, 3))
        told["between_samples"].append(round(float(np.mean(inside)) / max(natural, _TINY), 3) if inside else None)
    if skeleton.dims == 3:
        rates = [_turning(motions, skeleton, fps) for motions in (made, real)]
        told["turning"] = round(float(rates[0].std() / max(rates[1].std(), _TINY)), 3)
    return told


def alike_figures(
    made: Sequence[Continued], futures: Futures, frames: Sequence[int], log: Sequence[Array] | None = None
) -> dict[str, Any]:
    """seeds: whether the first samples of all seeds end alike at some frames, as Alike has it: found, p, ratios by
    statistic, and by which, doing, sentence; those that are long enough, as most are; null where there is one. samples:
    the share of seeds whose samples are alike at the last of the frames, and of how many seeds; null without several.
    """
    told: dict[str, Any] = {"seeds": None, "samples": None}
    firsts = _firsts(made)
    last = int(np.percentile([len(made[k].poses) for k in firsts], 25.0))
    at = [frame for frame in frames if frame <= last] or [last]
    long = [k for k in firsts if len(made[k].poses) >= last]
    if len(long) > 1 and last:
        alike = _alike(made, futures, long, at, log)
        told["seeds"] = {
            "motions": len(long),
            "frames": at,
            "found": alike.found.tolist(),
            "p": [_number(p) for p in alike.p],
            "by": list(alike.by),
            "ratios": {name: [_number(value) for value in row] for name, row in alike.ratios.items()},
            "doing": alike.doing,
            "sentence": alike.sentence,
        }
    several = _several(made)
    if several:
        found = [bool(_alike(made, futures, rows, [at[-1]], log).found[-1]) for rows in several]
        told["samples"] = {"seeds": len(several), "alike": round(float(np.mean(found)), 4)}
    return told


def _firsts(made: Sequence[Continued]) -> list[int]:
    """The first sample of each seed."""
    return [k for k, motion in enumerate(made) if motion.sample == 0]


def _several(made: Sequence[Continued]) -> list[list[int]]:
    """The samples of each seed that has more than one."""
    groups: dict[tuple[str, int], list[int]] = {}
    for k, motion in enumerate(made):
        groups.setdefault((motion.clip, motion.start), []).append(k)
    return [rows for rows in groups.values() if len(rows) > 1]


def _alike(
    made: Sequence[Continued], futures: Futures, rows: Sequence[int], at: Sequence[int], log: Sequence[Array] | None
) -> Alike:
    beside = futures.beside([made[k].seed for k in rows])
    logs = None if log is None else [log[k][: at[-1]] for k in rows]
    return beside.alike([made[k].poses[: at[-1]] for k in rows], at, logs)


def _number(value: float) -> float | None:
    return float(f"{value:.4g}") if np.isfinite(value) else None


def spectra(made: Sequence[Continued], real: Sequence[Continued], skeleton: Skeleton) -> dict[str, float | None]:
    """npss: the distance of normalised power spectra from those of how the clips went on, weighted by power, over the
    first 32 frames (Gopalakrishnan et al., CVPR 2019). spectral_entropy, real_spectral_entropy: of windows of as many
    frames, nats; kl_made_real, kl_real_made: between mean spectra (Hernandez Ruiz et al., ICCV 2019). null where no
    motion is as long.
    """
    ours, theirs = places(made, skeleton), places(real, skeleton)
    at = {(m.clip, m.start): k for k, m in enumerate(real)}
    pairs = [(k, at[m.clip, m.start]) for k, m in enumerate(made) if (m.clip, m.start) in at]
    pairs = [(k, r) for k, r in pairs if min(len(ours[k]), len(theirs[r])) >= _WINDOW]
    told: dict[str, float | None] = dict.fromkeys(
        ("npss", "spectral_entropy", "real_spectral_entropy", "kl_made_real", "kl_real_made")
    )
    if pairs:
        a, b = (_power(np.stack(rows)) for rows in ([ours[k][:_WINDOW] for k, _ in pairs],
                                                   [theirs[r][:_WINDOW] for _, r in pairs]))  # fmt: skip
        apart = np.abs(np.cumsum(_normed(a) - _normed(b), axis=1)).sum(axis=1)
        told["npss"] = round(float((apart * b.sum(axis=1)).sum() / max(b.sum(), _TINY)), 4)
    shares = [_shares(motions) for motions in (ours, theirs)]
    if all(map(len, shares)):
        (mine, mine_of_each), (natural, natural_of_each) = (
            (s.mean(axis=0), -(s * np.log(s + _TINY)).sum(axis=1).mean()) for s in shares
        )
        told["spectral_entropy"], told["real_spectral_entropy"] = (
            round(float(mine_of_each), 4), round(float(natural_of_each), 4))  # fmt: skip
        told["kl_made_real"], told["kl_real_made"] = round(_kl(mine, natural), 4), round(_kl(natural, mine), 4)
    return told


def _variance(rows: Sequence[Array]) -> float:
    return float(np.var(np.stack(rows), axis=0).sum()) if rows else 0.0


def _turning(motions: Sequence[Continued], skeleton: Skeleton, fps: float) -> Array:
    made = []
    for motion in motions:
        angle = np.unwrap(yaw(np.asarray(motion.poses, np.float64)[None], skeleton)[0])
        if len(angle) > 1:
            made.append((angle[-1] - angle[0]) / (len(angle) - 1) * fps)
    return np.array(made)


def _power(windows: Array) -> Array:
    """(N, K, V) of windows (N, F, V), without their means."""
    return np.asarray(np.abs(np.fft.rfft(windows - windows.mean(axis=1, keepdims=True), axis=1))[:, 1:] ** 2)


def _normed(power: Array) -> Array:
    total = power.sum(axis=1, keepdims=True)
    return np.where(total > _TINY, power / np.maximum(total, _TINY), 1.0 / power.shape[1])


def _shares(motions: Sequence[Array]) -> Array:
    """(W, K) power spectra over all values of the motions' windows, each summing to 1."""
    windows = [m[s : s + _WINDOW] for m in motions for s in range(0, len(m) - _WINDOW + 1, _WINDOW)]
    return _normed(_power(np.stack(windows)).sum(axis=2)) if windows else np.zeros((0, _WINDOW // 2))


def _kl(a: Array, b: Array) -> float:
    return float((a * np.log((a + 1e-9) / (b + 1e-9))).sum())
