"""ASF + AMC: bones turned about their own axes, the skeleton found beside the motion or the mean of CMU's."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset, read
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from poseviewer.export.motions.bvh import write as write_bvh
from poseviewer.motion.matching import maps_onto
from poseviewer.motion.skeleton import HUMANOID
from tests.data.rigs.takes import AMC, ASF

UNIT = 0.0254 / 0.45


def clip_of(tmp_path, asf=ASF, amc=AMC, name="07_01.amc", skeleton="07.asf"):
    (tmp_path / skeleton).write_text(asf)
    (tmp_path / name).write_text(amc)
    return next(read(tmp_path / name))


def refusal(tmp_path, **files):
    with pytest.raises(PoseviewerError) as caught:
        clip_of(tmp_path, **files)
    return str(caught.value)


def test_bones_start_where_their_parents_end(tmp_path):
    clip = clip_of(tmp_path)
    at = {joint: clip.positions[0, j] / UNIT for j, joint in enumerate(clip.skeleton.joints)}
    assert clip.skeleton.joints == ("root", "lhip", "lfemur", "ltibia", "spine", "ltibia_End", "spine_End")
    assert np.allclose(at["root"], (1, 18, 2), atol=1e-3) and np.allclose(at["lhip"], at["root"], atol=1e-3)
    assert np.allclose(at["lfemur"], (3, 16, 2), atol=1e-3)
    assert np.allclose(at["ltibia"], (3, 8, 2), atol=1e-3) and np.allclose(at["ltibia_End"], (3, 0, 2), atol=1e-3)
    assert np.allclose(at["spine_End"], (1, 28, 2), atol=1e-3)


def test_angles_turn_about_the_bones_own_axes_first_one_first(tmp_path):
    clip = clip_of(tmp_path)
    at = {joint: clip.positions[1, j] / UNIT for j, joint in enumerate(clip.skeleton.joints)}
    knee = at["ltibia"] - at["lfemur"]
    assert np.allclose(knee, (-8, 0, 0), atol=1e-3)  # 90 degrees about x, then 90 about y
    # the tibia's x axis is the world's y (its frame is turned by 90 about z), carried along by the femur
    assert np.allclose(at["ltibia_End"] - at["ltibia"], (-8, 0, 0), atol=1e-3)
    assert np.allclose(at["spine_End"] - at["root"], (0, 0, 10), atol=1e-3)  # its own z, its frame turned about y


def test_a_root_that_is_turned_at_rest_takes_the_body_along(tmp_path):
    clip = clip_of(tmp_path, asf=ASF.replace("orientation 0 0 0", "orientation 0 90 0"))
    at = {joint: clip.positions[:, j] / UNIT for j, joint in enumerate(clip.skeleton.joints)}
    assert np.allclose(at["lfemur"] - at["root"], (0, -2, -2), atol=1e-3)


def test_a_bone_moves_along_its_own_axes(tmp_path):
    asf = ASF.replace("axis 0 90 0  XYZ\n    dof rx", "axis 0 90 0  XYZ\n    dof tx rx")
    clip = clip_of(tmp_path, asf=asf, amc=AMC.replace("spine 0 0", "spine 1 0 0"))
    at = {joint: clip.positions[0, j] / UNIT for j, joint in enumerate(clip.skeleton.joints)}
    assert np.allclose(at["spine"] - at["root"], (0, 0, -1), atol=1e-3)


def test_of_several_skeletons_that_is_taken_whose_name_has_most_in_common(tmp_path):
    (tmp_path / "07_01.asf").write_text(ASF)
    assert "on the skeleton of 07_01.asf" in clip_of(tmp_path).source


def test_the_only_skeleton_there_is_that_of_a_motion_with_a_name_of_its_own(tmp_path):
    assert "the skeleton of body.asf" in clip_of(tmp_path, name="walk.amc", skeleton="body.asf").source


def test_what_the_clip_says(tmp_path):
    clip = clip_of(tmp_path)
    assert (clip.fps, clip.fps_known, clip.name, clip.subject) == (120.0, False, "07_01", "07")
    told = "07_01.amc: ASF + AMC on the skeleton of 07.asf, 1 unit = 5.6444 cm, frame rate assumed to be CMU's 120"
    assert clip.source == told
    stated = clip_of(tmp_path, amc=":SAMPLES-PER-SECOND 60\n" + AMC)
    assert (stated.fps, stated.fps_known) == (60.0, True)


def test_rotations_make_the_same_motion_as_bvh(tmp_path):
    clip = clip_of(tmp_path)
    list(write_bvh(clip, tmp_path / "out.bvh"))
    again = next(read(tmp_path / "out.bvh"))
    joints = [again.skeleton.joints.index(joint) for joint in ("ltibia", "lfemur", "ltibia_End", "spine_End")]
    own = [clip.skeleton.joints.index(joint) for joint in ("ltibia", "lfemur", "ltibia_End", "spine_End")]
    assert np.abs(again.positions[:, joints] - clip.positions[:, own]).max() < 1e-4


@pytest.mark.parametrize("packed", [False, True])
def test_a_folder_or_archive_pairs_them_by_name(tmp_path, packed):
    taller = ASF.replace("length 10", "length 12")
    files = {"a/07.asf": ASF, "a/07_01.amc": AMC, "b/08.asf": taller, "b/08_03.amc": AMC, "b/9.asf": "broken"}
    for name, text in files.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(text)
    place = tmp_path / "in"
    if packed:
        place = tmp_path / "in.zip"
        with zipfile.ZipFile(place, "w") as archive:
            for name in files:
                archive.write(tmp_path / "in" / name, name)
    with open_dataset(place) as dataset:
        heights = {clip.name: float(np.ptp(clip.positions[0, :, 1])) / UNIT for clip in dataset}
        assert not dataset.left_out
    assert heights == pytest.approx({"07_01": 28.0, "08_03": 30.0}, abs=1e-3)


def test_an_asf_alone_is_a_sentence(tmp_path):
    (tmp_path / "07.asf").write_text(ASF)
    for path in (tmp_path / "07.asf", tmp_path):
        with pytest.raises(PoseviewerError, match="skeleton without motion; open the"):
            open_dataset(path)


def test_a_motion_of_cmu_without_its_skeleton_stands_on_the_mean(tmp_path):
    lines = "root 0 17 0 0 0 0\nlowerback 0 0 0\nlfemur 90 0 0\nltibia 0\nrtibia 0\n"
    (tmp_path / "35_01.amc").write_text(f":FULLY-SPECIFIED\n:DEGREES\n1\n{lines}")
    (tmp_path / "01.asf").write_text(ASF)  # another subject's
    clip = next(read(tmp_path / "35_01.amc"))
    assert "the mean of CMU's skeletons, because its own .asf is not beside it" in clip.source
    assert maps_onto(clip.skeleton, HUMANOID) and clip.subject == "35"
    body = clip.onto(HUMANOID).positions[0]
    assert 1.35 < np.ptp(body[:, 1]) < 1.8
    at = {joint: clip.positions[0, j] for j, joint in enumerate(clip.skeleton.joints)}
    assert at["lhumerus"][0] > 0.1 and at["rhumerus"][0] < -0.1  # it faces z, its left is x
    assert at["ltoes"][2] != pytest.approx(at["rtoes"][2], abs=0.2) and at["rtoes"][2] > 0.05


def test_bones_of_nobody_known_need_their_skeleton(tmp_path):
    (tmp_path / "own_1.amc").write_text(AMC.replace("spine", "backbone"))
    with pytest.raises(PoseviewerError, match=r"its skeleton is missing.*'backbone'; put.*own\.asf"):
        next(read(tmp_path / "own_1.amc"))
    (tmp_path / "named_otherwise.asf").write_text(ASF.replace("spine", "backbone"))
    assert "the skeleton of named_otherwise.asf" in next(read(tmp_path / "own_1.amc")).source


def test_the_user_says_unit_and_axis(tmp_path):
    clip_of(tmp_path)
    clip = next(read(tmp_path / "07_01.amc", Reading(unit="in", up="z")))
    assert np.allclose(clip.positions[0, 0], np.array([1, 2, -18]) * 0.0254, atol=1e-5)
    assert "in inches as given, z up as given" in clip.source


def test_a_unit_that_makes_giants_is_told_by_the_size(tmp_path):
    clip = clip_of(tmp_path, asf=ASF.replace("length 0.45", "length 0.0254"))
    assert 1.0 < np.ptp(clip.positions[0, :, 1]) < 3.0 and "by its size" in clip.source


def test_what_is_wrong_is_told_with_its_place(tmp_path):
    assert "frame 2, line 14: 'spine' is there twice" in refusal(tmp_path, amc=AMC + "spine 0 0 0\n")
    assert "bone 'lfemur' is missing" in refusal(tmp_path, amc=AMC + "3\nroot 0 0 0 0 0 0\n4\n")
    assert "'9O' is no number" in refusal(tmp_path, amc=AMC.replace("ltibia 90", "ltibia 9O"))
    assert "bone 'ltail' is not in" in refusal(tmp_path, amc=AMC.replace("ltibia", "ltail"))
    assert "2 degrees of freedom" in refusal(tmp_path, asf=ASF.replace("dof rx ry rz", "dof rx ry", 1))
    assert "hang together" in refusal(tmp_path, asf=ASF.replace("lhip lfemur", "tail lfemur"))
    assert "it has no complete frame" in refusal(tmp_path, amc="\n".join(AMC.splitlines()[:3]))
    cut = clip_of(tmp_path, amc=AMC[: AMC.rindex("spine") + 8])
    assert len(cut) == 1 and "the last of 2 frames left out" in cut.source


def test_cmu_walks_upright_on_the_ground(real_data):
    clip = next(read(real_data / "formats" / "01_01.amc"))
    assert len(clip) == 2751 and clip.subject == "01"
    body = clip.onto(HUMANOID)
    y = body.positions[..., 1]
    assert 1.3 < np.median(np.ptp(y, axis=1)) < 1.75
    index = HUMANOID.joints.index
    assert (y[:, index("head")] > y[:, index("left_ankle")] + 0.7).mean() > 0.9
    lowest = clip.positions[..., 1].min(axis=1)
    assert -0.1 < np.median(lowest) < 0.3  # it climbs onto playground equipment
