"""The same future whatever the seed: put into sets of real clips, and what verdicts over sets say of it.

Letters: F frames, J joints, D = 2 or 3, G clips of a set.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from poseviewer.analysis.calibration import seed_frames
from poseviewer.analysis.sets.variety import Futures, futures_of
from poseviewer.measure.verdicts import in_image, in_world
from poseviewer.measure.verdicts.controls import Part, watched
from poseviewer.measure.verdicts.injections import Usual, drawn, real_of
from poseviewer.measure.verdicts.scoring import area
from poseviewer.measure.verdicts.trial import MISSED
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array
from poseviewer.progress import Progress

KIND = "same_future"
MOTIONS = 8
"""Of a set."""
_SETS = 50  # over all parts
_LEAST_SECONDS = 1.5  # after the seed


@dataclass(frozen=True)
class SetTrial:
    """Of a set of clips: how alike they are at most, untouched and with one future; frames after the seeds at which
    either is found, MISSED if it is not.
    """

    score: float
    real_score: float
    delay: float
    real_delay: float


def one_future(
    motions: Sequence[Array], cuts: Sequence[int], donor: int, usual: Usual, skeleton: Skeleton, fps: float,
    draw: np.random.Generator,
) -> list[Array]:  # fmt: skip
    """Motions (F, J, D) that from their cuts on do what one of them does: on their own bodies, from where they are and
    face, as long as it does and they are.
    """
    inside = in_world if skeleton.dims == 3 else in_image
    both = zip(motions, cuts, strict=True)
    bodies: list[Any] = [real_of(motion, cut, "", usual, skeleton, fps) for motion, cut in both]
    return [inside.taken_over(body, bodies[donor], draw) for body in bodies]


def sets_tried(
    part: Part, usual: Usual, skeleton: Skeleton, fps: float, count: int
) -> Generator[Progress, None, list[SetTrial]]:
    """A Job: so many sets of a part's judged clips, each of clips of its own; none where clips are too few."""
    long = [clip for clip in part.judged if len(clip) - seed_frames(len(clip)) >= _LEAST_SECONDS * fps]
    if len(long) < MOTIONS:
        return []
    reference = yield from futures_of([clip.positions for clip in part.reference], skeleton, fps)
    if not reference.decides:
        return []
    tried = []
    for k in range(count):
        draw = drawn(f"{k}", KIND)
        clips = [long[i] for i in draw.choice(len(long), MOTIONS, replace=False)]
        tried.append(_tried(clips, reference, usual, draw))
        yield Progress(k + 1, count, "gives sets one future")
    return tried


def _tried(clips: Sequence[Clip], reference: Futures, usual: Usual, draw: np.random.Generator) -> SetTrial:
    motions = [watched(clip) for clip in clips]
    cuts = [seed_frames(len(motion)) for motion in motions]
    made = one_future(motions, cuts, int(draw.integers(MOTIONS)), usual, reference.skeleton, reference.fps, draw)
    beside = reference.beside([motion[:cut] for motion, cut in zip(motions, cuts, strict=True)])
    told = []
    for each in (made, motions):
        alike = beside.alike([motion[cut:] for motion, cut in zip(each, cuts, strict=True)])
        found = np.flatnonzero(alike.found)
        told.append((float(np.nanmax(alike.score)), float(alike.frames[found[0]] - 1) if len(found) else MISSED))
    (score, delay), (real_score, real_delay) = told
    return SetTrial(score, real_score, delay, real_delay)


def share_of_sets(parts: int) -> int:
    """How many sets each part has."""
    return max(1, _SETS // parts)


def set_figures(tried: Sequence[SetTrial]) -> dict[str, Any]:
    """By name, of sets; empty where there are none."""
    if not tried:
        return {}
    delay = float(np.median([row.delay for row in tried]))
    pooled = round(area([row.score for row in tried], [row.real_score for row in tried]), 4)
    return {
        "injected": len(tried),
        "auc": pooled,
        "auc_macro": None,
        "auc_pooled": pooled,
        "detected": round(float(np.mean([row.delay < MISSED for row in tried])), 4),
        "delay": delay if np.isfinite(delay) else None,
        "named_onset": None,
        "told_apart": None,
        "false_alarms": round(float(np.mean([row.real_delay < MISSED for row in tried])), 4),
    }
