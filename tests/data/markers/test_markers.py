"""C3D and TRC: markers in metres, upright, with the bones that their labels tell; gaps are unknown."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset, read
from poseviewer.data.readers.markers.c3d_file import parsed
from poseviewer.data.readers.markers.labels import place_of, set_of
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from tests.data.rigs.takes import MARKERS, c3d_bytes, marker_points, trc_text

LABELS = tuple(MARKERS)


def made(kind, folder, points=None, labels=LABELS, unit="mm"):
    path = folder / f"walk.{kind}"
    if kind == "c3d":
        path.write_bytes(c3d_bytes(points, labels, unit))
    else:
        path.write_text(trc_text(points, labels, unit))
    return path


@pytest.fixture(params=["c3d", "trc"])
def kind(request):
    return request.param


def test_a_person_stands_upright_in_metres_with_bones(kind, tmp_path):
    clip = next(read(made(kind, tmp_path)))
    assert clip.skeleton.joints == LABELS and (len(clip), clip.fps, clip.fps_known) == (6, 100.0, True)
    at = dict(zip(LABELS, clip.positions[0], strict=True))
    assert np.allclose(at["LFHD"], (0.1, 1.7, -0.08), atol=1e-5)  # z up becomes y up, and left stays left
    names = {frozenset((LABELS[a], LABELS[b])) for a, b in clip.skeleton.edges}
    assert {frozenset(pair) for pair in (("LASI", "RASI"), ("LASI", "LKNE"), ("LKNE", "LANK"), ("C7", "T10"))} <= names
    assert not any(pair <= {"LKNE", "RKNE", "LELB"} for pair in names)
    sides = dict(zip(LABELS, clip.skeleton.sides, strict=True))
    assert (sides["LKNE"], sides["RANK"], sides["C7"]) == (1, -1, 0)
    assert LABELS[clip.skeleton.mirror[LABELS.index("LASI")]] == "RASI"
    assert "bones between those of Plug-in Gait" in clip.source and "z up by the body" in clip.source


@pytest.mark.parametrize(("unit", "scale"), [("mm", 1000.0), ("cm", 100.0), ("m", 1.0)])
def test_the_unit_is_the_files(kind, unit, scale, tmp_path):
    clip = next(read(made(kind, tmp_path, marker_points(scale=scale), unit=unit)))
    assert clip.positions[0, 0, 1] == pytest.approx(1.7, abs=1e-4)


def test_a_marker_that_was_not_seen_is_unknown(kind, tmp_path):
    points = marker_points()
    points[2, 3], points[4, 5] = np.nan, 0.0
    points[:, 7] = np.nan
    clip = next(read(made(kind, tmp_path, points)))
    lost = np.isnan(clip.positions).any(axis=-1)
    assert lost[2, clip.skeleton.joints.index("RBHD")] and lost[4, clip.skeleton.joints.index("T10")]
    assert lost.sum() == 2 and "STRN" not in clip.skeleton.joints and "1 marker without a label" in clip.source


def test_markers_of_no_known_set_have_no_bones(kind, tmp_path):
    labels = tuple(f"M{m}" for m in range(len(LABELS)))
    clip = next(read(made(kind, tmp_path, labels=labels)))
    assert clip.skeleton.edges == () and "labels are of no set that is known" in clip.source
    assert clip.positions[0, :, 1].max() == pytest.approx(1.7, abs=1e-4)  # told by the longest side


def test_legs_alone_stand_upright(kind, tmp_path):
    legs = [m for m, label in enumerate(LABELS) if label[1:] in ("ASI", "PSI", "KNE", "ANK", "TOE")]
    wide = marker_points()[:, legs] * [2.0, 3.0, 1.0]  # astride
    clip = next(read(made(kind, tmp_path, wide, tuple(LABELS[m] for m in legs))))
    assert clip.positions[0, 0, 1] == pytest.approx(0.95, abs=1e-4) and clip.skeleton.edges


def test_several_bodies_are_several_clips_and_what_has_no_label_is_left_out(kind, tmp_path):
    two = np.concatenate([marker_points(), marker_points() + np.array([0, 1000, 0]), marker_points()[:, :2]], axis=1)
    labels = (*(f"Ada:{label}" for label in LABELS), *(f"Bob:{label}" for label in LABELS), "*12", "Bob:*3")
    clips = list(read(made(kind, tmp_path, two, labels)))
    assert [(clip.name, clip.subject) for clip in clips] == [("walk Ada", "Ada"), ("walk Bob", "Bob")]
    assert all(clip.skeleton.joints == LABELS for clip in clips) and "2 markers without a label" in clips[0].source
    assert [clip.source.count("up by the body") for clip in clips] == [1, 1]
    assert clips[1].positions[0, 0, 2] - clips[0].positions[0, 0, 2] == pytest.approx(-1.0, abs=1e-4)


def test_an_object_beside_a_person_stays_with_it(kind, tmp_path):
    both = np.concatenate([marker_points(), marker_points()[:, :4]], axis=1)
    labels = (*(f"Ada:{label}" for label in LABELS), *(f"box:corner{k}" for k in range(4)))
    (clip,) = read(made(kind, tmp_path, both, labels))
    assert "Ada:LASI" in clip.skeleton.joints and "box:corner3" in clip.skeleton.joints and clip.skeleton.edges


def test_the_user_says_axis_and_unit(kind, tmp_path):
    clip = next(read(made(kind, tmp_path), Reading(up="y", unit="cm")))
    assert np.allclose(clip.positions[0, 0], (1.0, 0.8, 17.0), atol=1e-4) and "y up as given" in clip.source


def test_labels_of_every_school():
    for labels, place in {
        ("LASI", "L.ASIS", "Ada:LASI", "L_IAS", "LFWT", "L.ASIS_study", "l_asis", "left asis", "ASIS_L"): "lasi",
        ("RKNE", "R.Knee.Lat", "r_knee_study", "R_FLE", "RKnee", "RightKnee"): "rkne",
        ("RHEE", "RHEL", "R.Heel", "R_FCC", "r_calc_study", "RHeel"): "rhee",
        ("WaistLFront", "l asis"): "lasi",
        ("RKneeOut", "r knee 1"): "rkne",
        ("C7", "CV7", "C7_study"): "c7",
        ("V.Sacral", "SACR", "sacrum"): "sacr",
        ("L.Elbow", "LELB", "L_lelbow_study", "LElbow"): "lelb",
        ("ARMl", "EPICm", "M12", "box", "heel", "boite:gauche_ext", ""): "",
    }.items():
        assert {label: place_of(label) for label in labels} == dict.fromkeys(labels, place)
    opensim = ("R.ASIS", "L.ASIS", "V.Sacral", "R.Thigh.Front", "R.Knee.Lat", "R.Ankle.Lat", "R.Heel", "R.Toe.Tip")
    skeleton, words = set_of(opensim)
    assert (3, 4) in skeleton.edges and (4, 5) in skeleton.edges and "OpenSim" in words


def test_joints_of_a_pose_estimator_hang_together():
    limbs = ("Hip", "Knee", "Ankle", "Shoulder", "Elbow", "Wrist")
    names = ["Neck", *(f"{side}{limb}" for side in "RL" for limb in limbs)]
    for labels in (names, names[1:]):
        reached = {labels.index("RHip")}
        for _ in labels:
            reached |= {j for edge in set_of(labels)[0].edges if reached & set(edge) for j in edge}
        assert {labels[j] for j in reached} >= set(names) - {"Neck"}


def test_angles_and_forces_of_a_model_are_no_markers(tmp_path):
    points = np.concatenate([marker_points(), np.full((6, 6, 3), 45.0)], axis=1)
    labels = (*LABELS, "LKneeAngles", "Odd", "LFEO", "LFEA", "LFEL", "LFEP")
    (tmp_path / "a.c3d").write_bytes(c3d_bytes(points, labels, ANGLES=["LKneeAngles", "Odd"]))
    clip = next(read(tmp_path / "a.c3d"))
    assert clip.skeleton.joints == LABELS and "6 points that a model computed left out" in clip.source
    (tmp_path / "b.c3d").write_bytes(c3d_bytes(labels=("RTIP", *LABELS[1:])))
    assert "RTIP" in next(read(tmp_path / "b.c3d")).skeleton.joints


def test_the_axis_that_vicon_shows_up_counts_where_there_is_no_body(tmp_path):
    low = marker_points() * [1, 1, 0.2]
    labels = tuple(f"M{m}" for m in range(len(LABELS)))
    (tmp_path / "a.c3d").write_bytes(c3d_bytes(low, labels, Y_SCREEN=["+Z"]))
    clip = next(read(tmp_path / "a.c3d"))
    assert clip.positions[0, 0, 1] == pytest.approx(0.34, abs=1e-4) and "z up as the file says" in clip.source


@pytest.mark.parametrize("processor", [84, 85, 86], ids=["Intel", "DEC", "MIPS"])
@pytest.mark.parametrize("scale", [-0.1, 0.1], ids=["floats", "integers"])
def test_numbers_of_every_processor(processor, scale, tmp_path):
    points = marker_points()
    points[3, 4] = np.nan
    take = parsed(c3d_bytes(points, processor=processor, scale=scale), "a.c3d")
    assert np.allclose(take.points, points, atol=0.06 if scale > 0 else 1e-3, equal_nan=True)
    assert take.rate == 100.0 and take.parameters["POINT"]["LABELS"] == LABELS


def ezc3d_agrees(path):
    ezc3d = pytest.importorskip("ezc3d")
    theirs, ours = ezc3d.c3d(str(path)), parsed(path.read_bytes(), path.name)
    assert np.array_equal(ours.points, theirs["data"]["points"][:3].transpose(2, 1, 0), equal_nan=True)
    for name in ("LABELS", "UNITS", "RATE"):
        assert list(ours.parameters["POINT"][name]) == list(theirs["parameters"]["POINT"][name]["value"])


def test_the_usual_library_agrees(tmp_path):
    take = pytest.importorskip("ezc3d").c3d()
    take["parameters"]["POINT"]["RATE"]["value"], take["parameters"]["POINT"]["UNITS"]["value"] = [100.0], ["mm"]
    take["parameters"]["POINT"]["LABELS"]["value"] = list(LABELS)
    points = np.concatenate([marker_points(), np.ones((6, len(LABELS), 1))], axis=-1)
    take["data"]["points"] = points.transpose(2, 1, 0)
    take.write(str(tmp_path / "made.c3d"))
    ezc3d_agrees(tmp_path / "made.c3d")


def test_the_usual_library_agrees_on_a_real_take(real_data):
    ezc3d_agrees(real_data / "formats" / "markers_analogs.c3d")


def test_a_c3d_that_is_cut_off_keeps_its_frames(tmp_path):
    (tmp_path / "a.c3d").write_bytes(c3d_bytes(marker_points(30))[:-2048])
    clip = next(read(tmp_path / "a.c3d"))
    assert 20 < len(clip) < 30 and f"{len(clip)} of the announced 30 frames" in clip.source


def test_a_unit_that_makes_giants_is_not_believed(kind, tmp_path):
    clip = next(read(made(kind, tmp_path, unit="m")))
    assert clip.positions[0, 0, 1] == pytest.approx(1.7, abs=1e-4) and "millimetres by its size" in clip.source


def test_a_c3d_inside_an_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("day 1/ä.c3d", c3d_bytes())
    with open_dataset(tmp_path / "a.zip") as dataset:
        assert [(clip.name, clip.action) for clip in dataset] == [("ä", "day 1")]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\t\n", "\n"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("mm", "Millimeters"),
        lambda text: text.replace(".", ","),
        lambda text: "\n".join(" ".join(line.split()) for line in text.splitlines()),
        lambda text: text.replace("100.00\t100.00", "\t", 1).replace("DataRate\tCameraRate", "A\tB", 1),
    ],
    ids=range(7),
)
def test_every_dialect_of_trc_gives_the_same(change, tmp_path):
    plain = next(read(made("trc", tmp_path)))
    (tmp_path / "other.trc").write_text(change(trc_text()))
    clip = next(read(tmp_path / "other.trc"))
    assert clip.skeleton.joints == plain.skeleton.joints and np.allclose(clip.positions, plain.positions, atol=1e-6)
    assert clip.fps == pytest.approx(100.0)


def test_what_is_wrong_is_told(tmp_path):
    path = tmp_path / "a.trc"
    for text, words in (
        (trc_text().replace("Frame#", "Frames"), "no line begins with Frame#"),
        (trc_text().partition("\n\n")[0] + "\n", "has no frames"),
        (trc_text().replace("0.02000", "O.02"), "'O.02' is no number"),
        (trc_text() + "7\t0.06" + "\t1" * 70, "are named"),
        (trc_text(np.full((3, len(LABELS), 3), np.nan)), "no marker was ever seen"),
    ):
        path.write_text(text)
        with pytest.raises(PoseviewerError, match=words):
            list(read(path))
    (tmp_path / "a.c3d").write_bytes(c3d_bytes()[:1100])
    with pytest.raises(PoseviewerError, match="its header claims 22 points in 6 frames, and it has"):
        list(read(tmp_path / "a.c3d"))


def test_real_takes(real_data):
    walk = next(read(real_data / "formats" / "opensim_walk.trc"))
    assert (len(walk), len(walk.skeleton.joints), walk.fps) == (151, 41, 60.0) and walk.skeleton.edges
    y, index = walk.positions[..., 1], walk.skeleton.joints.index
    assert 1.5 < np.median(y[:, index("Top.Head")]) < 2.0 and 0.0 < np.median(y[:, index("R.Heel")]) < 0.15
    take = next(read(real_data / "formats" / "markers_analogs.c3d"))
    assert (len(take), len(take.skeleton.joints), take.fps) == (580, 51, 100.0)
    spine = [take.skeleton.joints.index(f"Daphnee:{label}") for label in ("T1", "T10")]
    apart = np.nanmedian(take.positions[:, spine[0]] - take.positions[:, spine[1]], axis=0)
    assert apart[1] > 0.1 and apart[1] > 0.8 * np.linalg.norm(apart)
