"""Import: any supported files and folders -> one dataset."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from poseviewer.data.dataset import DatasetWriter
from poseviewer.data.readers import steps
from poseviewer.data.readers.assumed import remarks
from poseviewer.data.reading import AS_FOUND, Reading
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import CANONICAL, Skeleton
from poseviewer.outputs import DATASET, require_output
from poseviewer.progress import Job, Progress
from poseviewer.text import counted

_BETWEEN_REPORTS = 0.1  # seconds
_MOST_NOTES = 10  # of the readers' remarks kept as provenance


def import_sources(
    sources: Sequence[Path],
    out: Path,
    reading: Reading = AS_FOUND,
    *,
    skeleton: str | None = None,
    licence: str = "",
    refused: list[PoseviewerError] | None = None,
    in_vain: dict[str, str] | None = None,
    force: bool = False,
) -> Job:
    """Read every source and write one dataset; `out` appears when it is complete.

    skeleton: a canonical one to map onto, by name. refused: collects the files that could not be read among others that
    could; the last progress counts them. in_vain: takes what of the reading had no effect, and why, by name. Splits are
    those that the format's folders or labels name. A dataset that is there is replaced with force alone, and one that
    lies in a folder of the sources is not read. Raises PoseviewerError where nothing could be read, and at once where
    `out` is a source.
    """
    require_output(out, DATASET, sources, force=force)
    if skeleton is not None and skeleton not in CANONICAL:
        cause, cure = "there is no such canonical skeleton", f"give {' or '.join(CANONICAL)}"
        raise PoseviewerError(f"skeleton {skeleton!r}", "", cause, cure)
    writer = DatasetWriter(out, licence)
    onto = CANONICAL.get(skeleton or "")
    found: list[PoseviewerError] = [] if refused is None else refused
    return _import(sources, writer, reading, onto, found, {} if in_vain is None else in_vain, force)


def _import(
    sources: Sequence[Path],
    writer: DatasetWriter,
    reading: Reading,
    onto: Skeleton | None,
    refused: list[PoseviewerError],
    in_vain: dict[str, str],
    force: bool,
) -> Job:
    notes: dict[str, None] = {}
    reported = time.monotonic()
    with writer:
        for source in sources:
            with closing(steps(source, reading, refused.append, writer.path)) as read:
                for progress, clip in read:
                    if clip is not None:
                        try:
                            clip = clip if onto is None else clip.onto(onto)
                            notes[clip.source.partition(": ")[2]] = None
                            writer.add(clip)
                        except PoseviewerError as error:
                            refused.append(error)
                    if time.monotonic() - reported > _BETWEEN_REPORTS:
                        reported = time.monotonic()
                        yield progress
        if not len(writer) and refused:
            raise refused[0]
        require_output(writer.path, DATASET, force=force)  # somebody else may have written it meanwhile
        in_vain |= remarks(reading, notes)
        writer.provenance = "; ".join(note for note in list(notes)[:_MOST_NOTES] if note)
    left_out = f", {len(refused)} left out ({refused[0]})" if refused else ""
    wrote = f"wrote {counted(len(writer), 'clip')}, {counted(writer.frames, 'frame')}"
    yield Progress(len(writer), len(writer), f"{wrote}{left_out}")
