"""Makes resources/demo.h5: the 20 human motion clips of the pybullet 3.2.7 wheel, cleaned and resampled to 30 fps.

    python scripts/make_demo.py [--wheel FILE.whl] [-o resources/demo.h5]

Without --wheel, pip downloads that one wheel into a temporary folder. It is read as a .zip and never installed or
imported. What is done to the clips:

- quaternions are normalised (they are off by up to 0.42) and their signs made continuous;
- frame times come from the frames' own durations; all clips are resampled to 30 fps;
- a clip marked "wrap" ends with a pose at which its first one stands again, further on. That frame is dropped, the
  root's travel over the cycle kept as the clip's `travel` (for the turning walks the heading too, as `turn`), and the
  few degrees by which the closing pose misses the first one are spread smoothly over the beginning and the end;
- a clip whose soles sink into the ground is lifted until they stand on it; every clip starts above the origin;
- the head, the toes and the wrists are rigid ends, which the motion format leaves out.

The same wheel gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.dataset import DatasetWriter
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton

WHEEL = "pybullet==3.2.7"
MOTIONS = "pybullet_data/data/motions/"
LICENCE_FILE = "pybullet-3.2.7.dist-info/LICENSE.txt"
ATTRIBUTION = (
    "Motion clips from pybullet_data (Bullet Physics, zlib), first published with DeepMimic; "
    "capture sources not stated; cleaned and resampled."
)
FPS = 30.0
CLOSING_SECONDS = 0.4  # over which a cycle's first and last poses are brought together, at either end
SINKING = 0.005  # metres that soles may sink before a clip is lifted

ACTIONS = {
    "walk": "walk", "walker/0walk_forward": "walk", "walker/turn_left0": "walk", "walker/turn_left1": "walk",
    "walker/turn_right0": "walk", "walker/turn_right1": "walk",
    "run": "run", "jump": "jump", "kick": "kick", "spinkick": "kick", "punch": "punch", "dance_a": "dance",
    "dance_b": "dance", "spin": "spin", "cartwheel": "cartwheel", "backflip": "backflip", "roll": "roll",
    "crawl": "crawl", "getup_facedown": "getup", "getup_faceup": "getup",
}  # fmt: skip


class Joint(NamedTuple):
    """column: of the rotation in a motion frame, None for a rigid end; hinge: one angle about the joint's z axis."""

    name: str
    parent: int
    offset: tuple[float, float, float]
    column: int | None = None
    hinge: bool = False


# Offsets: the joint origins of pybullet_data/humanoid/humanoid.urdf times 0.25, the scale its own code loads it with;
# head and toes: the centre of its head sphere, the end of its foot boxes. Metres; x forward, y up, z to the right.
JOINTS = (
    Joint("root", -1, (0.0, 0.0, 0.0), 4),
    Joint("chest", 0, (0.0, 0.236151, 0.0), 8),
    Joint("neck", 1, (0.0, 0.223894, 0.0), 12),
    Joint("head", 2, (0.0, 0.175, 0.0)),
    Joint("right_hip", 0, (0.0, 0.0, 0.084887), 16),
    Joint("right_knee", 4, (0.0, -0.421546, 0.0), 20, hinge=True),
    Joint("right_ankle", 5, (0.0, -0.409870, 0.0), 21),
    Joint("right_toe", 6, (0.1335, -0.0225, 0.0)),
    Joint("right_shoulder", 1, (-0.024050, 0.243500, 0.183110), 25),
    Joint("right_elbow", 8, (0.0, -0.274788, 0.0), 29, hinge=True),
    Joint("right_wrist", 9, (0.0, -0.258947, 0.0)),
    Joint("left_hip", 0, (0.0, 0.0, -0.084887), 30),
    Joint("left_knee", 11, (0.0, -0.421546, 0.0), 34, hinge=True),
    Joint("left_ankle", 12, (0.0, -0.409870, 0.0), 35),
    Joint("left_toe", 13, (0.1335, -0.0225, 0.0)),
    Joint("left_shoulder", 1, (-0.024050, 0.243500, -0.183110), 39),
    Joint("left_elbow", 15, (0.0, -0.274788, 0.0), 43, hinge=True),
    Joint("left_wrist", 16, (0.0, -0.258947, 0.0)),
)
PARENTS = tuple(joint.parent for joint in JOINTS)
OFFSETS = np.array([joint.offset for joint in JOINTS])
SKELETON = Skeleton.tree("deepmimic", tuple(joint.name for joint in JOINTS), PARENTS, OFFSETS)
ANKLES = tuple(j for j, joint in enumerate(JOINTS) if joint.name.endswith("ankle"))
SOLE = np.array([(-0.0435, -0.05, 0.0), (0.1335, -0.05, 0.0)])  # heel and toe of the foot box in the ankle's frame
COLUMNS = 44
UP = np.array([0.0, 1.0, 0.0])

Array = NDArray[np.float64]


class Motion(NamedTuple):
    """times (F,) seconds; root (F, 3) metres; rotations (F, J, 4) local quaternions."""

    times: Array
    root: Array
    rotations: Array


class Cycle(NamedTuple):
    """What one cycle does to the body: a turn about the y axis (radians), then a move along the ground (metres)."""

    turn: float
    travel: Array


def parsed(text: bytes) -> tuple[Motion, bool]:
    """A motion file's frames and whether it wraps around."""
    document = json.loads(text)
    frames = np.array(document["Frames"], dtype=np.float64)
    if frames.ndim != 2 or frames.shape[1] != COLUMNS:
        raise SystemExit(f"a frame has {frames.shape[1:]} numbers, not {COLUMNS}")
    rotations = np.tile(rotation.IDENTITY, (len(frames), len(JOINTS), 1))
    for j, joint in enumerate(JOINTS):
        if joint.column is not None and joint.hinge:
            rotations[:, j] = rotation.from_axis_angle((0.0, 0.0, 1.0), frames[:, joint.column])
        elif joint.column is not None:
            rotations[:, j] = rotation.normalise(frames[:, joint.column : joint.column + 4])
    # The last frame's duration leads nowhere: total time is the sum of all the others.
    times = np.concatenate([[0.0], np.cumsum(frames[:-1, 0])])
    return Motion(times, frames[:, 1:4], rotation.continuous(rotations)), document["Loop"] == "wrap"


def above_origin(motion: Motion) -> Motion:
    """The motion moved along the ground so that its root starts above the origin, about which a loop turns."""
    return motion._replace(root=motion.root - motion.root[0] * (1.0, 0.0, 1.0))


def lifted(motion: Motion) -> Motion:
    """The motion raised until its soles, in all but 5 % of the frames, are on the ground or above it."""
    turned: list[Array] = []
    for j, parent in enumerate(PARENTS):
        local = motion.rotations[:, j]
        turned.append(local if parent < 0 else rotation.multiply(turned[parent], local))
    positions = kinematics.forward(motion.root, motion.rotations, OFFSETS, PARENTS)
    soles = [positions[:, j] + rotation.rotate(turned[j], point) for j in ANKLES for point in SOLE]
    low = float(np.percentile(np.min([sole[:, 1] for sole in soles], axis=0), 5))
    return motion._replace(root=motion.root - UP * low) if low < -SINKING else motion


def cycle_of(motion: Motion, turning: bool) -> Cycle:
    """From the first frame to the closing one. Other than a turning walk, no clip means to change its heading."""
    turn = 0.0
    if turning:
        change = rotation.multiply(motion.rotations[-1, 0], rotation.conjugate(motion.rotations[0, 0]))
        turn = 2.0 * float(np.arctan2(change[2], change[0]))
        turn = (turn + np.pi) % (2.0 * np.pi) - np.pi
    return Cycle(turn, (motion.root[-1] - motion.root[0]) * (1.0, 0.0, 1.0))


def closed(motion: Motion, cycle: Cycle) -> Motion:
    """The motion with a closing pose that is exactly the first one, half of the gap taken at either end."""
    turn = rotation.from_axis_angle(UP, cycle.turn)
    back = motion.rotations[-1].copy()
    back[0] = rotation.multiply(rotation.conjugate(turn), back[0])
    meeting = rotation.slerp(motion.rotations[0], back, np.full(len(JOINTS), 0.5))
    meeting_after = meeting.copy()
    meeting_after[0] = rotation.multiply(turn, meeting[0])
    duration = motion.times[-1]
    reach = min(CLOSING_SECONDS, duration / 3.0)
    near_start, near_end = _eased(1.0 - motion.times / reach), _eased(1.0 - (duration - motion.times) / reach)
    rotations = _drawn(
        motion.rotations, rotation.multiply(meeting, rotation.conjugate(motion.rotations[0])), near_start
    )
    rotations = _drawn(rotations, rotation.multiply(meeting_after, rotation.conjugate(motion.rotations[-1])), near_end)
    height = (motion.root[-1, 1] - motion.root[0, 1]) / 2.0
    root = motion.root + UP * (height * (near_start - near_end))[:, None]
    return Motion(motion.times, root, rotation.continuous(rotations))


def _eased(t: Array) -> Array:
    """0..1 with level ends (smoothstep); 0 below, 1 above."""
    t = np.clip(t, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def _drawn(rotations: Array, correction: Array, weight: Array) -> Array:
    """Rotations (F, J, 4) with the correction (J, 4) applied by weight (F,), along the shorter way."""
    part = rotation.from_expmap(rotation.to_expmap(correction) * weight[:, None, None])
    return rotation.multiply(part, rotations)


def resampled(motion: Motion, times: Array) -> Motion:
    """The motion at other times: the root on a cubic spline, rotations along the shortest arcs."""
    from scipy.interpolate import CubicSpline

    root = CubicSpline(motion.times, motion.root)(times)
    low = np.clip(np.searchsorted(motion.times, times, side="right") - 1, 0, len(motion.times) - 2)
    t = (times - motion.times[low]) / (motion.times[low + 1] - motion.times[low])
    share = np.broadcast_to(t[:, None], (len(times), len(JOINTS)))
    rotations = rotation.slerp(motion.rotations[low], motion.rotations[low + 1], share)
    return Motion(times, root, rotation.continuous(rotations))


def clip_of(stem: str, text: bytes) -> Clip:
    """A motion file of the wheel as a clip at 30 fps, standing on the ground."""
    motion, loops = parsed(text)
    motion = lifted(above_origin(motion))
    name = stem.rpartition("/")[2]
    cycle = cycle_of(motion, name.startswith("turn")) if loops else None
    duration = motion.times[-1]
    if cycle is not None:
        motion = closed(motion, cycle)
        count = round(duration * FPS)
        times = np.arange(count) * (duration / count)
    else:
        times = np.arange(int(duration * FPS + 1e-6) + 1) / FPS
    motion = resampled(motion, times)
    return Clip(
        skeleton=SKELETON,
        positions=kinematics.forward(motion.root, motion.rotations, OFFSETS, PARENTS).astype(np.float32),
        rotations=motion.rotations.astype(np.float32),
        fps=FPS,
        name=name,
        action=ACTIONS[stem],
        loop=loops,
        travel=None if cycle is None else tuple(cycle.travel.tolist()),
        turn=0.0 if cycle is None else cycle.turn,
        source=f"pybullet 3.2.7, {MOTIONS}: {ATTRIBUTION}",
    )


def make(wheel: Path, out: Path) -> None:
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        licence = archive.read(LICENCE_FILE).decode()
        made = Path(folder) / "demo.h5"
        with DatasetWriter(made, licence, ATTRIBUTION, name="demo") as writer:
            for stem in ACTIONS:
                file = f"{MOTIONS}{stem}.txt" if "/" in stem else f"{MOTIONS}humanoid3d_{stem}.txt"
                clip = clip_of(stem, archive.read(file))
                writer.add(clip)
                loop = "loops" if clip.loop else ""
                print(f"{clip.name:15} {clip.action:10} {len(clip):4} frames {loop}")
            frames = writer.frames
        out.write_bytes(made.read_bytes())
    print(f"{out}: {len(ACTIONS)} clips, {frames} frames, {out.stat().st_size} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the demo dataset from the pybullet wheel.")
    parser.add_argument("--wheel", type=Path, help="a pybullet 3.2.7 wheel that is already there")
    parser.add_argument("-o", "--out", type=Path, default=Path(__file__).parent.parent / "resources" / "demo.h5")
    arguments = parser.parse_args()
    if arguments.wheel:
        make(arguments.wheel, arguments.out)
        return
    with tempfile.TemporaryDirectory() as folder:
        options = ["--no-deps", "--only-binary", ":all:", "--quiet", "--dest", folder]
        subprocess.run([sys.executable, "-m", "pip", "download", WHEEL, *options], check=True)
        make(next(Path(folder).glob("*.whl")), arguments.out)


if __name__ == "__main__":
    main()
