"""BVH as it is written: every joint comes back where it was, and what cannot be written is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poseviewer.data.readers import read
from poseviewer.errors import PoseviewerError
from poseviewer.export.motions.bvh import write as write_bvh
from poseviewer.export.motions.bvh import written_here
from poseviewer.motion import kinematics, rotation
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from tests.export.conftest import swing
from tests.motion.angles import angle_between

RIG = Skeleton.tree(
    "joint_Root, 6 joints",
    ("joint_Root", "Hips", "Spine", "Spine_End", "LeftArm", "LeftArm_End"),
    (-1, 0, 1, 2, 2, 4),
    np.array([[0, 0, 0], [0, 0.9, 0], [0, 0.5, 0], [0, 0.4, 0], [0.3, 0.2, 0], [0.5, 0, 0]]),
)


def moving(skeleton: Skeleton, movers: list[int], reach: float, frames: int = 6, seed: int = 0) -> Clip:
    """A clip in which some joints leave their place at rest; the root stands still."""
    draw = np.random.default_rng(seed)
    count = len(skeleton.joints)
    assert skeleton.parents is not None and skeleton.offsets is not None
    turns = rotation.continuous(rotation.from_expmap(draw.normal(scale=1.5, size=(frames, count, 3))))
    turns[:, [j for j in range(count) if skeleton.joints[j].endswith("_End")]] = rotation.IDENTITY
    places = np.tile(skeleton.offsets, (frames, 1, 1))
    places[:, movers] += draw.normal(scale=reach, size=(frames, len(movers), 3))
    positions, world = np.zeros((frames, count, 3)), np.zeros((frames, count, 4))
    for joint, parent in enumerate(skeleton.parents):
        world[:, joint] = turns[:, joint] if parent < 0 else rotation.multiply(world[:, parent], turns[:, joint])
        if parent >= 0:
            positions[:, joint] = positions[:, parent] + rotation.rotate(world[:, parent], places[:, joint])
    return Clip(skeleton, positions, 30.0, "moving", rotations=turns)


def trip(clip: Clip, folder: Path) -> Clip:
    """The clip written and read again, its joints in their old order."""
    list(write_bvh(clip, folder / "trip.bvh"))
    (back,) = read(folder / "trip.bvh")
    order = [back.skeleton.joints.index(joint) for joint in clip.skeleton.joints]
    assert back.rotations is not None
    return replace(
        back,
        skeleton=clip.skeleton,
        positions=back.positions[:, order],
        rotations=back.rotations[:, order],
    )


def assert_same(back: Clip, clip: Clip) -> None:
    np.testing.assert_allclose(back.positions, clip.positions, atol=1e-4)
    assert back.rotations is not None and clip.rotations is not None
    turned = angle_between(rotation.normalise(back.rotations), rotation.normalise(clip.rotations))
    assert np.degrees(turned).max() < 1e-3
    assert back.fps == clip.fps


def test_joints_that_move_below_the_root_keep_their_motion(tmp_path: Path) -> None:
    clip = moving(RIG, [1, 2, 5], reach=0.5)
    assert_same(trip(clip, tmp_path), clip)
    text = (tmp_path / "trip.bvh").read_text()
    assert text.count("CHANNELS 6") == 4, "the root and the three that move"
    assert "JOINT LeftArm_End" in text, "an End Site has no channels to move by"


def test_joints_that_stay_have_three_channels(tmp_path: Path) -> None:
    clip = moving(RIG, [], reach=0.0)
    assert_same(trip(clip, tmp_path), clip)
    assert (tmp_path / "trip.bvh").read_text().count("CHANNELS 6") == 1


def test_a_joint_that_lies_in_its_parent_stays_there(tmp_path: Path) -> None:
    """Channels of nothing but zeros are taken for differences, which leave the joint at rest."""
    clip = moving(RIG, [], reach=0.0)
    positions = clip.positions.copy()
    positions[:, 1:] += (positions[:, 0] - positions[:, 1])[:, None]
    clip = replace(clip, positions=positions)
    assert_same(trip(clip, tmp_path), clip)


@pytest.mark.parametrize("size", [0.05, 1.0, 11.0, 50.0, 1500.0])
def test_bodies_of_any_size_keep_it(tmp_path: Path, size: float) -> None:
    """Readers tell the unit by the size."""
    assert RIG.offsets is not None
    clip = moving(replace(RIG, offsets=RIG.offsets * size), [2], reach=0.1 * size)
    back = trip(clip, tmp_path)
    np.testing.assert_allclose(back.positions, clip.positions, atol=1e-4 * max(1.0, size / 100))


def test_without_places_at_rest_they_are_told_from_the_motion(tmp_path: Path) -> None:
    clip = moving(RIG, [4], reach=0.2)
    clip = replace(clip, skeleton=replace(RIG, offsets=None))
    back = trip(clip, tmp_path)
    assert_same(back, clip)
    assert (tmp_path / "trip.bvh").read_text().count("CHANNELS 6") == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.data())
def test_any_tree_with_any_joints_moving_comes_back(tmp_path: Path, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 12))
    parents = (-1, *(data.draw(st.integers(0, j - 1)) for j in range(1, count)))
    movers = data.draw(st.lists(st.integers(0, count - 1), unique=True))
    seed, reach = data.draw(st.integers(0, 999)), data.draw(st.sampled_from([1e-3, 0.1, 10.0]))
    offsets = np.random.default_rng(seed).uniform(-0.4, 0.4, (count, 3)) * (np.arange(count) > 0)[:, None]
    skeleton = Skeleton.tree("any", tuple(f"j{j}" for j in range(count)), parents, offsets)
    clip = moving(skeleton, [m for m in movers if m], reach, seed=seed)
    assert_same(trip(clip, tmp_path), clip)


@pytest.mark.parametrize("fps", [0.5, 23.976, 29.97, 30.0, 59.94, 119.88, 120.0, 1000.0])
def test_the_rate_comes_back(tmp_path: Path, fps: float) -> None:
    assert trip(swing(fps=fps), tmp_path).fps == pytest.approx(fps, rel=1e-9)


def test_an_unknown_joint_stands_at_rest(tmp_path: Path) -> None:
    clip = swing()
    positions = clip.positions.copy()
    positions[3, 3] = np.nan
    back = trip(replace(clip, positions=positions), tmp_path)
    np.testing.assert_allclose(back.positions, clip.positions, atol=1e-4)


def test_an_unknown_joint_that_moves_stands_at_rest_in_those_frames_alone(tmp_path: Path) -> None:
    clip = moving(RIG, [2], 0.2)
    positions = clip.positions.copy()
    positions[3, 2] = np.nan
    back = trip(replace(clip, positions=positions), tmp_path)
    assert np.isfinite(back.positions).all()
    known = [0, 1, 2, 4, 5]
    np.testing.assert_allclose(back.positions[known], clip.positions[known], atol=1e-4)


def test_what_it_cannot_hold_is_a_sentence_and_no_file(tmp_path: Path) -> None:
    clip = swing()
    lost_root = clip.positions.copy()
    lost_root[2, 0] = np.nan
    two_roots = Skeleton("two", clip.skeleton.joints, (-1, -1, 0, 1, 1), (), tuple(range(5)), 3, np.ones((5, 3)))
    for broken, words in (
        (replace(clip, positions=lost_root), "frame 2: its root 'hip' is unknown"),
        (replace(clip, skeleton=two_roots), "its joints hang on 2 roots"),
        (
            replace(clip, rotations=None, skeleton=replace(clip.skeleton, dims=2), positions=clip.positions[..., :2]),
            "2D",
        ),
    ):
        with pytest.raises(PoseviewerError, match=words) as caught:
            list(write_bvh(broken, tmp_path / "a.bvh"))
        assert "export .npz or .csv instead" in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_what_is_written_here_is_known_again(tmp_path: Path) -> None:
    list(write_bvh(swing(), tmp_path / "ours.bvh"))
    assert written_here(tmp_path / "ours.bvh")
    (tmp_path / "theirs.bvh").write_text((tmp_path / "ours.bvh").read_text().replace("  ", "\t"))
    assert not written_here(tmp_path / "theirs.bvh")


def test_real_rigs_come_back(real_data: Path, tmp_path: Path) -> None:
    paths = sorted((real_data / "formats").glob("*.bvh"))
    assert len(paths) >= 3
    for path in paths:
        (clip,) = read(path)
        part = clip.cut(0, 200)
        assert_same(trip(part, tmp_path), part)


def test_kinematics_of_what_is_written_agree(tmp_path: Path) -> None:
    """A joint at rest is where forward kinematics put it, with no channel of its own."""
    clip = swing()
    back = trip(clip, tmp_path)
    assert clip.skeleton.offsets is not None and clip.skeleton.parents is not None and back.rotations is not None
    root = back.positions[:, 0]
    again = kinematics.forward(root, back.rotations, clip.skeleton.offsets, clip.skeleton.parents)
    np.testing.assert_allclose(again, clip.positions, atol=1e-5)
