"""Where motion files lie: a file, a folder that is walked, or a .zip; readers see one SourceFile after the other."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from zlib import error as ZlibError

from poseviewer.data.archive import require_modest, require_short_list
from poseviewer.data.reading import AS_FOUND, Reading
from poseviewer.errors import PoseviewerError
from poseviewer.text import printable

MAX_BYTES = 1 << 30
"""No single motion file is read into memory beyond this."""
_MAX_ENTRIES = 1_000_000
_LONGEST_NAME = 400  # letters, with its folders


@dataclass(frozen=True)
class SourceFile:
    """One file. name: its path inside the folder or archive with "/" (the bare name of a single file), printable;
    size: bytes; path: on the disk, None inside an archive; reading: what the user says where the file states nothing
    that can be.
    """

    name: str
    size: int
    path: Path | None
    _read: Callable[[int], bytes]
    reading: Reading = AS_FOUND
    _beside: Callable[[str], list[SourceFile]] = lambda suffix: []
    _made: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders above the file inside what was opened, outermost first."""
        return PurePosixPath(self.name).parts[:-1]

    def beside(self, suffix: str) -> list[SourceFile]:
        """The files of its folder, on the disk or in the archive, that end in `suffix` (lower case), sorted by name."""
        return self._beside(suffix)

    def head(self, count: int = 4096) -> bytes:
        """The first `count` bytes at most."""
        try:
            return self._read(count)
        except (OSError, zipfile.BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError) as error:
            raise PoseviewerError(self.name, "", f"it cannot be read ({error})", "copy or pack it again") from error

    def content(self, limit: int = MAX_BYTES) -> bytes:
        """All bytes. Raises PoseviewerError where the file is larger than `limit` or cannot be read."""
        if self.size > limit:
            cause = f"it has {self.size >> 20} MB, more than the {limit >> 20} MB that are read"
            raise PoseviewerError(self.name, "", cause, "cut it into parts")
        return self.head(self.size)

    def once(self, key: str, make: Callable[[SourceFile], Any]) -> Any:
        """What is made of the file, made when the first reader asks for it and kept for those after it."""
        if key not in self._made:
            self._made[key] = make(self)
        return self._made[key]


def decoded(content: bytes) -> str:
    """Text of bytes: UTF-8 with or without a byte-order mark, UTF-16 with one, else Latin-1."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def is_number(text: str | bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@contextmanager
def opened(path: Path) -> Iterator[tuple[int, Iterator[SourceFile]]]:
    """How many files lie in a path, and they themselves, sorted by name; hidden ones are left out.

    Raises PoseviewerError where there is none.
    """
    if path.is_dir():
        _require_leave(path)
        found = _walk(path)
        yield len(found), (on_disk(child, child.relative_to(path).as_posix()) for child in found)
        return
    require_file(path)
    if path.suffix.lower() == ".zip":
        try:
            if not zipfile.is_zipfile(path):
                raise PoseviewerError(path, "", "it is not a .zip or it is damaged", "pack it again")
            require_short_list(path)
            archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise PoseviewerError(path, "", "it is a damaged .zip", "pack it again") from error
        with archive:
            entries = [entry for entry in archive.infolist() if not (entry.is_dir() or _hidden(entry.filename))]
            require_modest(path, entries)
            entries.sort(key=lambda entry: entry.filename)
            yield len(entries), iter(_members(archive, entries))
    else:
        yield 1, iter([on_disk(path, path.name)])


def require_file(path: Path) -> None:
    """Raises PoseviewerError where a path is no regular file: reading a pipe or a device may never end."""
    if path.exists() and not path.is_file():
        raise PoseviewerError(path, "", "it is not a regular file", "save what it gives as a file and open that")
    if not path.exists():
        raise PoseviewerError(path, "", "there is no such file", "check the path")
    _require_leave(path)


def _require_leave(path: Path) -> None:
    if not os.access(path, os.R_OK | os.X_OK if path.is_dir() else os.R_OK):
        raise PoseviewerError(path, "", "you have no permission to read it", "ask its owner for that, or for a copy")


def _walk(folder: Path) -> list[Path]:
    found = []
    for child in folder.rglob("*"):
        if any(part.startswith(".") for part in child.relative_to(folder).parts) or not child.is_file():
            continue
        found.append(child)
        if len(found) > _MAX_ENTRIES:
            raise PoseviewerError(folder, "", f"it holds more than {_MAX_ENTRIES} files", "choose a smaller folder")
    return sorted(found)


def on_disk(path: Path, name: str, reading: Reading = AS_FOUND) -> SourceFile:
    """A file that lies in no archive."""

    def read(count: int) -> bytes:
        with path.open("rb") as file:
            return file.read(count)

    def beside(suffix: str) -> list[SourceFile]:
        try:
            near = sorted(child for child in path.parent.iterdir() if child.suffix.lower() == suffix)
            shown = [child for child in near if not child.name.startswith(".") and child.is_file()]
            return [on_disk(child, str(PurePosixPath(name).with_name(child.name))) for child in shown]
        except OSError:
            return []

    return SourceFile(printable(name, _LONGEST_NAME), path.stat().st_size, path, read, reading, _beside=beside)


def _hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def _members(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> list[SourceFile]:
    """The files of an archive; each knows those of its folder."""
    folders: dict[str, list[SourceFile]] = {}

    def packed(entry: zipfile.ZipInfo) -> SourceFile:
        near = folders.setdefault(entry.filename.rpartition("/")[0], [])

        def read(count: int) -> bytes:
            with archive.open(entry) as file:
                return file.read(count)

        def beside(suffix: str) -> list[SourceFile]:
            return [file for file in near if file.suffix == suffix]

        name = printable(entry.filename, _LONGEST_NAME)
        near.append(SourceFile(name, entry.file_size, None, read, _beside=beside))
        return near[-1]

    return [packed(entry) for entry in entries]
