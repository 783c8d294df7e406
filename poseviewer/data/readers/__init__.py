"""Readers of motion files: the registry, the choice by suffix and content, the entry point for other people's readers.

A reader is one module with NAME, SUFFIXES, `accepts(file)` (cheap: the suffix and the head of the file) and
`read(file) -> Iterator[Clip]`. To add one: write the module in its family and add its name to _MODULES; or, in another
package, give the module (or any object with these four) as an entry point of the group "poseviewer.readers". Units and
axes are converted inside the reader: metres, y up; 2D in image heights, origin at the centre, y up.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from poseviewer.data.dataset import Dataset, Gathering
from poseviewer.data.frames import gathered
from poseviewer.data.hdf5 import OtherHdf5
from poseviewer.data.readers.assumed import assumed as told_of
from poseviewer.data.readers.assumed import in_vain, remarks, require_possible, unread
from poseviewer.data.readers.crew import understood
from poseviewer.data.readers.pace import pace_note
from poseviewer.data.reading import AS_FOUND, Reading
from poseviewer.data.sources import SourceFile, opened
from poseviewer.data.upright import doubts
from poseviewer.errors import Companion, PoseviewerError
from poseviewer.libraries import missing
from poseviewer.motion.clip import Clip
from poseviewer.motion.plausible import plausible
from poseviewer.outputs import same_file
from poseviewer.paths import DATASET_SUFFIXES
from poseviewer.progress import Progress, finished
from poseviewer.text import counted, printable
from poseviewer.unreadable import unreadable

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "poseviewer.readers"
_MODULES = (
    "keypoints.sleap",
    "keypoints.deeplabcut",
    "h5",
    "rigs.bvh",
    "rigs.amc",
    "rigs.mvnx",
    "rigs.h36m",
    "markers.c3d",
    "markers.trc",
    "arrays.videopose3d",
    "arrays.h36m_cdf",
    "keypoints.ntu",
    "keypoints.penn",
    "rigs.cmu",
    "keypoints.romp",
    "keypoints.image_sets",
    "keypoints.panoptic",
    "bodies.smpl",
    "bodies.poselib",
    "bodies.simulated",
    "bodies.unitree",
    "arrays.positions",
    "arrays.csv",
    "arrays.columns",
    "keypoints.json_files",
    "arrays.results",
)
_BETWEEN_REPORTS = 0.05  # seconds
_RATE, _RATE_ASSUMED = "frame rate", "frame rate assumed"
_MOST_NOTES = 5  # of the readers' remarks kept as provenance


class Reader(Protocol):
    """NAME: as a user says it; SUFFIXES: lower case with the dot. It may also have READS and ASSUMES: what is read of
    such a file and what is assumed where it does not say it, for the table of `poseviewer formats`; EXPECTED: what to
    give in place of a file that has the suffix and not the content; and, where a file may be one frame of a clip,
    `read_frames(files: Sequence[SourceFile]) -> Iterator[Clip | None]`: it is given all of a folder whose names differ
    by a number alone, in its order, and yields None for each of them before it has the clips.
    """

    NAME: str
    SUFFIXES: tuple[str, ...]

    def accepts(self, file: SourceFile) -> bool:
        """Whether the file, which has one of the suffixes, is of this format."""
        ...

    def read(self, file: SourceFile) -> Iterator[Clip]:
        """Its clips. Raises PoseviewerError naming the place, the cause and the cure."""
        ...


@cache
def readers() -> tuple[Reader, ...]:
    """Those that are installed as entry points, which are asked first, then the built-in ones."""
    from importlib.metadata import entry_points

    return (*map(_plugged, entry_points(group=ENTRY_POINTS)), *built_in())


@cache
def built_in() -> tuple[Reader, ...]:
    """Our own, in the order in which they are asked."""
    return tuple(cast(Reader, importlib.import_module(f"{__name__}.{module}")) for module in _MODULES)


def _plugged(point: EntryPoint) -> Reader:
    """Another package's reader. Raises PoseviewerError where it cannot be loaded."""
    try:
        return _Plugged(point.load(), point.name)
    except (Exception, SystemExit) as error:  # a stranger's code: whatever it trips over becomes a sentence
        cause = f"its package fails: {type(error).__name__}: {str(error)[:200]}"
        cure = "install what it needs, or uninstall the package"
        raise PoseviewerError(f"reader {point.name!r} ({point.value})", "", cause, cure) from error


class _Plugged:
    """Another package's reader: its suffixes as ours are written, its failures a sentence."""

    def __init__(self, reader: Reader, name: str) -> None:
        self._reader, self.NAME = reader, printable(str(getattr(reader, "NAME", name)))
        given = (reader.SUFFIXES,) if isinstance(reader.SUFFIXES, str) else reader.SUFFIXES
        self.SUFFIXES = tuple(f".{str(suffix).lower().lstrip('.')}" for suffix in given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def accepts(self, file: SourceFile) -> bool:
        try:
            return bool(self._reader.accepts(file))
        except PoseviewerError:
            raise
        except Exception as error:
            cause = f"the installed reader {self.NAME!r} fails: {type(error).__name__}: {str(error)[:200]}"
            raise PoseviewerError(file.name, "", cause, "ask its author, or uninstall its package") from error

    def read(self, file: SourceFile) -> Iterator[Clip]:
        yield from self._reader.read(file)


def suffixes() -> tuple[str, ...]:
    """All suffixes that can be opened, for file dialogs; ".zip" for an archive of any of them."""
    return tuple(dict.fromkeys([s for reader in readers() for s in reader.SUFFIXES] + [".zip"]))


def read(
    path: Path | str,
    reading: Reading = AS_FOUND,
    *,
    refused: Callable[[PoseviewerError], None] | None = None,
    without: Path | None = None,
) -> Iterator[Clip]:
    """The clips of a file, or of all files that are understood in a folder or .zip, in the order of their names.

    refused: told of a damaged file among others, which is then left out; without it the first one raises. without: a
    file that is passed over, because what is read goes there. Raises PoseviewerError where nothing is read.
    """
    return (clip for _, clip in steps(Path(path), reading, refused, without) if clip is not None)


def steps(
    path: Path, reading: Reading, refused: Callable[[PoseviewerError], None] | None, without: Path | None = None
) -> Generator[tuple[Progress, Clip | None], None, None]:
    """`read`, and how far it has come: before every file without a clip, then with each of its clips."""
    count, number, single = 0, 0, path.is_file() and path.suffix.lower() != ".zip"
    problems: list[PoseviewerError] = []
    with opened(path) as (total, found):
        files = (replace(file, reading=reading) for file in found if not _is(file, without))
        for group, clips in understood(gathered(files, _are_frames), total, clips_of, _suffixes()):
            before, number = number, number + len(group)
            progress = Progress(before, 0 if single else total, f"reads {group[0].name}")
            yield progress, None
            if clips is None and single:
                raise _unsupported(group[0])
            try:
                for clip in clips or ():
                    count += clip is not None
                    before = min(before + (clip is None), number)
                    yield replace(progress, done=before), clip
            except Companion as error:
                if single:
                    raise
                problems.append(error)
            except PoseviewerError as error:
                if refused is None or single:
                    raise
                problems.append(error)
                refused(error)
    if not count and problems:
        raise min(problems, key=lambda problem: isinstance(problem, Companion))
    if not count:
        cure = "export it again, with its frames" if single else f"it may hold {_supported()}"
        raise PoseviewerError(path, "", "there is no motion in it that can be read", cure)


def clips_of(group: Sequence[SourceFile]) -> Iterator[Clip | None] | None:
    """The clips of a file, or of several that are its frames, with what is remarked of them; None where no reader
    understands it.
    """
    reader, reading = _reader_of(group[0]), group[0].reading
    if reader is None:
        return None
    clips = _checked(reader, group)
    return (None if clip is None else _at_rate(_with_remarks(clip, reading, reader), reading.fps) for clip in clips)


def _is(file: SourceFile, other: Path | None) -> bool:
    return other is not None and file.path is not None and same_file(file.path, other)


def _suffixes() -> set[str]:
    """Of files that are worth being read by a process: not of datasets, whose clips are read one by one."""
    return {suffix for reader in readers() for suffix in reader.SUFFIXES} - set(DATASET_SUFFIXES)


def open_dataset(path: Path | str, reading: Reading = AS_FOUND) -> Dataset:
    """A dataset of any supported file, folder or .zip: our HDF5 lazily, everything else read into memory."""
    return finished(opening(path, reading))


def opening(path: Path | str, reading: Reading = AS_FOUND) -> Generator[Progress, None, Dataset]:
    """open_dataset as a Job whose return value is the dataset; it may be closed at any time. HDF5 returns at once.

    The provenance is made of the distinct notes that the readers left in their clips' sources.
    """
    path = Path(path)
    if path.suffix.lower() in DATASET_SUFFIXES and path.is_file() and (dataset := _ours(path)) is not None:
        for skeleton in dataset.skeletons:
            require_possible(reading, path.name, skeleton.dims)
        dataset.in_vain = unread(reading, path.name)
        return dataset
    refused: list[PoseviewerError] = []
    notes: dict[str, None] = {}
    gathering = Gathering(printable(path.name))
    reported = float("-inf")
    with closing(steps(path, reading, refused.append)) as read_so_far:
        for progress, clip in read_so_far:
            if clip is not None:
                gathering.add(clip)
                notes[clip.source.partition(": ")[2]] = None
            if time.monotonic() - reported >= _BETWEEN_REPORTS:
                yield progress
                reported = time.monotonic()
    kept = "; ".join(note for note in list(notes)[:_MOST_NOTES] if note)
    left_out = f"; {counted(len(refused), 'file')} could not be read, the first: {refused[0]}" if refused else ""
    dataset = gathering.dataset(printable(path.stem), path, provenance=kept + left_out)
    dataset.left_out, dataset.reading, dataset.in_vain = tuple(refused), reading, remarks(reading, notes)
    return dataset


def _reader_of(file: SourceFile) -> Reader | None:
    return next((reader for reader in readers() if file.suffix in reader.SUFFIXES and _accepted(reader, file)), None)


def _lacks(reader: Reader, file: SourceFile, error: ImportError) -> PoseviewerError:
    """What a reader needs and does not find."""
    cause = f"what reads {reader.NAME} files cannot be loaded ({error})"
    return missing(error) or PoseviewerError(file.name, "", cause, "install what its package needs")


def _accepted(reader: Reader, file: SourceFile) -> bool:
    """Whether a reader takes a file; whatever it trips over becomes a sentence."""
    try:
        return reader.accepts(file)
    except PoseviewerError:
        raise
    except ImportError as error:
        raise _lacks(reader, file, error) from error
    except Exception as error:
        cause = f"it is damaged or no {reader.NAME} file ({type(error).__name__})"
        raise PoseviewerError(file.name, "", cause, "export it again") from error


def _ours(path: Path) -> Dataset | None:
    """A dataset of ours, opened lazily; None where the file is one for another reader."""
    with opened(path) as (_, files):
        reader = _reader_of(next(files))
    if reader is not None and reader is not _own():
        return None
    try:
        return Dataset.open(path)
    except OtherHdf5 as error:
        raise _other_hdf5(error, path.suffix.lower()) from error


def _own() -> ModuleType:
    return importlib.import_module(f"{__name__}.h5")


def _other_hdf5(error: OtherHdf5, suffix: str) -> PoseviewerError:
    """The sentence with what else is read of a file that ends in `suffix`."""
    others = [reader.NAME for reader in readers() if suffix in reader.SUFFIXES and reader is not _own()]
    cause = f"{error.cause}, nor what is read as {', '.join(others)}" if others else error.cause
    return PoseviewerError(error.what, "", cause, error.cure)


def _are_frames(file: SourceFile) -> bool:
    """Whether a file is read with the others that its name has a number in common with."""
    if not any(file.suffix in reader.SUFFIXES for reader in readers() if hasattr(reader, "read_frames")):
        return False
    try:
        return hasattr(_reader_of(file), "read_frames")
    except PoseviewerError:
        return False  # it is asked again where that is told


def _checked(reader: Reader, files: Sequence[SourceFile]) -> Iterator[Clip | None]:
    """The reader's clips with positions that can be drawn; whatever it trips over becomes a sentence."""
    file = files[0]
    try:
        with np.errstate(all="ignore"):
            alone = len(files) == 1
            clips: Iterator[Clip | None] = reader.read(file) if alone else cast(Any, reader).read_frames(files)
            for clip in clips:
                yield None if clip is None else plausible(clip, file.name)
    except OtherHdf5 as error:
        raise _other_hdf5(error, file.suffix) from error
    except PoseviewerError:
        raise
    except ImportError as error:
        raise _lacks(reader, file, error) from error
    except MemoryError as error:
        raise PoseviewerError(file.name, "", "it does not fit into memory", "cut it into parts") from error
    except Exception as error:
        cause = f"it is damaged or no {reader.NAME} file ({type(error).__name__})"
        raise PoseviewerError(file.name, "", cause, "export it again") from error


def _with_remarks(clip: Clip, reading: Reading, reader: Reader) -> Clip:
    """The clip with remarks on what was said of its file in vain; other people's readers note no use of it."""
    if reading == AS_FOUND or isinstance(reader, _Plugged):
        return clip
    require_possible(reading, clip.source.partition(": ")[0], clip.skeleton.dims)
    own = reader is _own()  # whose clips have the notes of the files that they came from
    notes = ", ".join(in_vain(reading, "" if own else clip.source, clip.skeleton.dims))
    return replace(clip, source=f"{clip.source}{', ' if ': ' in clip.source else ': '}{notes}") if notes else clip


def _at_rate(clip: Clip, fps: float | None) -> Clip:
    """The clip at the rate that somebody says, or with a remark where its own is assumed or none that limbs have."""
    odd = pace_note(clip)
    if fps is None:
        assumed = "" if clip.fps_known or _RATE in clip.source else _RATE_ASSUMED
        said = told_of(clip.source)
        remarks = ", ".join(filter(None, (*doubts(clip, "up" not in said, "unit" not in said), assumed, odd)))
        return replace(clip, source=f"{clip.source}, {remarks}") if remarks else clip
    if clip.fps_known and not odd:
        return clip.resample(fps)
    source = f"{clip.source}, {fps:g} frames a second as given"
    return replace(clip, fps=float(fps), fps_known=True, source=source)


def _supported() -> str:
    """Files of any format, in a few words: the formats themselves are a table."""
    return f"files ending in {' '.join(suffixes())} (`poseviewer formats` tells what of each)"


def _unsupported(file: SourceFile) -> PoseviewerError:
    known = [reader for reader in readers() if file.suffix in reader.SUFFIXES]
    refused = unreadable(file.name)
    if refused is not None:
        return refused
    if known:
        cause = f"its content is not that of a {' or '.join(reader.NAME for reader in known)} file"
        told = (getattr(reader, "EXPECTED", "") for reader in reversed(known))  # the last one reads most kinds
        return PoseviewerError(file.name, "", cause, next(filter(None, told), "export it again"))
    suffix = f"files ending in {file.suffix!r}" if file.suffix else "files without a suffix"
    cure = f"give {_supported()}, or a folder of them"
    return PoseviewerError(file.name, "", f"{suffix} cannot be read", cure)
