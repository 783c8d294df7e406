"""Our .csv read: as it was written, as others saved it again, and damaged."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from poseviewer.data.readers import read
from poseviewer.data.readers.arrays.csv import as_cell, of_cell
from poseviewer.errors import PoseviewerError
from poseviewer.export.motions.csv import write as write_csv
from poseviewer.motion.clip import Clip
from poseviewer.motion.plausible import in_letters
from poseviewer.motion.skeleton import Skeleton
from tests.data.damage import motion

HEADER = "frame,seconds,a_x,a_y,b_x,b_y\n"
ROWS = "0,0.00,1,2,3,4\n1,0.04,1.5,2,,\n2,0.08,2,3,4,5\n"


def clip_of(text: str, folder: Path) -> Clip:
    (folder / "t.csv").write_text(text, encoding="utf-8")
    (clip,) = read(folder / "t.csv")
    return clip


def written(clip: Clip, folder: Path) -> list[list[str]]:
    """The cells of the table of a clip."""
    list(write_csv(clip, folder / "w.csv"))
    with (folder / "w.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def text_of(rows: list[list[str]], delimiter: str = ",") -> str:
    return "".join(delimiter.join(f'"{cell.replace(chr(34), 2 * chr(34))}"' for cell in row) + "\n" for row in rows)


def test_a_table_of_columns_alone_is_read(tmp_path: Path) -> None:
    clip = clip_of(HEADER + ROWS, tmp_path)
    assert (clip.skeleton.joints, clip.skeleton.dims, clip.skeleton.parents) == (("a", "b"), 2, None)
    assert (clip.fps, clip.fps_known, clip.name, clip.seed_frames, clip.visible) == (25.0, True, "t", None, None)
    np.testing.assert_array_equal(clip.positions[0], [[1, 2], [3, 4]])
    assert np.isnan(clip.positions[1, 1]).all() and clip.positions[1, 0, 0] == 1.5


@pytest.mark.parametrize("fps", [0.5, 23.976, 25.0, 29.97, 30.0, 59.94, 60.0, 120.0, 1000.0])
def test_the_rate_is_exact_with_and_without_what_we_add(tmp_path: Path, fps: float) -> None:
    rows = written(motion(40, fps=fps), tmp_path)
    assert clip_of(text_of(rows), tmp_path).fps == fps
    bare = clip_of(text_of([row[:-1] for row in rows]), tmp_path)
    assert bare.fps == pytest.approx(fps, rel=1e-4) and (bare.fps == fps or fps not in (25.0, 30.0, 60.0, 120.0))


@pytest.mark.parametrize("fps", ["[30, 60]", '"fast"', "NaN", "-25"])
def test_a_rate_that_is_none_gives_way_to_the_seconds(tmp_path: Path, fps: str) -> None:
    rows = list(csv.reader((HEADER + ROWS).splitlines()))
    about = ["poseviewer", f'{{"fps": {fps}, "fps_known": false}}', "", ""]
    clip = clip_of(text_of([[*row, cell] for row, cell in zip(rows, about, strict=True)]), tmp_path)
    assert (clip.fps, clip.fps_known) == (25.0, True)


def test_lines_may_end_as_on_any_system(tmp_path: Path) -> None:
    for end in ("\r\n", "\r"):
        (tmp_path / "e.csv").write_bytes((HEADER + ROWS).replace("\n", end).encode())
        (clip,) = read(tmp_path / "e.csv")
        assert len(clip) == 3 and clip.positions[2, 1, 1] == 5


def test_more_numbers_than_are_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("poseviewer.data.readers.arrays.csv._MAX_NUMBERS", 12)
    with pytest.raises(PoseviewerError, match="line 4: it holds more than the 12 numbers that are read; cut it"):
        clip_of(HEADER + ROWS, tmp_path)


def test_a_single_frame_has_no_rate_of_its_own(tmp_path: Path) -> None:
    clip = clip_of(HEADER + "0,0,1,2,3,4\n", tmp_path)
    assert (len(clip), clip.fps, clip.fps_known) == (1, 30.0, False)


def test_saved_again_by_a_spreadsheet_in_another_country(tmp_path: Path) -> None:
    clip = motion(9, name="mine", action="walk", seed_frames=4)
    rows = written(clip, tmp_path)
    rows = [rows[0]] + [[cell.replace(".", ",") for cell in row[:-1]] + row[-1:] for row in rows[1:]]
    for delimiter in (";", "\t"):
        back = clip_of("\ufeff" + text_of(rows, delimiter), tmp_path)
        np.testing.assert_array_equal(back.positions, clip.positions)
        assert (back.name, back.action, back.seed_frames, back.fps) == ("mine", "walk", 4, 30.0)
        assert back.skeleton.same_as(clip.skeleton)


def test_saved_again_with_an_index_and_a_column_of_notes(tmp_path: Path) -> None:
    clip = motion(5)
    rows = written(clip, tmp_path)
    rows = [["", *rows[0], "note"]] + [[str(k), *row, "blurred"] for k, row in enumerate(rows[1:])]
    back = clip_of(text_of(rows), tmp_path)
    np.testing.assert_array_equal(back.positions, clip.positions)
    assert back.skeleton.same_as(clip.skeleton)


def test_frames_may_be_cut_off_at_both_ends(tmp_path: Path) -> None:
    clip = motion(9, fps=29.97, seed_frames=6)
    rows = written(clip, tmp_path)
    end = clip_of(text_of(rows[:6]), tmp_path)
    assert (len(end), end.seed_frames, end.fps) == (5, 5, 29.97) and end.skeleton.same_as(clip.skeleton)
    begin = clip_of(text_of([rows[0], *rows[4:]]), tmp_path)
    np.testing.assert_array_equal(begin.positions, clip.positions[3:])
    assert begin.seed_frames == 3 and begin.fps == pytest.approx(29.97, rel=1e-4)


def test_joints_that_were_left_out_leave_no_wrong_bones(tmp_path: Path) -> None:
    rows = [row[:2] + row[5:] for row in written(motion(4), tmp_path)]
    back = clip_of(text_of(rows), tmp_path)
    assert back.skeleton.joints == ("LeftUpLeg", "LeftLeg", "Spine", "Head")
    assert back.skeleton.parents is None and not back.skeleton.edges


def test_a_rate_that_the_seconds_contradict_is_told_from_them(tmp_path: Path) -> None:
    rows = written(motion(6, fps=30.0), tmp_path)
    for k, row in enumerate(rows[1:]):
        row[1] = f"{k / 60:.6f}"
    assert clip_of(text_of(rows), tmp_path).fps == 60.0


def test_a_rate_that_was_assumed_is_known_once_somebody_has_put_the_seconds_right(tmp_path: Path) -> None:
    rows = written(motion(6, fps=30.0, fps_known=False), tmp_path)
    assert not clip_of(text_of(rows), tmp_path).fps_known
    for k, row in enumerate(rows[1:]):
        row[1] = f"{k / 60:.6f}"
    back = clip_of(text_of(rows), tmp_path)
    assert (back.fps, back.fps_known) == (60.0, True)


def test_an_apostrophe_that_is_part_of_a_name_stays() -> None:
    assert of_cell("'n' Sync") == "'n' Sync"


def test_no_cell_of_text_is_a_formula(tmp_path: Path) -> None:
    names = ("=1+1", "+a", "-b", "@c", "\td", "'=e", "f")
    skeleton = Skeleton.tree("=rig", names, (-1, 0, 1, 2, 3, 4, 5))
    clip = Clip(skeleton, np.zeros((3, 7, 3)), 30.0, "=name", visible=np.ones((3, 7), dtype=bool))
    rows = written(clip, tmp_path)
    for cell in [cell for row in rows for cell in row]:
        assert not cell or (cell[0] not in "=+@\t\r" and (cell[0] != "-" or float(cell) <= 0)), cell
    back = clip_of(text_of(rows), tmp_path)
    assert back.skeleton.same_as(in_letters(skeleton)) and (back.name, back.skeleton.name) == ("=name", "=rig")


@pytest.mark.parametrize("text", ["", "a", "=", "=a", "'", "''", "'=", "''=", "-1", "@", "\t", "'a"])
def test_cells_give_back_their_text(text: str) -> None:
    assert of_cell(as_cell(text)) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADER + ROWS.replace("1.5", "1.5m"), r"line 3, column 'a_x': '1\.5m' is no number; correct that cell"),
        (HEADER + ROWS.replace("1.5,2,,", "1.5,2"), "line 3: it has 4 cells and the header has 6; complete"),
        (HEADER + ROWS.replace("2,0.08", "3,0.08"), r"line 4, column 'frame': frame 3 stands after 1; number"),
        (HEADER + ROWS.replace("0,0.00", ",0.00"), "line 2, column 'frame'"),
        (HEADER + ROWS.replace("0.04", "0.07"), "line 3, column 'seconds': the frames are not evenly spaced"),
        (HEADER + ROWS.replace("0.08", ""), "line 2, column 'seconds'|line 4, column 'seconds'"),
        (HEADER + ROWS.replace("0.08", "-0.08"), "column 'seconds'"),
        (HEADER, "it has a header and no frames"),
        (HEADER.replace("b_y", "b_u") + ROWS, "line 1: there is no column 'b_y'; give a header with frame, seconds"),
        (HEADER.replace("b_x", "a_x") + ROWS, "line 1, column 5: 'a_x' is there twice; rename"),
        ("frame,seconds\n0,0\n", "there is no column 'NAME_x'"),
        (HEADER.replace("\n", ",generated\n") + "0,0,1,2,3,4,1\n1,0.1,1,2,3,4,0\n", "line 3, column 'generated'"),
        (HEADER.replace("\n", ",poseviewer\n") + "0,0,1,2,3,4,{\n", "column 'poseviewer': it holds no JSON object"),
        (HEADER.replace("\n", ",poseviewer\n") + '0,0,1,2,3,4,"[1]"\n', "column 'poseviewer': it holds no JSON object"),
        (HEADER.replace("\n", ",poseviewer\n") + '0,0,1,2,3,4,"{""fps"": {}}"\n', "column 'poseviewer': 'fps'"),
        (HEADER.replace("\n", ",poseviewer\n") + "0,0,1,2,3,4," + "[" * 50_000 + "\n", "column 'poseviewer'"),
        (HEADER + f'0,0,1,2,3,"{"9" * 200_000}"\n', "line 2: it is damaged"),
    ],
)
def test_damage_is_told_with_its_line_and_column(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(PoseviewerError, match=words) as caught:
        clip_of(text, tmp_path)
    assert caught.value.cure and caught.value.what == "t.csv"


@pytest.mark.parametrize(
    "text",
    [
        "0.1,0.2,0.3\n0.1,0.2,0.3\n",
        "time,a_x,a_y\n0,1,2\n",
        "\n",
    ],
)
def test_tables_of_others_are_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(PoseviewerError, match=r"is not that of a .*joint table.* file; give a header with NAME_x"):
        clip_of(text, tmp_path)


def test_what_the_clip_has_once_fits_the_cells_of_a_spreadsheet(tmp_path: Path) -> None:
    skeleton = Skeleton.tree("many", tuple(f"joint {j}" for j in range(900)), tuple(range(-1, 899)), np.ones((900, 3)))
    clip = Clip(skeleton, np.zeros((20, 900, 3)), 30.0, "many")
    rows = written(clip, tmp_path)
    assert max(len(cell) for row in rows for cell in row) < 32_767
    (back,) = read(tmp_path / "w.csv")
    assert back.skeleton.same_as(skeleton)
