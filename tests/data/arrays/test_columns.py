"""Tables of points in the shapes in which people write them: whose joints, image or world, when, who."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data.readers import read
from poseviewer.errors import PoseviewerError
from poseviewer.motion.joint_sets import joint_set
from tests.data.arrays.people import person
from tests.data.keypoints.standing import pixels

MEDIAPIPE = joint_set("mediapipe33").joints
FRAMES = 12
PARTS = pixels(MEDIAPIPE) / (640, 480)
WORLD = np.column_stack([(pixels(MEDIAPIPE) - (320, 250)) / 100, np.zeros(33)])
SMPL = joint_set("smpl22").joints


def table(path, names, rows, sep=","):
    lines = [sep.join("" if value is None else str(value) for value in row) for row in rows]
    path.write_text("\n".join([sep.join(names), *lines]) + "\n")
    return path


def wide(points, *after):
    return [round(float(value), 5) for point in points for value in (*point, *after)]


NAMED = [f"{joint.upper()}_{axis}" for joint in MEDIAPIPE for axis in ("x", "y", "z", "visibility")]
NUMBERED = [f"{axis}{j}" for j in range(1, 34) for axis in "xyzv"]
LAYOUTS = {
    "a row a frame": (["frame", *NAMED], [[n, *wide(PARTS, -0.1, 0.9)] for n in range(FRAMES)]),
    "by number": (["class", *NUMBERED], [["squat", *wide(PARTS, -0.1, 0.9)] for _ in range(FRAMES)]),
    "with a face": (
        [*NUMBERED, *(f"{axis}{j}" for j in range(34, 60) for axis in "xyzv")],
        [wide(np.vstack([PARTS, PARTS[:26]]), -0.1, 0.9) for _ in range(FRAMES)],
    ),
    "without how sure": (
        [f"{axis}{j}" for j in range(33) for axis in "XYZ"], [wide(PARTS, -0.1) for _ in range(FRAMES)]
    ),
    "behind a word": (
        ["name", *(f"landmark_{j}_{axis}" for j in range(33) for axis in "xy")],
        [["a.mp4", *wide(PARTS)] for _ in range(FRAMES)],
    ),
    "a row a joint": (
        ["frame_id", "landmark_id", "landmark_name", "x", "y", "z", "visibility"],
        [[n, j, MEDIAPIPE[j], *PARTS[j], -0.1, 0.9] for n in range(FRAMES) for j in range(33)],
    ),
    "a row a joint by number": (
        ["landmark", "x", "y"], [[j, *PARTS[j]] for _ in range(FRAMES) for j in range(33)]
    ),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_mediapipe_in_an_image(tmp_path, layout):
    (clip,) = read(table(tmp_path / "points.csv", *LAYOUTS[layout]))
    assert clip.positions.shape == (FRAMES, 33, 2) and len(clip.skeleton.edges) >= 32
    place = {joint.lower(): clip.positions[0, j] for j, joint in enumerate(clip.skeleton.joints)}
    assert place["nose"][1] > place["left_hip"][1] > place["left_ankle"][1]
    assert place["left_hip"][0] > place["right_hip"][0] and "frame rate assumed" in clip.source


def test_points_from_the_hips_stand_in_metres_at_the_rate_of_their_times(tmp_path):
    rows = [[40 * n, *wide(WORLD, 0.9)] for n in range(FRAMES)]
    rows[2][1 + 4 * 15 + 3] = 0.45  # how visible its own drawing takes for hidden
    (clip,) = read(table(tmp_path / "world.csv", ["timestamp_ms", *NAMED], rows))
    assert clip.visible is not None and np.argwhere(~clip.visible).tolist() == [[2, 15]]
    assert clip.skeleton.dims == 3 and clip.fps == pytest.approx(25) and clip.fps_known
    height = np.ptp(clip.positions[0, :, 1])
    assert height == pytest.approx(np.ptp(WORLD[:, 1]), rel=0.01) and clip.positions[0, 0, 1] > clip.positions[0, 27, 1]


def test_joints_by_name_in_millimetres_z_up_are_in_3d(tmp_path):
    body = person(FRAMES)[..., [2, 0, 1]] * 1000
    names = [f"{joint}.{axis}" for joint in SMPL for axis in ("X", "Y", "Z")]
    rows = [[*(str(number).replace(".", ",") for number in wide(frame)), n] for n, frame in enumerate(body)]
    rows[3][:3], rows[4][:3] = [None] * 3, [0] * 3
    (clip,) = read(table(tmp_path / "body.csv", [*names, "fnum"], rows, ";"))
    assert clip.skeleton.joints == SMPL and len(clip.skeleton.edges) == 21 and np.isnan(clip.positions[3:5, 0]).all()
    heights, expected = clip.positions[0, :, 1], person(FRAMES)[0, :, 1]
    assert np.allclose(heights - heights[0], expected - expected[0], atol=1e-3)


@pytest.mark.parametrize("ticks", [1.0, 1e3, 1e6, 1e7, 1e9])
def test_times_are_in_seconds_or_parts_of_them(tmp_path, ticks):
    rows = [[round((1.7e9 + n / 25) * ticks, 2), *wide(WORLD, 0.9)] for n in range(FRAMES)]
    (clip,) = read(table(tmp_path / "world.csv", ["timestamp", *NAMED], rows))
    assert len(clip) == FRAMES and clip.fps == pytest.approx(25, rel=0.01) and clip.fps_known


def test_a_clock_that_stands_makes_no_crowd_of_one_body(tmp_path):
    body = person(60) + np.linspace(0, 0.5, 60)[:, None, None]
    rows = [[1_700_000_000 + n // 30, *wide(pose)] for n, pose in enumerate(body)]
    names = ["timestamp", *(f"{joint}_{axis}" for joint in SMPL for axis in "xyz")]
    (clip,) = read(table(tmp_path / "body.csv", names, rows))
    assert len(clip) == 60 and not clip.fps_known
    apart = [[1_700_000_000 + n // 6, *wide(pose + np.array([2 * (n % 6), 0, 0]))] for n, pose in enumerate(body)]
    assert [len(clip) for clip in read(table(tmp_path / "six.csv", names, apart))] == [10] * 6


def test_people_who_have_no_names_keep_their_joints(tmp_path):
    rows = [[n, joint, *(place + np.array([2 * who, 0, 0]))] for n, pose in enumerate(person(FRAMES)) for who in (0, 1)
            for joint, place in zip(SMPL, pose, strict=True)]  # fmt: skip
    one, other = read(table(tmp_path / "two.csv", ["frame", "joint", "x", "y", "z"], rows))
    assert len(one) == len(other) == FRAMES
    assert np.abs(one.positions[:, 0] - other.positions[:, 0])[:, 0] == pytest.approx(2.0)


def test_people_are_told_apart(tmp_path):
    names = ["frame", "track_id", *(f"kp{j}_{axis}" for j in range(17) for axis in ("x", "y", "conf"))]
    body = pixels(joint_set("coco17").joints)
    rows = [[n, who, *wide(body + np.array((150 * who, 0)), 0.9)] for n in range(FRAMES) for who in (0, 1)]
    one, other = read(table(tmp_path / "two.csv", names, rows))
    assert one.skeleton.name == other.skeleton.name == "coco17" and len(one) == len(other) == FRAMES
    assert one.positions[0, 0, 0] < other.positions[0, 0, 0]


@pytest.mark.parametrize(("rows", "said"), [
    ([[0, *["a"] * 66]], "line 2, column 'landmark_0_x': 'a' is no number"),
    ([[0, 1]], "it has 2 cells and the header has 67"),
    ([], "it has a header and no rows"),
    ([[0, *[""] * 66]], "no point of it is known"),
])  # fmt: skip
def test_what_is_no_table_says_why(tmp_path, rows, said):
    names = ["frame", *(f"landmark_{j}_{axis}" for j in range(33) for axis in "xy")]
    with pytest.raises(PoseviewerError, match=said):
        list(read(table(tmp_path / "points.csv", names, rows)))
