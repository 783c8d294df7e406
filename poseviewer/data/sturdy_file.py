"""A file for HDF5 to write into that never fails while it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class SturdyFile:
    """Keeps the first error of the disk, drops what is written after it, and raises it when it is asked or left.

    The library does not survive a write that fails: its file cannot be closed any more, keeps its space on the disk,
    and the program ends in a segmentation fault at exit.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b", buffering=0)
        self._error: OSError | None = None

    def require(self) -> None:
        """Raise the OSError that writing met."""
        if self._error is not None:
            raise self._error

    def write(self, content: Any) -> int:
        view = memoryview(content).cast("B")
        done = 0
        while self._error is None and done < len(view):
            try:
                done += self._file.write(view[done:])
            except OSError as error:
                self._error = error
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        try:
            return self._file.truncate(size)
        except OSError as error:
            self._error = self._error or error
            return 0 if size is None else size

    def read(self, count: int = -1) -> bytes | None:
        return self._file.read(count)

    def readinto(self, buffer: Any) -> int:
        return self._file.readinto(buffer)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def flush(self) -> None:
        """Nothing is buffered."""

    def __enter__(self) -> SturdyFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        self._file.close()
        if kind is None:
            self.require()
