from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poseviewer.data.readers import open_dataset, read
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from poseviewer.export.motions.bvh import write as write_bvh
from poseviewer.motion import rotation
from poseviewer.motion.skeleton import Skeleton
from tests.data.damage import motion
from tests.motion.angles import angle_between

HEAD = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Spine
  {
    OFFSET 0 50 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 40 0
    }
  }
}
"""
ROWS = ["0 90 0 0 0 0 90 0 0", "1 90 0 10 20 30 40 50 60", "2 91.5 0 0 0 0 0 0 0"]


def clip_of(tmp_path, text, name="clip.bvh"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return next(read(path))


def document(head=HEAD, rows=ROWS, frames=None, time="0.0333333"):
    return (
        f"{head}MOTION\nFrames: {len(rows) if frames is None else frames}\nFrame Time: {time}\n"
        + "\n".join(rows)
        + "\n"
    )


def refusal(tmp_path, text):
    with pytest.raises(PoseviewerError) as caught:
        clip_of(tmp_path, text)
    return str(caught.value)


def test_a_plain_file(tmp_path):
    clip = clip_of(tmp_path, document())
    assert clip.skeleton.joints == ("Hips", "Spine", "Spine_End")
    assert (clip.fps, clip.fps_known, clip.name) == (30.0, True, "clip")
    assert clip.source == "clip.bvh: BVH, taken to be in centimetres by its size, taken to be y up"
    assert np.allclose(clip.positions[0], [[0, 0.9, 0], [0, 1.4, 0], [-0.4, 1.4, 0]], atol=1e-6)
    expected = rotation.from_euler(np.radians([10, 20, 30]), "zxy")
    assert np.degrees(angle_between(clip.rotations[1, 0], expected)) < 1e-4


@pytest.mark.parametrize(
    "text",
    [
        document().replace("\n", "\r\n"),
        document().replace("\n", "\r"),
        document().replace(" ", "\t"),
        document().lower().replace("hips", "Hips").replace("spine", "Spine"),
        document().upper().replace("HIPS", "Hips").replace("SPINE", "Spine"),
        "\ufeff" + document(),
        document().encode("utf-16"),
        document().rstrip("\n"),
        document().replace("\n{", " {"),
        document().replace("{", "{\n\n").replace("MOTION", "\n\nMOTION"),
        document() + "\n\nexported by somebody, 2004\n",
        document() + "1 2 3",
        document(rows=[*ROWS, "5 5 5 5"], frames=4),
        document(frames=3000000000),
        document(frames="none"),
        document(rows=[*ROWS, *ROWS], frames=3),
        document(rows=[" ".join(ROWS)], frames=3),
        document().replace("Frames:", "Frames :").replace("Frame Time:", "Frame Time :"),
        document().replace("0.0333333", "0,0333333").replace("91.5", "91,5").replace(".", ","),
    ],
    ids=range(19),
)
def test_every_dialect_gives_the_same_motion(tmp_path, text):
    clip, plain = clip_of(tmp_path, text), clip_of(tmp_path, document())
    assert clip.skeleton.same_as(plain.skeleton)
    assert np.array_equal(clip.positions, plain.positions)
    assert np.array_equal(clip.rotations, plain.rotations)


def test_without_end_sites(tmp_path):
    head = HEAD.replace("    End Site\n    {\n      OFFSET 0 40 0\n    }\n", "")
    assert clip_of(tmp_path, document(head)).skeleton.joints == ("Hips", "Spine")


def test_names_with_spaces(tmp_path):
    clip = clip_of(tmp_path, document(HEAD.replace("JOINT Spine", "JOINT Bip01 L Thigh")))
    assert clip.skeleton.joints[1] == "Bip01 L Thigh"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.permutations(["X", "Y", "Z"]), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_any_channel_order_and_count(tmp_path, axes, count, seed):
    angles = np.random.default_rng(seed).uniform(-180, 180, (2, count))
    channels = " ".join(f"{axis}rotation" for axis in axes[:count])
    head = HEAD.replace("CHANNELS 3 Zrotation Xrotation Yrotation", f"CHANNELS {count} {channels}")
    rows = ["0 90 0 0 0 0 " + " ".join(f"{angle:.8f}" for angle in row) for row in angles]
    clip = clip_of(tmp_path, document(head, rows))
    expected = rotation.from_euler(np.radians(angles), "".join(axes[:count]).lower())
    assert np.degrees(angle_between(rotation.normalise(clip.rotations[:, 1]), expected)).max() < 1e-4


def test_rotations_before_positions(tmp_path):
    head = HEAD.replace(
        "Xposition Yposition Zposition Zrotation Xrotation Yrotation",
        "Yrotation Zposition Yposition Xrotation Xposition Zrotation",
    )
    clip = clip_of(tmp_path, document(head, ["30 3 90 20 1 10 0 0 0"]))
    assert np.allclose(clip.positions[0, 0], [0.01, 0.9, 0.03])
    expected = rotation.from_euler(np.radians([30, 20, 10]), "yxz")
    assert angle_between(clip.rotations[0, 0], expected) < 1e-6


def test_position_channels_below_the_root_replace_the_offset(tmp_path):
    six = "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation"
    head = HEAD.replace("CHANNELS 3 Zrotation Xrotation Yrotation", six)
    moved = clip_of(tmp_path, document(head, ["0 90 0 0 0 0  0 60 5 0 0 0"]))
    assert np.allclose(moved.positions[0, 1], [0, 1.5, 0.05])
    still = clip_of(tmp_path, document(head, ["0 90 0 0 0 0  0 0 0 0 0 0"]))
    assert np.allclose(still.positions[0, 1], [0, 1.4, 0])


@pytest.mark.parametrize(
    ("scale", "unit", "metres"),
    [(0.01, "metres", 1.0), (1.0, "centimetres", 0.01), (10.0, "millimetres", 0.001), (0.2, "CMU", 0.0564444)],
)
def test_the_unit_is_told_from_the_skeleton_at_rest(tmp_path, scale, unit, metres):
    head = HEAD.replace("0 50 0", f"0 {100 * scale} 0").replace("0 40 0", f"0 {75 * scale} 0")
    clip = clip_of(tmp_path, document(head, ["0 0 0 0 0 0 0 0 0"]))
    assert unit in clip.source
    assert np.isclose(clip.positions[0, 1, 1], 100 * scale * metres, rtol=1e-4)


@pytest.mark.parametrize(
    ("time", "fps", "known"),
    [("0.0333", 30, True), ("0.0083333", 120, True), ("0.008333", 120, True), ("0.04", 25, True),
     ("0.033367", 29.97, True), ("0.0166667", 60, True), ("", 30, False)],
)  # fmt: skip
def test_frame_times(tmp_path, time, fps, known):
    clip = clip_of(tmp_path, document(time=time))
    assert abs(clip.fps - fps) < 1e-3 and clip.fps_known is known


@pytest.mark.parametrize("time", ["0", "abc", "-1", "nan", "1e-9", "1e9"])
def test_a_frame_time_that_is_none_is_refused_and_can_be_given(tmp_path, time):
    path = tmp_path / "clip.bvh"
    path.write_text(document(time=time))
    with pytest.raises(PoseviewerError, match="--fps"):
        list(read(path))
    (clip,) = read(path, Reading(fps=24.0))
    assert clip.fps == 24.0 and clip.fps_known


def test_more_frames_than_announced_are_said(tmp_path):
    clip = clip_of(tmp_path, document(frames=2))
    assert len(clip) == 2 and "the announced 2 of 3 frames" in clip.source


def test_fewer_frames_than_announced_are_said(tmp_path):
    assert "3 of the announced 10 frames" in clip_of(tmp_path, document(frames=10)).source


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (document(HEAD + HEAD.replace("HIERARCHY\n", "").replace("Hips", "Other")), "several roots"),
        (HEAD, "no MOTION"),
        (document(rows=[]), "no frames"),
        (document(rows=["junk"]), "no frames"),
        (document(rows=[ROWS[0], "1 2 3", ROWS[1]]), "frame 2.*3 numbers, not 9"),
        (document(rows=[ROWS[0], ROWS[1].replace("30", "nan")]), "frame 2.*not finite"),
        (document(HEAD.replace("OFFSET 0 50 0", "OFFSET 0 fifty 0")), "'fifty' is no usable number"),
        (document(HEAD.replace("CHANNELS 3", "CHANNELS 99999999999")), "announces 99999999999 channels"),
        (document(HEAD.replace("CHANNELS 3 Z", "CHANNELS 3 Q")), "unknown channel"),
        (document(HEAD[:-2]), "not closed"),
        (document(HEAD.replace("ROOT Hips", "JOINT Hips")), "JOINT stands before ROOT"),
    ],
)
def test_bad_files_are_refused_in_a_sentence(tmp_path, text, cause):
    assert re.search(cause, refusal(tmp_path, text)), refusal(tmp_path, text)


@st.composite
def skeletons(draw):
    count = draw(st.integers(1, 9))
    parents = (-1, *(draw(st.integers(0, j - 1)) for j in range(1, count)))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    offsets = generator.uniform(-0.4, 0.4, (count, 3)) * (np.arange(count) > 0)[:, None]
    return Skeleton.tree("random", tuple(f"j{j}" for j in range(count)), parents, offsets), int(
        generator.integers(1 << 30)
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(skeletons(), st.sampled_from([24.0, 29.97, 30.0, 59.94, 60.0, 120.0, 333.0]))
def test_a_round_trip_keeps_rotations_positions_and_rate(tmp_path, made, fps):
    skeleton, seed = made
    clip = motion(7, seed, skeleton=skeleton, fps=fps)
    list(write_bvh(clip, tmp_path / "trip.bvh"))
    back = next(read(tmp_path / "trip.bvh"))
    order = [back.skeleton.joints.index(joint) for joint in skeleton.joints]
    angle = angle_between(rotation.normalise(clip.rotations), rotation.normalise(back.rotations[:, order]))
    assert np.degrees(angle).max() <= 1e-4
    assert np.allclose(back.positions[:, order], clip.positions, atol=2e-6)
    assert abs(back.fps - fps) < 1e-3



def test_a_folder_with_three_skeletons_is_one_dataset(tmp_path):
    for i in range(6):
        head = HEAD.replace("0 40 0", f"0 {40 + i % 3} 0")
        (tmp_path / f"take{i}.bvh").write_text(document(head))
    (tmp_path / "README.md").write_text("notes")
    dataset = open_dataset(tmp_path)
    assert len(dataset) == 6 and len(dataset.skeletons) == 3
