"""Motions that any program generated, judged beside real ones: no model is needed, only files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.analysis.calibration import Calibration, calibrated, seed_frames
from poseviewer.analysis.judgement import Finding, Verdict
from poseviewer.analysis.reference import FPS, fault_of
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.verdicts.rollouts import Continued, judged
from poseviewer.motion.clip import Clip
from poseviewer.motion.matching import match
from poseviewer.motion.skeleton import CANONICAL, Skeleton, bones_of
from poseviewer.progress import Progress

_LEAST_SEED = 2


@dataclass(frozen=True, eq=False)
class JudgedClip:
    """told: its row. clip: on its calibration's skeleton at its rate; cut: frames of it that are its seed."""

    told: dict[str, Any]
    clip: Clip
    cut: int
    verdict: Verdict


def motions_judged(
    files: Sequence[tuple[Path, Dataset]],
    reference: Dataset,
    seed: int | None = None,
    kept: list[JudgedClip] | None = None,
) -> Generator[Progress, None, dict[str, Any]]:
    """A Job: the verdict of each clip of some files: {"clips": [{name, verdict, onset, statistic, value, reason}]}.

    A clip is generated from `seed` on, or from where its file says; where neither is said, its first frames are taken
    as real, as many as a control has. onset: a frame of the clip from 0. The reference's training split calibrates, all
    of its clips where it names none, without faulty recordings, at its rate or at 30 frames a second where that is more
    (between the frames that a clip has its bones would be shorter), on its skeleton where the clip maps onto that, else
    on a canonical one, else on the clip's own. kept: each is appended to it, under the name that it is told
    by. Raises PoseviewerError where clips or the reference do not do.
    """
    calibrations: dict[tuple[str, ...], Calibration] = {}
    named = any(info.split == "train" for info in reference.infos)
    rows = [i for i, info in enumerate(reference.infos) if not named or info.split == "train"]
    if not rows:
        raise PoseviewerError(reference.name, "", "it has no clips", "give real motion")
    fps = min(Counter(reference.infos[i].fps for i in rows).most_common(1)[0][0], FPS)
    own = reference.skeletons[Counter(reference.infos[i].skeleton for i in rows).most_common(1)[0][0]]
    for path, dataset in files:
        _require_judgeable(path, dataset, own.dims, seed)
    told = []
    for path, dataset in files:
        for k in range(len(dataset)):
            clip = _named_like(dataset.clip(k), own)
            name = path.stem if len(dataset) == 1 else f"{path.stem} {clip.name}"
            problem: PoseviewerError | None = None
            for skeleton in _skeletons(own, clip.skeleton):
                key = (*skeleton.joints, str(skeleton.dims))
                try:
                    mapped = _firm(clip, clip.onto(skeleton))
                    if key not in calibrations:
                        real = [clip for i in rows if not fault_of(clip := reference.clip(i).onto(skeleton))]
                        motions = [clip.resample(fps).positions for clip in real]
                        loops = [clip.loop for clip in real]
                        calibrations[key] = yield from calibrated(motions, skeleton, fps, loops)
                except PoseviewerError as error:
                    problem = problem or error
                    continue
                found = yield from watched_clip(replace(mapped, name=name), calibrations[key], seed)
                told.append({"name": name, **found.told})
                if kept is not None:
                    kept.append(found)
                break
            else:
                assert problem is not None
                raise problem
            yield Progress(len(told), 0, f"judges {name}")
    return {"clips": told}


def _require_judgeable(path: Path, dataset: Dataset, dims: int, seed: int | None) -> None:
    """Raise PoseviewerError where a clip cannot be judged, as its labels alone tell: before anything is measured."""
    for info in dataset.infos:
        own, where = dataset.skeletons[info.skeleton].dims, f"clip {info.name!r}"
        if own != dims:
            cause = f"its poses are {own}D and those of the reference are {dims}D"
            raise PoseviewerError(path, where, cause, f"give a --reference of real {own}D motion")
        _seed_of(path, where, info.frames, info.seed_frames if seed is None else seed)


def _seed_of(what: str | Path, where: str, frames: int, told: int | None) -> int:
    """How many first frames of a clip are its seed."""
    first = seed_frames(frames) if told is None else told
    if not _LEAST_SEED <= first < frames:
        cure = "give --seed-frames, 2 or more and fewer than it has" if frames > _LEAST_SEED else "give a longer clip"
        raise PoseviewerError(what, where, f"{first} of its {frames} frames are the seed", cure)
    return first


def watched_clip(
    clip: Clip, calibration: Calibration, seed: int | None = None
) -> Generator[Progress, None, JudgedClip]:
    """A Job: verdict, onset, statistic, value and reason of a clip on the calibration's skeleton, and what tells them.
    verdict is null where it has too few frames to be judged.

    Raises PoseviewerError where fewer than two frames are left before the first generated one, or none from it on.
    """
    first = _seed_of(clip.name, "", len(clip), clip.seed_frames if seed is None else seed)
    rate = calibration.fps / clip.fps
    own = clip.resample(calibration.fps)
    poses = np.asarray(own.positions, dtype=np.float64)
    cut = min(max(_LEAST_SEED, round(first * rate)), len(poses))
    motion = Continued(clip.name, clip.action, poses[:cut], poses[cut:])
    verdict = (yield from judged(calibration, [motion])).verdicts[0]

    def onset(finding: Finding) -> int:
        return min(len(clip) - 1, max(first, round((cut + finding.onset) / rate)))

    told: dict[str, Any] = {"verdict": verdict.word, **dict.fromkeys(("onset", "statistic", "value")), "reason": ""}
    if verdict.word == "not yet judged":
        told |= {"verdict": None, "reason": "too few frames follow the seed"}
    elif verdict.word == "unlike" and not verdict.findings:
        told["reason"] = "its seed already lies outside the reference"
    elif verdict.findings:
        finding = verdict.findings[0]
        told |= {
            "onset": onset(finding),
            "statistic": finding.sign.name,
            "value": float(f"{finding.value:.4g}") if np.isfinite(finding.value) else None,
            "reason": "; ".join(replace(each, onset=onset(each) - first).reason for each in verdict.findings),
        }
    return JudgedClip(told, own, cut, verdict)


def _named_like(clip: Clip, skeleton: Skeleton) -> Clip:
    """A clip of joints without names: of a skeleton that has as many, which is then meant."""
    own = clip.skeleton
    nameless = own.joints == tuple(f"joint_{j}" for j in range(len(own.joints)))
    alike = (len(own.joints), own.dims) == (len(skeleton.joints), skeleton.dims)
    return replace(clip, skeleton=skeleton) if nameless and alike else clip


def _firm(clip: Clip, mapped: Clip) -> Clip:
    """The clip as it is mapped, with bones that lead over joints of its own rig as long as they are in most frames.

    A back of three joints that bends, or a shoulder that is lifted, brings a chest nearer to a pelvis or an arm: in
    motion on another rig that is no bone that changes its length.
    """
    skeleton = mapped.skeleton
    if skeleton.joints == clip.skeleton.joints or skeleton.dims != 3 or skeleton.parents is None:
        return mapped
    joints = match(clip.skeleton, skeleton)
    own = {frozenset(edge) for edge in (*clip.skeleton.edges, *bones_of(clip.skeleton.parents))}
    exact = [joints.weight[j] == 0 and j not in joints.between for j in range(len(skeleton.joints))]
    positions = mapped.positions.astype(np.float64)
    made = positions.copy()
    for parent, joint in bones_of(skeleton.parents):
        bone = positions[:, joint] - positions[:, parent]
        ends = frozenset((int(joints.first[parent]), int(joints.first[joint])))
        if not (exact[parent] and exact[joint] and ends in own):
            length = np.linalg.norm(bone, axis=-1, keepdims=True)
            usual = np.median(length[np.isfinite(length)]) if np.isfinite(length).any() else 0.0
            bone = bone * usual / np.where(length > 0, length, 1.0)
        made[:, joint] = made[:, parent] + bone
    return replace(mapped, positions=made.astype(mapped.positions.dtype))


def _skeletons(reference: Skeleton, own: Skeleton) -> Iterator[Skeleton]:
    yield reference
    yield from CANONICAL.values()
    yield own
