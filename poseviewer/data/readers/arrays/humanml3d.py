"""HumanML3D's and KIT-ML's features to joint positions (Guo et al., CVPR 2022, and its public code).

Of J joints they are 12 J - 1 numbers a frame, 263 of HumanML3D's 22 and 251 of KIT's 21 (623 of Motion-X's 52): how far
the root turns about y (half the angle), how far it goes on the ground in its own frame (2), and its height; the other
joints from the root's place on the ground, in its heading (3 J - 3); their rotations (6 J - 6); the velocities (3 J);
which feet touch the ground (4).

Networks are trained on them standardised, and what they give must be multiplied by Std and shifted by Mean before it is
features again: `look_standardised` tells those, whose rotations are none and whose feet touch the ground less than not.
"""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.numpy_files import npy
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError

JOINTS = {12 * joints - 1: joints for joints in (22, 21, 52)}
"""How many joints, by the numbers a frame."""
HEADS = {262: 66, 492: 66}
"""How many numbers of a frame are positions, at its head, of other features: InterGen's, and InterHuman's files."""
SETS = {22: "smpl22", 21: "kit21", 52: "smplh52"}
"""Whose joints they are, by how many."""
_LOOKED_AT = 1000  # frames
_NO_ROTATION = 0.2  # how far the rotations' axes are from unit length
_NO_CONTACT = 0.3
_MAX_BYTES = 1 << 20  # of a file of Mean or Std


def features_of(array: NDArray[np.floating]) -> NDArray[np.floating] | None:
    """(N, F, C) of an array with one axis of C features, as (F, C), (N, F, C) or (N, C, 1, F); None of any other."""
    axis = next((a for a in reversed(range(array.ndim)) if array.shape[a] in JOINTS), None)
    if axis is None or array.ndim < 2 or not array.size:
        return None
    turned = np.moveaxis(array, axis, -1)
    kept = [length for length in turned.shape[:-1] if length > 1]
    if len(kept) > 2:
        return None
    frames = kept[-1] if kept else 1
    return turned.reshape(prod(kept[:-1]), frames, array.shape[axis])


def joints_of(features: NDArray[np.floating]) -> NDArray[np.float32]:
    """The positions (F, J, 3) that features (F, C) mean, y up; HumanML3D's in metres."""
    joints = JOINTS[features.shape[1]]
    values = features.astype(np.float64)
    turned = np.concatenate([[0.0], np.cumsum(values[:-1, 0])])
    cos, sin = np.cos(2 * turned), np.sin(2 * turned)

    def to_world(x: NDArray[np.floating], z: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        c, s = (part.reshape(-1, *[1] * (x.ndim - 1)) for part in (cos, sin))
        return c * x - s * z, s * x + c * z

    stepped = np.concatenate([np.zeros((1, 2)), values[:-1, 1:3]])
    root_x, root_z = (np.cumsum(step) for step in to_world(stepped[:, 0], stepped[:, 1]))
    local = values[:, 4 : 4 + 3 * (joints - 1)].reshape(len(values), joints - 1, 3)
    x, z = to_world(local[..., 0], local[..., 2])
    positions = np.empty((len(values), joints, 3), dtype=np.float32)
    positions[:, 0] = np.stack([root_x, values[:, 3], root_z], axis=-1)
    positions[:, 1:] = np.stack([x + root_x[:, None], local[..., 1], z + root_z[:, None]], axis=-1)
    return positions


def look_standardised(features: NDArray[np.floating]) -> bool:
    """Whether features (F, C) have been divided by their spread: real ones hold rotations and contacts of 0 to 1."""
    joints, some = JOINTS[features.shape[1]], np.asarray(features[:_LOOKED_AT], dtype=np.float64)
    at = 4 + 3 * (joints - 1)
    axes = some[:, at : at + 6 * (joints - 1)].reshape(-1, 3)
    lengths, contact = np.linalg.norm(axes, axis=-1), some[:, -4:]
    return bool(np.median(np.abs(lengths - 1)) > _NO_ROTATION or contact.min() < -_NO_CONTACT)


def plain(features: NDArray[np.floating], reading: Reading, label: str, where: str = "") -> NDArray[np.floating]:
    """Features (F, C) as they were before they were standardised, with the Mean and Std that the user gives.

    Raises PoseviewerError where they look standardised and none are given, and where those given do not fit.
    """
    if not np.isfinite(features).all():
        raise PoseviewerError(label, where, "some of its features are no numbers", "save it again without NaN")
    if not look_standardised(features):
        return features
    count = features.shape[1]
    files = {"--mean": reading.mean, "--std": reading.std}
    if None in files.values():
        cause = f"its {count} numbers a frame look standardised (rotations and contacts are none as they are)"
        cure = "save x * Std + Mean, or give --mean Mean.npy --std Std.npy of the data set that the model learned from"
        raise PoseviewerError(label, where, cause, cure)
    mean, std = (_given(option, reading, count) for option in files)
    return features * std + mean


def note(features: NDArray[np.floating]) -> str:
    """What `plain` did to features (F, C), for their source; empty where nothing."""
    return "brought back with Std and Mean as given" if look_standardised(features) else ""


def _given(option: str, reading: Reading, count: int) -> NDArray[np.floating]:
    """The numbers of a file that the user gives with an option."""
    path = reading.mean if option == "--mean" else reading.std
    assert path is not None
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise PoseviewerError(path, "", f"{option} is a large file", f"give one with {count} numbers")
        array = npy(path.read_bytes(), path.name)
    except OSError as error:
        raise PoseviewerError(
            path, "", f"it cannot be read ({error.strerror})", f"check the path of {option}"
        ) from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "iuf" or array.size != count:
        shape = getattr(array, "shape", type(array).__name__)
        raise PoseviewerError(path, "", f"{option} holds {shape}, not {count} numbers", "give that of this data set")
    return array.reshape(count).astype(np.float64)
