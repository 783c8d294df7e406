"""Motion as data: npz, csv and BVH hold what the bench holds."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from poseviewer.bench.bench import Bench
from poseviewer.data.dataset import Dataset
from poseviewer.data.readers import open_dataset, read
from poseviewer.errors import PoseviewerError
from poseviewer.export import export_clip
from poseviewer.export.formats import FORMATS, MOTIONS
from poseviewer.export.motion import motion_of
from poseviewer.export.options import Options
from poseviewer.motion import kinematics
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import PENN13
from tests.export.conftest import FRAMES, STICK, swing
from tests.standing_in import Made


def finished(bench: Bench, out: Path, options: Options | None = None) -> str:
    """What is said last."""
    *_, last = export_clip(bench, out, options or Options())
    return last.text


def with_rollout(bench: Bench, seed: int, generated: int) -> Bench:
    """The bench after a model that repeats the seed's last pose."""
    assert bench.clip is not None
    bench.seed = (0, seed)
    part = bench.clip.cut(0, seed)
    poses = np.repeat(part.positions[None, -1:], generated, axis=1)
    rollout = Made(part, poses)
    bench.set_rollout(cast(Any, rollout))
    return bench


def test_npz_comes_back(bench: Bench, tmp_path: Path) -> None:
    finished(bench, tmp_path / "a.npz")
    (clip,) = read(tmp_path / "a.npz")
    original = swing()
    np.testing.assert_array_equal(clip.positions, original.positions)
    assert clip.rotations is not None and original.rotations is not None
    np.testing.assert_allclose(clip.rotations, original.rotations, atol=1e-6)
    assert (clip.fps, clip.action, clip.skeleton.joints) == (30.0, "turn", STICK.joints)
    assert clip.skeleton.parents == STICK.parents


@pytest.mark.parametrize("suffix", MOTIONS)
def test_a_suffix_in_capitals_is_a_suffix(bench: Bench, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"A{suffix.upper()}"
    finished(bench, out)
    assert list(tmp_path.iterdir()) == [out]
    if suffix == ".glb":  # is not read again
        return
    (clip,) = read(out)
    assert len(clip) == FRAMES


def test_npz_marks_generated_frames(bench: Bench, tmp_path: Path) -> None:
    finished(with_rollout(bench, 4, 6), tmp_path / "a.npz")
    (clip,) = read(tmp_path / "a.npz")
    assert (len(clip), clip.seed_frames) == (10, 4)
    np.testing.assert_array_equal(clip.positions[:4], swing().positions[:4])
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert arrays["rotations"].shape == (*arrays["positions"].shape[:2], 4)


def test_frames_behind_a_2d_seed_keep_its_labels(tmp_path: Path) -> None:
    positions = np.random.default_rng(0).normal(size=(4, 13, 2))
    visible = np.ones((4, 13), dtype=bool)
    visible[1, 2] = False
    bench = Bench()
    bench.place(Clip(PENN13, positions, 30.0, "2d", visible=visible, boxes=np.ones((4, 4)), image_size=(64, 48)))
    finished(with_rollout(bench, 4, 3), tmp_path / "a.npz")
    (clip,) = read(tmp_path / "a.npz")
    assert clip.visible is not None and clip.boxes is not None and clip.image_size == (64, 48)
    np.testing.assert_array_equal(clip.visible[:4], visible)
    assert clip.visible[4:].all() and np.isnan(clip.boxes[4:]).all() and (clip.boxes[:4] == 1).all()


def test_of_several_samples_the_first_is_written_and_that_is_said(bench: Bench, tmp_path: Path) -> None:
    with_rollout(bench, 4, 6)
    assert bench.lane.rollout is not None
    assert ";" not in finished(bench, tmp_path / "a.npz")
    cast(Any, bench.lane.rollout).poses = np.repeat(bench.lane.rollout.poses, 3, axis=0)
    cast(Any, bench.lane.rollout).samples = 3
    assert finished(bench, tmp_path / "a.npz").endswith("; it is the first of 3 samples")
    seed, away = bench.lane.rollout.seed, np.arange(3, dtype=np.float32)[:, None, None, None]
    poses = bench.lane.rollout.poses + away
    bench.set_rollout(cast(Any, Made(seed, poses)))
    bench.put(replace(bench.lane, sample=2))
    assert finished(bench, tmp_path / "b.npz").endswith("; it is sample 3 of 3 samples")
    (clip,) = read(tmp_path / "b.npz")
    np.testing.assert_array_equal(clip.positions[4:], poses[2])


def test_the_job_returns_what_it_says_last(bench: Bench, tmp_path: Path) -> None:
    job = export_clip(bench, tmp_path / "a.bvh", Options())
    with pytest.raises(StopIteration) as end:
        while True:
            last = next(job)
    assert end.value.value == last.text == f"wrote {tmp_path / 'a.bvh'}; BVH holds no action"


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("suffix", [".bvh", ".npz", ".csv"])
def test_a_file_that_is_open_is_never_written_to(tmp_path: Path, suffix: str, force: bool) -> None:
    """Whichever clip lies on the bench: another dataset's file is open too."""
    source = tmp_path / f"open{suffix}"
    list(export_clip(_benched(swing()), source, Options()))
    bench = _benched(swing())
    bench.datasets = [Dataset.of([swing()], "other"), open_dataset(source)]
    content = source.read_bytes()
    with pytest.raises(PoseviewerError, match="it is one of the files that are read; name another file"):
        export_clip(bench, source, Options(), force=force)
    bench.datasets = [open_dataset(tmp_path)]
    with pytest.raises(PoseviewerError, match="it is one of the files that are read; name another file"):
        export_clip(bench, source, Options(), force=force)
    assert source.read_bytes() == content
    finished(bench, tmp_path / f"new{suffix}")


def _benched(clip: Clip) -> Bench:
    bench = Bench()
    bench.place(clip)
    return bench


def test_bvh_comes_back(bench: Bench, tmp_path: Path) -> None:
    finished(bench, tmp_path / "a.bvh")
    (clip,) = read(tmp_path / "a.bvh")
    np.testing.assert_allclose(clip.positions[:, :5], swing().positions, atol=1e-4)


def test_generated_frames_go_out_as_bvh_on_the_bones_of_their_seed(tmp_path: Path) -> None:
    bench = Bench()
    bench.place(swing(rotations=False))
    told = finished(with_rollout(bench, 4, 6), tmp_path / "a.bvh")
    assert "BVH holds no" in told and "bones whose length changes" in told and "cm off on average" in told
    (clip,) = read(tmp_path / "a.bvh")
    whole = motion_of(bench, Options())
    assert len(clip) == len(whole) == 10 and clip.rotations is not None
    assert clip.positions[:, :5] == pytest.approx(whole.positions, abs=2e-2)


def test_generated_frames_go_out_as_arrays_with_rotations_beside_their_own_positions(tmp_path: Path) -> None:
    bench = Bench()
    bench.place(swing(rotations=False))
    finished(with_rollout(bench, 4, 6), tmp_path / "a.npz")
    (clip,) = read(tmp_path / "a.npz")
    assert clip.positions == pytest.approx(motion_of(bench, Options()).positions) and clip.rotations is not None
    assert clip.skeleton.offsets is not None and clip.skeleton.parents is not None
    made = kinematics.forward(clip.positions[:, 0], clip.rotations, clip.skeleton.offsets, clip.skeleton.parents)
    assert made == pytest.approx(clip.positions, abs=2e-2)


def test_motion_goes_out_at_the_rate_that_is_asked_for(tmp_path: Path) -> None:
    bench = Bench()
    bench.place(swing())
    finished(bench, tmp_path / "a.bvh", Options(fps=60.0))
    (clip,) = read(tmp_path / "a.bvh")
    assert clip.fps == pytest.approx(60.0) and len(clip) == 2 * len(swing()) - 1
    assert clip.positions[::2, :5] == pytest.approx(swing().positions, abs=1e-4)
    assert "CHANNELS 6" not in (tmp_path / "a.bvh").read_text().partition("JOINT")[2]  # bones stay as long as they are


def test_csv_has_a_row_a_frame_and_blanks_where_unknown(tmp_path: Path) -> None:
    positions = np.array(swing().positions)
    positions[3, 2] = np.nan
    bench = Bench()
    bench.place(Clip(STICK, positions, 30.0, "gap"))
    finished(with_rollout(bench, 4, 2), tmp_path / "a.csv")
    rows = list(csv.DictReader((tmp_path / "a.csv").open(encoding="utf-8")))
    assert len(rows) == 6
    assert [row["generated"] for row in rows] == ["0", "0", "0", "0", "1", "1"]
    assert rows[3]["head_x"] == "" and rows[3]["hip_x"] != ""
    assert float(rows[2]["seconds"]) == pytest.approx(2 / 30, abs=1e-6)
    assert float(rows[1]["head_y"]) == pytest.approx(float(positions[1, 2, 1]), rel=1e-4)


@pytest.mark.parametrize(
    ("frames", "expected"), [((None, None), (0, FRAMES)), ((2, 5), (2, 5)), ((6, None), (6, 8)), ((None, 3), (0, 3))]
)
def test_frames_choose_a_part(bench: Bench, frames: tuple[int | None, int | None], expected: tuple[int, int]) -> None:
    part = motion_of(bench, Options(frames=frames))
    np.testing.assert_array_equal(part.positions, swing().positions[slice(*expected)])


def test_frames_reach_across_the_seed(bench: Bench) -> None:
    part = motion_of(with_rollout(bench, 4, 6), Options(frames=(2, 8)))
    assert (len(part), part.seed_frames) == (6, 2)


@pytest.mark.parametrize("frames", [(8, None), (0, 9), (None, 9), (9, 20)])
def test_frames_outside_the_clip_are_told_what_there_is(bench: Bench, frames: tuple[int | None, int | None]) -> None:
    with pytest.raises(PoseviewerError, match=r"it has frames 0:8; stay within them.$"):
        motion_of(bench, Options(frames=frames))


@pytest.mark.parametrize("frames", [(5, 5), (6, 2), (None, 0), (30, 20)])
@pytest.mark.parametrize("loop", [False, True])
def test_frames_the_wrong_way_round_are_told_so(frames: tuple[int | None, int], loop: bool) -> None:
    bench = Bench()
    bench.place(swing(loop=loop))
    with pytest.raises(PoseviewerError, match="give A smaller than B") as caught:
        motion_of(bench, Options(frames=frames))
    assert "--seconds" not in str(caught.value)


def test_frames_beyond_a_loop_name_what_carries_it_on(bench: Bench) -> None:
    loop = Bench()
    loop.place(swing(loop=True))
    with pytest.raises(PoseviewerError, match=r"it has frames 0:8; .* also --seconds"):
        motion_of(loop, Options(frames=(0, 20)))
    with pytest.raises(PoseviewerError, match=r"it has frames 0:15; .* more --seconds"):
        motion_of(loop, Options(frames=(0, 20), seconds=0.5))
    assert len(motion_of(loop, Options(frames=(0, 20), seconds=1.0))) == 20
    with pytest.raises(PoseviewerError, match=r"stay within them.$"):
        motion_of(with_rollout(loop, 4, 2), Options(frames=(0, 20)))


def test_a_known_set_of_joints_stays_itself(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.random.default_rng(0).normal(size=(6, 22, 3)))
    (clip,) = read(tmp_path / "a.npy")
    bench = Bench()
    bench.place(clip)
    finished(bench, tmp_path / "b.npz")
    (back,) = read(tmp_path / "b.npz")
    assert clip.skeleton.parents is not None and back.skeleton.same_as(clip.skeleton) and back.fps == clip.fps
    assert "22 joints named in the file" in back.source


def test_seconds_cut_a_clip_and_carry_on_a_loop(bench: Bench) -> None:
    assert len(motion_of(bench, Options(seconds=0.1))) == 3
    assert len(motion_of(bench, Options(seconds=10.0))) == FRAMES
    loop = Bench()
    loop.place(swing(loop=True))
    carried = motion_of(loop, Options(seconds=1.0))
    assert len(carried) == 30
    step = np.diff(carried.positions[:, 0, 0])
    assert step.min() > 0, "the root travel goes on"


@pytest.mark.parametrize("options", [{"size": (0, 90)}, {"size": (99999, 90)}, {"seconds": 0.0}, {"seconds": 1e9}])
def test_impossible_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(PoseviewerError):
        replace(Options(), **options)


@pytest.mark.parametrize("name", ["a.avi", "a", "a.h5"])
def test_unknown_formats_are_refused_with_those_that_are_known(bench: Bench, tmp_path: Path, name: str) -> None:
    with pytest.raises(PoseviewerError, match=next(iter(FORMATS))):
        export_clip(bench, tmp_path / name, Options())


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".bvh", ".mp4"])
def test_a_missing_folder_is_a_sentence(bench: Bench, tmp_path: Path, suffix: str) -> None:
    with pytest.raises((PoseviewerError, OSError), match=r"nowhere|No such file"):
        finished(bench, tmp_path / "nowhere" / f"a{suffix}")
