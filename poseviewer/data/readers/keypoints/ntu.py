"""NTU RGB+D (Shahroudy et al., CVPR 2016; Liu et al., PAMI 2019): .skeleton files, what a Kinect v2 saw, 30 a second.

A text of numbers: how many frames; each frame: how many bodies; each body: a line of ten numbers that begins with its
id, how many joints (25), and a line of twelve a joint: x, y, z in metres from the camera (y up), where it is in the
depth and the colour image, its orientation, and whether it was tracked (2), inferred (1) or not (0). Every id is a clip
of its own, from the frame where it is first seen to the last; an inferred joint is known and not visible. Performer and
action stand in the name: S001C002P003R002A013.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.ground import lift
from poseviewer.data.sources import SourceFile, decoded
from poseviewer.data.upright import told
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.joint_sets import joint_set

NAME = "NTU RGB+D"
SUFFIXES = (".skeleton",)
READS = "25 joints of the people that a Kinect saw, a clip each, inferred joints as not visible"
ASSUMES = "nothing: metres, y up, 30 fps by its format"
EXPECTED = "give a .skeleton file of NTU RGB+D"

FPS = 30.0
_MAX_TEXT = 256 << 20
_JOINTS, _COLUMNS = 25, 12
_ABOUT_BODY = 10
_MOST_BODIES = 50
_NAMED = re.compile(r"S\d{3}C\d{3}P(\d{3})R\d{3}A(\d{3})")
_ACTIONS = """
drink water|eat meal|brush teeth|brush hair|drop|pick up|throw|sit down|stand up|clapping|reading|
writing|tear up paper|put on jacket|take off jacket|put on a shoe|take off a shoe|put on glasses|
take off glasses|put on a hat|take off a hat|cheer up|hand waving|kicking something|reach into pocket|
hopping|jump up|phone call|play with phone|type on a keyboard|point to something|taking a selfie|
check time|rub two hands|nod head|shake head|wipe face|salute|put palms together|cross hands in front|
sneeze|staggering|falling down|headache|chest pain|back pain|neck pain|nausea|fan self|punch|kicking|
pushing|pat on back|point finger|hugging|giving object|touch pocket|shaking hands|walking towards|
walking apart|put on headphone|take off headphone|shoot at basket|bounce ball|tennis bat swing|
juggle table tennis ball|hush|flick hair|thumb up|thumb down|make OK sign|make victory sign|staple book|
counting money|cutting nails|cutting paper|snap fingers|open bottle|sniff|squat down|toss a coin|
fold paper|ball up paper|play magic cube|apply cream on face|apply cream on hand|put on bag|take off bag|
put object into bag|take object out of bag|open a box|move heavy objects|shake fist|throw up cap|
capitulate|cross arms|arm circles|arm swings|run on the spot|butt kicks|cross toe touch|side kick|yawn|
stretch oneself|blow nose|hit with object|wield knife|knock over|grab stuff|shoot with gun|step on foot|
high-five|cheers and drink|carry object|take a photo|follow|whisper|exchange things|support somebody|
rock-paper-scissors
"""


def accepts(file: SourceFile) -> bool:
    lines = [line.split() for line in file.head(4096).splitlines()[:2]]
    return len(lines) == 2 and all(len(words) == 1 and words[0].isdigit() for words in lines)


def read(file: SourceFile) -> Iterator[Clip]:
    """One clip a body, those seen longest first. Raises PoseviewerError where none is seen."""
    bodies, frames, remark = _bodies(file)
    skeleton = joint_set("ntu25", 3)
    named = _NAMED.search(file.stem.upper())
    number = int(named[2]) if named else 0
    actions = _ACTIONS.replace("\n", "").split("|")
    action = actions[number - 1] if 0 < number <= len(actions) else ""
    ordered = sorted(bodies.values(), key=len, reverse=True)
    up = np.zeros(3)
    for k, seen in enumerate(ordered, 1):
        first, last = min(seen), max(seen)
        joints = np.full((last - first + 1, _JOINTS, _COLUMNS), np.nan)
        for frame, numbers in seen.items():
            joints[frame - first] = numbers
        positions, state = joints[..., :3], joints[..., 11]
        lost = (state == 0) | (positions == 0).all(axis=-1)
        positions = np.where(lost[..., None], np.nan, positions)
        stand = told(positions, skeleton, file.reading, up="y", unit="m")
        positions = stand.points(positions)
        up = lift(positions) if k == 1 else up
        part = "" if len(seen) == frames else f", seen in {len(seen)} of {frames} frames, from frame {first + 1} on"
        notes = "".join(f", {note}" for note in stand.notes)
        yield Clip(
            skeleton=skeleton,
            positions=(positions + up).astype(np.float32),
            visible=(state == 2) & ~lost,
            fps=FPS,
            name=file.stem if len(ordered) == 1 else f"{file.stem} body {k}",
            action=action or (file.folders[-1] if file.folders else ""),
            subject=f"P{named[1]}" if named else "",
            source=f"{file.name}: NTU RGB+D, Kinect v2, 30 Hz, lowest joint put on the ground{notes}{part}{remark}",
        )


def _bodies(file: SourceFile) -> tuple[dict[str, dict[int, NDArray[np.float64]]], int, str]:
    """What was seen of each body, (25, 12) numbers by frame, how many frames there are, and a remark."""
    words = iter(decoded(file.content(_MAX_TEXT)).split())
    bodies: dict[str, dict[int, NDArray[np.float64]]] = {}
    announced = _count(file.name, "the first line", next(words, ""), 200_000)
    frame = 0
    try:
        for frame in range(announced):
            where = f"frame {frame + 1}"
            for _ in range(_count(file.name, where, next(words), _MOST_BODIES)):
                who, *_ = [next(words) for _ in range(_ABOUT_BODY)]
                if _count(file.name, where, next(words), 1000) != _JOINTS:
                    raise PoseviewerError(file.name, where, f"a body has not {_JOINTS} joints", EXPECTED)
                numbers = np.array([float(next(words)) for _ in range(_JOINTS * _COLUMNS)])
                if not (np.abs(numbers[np.isfinite(numbers)]) < 1e7).all():
                    raise PoseviewerError(file.name, where, "a number is far too large", "get the file again")
                bodies.setdefault(who, {})[frame] = numbers.reshape(_JOINTS, _COLUMNS)
        frames, remark = announced, ""
    except (StopIteration, RuntimeError):
        frames, remark = frame, f", {frame} of the announced {announced} frames"
    except ValueError as error:
        raise PoseviewerError(file.name, f"frame {frame + 1}", f"{error}", "get the file again") from error
    if not bodies:
        raise PoseviewerError(file.name, "", "no body was seen in it", "choose another file: the Kinect lost it")
    if len(bodies) > 1000:
        raise PoseviewerError(file.name, "", f"it names {len(bodies)} bodies", EXPECTED)
    return bodies, frames, remark


def _count(label: str, where: str, word: str, most: int) -> int:
    if not word.isdigit() or int(word[:9]) > most:
        raise PoseviewerError(label, where, f"{word[:40]!r} is no count that can be", EXPECTED)
    return int(word)
