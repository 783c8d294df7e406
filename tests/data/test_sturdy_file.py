"""The file under HDF5: a disk that takes a part at a time gets all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
