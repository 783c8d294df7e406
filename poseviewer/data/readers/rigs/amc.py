"""ASF + AMC (Acclaim): an .amc holds the motion, the .asf beside it the skeleton.

01_01.amc goes with 01.asf: the .asf in the same folder or archive whose name the motion's begins with, or that its
first line names; of a motion not named as CMU's, or on another rig, also the only one there. A motion of CMU's without
its .asf stands on the mean of CMU's skeletons, which the clip's source says. y is up. No rate stands in the file unless
it has :SAMPLES-PER-SECOND: 120 frames a second, as CMU's and HDM05's have, are assumed. Local rotations are kept. Each
bone's joint is where the bone starts: "ltibia" is the knee.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping
from pathlib import PureWindowsPath

import numpy as np

from poseviewer.data.readers.rigs import acclaim
from poseviewer.data.readers.rigs.acclaim import ROOT, Rig
from poseviewer.data.sources import SourceFile, decoded, is_number
from poseviewer.data.upright import METRES, told
from poseviewer.errors import Companion, PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip, is_rate
from poseviewer.motion.rotation import Array
from poseviewer.motion.skeleton import Skeleton

NAME = "ASF + AMC"
SUFFIXES = (".amc", ".asf")
READS = "joints with rotations on the skeleton of the .asf beside it"
ASSUMES = "without an .asf the mean of CMU's skeletons; 120 fps where no rate stands"
EXPECTED = "give an .amc of Acclaim, with its .asf beside it"

ASSUMED_FPS = 120.0
_MAX_TEXT = 400 << 20
_MAX_POSED = 20_000_000  # joints times frames
_SAYS = re.compile(r"^\s*:(FULLY-SPECIFIED|DEGREES|RADIANS)", re.I | re.M)
_FRAME = re.compile(r"^\s*\d+\s*$\s*^\s*[A-Za-z][\w .:-]*\s+[-+.\d]", re.M)
_NAMED = re.compile(r"#!OML:ASF\s+(\S.*?\.asf)", re.I)
_CMU_NAME = re.compile(r"\d+_\d+$")
_RATE = re.compile(r"^:SAMPLES-PER-SECOND\s+(\S+)", re.I | re.M)


def accepts(file: SourceFile) -> bool:
    head = decoded(file.head())
    if file.suffix == ".asf":
        return ":" in head and b"\0" not in file.head()
    return any(pattern.search(head) for pattern in (_SAYS, _FRAME))


def read(file: SourceFile) -> Iterator[Clip]:
    """One clip with local rotations, metres, y up. Raises Companion for an .asf, which has no motion."""
    if file.suffix == ".asf":
        cause, cure = "it is a skeleton without motion", "open the .amc that belongs to it, or the folder of both"
        raise Companion(file.name, "", cause, cure)
    text = decoded(file.content(_MAX_TEXT))
    numbers, frames, remark = _motion(file.name, text)
    rig, subject = _rig(file, text, set(numbers))
    names, parents, offsets = rig.tree()
    if frames * len(names) > _MAX_POSED:
        cause = f"{len(names)} joints in {frames} frames do not fit into memory"
        raise PoseviewerError(file.name, "", cause, "cut it into parts")
    rotations, root, places = _posed(file.name, text, rig, numbers, frames)
    positions = kinematics.forward(root, rotations, offsets, parents, places)
    metres, unit = (1.0, "") if file.reading.unit in METRES else rig.metres()
    skeleton = Skeleton.tree(f"acclaim, {len(names)} joints", names, parents, offsets * metres)
    stand = told(positions * metres, skeleton, file.reading, up="y", unit="m")
    fps, fps_known = _rate(text)
    rate = "" if fps_known else f", frame rate assumed to be CMU's {ASSUMED_FPS:g}"
    notes = "".join(f", {note}" for note in (unit, *stand.notes) if note)
    folder = file.folders[-1] if file.folders else ""
    yield Clip(
        skeleton=stand.skeleton(skeleton),
        positions=stand.points(positions * metres).astype(np.float32),
        rotations=stand.rotations(rotations, skeleton).astype(np.float32),
        fps=fps,
        fps_known=fps_known,
        name=file.stem,
        subject=subject,
        action="" if folder == subject else folder,
        source=f"{file.name}: ASF + AMC on {rig.origin}{notes}{rate}{remark}",
    )


def _motion(label: str, text: str) -> tuple[dict[str, Array], int, str]:
    """The numbers (F, n) of each bone, how many frames all of them have, and a remark.

    Raises PoseviewerError where a bone is missing in a frame that others follow, or a number is none.
    """
    numbers: dict[str, array[float]] = {}
    counts: dict[str, int] = {}
    widths: dict[str, int] = {}
    frame, lines = 0, text.splitlines()
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0][0] in "#:":
            continue
        if len(words) == 1 and words[0].isdigit():
            short = next((bone for bone, count in counts.items() if count < frame), None)
            if short is not None:
                raise _damaged(label, f"frame {frame}, line {number}", f"bone {short[:40]!r} is missing")
            frame += 1
            continue
        bone = words[0].lower()
        if len(words) == 1:
            continue
        if not frame or counts.get(bone, 0) != frame - 1:
            cause = "is not expected there" if counts.get(bone, 0) < frame else "is there twice"
            raise _damaged(label, f"frame {frame}, line {number}", f"{bone[:40]!r} {cause}")
        try:
            values = [float(word) for word in words[1:]]
        except ValueError:
            odd = next(word for word in words[1:] if not is_number(word))
            raise _damaged(label, f"frame {frame}, line {number}", f"{odd[:40]!r} is no number") from None
        if len(values) != widths.setdefault(bone, len(values)):
            cause = f"{bone[:40]!r} has {len(values)} numbers, not {widths[bone]}"
            if number == len(lines):
                break  # cut off
            raise _damaged(label, f"frame {frame}, line {number}", cause)
        numbers.setdefault(bone, array("d")).extend(values)
        counts[bone] = frame
    frames = min(counts.values(), default=0)
    if not frames or len(widths) > acclaim.MAX_BONES:
        raise _damaged(label, "", "it has no complete frame" if not frames else f"it has {len(widths)} bones")
    rows = {bone: np.array(values).reshape(-1, widths[bone])[:frames] for bone, values in numbers.items()}
    return rows, frames, f", the last of {frame} frames left out, which is cut off" if frames < frame else ""


def _rig(file: SourceFile, text: str, bones: set[str]) -> tuple[Rig, str]:
    """The skeleton that a motion of some bones goes with, and the subject that its name tells."""
    there = file.beside(".asf")
    named = _NAMED.search(text[:1000])
    said = PureWindowsPath(named[1]).stem.lower() if named else ""
    stem = file.stem.lower()
    fitting = [asf for asf in there if re.match(rf"{re.escape(asf.stem.lower())}(?![a-z0-9])", stem)]
    own = max(fitting, key=lambda asf: len(asf.stem), default=None)
    own = own or next((asf for asf in there if asf.stem.lower() == said), None)
    mean = acclaim.mean_cmu()
    lacks = sorted(bones - {ROOT} - set(mean.index))
    if own is None and len(there) == 1 and (lacks or not _CMU_NAME.match(stem)):
        own = there[0]
    if own is not None:
        return acclaim.parsed(own), own.stem
    if lacks:
        cause = f"its skeleton is missing: no .asf beside it is named like it, and CMU has no bone {lacks[0][:40]!r}"
        raise PoseviewerError(file.name, "", cause, f"put its .asf beside it, named {file.stem.partition('_')[0]}.asf")
    return mean, file.stem.partition("_")[0] if "_" in file.stem else ""


def _posed(
    label: str, text: str, rig: Rig, numbers: Mapping[str, Array], frames: int
) -> tuple[Array, Array, dict[int, Array]]:
    """Local rotations (F, J, 4), the root's way (F, 3) and the places (F, 3) of joints that move in their parent's
    frame, in file units.
    """
    _, parents, offsets = rig.tree()
    said = re.search(r"^:(DEGREES|RADIANS)", text[:10_000], re.I | re.M)
    degrees = said[1].upper() == "DEGREES" if said else rig.degrees
    rotations = np.tile(rotation.IDENTITY, (frames, len(parents), 1))
    root, places = np.tile(np.array(rig.place), (frames, 1)), {}
    for bone, rows in numbers.items():
        b = -1 if bone == ROOT else rig.index.get(bone)
        if b is None:
            raise PoseviewerError(label, "", f"bone {bone[:40]!r} is not in {rig.origin}", "put its own .asf beside it")
        channels = rig.channels if b < 0 else rig.bones[b].channels
        if rows.shape[1] != len(channels):
            cause = f"bone {bone[:40]!r} has {rows.shape[1]} numbers a frame and {len(channels)} degrees of freedom"
            raise PoseviewerError(label, "", cause, "put its own .asf beside it")
        bad = ~(np.abs(rows) < 1e7).all(axis=1)
        if bad.any():
            where = f"frame {int(np.argmax(bad)) + 1}, bone {bone[:40]!r}"
            raise PoseviewerError(label, where, "a number is not finite or far too large", "mend or remove that frame")
        turns = [c for c, channel in enumerate(channels) if channel[0] == "r"]
        angles = np.radians(rows[:, turns]) if degrees else rows[:, turns]
        if turns:
            rotations[:, b + 1] = rig.turned(b, angles, tuple(channels[c] for c in turns))
        moves = np.zeros((frames, 3))
        for c, channel in enumerate(channels):
            if channel[0] == "t":
                moves[:, "xyz".index(channel[1])] = rows[:, c]
        if b < 0:
            root += moves
        elif moves.any():
            places[b + 1] = offsets[b + 1] + rotation.rotate(rig.frame(rig.bones[b].axis, rig.bones[b].order), moves)
    return rotation.continuous(rotations), root, places


def _rate(text: str) -> tuple[float, bool]:
    """Frames a second, and whether the file says so."""
    stated = _RATE.search(text[:10_000])
    fps = float(stated[1]) if stated and is_number(stated[1]) else 0.0
    return (fps, True) if is_rate(fps) else (ASSUMED_FPS, False)


def _damaged(label: str, where: str, cause: str) -> PoseviewerError:
    return PoseviewerError(label, where, cause, "get the file again")
