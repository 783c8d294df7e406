"""Robots and simulated bodies: Unitree's G1, H1 and H1-2 (BSD-3, Unitree), the humanoid of AMP (Peng et al. 2021).

Their own frame has x forwards, y to the left, z up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from poseviewer.motion.joint_sets.table import JointSet, tree

Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


@dataclass(frozen=True)
class Link:
    """A rigid part. offset, turn: where its frame stands in its parent's at rest, metres and w, x, y, z; axis: what its
    joint turns it about, None where it is fixed.
    """

    name: str
    parent: str
    offset: Vector
    axis: Literal["x", "y", "z"] | None = None
    turn: Quaternion = (1.0, 0.0, 0.0, 0.0)


_LEG = (
    Link("left_hip_pitch_link", "pelvis", (0.0, 0.06445, -0.1027), "y"),
    Link("left_hip_roll_link", "left_hip_pitch_link", (0.0, 0.052, -0.03046), "x", (0.996179, 0.0, -0.0873386, 0.0)),
    Link("left_hip_yaw_link", "left_hip_roll_link", (0.025, 0.0, -0.12412), "z"),
    Link("left_knee_link", "left_hip_yaw_link", (-0.07827, 0.00215, -0.17734), "y", (0.996179, 0.0, 0.0873386, 0.0)),
    Link("left_ankle_pitch_link", "left_knee_link", (0.0, -0.00009, -0.30001), "y"),
    Link("left_ankle_roll_link", "left_ankle_pitch_link", (0.0, 0.0, -0.01756), "x"),
)
_TOE = Link("left_toe_link", "left_ankle_roll_link", (0.1, 0.0, -0.02))
_WAIST = (
    Link("waist_yaw_link", "pelvis", (0.0, 0.0, 0.0), "z"),
    Link("waist_roll_link", "waist_yaw_link", (-0.00396, 0.0, 0.044), "x"),
    Link("torso_link", "waist_roll_link", (0.0, 0.0, 0.0), "y"),
)
_HEAD = Link("head_link", "torso_link", (0.0, 0.0, 0.4))
_ARM = (
    Link("left_shoulder_pitch_link", "torso_link", (0.00396, 0.10022, 0.24778), "y", (0.990264, 0.139201, 0.0, 0.0)),
    Link(
        "left_shoulder_roll_link", "left_shoulder_pitch_link", (0.0, 0.038, -0.01383), "x",
        (0.990268, -0.139172, 0.0, 0.0),
    ),
    Link("left_shoulder_yaw_link", "left_shoulder_roll_link", (0.0, 0.00624, -0.1032), "z"),
    Link("left_elbow_link", "left_shoulder_yaw_link", (0.01578, 0.0, -0.08052), "y"),
    Link("left_wrist_roll_link", "left_elbow_link", (0.1, 0.00189, -0.01), "x"),
    Link("left_wrist_pitch_link", "left_wrist_roll_link", (0.038, 0.0, 0.0), "y"),
    Link("left_wrist_yaw_link", "left_wrist_pitch_link", (0.046, 0.0, 0.0), "z"),
)  # fmt: skip


def _right(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """Links of the left side, mirrored."""
    return tuple(
        replace(
            link,
            name=link.name.replace("left", "right"),
            parent=link.parent.replace("left", "right"),
            offset=(link.offset[0], -link.offset[1], link.offset[2]),
            turn=(link.turn[0], -link.turn[1], link.turn[2], -link.turn[3]),
        )
        for link in links
    )


_PELVIS = Link("pelvis", "", (0.0, 0.0, 0.0))
_MOVING = (_PELVIS, *_LEG, *_right(_LEG), *_WAIST, *_ARM, *_right(_ARM))
G1_LINKS = (_PELVIS, *_LEG, _TOE, *_right((*_LEG, _TOE)), *_WAIST, _HEAD, *_ARM, *_right(_ARM))
"""Those with a joint are in the order of Unitree's 29 joint angles; the toes and the head are fixed ends."""

_H1_LEG = (
    Link("left_hip_yaw_link", "pelvis", (0.0, 0.0875, -0.1742), "z"),
    Link("left_hip_roll_link", "left_hip_yaw_link", (0.03947, 0.0, 0.0), "x"),
    Link("left_hip_pitch_link", "left_hip_roll_link", (0.0, 0.11536, 0.0), "y"),
    Link("left_knee_link", "left_hip_pitch_link", (0.0, 0.0, -0.4), "y"),
    Link("left_ankle_link", "left_knee_link", (0.0, 0.0, -0.4), "y"),
    Link("left_toe_link", "left_ankle_link", (0.14, 0.0, -0.05)),
)
_H1_TRUNK = (Link("torso_link", "pelvis", (0.0, 0.0, 0.0), "z"), Link("head_link", "torso_link", (0.045, 0.0, 0.66)))
_H1_ARM = (
    Link("left_shoulder_pitch_link", "torso_link", (0.0055, 0.15535, 0.42999), "y", (0.976296, 0.216438, 0.0, 0.0)),
    Link(
        "left_shoulder_roll_link", "left_shoulder_pitch_link", (-0.0055, 0.0565, -0.0165), "x",
        (0.976296, -0.216438, 0.0, 0.0),
    ),
    Link("left_shoulder_yaw_link", "left_shoulder_roll_link", (0.0, 0.0, -0.1343), "z"),
    Link("left_elbow_link", "left_shoulder_yaw_link", (0.0185, 0.0, -0.198), "y"),
    Link("left_hand_link", "left_elbow_link", (0.28, 0.0, -0.015)),
)  # fmt: skip
H1_LINKS = (_PELVIS, *_H1_LEG, *_right(_H1_LEG), *_H1_TRUNK, *_H1_ARM, *_right(_H1_ARM))
"""Those with a joint are in the order of Unitree's 19 joint angles; toes, head and hands are fixed ends."""

_H1_2_LEG = (
    Link("left_hip_yaw_link", "pelvis", (0.0, 0.0875, -0.1632), "z"),
    Link("left_hip_pitch_link", "left_hip_yaw_link", (0.0, 0.0755, 0.0), "y"),
    Link("left_hip_roll_link", "left_hip_pitch_link", (0.0, 0.0, 0.0), "x"),
    Link("left_knee_link", "left_hip_roll_link", (0.0, 0.0, -0.4), "y"),
    Link("left_ankle_pitch_link", "left_knee_link", (0.0, 0.0, -0.4), "y"),
    Link("left_ankle_roll_link", "left_ankle_pitch_link", (0.0, 0.0, -0.02), "x"),
    Link("left_toe_link", "left_ankle_roll_link", (0.14, 0.0, -0.03)),
)
_H1_2_ARM = (
    Link("left_shoulder_pitch_link", "torso_link", (0.0, 0.14806, 0.42333), "y", (0.991445, 0.130526, 0.0, 0.0)),
    Link(
        "left_shoulder_roll_link", "left_shoulder_pitch_link", (0.0342, 0.062, -0.006), "x",
        (0.991445, -0.130526, 0.0, 0.0),
    ),
    Link("left_shoulder_yaw_link", "left_shoulder_roll_link", (-0.0342, 0.0, -0.1456), "z"),
    Link("left_elbow_link", "left_shoulder_yaw_link", (0.006, 0.0329, -0.182), "y"),
    Link("left_wrist_roll_link", "left_elbow_link", (0.121, -0.0329, -0.011), "x"),
    Link("left_wrist_pitch_link", "left_wrist_roll_link", (0.087, 0.0, 0.0), "y"),
    Link("left_wrist_yaw_link", "left_wrist_pitch_link", (0.02, 0.0, 0.0), "z"),
)  # fmt: skip
H1_2_LINKS = (_PELVIS, *_H1_2_LEG, *_right(_H1_2_LEG), *_H1_TRUNK, *_H1_2_ARM, *_right(_H1_2_ARM))
"""Those with a joint are in the order of Unitree's 27 joint angles; toes and head are fixed ends."""


@dataclass(frozen=True)
class Robot:
    """A robot whose joint angles files hold. name: of its joint set; moving: the links that angles turn, in order."""

    name: str
    links: tuple[Link, ...]
    moving: tuple[str, ...]


def _moving(links: tuple[Link, ...], without: str = "-") -> tuple[str, ...]:
    return tuple(link.name for link in links if link.axis is not None and without not in link.name)


ROBOTS = {
    len(robot.moving): robot
    for robot in (
        Robot("g1", G1_LINKS, _moving(G1_LINKS)),
        Robot("g1", G1_LINKS, _moving(G1_LINKS, "wrist")),  # the 23 of ASAP
        Robot("h1", H1_LINKS, _moving(H1_LINKS)),
        Robot("h1_2", H1_2_LINKS, _moving(H1_2_LINKS)),
    )
}
"""By how many joint angles a frame has."""


def parents_of(links: tuple[Link, ...]) -> tuple[int, ...]:
    """(J,) -1 for the first."""
    names = [link.name for link in links]
    return tuple(names.index(link.parent) if link.parent in names else -1 for link in links)


def _by_depth(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The order in which Isaac Lab numbers bodies: all at one depth before those below them, left before right."""
    depth = {"": -1}
    for link in links:
        depth[link.name] = depth[link.parent] + 1
    rank = {"left": 0, "righ": 1}  # the waist comes after both legs and before both arms
    at: list[list[Link]] = [[] for _ in links]
    for link in links:
        at[depth[link.name]].append(link)
    found: list[Link] = []
    for level in at:
        order = {link.name: number for number, link in enumerate(found)}
        found += sorted(level, key=lambda link: (order.get(link.parent, -1), rank.get(link.name[:4], 2)))
    return tuple(found)


def _names(links: tuple[Link, ...]) -> str:
    return " ".join(link.name for link in links)


_ISAAC = _by_depth(_MOVING)

SETS: tuple[JointSet, ...] = (
    tree("g1", "Unitree G1, its links with toes and head", _names(G1_LINKS), parents_of(G1_LINKS)),
    tree("h1", "Unitree H1, its links with toes, head and hands", _names(H1_LINKS), parents_of(H1_LINKS)),
    replace(  # CMU's bodies have 31 joints, too: files of this robot hold angles
        tree("h1_2", "Unitree H1-2, its links with toes and head", _names(H1_2_LINKS), parents_of(H1_2_LINKS)),
        columns=(),
    ),
    tree("g1_mujoco", "Unitree G1, 30 bodies, limb by limb", _names(_MOVING), parents_of(_MOVING)),
    tree("g1_isaac", "Unitree G1, 30 bodies as Isaac Lab numbers them", _names(_ISAAC), parents_of(_ISAAC)),
    tree(
        "amp15",
        "AMP's humanoid",
        "pelvis torso head right_upper_arm right_lower_arm right_hand left_upper_arm left_lower_arm left_hand "
        "right_thigh right_shin right_foot left_thigh left_shin left_foot",
        (-1, 0, 1, 1, 3, 4, 1, 6, 7, 0, 9, 10, 0, 12, 13),
        others=("amp", "amp_humanoid"),
    ),
)
