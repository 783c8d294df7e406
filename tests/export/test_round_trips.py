"""Every kind of motion that is read, written in every format and read again: what a format holds comes back, and what
it cannot hold is said.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.data.importing import import_sources
from poseviewer.data.readers import read
from poseviewer.errors import PoseviewerError
from poseviewer.export import export_clip
from poseviewer.export.options import Options
from poseviewer.motion.clip import Clip
from poseviewer.motion.inverse import jointed
from poseviewer.motion.skeleton import HUMANOID, PENN13, Skeleton
from tests.data.damage import cmu_text, penn_label
from tests.export.conftest import STICK, swing
from tests.export.motions.test_bvh import RIG, moving

Field = Callable[[Clip], Any]
FORMATS = (".bvh", ".npz", ".csv", ".h5")


def _by_joint(clip: Clip, array: NDArray | None) -> dict[str, NDArray] | None:
    return None if array is None else {joint: array[:, j] for j, joint in enumerate(clip.skeleton.joints)}


def _plane(clip: Clip) -> NDArray | None:
    return None if clip.plane is None else np.array(clip.plane.numbers)


def _visibility(clip: Clip) -> dict[str, NDArray] | None:
    """Where all is visible nothing needs to be said."""
    return None if clip.visible is None or clip.visible.all() else _by_joint(clip, clip.visible)


# What a clip has, how it is looked up, which formats hold it, and how its loss is said.
YES, NO = True, False
TABLE: tuple[tuple[str, Field, tuple[bool, bool, bool, bool], str], ...] = (
    #                                                               bvh  npz  csv  h5
    ("joints", lambda c: set(c.skeleton.joints),                   (YES, YES, YES, YES), ""),
    ("parents", lambda c: _parents(c.skeleton),                    (YES, YES, YES, YES), ""),
    ("places at rest", lambda c: _rest(c.skeleton),                (YES, YES, YES, YES), ""),
    ("positions", lambda c: _by_joint(c, c.positions),             (YES, YES, YES, YES), ""),
    ("frame rate", lambda c: round(c.fps, 6),                      (YES, YES, YES, YES), ""),
    ("rotations", lambda c: _by_joint(c, c.rotations),             (YES, YES, NO,  YES), "rotations"),
    ("visibility", _visibility,              (NO,  YES, YES, YES), "visibility"),
    ("unknown joints", lambda c: bool(np.isnan(c.positions).any()), (NO,  YES, YES, YES), "unknown joints"),
    ("boxes", lambda c: c.boxes,                                   (NO,  YES, YES, YES), "boxes"),
    ("image size", lambda c: c.image_size,                         (NO,  YES, YES, YES), "image size"),
    ("action", lambda c: c.action,                                 (NO,  YES, YES, YES), "action"),
    ("subject", lambda c: c.subject,                               (NO,  YES, YES, YES), "subject"),
    ("split", lambda c: c.split,                                   (NO,  YES, YES, YES), "split"),
    ("loop", lambda c: c.loop,                                     (NO,  YES, YES, YES), "loop"),
    ("travel", lambda c: None if c.travel is None else np.round(c.travel, 9).tolist(), (NO, YES, YES, YES), "loop"),
    ("turn", lambda c: round(c.turn, 9),                           (NO,  YES, YES, YES), "loop"),
    ("generated frames", lambda c: c.seed_frames,                  (NO,  YES, YES, YES), "mark of generated frames"),
    ("assumed rate", lambda c: not c.fps_known,                    (NO,  YES, YES, YES), "sign that the frame rate"),
    ("drawn bones", lambda c: _bones(c.skeleton),                  (NO,  YES, YES, YES), "bones beside its tree"),
    ("sides", lambda c: _sides(c.skeleton),                        (YES, YES, YES, YES), ""),
    ("plane", _plane,                        (NO,  YES, YES, YES), ""),
    ("name", lambda c: c.name,                                     (NO,  YES, YES, YES), ""),
    ("skeleton's name", lambda c: c.skeleton.name,                 (NO,  YES, YES, YES), ""),
)  # fmt: skip
NOTHING: tuple[Any, ...] = (None, "", False, 0.0)


def _parents(skeleton: Skeleton) -> dict[str, str] | None:
    names = (*skeleton.joints, "")
    return None if skeleton.parents is None else {names[j]: names[p] for j, p in enumerate(skeleton.parents)}


def _rest(skeleton: Skeleton) -> dict[str, NDArray] | None:
    """The places of all but the roots, which hang on nothing."""
    if skeleton.offsets is None or skeleton.parents is None:
        return None
    return {skeleton.joints[j]: skeleton.offsets[j] for j, p in enumerate(skeleton.parents) if p >= 0}


def _bones(skeleton: Skeleton) -> Any:
    """The drawn bones that are not those of the tree."""
    tree = {(p, j) for j, p in enumerate(skeleton.parents or ()) if p >= 0}
    return sorted(skeleton.edges) if set(skeleton.edges) != tree else None


def _sides(skeleton: Skeleton) -> dict[str, str]:
    return {joint: skeleton.joints[m] for joint, m in zip(skeleton.joints, skeleton.mirror, strict=True)}


def alike(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return all(alike(a[key], b[key]) for key in a)
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.shape == b.shape:
        if a.shape[-1:] == (4,) and a.dtype.kind == "f" and np.isfinite(a).all():  # q and -q turn alike
            return bool((np.minimum(np.abs(a - b).max(-1), np.abs(a + b).max(-1)) < 1e-4).all())
        return bool(np.allclose(a.astype(float), b.astype(float), atol=1e-4, rtol=0, equal_nan=True))
    return type(a) is type(b) and bool(np.all(a == b))


def write(clip: Clip, out: Path) -> str:
    """What the program says after it has written the clip."""
    if out.suffix == ".h5":
        with DatasetWriter(out) as writer:
            writer.add(clip)
        return ""
    bench = Bench()
    bench.place(clip)
    *_, last = export_clip(bench, out, Options())
    return last.text


def refused(clip: Clip) -> str:
    """Why BVH cannot hold a clip at all, empty where it can."""
    parents = clip.skeleton.parents
    if clip.skeleton.dims == 2:
        return "BVH needs joint rotations in 3D"
    if parents is None or parents.count(-1) != 1:
        return "BVH takes one root"
    return "" if np.isfinite(clip.positions[:, clip.skeleton.root]).all() else "is unknown"


def assert_comes_back(clip: Clip, suffix: str, folder: Path) -> None:
    out = folder / f"there{suffix}"
    out.unlink(missing_ok=True)
    if suffix == ".bvh" and (words := refused(clip)):
        with pytest.raises(PoseviewerError, match=words):
            write(clip, out)
        assert not out.exists()
        return
    told = write(clip, out)
    (back,) = read(out)
    bare = suffix == ".bvh" and clip.rotations is None
    if bare:
        assert "bones whose length changes" in told and "cm off on average" in told
        clip, _ = jointed(clip)
    column = FORMATS.index(suffix)
    lost = set()
    for what, value, holds, words in TABLE:
        before, after = value(clip), value(back)
        if what == "positions" and not TABLE[7][2][column]:
            before = {joint: np.where(np.isnan(a), after[joint], a) for joint, a in before.items()}
        if holds[column]:
            assert alike(before, after), f"{what} of {clip.name!r} in {suffix}: {before} came back as {after}"
        elif words and not any(before is nothing or alike(before, nothing) for nothing in NOTHING):
            lost.add(words)
    said = {words for *_, words in TABLE if words and words in told.partition(" holds no ")[2]}
    assert said == lost, told
    assert (" holds no " in told) == bool(lost or bare), "nothing is said where nothing is lost"


def full(frames: int = 7) -> Clip:
    """A clip that has everything a clip can have."""
    draw = np.random.default_rng(3)
    clip = moving(RIG, [2, 4], 0.3, frames)
    visible = draw.uniform(size=(frames, 6)) > 0.3
    boxes = draw.normal(size=(frames, 4)).astype(np.float32)
    boxes[-1] = np.nan
    return replace(
        clip,
        fps=29.97,
        name="taken by hand, 2nd",
        fps_known=False,
        visible=visible,
        boxes=boxes,
        image_size=(640, 480),
        action="jump",
        subject="s 3",
        split="validation",
        loop=True,
        travel=(0.1, 0.0, -0.25),
        turn=0.75,
        seed_frames=4,
    )


def flat(skeleton: Skeleton = PENN13, frames: int = 5) -> Clip:
    draw = np.random.default_rng(5)
    positions = draw.normal(scale=0.3, size=(frames, len(skeleton.joints), 2))
    positions[1, 2] = np.nan
    return Clip(skeleton, positions, 25.0, "flat", visible=~np.isnan(positions[..., 0]))


def graph() -> Skeleton:
    """Joints that hang together in a circle, with sides that no name tells; names that look like formulas."""
    names = ("=1+1", "+a", "-b", "@c", "'quoted", "d, e; f \"g\"")  # fmt: skip
    edges = ((0, 1), (1, 2), (2, 0), (3, 4))
    return Skeleton("graph", names, None, edges, (1, 0, 2, 3, 5, 4), 2)


def two_bodies() -> Clip:
    parents = (-1, 0, -1, 2)
    skeleton = Skeleton.tree("two", ("a", "b", "c", "d"), parents, np.ones((4, 3)))
    draw = np.random.default_rng(1)
    turns = np.tile([1.0, 0, 0, 0], (3, 4, 1))
    return Clip(skeleton, draw.normal(size=(3, 4, 3)), 30.0, "two", rotations=turns)


def gap() -> Clip:
    """A clip with rotations and a joint that is unknown for a while."""
    positions = swing().positions.copy()
    positions[2:4, 3] = np.nan
    return replace(swing(), positions=positions)


def odd_bones() -> Clip:
    return replace(swing(), skeleton=replace(STICK, edges=((0, 1), (3, 4))))


MADE: dict[str, Callable[[], Clip]] = {
    "plain": lambda: replace(swing(), action=""),
    "everything": full,
    "one frame": lambda: replace(full(1), seed_frames=1, boxes=None),
    "generated from the start": lambda: replace(swing(rotations=False), seed_frames=0),
    "positions only": lambda: swing(rotations=False),
    "rotations without places at rest": lambda: replace(swing(), skeleton=replace(STICK, offsets=None)),
    "2D": flat,
    "2D graph of odd names": lambda: flat(graph()),
    "seen from one side": lambda: swing(loop=True).project(0.5),
    "turned by a cycle whose travel is not told": lambda: replace(swing(loop=True), turn=0.5),
    "two roots": two_bodies,
    "gap": gap,
    "all visible": lambda: replace(swing(), visible=np.ones((8, 5), dtype=bool)),
    "odd bones": odd_bones,
    "humanoid": lambda: Clip(HUMANOID, np.random.default_rng(0).normal(size=(4, 18, 3)), 30.0, "humanoid"),
    "far away": lambda: replace(swing(rotations=False), positions=swing().positions + np.float32(12345.0)),
    "tiny numbers": lambda: replace(swing(rotations=False), positions=swing().positions * np.float32(1e-7)),
}


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("kind", MADE)
def test_a_clip_comes_back(kind: str, suffix: str, tmp_path: Path) -> None:
    clip = MADE[kind]()
    if kind == "rotations without places at rest" and suffix == ".bvh":
        clip = replace(clip, skeleton=STICK)  # they are told from the motion: the same
    assert_comes_back(clip, suffix, tmp_path)


BVH = """HIERARCHY
ROOT joint_Root
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT Hips
  {
    OFFSET 0 90 0
    CHANNELS 6 Xposition Yposition Zposition Yrotation Xrotation Zrotation
    JOINT LeftUpLeg
    {
      OFFSET 10 0 0
      CHANNELS 4 Yposition Zrotation Xrotation Yrotation
      End Site
      {
        OFFSET 0 -40 0
      }
    }
  }
}
MOTION
Frames: 3
Frame Time: 0.0333
0 0 0 0 0 0  1 91 2 10 20 30  3 5 -60 7
0 0 0 0 0 0  2 92 4 20 30 40  4 15 -70 8
0 0 0 0 0 0  3 93 6 30 40 50  5 25 -80 9
"""


def sources(folder: Path) -> Iterator[Path]:
    """A small file of every kind that is read, but for .h5."""
    folder.mkdir()
    (folder / "rig.bvh").write_text(BVH)
    (folder / "0001.mat").write_bytes(penn_label())
    (folder / "0002.mat").write_bytes(penn_label(visibility=np.eye(12, 13, dtype=np.uint8)))
    with zipfile.ZipFile(folder / "cmu.zip", "w") as archive:
        archive.writestr("train/walking/walking_1.txt", cmu_text())
    np.save(folder / "22.npy", np.random.default_rng(0).normal(scale=0.2, size=(6, 22, 3)))
    np.save(folder / "7.npy", np.random.default_rng(0).normal(size=(6, 7, 2)))
    np.savez(folder / "plain.npz", positions=np.random.default_rng(0).normal(size=(6, 4, 3)))
    (folder / "plain.csv").write_text("frame,seconds,a_x,a_y,b_x,b_y\n0,0.0,1,2,3,4\n1,0.04,1,2,,\n2,0.08,2,3,4,5\n")
    yield from sorted(folder.iterdir())


def test_files_of_every_kind_come_back(tmp_path: Path) -> None:
    kinds = set()
    for path in sources(tmp_path / "sources"):
        for clip in read(path):
            kinds.add(path.suffix)
            for suffix in FORMATS:
                assert_comes_back(clip, suffix, tmp_path)
    assert kinds == {".bvh", ".mat", ".zip", ".npy", ".npz", ".csv"}


def test_the_demo_comes_back(demo: Path, tmp_path: Path) -> None:
    with Dataset.open(demo) as dataset:
        for name in ("walk", "cartwheel", "turn_left0"):
            for suffix in FORMATS:
                assert_comes_back(dataset.clip(dataset.find(name)), suffix, tmp_path)


@pytest.mark.parametrize(
    ("name", "count", "suffixes"),
    [
        ("formats/elephant.bvh", 1, FORMATS),
        ("formats/mixamo_one_fps.bvh", 1, FORMATS),
        ("formats/z_up.bvh", 1, FORMATS),
        ("formats/humanml3d_new_joints.npy", 1, FORMATS),
        ("cmu_varied_bvh.zip", 2, (".bvh", ".npz")),
        ("cmu_mocap_expmap.zip", 2, FORMATS),
        ("penn_action_labels.zip", 20, FORMATS),
    ],
)
def test_real_files_come_back(
    real_data: Path, tmp_path: Path, name: str, count: int, suffixes: tuple[str, ...]
) -> None:
    clips = list(islice(read(real_data / name), count))
    assert clips
    for clip in clips:
        for suffix in suffixes:
            assert_comes_back(clip.cut(0, 150), suffix, tmp_path)


def test_an_export_that_is_imported_comes_back(tmp_path: Path) -> None:
    """Written, read into a dataset, read from there."""
    clip = full()
    for suffix in (".npz", ".csv"):
        write(clip, tmp_path / f"there{suffix}")
        list(import_sources([tmp_path / f"there{suffix}"], tmp_path / f"{suffix[1:]}.h5"))
        (back,) = read(tmp_path / f"{suffix[1:]}.h5")
        for what, value, _, _ in TABLE:
            assert (suffix, what) == (".csv", "rotations") or alike(value(clip), value(back)), what


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.data())
def test_any_clip_comes_back_from_arrays_and_tables(tmp_path: Path, data: st.DataObject) -> None:
    frames, count = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 4))
    starts = st.sampled_from(["", "=", "+", "-", "@", "'", "''", "'=", "joint_x", "_visible", "box_left", "generated"])
    name = st.builds(str.__add__, starts, TEXTS).filter(bool)  # an empty one is given a letter where it is read
    names = data.draw(st.lists(name, min_size=count, max_size=count, unique=True))
    dims = data.draw(st.sampled_from([2, 3]))
    numbers = st.floats(-1e6, 1e6, width=32) | st.just(float("nan"))
    positions = np.array(data.draw(st.lists(numbers, min_size=frames * count * dims, max_size=frames * count * dims)))
    positions = positions.reshape(frames, count, dims)
    positions[np.isnan(positions).any(axis=-1)] = np.nan
    positions[0, 0] = 0.5  # something is known
    tree = tuple(data.draw(st.integers(-1, j - 1)) for j in range(count))
    skeleton = Skeleton.tree(data.draw(TEXTS) or "rig", tuple(names), tree, None, dims)  # type: ignore[arg-type]
    clip = Clip(
        skeleton,
        positions,
        data.draw(st.floats(0.1, 1000.0)),
        data.draw(TEXTS) or "clip",
        action=data.draw(TEXTS),
        subject=data.draw(TEXTS),
        split=data.draw(TEXTS),
        loop=data.draw(st.booleans()),
        seed_frames=data.draw(st.none() | st.integers(0, frames)),
    )
    for suffix in (".npz", ".csv"):
        assert_comes_back(clip, suffix, tmp_path)
        (back,) = read(tmp_path / f"there{suffix}")
        assert back.fps == clip.fps
        np.testing.assert_array_equal(back.positions, clip.positions)
