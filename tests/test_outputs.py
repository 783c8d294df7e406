"""Where a result may go: never onto what it is made from, and over somebody's work only where that is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from poseviewer.errors import PoseviewerError
from poseviewer.outputs import CHECKPOINT, DATASET, Kind, require_output

EXPORT = Kind("an export", (".bvh", ".mp4"), lambda out: out.suffix == ".mp4")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "take.h5"
    path.write_bytes(b"years of work")
    return path


def same(source: Path, how: str) -> Path:
    """Another path that leads to the same file."""
    other = source.with_name(f"other{source.suffix}")
    if how == "symlink":
        other.symlink_to(source)
    elif how == "hard link":
        os.link(source, other)
    elif how == "round about":
        return source.parent / "folder" / ".." / source.name
    elif how == "relative":
        return Path(os.path.relpath(source))
    elif how == "linked folder":
        (source.parent / "linked").symlink_to(source.parent, target_is_directory=True)
        return source.parent / "linked" / source.name
    return other if other.exists() else source


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("how", ["itself", "symlink", "hard link", "round about", "relative", "linked folder"])
def test_an_input_is_never_written_to(source: Path, how: str, force: bool) -> None:
    (source.parent / "folder").mkdir()
    with pytest.raises(PoseviewerError, match="is one of the files that are read; name another file"):
        require_output(same(source, how), DATASET, [source.parent / "more.bvh", source], force=force)


def test_what_lies_there_is_replaced_with_force_alone(source: Path) -> None:
    with pytest.raises(PoseviewerError, match=r"take\.h5: it is there already and would be lost; .*--force"):
        require_output(source, DATASET)
    require_output(source, DATASET, force=True)
    require_output(source.with_name("new.h5"), DATASET)


def test_a_link_that_leads_nowhere_is_there_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "link.h5").symlink_to(tmp_path / "nothing.h5")
    with pytest.raises(PoseviewerError, match="--force"):
        require_output(tmp_path / "link.h5", DATASET)


def test_links_in_a_circle_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.h5").symlink_to(tmp_path / "b.h5")
    (tmp_path / "b.h5").symlink_to(tmp_path / "a.h5")
    with pytest.raises(PoseviewerError, match="--force"):
        require_output(tmp_path / "a.h5", DATASET, [tmp_path / "b.h5"])


def test_what_can_be_made_again_is_replaced(tmp_path: Path) -> None:
    for name in ("film.mp4", "take.bvh"):
        (tmp_path / name).write_bytes(b"there")
    require_output(tmp_path / "film.mp4", EXPORT)
    with pytest.raises(PoseviewerError, match="--force"):
        require_output(tmp_path / "take.bvh", EXPORT)


@pytest.mark.parametrize(
    ("name", "kind", "cure"),
    [
        ("keep.bvh", DATASET, r"a dataset does not end in '\.bvh'; give \.h5 or \.hdf5"),
        ("my.h5", CHECKPOINT, r"a checkpoint does not end in '\.h5'; give \.safetensors"),
        ("model", CHECKPOINT, r"it has no suffix; give \.safetensors"),
    ],
)
@pytest.mark.parametrize("force", [False, True])
def test_the_suffix_fits_what_is_written(tmp_path: Path, name: str, kind: Kind, cure: str, force: bool) -> None:
    with pytest.raises(PoseviewerError, match=cure):
        require_output(tmp_path / name, kind, force=force)


def test_the_case_of_a_suffix_says_nothing(tmp_path: Path) -> None:
    require_output(tmp_path / "A.H5", DATASET)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.h5").mkdir()
    with pytest.raises(PoseviewerError, match="it is a folder; name a file"):
        require_output(tmp_path / "folder.h5", DATASET, force=True)
