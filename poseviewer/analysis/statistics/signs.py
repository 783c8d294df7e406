"""The signs that verdicts are made from, in the order in which they are told. A new one is a class and a line here."""

from __future__ import annotations

from collections.abc import Container

from poseviewer.analysis.statistics.cycle import Cycle, CycleOfMovement, QuickCycle, SuddenCycle
from poseviewer.analysis.statistics.image import (
    CommonJump,
    CommonSlide,
    CycleInImage,
    LongSlide,
    MeanPoseInImage,
    NearestPoseInImage,
    Place,
    ShapeSpread,
    SizeChange,
    SpreadInImage,
    Tremble,
)
from poseviewer.analysis.statistics.seen import ActionKept, LatentCentre, LatentDistance, LatentStep, Rebuilt
from poseviewer.analysis.statistics.shape import BoneLength, JointRange, NearestPose
from poseviewer.analysis.statistics.sign import Sign
from poseviewer.analysis.statistics.standing import Glide, Hover, PlantedSlide, Sink, Travel, Turning
from poseviewer.analysis.statistics.steadiness import Acceleration, Jump, Shake, WholeJump
from poseviewer.analysis.statistics.stillness import Fading, LongSpread, MeanPose, Spread, Still, Stop
from poseviewer.motion.skeleton import Skeleton

SIGNS: tuple[type[Sign], ...] = (
    BoneLength,
    JointRange,
    NearestPose,
    NearestPoseInImage,
    SizeChange,
    Place,
    CommonSlide,
    LongSlide,
    CommonJump,
    Tremble,
    Acceleration,
    Jump,
    WholeJump,
    Shake,
    Travel,
    Turning,
    PlantedSlide,
    Glide,
    Hover,
    Sink,
    Still,
    Stop,
    Spread,
    SpreadInImage,
    ShapeSpread,
    LongSpread,
    MeanPose,
    Fading,
    MeanPoseInImage,
    Cycle,
    QuickCycle,
    CycleOfMovement,
    SuddenCycle,
    CycleInImage,
    Rebuilt,
    LatentDistance,
    LatentCentre,
    LatentStep,
    ActionKept,
)


def signs_of(skeleton: Skeleton, networks: Container[str] = ()) -> tuple[Sign, ...]:
    """Those that bodies of a skeleton have, before they are fitted. networks: kinds of those that are there."""
    return tuple(sign() for sign in SIGNS if sign.applies(skeleton) and (not sign.network or sign.network in networks))
