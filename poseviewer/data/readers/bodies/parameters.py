"""Where the parameters of SMPL bodies stand in what a file holds: every school's names for them.

whole pose   K = 22, 24 (SMPL), 52 (SMPL-H) or 55 (SMPL-X) joints, in the shapes of `turns.py`
in parts     root, body of 21 or 23 joints, and hands, jaw and eyes where they are there
translation  (F, 3) or (3, F), and one scale (AIST++)
several      (B, F, ...) of each (SLAHMR) or lists of these (3DPW); mappings and lists of bodies, by their names
             (WHAM, InterHuman); of single frames, which are joined; PHALP's frames with track numbers (4D-Humans)
one array    (F, 322) Motion-X; (F, 219) or (F, 225) translation and 24 matrices (FACT); (N, 25, 6, F) what MDM's
             network gives, 24 rotations and the translation, also as `motion` with texts and lengths
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from poseviewer.data.readers.bodies.named import key_of, shape_of
from poseviewer.data.readers.bodies.turns import numbers, turns_of
from poseviewer.motion import rotation
from poseviewer.motion.clip import is_rate
from poseviewer.motion.joint_sets import bone_variation, joint_set
from poseviewer.motion.rotation import Array

_POSE = (  # WHAM has pose and trans in the camera's frame beside those of the world
    *("pose_world", "poses", "smpl_poses", "smpl_pose", "smplx_poses", "smplx_pose", "smplh_poses", "fullpose"),
    *("full_pose", "full_poses", "thetas", "smpl_thetas", "theta", "pose_aa", "poses_aa", "pred_pose", "pred_thetas"),
    *("pred_rotmat", "pose"),
)
_ROOT = (  # GLAMR has those of the camera beside those of the world
    *("smpl_orient_world", "root_orient", "global_orient", "poses_root", "pose_root", "root_pose"),
    *("smpl_global_orient", "R_root", "pred_global_orient", "orient", "global_orientation"),
)
_BODY = ("pose_body", "body_pose", "poses_body", "smpl_body_pose", "pred_body_pose", "R_body")
_TRANSLATION = (
    *("trans_world", "root_trans_world", "trans", "transl", "smpl_trans", "smpl_transl", "smplx_trans"),
    *("translation", "root_translation", "root_trans", "root_transl", "th_trans", "pred_trans", "pose_trans"),
    *("global_t", "trans_orig"),
)
_HANDS = ("pose_hand", "hand_pose", "poses_hand")
_LEFT = ("left_hand_pose", "lhand_pose", "pose_lhand")
_RIGHT = ("right_hand_pose", "rhand_pose", "pose_rhand")
_FACE = (("pose_jaw", "jaw_pose"), ("leye_pose", "left_eye_pose"), ("reye_pose", "right_eye_pose"))
_EYES = ("pose_eye", "eye_pose")
_RATES = ("mocap_framerate", "mocap_frame_rate", "framerate", "frame_rate", "mocap_fps", "fps")
_TELLS = ("betas", "gender", "genders", "smpl_scaling", "smpl_betas", *_RATES[:2])
_VAGUE = ("poses", "pose", "full_pose", "full_poses")  # other people's names for positions too
_ASIDE = ("net_outputs",)  # what GVHMR's network said before it was refined

_FAMILIES = {22: "smpl22", 24: "smpl24", 52: "smplh52", 55: "smplx55"}
_WHOLE = tuple(_FAMILIES)
_VAGUE_WIDTHS = (72, 156, 165)
_HOLDERS = (Mapping, list, tuple)  # of arrays in lists none
_DEEPEST, _MOST_BODIES = 5, 100_000
_STEADY = 0.05  # bones of positions vary less


@dataclass(frozen=True)
class Body:
    """One body's parameters. name: of it within the file, may be empty; family: the joint set whose order turns have;
    turns: (F, K, 4) local quaternions, the root's in the world, NaN where unknown; translation: (F, 3) of the model's
    origin, or None; scale: what the file's positions were multiplied by; fps: as the file says, or None; school: whose
    file it is, where its names tell.
    """

    name: str
    family: str
    turns: Array
    translation: Array | None
    scale: float = 1.0
    fps: float | None = None
    school: str = ""


def has_bodies(found: Any) -> bool:
    """Whether the names in what a file holds tell of a body's parameters. No array is unpacked for it."""
    if isinstance(found, np.ndarray) and found.dtype.kind == "f" and not _is_raw(found.shape):
        return found.ndim == 2 and found.shape[1] in _LAYOUTS and len(found) > 0
    return next(_places(found, "", None, 0), None) is not None


def bodies(found: Any) -> list[Body]:
    """All bodies in what a file holds; what is named like a body's parameters and has another shape is left out."""
    if isinstance(found, np.ndarray) and found.dtype.kind == "f" and not _is_raw(found.shape):
        return [body for body in [_LAYOUTS[found.shape[1]](found)] if body] if has_bodies(found) else []
    read = [body for name, place, fps in _places(found, "", None, 0) for body in _read(name, place, fps)]
    if len(read) > 1 and all(len(body.turns) == 1 for body in read) and len({body.family for body in read}) == 1:
        return [_joined(read)]
    return [replace(read[0], name="")] if len(read) == 1 else read[:_MOST_BODIES]


def _places(
    found: Any, name: str, fps: float | None, depth: int
) -> Iterator[tuple[str, Mapping[str, Any], float | None]]:
    """The mappings that hold a body's parameters, with the names that lead to them and the rate that stands above."""
    if isinstance(found, np.ndarray) and _is_raw(found.shape):
        found = {"motion": found}
    if isinstance(found, Mapping):
        fps = _rate(found) or fps
        if "motion" in found and _is_raw(shape_of(found, "motion")):
            yield from ((text, place, fps) for text, place in _raw(found))
            return
        if _is_body(found):
            yield name, found, fps
            return
        if _is_phalp(found):
            yield from ((track, place, fps) for track, place in _tracks(found))
            return
        below = [(str(key), found[key]) for key in found if key not in _ASIDE and _may_hold(found, key)]
        worldly = [pair for pair in below if "global" in pair[0] or "world" in pair[0]]
        below = worldly or below
    elif isinstance(found, (list, tuple)) or (isinstance(found, np.ndarray) and found.dtype.hasobject):
        parts: Sequence[Any] = found.ravel().tolist() if isinstance(found, np.ndarray) else found
        below = [(str(number), part) for number, part in enumerate(parts, 1) if isinstance(part, _HOLDERS)]
    else:
        return
    if depth < _DEEPEST:
        for key, part in below:
            yield from _places(part, f"{name} {key}".strip(), fps, depth + 1)


def _may_hold(found: Mapping[Any, Any], key: Any) -> bool:
    """Whether what a mapping has may hold bodies; the arrays of an .npz are looked at by their shapes alone."""
    shape = getattr(found, "shape", None)
    if shape is not None:
        return bool(shape(key) == ())
    value = found[key]
    return isinstance(value, (Mapping, list, tuple)) or (isinstance(value, np.ndarray) and value.dtype.hasobject)


def _is_body(found: Mapping[Any, Any]) -> bool:
    if key_of(found, _ROOT) and key_of(found, _BODY):
        return True
    key = key_of(found, _POSE)
    if key is None:
        return False
    if key_of(found, (*_TRANSLATION, *_TELLS, *_ROOT)) or key not in _VAGUE:
        return True
    shape = shape_of(found, key)
    return len(shape) == 2 and shape[1] in _VAGUE_WIDTHS


def _value(found: Mapping[Any, Any], names: tuple[str, ...]) -> Any:
    key = key_of(found, names)
    return None if key is None else found[key]


def _rate(found: Mapping[Any, Any]) -> float | None:
    value = _value(found, _RATES)
    array = np.asarray(value) if isinstance(value, (int, float, np.ndarray)) else np.empty(0)
    if array.size != 1 or array.dtype.kind not in "iuf":
        return None
    return float(array.item()) if is_rate(float(array.item())) else None


def _read(name: str, found: Mapping[Any, Any], fps: float | None) -> Iterator[Body]:
    """The bodies of one place: one, or as many as its lists or its arrays have."""
    roles = {role: _value(found, names) for role, names in _ROLES.items()}
    several = _several(roles)
    for number in range(several or 1):
        some = {role: _part(value, number, several) for role, value in roles.items()} if several else roles
        family, turns = _turns(some)
        is_vague = key_of(found, _POSE) in _VAGUE and not key_of(found, (*_TRANSLATION, *_TELLS))
        if turns is None or (is_vague and _is_steady(some["pose"])):
            continue
        length = found.get("length")
        turns = turns[: int(length)] if isinstance(length, int) and 0 < length < len(turns) else turns
        translation = _translation(some["translation"], len(turns))
        scale = numbers(some["scale"])
        known = scale is not None and scale.size == 1 and np.isfinite(scale).all() and float(scale.item()) > 0
        school = next((school for school, key in _SCHOOLS if key in found), "")
        school = "GVHMR" if "smpl_params_global" in name else school
        named = f"{name} {number + 1}".strip() if several else name
        yield Body(
            named, family, turns, translation, float(scale.item()) if scale is not None and known else 1.0, fps, school
        )


_ROLES = {
    **{"pose": _POSE, "root": _ROOT, "body": _BODY, "translation": _TRANSLATION, "scale": ("smpl_scaling",)},
    **{"hands": _HANDS, "left": _LEFT, "right": _RIGHT, "eyes": _EYES},
    **{f"face {number}": names for number, names in enumerate(_FACE)},
}
_SCHOOLS = (
    ("AIST++", "smpl_scaling"),
    ("MDM", "root_translation"),
    ("AMASS", "mocap_framerate"),
    ("AMASS", "mocap_frame_rate"),
)


def _several(roles: Mapping[str, Any]) -> int:
    """How many bodies stand in the lists or in the first axis of arrays; 0 for one body."""
    in_parts = roles["root"] is not None and roles["body"] is not None
    main = roles["root"] if in_parts else roles["pose"]
    if isinstance(main, (list, tuple)) and main and all(np.ndim(part) == 2 for part in main):
        return len(main)
    shape: tuple[int, ...] = main.shape if isinstance(main, np.ndarray) else ()
    if in_parts:
        return shape[0] if len(shape) == 3 and shape[1] not in (1, 3) and shape[2] == 3 else 0
    flat = len(shape) == 3 and shape[2] in (3 * count for count in _WHOLE)
    return shape[0] if flat or (len(shape) == 4 and shape[2] in _WHOLE and shape[3] in (3, 6)) else 0


def _part(value: Any, number: int, several: int) -> Any:
    if isinstance(value, np.ndarray) and value.ndim < 2:
        return value
    return value[number] if hasattr(value, "__len__") and len(value) == several else value


def _turns(roles: Mapping[str, Any]) -> tuple[str, Array | None]:
    """The joint set and (F, K, 4) of a whole pose, or of one in parts."""
    root, body = turns_of(roles["root"], (1,)), turns_of(roles["body"], (21, 23))
    if root is None or body is None:
        whole = turns_of(roles["pose"], _WHOLE)
        if whole is None:
            body = turns_of(roles["pose"], (21, 23))
            whole = None if root is None or body is None or len(root) != len(body) else np.concatenate([root, body], 1)
        return ("", None) if whole is None else (_FAMILIES[whole.shape[1]], whole)
    frames = min(len(root), len(body))
    parts = [root[:frames], body[:frames]]
    hands = [turns_of(roles["hands"], (30,))]
    if hands[0] is None:
        hands = [turns_of(roles[side], (15,)) for side in ("left", "right")]
    if body.shape[1] == 21 and any(hand is not None for hand in hands):
        eyes = turns_of(roles["eyes"], (2,))
        face = [turns_of(roles[f"face {number}"], (1,)) for number in range(3)]
        if eyes is not None:
            face[1:] = [eyes]
        if any(part is not None for part in face):
            parts += [_fitted(face[0], frames, 1)]
            parts += [_fitted(eyes, frames, 2)] if eyes is not None else [_fitted(eye, frames, 1) for eye in face[1:]]
        parts += [_fitted(hand, frames, 30 // len(hands)) for hand in hands]
    whole = np.concatenate(parts, axis=1)
    return _FAMILIES[whole.shape[1]], whole


def _fitted(turns: Array | None, frames: int, count: int) -> Array:
    """(F, count, 4) of one frame or of them all; at rest where nothing is known."""
    if turns is None or len(turns) not in (1, frames):
        return np.broadcast_to(rotation.IDENTITY, (frames, count, 4))
    return np.broadcast_to(turns, (frames, count, 4))


def _is_steady(pose: Any) -> bool:
    """Whether a pose of 72 numbers is 24 positions: as such its bones keep their lengths."""
    array = numbers(pose)
    if array is None or array.ndim != 2 or array.shape[1] != 72 or len(array) < 2:
        return False
    return bone_variation(joint_set("smpl24"), array.reshape(len(array), 24, 3)) < _STEADY


def _translation(value: Any, frames: int) -> Array | None:
    """(F, 3) of (F, 3), (F, 1, 3), (3, F) or one for all; NaN where it breaks off."""
    array = numbers(value)
    if array is None:
        return None
    array = array.reshape([n for n in array.shape if n != 1])
    if array.ndim == 2 and array.shape[0] == 3 and array.shape[1] != 3:
        array = array.T
    if array.ndim not in (1, 2) or array.shape[-1] != 3:
        return None
    array = array.reshape(-1, 3).astype(np.float64)
    if len(array) == 1:
        return np.repeat(array, frames, axis=0)
    missing = np.full((max(0, frames - len(array)), 3), np.nan)
    return np.concatenate([array[:frames], missing])


def _joined(read: list[Body]) -> Body:
    """Bodies of one frame each as one body's motion."""
    moves = [body.translation for body in read]
    known = [move for move in moves if move is not None]
    translation = np.concatenate(known) if len(known) == len(read) else None
    return replace(read[0], name="", turns=np.concatenate([body.turns for body in read]), translation=translation)


def _is_raw(shape: tuple[int, ...]) -> bool:
    """Whether an array of a shape holds what MDM's network gives: 24 rotations and a translation, (..., 25, 6, F)."""
    return len(shape) in (3, 4) and shape[-3:-1] == (25, 6) and all(shape)


def _raw(found: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each of them with its text."""
    motions = found["motion"].reshape(-1, *found["motion"].shape[-3:])
    texts, lengths = (np.ravel(found[key]).tolist() if key in found else [] for key in ("text", "lengths"))
    for number, motion in enumerate(motions):
        place = {"thetas": motion[:24], "root_translation": motion[24, :3]}
        if len(lengths) == len(motions):
            place["length"] = lengths[number]
        yield str(texts[number]) if len(texts) == len(motions) else str(number + 1), place


def _is_phalp(found: Mapping[Any, Any]) -> bool:
    """Whether a mapping is from frames to what was seen in them: "smpl", a list as long as that of track numbers."""
    if hasattr(found, "shape") or not found:
        return False
    first = found[next(iter(found))]
    return isinstance(first, Mapping) and isinstance(first.get("smpl"), list) and isinstance(first.get("tid"), list)


def _tracks(found: Mapping[Any, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each person that was followed from frame to frame; a frame between in which it was not seen is unknown."""
    seen: dict[Any, dict[int, Mapping[str, Any]]] = {}
    for number, key in enumerate(found):
        frame = found[key]
        if not isinstance(frame, Mapping):
            continue
        for track, person in zip(frame.get("tid") or (), frame.get("smpl") or (), strict=False):
            if isinstance(person, Mapping) and isinstance(track, (int, str)):
                seen.setdefault(track, {})[number] = person
    for track, persons in seen.items():
        whole: dict[str, Any] = {}
        for names, counts in ((_ROOT, (1,)), (_BODY, (21, 23))):
            rows = {frame: turns_of(_value(person, names), counts) for frame, person in persons.items()}
            kept = {frame: row for frame, row in rows.items() if row is not None and len(row) == 1}
            if not kept or len({row.shape for row in kept.values()}) > 1:
                break
            count = next(iter(kept.values())).shape[1]
            turns = np.full((max(persons) - min(persons) + 1, count, 4), np.nan)
            for frame, row in kept.items():
                turns[frame - min(persons)] = row[0]
            whole[names[0]] = turns
        else:
            yield f"person {track}", whole


def _motion_x(array: Array) -> Body | None:
    turns = turns_of(array[:, :156], (52,))
    return (
        None
        if turns is None
        else Body("", "smplh52", turns, _translation(array[:, 309:312], len(array)), 1, None, "Motion-X")
    )


def _fact(array: Array) -> Body | None:
    turns = turns_of(array[:, -216:], (24,))
    return (
        None
        if turns is None
        else Body("", "smpl24", turns, _translation(array[:, -219:-216], len(array)), 1, None, "FACT")
    )


_LAYOUTS = {322: _motion_x, 219: _fact, 225: _fact}
"""What arrays without names hold, by how many numbers a frame has."""
