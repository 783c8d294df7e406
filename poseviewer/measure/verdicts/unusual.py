"""Real but unusual motion: clips of an action that calibration is not told of, untouched and with failures in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np

from poseviewer.analysis.calibration import Calibration, calibrated, seed_frames
from poseviewer.analysis.judgement import Judgement
from poseviewer.analysis.verdict import Word
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.verdicts.controls import LEAST_FRAMES, controls_of, watched
from poseviewer.measure.verdicts.injections import FULL, usual_of
from poseviewer.measure.verdicts.scoring import area, share_interval
from poseviewer.measure.verdicts.trial import MISSED, Failed, tried
from poseviewer.motion.clip import Clip
from poseviewer.progress import Progress

KINDS = ("freeze", "stretch", "jump", "noise")
"""Failures that are put into such clips."""
FINE: tuple[Word, ...] = ("realistic", "unlike")
_MOST = 60
"""Clips of an action that failures are put into."""
_AT_ONCE = 4


def left_out(dataset: Dataset, actions: Sequence[str]) -> Generator[Progress, None, dict[str, Any]]:
    """A Job: of each action, left out of calibration by itself: what its clips are called (clips, and the share of each
    word), fine: the share that is called realistic or unlike, with its interval; auc and detected of failures at full
    strength in them, by kind; alarmed: names of the others. held_out: of the clips of all other actions that are judged
    the share that is called unlike.

    Raises PoseviewerError where an action has no clips, or nothing is left.
    """
    yield Progress(0, 0, "reads real motion")
    controls = controls_of(dataset)
    part = controls.parts[0]
    told: dict[str, Any] = {"left_out": {}, "held_out": {}}
    for action in actions:
        own = [clip for clip in (*part.reference, *part.judged) if clip.action == action and len(clip) >= LEAST_FRAMES]
        if not own:
            raise PoseviewerError(dataset.name, f"--leave-out {action}", "it has no clips", "name an action it has")
        known = [clip for clip in part.reference if clip.action != action]
        others = [clip for clip in part.judged if clip.action != action]
        motions = [np.asarray(clip.positions, np.float64) for clip in known]
        loops = [clip.loop for clip in known]
        calibration = yield from calibrated(motions, controls.skeleton, controls.fps, loops)
        usual = usual_of(motions, controls.skeleton)
        words = {}
        for done, clip in enumerate(own):
            words[clip.name] = word_of(clip, calibration)
            yield Progress(done, len(own), f"judges {action}")
        failed: list[Failed] = []
        some = own[:: max(1, -(-len(own) // _MOST))]
        for first in range(0, len(some), _AT_ONCE):
            rows = tried(some[first : first + _AT_ONCE], calibration, usual)
            failed += [row for _, mine in rows for row in mine if row.strength == FULL and row.kind in KINDS]
            yield Progress(first, len(some), f"puts failures into {action}")
        told["left_out"][action] = {**_words(list(words.values())), **_found(failed)}
        told["left_out"][action]["alarmed"] = {name: word for name, word in words.items() if word not in FINE}
        heard = []
        for done, clip in enumerate(others):
            heard.append(word_of(clip, calibration))
            yield Progress(done, len(others), "judges the others")
        if heard:
            told["held_out"][action] = _words(heard)
    return told


def word_of(clip: Clip, calibration: Calibration) -> Word:
    """What a real clip is called, from its own seed on."""
    motion = watched(clip)
    cut = seed_frames(len(motion))
    judgement = Judgement(calibration, motion[None, :cut])
    judgement.extend(motion[None, cut:])
    return judgement.verdict().word


def _words(words: Sequence[Word]) -> dict[str, Any]:
    counts = Counter(words)
    shares = {word: round(count / len(words), 4) for word, count in counts.most_common()}
    fine, unlike = sum(counts[word] for word in FINE), counts["unlike"]
    return {
        "clips": len(words),
        "words": shares,
        "fine": round(fine / len(words), 4),
        "fine_interval": share_interval(fine, len(words)),
        "unlike": round(unlike / len(words), 4),
        "unlike_interval": share_interval(unlike, len(words)),
    }


def _found(failed: Sequence[Failed]) -> dict[str, Any]:
    rows = {kind: [row for row in failed if row.kind == kind] for kind in KINDS}
    rows = {kind: mine for kind, mine in rows.items() if mine}
    auc = {k: round(area([r.score for r in mine], [r.real_score for r in mine]), 4) for k, mine in rows.items()}
    detected = {k: round(float(np.mean([r.delay < MISSED for r in mine])), 4) for k, mine in rows.items()}
    return {"auc": auc, "detected": detected}
