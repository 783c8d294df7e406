"""Files that are the frames of one clip: a folder's files whose names differ by a number alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from poseviewer.data.sources import SourceFile

_NUMBER = re.compile(r"\d{1,18}(?![\dA-Za-z])")  # not that of "2d" or "h36m"
_TRAILING = " ._-"


def numbered(stem: str) -> tuple[str, int] | None:
    """What a name is without its last number, and that number: "a_000012_keypoints" is ("a_*_keypoints", 12)."""
    numbers = list(_NUMBER.finditer(stem))
    if not numbers:
        return None
    last = numbers[-1]
    return f"{stem[: last.start()]}*{stem[last.end() :]}", int(last[0])


def series_name(files: Iterable[SourceFile]) -> str:
    """What the frames of a clip are called together: what stands before their number, else their folder."""
    first = next(iter(files))
    found = numbered(first.stem)
    before = found[0].partition("*")[0].strip(_TRAILING) if found else first.stem
    if before.lower() not in ("", "frame", "img", "image"):
        return before
    if first.folders:
        return first.folders[-1]
    return first.path.parent.name if first.path is not None and first.path.parent.name else first.stem


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
