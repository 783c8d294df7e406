"""Which rollouts a report shows: of each model its most frequent failures, each by the rollout that fails farthest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from poseviewer.analysis.judgement import Verdict
from poseviewer.analysis.verdict import OF_SIDE, Word
from poseviewer.measure.verdicts.rollouts import Continued, Judged
from poseviewer.motion.skeleton import Skeleton

MOST = 5


@dataclass(frozen=True, eq=False)
class Worst:
    """A motion that may be shown, of a skeleton at a rate. model: whose it is, by its number."""

    model: int
    motion: Continued
    verdict: Verdict
    skeleton: Skeleton
    fps: float

    @property
    def decided_by(self) -> str:
        """The statistic that failed first."""
        return self.verdict.findings[0].sign.name

    @property
    def words(self) -> list[tuple[int, Word]]:
        """From which generated frame (from 0) on it is what: what has failed stays failed, as the shares count it."""
        told: list[tuple[int, Word]] = [(0, "unlike" if self.verdict.word == "unlike" else "realistic")]
        for k, finding in enumerate(self.verdict.findings):
            told.append((finding.onset, "both" if k else OF_SIDE[finding.side]))
        return told


def of_models(judged: Sequence[Judged], skeleton: Skeleton, fps: float) -> list[list[Worst]]:
    """All rollouts of models."""
    return [
        [Worst(k, motion, verdict, skeleton, fps) for motion, verdict in zip(made.motions, made.verdicts, strict=True)]
        for k, made in enumerate(judged)
    ]


def worst(motions: Sequence[Sequence[Worst]], most: int = MOST) -> list[Worst]:
    """At most so many of all models' motions, in turns, no two by one statistic while there are others."""
    turns = [shown for turn in zip_longest(*map(_of_one, motions)) for shown in turn if shown is not None]
    named: set[str] = set()
    fresh: list[Worst] = []
    again: list[Worst] = []
    for shown in turns:
        (again if shown.decided_by in named else fresh).append(shown)
        named.add(shown.decided_by)
    return sorted((fresh + again)[:most], key=lambda shown: shown.model)


def _of_one(motions: Sequence[Worst]) -> list[Worst]:
    """Of one model, a motion for each statistic that decided first, the most frequent statistic first."""
    failed = [shown for shown in motions if shown.verdict.findings]
    counts = Counter(shown.decided_by for shown in failed)
    return [max((w for w in failed if w.decided_by == name), key=_how_far) for name, _ in counts.most_common()]


def _how_far(shown: Worst) -> float:
    """How strange the value is that decided, on its statistic's own scale."""
    finding = shown.verdict.findings[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.nan_to_num(finding.sign.strength(np.array([[finding.value]])), posinf=np.inf).max())
