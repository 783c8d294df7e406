"""Small valid files of every format, and seeded damage to them."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from poseviewer.data.dataset import DatasetWriter
from poseviewer.export.motions.bvh import write as write_bvh
from poseviewer.export.motions.csv import write as write_csv
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from tests.data.bodies import made
from tests.data.keypoints import files as keypoints
from tests.data.rigs import takes

OFFSETS = np.array([[0, 0, 0], [0.1, -0.05, 0], [0, -0.45, 0], [0, 0.5, 0], [0, 0.3, 0]])
BODY = Skeleton.tree("body", ("Hips", "LeftUpLeg", "LeftLeg", "Spine", "Head"), (-1, 0, 1, 0, 3), OFFSETS)


def motion(frames: int = 20, seed: int = 0, name: str = "motion", skeleton: Skeleton = BODY, **labels) -> Clip:
    """A clip with rotations that turns every joint smoothly."""
    generator = np.random.default_rng(seed)
    axes = generator.normal(size=(len(skeleton.joints), 3))
    angle = np.sin(np.arange(frames)[:, None, None] * 0.2) * axes
    rotations = rotation.continuous(rotation.from_expmap(angle))
    root = np.array([0, 1, 0]) + np.arange(frames)[:, None] * [0.01, 0, 0.02]
    positions = kinematics.forward(root, rotations, skeleton.offsets, skeleton.parents)
    return Clip(skeleton, positions, labels.pop("fps", 30.0), name, rotations=rotations, **labels)


def penn_label(frames: int = 12, seed: int = 0, **changes) -> bytes:
    """A label file as Penn Action has it, 480 x 270 pixels."""
    from scipy.io import savemat

    generator = np.random.default_rng(seed)
    values = {
        "action": "squat",
        "pose": "front",
        "x": generator.uniform(100, 200, (frames, 13)),
        "y": generator.uniform(50, 150, (frames, 13)),
        "visibility": np.ones((frames, 13), dtype=np.uint8),
        "train": np.int16(1),
        "bbox": np.tile([90.0, 40.0, 210.0, 160.0], (frames, 1)),
        "dimensions": np.array([[270, 480, frames]], dtype=np.uint16),
        "nframes": np.int16(frames),
    }
    values.update(changes)
    stream = io.BytesIO()
    savemat(stream, {key: value for key, value in values.items() if value is not None}, do_compression=True)
    return stream.getvalue()


def cmu_text(frames: int = 12, seed: int = 0) -> str:
    """An exponential-map file; its first line is the T-pose."""
    numbers = np.random.default_rng(seed).normal(scale=0.3, size=(frames, 117))
    numbers[0] = 0
    return "\n".join(",".join(f"{number:.7f}" for number in row) for row in numbers) + "\n"


def npz_bytes(**arrays) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def npy_bytes(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _h5(folder: Path) -> bytes:
    path = folder / "valid.h5"
    with DatasetWriter(path, "licence", "provenance") as writer:
        writer.add(motion(name="one", action="walk"))
        writer.add(motion(30, 1, name="two"))
    return path.read_bytes()


def _bvh(folder: Path) -> bytes:
    list(write_bvh(motion(), folder / "valid.bvh"))
    return (folder / "valid.bvh").read_bytes()


def _csv(folder: Path) -> bytes:
    list(write_csv(motion(action="walk", seed_frames=5), folder / "valid.csv"))
    return (folder / "valid.csv").read_bytes()


def _npz(folder: Path) -> bytes:
    clip = motion()
    return npz_bytes(
        positions=clip.positions,
        rotations=clip.rotations,
        fps=30.0,
        action="walk",
        seed_frames=5,
        joints=np.array(BODY.joints),
        parents=np.array(BODY.parents),
        visibility=np.ones(clip.positions.shape[:2], dtype=bool),
    )


def _results() -> dict[str, Any]:
    joints = np.random.default_rng(0).normal(size=(2, 22, 3, 12)).astype(np.float32)
    return {"motion": joints, "text": ["walks", "turns"], "lengths": np.array([12, 9])}


_FEATURES = np.concatenate([np.full(67, 0.1), np.tile([1.0, 0, 0, 0, 1, 0], 21), np.zeros(70)]).astype(np.float32)
"""A frame of HumanML3D's 263 features whose joints are all turned as at rest."""


def _points() -> bytes:
    """A table of points as people around MediaPipe write it."""
    names = ",".join(f"landmark_{j}_{axis}" for j in range(33) for axis in ("x", "y", "z", "visibility"))
    points = np.random.default_rng(0).uniform(0.2, 0.8, size=(12, 132))
    rows = (",".join([str(n), *(f"{value:.4f}" for value in row)]) for n, row in enumerate(points))
    return "\n".join([f"frame,{names}", *rows]).encode()


VALID: dict[str, Callable[[Path], bytes]] = {
    ".h5": _h5,
    ".bvh": _bvh,
    ".mat": lambda folder: penn_label(),
    ".txt": lambda folder: cmu_text().encode(),
    ".npy": lambda folder: npy_bytes(np.random.default_rng(0).normal(size=(10, 22, 3))),
    ".npz": _npz,
    ".csv": _csv,
    "results.npy": lambda folder: npy_bytes(np.array(_results(), dtype=object)),
    "results.pkl": lambda folder: pickle.dumps(_results()),
    "features.npy": lambda folder: npy_bytes(np.tile(_FEATURES, (12, 1))),
    "smpl.npz": lambda folder: npz_bytes(poses=made.flat(made.pose()), trans=made.trans(), mocap_framerate=30.0),
    "smpl.pkl": lambda folder: pickle.dumps(
        {"person": {"global_orient": made.pose()[:, :1], "body_pose": made.pose()[:, 1:]}}
    ),
    "gvhmr.pt": lambda folder: made.torch_file({"global": {"pose": made.flat(made.pose()), "trans": made.trans()}}),
    "poselib.npy": lambda folder: npy_bytes(np.array(made.poselib(), dtype=object)),
    "bodies.npz": lambda folder: npz_bytes(**made.logged(tuple(made.MOVED))),
    "g1.csv": lambda folder: made.text(made.rows()),
    "points.csv": lambda folder: _points(),
    **keypoints.VALID,
    **takes.VALID,
}
"""What makes a small valid file of every format, by a name that ends in its suffix."""


def valid(name: str, folder: Path) -> bytes:
    """The bytes of a small valid file of a format."""
    return VALID[name](folder)


HOSTILE_WORDS = (
    b"nan",
    b"inf",
    b"-inf",
    b"1e999",
    b"99999999999999999999",
    b"-1",
    b"\xff\xfe",
    b"\x00",
    b"0x10",
    b"{",
    b"1e300",
    b"\x1b[31m",
    b"\x07",
)


def damaged(content: bytes, seed: int) -> bytes:
    """Cut off, bits flipped, a stretch zeroed, doubled, removed or noise, a number replaced, or another encoding."""
    generator = np.random.default_rng(seed)
    kind = seed % 10
    data = bytearray(content)
    at = int(generator.integers(0, len(data)))
    if kind == 0:
        return bytes(data[:at])
    if kind in (1, 2, 3):
        reach = len(data) if kind == 1 else min(len(data), 4096 if kind == 2 else 200)
        for place in generator.integers(0, reach, size=int(generator.integers(1, 20))):
            data[place] ^= 1 << int(generator.integers(0, 8))
    elif kind == 4:
        data[at : at + 64] = bytes(64)
    elif kind == 5:
        data[at:at] = data[at // 2 : at]
    elif kind == 6:
        del data[at : at + int(generator.integers(1, 200))]
    elif kind == 7:
        words = bytes(data).split(b" ") if b" " in data else bytes(data).split(b",")
        words[int(generator.integers(0, len(words)))] = HOSTILE_WORDS[int(generator.integers(0, len(HOSTILE_WORDS)))]
        return (b" " if b" " in data else b",").join(words)
    elif kind == 8:
        return bytes(data).decode("latin-1").encode("utf-16" if seed % 20 == 8 else "utf-32")
    else:
        data[at : at + 300] = generator.bytes(300)
    return bytes(data)
