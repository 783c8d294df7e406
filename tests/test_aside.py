"""Files written beside their place: a full disk is one sentence, and nothing stays behind, whoever died."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from poseviewer.aside import file_aside, folder_aside, unwritable
from poseviewer.errors import PoseviewerError
from poseviewer.nets.checkpoints import container

KILLED = """
import os, signal, sys
from pathlib import Path
from poseviewer.aside import file_aside, folder_aside
out = Path(sys.argv[1])
with file_aside(out / "film.mp4") as part, folder_aside(out / "pictures", r".*\\.png") as folder:
    part.write_bytes(b"half of it")
    (folder / "a_0001.png").write_bytes(b"half of it")
    os.kill(os.getpid(), signal.SIGKILL)
"""
WRITTEN = """
import sys
from pathlib import Path
from poseviewer.aside import file_aside
with file_aside(Path(sys.argv[1]) / "other.bvh") as part:
    part.write_bytes(b"whole")
"""
CRAMPED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
from poseviewer.cli import main
sys.exit(main(sys.argv[1:]))
"""


def run(code: str, *arguments: Path | str) -> subprocess.CompletedProcess:
    words = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, timeout=120)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of 256 KB, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], capture_output=True)
    if done.returncode:
        pytest.skip("no disk can be mounted by this user")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def long_motion(tmp_path) -> Path:
    """A motion that no disk of 256 KB holds."""
    path = tmp_path / "long.npy"
    np.save(path, np.random.default_rng(0).normal(size=(4000, 22, 3)))
    return path


def test_what_a_dead_process_left_is_removed_by_the_next_one_that_writes_there(tmp_path):
    assert run(KILLED, tmp_path).returncode == -9
    assert len(names(tmp_path)) == 2, names(tmp_path)
    stranger = tmp_path / ".film.part-0a0b0c0d-1-0.mp4"  # of another machine that writes into the same folder
    mine = tmp_path / f"{next(n for n in names(tmp_path) if 'film' in n).rpartition('-')[0].rpartition('-')[0]}-x.mp4"
    alive = mine.with_name(mine.name.replace("-x", f"-{os.getpid()}-7"))
    for path in (stranger, alive):
        path.write_bytes(b"at work")
    assert run(WRITTEN, tmp_path).returncode == 0
    assert names(tmp_path) == sorted([stranger.name, alive.name, "other.bvh"])


def test_an_import_that_finds_the_disk_full_says_so_and_leaves_it_as_it_was(small_disk, long_motion):
    out = small_disk / "out.h5"
    done = run("import sys; from poseviewer.cli import main; sys.exit(main(sys.argv[1:]))",
               "import", long_motion, "-o", out)  # fmt: skip
    assert done.returncode == 1, done.stderr  # no segmentation fault of the library at exit
    assert done.stderr.startswith("poseviewer: out.h5: the disk of ") and str(small_disk) in done.stderr
    assert "make room" in done.stderr and len(done.stderr.splitlines()) == 1
    assert names(small_disk) == []


def test_training_that_finds_the_disk_full_names_its_file(small_disk):
    out = small_disk / "model.safetensors.training"
    with pytest.raises(PoseviewerError, match=r"model\.safetensors\.training: the disk of .* is full"):
        container.write(out, {}, {"weights": np.zeros(100_000, np.float32)})
    assert names(small_disk) == []


def test_an_import_whose_writing_fails_half_way_is_one_sentence(tmp_path, long_motion):
    """The same where no disk can be mounted: the system refuses a file beyond 60 KB."""
    (tmp_path / "out").mkdir()
    done = run(CRAMPED, "import", long_motion, "-o", tmp_path / "out" / "out.h5")
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("poseviewer: out.h5: it grows larger than a file may be")
    assert len(done.stderr.splitlines()) == 1 and names(tmp_path / "out") == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO])
def test_every_failure_of_a_disk_has_a_cure(tmp_path, number):
    error = unwritable(tmp_path / "out.h5", OSError(number, os.strerror(number)))
    assert error.what == "out.h5" and error.cause and error.cure
    assert ("is full" in error.cause) == (number in (errno.ENOSPC, errno.EDQUOT))


def test_failure_and_success_leave_no_part(tmp_path):
    with pytest.raises(KeyboardInterrupt), file_aside(tmp_path / ("x" * 250 + ".h5")) as part:
        part.write_bytes(b"half")
        raise KeyboardInterrupt
    with file_aside(tmp_path / "a.txt") as one, file_aside(tmp_path / "a.txt") as two:  # two at once do not meet
        one.write_text("one")
        two.write_text("two")
    with folder_aside(tmp_path / "pictures", r".*\.png") as folder:
        (folder / "a.png").write_bytes(b"")
    assert names(tmp_path) == ["a.txt", "pictures"] and (tmp_path / "a.txt").read_text() == "one"
