"""The file under HDF5: a disk that takes a part at a time gets all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from poseviewer.data.sturdy_file import SturdyFile


def test_a_disk_that_takes_three_bytes_at_a_time_gets_every_byte(tmp_path: Path, monkeypatch: Any) -> None:
    with SturdyFile(tmp_path / "a") as file:
        raw = file._file

        class Slow:
            """Takes three bytes a call, as the system may."""

            def write(self, view: Any) -> int:
                return raw.write(view[:3])

            def close(self) -> None:
                raw.close()

        monkeypatch.setattr(file, "_file", Slow())
        assert file.write(b"0123456789") == 10
    assert (tmp_path / "a").read_bytes() == b"0123456789"


def test_a_full_disk_is_told_of_on_leaving_but_hides_no_other_error(tmp_path: Path) -> None:
    full = OSError(28, "No space left on device")
    with pytest.raises(OSError, match="No space"), SturdyFile(tmp_path / "a") as file:
        file._error = full
    with pytest.raises(KeyError), SturdyFile(tmp_path / "b") as file:
        file._error = full
        raise KeyError
