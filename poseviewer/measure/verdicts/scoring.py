"""The figures of a self-test: areas under ROC curves, detection rates, delays and false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from poseviewer.analysis.verdict import SIDES
from poseviewer.measure.intervals import RESAMPLES, interval
from poseviewer.measure.verdicts.injections import FULL, HALF, SIDE
from poseviewer.measure.verdicts.trial import MISSED, Failed, Untouched

_DIGITS = 4
_NORMAL = 1.959964  # of 95 %
_PLACES = (*SIDES, "either")
COLUMNS = ("injected", "auc", "auc_macro", "auc_pooled", "detected", "delay", "named_onset", "told_apart")
"""What is told of each kind of failure at each strength."""


def figures(untouched: Sequence[Untouched], failed: Sequence[Failed], fps: float, macro: bool) -> dict[str, Any]:
    """By name. macro: `auc` is the mean over actions, and not over all clips at once."""
    told: dict[str, Any] = {}
    for strength, prefix in ((FULL, ""), (HALF, "half_")):
        groups = {kind: [row for row in failed if row.kind == kind and row.strength == strength] for kind in SIDE}
        groups = {kind: rows for kind, rows in groups.items() if rows}
        for key, columns in _columns(groups, macro).items():
            told[prefix + key] = columns
        if not prefix:
            told["periods"] = {kind: _median([row.delay / row.period for row in rows])
                               for kind, rows in groups.items() if rows[0].period}  # fmt: skip
            told["false_alarms"] = {
                kind: _share([row.real_delay < MISSED for row in rows]) for kind, rows in groups.items()
            }
            told["told_apart_overall"] = _told_apart([row for rows in groups.values() for row in rows])
    return {**told, **_real(untouched, fps)}


def by_kind(told: dict[str, Any]) -> dict[str, Any]:
    """The same figures with a row for each kind of failure at each strength, to be read."""
    rows: dict[str, dict[str, Any]] = {}
    for prefix, strength in (("", "full"), ("half_", "half")):
        for kind in told[f"{prefix}injected"]:
            columns = {key: told[prefix + key][kind] for key in COLUMNS}
            rows[f"{kind} {strength}"] = {key: "-" if value is None else value for key, value in columns.items()}
    rest = {key: value for key, value in told.items() if key.removeprefix("half_") not in COLUMNS}
    return {"failures": rows, **rest}


def area(failing: ArrayLike, real: ArrayLike) -> float:
    """Area under the ROC curve: how often a failing clip's score is larger than a real one's, ties counted half."""
    failing, real = np.asarray(failing), np.sort(np.asarray(real))
    below = np.searchsorted(real, failing, side="left") + np.searchsorted(real, failing, side="right")
    return float(below.mean() / (2.0 * len(real)))


def share_interval(found: int, count: int) -> list[float]:
    """Ends of the 95 percent interval of a share (Wilson, 1927)."""
    share, z = found / count, _NORMAL
    middle, half = share + z**2 / (2 * count), z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    scale = 1.0 + z**2 / count
    return [round(float(end), _DIGITS) for end in ((middle - half) / scale, (middle + half) / scale)]


def _columns(groups: dict[str, list[Failed]], macro: bool) -> dict[str, dict[str, Any]]:
    pooled, over_actions = {}, {}
    for kind, rows in groups.items():
        pooled[kind] = round(area([row.score for row in rows], [row.real_score for row in rows]), _DIGITS)
        means = []
        for action in sorted({row.action for row in rows}):
            mine = [row for row in rows if row.action == action]
            means.append(area([row.score for row in mine], [row.real_score for row in mine]))
        over_actions[kind] = round(float(np.mean(means)), _DIGITS)
    return {
        "injected": {kind: len(rows) for kind, rows in groups.items()},
        "auc": dict(over_actions if macro else pooled),
        "auc_macro": over_actions,
        "auc_pooled": pooled,
        "detected": {kind: _share([row.delay < MISSED for row in rows]) for kind, rows in groups.items()},
        "delay": {kind: _median([row.delay for row in rows]) for kind, rows in groups.items()},
        "named_onset": {kind: _median([row.named for row in rows if np.isfinite(row.named)]) for kind, rows in
                        groups.items()},
        "told_apart": {kind: _told_apart(rows) for kind, rows in groups.items()},
    }  # fmt: skip


def _real(untouched: Sequence[Untouched], fps: float) -> dict[str, Any]:
    frames = np.array([row.frames for row in untouched])
    minutes = frames.sum() / fps / 60.0
    told: dict[str, Any] = {}
    for k, place in enumerate(_PLACES):
        alarmed = np.array([row.alarmed[k] for row in untouched])
        begun = sum(row.alarms[k] for row in untouched)
        clips = int((alarmed > 0).sum())
        told[place] = {
            "clips": _share(alarmed > 0),
            "clips_interval": share_interval(clips, len(untouched)),
            "frames": round(float(alarmed.sum() / frames.sum()), _DIGITS),
            "frames_interval": _frames_interval(alarmed, frames),
            "per_minute": round(float(begun / minutes), _DIGITS),
        }
    by_action = {}
    for action in sorted({row.action for row in untouched}):
        mine = [row for row in untouched if row.action == action]
        by_action[action] = {
            "clips": len(mine),
            **{place: sum(row.alarmed[k] > 0 for row in mine) for k, place in enumerate(_PLACES)},
            "frames": round(sum(row.alarmed[2] for row in mine) / sum(row.frames for row in mine), _DIGITS),
        }
    named = {row.name: "both" if all(row.alarmed[:2]) else SIDES[0] if row.alarmed[0] else SIDES[1]
             for row in untouched if row.alarmed[2]}  # fmt: skip
    return {
        "clips": len(untouched),
        "frames": int(frames.sum()),
        "minutes": round(float(minutes), 2),
        "false_alarms_overall": told,
        "false_alarms_by_action": by_action,
        "false_alarms_named": named,
    }


def _frames_interval(alarmed: np.ndarray, frames: np.ndarray) -> list[float]:
    """Of the share of frames that are alarmed, clips drawn anew."""
    draw = np.random.default_rng(0)
    rows = draw.integers(len(frames), size=(RESAMPLES, len(frames)))
    return interval(alarmed[rows].sum(axis=1) / frames[rows].sum(axis=1), _DIGITS)


def _told_apart(rows: Sequence[Failed]) -> float | None:
    """Of the failures that are found at all, the share whose own side is the first."""
    found = [row.leads for row in rows if min(row.delay, row.other_delay) < MISSED]
    return _share(found) if found else None


def _share(marks: ArrayLike) -> float:
    return round(float(np.asarray(marks).mean()), _DIGITS)


def _median(values: Sequence[float]) -> float | None:
    """None where it is infinite, or there is none."""
    middle = float(np.median(values)) if len(values) else MISSED
    return round(middle, 2) if np.isfinite(middle) else None
