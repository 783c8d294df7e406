"""What a person may put on the bench: each thing with the files that bring it, and what can be done with it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poseviewer import paths
from poseviewer.data.writer import DatasetWriter
from tests.moving_figures import figures

FRAMES = 90
TURNS = "Zrotation Xrotation Yrotation"


@dataclass(frozen=True)
class Thing:
    """make: writes files into a folder and gives those to open. beneath: the same for what is open before.

    has_clip: whether a clip lies on the bench. mapped: whether an embedding reads it; generates: whether a generator
    does. flat: 2D. turns: whether BVH holds it: a tree of joints in 3D. clips: how many the dataset has. chosen: models
    put to work, by name. models: whether all on offer are tried, which takes seconds.
    """

    name: str
    make: Callable[[Path], list[Path]]
    has_clip: bool = True
    mapped: bool = True
    generates: bool = True
    flat: bool = False
    turns: bool = False
    clips: int = 1
    frames: int = FRAMES
    beneath: Callable[[Path], list[Path]] | None = None
    chosen: tuple[str, ...] = ()
    models: bool = False
    needs_data: bool = False


def demo(folder: Path) -> list[Path]:
    """The embedded demo."""
    return [paths.demo()]


def flat(folder: Path) -> list[Path]:
    """2D clips as Penn Action has them: joints that are never seen, frames in which none is, no frame rate."""
    from dataclasses import replace

    out = folder / "flat.h5"
    with DatasetWriter(out) as writer:
        for number, clip in enumerate(figures(4, FRAMES)):
            poses, visible = clip.positions.copy(), np.array(clip.visible)
            poses[:, 5 + number] = np.nan
            visible[:, 5 + number] = False
            visible[7] = False
            writer.add(replace(clip, positions=poses, visible=visible, fps_known=False))
    return [out]


def penn(folder: Path) -> list[Path]:
    """Labels of Penn Action, of the folder that POSEVIEWER_DATA names."""
    from poseviewer.data.importing import import_sources

    with zipfile.ZipFile(Path(os.environ["POSEVIEWER_DATA"]) / "penn_action_labels.zip") as archive:
        for number in (1, 2, 1516):
            archive.extract(f"labels/{number:04d}.mat", folder)
    out = folder / "penn.h5"
    for _ in import_sources([folder / "labels"], out):
        continue
    return [out]


def rig(folder: Path, names: str = "mixamorig:", above: str = "") -> list[Path]:
    """A walking figure of another program's joint names, fingers included; above: a joint that stands still over it."""
    out = folder / f"{'still' if above else 'rig'}.bvh"
    out.write_text(_figure(names, above))
    return [out]


def still_root(folder: Path) -> list[Path]:
    """A rig whose first joint never moves."""
    return rig(folder, "", "joint_Root")


def cmu_rig(folder: Path) -> list[Path]:
    """A Character Creator rig, of the folder that POSEVIEWER_DATA names."""
    with zipfile.ZipFile(Path(os.environ["POSEVIEWER_DATA"]) / "cmu_varied_bvh.zip") as archive:
        return [Path(archive.extract("002_03.bvh", folder))]


def one_frame(folder: Path) -> list[Path]:
    """A single pose."""
    from dataclasses import replace

    from poseviewer.data.readers import open_dataset

    out = folder / "pose.h5"
    with open_dataset(paths.demo()) as dataset, DatasetWriter(out) as writer:
        clip = dataset.clip(0)
        writer.add(replace(clip.cut(3, 4), name="pose", loop=False))
    return [out]


def pendulum(folder: Path) -> list[Path]:
    """A second of the example package's double pendulum, at half its models' rate."""
    time = np.arange(25) / 25.0
    angle = 0.5 * np.cos(np.sqrt(9.81) * time)
    rod = np.stack([np.sin(angle), -np.cos(angle), 0 * angle], axis=-1)
    pivot = np.tile([0.0, 2.0, 0.0], (25, 1))
    poses = np.stack([pivot, pivot + rod, pivot + 2 * rod], axis=1)
    out = folder / "pendulum.npz"
    np.savez(out, positions=poses.astype(np.float32), fps=25.0, joints=["pivot", "elbow", "bob"], parents=[-1, 0, 1])
    return [out]


def unread(folder: Path) -> list[Path]:
    """A worm, which no model reads."""
    count = 6
    phase = np.arange(FRAMES)[:, None] * 0.2 + np.arange(count)
    poses = np.stack([0.3 * np.arange(count) + 0 * phase, 0.2 + 0.1 * np.sin(phase), 0.1 * np.cos(phase)], axis=-1)
    out = folder / "worm.npz"
    names, parents = [f"ring{k}" for k in range(count)], list(range(-1, count - 1))
    np.savez(out, positions=poses.astype(np.float32), fps=30.0, joints=names, parents=parents)
    return [out]


def embedding(folder: Path) -> list[Path]:
    """A checkpoint alone."""
    return [paths.models() / "humanoid-embedding.safetensors"]


THINGS = {
    thing.name: thing
    for thing in (
        Thing("demo", demo, turns=True, clips=20, frames=39, models=True),
        Thing("flat clips", flat, flat=True, clips=4, models=True),
        Thing("Penn", penn, flat=True, clips=3, needs_data=True),
        Thing("still root", still_root, turns=True),
        Thing("foreign rig", rig, turns=True),
        Thing("Character Creator", cmu_rig, turns=True, needs_data=True),
        Thing("one frame", one_frame, turns=True, frames=1),
        Thing("a second dataset", flat, flat=True, clips=4, beneath=demo),
        Thing("embedding alone", embedding, has_clip=False, generates=False, clips=0, frames=0, models=True),
        Thing("installed model", pendulum, turns=True, frames=25, chosen=("swing-embedding", "swing-generator")),
        Thing("unread", unread, turns=True, mapped=False, generates=False, models=True),
    )
}


# a walking figure as BVH

_BONES: tuple[tuple[str, str, tuple[float, float, float]], ...] = (
    ("Hips", "", (0, 0, 0)), ("Spine", "Hips", (0, 10, 0)), ("Spine1", "Spine", (0, 12, 0)),
    ("Spine2", "Spine1", (0, 12, 0)), ("Neck", "Spine2", (0, 15, 0)), ("Head", "Neck", (0, 10, 2)),
    ("LeftShoulder", "Spine2", (5, 10, 0)), ("LeftArm", "LeftShoulder", (12, 0, 0)),
    ("LeftForeArm", "LeftArm", (28, 0, 0)), ("LeftHand", "LeftForeArm", (25, 0, 0)),
    ("LeftHandIndex1", "LeftHand", (9, 0, 0)),
    ("RightShoulder", "Spine2", (-5, 10, 0)), ("RightArm", "RightShoulder", (-12, 0, 0)),
    ("RightForeArm", "RightArm", (-28, 0, 0)), ("RightHand", "RightForeArm", (-25, 0, 0)),
    ("RightHandIndex1", "RightHand", (-9, 0, 0)),
    ("LeftUpLeg", "Hips", (9, -6, 0)), ("LeftLeg", "LeftUpLeg", (0, -42, 0)),
    ("LeftFoot", "LeftLeg", (0, -41, 0)), ("LeftToeBase", "LeftFoot", (0, -8, 13)),
    ("RightUpLeg", "Hips", (-9, -6, 0)), ("RightLeg", "RightUpLeg", (0, -42, 0)),
    ("RightFoot", "RightLeg", (0, -41, 0)), ("RightToeBase", "RightFoot", (0, -8, 13)),
)  # fmt: skip
_SWING = {
    "LeftUpLeg": 30.0,
    "RightUpLeg": -30.0,
    "LeftArm": -20.0,
    "RightArm": 20.0,
    "LeftLeg": 12.0,
    "RightLeg": -12.0,
}


def _figure(prefix: str, above: str) -> str:
    order: list[str] = []

    def joint(name: str, offset: tuple[float, float, float]) -> str:
        order.append(name)
        below = "".join(joint(child, at) for child, parent, at in _BONES if parent == name)
        places = "6 Xposition Yposition Zposition " if name == "Hips" else "3 "
        end = "" if below else "End Site\n{\nOFFSET 0 5 0\n}\n"
        word = "ROOT" if name == "Hips" and not above else "JOINT"
        head = f"{word} {prefix}{name}\n{{\nOFFSET {offset[0]} {offset[1]} {offset[2]}\n"
        return f"{head}CHANNELS {places}{TURNS}\n{below}{end}}}\n"

    body = joint("Hips", (0, 0, 0))
    if above:
        body = f"ROOT {above}\n{{\nOFFSET 0 0 0\nCHANNELS 6 Xposition Yposition Zposition {TURNS}\n{body}}}\n"
    rows = []
    for frame in range(FRAMES):
        swing = np.sin(2 * np.pi * frame / 30.0)
        row = [0.0] * 6 if above else []
        for name in order:
            row += [0.0, 98.0 + 2 * abs(swing), 4.0 * frame] if name == "Hips" else []
            row += [0.0, _SWING.get(name, 0.0) * swing, 0.0]
        rows.append(" ".join(f"{value:.4f}" for value in row))
    head = f"HIERARCHY\n{body}MOTION\nFrames: {FRAMES}\nFrame Time: 0.0333333\n"
    return head + "\n".join(rows) + "\n"
