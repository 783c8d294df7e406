"""What is wrong with generators: their rollouts judged by the verdicts, beside real clips and simple rivals.

How long a rollout stays realistic, which sign says so, how its motion differs from real motion. Seeds are dealt out
over actions, then over clips. Letters: N motions, K signs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.calibration import Calibration, calibrated, seed_frames
from poseviewer.analysis.networks import Through, networks_of
from poseviewer.analysis.reference import calibration_of
from poseviewer.analysis.sets.variety import Futures, futures_of
from poseviewer.analysis.verdict import SIDES
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.verdicts import rivals
from poseviewer.measure.verdicts.controls import controls_of
from poseviewer.measure.verdicts.rollouts import LEAST, Continued, Judged, generated, judged, seeds_of
from poseviewer.measure.verdicts.sets.classed import Reader, actions_shown, frechet
from poseviewer.measure.verdicts.sets.spread import alike_figures, spectra, variety
from poseviewer.measure.verdicts.sets.two_sample import two_sample
from poseviewer.measure.verdicts.survival import Survival, by_clip, table
from poseviewer.motion.clip import Clip
from poseviewer.nets.checkpoints.checkpoint import card_behind
from poseviewer.nets.models.classifier import ClassifierModel
from poseviewer.nets.protocols import Array, MotionGenerator
from poseviewer.progress import Progress

HORIZON, SEEDS, SAMPLES = 300, 64, 2
_CARRIED = 0.05
_FRAMES = (15, 30, 60, 100, 150, 300, 600, 900)


def diagnosis(
    models: Sequence[tuple[str, MotionGenerator]],
    dataset: Dataset,
    horizon: int = HORIZON,
    seeds: int = SEEDS,
    samples: int = SAMPLES,
    split: str = "test",
    kept: list[Judged] | None = None,
) -> Generator[Progress, None, dict[str, Any]]:
    """A Job: figures of models, by name, of one skeleton and rate, beside real clips and rivals. samples: of each seed,
    one of a model that draws nothing. kept: what was judged of each model is appended to it.

    What is in the first model's checkpoint calibrates where test clips are the seeds; otherwise the dataset does.
    Raises PoseviewerError where models do not go together, or clips are missing.
    """
    first = models[0][1]
    for name, model in models[1:]:
        if model.skeleton.joints != first.skeleton.joints or model.fps != first.fps:
            raise PoseviewerError(name, "", "its skeleton or rate is not the first model's", "diagnose it alone")
    reference, chosen = parts_of(dataset, models, split)
    stored = (yield from calibration_of(first, None)) if split == "test" else None
    networks = networks_of(first) if stored is None else stored.calibration.networks
    through = Through.over(dataset, networks)
    if stored is None:
        motions, loops = [clip.positions for clip in reference], [clip.loop for clip in reference]
        apart = [through.at(clip.name) for clip in reference]
        calibration = yield from calibrated(motions, first.skeleton, first.fps, loops, networks, apart)
    else:
        calibration = stored.calibration
    dealt = seeds_of(chosen, seeds, max(model.context for _, model in models))
    if not dealt:
        raise PoseviewerError(dataset.name, "", "none of its clips is long enough to be a seed", "give longer clips")
    natural = [_whole(clip, horizon) for clip in chosen if len(clip) >= seed_frames(len(clip)) + LEAST]
    learned = [_whole(clip, horizon) for clip in reference if len(clip) >= seed_frames(len(clip)) + LEAST]
    frames = sorted({k for k in _FRAMES if k < horizon} | {horizon})
    real = yield from judged(calibration, natural, through)
    classifier = networks.classifier or networks_of(first).classifier
    reader = Reader(classifier, first.fps) if isinstance(classifier, ClassifierModel) else None
    futures = yield from _futures(reference, calibration, reader)
    table_of = _Table(calibration, real, learned, rivals.real(dealt, horizon), frames, futures, reader)
    controls = [{"name": "real clips", **table_of.row(table_of.real)}]
    for name, made, reason in _rivals(dealt, reference, calibration, horizon):
        if made is None:
            controls.append({"name": name, **dict.fromkeys(_KEYS), "reason": reason})
        else:
            controls.append({"name": name, **table_of.row((yield from judged(calibration, made)))})
    rows = []
    for name, model in models:
        made = yield from generated(model, dealt, horizon, samples if model.stochastic else 1)
        found = yield from judged(calibration, made)
        rows.append({"name": name, **table_of.row(found)})
        if kept is not None:
            kept.append(found)
    return {
        "horizon": horizon,
        "fps": first.fps,
        "split": split,
        "seeds": len(dealt),
        "seed_clips": len({clip.name for clip, _, _ in dealt}),
        "reference_clips": calibration.clips,
        "models": rows,
        "controls": controls,
    }


_KEYS = ("survival", "first_failure", "variety", "actions", "spectra", "frechet", "two_sample_auc", "statistics")


def _futures(
    reference: Sequence[Clip], calibration: Calibration, reader: Reader | None
) -> Generator[Progress, None, Futures]:
    """What the reference's clips do after their seeds."""
    log: list[Array] | None = None
    if reader is not None:
        log = []
        for done, clip in enumerate(reference):
            log.append(reader.read([clip.positions]).log[0])
            yield Progress(done, len(reference), "names actions")
    motions, actions = [clip.positions for clip in reference], [clip.action for clip in reference]
    classes = () if reader is None else reader.classifier.classes
    return (yield from futures_of(motions, calibration.skeleton, calibration.fps, actions, log, classes))


def parts_of(
    dataset: Dataset, models: Sequence[tuple[str, MotionGenerator]], split: str
) -> tuple[list[Clip], list[Clip]]:
    """Clips that calibrate, and those whose motions are seeds: none that any of the models was chosen by, unless that
    is asked for.
    """
    first = models[0][1]
    part = controls_of(dataset, skeleton=first.skeleton, fps=first.fps).parts[0]
    cards = [card_behind(model) for _, model in models]
    aside = [frozenset[str]() if card is None else card.set_aside for card in cards]
    if split == "test":
        every = frozenset[str]().union(*aside)
        chosen, reference = [clip for clip in part.judged if clip.name not in every], part.reference
    else:
        common = frozenset.intersection(*aside)
        chosen = [clip for clip in part.reference if (clip.name in common) == (split == "validation")]
        reference = [clip for clip in part.reference if (clip.name in common) != (split == "validation")]
        reference = reference if split == "validation" else part.judged
    if not chosen:
        raise PoseviewerError(dataset.name, f"--split {split}", "it has no such clips", "name another one")
    return reference, chosen


def _whole(clip: Clip, horizon: int) -> Continued:
    cut = seed_frames(len(clip))
    return Continued(clip.name, clip.action, clip.positions[:cut], clip.positions[cut : cut + horizon])


def _rivals(
    dealt: Sequence[rivals.Seed], reference: Sequence[Clip], calibration: Calibration, horizon: int
) -> list[tuple[str, list[Continued] | None, str]]:
    made: list[tuple[str, list[Continued] | None, str]] = [("copy-last", rivals.copies(dealt, horizon), "")]
    trained = rivals.Trained.of(reference, calibration.skeleton)
    if trained is None:
        reason = f"no training clips of {rivals.CONTEXT} frames and more"
        return [*made, ("ridge", None, reason), ("nearest training continuation", None, reason)]
    return [
        *made,
        ("ridge", trained.forecasts(dealt, horizon), ""),
        ("nearest training continuation", trained.nearest(dealt, horizon), ""),
    ]


class _Table:
    """One row's figures after the other's, all beside the same real motions."""

    def __init__(
        self, calibration: Calibration, real: Judged, learned: Sequence[Continued], truth: Sequence[Continued],
        frames: Sequence[int], futures: Futures, reader: Reader | None,
    ) -> None:  # fmt: skip
        self.calibration, self.real, self._frames = calibration, real, list(frames)
        self._learned, self._truth, self._futures, self._reader = learned, truth, futures, reader
        self._natural = None if reader is None else reader.read([motion.poses for motion in learned])

    def row(self, made: Judged) -> dict[str, Any]:
        skeleton, fps = self.calibration.skeleton, self.calibration.fps
        motions, real = made.motions, self.real.motions
        truth = real if made is self.real else self._truth
        shown, apart, log = None, None, None
        if self._reader is not None and self._natural is not None:
            classed = self._reader.read([motion.poses for motion in motions])
            log, apart = classed.log, frechet(classed, self._natural)
            shown = actions_shown(motions, classed, self._reader.classifier.classes, fps, self._frames)
        alike = alike_figures(motions, self._futures, self._frames, log)
        return {
            "motions": len(motions),
            "survival": survival_figures(made, self._frames),
            "first_failure": first_failure(made),
            "variety": {**variety(motions, real, skeleton, fps, self._frames), **alike},
            "actions": shown,
            "spectra": spectra(motions, truth, skeleton),
            "frechet": apart,
            **two_sample(motions, self._learned, skeleton, fps),
            "statistics": statistics(made, self.real, self.calibration),
        }


def survival_figures(made: Judged, frames: Sequence[int]) -> dict[str, Any]:
    """By action, then over all: the share that is still realistic at some frames, with its band over clips; likewise of
    each side alone. mean_over_actions; carried_by: clips without which the share at the last known frame moves by 0.05.
    """
    actions = np.array([motion.action for motion in made.motions])
    watched = np.array([len(motion.poses) for motion in made.motions])
    clips = np.array([motion.clip for motion in made.motions])
    by_action = {}
    for action in sorted(set(actions)):
        mine = actions == action
        by_action[action or "no action"] = _table(made.first[mine], watched[mine], clips[mine], frames)
    means: list[float | None] = []
    for k in range(len(frames)):
        shares = [row["share"][k] for row in by_action.values()]
        known = [share for share in shares if share is not None]
        means.append(round(float(np.mean(known)), 4) if known else None)
    told: dict[str, Any] = {"by_action": by_action, **_table(made.first, watched, clips, frames, curve=True)}
    told["mean_over_actions"] = means
    for s, side in enumerate(SIDES):
        told[side] = _table(made.onset[s], watched, clips, frames, curve=True)
    told["unlike"] = round(float(np.mean([verdict.word == "unlike" for verdict in made.verdicts])), 4)
    told["carried_by"] = _carried(made, watched, frames)
    return told


def _table(onset: Any, watched: Any, clips: Any, frames: Sequence[int], curve: bool = False) -> dict[str, Any]:
    """Shares with their bands over clips, at some frames; curve: and at each frame at which any fails."""
    failed = onset >= 0
    times = np.where(failed, onset + 1, watched)
    found = Survival.of(times, failed)
    told: dict[str, Any] = table(found, frames, by_clip(times, failed, clips, frames))
    if curve:
        every = found.times.tolist()
        told["curve"] = table(found, every, by_clip(times, failed, clips, every))
    return told


def _survival(onset: Any, watched: Any) -> Survival:
    failed = onset >= 0
    return Survival.of(np.where(failed, onset + 1, watched), failed)


def _carried(made: Judged, watched: Any, frames: Sequence[int]) -> dict[str, float]:
    """Of clips without which the headline moves: what it then is."""
    names = np.array([motion.clip for motion in made.motions])
    whole = _survival(made.first, watched)
    last = [frame for frame in frames if whole.at(frame) is not None]
    found = {}
    for name in sorted(set(names)) if last and len(set(names)) > 1 else ():
        rest = names != name
        without, with_all = _survival(made.first[rest], watched[rest]).at(last[-1]), whole.at(last[-1])
        if without is not None and with_all is not None and abs(without[0] - with_all[0]) >= _CARRIED:
            found[str(name)] = round(without[0], 4)
    return found


def first_failure(made: Judged) -> dict[str, Any]:
    """median: the frame (from 1) by which half have failed, null where fewer have; failed: their share; of those,
    signs: the share that each sign names first; values: the median of its values there; by_action: signs likewise.
    """
    watched = np.array([len(motion.poses) for motion in made.motions])
    found = [(m.action or "no action", v.findings[0])
             for m, v in zip(made.motions, made.verdicts, strict=True) if v.findings]  # fmt: skip
    findings = [finding for _, finding in found]
    counts = Counter(finding.sign.name for finding in findings)
    return {
        "median": _survival(made.first, watched).median(),
        "failed": round(len(findings) / len(made.motions), 4),
        "signs": _shares(counts),
        "values": {name: _rounded(np.median([f.value for f in findings if f.sign.name == name])) for name in counts},
        "by_action": {
            action: _shares(Counter(f.sign.name for own, f in found if own == action))
            for action in sorted({own for own, _ in found})
        },
    }


def _shares(counts: Counter[str]) -> dict[str, float]:
    return {name: round(count / counts.total(), 4) for name, count in counts.most_common()}


def statistics(made: Judged, real: Judged, calibration: Calibration) -> dict[str, dict[str, float | str | None]]:
    """By sign: title and side; alarm_share, of the frames at which it has a value (glide has none but in standing
    windows) those at which it alone exceeds its side's threshold; median of the values; the same share in real clips
    that calibration never saw, and the 1st and 99th percentile of the reference.
    """
    told: dict[str, dict[str, float | str | None]] = {}
    for k, sign in enumerate(calibration.signs):
        values = np.concatenate([v[k] for v in made.values])
        known = values[np.isfinite(values)]
        beside = _alarms(real, k) + (0 if calibration.alone is None else calibration.alone[k])
        told[sign.name] = {
            "title": sign.title,
            "side": sign.side,
            "alarm_share": _share(_alarms(made, k)),
            "median": _rounded(np.median(known)) if len(known) else None,
            "real_alarm_share": _share(beside),
            "real_p1": _rounded(calibration.bands[k, 0]),
            "real_p99": _rounded(calibration.bands[k, 2]),
            "frames": len(known),
            "real_frames": int(beside[0]),
        }
    return told


def _alarms(made: Judged, k: int) -> NDArray[np.intp]:
    """(2,) in how many frames a sign has a value, and in how many of those it alarms."""
    known = np.concatenate([np.isfinite(v[k]) for v in made.values])
    alarming = np.concatenate([a[k] for a in made.alarming])
    return np.array([known.sum(), alarming[known].sum()])


def _share(alarms: NDArray[np.intp]) -> float | None:
    return round(float(alarms[1] / alarms[0]), 4) if alarms[0] else None


def _rounded(value: float) -> float | None:
    return float(f"{value:.4g}") if np.isfinite(value) else None
