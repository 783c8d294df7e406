"""Rigs onto skeletons: by equal names in any order, by dialect, by hand; what lacks is named or lies between others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from poseviewer.errors import PoseviewerError
from poseviewer.motion import by_hand
from poseviewer.motion.clip import Clip
from poseviewer.motion.dialects import DIALECTS, LIMBS, parts_of
from poseviewer.motion.matching import maps_onto, match, pairing
from poseviewer.motion.skeleton import HUMANOID, PENN13, Skeleton

SMPL = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle", "right_ankle",
    "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand", "right_hand",
)  # fmt: skip
SMPL_PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21)
BODY24 = Skeleton.tree("smpl", SMPL, SMPL_PARENTS)


@pytest.fixture(autouse=True)
def nothing_by_hand() -> Iterator[None]:
    by_hand.forget()
    yield
    by_hand.forget()


def loose(*joints: str) -> Skeleton:
    """Joints without a tree."""
    return Skeleton("loose", joints, None, (), tuple(range(len(joints))))


def standing(frames: int = 2) -> Clip:
    """A person of the humanoid's joints, each at a place of its own."""
    places = np.random.default_rng(3).normal(size=(frames, len(HUMANOID.joints), 3))
    return Clip(HUMANOID, places.astype(np.float32), 30.0, "person", source="person.npz: by hand")


def named(joint: str, source: Skeleton, target: Skeleton = HUMANOID) -> str:
    """The source's joint that a target's is."""
    pair = pairing(source, target).pairs[target.joints.index(joint)]
    return "" if pair is None else source.joints[pair.first]


def test_equal_names_count_in_any_order_and_among_others() -> None:
    clip, order = standing(), np.random.default_rng(0).permutation(len(HUMANOID.joints))
    names = (*(HUMANOID.joints[j] for j in order), "tail")
    places = np.concatenate([clip.positions[:, order], np.zeros((2, 1, 3), np.float32)], axis=1)
    mixed = replace(clip, skeleton=loose(*names), positions=places).onto(HUMANOID)
    np.testing.assert_array_equal(mixed.positions, clip.positions)
    assert mixed.source == clip.source  # nothing was assumed


def test_a_model_s_own_skeleton_takes_clips_of_its_names_however_they_are_spelled() -> None:
    own = loose("Hips", "LeftUpLeg", "LeftShoulder", "Wing", "Spine1")
    rig = loose("mixamorig:Spine1", "mixamorig:Wing", "mixamorig:LeftShoulder", "mixamorig:LeftUpLeg", "mixamorig:Hips")
    assert match(rig, own).first.tolist() == [4, 3, 2, 1, 0]
    with pytest.raises(PoseviewerError, match="maps onto Wing of 'loose'"):
        match(loose("Hips", "LeftUpLeg", "LeftShoulder", "Spine1"), own)


def test_a_model_of_smpl_s_joints_takes_a_mixamo_rig_and_the_humanoid() -> None:
    names = ("Hips", "Spine", "Spine1", "Spine2", "Neck", "Head")
    limbs = ("Shoulder", "Arm", "ForeArm", "Hand", "UpLeg", "Leg", "Foot", "ToeBase")
    names += tuple(f"{side}{limb}" for side in ("Left", "Right") for limb in limbs)
    rig = loose(*(f"mixamorig:{name}" for name in names))
    target = Skeleton.tree("smpl22", SMPL[:22], SMPL_PARENTS[:22])
    at = {joint: named(joint, rig, target).removeprefix("mixamorig:") for joint in target.joints}
    assert [at["pelvis"], at["spine1"], at["spine2"], at["spine3"]] == ["Hips", "Spine", "Spine1", "Spine2"]
    assert (at["left_collar"], at["left_shoulder"], at["left_foot"]) == ("LeftShoulder", "LeftArm", "LeftToeBase")
    clip = standing().onto(target)
    lacks = "spine1, spine3, left_collar and right_collar of smpl22 interpolated"
    assert clip.source.endswith(f"{lacks}, spine2 of smpl22 guessed by place")
    up = {joint: clip.positions[0, target.joints.index(joint)] for joint in target.joints}
    np.testing.assert_allclose(up["spine1"], (up["pelvis"] + up["spine2"]) / 2, atol=1e-6)


def test_a_hand_beyond_the_wrist_is_no_wrist_and_a_dialect_is_told() -> None:
    assert parts_of(SMPL).dialect == "SMPL"
    assert parts_of((*SMPL, "Head")).joints["head"] == SMPL.index("head")  # of two alike the first
    assert (named("left_wrist", BODY24), named("right_toe", BODY24)) == ("left_wrist", "right_foot")


@pytest.mark.parametrize("dialect", [d for d in DIALECTS if "nose" not in d.head], ids=lambda d: d.name)
def test_every_dialect_of_the_table_is_told_by_its_names(dialect) -> None:
    sample = {part: words[0].replace(" ", "_") for part, words in dialect.words()}
    prefixes = {"mixamorig": "mixamorig:", "cc_": "CC_Base_", "bip": "Bip01 ", "j_bip": "J_Bip_C_"}
    names = [prefixes.get(dialect.mark, "") + name for name in sample.values()]
    if dialect.mark == "l_thigh":
        names = [re.sub("^left_", "l_", re.sub("^right_", "r_", name)) for name in names]
    elif dialect.mark and dialect.mark not in prefixes:
        names.append({"Kinect": "SpineBase", "Xsens": "Chest2", "CMU": "LHipJoint"}[dialect.name])
    found = parts_of(tuple(names))
    assert found.dialect == dialect.name
    for part in (f"{side}_{limb}" for side in ("left", "right") for limb in LIMBS):
        if part in sample:
            assert names[found.joints[part]] == names[list(sample).index(part)], part


def test_what_lacks_is_named_beside_what_is_there() -> None:
    words = r"onto left_toe, right_toe of 'humanoid' \(16 of 18 are there by the names of poseviewer\); pair them in"
    with pytest.raises(PoseviewerError, match=words):
        match(loose(*(name for name in SMPL if not name.endswith("foot"))), HUMANOID)


def test_a_neck_and_a_chest_that_lack_lie_between_the_others_and_are_noted() -> None:
    clip = standing()
    rows = [j for j, joint in enumerate(HUMANOID.joints) if joint not in ("neck", "chest")]
    rig = loose(*(HUMANOID.joints[j] for j in rows))
    seen = np.ones((2, len(rows)), dtype=bool)
    seen[1, [rig.joints.index("head")]] = False
    made = replace(clip, skeleton=rig, positions=clip.positions[:, rows], visible=seen).onto(HUMANOID)
    at = {joint: made.positions[:, j] for j, joint in enumerate(HUMANOID.joints)}
    middle = (at["left_shoulder"] + at["right_shoulder"]) / 2
    np.testing.assert_allclose(at["neck"], 0.78 * middle + 0.22 * at["head"], atol=1e-6)
    np.testing.assert_allclose(at["chest"], (at["pelvis"] + at["neck"]) / 2, atol=1e-6)
    assert made.source == "person.npz: by hand, chest and neck of humanoid interpolated"
    assert made.visible is not None
    assert made.visible[:, HUMANOID.joints.index("neck")].tolist() == [True, False]


def test_an_interpolated_neck_lies_where_people_have_theirs(demo) -> None:
    from poseviewer.data.dataset import Dataset

    with Dataset.open(demo) as dataset:
        clip = dataset.clip(dataset.find("walk")).onto(HUMANOID)
    rows = [j for j, joint in enumerate(HUMANOID.joints) if joint not in ("neck", "chest")]
    rig = loose(*(HUMANOID.joints[j] for j in rows))
    made = replace(clip, skeleton=rig, positions=clip.positions[:, rows], visible=None).onto(HUMANOID)
    apart = np.linalg.norm(made.positions - clip.positions, axis=-1)
    assert apart[:, HUMANOID.joints.index("neck")].max() < 0.07
    assert apart[:, HUMANOID.joints.index("chest")].max() < 0.12


def four_legs(tail: bool, level: bool = True, arm: float = 0.5) -> Skeleton:
    """A dog, or what has its names: the trunk level or upright, each fore leg of two bones of `arm` metres."""
    trunk = np.array([0.0, 0.0, 0.5]) if level else np.array([0.0, 0.5, 0.0])
    names, parents = ["Hips", "Spine", "Neck", "Head"], [-1, 0, 1, 2]
    offsets = [np.zeros(3), trunk, 0.5 * trunk, 0.4 * trunk]
    for side, x in (("Left", 0.1), ("Right", -0.1)):
        for above, limb, length in (
            (0, ("UpLeg", "Leg", "Foot", "ToeBase"), 0.5),
            (1, ("Arm", "ForeArm", "Hand"), arm),
        ):
            for number, name in enumerate(limb):
                parents.append(len(names) - 1 if number else above)
                names.append(f"{side}{name}")
                offsets.append(np.array([0.0, -length, 0.0]) if number else np.array([x, 0.0, 0.0]))
    if tail:
        names.append("Tail1")
        parents.append(0)
        offsets.append(np.array([0.0, 0.0, -0.3]))
    return Skeleton.tree("rex", tuple(names), tuple(parents), np.array(offsets))


def test_what_stands_on_four_legs_is_no_person() -> None:
    for rig in (four_legs(tail=False), four_legs(tail=True, level=False)):
        with pytest.raises(PoseviewerError, match="'rex': it stands on four legs, and 'humanoid' is a person"):
            match(rig, HUMANOID)
        assert not maps_onto(rig, HUMANOID)
        clip = Clip(rig, np.zeros((2, len(rig.joints), 3)), 30.0, "rex")
        with pytest.raises(PoseviewerError, match="four legs, and 'penn13'"):
            clip.onto(PENN13)
    long_armed = four_legs(tail=True, level=False)
    plaited = replace(long_armed, joints=tuple(joint.replace("Tail", "Ponytail") for joint in long_armed.joints))
    costumed, crawling = four_legs(tail=True, level=False, arm=0.3), four_legs(tail=False, arm=0.3)
    for person in (costumed, crawling, plaited):
        assert maps_onto(person, HUMANOID)
    dog = four_legs(tail=True)
    assert maps_onto(dog, loose("LeftFoot", "Tail1"))


def test_a_skull_goes_on_where_the_neck_leads() -> None:
    rig = four_legs(tail=False, level=False, arm=0.3)
    assert rig.offsets is not None
    head, neck = rig.joints.index("Head"), rig.joints.index("Neck")
    offsets = np.array(rig.offsets)
    offsets[head] = [0.0, 0.1, 0.0]  # the head joint is the skull's base, 10 cm above the neck
    places = np.zeros((1, len(rig.joints), 3))
    places[0, neck, 1], places[0, head, 1] = 1.5, 1.6
    made = match(replace(rig, offsets=offsets), HUMANOID).positions(places)
    np.testing.assert_allclose(made[0, HUMANOID.joints.index("head")], [0.0, 1.692, 0.0], atol=1e-6)


def test_a_real_elephant_is_refused_and_real_people_are_not(real_data) -> None:
    from poseviewer.data.readers import open_dataset

    formats = real_data / "formats"
    (elephant,) = open_dataset(formats / "elephant.bvh").skeletons
    assert parts_of(elephant.joints).dialect == "3ds Max Biped"
    with pytest.raises(PoseviewerError, match="four legs"):
        match(elephant, HUMANOID)
    for name in ("z_up.bvh", "mixamo_one_fps.bvh"):
        assert maps_onto(open_dataset(formats / name).skeletons[0], HUMANOID)


NAMELESS = loose(*(f"joint_{j}" for j in range(18)))


def test_joints_paired_by_hand_count_for_every_rig_of_these_names_and_every_target() -> None:
    clip = standing()
    rig = replace(clip, skeleton=NAMELESS)
    with pytest.raises(PoseviewerError, match="no joint that maps onto pelvis, chest"):
        rig.onto(HUMANOID)
    by_hand.teach(NAMELESS.joints, HUMANOID.joints, {joint: f"joint_{j}" for j, joint in enumerate(HUMANOID.joints)})
    made = rig.onto(HUMANOID)
    np.testing.assert_array_equal(made.positions, clip.positions)
    assert made.source.endswith(", joints paired by hand")
    target = Skeleton.tree("smpl22", SMPL[:22], SMPL_PARENTS[:22])
    assert named("left_knee", NAMELESS, target) == f"joint_{HUMANOID.joints.index('left_knee')}"
    assert maps_onto(NAMELESS, target)
    by_hand.teach(NAMELESS.joints, HUMANOID.joints, None)
    assert not maps_onto(NAMELESS, HUMANOID)


def test_who_starts_over_has_names_alone() -> None:
    """What is decided anew counts in the place of what is remembered, also of the person that other targets go by."""
    by_hand.teach(SMPL, HUMANOID.joints, {"left_wrist": "left_hand"})
    again = pairing(BODY24, HUMANOID, {}).pairs[HUMANOID.joints.index("left_wrist")]
    assert again is not None and SMPL[again.first] == "left_wrist"


def test_what_is_decided_by_hand_goes_before_names_and_a_cleared_neck_is_interpolated() -> None:
    by_hand.teach(SMPL, HUMANOID.joints, {"left_wrist": "left_hand", "neck": "", "dragon": "head", "head": "dragon"})
    assert named("left_wrist", BODY24) == "left_hand"
    found = pairing(BODY24, HUMANOID)
    assert found.interpolated == ("neck",) and not found.lacking
    assert named("head", BODY24) == "head"
