"""Motions of bodies and robots as files of many schools hold them, made up."""

from __future__ import annotations

import io
import zipfile

import numpy as np

from poseviewer.motion import kinematics, rotation
from poseviewer.motion.joint_sets import joint_set, robots

FRAMES = 30
LINKS = robots.G1_LINKS
MOVED = [link.name for link in LINKS if link.axis]


def pose(joints: int = 24) -> np.ndarray:
    """(F, K, 3) of somebody who stands in a file with y up, turned a little, and swings arms and legs."""
    swing = np.sin(np.arange(FRAMES) * 0.3)
    turns = np.zeros((FRAMES, joints, 3))
    turns[:, 0, 1] = 0.3 * swing
    turns[:, 1, 0], turns[:, 2, 0] = 0.5 * swing, -0.5 * swing
    turns[:, 4, 0] = turns[:, 5, 0] = 0.3 + 0.2 * swing
    turns[:, 16, 2], turns[:, 17, 2] = -1.2, 1.2
    turns[:, 18, 1] = -0.4 * swing
    return turns


def trans() -> np.ndarray:
    return np.stack([0.1 * np.sin(np.arange(FRAMES) * 0.1), np.full(FRAMES, 1.15), 0.03 * np.arange(FRAMES)], axis=1)


def flat(turns: np.ndarray) -> np.ndarray:
    return turns.reshape(len(turns), -1).astype(np.float32)


def torch_file(found: dict[str, dict[str, np.ndarray]]) -> bytes:
    """What torch.save makes of tensors of float32 in a dict of dicts, written without torch."""
    stream, storages = io.BytesIO(), list[bytes]()

    def text(word: str) -> bytes:
        return b"X" + len(word).to_bytes(4, "little") + word.encode()

    def whole(*numbers: int) -> bytes:
        return b"".join(b"J" + number.to_bytes(4, "little") for number in numbers)

    def tensor(array: np.ndarray) -> bytes:
        array = np.ascontiguousarray(array, "<f4")
        storages.append(array.tobytes())
        strides = [stride // 4 for stride in array.strides]
        key = text("storage") + b"ctorch\nFloatStorage\n" + text(str(len(storages) - 1)) + text("cpu")
        storage = b"(" + key + whole(array.size) + b"tQ"
        hooks = b"ccollections\nOrderedDict\n)R"
        rest = whole(0) + b"(" + whole(*array.shape) + b"t(" + whole(*strides) + b"t\x89" + hooks
        return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + rest + b"tR"

    inner = {
        key: b"".join(text(name) + tensor(part) + b"s" for name, part in parts.items()) for key, parts in found.items()
    }
    pickled = b"\x80\x02}" + b"".join(text(key) + b"}" + part + b"s" for key, part in inner.items()) + b"."
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/byteorder", b"little")
        for number, storage in enumerate(storages):
            archive.writestr(f"archive/data/{number}", storage)
    return stream.getvalue()


def rows(angles: int = 29) -> np.ndarray:
    """(F, 7 + angles) of a robot that turns by a right angle while it goes to its front and swings its limbs."""
    t = np.arange(FRAMES)
    yaw = 0.05 * t
    root = np.stack([0.02 * t, 0.01 * t, np.full(FRAMES, 0.8), 0 * t, 0 * t, np.sin(yaw / 2), np.cos(yaw / 2)], axis=1)
    phase = np.random.default_rng(1).uniform(0, 6, angles)
    return np.concatenate([root, 0.3 * np.sin(0.3 * t[:, None] + phase)], axis=1)


def bodies(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions (F, L, 3) and rotations (F, L, 4) in the world, z up, of all links."""
    turns = np.tile(rotation.IDENTITY, (len(table), len(LINKS), 1))
    turns[:, 0] = table[:, [6, 3, 4, 5]]
    for number, name in enumerate(MOVED):
        j = [link.name for link in LINKS].index(name)
        own = rotation.from_axis_angle(np.eye(3)["xyz".index(LINKS[j].axis)], table[:, 7 + number])
        turns[:, j] = rotation.multiply(rotation.normalise(LINKS[j].turn), own)
    parents = robots.parents_of(LINKS)
    positions = kinematics.forward(table[:, :3], turns, [link.offset for link in LINKS], parents)
    for j, parent in enumerate(parents):
        turns[:, j] = turns[:, j] if parent < 0 else rotation.multiply(turns[:, parent], turns[:, j])
    return positions, turns


def text(table: np.ndarray, header: str = "") -> bytes:
    return (header + "\n".join(",".join(f"{n:.6f}" for n in row) for row in table) + "\n").encode()


def poselib(local: bool = True) -> dict:
    skeleton = joint_set("amp15")
    offsets = np.random.default_rng(2).normal(size=(15, 3)) * 0.2
    angle = np.sin(0.2 * np.arange(FRAMES)[:, None, None] + np.arange(45).reshape(15, 3))
    turns = rotation.from_expmap(angle)
    if not local:
        for j, parent in enumerate(skeleton.parents):
            turns[:, j] = turns[:, j] if parent < 0 else rotation.multiply(turns[:, parent], turns[:, j])

    def array(values):
        return {"arr": values, "context": {"dtype": "float32"}}

    return {
        "rotation": array(turns[..., [1, 2, 3, 0]]),
        "root_translation": array(rows()[:, :3]),
        "skeleton_tree": {
            "node_names": list(skeleton.joints),
            "parent_indices": array(np.array(skeleton.parents)),
            "local_translation": array(offsets),
        },
        "is_local": local,
        "fps": np.array(60),
        "__name__": "SkeletonMotion",
    }


def logged(names: tuple[str, ...], **changes) -> dict:
    positions, turns = bodies(rows())
    order = [[link.name for link in LINKS].index(name) for name in names]
    found = {"fps": [50], "body_pos_w": positions[:, order], "body_quat_w": turns[:, order]}
    return found | {"joint_pos": rows()[:, 7:], **changes}
