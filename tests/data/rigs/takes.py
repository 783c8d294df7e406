"""Small valid files of motion capture: rigs, markers, depth cameras."""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np

ASF = """# a leg and a spine
:version 1.10
:name VICON
:units
  mass 1.0
  length 0.45
  angle deg
:documentation
   none
:root
   order TX TY TZ RX RY RZ
   axis XYZ
   position 0 0 0
   orientation 0 0 0
:bonedata
  begin
     id 1
     name lhip
     direction 0.707107 -0.707107 0
     length 2.828427
     axis 0 0 0  XYZ
  end
  begin
     id 2
     name lfemur
     direction 0 -1 0
     length 8
     axis 0 0 0  XYZ
    dof rx ry rz
    limits (-160.0 20.0)
           (-70.0 70.0)
           (-60.0 70.0)
  end
  begin
     id 3
     name ltibia
     direction 0 -1 0
     length 8
     axis 0 0 90  XYZ
    dof rx
    limits (-10.0 170.0)
  end
  begin
     id 4
     name spine
     direction 0 1 0
     length 10
     axis 0 90 0  XYZ
    dof rx ry rz
  end
:hierarchy
  begin
    root lhip spine
    lhip lfemur
    lfemur ltibia
  end
"""
AMC = """#!OML:ASF
:FULLY-SPECIFIED
:DEGREES
1
root 1 18 2 0 0 0
lfemur 0 0 0
ltibia 0
spine 0 0 0
2
root 1 18 2 0 0 0
lfemur 90 90 0
ltibia 90
spine 0 0 90
"""
"""A leg and a spine: at rest, then femur, tibia and spine turned."""

CMU_AMC = ":FULLY-SPECIFIED\n:DEGREES\n" + "".join(
    f"{frame + 1}\nroot 0 17 {frame / 10} 0 0 0\nlowerback {frame} 0 0\nlfemur {frame} 0 0\nltibia {2 * frame}\n"
    for frame in range(12)
)
"""Bones of CMU's, which need no .asf."""

SEGMENTS = {  # what each hangs on, and where it starts in its frame: x forward, y left, z up
    "Pelvis": ("", (0.0, 0.0, 0.0)),
    "L5": ("Pelvis", (0.0, 0.0, 0.1)),
    "T8": ("L5", (0.0, 0.0, 0.3)),
    "Head": ("T8", (0.0, 0.0, 0.2)),
    "LeftUpperLeg": ("Pelvis", (0.0, 0.1, 0.0)),
    "LeftLowerLeg": ("LeftUpperLeg", (0.0, 0.0, -0.45)),
}


def mvnx_text(frames: int = 5, rate: str = "60", joints: bool = True, height: float = 0.9) -> str:
    """A body that walks forward and turns to the left, 0.1 radians a frame, its knee bending."""

    def quaternion(axis: int, angle: float) -> np.ndarray:
        return np.insert(np.eye(3)[axis] * np.sin(angle / 2), 0, np.cos(angle / 2))

    def matrix(axis: int, angle: float) -> np.ndarray:
        a, b = [k for k in range(3) if k != axis]
        turned = np.eye(3)
        turned[[a, b], [a, b]] = np.cos(angle)
        turned[a, b], turned[b, a] = (-np.sin(angle), np.sin(angle)) if axis != 1 else (np.sin(angle), -np.sin(angle))
        return turned

    segments = "".join(
        f'<segment label="{name}" id="{k + 1}"><points><point label="j{name}"><pos_b>0 0 0</pos_b></point>'
        + ('<point label="pTopOfHead"><pos_b>0 0 0.2</pos_b></point>' if name == "Head" else "")
        + "</points></segment>"
        for k, name in enumerate(SEGMENTS)
    )
    ties = "".join(
        f"<joint><connector1>{above}/j{name}</connector1><connector2>{name}/j{name}</connector2></joint>"
        for name, (above, _) in SEGMENTS.items()
        if above
    )
    lines = ['<frame type="identity"><orientation>1</orientation></frame>']
    for frame in range(frames):
        turn, at = matrix(2, 0.1 * frame), {}
        places, turns = [], []
        for name, (above, offset) in SEGMENTS.items():
            start = at[above] + turn @ np.array(offset) if above else np.array([0.1 * frame, 0.0, height])
            at[name] = start
            places.append(start)
            turns.append(quaternion(2, 0.1 * frame))
        lines.append(
            f'<frame time="{frame * 16}" index="{frame}" type="normal">'
            f"<orientation>{' '.join(f'{n:.9f}' for n in np.ravel(turns))}</orientation>"
            f"<position>{' '.join(f'{n:.9f}' for n in np.ravel(places))}</position><velocity>0 0 0</velocity></frame>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<mvnx xmlns="http://www.xsens.com/mvn/mvnx" version="4">'
        f'<subject label="Ada" frameRate="{rate}" segmentCount="{len(SEGMENTS)}"><segments>{segments}</segments>'
        + (f"<joints>{ties}</joints>" if joints else "")
        + f"<frames>{chr(10).join(lines)}</frames></subject></mvnx>\n"
    )


def h36m_text(frames: int = 12) -> str:
    """Exponential maps whose root steps forward by 10 mm and turns to the left by 0.1 radians a frame."""
    numbers = np.zeros((frames, 99))
    numbers[1:, 2], numbers[1:, 4] = 10.0, -0.1
    numbers[:, 3 + 3 * 2] = 0.5
    return "\n".join(",".join(f"{number:.7f}" for number in row) for row in numbers) + "\n"


def ntu_text(frames: int = 6, second: range = range(2, 5)) -> str:
    """One body throughout and another for some frames; the left hand of the first is inferred, its thumb lost."""
    lines = [str(frames)]
    for frame in range(frames):
        there = [0, 1] if frame in second else [0]
        lines.append(str(len(there)))
        for body in there:
            lines += [f"7205759403792{body} 0 1 1 1 1 0 -0.1 0.2 2", "25"]
            for joint in range(25):
                state = 1 if (body, joint) == (0, 7) else 0 if (body, joint) == (0, 22) else 2
                x, y, z = body + 0.01 * joint, 0.02 * joint - 0.5, 3 + 0.1 * frame
                lines.append(f"{x} {y} {z} 250 200 900 500 0.1 0.2 0.3 0.9 {state}")
    return "\n".join(lines) + "\n"


MARKERS = {  # where somebody's markers are who stands facing x, z up, in metres
    "LFHD": (0.1, 0.08, 1.7), "RFHD": (0.1, -0.08, 1.7), "LBHD": (-0.1, 0.08, 1.7), "RBHD": (-0.1, -0.08, 1.7),
    "C7": (-0.08, 0.0, 1.45), "T10": (-0.1, 0.0, 1.2), "CLAV": (0.1, 0.0, 1.4), "STRN": (0.12, 0.0, 1.25),
    "LSHO": (0.0, 0.18, 1.42), "RSHO": (0.0, -0.18, 1.42), "LELB": (0.0, 0.25, 1.1), "RELB": (0.0, -0.25, 1.1),
    "LASI": (0.1, 0.12, 0.95), "RASI": (0.1, -0.12, 0.95), "LPSI": (-0.1, 0.05, 0.97), "RPSI": (-0.1, -0.05, 0.97),
    "LKNE": (0.0, 0.15, 0.5), "RKNE": (0.0, -0.15, 0.5), "LANK": (0.0, 0.12, 0.08), "RANK": (0.0, -0.12, 0.08),
    "LTOE": (0.15, 0.12, 0.03), "RTOE": (0.15, -0.12, 0.03),
}  # fmt: skip


def marker_points(frames: int = 6, scale: float = 1000.0) -> np.ndarray:
    """(F, M, 3) of MARKERS walking along x."""
    points = np.array(list(MARKERS.values()))[None] + np.arange(frames)[:, None, None] * [0.05, 0.0, 0.0]
    return points * scale


def trc_text(points: np.ndarray | None = None, labels: tuple[str, ...] = tuple(MARKERS), unit: str = "mm") -> str:
    points = marker_points() if points is None else points
    frames, count = points.shape[:2]
    names = "Frame#\tTime\t" + "".join(f"{label}\t\t\t" for label in labels)
    axes = "\t\t" + "\t".join(f"{axis}{m + 1}" for m in range(count) for axis in "XYZ")
    rows = [
        f"{f + 1}\t{f / 100:.5f}\t" + "\t".join("" if np.isnan(n) else f"{n:.5f}" for n in points[f].ravel())
        for f in range(frames)
    ]
    return (
        "PathFileType\t4\t(X/Y/Z)\twalk.trc\n"
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n"
        f"100.00\t100.00\t{frames}\t{count}\t{unit}\t100.00\t1\t{frames}\n{names}\n{axes}\n\n"
        + "\n".join(rows)
        + "\n"
    )


def c3d_bytes(
    points: np.ndarray | None = None,
    labels: tuple[str, ...] = tuple(MARKERS),
    unit: str = "mm",
    processor: int = 84,
    scale: float = -1.0,
    **parameters: list[str],
) -> bytes:
    """One analog channel with two samples a frame beside the points. processor: 84 Intel, 85 DEC, 86 MIPS; scale: of
    integers, floats where it is negative; parameters: texts, more of the group POINT.
    """
    points = marker_points() if points is None else points
    frames, count = points.shape[:2]
    order = ">" if processor == 86 else "<"

    def floats(numbers) -> bytes:
        flat = np.asarray(numbers, dtype=np.float32).ravel()
        if processor != 85:
            return flat.astype(f"{order}f4").tobytes()
        return (flat * 4).astype("<f4").view("<u2").reshape(-1, 2)[:, ::-1].tobytes()

    def integers(*numbers) -> bytes:
        return np.array(numbers, dtype=f"{order}i4").astype(f"{order}i2").tobytes()

    def record(name: str, group: int, rest: bytes) -> bytes:
        return bytes([len(name), group % 256]) + name.encode() + integers(len(rest) + 2) + rest

    def texts(name: str, values) -> bytes:
        width = max(map(len, values))
        body = "".join(value.ljust(width) for value in values).encode()
        return record(name, 1, bytes([255, 2, width, len(values)]) + body + b"\0")

    section = record("POINT", -1, b"\0")
    section += record("RATE", 1, bytes([4, 0]) + floats([100.0]) + b"\0")
    section += record("SCALE", 1, bytes([4, 0]) + floats([scale]) + b"\0")
    section += texts("LABELS", labels) + texts("UNITS", [unit])
    section += b"".join(texts(name, values) for name, values in parameters.items()) + b"\0\0"
    blocks = -(-(len(section) + 4) // 512)
    section = (bytes([1, 0x50, blocks, processor]) + section).ljust(512 * blocks, b"\0")
    head = bytes([2, 0x50]) + integers(count, 2, 1, frames, 0) + floats([scale])
    head += integers(blocks + 2, 2) + floats([100.0])
    rows = np.concatenate([np.nan_to_num(points, nan=7.0), np.where(np.isnan(points[..., :1]), -1.0, 0.0)], axis=-1)
    if scale > 0:
        rows[..., :3] /= scale
    rows = np.concatenate([rows.reshape(frames, -1), np.ones((frames, 2))], axis=1)
    body = floats(rows) if scale < 0 else np.round(rows).astype(f"{order}i2").tobytes()
    return head.ljust(512, b"\0") + section + body.ljust(-(-len(body) // 512) * 512, b"\0")


def standing(frames: int = 4) -> np.ndarray:
    """(F, 17, 3) Human3.6M's 17 joints of somebody who stands facing x, z up, and walks on."""
    half = {  # joint: y to the left, z
        "hip": (0.1, 0.9), "knee": (0.1, 0.45), "ankle": (0.1, 0.0),
        "shoulder": (0.2, 1.4), "elbow": (0.25, 1.1), "wrist": (0.25, 0.85),
    }  # fmt: skip
    right = {joint: (0.0, -y, z) for joint, (y, z) in half.items()}
    left = {joint: (0.0, y, z) for joint, (y, z) in half.items()}
    legs, arms = ("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist")
    middle = [(0.0, 0.0, z) for z in (1.15, 1.4, 1.55, 1.7)]
    pose = [(0.0, 0.0, 0.9), *(right[joint] for joint in legs), *(left[joint] for joint in legs), *middle]
    pose += [*(left[joint] for joint in arms), *(right[joint] for joint in arms)]
    return (np.array(pose)[None] + np.arange(frames)[:, None, None] * [0.02, 0.0, 0.0]).astype(np.float32)


def pickled_npz(**objects) -> bytes:
    """As numpy.savez_compressed writes dicts."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **{key: np.array(value, dtype=object) for key, value in objects.items()})
    return stream.getvalue()


def cdf_bytes(rows: np.ndarray, name: str = "Pose", packed: bool = False, whole: bool = False) -> bytes:
    """A CDF of version 3 with one variable, (F, N) in one record. packed: its values by gzip; whole: the whole file."""
    sides = rows.shape
    values = rows.astype("<f8").tobytes()
    if packed:
        squeezed = gzip.compress(values)
        stored = struct.pack(">qiiq", 24 + len(squeezed), 13, 0, len(squeezed)) + squeezed
    else:
        stored = struct.pack(">qi", 12 + len(values), 7) + values
    head = 8 + 312 + 84
    variable_size = 84 + 256 + 4 + 8 * len(sides)
    index = head + variable_size
    table = struct.pack(">qiqii", 44, 6, 0, 1, 1) + struct.pack(">iiq", 0, 0, index + 44)
    variable = struct.pack(">qiqiiqq7iqi", variable_size, 8, 0, 45, 0, index, index, 1, 0, 0, 0, -1, 1, 0, -1, 0)
    variable += name.encode().ljust(256, b"\0") + struct.pack(f">i{2 * len(sides)}i", len(sides), *sides, -1, -1)
    first = struct.pack(">qiqiiii", 312, 1, 320, 3, 9, 6, 3).ljust(312, b"\0")
    general = struct.pack(">qiqqqqiiiiiqiii", 84, 2, 0, head, 0, index + 44 + len(stored), 0, 0, -1, 0, 1, 0, 0, 0, -1)
    body = first + general + variable + table + stored
    if not whole:
        return struct.pack(">2I", 0xCDF30001, 0x0000FFFF) + body
    squeezed = gzip.compress(body)
    record = struct.pack(">qiqqi", 32 + len(squeezed), 10, 0, len(body), 0) + squeezed
    return struct.pack(">2I", 0xCDF30001, 0xCCCC0001) + record


def h36m_rows() -> np.ndarray:
    """(4, 96) millimetres of `standing`, on all 32 joints."""
    of = (0, 1, 2, 3, 3, 3, 4, 5, 6, 6, 6, 0, 7, 8, 9, 10, 8, 11, 12, 13, 13, 13, 13, 13, 8, 14, 15, 16, 16, 16, 16, 16)
    return standing()[:, of].reshape(4, 96) * 1000.0


VALID: dict[str, Callable[[Path], bytes]] = {
    ".amc": lambda folder: CMU_AMC.encode(),
    ".mvnx": lambda folder: mvnx_text().encode(),
    "h36m.txt": lambda folder: h36m_text().encode(),
    ".c3d": lambda folder: c3d_bytes(),
    ".trc": lambda folder: trc_text().encode(),
    ".skeleton": lambda folder: ntu_text().encode(),
    "h36m.cdf": lambda folder: cdf_bytes(h36m_rows(), packed=True),
    "videopose3d.npz": lambda folder: pickled_npz(positions_3d={"S1": {"Walking 1": standing(), "Eating": standing()}}),
}
"""For the damage that every format meets (tests/data/damage.py)."""
