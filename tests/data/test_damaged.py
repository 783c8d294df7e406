"""Damaged inputs for every format: each is read or refused in one sentence, quickly, and nothing is written."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import PurePath

import numpy as np
import pytest

from poseviewer.data.readers import open_dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import is_rate
from poseviewer.text import printable
from tests.data.damage import VALID, damaged, valid

INPUTS = int(os.environ.get("POSEVIEWER_INPUTS", "100"))
MEGABYTES = 500


def peak() -> float:
    """The most memory this process ever held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)


@pytest.mark.timeout(60)  # no damage holds a reader up
@pytest.mark.parametrize("name", VALID)
def test_damage_is_read_or_refused_in_one_sentence(name, tmp_path):
    content, suffix = valid(name, tmp_path), PurePath(f"clip{name}").suffix
    folder = tmp_path / "damaged"
    folder.mkdir()
    path = folder / f"clip{suffix}"
    path.write_bytes(content)
    assert len(open_dataset(path)) >= 1
    before, refused = peak(), 0
    for seed in range(INPUTS):
        path.write_bytes(damaged(content, seed))
        try:
            with open_dataset(path) as dataset:
                for clip in dataset:
                    assert np.nanmax(np.abs(clip.positions)) <= 1e6 and is_rate(clip.fps), seed
                    words = (clip.name, clip.action, clip.subject, clip.split, clip.source, *clip.skeleton.joints)
                    assert printable("".join(words), 10**6).encode() == "".join(words).encode(), seed
        except PoseviewerError as error:
            refused += 1
            assert error.sentence().startswith(("clip", "skeleton")) and error.cause and error.cure, seed
            assert len(str(error)) < 600 and "\n" not in str(error), seed
    assert peak() - before < MEGABYTES
    assert [child.name for child in folder.iterdir()] == [path.name]
    assert refused > INPUTS // 5


def test_empty_files_are_refused(tmp_path):
    for suffix in (*VALID, ".zip"):
        path = tmp_path / f"empty{suffix}"
        path.write_bytes(b"")
        with pytest.raises(PoseviewerError, match="empty"):
            open_dataset(path)
