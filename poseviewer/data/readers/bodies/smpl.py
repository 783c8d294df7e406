"""Parameters of SMPL, SMPL-H and SMPL-X bodies, without the licensed models: by forward kinematics on a mean body.

AMASS (.npz), AIST++ (.pkl), GVHMR (.pt), WHAM, 4D-Humans, SLAHMR, 3DPW, EMDB, InterHuman, Motion-X, MDM:
`parameters.py` says what is looked for. Bones are as long as the mean body's, whatever the shape parameters say: an
approximation, which the clip's source states. Fingers, jaw and eyes are there where joints="smplh52" or "smplx55" asks
for them.

Up is y in some files, z in others (AMASS), -y in a camera's frame: told from the body. Where nothing says how the body
moves through the world, it stays in place. Frames in which a rotation is missing are unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from poseviewer.data.numpy_files import PICKLES, TORCH, is_stored, stored
from poseviewer.data.readers.bodies.moved import require_modest
from poseviewer.data.readers.bodies.parameters import Body, bodies, has_bodies
from poseviewer.data.readers.bodies.turns import TooLong
from poseviewer.data.reading import Up
from poseviewer.data.sources import SourceFile
from poseviewer.data.upright import IN_WORDS, METRES, told
from poseviewer.errors import PoseviewerError
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import ASSUMED_FPS, Clip
from poseviewer.motion.joint_sets import chosen, joint_set
from poseviewer.motion.joint_sets.smpl import PELVIS, PELVIS_OF_SMPLX, mean_offsets
from poseviewer.motion.rotation import Array
from poseviewer.motion.skeleton import Skeleton

NAME = "SMPL parameters"
SUFFIXES = (".npz", *PICKLES, ".npy", *TORCH)
READS = "SMPL, SMPL-H, SMPL-X of AMASS, AIST++, GVHMR, WHAM, 4D-Humans and others, with rotations; hands by --joints"
ASSUMES = "bone lengths: the mean body's; up axis by the body; the rate where the file has none"

_SHOWN = ("smpl22", "smpl24", "smplh52", "smplx55")
_USUAL_FPS = {"AIST++": 60.0, "MDM": 20.0}
_FASTEST = 15.0  # metres a second that a body goes in most frames at most
_UPRIGHT = 0.9  # metres from the ankles to the neck of the mean body, along one axis; upright 1.2
_STILLER = 0.25  # times as much as another floor moves
_FAR = 2.0  # a scale above it says that a file is not in metres


def accepts(file: SourceFile) -> bool:
    try:
        return is_stored(file) and has_bodies(stored(file)) and bool(file.once(NAME, _bodies))
    except PoseviewerError:
        if file.suffix in TORCH:  # a model, most often: `unreadable` says what to do with it
            return False
        raise


def read(file: SourceFile) -> Iterator[Clip]:
    """A clip a body, with local rotations, metres, y up."""
    skeleton = _skeleton(file)
    for body in file.once(NAME, _bodies):
        yield clip_of(file, body, skeleton)


def clip_of(file: SourceFile, body: Body, skeleton: Skeleton) -> Clip:
    """A body's motion on the mean body. skeleton: with its offsets, of the joints that are shown."""
    assert skeleton.offsets is not None and skeleton.parents is not None
    turns = _ordered(body, skeleton)
    require_modest(file, *turns.shape[:2])
    fps = body.fps or file.reading.fps or _USUAL_FPS.get(body.school, ASSUMED_FPS)
    root, notes = _root(file, body, fps)
    known = np.asarray(np.isfinite(turns).all(axis=(1, 2)) & np.isfinite(root).all(axis=1))
    turns = rotation.continuous(np.where(known[:, None, None], turns, rotation.IDENTITY))
    positions = kinematics.forward(root, turns, skeleton.offsets, skeleton.parents)
    positions[~known] = np.nan
    head = _headward(positions, skeleton) if file.reading.up is None else None
    up = head if body.translation is None or (head or "")[:1] == "-" else None  # nobody stands on the head all the time
    usual: Up = "z" if body.school == "AMASS" or (head == "z" and not _lies(positions)) else "y"
    notes += [f"{up} up by the body"] if up else []
    axes = replace(file.reading, unit=None)  # the mean body is in metres
    stand = told(positions, skeleton, axes, up=up, unit="m", usual=usual)
    notes += [f"joints of {skeleton.name} as given"] if file.reading.joints is not None else []
    notes = [f"{NAME} of {body.turns.shape[1]} joints on the mean body: bone lengths are an approximation", *notes]
    school = f" as {body.school} has it" if body.school in _USUAL_FPS else ""
    rate = [] if body.fps else [f"frame rate assumed{school}"]
    return Clip(
        skeleton=stand.skeleton(skeleton),
        positions=stand.points(positions).astype(np.float32),
        rotations=stand.rotations(turns, skeleton).astype(np.float32),
        fps=fps,
        fps_known=body.fps is not None,
        name=f"{file.stem} {body.name}".strip(),
        action=file.folders[-1] if file.folders else "",
        source=f"{file.name}: {', '.join([*notes, *stand.notes, *rate])}",
    )


def _headward(positions: Array, skeleton: Skeleton) -> Up | None:
    """The axis that leads from the feet to the head in most frames; None where none does."""
    joint = skeleton.joints.index
    feet = 0.5 * (positions[:, joint("left_ankle")] + positions[:, joint("right_ankle")])
    way = np.nanmedian(positions[:, joint("neck")] - feet, axis=0)
    axis = int(np.argmax(np.abs(way)))
    if not abs(way[axis]) > _UPRIGHT:
        return None
    axes: tuple[tuple[Up, Up], ...] = (("x", "-x"), ("y", "-y"), ("z", "-z"))
    return axes[axis][int(way[axis] < 0)]


def _lies(positions: Array) -> bool:
    """Whether what is lowest stays where it is in y, and not in z: more files are z up than show who lies all along."""
    known = positions[np.isfinite(positions).all(axis=(1, 2))]
    if not len(known):
        return False
    y, z = (float(np.ptp(np.quantile(known[..., axis].min(axis=1), [0.1, 0.9]))) for axis in (1, 2))
    return y < _STILLER * z


def _bodies(file: SourceFile) -> list[Body]:
    try:
        with np.errstate(all="ignore"):
            return bodies(stored(file))
    except TooLong as error:
        raise PoseviewerError(file.name, "", str(error), "cut it into parts") from error


def _skeleton(file: SourceFile) -> Skeleton:
    """The joints that are asked for, else SMPL's 24, on the mean body."""
    asked = "smpl24" if file.reading.joints is None else chosen(file.reading.joints).name
    if asked not in _SHOWN:
        cause = f"it holds {NAME} and not positions of {asked}"
        raise PoseviewerError(file.name, "", cause, f"ask for joints {', '.join(_SHOWN)}, or for none")
    shown = joint_set(asked, 3)
    assert shown.parents is not None
    return Skeleton.tree(asked, shown.joints, shown.parents, mean_offsets(shown.joints))


def _ordered(body: Body, skeleton: Skeleton) -> Array:
    """(F, J, 4) of the joints that are shown; at rest where the file has none of that name."""
    column = {joint: k for k, joint in enumerate(joint_set(body.family).joints)}
    turns = np.broadcast_to(rotation.IDENTITY, (len(body.turns), len(skeleton.joints), 4)).copy()
    both = [(j, column[joint]) for j, joint in enumerate(skeleton.joints) if joint in column]
    turns[:, [j for j, _ in both]] = body.turns[:, [k for _, k in both]]
    return turns


def _root(file: SourceFile, body: Body, fps: float) -> tuple[Array, list[str]]:
    """(F, 3) where the pelvis is, in metres and the file's axes, and what was assumed for it."""
    if body.translation is None:
        return np.zeros((len(body.turns), 3)), ["without a translation: it stays in place"]
    moved, notes = body.translation, list[str]()
    unit = file.reading.unit
    if unit is not None and unit in METRES:
        moved = moved * METRES[unit]
        notes = [f"translation in {IN_WORDS[unit]} as given"]
    elif body.scale > _FAR:
        moved = moved / body.scale
    else:
        metres, notes = _unit(moved, fps)
        moved = moved * metres
    wide = body.family == "smplx55" or body.school == "GVHMR"
    return moved + np.array(PELVIS_OF_SMPLX if wide else PELVIS), notes


def _unit(moved: Array, fps: float) -> tuple[float, list[str]]:
    """Metres that one unit of a translation is, told by how fast it goes."""
    steps = np.linalg.norm(np.diff(moved, axis=0), axis=-1)
    steps = steps[np.isfinite(steps)]
    speed = float(np.median(steps)) * fps if len(steps) else 0.0
    if speed <= _FASTEST:
        return 1.0, []
    metres, name = (0.01, "centimetres") if speed * 0.01 <= _FASTEST else (0.001, "millimetres")
    return metres, [f"translation taken to be in {name} by its speed"]
