from __future__ import annotations

from dataclasses import replace

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import PENN13, Skeleton
from poseviewer.text import printable
from tests.data.damage import BODY, OFFSETS, motion

ARRAYS = ("positions", "visible", "rotations", "boxes")
LABELS = (
    "name",
    "action",
    "subject",
    "split",
    "fps",
    "fps_known",
    "loop",
    "travel",
    "turn",
    "seed_frames",
    "image_size",
)


def flat(frames=5, seed=0, **labels) -> Clip:
    generator = np.random.default_rng(seed)
    return Clip(
        PENN13,
        generator.normal(size=(frames, 13, 2)),
        30.0,
        labels.pop("name", "flat"),
        fps_known=False,
        visible=generator.random((frames, 13)) < 0.5,
        boxes=generator.normal(size=(frames, 4)),
        image_size=(480, 270),
        **labels,
    )


def assert_same(a: Clip, b: Clip) -> None:
    for key in ARRAYS:
        first, second = getattr(a, key), getattr(b, key)
        assert (first is None) == (second is None), key
        assert first is None or np.array_equal(first, second, equal_nan=first.dtype != bool), key
    for key in LABELS:
        assert getattr(a, key) == getattr(b, key), key
    assert a.skeleton.same_as(b.skeleton) and a.skeleton.mirror == b.skeleton.mirror


def written(path, clips, **notes):
    with DatasetWriter(path, **notes) as writer:
        for clip in clips:
            writer.add(clip)
    return path


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12).map(printable)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.booleans(), st.booleans(), text, text, st.sampled_from(["", "train", "test"])),
        min_size=1,
        max_size=5,
    )
)
def test_what_is_written_is_read(tmp_path, rows):
    clips = []
    for i, (frames, is_flat, with_rotations, action, subject, split) in enumerate(rows):
        labels = {"name": f"clip {i} é", "action": action, "subject": subject, "split": split}
        clip = flat(frames, i, **labels) if is_flat else motion(frames, i, **labels)
        clips.append(clip if with_rotations else replace(clip, rotations=None, seed_frames=frames))
    with Dataset.open(written(tmp_path / "some.h5", clips, licence="free", provenance="here")) as dataset:
        memory = Dataset.of(clips, "some")
        assert (dataset.name, dataset.licence, dataset.provenance) == ("some", "free", "here")
        assert len(dataset) == len(clips) and dataset.frames == sum(map(len, clips))
        assert list(dataset.infos) == list(memory.infos)
        assert dataset.fingerprint() == memory.fingerprint()
        for index, clip in enumerate(clips):
            assert_same(dataset.clip(index), clip)
            assert dataset.find(clip.name) == index


def test_a_loop_keeps_its_travel_and_turn(tmp_path):
    loop = motion(loop=True, travel=(1.0, 0.0, 0.25), turn=0.5)
    assert_same(Dataset.open(written(tmp_path / "loop.h5", [loop])).clip(0), loop)


def test_several_skeletons_and_unknown_joints(tmp_path):
    longer = Skeleton.tree("body", BODY.joints, BODY.parents, OFFSETS * 1.1)
    gap = motion(name="gap").positions.copy()
    gap[3, 1] = np.nan
    clips = [motion(name="a"), motion(name="b", skeleton=longer), flat(), replace(motion(name="gap"), positions=gap)]
    dataset = Dataset.open(written(tmp_path / "mixed.h5", clips))
    assert [info.skeleton for info in dataset.infos] == [0, 1, 2, 0]
    assert np.isnan(dataset.clip(3).positions[3, 1]).all() and np.isfinite(dataset.clip(3).positions[3, 2]).all()


def test_equal_names_are_told_apart(tmp_path):
    dataset = Dataset.open(
        written(tmp_path / "names.h5", [motion(name="walk"), motion(name="walk"), motion(name="walk")])
    )
    assert [info.name for info in dataset.infos] == ["walk", "walk 2", "walk 3"]


def test_finding_names_what_is_near():
    dataset = Dataset.of([motion(name="walk_1"), motion(name="run_1")], "demo")
    with pytest.raises(PoseviewerError, match=r"'walk_2'; did you mean walk_1"):
        dataset.find("walk_2")


def test_the_fingerprint_sees_one_moved_joint():
    clip = motion()
    moved = clip.positions.copy()
    moved[3, 2, 1] += 1e-4
    assert Dataset.of([clip], "a").fingerprint() != Dataset.of([replace(clip, positions=moved)], "a").fingerprint()
    assert Dataset.of([clip], "a").fingerprint() == Dataset.of([clip], "b").fingerprint()


def test_failure_leaves_the_older_file_and_nothing_else(tmp_path):
    path = written(tmp_path / "kept.h5", [motion()])
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match="cancelled"), DatasetWriter(path) as writer:
        writer.add(motion(50))
        raise RuntimeError("cancelled")
    with pytest.raises(PoseviewerError, match="no clip"), DatasetWriter(path):
        pass
    assert path.read_bytes() == before
    assert [child.name for child in tmp_path.iterdir()] == ["kept.h5"]


def test_writing_again_gives_the_same_bytes(tmp_path):
    first = written(tmp_path / "a.h5", [motion(), flat()]).read_bytes()
    (tmp_path / "other").mkdir()
    assert written(tmp_path / "other" / "a.h5", [motion(), flat()]).read_bytes() == first


def test_files_that_are_not_ours_are_refused(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = [1, 2]
    with pytest.raises(PoseviewerError, match="not a dataset of poseviewer; give one that `poseviewer import` wrote"):
        Dataset.open(tmp_path / "other.h5")
    with pytest.raises(PoseviewerError, match="no such file"):
        Dataset.open(tmp_path / "missing.h5")
    path = written(tmp_path / "future.h5", [motion()])
    with h5py.File(path, "a") as file:
        file.attrs["version"] = 99
    with pytest.raises(PoseviewerError, match=r"version 99.*update"):
        Dataset.open(path)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("offset", 1 << 40),
        ("offset", -5),
        ("length", 1 << 50),
        ("length", 0),
        ("skeleton", 7),
        ("fps", np.nan),
        ("fps", -1),
    ],
)
def test_a_table_that_points_outside_is_refused(tmp_path, column, value):
    path = written(tmp_path / "bad.h5", [motion()])
    with h5py.File(path, "a") as file:
        file[f"clips/{column}"][0] = value
    with pytest.raises(PoseviewerError, match="damaged"):
        Dataset.open(path)


def test_a_table_may_hold_small_integers(tmp_path):
    path = written(tmp_path / "small.h5", [motion(100, name="a"), motion(100, 1, name="b")])
    with h5py.File(path, "a") as file:
        for column in ("clips/offset", "clips/length"):
            numbers = file[column][()].astype("i1")
            del file[column]
            file[column] = numbers
    with Dataset.open(path) as dataset:
        assert_same(dataset.clip(1), motion(100, 1, name="b"))


def test_positions_are_numbers_of_every_joint(tmp_path):
    for numbers, words in ((np.zeros((20, 5, 3), "i4"), "int32"), (np.zeros((20, 4, 3), "f4"), r"\(20, 4, 3\)")):
        path = written(tmp_path / "a.h5", [motion()])
        with h5py.File(path, "a") as file:
            del file["skeletons/0/positions"]
            file["skeletons/0/positions"] = numbers
        with pytest.raises(PoseviewerError, match=f"positions: it holds .*{words}"):
            Dataset.open(path)


def test_a_name_has_fewer_letters_than_a_source(tmp_path):
    with Dataset.open(written(tmp_path / "a.h5", [motion(name="n" * 300, source="s" * 1200)])) as dataset:
        assert len(dataset.infos[0].name) == 200 and len(dataset.clip(0).source) == 1000


def test_a_claimed_size_without_content_is_refused(tmp_path):
    path = written(tmp_path / "huge.h5", [motion()])
    with h5py.File(path, "a") as file:
        file["skeletons/0/positions"].resize(1 << 40, axis=0)
        file["clips/length"][0] = 1 << 40
    with pytest.raises(PoseviewerError, match="claims"):
        Dataset.open(path)


def test_links_out_of_the_file_are_not_followed(tmp_path):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["positions"] = np.zeros((20, 5, 3), dtype="f4")
    path = written(tmp_path / "linked.h5", [motion()])
    with h5py.File(path, "a") as file:
        del file["skeletons/0/positions"]
        file["skeletons/0/positions"] = h5py.ExternalLink(str(secret), "/positions")
    with pytest.raises(PoseviewerError, match="missing"):
        Dataset.open(path)


def test_a_closed_dataset_says_so(tmp_path):
    dataset = Dataset.open(written(tmp_path / "closed.h5", [motion()]))
    dataset.close()
    with pytest.raises(PoseviewerError, match="closed"):
        dataset.clip(0)
