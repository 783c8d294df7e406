"""Keypoints as JSON, as the programs write them: who, where, when, how sure, and what was assumed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset, read
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from poseviewer.motion.joint_sets import joint_set
from poseviewer.motion.matching import maps_onto
from poseviewer.motion.skeleton import PENN13
from tests.data.keypoints.files import BODY25, COCO, annotation, coco, image, openpose
from tests.data.keypoints.standing import flat, pixels

MEDIAPIPE = joint_set("mediapipe33").joints


def written(path, document):
    path.write_text(json.dumps(document))
    return path


def clips(path, reading=None):
    return list(read(path, reading or Reading()))


def is_upright(clip):
    """Whether the head is over the feet and the left side on the right, in the middle of the image."""
    place = dict(zip(clip.skeleton.joints, clip.positions[0].T if False else clip.positions[0], strict=True))
    head = place.get("nose", place.get("head"))
    return (
        head[1] > place["left_hip"][1] > place["left_ankle"][1]
        and place["left_shoulder"][0] > place["right_shoulder"][0]
        and abs(clip.positions[0, :, 0]).max() < 1.0
    )


def test_a_folder_of_openpose_frames_is_a_clip_a_person(tmp_path):
    for n in range(12):
        people = [pixels(BODY25, 200 + 3 * n), pixels(BODY25, 450 - 2 * n)]
        people = people[::-1] if n % 2 else people  # their order says nothing
        if n == 5:
            people = people[:1] if n % 2 == 0 else people[1:]  # the second is not seen
        written(tmp_path / f"dance_{n:012d}_keypoints.json", openpose(*people))
    (tmp_path / "dance_000000000007_keypoints.json").write_text('{"version": 1.3, "peop')
    first, second = clips(tmp_path)
    assert (first.name, second.name) == ("dance person 1", "dance person 2") and len(first) == len(second) == 12
    assert first.skeleton.name == "openpose25" and is_upright(first) and first.image_size == (640, 480)
    np.testing.assert_allclose(first.positions[11, 0], ((233 - 320) / 480, (240 - 180) / 480), atol=1e-5)
    np.testing.assert_allclose(second.positions[11, 0, 0], (428 - 320) / 480, atol=1e-5)
    assert np.isnan(second.positions[5]).all() and not second.visible[5].any() and np.isfinite(first.positions[5]).all()
    assert np.isnan(first.positions[7]).all()
    for said in ("640 x 480 taken", "frame rate assumed", "1 frame could not be read"):
        assert said in first.source
    assert not first.fps_known and first.fps == 30 and maps_onto(first.skeleton, PENN13)


def test_a_joint_that_was_not_found_is_unknown_and_an_unsure_one_not_visible(tmp_path):
    document = openpose(pixels(BODY25))
    numbers = document["people"][0]["pose_keypoints_2d"]
    numbers[0:3], numbers[5] = [0, 0, 0], 0.1
    (clip,) = clips(written(tmp_path / "a.json", document))
    assert np.isnan(clip.positions[0, 0]).all() and np.isfinite(clip.positions[0, 1:]).all()
    assert clip.visible[0].tolist() == [False, False] + [True] * 23


def alphapose(n, track, x):
    keypoints = flat(pixels(COCO, x), 0.8)
    return {"image_id": f"{n}.jpg", "category_id": 1, "keypoints": keypoints, "score": 2.9, "idx": track}


def test_alphapose_results_are_followed_by_their_tracks(tmp_path):
    people = [alphapose(n, track, x) for n in range(11) for track, x in ((1, 200 + 9 * n), ([2.0], 300 - 9 * n))]
    first, second = clips(written(tmp_path / "alphapose-results.json", people))
    assert first.name == "alphapose-results person 1" and len(first) == len(second) == 11
    assert np.diff(first.positions[:, 0, 0]).min() > 0 > np.diff(second.positions[:, 0, 0]).max()  # they cross
    by_image = {f"{n}.jpg": openpose(pixels(BODY25, 200 + n)) for n in range(11)}
    (clip,) = clips(written(tmp_path / "open.json", by_image))
    assert len(clip) == 11 and is_upright(clip)


def test_images_of_coco_that_have_nothing_in_common_stand_alone(tmp_path):
    annotations = [annotation(1), annotation(1, 500), annotation(2), {"id": 3, "image_id": 2, "bbox": [1, 2, 3, 4]}]
    annotations[0]["keypoints"][:6] = [300.0, 100.0, 1, 0, 0, 0]
    images = [image(1, "000000000785.jpg"), image(2, "000000040083.jpg"), image(3, "000000196141.jpg")]
    first, second, third = clips(written(tmp_path / "person_keypoints.json", coco(images, annotations)))
    assert [first.name, second.name, third.name] == ["000000000785 person 1", "000000000785 person 2", "000000040083"]
    assert (
        first.image_size == (800, 400)
        and len(first) == 1
        and is_upright(third)
        and "not stated, 16" not in first.source
    )
    assert first.skeleton.joints == COCO and first.skeleton.edges == ((15, 13), (13, 11))
    np.testing.assert_allclose(first.positions[0, 0], (-0.25, 0.25))
    assert first.visible[0, :3].tolist() == [False, False, True] and np.isnan(first.positions[0, 1]).all()


def test_a_long_list_of_images_before_the_annotations(tmp_path):
    images = [image(n, f"{n * n:012d}.jpg") for n in range(2000)]
    first, second = clips(written(tmp_path / "a.json", coco(images, [annotation(0), annotation(1999)])))
    assert (first.name, second.name) == ("000000000000", "000003996001")


def test_an_animal_of_four_joints(tmp_path):
    mouse = coco(
        [image(1, "m.png")], [{**annotation(1), "keypoints": [9, 9, 2, 20, 9, 2, 0, 0, 0, 30, 9, 1]}], "abcd", []
    )
    (clip,) = clips(written(tmp_path / "a.json", mouse))
    assert clip.skeleton.joints == tuple("abcd") and clip.visible.tolist() == [[True, True, False, False]]


def test_a_video_of_coco_is_followed_by_its_tracks_at_every_labelled_frame(tmp_path):
    images = [image(n, f"v/{4 * n:06d}.jpg", vid_id="000342", frame_id=4 * n) for n in range(6)]
    annotations = [annotation(n, 400 + n, track_id=7) for n in range(6)]
    (clip,) = clips(written(tmp_path / "posetrack.json", coco(images, annotations)))
    assert (clip.name, len(clip), clip.fps) == ("000342", 6, 7.5) and "one in 4 frames" in clip.source
    images = [image(n, f"walk/{n:06d}.jpg") for n in range(6)]
    (clip,) = clips(written(tmp_path / "plain.json", coco(images, [annotation(n, 400 + n) for n in range(6)])))
    assert (clip.name, len(clip)) == ("walk", 6)


def test_mmpose_names_its_joints(tmp_path):
    names = [f"part_{n}" for n in range(17)]
    people = [{"keypoints": pixels(COCO, 300 + n).tolist(), "keypoint_scores": [0.2] + [0.9] * 16} for n in range(4)]
    meta = {"keypoint_id2name": {str(n): name for n, name in enumerate(names)}, "skeleton_links": [[0, 1], [1, 2]]}
    frames = [{"frame_id": n + 1, "instances": [person]} for n, person in enumerate(people)]
    (clip,) = clips(written(tmp_path / "results.json", {"meta_info": meta, "instance_info": frames}))
    assert clip.skeleton.joints == tuple(names) and clip.skeleton.edges == ((0, 1), (1, 2)) and len(clip) == 4
    assert clip.visible[0, :2].tolist() == [False, True]
    (tmp_path / "predictions").mkdir()
    for n, person in enumerate(people):
        written(tmp_path / "predictions" / f"{n:06d}.json", [{**person, "bbox": [[0, 0, 9, 9]]}])
    (clip,) = clips(tmp_path / "predictions")
    assert clip.name == tmp_path.name and clip.skeleton.name == "coco17" and len(clip) == 4


def landmarks(points, sure=0.99):
    return [{"x": float(x), "y": float(y), "z": -0.1, "visibility": sure} for x, y in points]


def test_mediapipe_in_an_image_that_is_stated_or_not(tmp_path):
    parts = pixels(MEDIAPIPE) / (640, 480)
    frames = [{"frame": n, "timestamp": n / 25, "landmarks": landmarks(parts + n * 1e-3)} for n in range(6)]
    (clip,) = clips(written(tmp_path / "a.json", {"fps": 25, "width": 640, "height": 480, "frames": frames}))
    assert (len(clip), clip.fps, clip.fps_known, clip.image_size) == (6, 25, True, (640, 480)) and is_upright(clip)
    np.testing.assert_allclose(clip.positions[0, 0], (0, (240 - 180) / 480), atol=1e-6)
    (wide,) = clips(written(tmp_path / "b.json", [landmarks(parts + n * 1e-3) for n in range(6)]))
    assert len(wide) == 6 and "16:9 taken" in wide.source and is_upright(wide)
    for frame in frames:
        del frame["frame"]
    for unit in (1, 1000):  # seconds, milliseconds
        timed_frames = [frame | {"timestamp": frame["timestamp"] * unit} for frame in frames]
        (timed,) = clips(written(tmp_path / "c.json", timed_frames))
        assert len(timed) == 6 and timed.fps == pytest.approx(25)


def test_mediapipe_in_the_world_comes_before_the_image(tmp_path):
    flat_body = (pixels(MEDIAPIPE) - (320, 250)) / 100
    world = [
        [{"x": float(x), "y": float(y), "z": 0.05 * (n % 3), "visibility": 1.0} for n, (x, y) in enumerate(flat_body)]
    ]
    both = {"worldLandmarks": world, "landmarks": [landmarks(pixels(MEDIAPIPE) / (640, 480))]}
    (clip,) = clips(written(tmp_path / "a.json", [both] * 7))
    assert clip.skeleton.dims == 3 and len(clip) == 7 and is_upright(clip)
    assert 1.4 < np.ptp(clip.positions[0, :, 1]) < 2.0


def test_panoptic_frames_in_centimetres(tmp_path):
    joints = joint_set("panoptic19").joints
    flat_body = (pixels(joints) - (320, 336)) * 1.0
    for n in range(6):
        points = [[float(x) + who * 100, float(y), 5.0, 0.6] for who in (0,) for x, y in flat_body]
        bodies = [
            {"id": who, "joints19": [c for x, y, z, s in points for c in (x + 150 * who, y, z, s)]} for who in (3, 1)
        ]
        bodies[0]["joints19"][4:8] = [0, 0, 0, -1]
        document = {"version": 0.7, "univTime": 47.9, "fpsType": "hd_29_97", "bodies": bodies}
        written(tmp_path / f"body3DScene_{n + 168:08d}.json", document)
    first, second = clips(tmp_path)
    assert (first.name, second.name) == (f"{tmp_path.name} person 3", f"{tmp_path.name} person 1")
    assert first.fps == 29.97 and first.fps_known and len(first) == 6 and np.isnan(first.positions[0, 1]).all()
    assert is_upright(second) is False or second.positions[0, 1, 1] > 1.4  # metres, y up
    np.testing.assert_allclose(
        np.nanmedian(first.positions[0, :, 0]) - np.nanmedian(second.positions[0, :, 0]), 3.0, atol=0.1
    )


def test_joints_that_a_user_names_come_first(tmp_path):
    own = tmp_path / "mine.json"
    own.write_text(json.dumps({"joints": [f"j{n}" for n in range(17)], "edges": [[0, 1]]}))
    folder = tmp_path / "files"
    folder.mkdir()
    people = [alphapose(n, 1, 200) for n in range(3)]
    (clip,) = clips(written(folder / "a.json", people), Reading(joints=str(own)))
    assert clip.skeleton.joints[0] == "j0"


@pytest.mark.parametrize("document", [{"people": []}, {"annotations": [], "images": []}, {"keypoints": {"a": 1}}])
def test_a_document_without_anybody_says_what_is_read(tmp_path, document):
    with pytest.raises(PoseviewerError, match=r"no keypoints of anybody.*OpenPose, AlphaPose, COCO, MMPose, MediaPipe"):
        clips(written(tmp_path / "a.json", document))


def test_json_that_is_none_is_told_by_its_place_and_other_json_is_passed_over(tmp_path):
    (tmp_path / "a.json").write_text('{"people": [}')
    with pytest.raises(PoseviewerError, match="line 1, column 13: it is no JSON there"):
        clips(tmp_path / "a.json")
    (tmp_path / "a.json").write_text('{"people": ' + "[" * 100_000)
    with pytest.raises(PoseviewerError, match="it is no JSON that can be read"):
        clips(tmp_path / "a.json")
    written(tmp_path / "a.json", {"name": "package", "scripts": {}})
    written(tmp_path / "b.json", openpose(pixels(BODY25)))
    assert len(open_dataset(tmp_path)) == 1 and not open_dataset(tmp_path).left_out


PERSON = flat(pixels(COCO))
ROWS = pixels(COCO).tolist()
SHAPES = {
    "flat": {"keypoints": PERSON},
    "rows and scores": {"keypoints": ROWS, "scores": [0.9] * 17},
    "by name": {name: {"x": x, "y": y} for name, (x, y) in zip(COCO, ROWS, strict=True)},
    "named rows": {
        "keypoints": [{"name": n, "x": x, "y": y, "score": 0.9} for n, (x, y) in zip(COCO, ROWS, strict=True)]
    },
    "parts of PoseNet": {
        "pose": {"keypoints": [{"part": n, "position": {"x": x, "y": y}} for n, (x, y) in zip(COCO, ROWS, strict=True)]}
    },
    "columns of YOLO": {"box": {"x1": 1}, "keypoints": {"x": [x for x, _ in ROWS], "y": [y for _, y in ROWS]}},
    "a protocol buffer": {"pose_landmarks": {"landmark": [{"x": x, "y": y} for x, y in ROWS]}},
}
PLACES = {
    "frames with numbers": lambda person: {"frames": [{"frame": n, "people": [person]} for n in range(6)]},
    "frames in a list": lambda person: [{"people": [person]} for _ in range(6)],
    "images by name": lambda person: {f"{n}.jpg": [person] for n in range(6)},
    "people with images": lambda person: [{"image_id": f"v/{n:04d}.png", **person} for n in range(6)],
    "nothing but people": lambda person: [person] * 6,
    "under a key": lambda person: {
        "config": {},
        "results": {"data": [{"frame_id": n, "objects": [person]} for n in range(6)]},
    },
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("shape", SHAPES)
def test_people_are_found_wherever_they_stand_and_in_every_shape(tmp_path, shape, place):
    (clip,) = clips(written(tmp_path / "a.json", PLACES[place](SHAPES[shape])))
    assert clip.skeleton.joints == COCO and len(clip) == 6 and is_upright(clip)
    np.testing.assert_allclose(clip.positions[3, 0], (0, (240 - 180) / 480), atol=1e-4)


def test_one_value_a_line(tmp_path):
    lines = [json.dumps({"frame": n, "predictions": [SHAPES["flat"]]}) for n in range(4)]
    (tmp_path / "a.json").write_text("\n".join(lines))
    (clip,) = clips(tmp_path / "a.json")
    assert len(clip) == 4


def test_films_below_numbers_of_subjects(tmp_path):
    frames = {str(n): ROWS for n in range(4)}
    first, second = clips(written(tmp_path / "a.json", {"1": {"2": frames}, "5": {"2": frames}}))
    assert len(first) == len(second) == 4


def test_joints_of_the_azure_kinect_are_named_by_the_file(tmp_path):
    names = [f"J{n}" for n in range(32)]
    bodies = [{"body_id": 2, "joint_positions": [[n * 10.0, -n * 50.0, 900.0] for n in range(32)]}]
    document = {
        "joint_names": names,
        "bone_list": [["J1", "J0"], ["J2", "J1"]],
        "frames": [{"frame_id": n, "timestamp_usec": 33 * n, "num_bodies": 1, "bodies": bodies} for n in range(3)],
    }
    (clip,) = clips(written(tmp_path / "a.json", document))
    assert clip.skeleton.dims == 3 and clip.skeleton.joints == tuple(names) and clip.skeleton.edges == ((1, 0), (2, 1))


def test_a_film_that_is_named_beside_all_its_poses(tmp_path):
    poses = [[{"x": x / 640, "y": y / 480} for x, y in pixels(MEDIAPIPE, 320 + n)] for n in range(8)]
    document = {"filename": "dance.mp4", "frameRate": 25.0, "width": 640, "height": 480, "poses": poses}
    (clip,) = clips(written(tmp_path / "a.json", document))
    assert len(clip.positions) == 8 and clip.fps == 25.0 and is_upright(clip)


@pytest.mark.parametrize("spelt", ["LEFT_HIP", "leftHip", "Left Hip"])
def test_joints_with_the_names_of_a_known_set_have_its_bones(tmp_path, spelt):
    """PoseNet's and MoveNet's points, and MediaPipe's enumeration: named one by one, without bones."""
    words = {"LEFT_HIP": str.upper, "Left Hip": lambda name: name.replace("_", " ").title()}
    camel = lambda name: name.partition("_")[0] + name.partition("_")[2].title()  # noqa: E731
    coco17 = joint_set("coco17")
    parts = [{"part": words.get(spelt, camel)(joint), "score": 0.9} for joint in coco17.joints[::-1]]
    for part, (x, y) in zip(parts, pixels(coco17.joints[::-1]), strict=True):
        part["position"] = {"x": x, "y": y}
    (clip,) = clips(written(tmp_path / "a.json", [{"frame": 0, "keypoints": parts}]))
    last = len(parts) - 1
    assert {tuple(sorted(edge)) for edge in clip.skeleton.edges} == {
        tuple(sorted((last - a, last - b))) for a, b in coco17.edges
    }
    assert spelt in clip.skeleton.joints and "bones" not in clip.source


def test_a_confidence_of_minus_one_is_no_depth(tmp_path):
    people = [{"image_id": n, "category_id": 1, "keypoints": flat(pixels(COCO))} for n in range(6)]
    for person in people:
        person["keypoints"][-3:] = [0, 0, -1]
    (clip,) = clips(written(tmp_path / "results.json", people))
    assert clip.skeleton.name == "coco17" and clip.skeleton.dims == 2
    assert np.isnan(clip.positions[:, -1]).all() and np.isfinite(clip.positions[:, :-1]).all()


def test_mediapipe_s_guess_of_depth_in_an_image_is_left_out(tmp_path):
    points = np.column_stack([pixels(MEDIAPIPE) / (640, 480), np.linspace(-0.3, 0.3, 33)])
    frames = [{"frame": n, "landmarks": points.tolist()} for n in range(6)]
    (clip,) = clips(written(tmp_path / "landmarks.json", {"fps": 25, "frames": frames}))
    assert clip.skeleton.dims == 2 and clip.skeleton.name == "mediapipe33" and clip.fps == 25


def test_people_who_are_listed_and_not_seen_are_none(tmp_path):
    body, nobody = flat(pixels(COCO)), [-1] * 51
    zeros = [{"pose": [0] * 36, "score": [0] * 18}]
    seen = [{"pose": np.ravel(pixels(joint_set("openpose18").joints) / 640).tolist(), "score": [0.9] * 18}]
    kinetics = {"data": [{"frame_index": n, "skeleton": seen + zeros} for n in range(6)], "label": "x"}
    animals = [{"bodyparts": [np.reshape(p, (17, 3)).tolist() for p in (body, nobody)]} for _ in range(6)]
    for document, joints in ((kinetics, "openpose18"), (animals, "coco17")):
        (clip,) = clips(written(tmp_path / "a.json", document))
        assert clip.skeleton.name == joints and len(clip) == 6 and clip.skeleton.dims == 2
