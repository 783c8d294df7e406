"""Rotations out of positions: rigid bodies come back exactly, what is not rigid nearly, and nothing flips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poseviewer.data.dataset import Dataset
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.inverse import at_rate, jointed, rest_of, rotations_of
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.paths import demo


@pytest.fixture(scope="module")
def kick() -> Clip:
    with Dataset.open(demo()) as dataset:
        return dataset.clip(dataset.find("kick"))


def turned(steps: np.ndarray) -> np.ndarray:
    """Degrees between neighbouring frames of quaternions (F, J, 4)."""
    between = rotation.multiply(rotation.conjugate(steps[:-1]), steps[1:])
    return np.degrees(2.0 * np.arccos(np.clip(np.abs(between[..., 0]), 0.0, 1.0)))


@pytest.mark.parametrize("rest", ["its own", "none"])
def test_a_rigid_body_comes_back_to_a_tenth_of_a_millimetre(kick: Clip, rest: str) -> None:
    skeleton = kick.skeleton if rest == "its own" else replace(kick.skeleton, offsets=None)
    made, off = jointed(replace(kick, skeleton=skeleton, rotations=None))
    assert off.max() <= 1e-4 and made.rotations is not None and made.skeleton.offsets is not None
    told = kinematics.forward(made.positions[:, 0], made.rotations, made.skeleton.offsets, made.skeleton.parents)  # type: ignore[arg-type]
    assert told == pytest.approx(kick.positions, abs=1e-4)
    assert kick.rotations is not None
    assert turned(made.rotations).max() <= turned(np.asarray(kick.rotations, np.float64)).max() + 10.0


def test_limbs_of_a_body_without_a_rest_hang_as_in_a_t_pose(kick: Clip) -> None:
    skeleton = replace(kick.skeleton, offsets=None)
    rest = kinematics.rest_positions(rest_of(skeleton, kick.positions.astype(np.float64)), skeleton.parents)  # type: ignore[arg-type]
    at = {joint: rest[j] for j, joint in enumerate(skeleton.joints)}
    for side, out in (("left", 1.0), ("right", -1.0)):
        arm, leg = at[f"{side}_wrist"] - at[f"{side}_shoulder"], at[f"{side}_ankle"] - at[f"{side}_hip"]
        assert out * arm[0] > 0.3 and np.abs(arm[1:]).max() < 1e-6
        assert leg[1] < -0.5 and np.abs(leg[[0, 2]]).max() < 1e-6
    assert at["neck"][1] > at["root"][1]


def test_a_rest_faces_z_whichever_way_a_clip_does(kick: Clip) -> None:
    skeleton, places = replace(kick.skeleton, offsets=None), kick.positions.astype(np.float64)
    aside = rotation.rotate(rotation.from_axis_angle([0.0, 1.0, 0.0], 1.3), places)
    np.testing.assert_allclose(rest_of(skeleton, aside), rest_of(skeleton, places), atol=1e-6)


def test_a_trunk_at_rest_is_shaped_as_it_is_in_most_frames(kick: Clip) -> None:
    skeleton, places = replace(kick.skeleton, offsets=None), kick.positions.astype(np.float64)[[0] * 20]
    parts = ("shoulder", "elbow", "wrist")
    arms = [[skeleton.joints.index(f"{side}_{part}") for part in parts] for side in ("left", "right")]
    chest = places[5:, skeleton.joints.index("chest")]
    for arm, angle in zip(arms, (0.3, -0.3), strict=True):
        along = places[5:, arm[0]] - chest
        moved = rotation.rotate(rotation.from_axis_angle([0.0, 1.0, 0.0], angle), along) - along
        places[5:, arm] += moved[:, None]
    places[5:] *= 1.0 + 1e-3 * (-1.0) ** np.arange(15)[:, None, None]  # the first frames' bones are the usual ones
    left, right = (arm[0] for arm in arms)
    rest = rest_of(skeleton, places)
    wanted = np.linalg.norm(places[-1, left] - places[-1, right])
    assert np.linalg.norm(rest[left] - rest[right]) == pytest.approx(wanted, rel=5e-3)


@pytest.mark.parametrize("aside", [0.0, 0.02])
def test_a_bone_opposite_to_its_rest_is_turned_and_what_was_smoothed_settles(aside: float) -> None:
    angle = np.concatenate([np.linspace(0.8, 1.2, 41), np.full(80, 1.2)]) * np.pi
    bone = np.stack([np.sin(angle), np.cos(angle), np.full(len(angle), aside)], axis=-1)
    positions = np.stack([0.0 * bone, bone], axis=1)
    offsets = np.array([[0.0, 0.0, 0.0], [0.0, float(np.hypot(1.0, aside)), 0.0]])
    turns = rotations_of(positions, offsets, (-1, 0))
    assert kinematics.forward(positions[:, 0], turns, offsets, (-1, 0)) == pytest.approx(positions, abs=1e-6)
    shortest = rotations_of(positions[-1:], offsets, (-1, 0))
    assert turned(np.concatenate([turns[-1:], shortest])).max() < 1.0


def test_what_is_unknown_in_the_first_frame_has_a_rest(kick: Clip) -> None:
    skeleton, places = replace(kick.skeleton, offsets=None), kick.positions.astype(np.float64)
    places[0, skeleton.joints.index("neck")] = np.nan
    assert np.linalg.norm(rest_of(skeleton, places)[skeleton.joints.index("neck")]) > 0.05


def test_bones_in_one_line_do_not_jump_about_it() -> None:
    angle = np.linspace(0.0, 2.0 * np.pi, 60)
    way = np.stack([np.cos(angle), np.sin(angle), 0.3 * np.sin(angle)], axis=-1)
    way /= np.linalg.norm(way, axis=-1, keepdims=True)
    offsets = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    positions = np.stack([0.0 * way, way, -way], axis=1)
    turns = rotations_of(positions, offsets, (-1, 0, 0))
    assert turned(turns).max() < 45.0  # 20 that pass as steady, a tenth of half a circle, and its own 2
    assert kinematics.forward(positions[:, 0], turns, offsets, (-1, 0, 0)) == pytest.approx(positions, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_a_bone_that_passes_the_opposite_of_its_rest_does_not_flip(seed: int) -> None:
    """The shortest way turns about by half a circle there."""
    draw = np.random.default_rng(seed)
    side = draw.normal(scale=0.02)
    angle = np.linspace(0.8 * np.pi, 1.2 * np.pi, 40)
    bone = np.stack([np.sin(angle), np.cos(angle), np.full(40, side)], axis=-1)
    positions = np.stack([np.zeros((40, 3)), bone], axis=1)
    offsets = np.array([[0.0, 0.0, 0.0], [0.0, float(np.hypot(1.0, side)), 0.0]])
    turns = rotations_of(positions, offsets, (-1, 0))
    assert turned(turns).max() < 45.0  # 20 that pass as steady, a tenth of half a circle, and its own 2
    assert kinematics.forward(positions[:, 0], turns, offsets, (-1, 0)) == pytest.approx(positions, abs=1e-6)


def test_what_is_not_rigid_or_not_known_is_near_and_finite() -> None:
    draw = np.random.default_rng(1)
    pose = np.cumsum(draw.normal(scale=0.2, size=(1, 18, 3)), axis=1).repeat(20, axis=0)
    positions = (pose + draw.normal(scale=0.005, size=pose.shape)).astype(np.float32)
    positions[4, 3] = np.nan
    made, off = jointed(Clip(HUMANOID, positions, 30.0, "made"))
    assert np.nanmean(off) < 0.02 and np.isnan(off[4, 3]) and made.rotations is not None
    assert np.isfinite(made.rotations).all() and np.isfinite(made.positions).all()
    assert np.linalg.norm(made.rotations, axis=-1) == pytest.approx(1.0, abs=1e-5)


def test_a_bone_that_is_unknown_for_a_while_turns_nothing_else(kick: Clip) -> None:
    """The pelvis goes on by the bones that are seen, and where none is as it last was in its parent's frame."""
    assert kick.rotations is not None and kick.skeleton.parents is not None and kick.skeleton.offsets is not None
    below = [j for j, parent in enumerate(kick.skeleton.parents) if parent == 0]
    places, offsets = kick.positions.astype(np.float64), np.asarray(kick.skeleton.offsets, np.float64)
    whole = rotations_of(places, offsets, kick.skeleton.parents)[:, 0]
    for unknown, until, most in ((below[:1], 8, 2.0), (below, 8, 25.0), (below[:2], 14, 10.0)):
        seen = places.copy()
        seen[5:until, unknown] = np.nan
        made = rotations_of(seen, offsets, kick.skeleton.parents)[:, 0]
        off = np.array([turned(np.stack([a, b])[:, None]).item() for a, b in zip(made, whole, strict=True)])
        assert off[:5].max() < 1e-3 and off[until:].max() < 1e-3 and off[5:until].max() < most


@pytest.mark.parametrize("loop", [False, True])
def test_at_twice_the_rate_bones_keep_their_length(kick: Clip, loop: bool) -> None:
    clip = replace(kick, loop=loop)
    made = at_rate(clip, 2.0 * clip.fps)
    assert made.positions[::2][: len(clip)] == pytest.approx(clip.positions, abs=2e-3)
    parents = list(clip.skeleton.parents or ())
    lengths = np.linalg.norm(made.positions[:, 1:] - made.positions[:, parents[1:]], axis=-1)
    assert np.ptp(lengths, axis=0).max() < 1e-4
    plain = clip.resample(2.0 * clip.fps).positions
    assert np.ptp(np.linalg.norm(plain[:, 1:] - plain[:, parents[1:]], axis=-1), axis=0).max() > 1e-3


def test_at_another_rate_a_joint_that_moves_in_its_parent_s_frame_goes_on_doing_so(kick: Clip) -> None:
    positions = np.array(kick.positions)
    positions[:, kick.skeleton.joints.index("left_wrist"), 1] += 0.2 * np.sin(np.arange(len(kick)) / 5.0)
    made = at_rate(replace(kick, positions=positions, loop=False), 2.0 * kick.fps)
    assert made.positions[::2][: len(kick)] == pytest.approx(positions, abs=2e-3)
