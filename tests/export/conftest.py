"""A bench with a short walk in place that needs no file, and films read back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.motion import kinematics
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton

FRAMES = 8
STICK = Skeleton.tree(
    "stick",
    ("hip", "spine", "head", "left_hand", "right_hand"),
    (-1, 0, 1, 1, 1),
    np.array([[0, 0, 0], [0, 0.2, 0], [0, 0.4, 0], [0.4, 0, 0], [-0.4, 0, 0]], dtype=float),
)


def swing(frames: int = FRAMES, fps: float = 30.0, loop: bool = False, rotations: bool = True) -> Clip:
    """A stick figure that turns about its upright axis and moves along x."""
    angles = np.linspace(0.0, 1.0, frames)
    local = np.zeros((frames, 5, 4), dtype=np.float32)
    local[..., 0] = 1.0
    local[:, 0, 0], local[:, 0, 2] = np.cos(angles / 2), np.sin(angles / 2)
    root = np.stack([0.05 * np.arange(frames), np.full(frames, 0.9), np.zeros(frames)], axis=1)
    positions = kinematics.forward(root, local, STICK.offsets, STICK.parents)
    return Clip(
        STICK,
        positions.astype(np.float32),
        fps,
        "swing",
        rotations=local if rotations else None,
        action="turn",
        loop=loop,
    )


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.place(swing())
    return made


@dataclass(frozen=True)
class Film:
    """frames (F, H, W, 3), size (width, height), frames a second."""

    frames: NDArray[np.uint8]
    size: tuple[int, int]
    fps: float


def watch(path: Path) -> Film:
    """Decode a film or an animated picture."""
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        return Film(np.array(frames), (stream.width, stream.height), float(stream.average_rate or 0))


def alpha_of(path: Path) -> NDArray[np.uint8]:
    """(F, H, W) how opaque each pixel of a film or picture is."""
    import av
    from PIL import Image, ImageSequence

    if path.suffix != ".webm":
        with Image.open(path) as image:
            return np.array([np.asarray(frame.convert("RGBA"))[..., 3] for frame in ImageSequence.Iterator(image)])
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoder = av.CodecContext.create("libvpx-vp9", "r")  # FFmpeg's own leaves the alpha out
        packets = [packet for packet in container.demux(stream) if packet.size]
        frames = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
        return np.array([frame.to_ndarray(format="rgba")[..., 3] for frame in frames])


def durations(path: Path) -> list[float]:
    """Seconds that each frame of a gif or an animated png is shown."""
    from PIL import Image, ImageSequence

    with Image.open(path) as image:
        return [frame.info["duration"] / 1000.0 for frame in ImageSequence.Iterator(image)]
