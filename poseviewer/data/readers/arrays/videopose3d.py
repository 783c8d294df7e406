"""VideoPose3D's archives (Pavllo et al., CVPR 2019), in which work on lifting 2D poses to 3D is done.

data_3d_NAME.npz holds `positions_3d`, a pickled dict {subject: {action: (F, J, 3)}} in metres, z up; data_2d_NAME.npz
holds `positions_2d`, {subject or video: {action: [(F, J, 2) of each camera]}} in pixels, and `metadata`, a dict with
the layout's name and, of videos of one's own, their sizes. Human3.6M has 50 frames a second and images of 1000 x 1002
and 1000 x 1000, HumanEva 60 and 640 x 480. Every motion is a clip, from each camera one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.numpy_files import is_stored, stored
from poseviewer.data.reading import only_first
from poseviewer.data.sources import SourceFile
from poseviewer.data.upright import told
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import ASSUMED_FPS, Clip
from poseviewer.motion.joint_sets import by_count, chosen, joint_set
from poseviewer.motion.skeleton import Skeleton

NAME = "VideoPose3D"
SUFFIXES = (".npz",)
READS = "archives of poses in 3D or in an image, a clip a motion and camera"
ASSUMES = "metres, z up by its format; the rate of a data set that is not known"
EXPECTED = "give an .npz with positions_3d or positions_2d, as VideoPose3D writes it"

_MAX_JOINTS = 5000
_LAYOUTS = {"h36m": "h36m17", "coco": "coco17", "humaneva15": "humaneva15"}
_RATES = {"h36m32": 50.0, "h36m17": 50.0, "humaneva15": 60.0}
_H36M_SUBJECTS = {"S1", "S5", "S6", "S7", "S8", "S9", "S11"}
_H36M_CAMERAS = ((1000, 1002), (1000, 1000), (1000, 1000), (1000, 1002))


def accepts(file: SourceFile) -> bool:
    try:
        if not is_stored(file):
            return False
        arrays = stored(file)  # other programs have plain arrays of these names
        return any(key in arrays and len(arrays.shape(key)) < 2 for key in ("positions_3d", "positions_2d"))
    except PoseviewerError:
        return False


def read(file: SourceFile) -> Iterator[Clip]:
    """All motions, those in 3D first where a file has both."""
    arrays = stored(file)
    metadata = arrays.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    count = 0
    if "positions_3d" in arrays:
        for subject, action, array in _motions(file.name, "positions_3d", arrays["positions_3d"], 3):
            count += 1
            yield _solid(file, subject, action, array)
    if "positions_2d" in arrays:
        for subject, action, cameras in _cameras(file.name, arrays["positions_2d"]):
            for camera, array in enumerate(cameras):
                count += 1
                yield _flat(file, subject, action, camera, len(cameras), array, metadata)
    if not count:
        raise PoseviewerError(file.name, "", "it holds no motion", EXPECTED)


def _parts(label: str, where: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        raise PoseviewerError(label, where, f"it holds {type(value).__name__}, not motions by name", EXPECTED)
    yield from ((str(key), part) for key, part in value.items())


def _motions(label: str, where: str, value: Any, dims: int) -> Iterator[tuple[str, str, NDArray[np.floating]]]:
    for subject, actions in _parts(label, where, value):
        for action, array in _parts(label, f"{where}[{subject[:40]!r}]", actions):
            if array is not None:
                yield subject, action, _array(label, f"{where}[{subject[:40]!r}][{action[:40]!r}]", array, dims)


def _cameras(label: str, value: Any) -> Iterator[tuple[str, str, list[NDArray[np.floating]]]]:
    for subject, actions in _parts(label, "positions_2d", value):
        for action, cameras in _parts(label, f"positions_2d[{subject[:40]!r}]", actions):
            where = f"positions_2d[{subject[:40]!r}][{action[:40]!r}]"
            if not isinstance(cameras, (list, tuple)):
                cameras = [cameras] if np.ndim(cameras) == 3 else list(np.asarray(cameras))
            yield subject, action, [_array(label, where, array, 2) for array in cameras]


def _array(label: str, where: str, value: Any, dims: int) -> NDArray[np.floating]:
    """(F, J, dims); what stands behind the coordinates, as scores do, is left out."""
    array = np.asarray(value)
    fits = array.dtype.kind in "iuf" and array.ndim == 3
    if not fits or array.shape[-1] < dims or not 0 < array.shape[1] <= _MAX_JOINTS:
        cause = f"it holds {array.dtype} of shape {array.shape}, not (frames, joints, {dims})"
        raise PoseviewerError(label, where, cause, EXPECTED)
    if not len(array):
        raise PoseviewerError(label, where, "it has no frames", "leave it out")
    return array[..., :dims].astype(np.float64)


def _skeleton(file: SourceFile, array: NDArray[np.floating], dims: Literal[2, 3], layout: str = "") -> Skeleton:
    """What the user names, else the layout, else told by the number of joints; numbered joints without bones."""
    joints = array.shape[1]
    known: Skeleton | None = None
    if file.reading.joints:
        known = chosen(file.reading.joints, dims)
        if len(known.joints) > joints:
            cause = f"it has {joints} joints and {known.name} has {len(known.joints)}"
            raise PoseviewerError(file.name, "", cause, "give another set with --joints")
    elif joints == 15:
        known = joint_set("humaneva15", dims)
    elif layout in _LAYOUTS:
        known = joint_set(_LAYOUTS[layout], dims)
    if known is None or len(known.joints) > joints:
        known = by_count(joints, dims, array)
    if known is not None and len(known.joints) <= joints:
        return known
    names = tuple(f"joint_{j}" for j in range(joints))
    return Skeleton(f"{joints} joints", names, None, (), tuple(range(joints)), dims)


def _whose(file: SourceFile, skeleton: Skeleton, points: int) -> str:
    """Whose joints they are, in words."""
    part = only_first(len(skeleton.joints), points)
    asked = file.reading.joints
    return f"joints of {asked} as given{part and f', {part}'}" if asked else skeleton.name


def _labelled(file: SourceFile, subject: str, action: str, skeleton: Skeleton, name: str) -> dict[str, Any]:
    rate = _RATES.get(skeleton.name) if skeleton.name != "h36m17" or subject in _H36M_SUBJECTS else None
    return {
        "skeleton": skeleton,
        "fps": rate or ASSUMED_FPS,
        "fps_known": rate is not None,
        "name": name,
        "action": action.split(" ")[0] if rate else action,
        "subject": subject,
    }


def _solid(file: SourceFile, subject: str, action: str, array: NDArray[np.floating]) -> Clip:
    skeleton = _skeleton(file, array, 3)
    whose = _whose(file, skeleton, array.shape[1])
    array = array[:, : len(skeleton.joints)]
    stand = told(array, skeleton, file.reading, up="z", unit="m")
    labels = _labelled(file, subject, action, skeleton, f"{subject} {action}")
    notes = "".join(f", {note}" for note in stand.notes) + ("" if labels["fps_known"] else ", frame rate assumed")
    return Clip(
        positions=stand.points(array).astype(np.float32),
        source=f"{file.name}: VideoPose3D, {whose}, metres, z up{notes}",
        **labels,
    )


def _flat(
    file: SourceFile,
    subject: str,
    action: str,
    camera: int,
    cameras: int,
    array: NDArray[np.floating],
    metadata: Mapping[Any, Any],
) -> Clip:
    """Pixels to image heights: the origin at the image's centre, y up."""
    skeleton = _skeleton(file, array, 2, str(metadata.get("layout_name", "")))
    whose = _whose(file, skeleton, array.shape[1])
    array = array[:, : len(skeleton.joints)]
    size, note = _image_size(subject, camera, array, metadata)
    width, height = size
    positions = np.stack([array[..., 0] - width / 2.0, height / 2.0 - array[..., 1]], axis=-1) / height
    lost = (array == 0).all(axis=-1) | ~np.isfinite(array).all(axis=-1)
    name = f"{subject} {action}" if cameras == 1 else f"{subject} {action} camera {camera + 1}"
    labels = _labelled(file, subject, action, skeleton, name)
    note += "" if labels["fps_known"] else ", frame rate assumed"
    return Clip(
        positions=np.where(lost[..., None], np.nan, positions).astype(np.float32),
        image_size=size,
        source=f"{file.name}: VideoPose3D, {whose} in pixels{note}",
        **labels,
    )


def _image_size(
    subject: str, camera: int, array: NDArray[np.floating], metadata: Mapping[Any, Any]
) -> tuple[tuple[int, int], str]:
    """Width and height of the image, and what was assumed."""
    videos = metadata.get("video_metadata", {})
    video = videos.get(subject, {}) if isinstance(videos, Mapping) else {}
    sides = [video.get(side) for side in ("w", "h")] if isinstance(video, Mapping) else [None, None]
    if all(isinstance(side, int) and 1 <= side <= 100_000 for side in sides):
        return (int(sides[0] or 1), int(sides[1] or 1)), ""
    if subject in _H36M_SUBJECTS and camera < len(_H36M_CAMERAS):
        return _H36M_CAMERAS[camera], f", images of {_H36M_CAMERAS[camera][0]} x {_H36M_CAMERAS[camera][1]}"
    if subject.split("/")[0] in ("Train", "Validate"):
        return (640, 480), ", images of 640 x 480"
    reach = np.nanmax(array.reshape(-1, 2), axis=0)
    width, height = (max(1, min(100_000, int(np.ceil(side)))) if np.isfinite(side) else 1 for side in reach)
    return (width, height), f", images taken to be {width} x {height}, as far as the joints reach"
