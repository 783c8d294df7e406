"""Rigs of every naming school map onto `humanoid`."""

from __future__ import annotations

import pytest

from poseviewer.motion.matching import match
from poseviewer.motion.names import mirror_of, normalised_name, side_of
from poseviewer.motion.skeleton import HUMANOID, Skeleton

LIMBS = ("hip", "knee", "ankle", "toe", "shoulder", "elbow", "wrist")
RIGS = {
    # root, spine, neck, head, then the left limbs in the order of LIMBS; {} is the side
    "mixamo": (["mixamorig:Hips", "mixamorig:Spine", "mixamorig:Spine1", "mixamorig:Neck", "mixamorig:Head"],
               ["mixamorig:{}UpLeg", "mixamorig:{}Leg", "mixamorig:{}Foot", "mixamorig:{}ToeBase",
                "mixamorig:{}Arm", "mixamorig:{}ForeArm", "mixamorig:{}Hand"], ("Left", "Right")),
    "lafan": (["Hips", "Spine", "Spine1", "Neck", "Head"],
              ["{}UpLeg", "{}Leg", "{}Foot", "{}Toe", "{}Arm", "{}ForeArm", "{}Hand"], ("Left", "Right")),
    "biped": (["Bip01", "Bip01 Spine", "Bip01 Spine1", "Bip01 Neck", "Bip01 Head"],
              ["Bip01 {} Thigh", "Bip01 {} Calf", "Bip01 {} Foot", "Bip01 {} Toe0", "Bip01 {} UpperArm",
               "Bip01 {} Forearm", "Bip01 {} Hand"], ("L", "R")),
    "rigify": (["spine", "spine.001", "spine.002", "neck", "head"],
               ["thigh.{}", "shin.{}", "foot.{}", "toe.{}", "upper_arm.{}", "forearm.{}", "hand.{}"], ("L", "R")),
    "makehuman": (["root", "spine05", "spine03", "neck01", "head"],
                  ["upperleg01.{}", "lowerleg01.{}", "foot.{}", "toe1-1.{}", "upperarm01.{}", "lowerarm01.{}",
                   "wrist.{}"], ("L", "R")),
    "blender": (["Root", "Spine", "Chest", "Neck", "Head"],
                ["upper_leg.{}", "lower_leg.{}", "foot.{}", "toe.{}", "upper_arm.{}", "lower_arm.{}", "hand.{}"],
                ("L", "R")),
    "smpl": (["Pelvis", "Spine1", "Spine2", "Neck", "Head"],
             ["{}_Hip", "{}_Knee", "{}_Ankle", "{}_Foot", "{}_Shoulder", "{}_Elbow", "{}_Wrist"], ("L", "R")),
    "unreal": (["pelvis", "spine_01", "spine_02", "neck_01", "head"],
               ["thigh_{}", "calf_{}", "foot_{}", "ball_{}", "upperarm_{}", "lowerarm_{}", "hand_{}"], ("l", "r")),
    "poser": (["hip", "abdomen", "chest", "neck", "head"],
              ["{}Thigh", "{}Shin", "{}Foot", "{}Toe", "{}Shldr", "{}ForeArm", "{}Hand"], ("l", "r")),
    "asf": (["root", "lowerback", "thorax", "lowerneck", "head"],
            ["{}femur", "{}tibia", "{}foot", "{}toes", "{}humerus", "{}radius", "{}hand"], ("l", "r")),
    "vrm": (["J_Bip_C_Hips", "J_Bip_C_Spine", "J_Bip_C_Chest", "J_Bip_C_Neck", "J_Bip_C_Head"],
            ["J_Bip_{}_UpperLeg", "J_Bip_{}_LowerLeg", "J_Bip_{}_Foot", "J_Bip_{}_ToeBase", "J_Bip_{}_UpperArm",
             "J_Bip_{}_LowerArm", "J_Bip_{}_Hand"], ("L", "R")),
    "kinect": (["SpineBase", "SpineMid", "Spine1", "Neck", "Head"],
               ["Hip{}", "Knee{}", "Ankle{}", "Foot{}", "Shoulder{}", "Elbow{}", "Wrist{}"], ("Left", "Right")),
    "suffix": (["pelvis", "spine", "chest", "neck", "head"],
               ["hip_{}", "knee_{}", "ankle_{}", "toe_{}", "shoulder_{}", "elbow_{}", "wrist_{}"], ("l", "r")),
}  # fmt: skip


def rig(name: str) -> tuple[Skeleton, dict[str, str]]:
    """The skeleton and which of its joints each limb joint of `humanoid` should be."""
    trunk, limbs, sides = RIGS[name]
    joints, parents, expected = list(trunk), [-1, 0, 1, 2, 3], {}
    for side, canonical in zip(sides, ("left", "right"), strict=True):
        for i, limb in enumerate(limbs):
            expected[f"{canonical}_{LIMBS[i]}"] = limb.format(side)
            parents.append({0: 0, 4: 2}.get(i, len(joints) - 1))
            joints.append(limb.format(side))
    return Skeleton.tree(name, tuple(joints), tuple(parents)), expected


@pytest.mark.parametrize("name", RIGS)
def test_a_rig_maps_onto_humanoid_joint_by_joint(name):
    skeleton, expected = rig(name)
    mapped = match(skeleton, HUMANOID)
    for j, joint in enumerate(HUMANOID.joints):
        if joint in expected:
            assert skeleton.joints[mapped.first[j]] == expected[joint], joint
            assert mapped.weight[j] == 0
        assert skeleton.joints[mapped.first[HUMANOID.joints.index("head")]] == skeleton.joints[4]


@pytest.mark.parametrize("name", RIGS)
def test_sides_and_mirror_are_read_from_names(name):
    skeleton, expected = rig(name)
    for canonical, joint in expected.items():
        assert side_of(joint) == (1 if canonical.startswith("left") else -1), joint
    mirror = mirror_of(skeleton.joints)
    for limb in LIMBS:
        left, right = (skeleton.joints.index(expected[f"{side}_{limb}"]) for side in ("left", "right"))
        assert mirror[left] == right and mirror[right] == left
    assert mirror[:5] == tuple(range(5))


def test_names_on_the_midline_have_no_side():
    for joint in ("LowerBack", "Root", "lowerback", "root", "L5", "Reference", "Head_End", "ribcage", "lumbar", "neck"):
        assert side_of(joint) == 0, joint


def test_spellings_meet():
    same = ["LeftArm", "left_arm", "L_Arm", "arm.L", "lArm", "mixamorig:LeftArm", "Bip01 L Arm", "ArmLeft"]
    assert {normalised_name(name) for name in same} == {"left arm"}
