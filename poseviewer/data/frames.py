"""Files that are the frames of one clip: a folder's files whose names differ by a number alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from poseviewer.data.sources import SourceFile

_NUMBER = re.compile(r"\d{1,18}(?![\dA-Za-z])")  # not that of "2d" or "h36m"
_TRAILING = " ._-"
_OF_ANY = frozenset(
    (
        *(
            "",
            "/",
            "frame",
            "frames",
            "img",
            "image",
            "images",
            "keypoints",
            "json",
            "jsons",
            "openpose",
            "poses",
            "pose",
        ),
        *("output", "output_json", "output_jsons", "results", "predictions", "sep-json", "body3dscene"),
        *("hdpose3d_stage1_coco19", "hdpose3d_stage1", "vgapose3d_stage1_coco19", "vgapose3d_stage1"),
    )
)
"""Names that programs give to any frames, and to folders of them."""


def numbered(stem: str) -> tuple[str, int] | None:
    """What a name is without its last number, and that number: "a_000012_keypoints" is ("a_*_keypoints", 12)."""
    numbers = list(_NUMBER.finditer(stem))
    if not numbers:
        return None
    last = numbers[-1]
    return f"{stem[: last.start()]}*{stem[last.end() :]}", int(last[0])


def series_name(files: Sequence[SourceFile]) -> str:
    """What the frames of a clip are called together: what stands before their number, else the folder that says more
    than that frames are in it.
    """
    first = files[0]
    found = numbered(first.stem)
    before = found[0].partition("*")[0].strip(_TRAILING) if found else first.stem
    folders = first.path.parts[:-1] if first.path is not None else first.folders
    names = [name for name in (before, *reversed(folders)) if name.lower() not in _OF_ANY]
    return names[0] if names else before or first.stem


def gathered(files: Iterable[SourceFile], are_frames: Callable[[SourceFile], bool]) -> Iterator[tuple[SourceFile, ...]]:
    """Files one by one; those that are frames of one clip together, by number, after the others of their folder.

    are_frames: whether a file, the first of those that share their name, is one of several that make a clip.
    """
    folder: tuple[str, ...] = ()
    series: dict[str, list[tuple[int, SourceFile]] | None] = {}
    for file in files:
        if file.folders != folder:
            yield from _by_number(series)
            folder, series = file.folders, {}
        found = numbered(file.stem)
        key = f"{found[0]}{file.suffix}" if found else ""
        if found and key not in series:
            series[key] = [] if are_frames(file) else None
        members = series.get(key) if found else None
        if found and members is not None:
            members.append((found[1], file))
        else:
            yield (file,)
    yield from _by_number(series)


def _by_number(series: dict[str, list[tuple[int, SourceFile]] | None]) -> Iterator[tuple[SourceFile, ...]]:
    for members in filter(None, series.values()):
        yield tuple(file for _, file in sorted(members, key=lambda member: member[0]))
