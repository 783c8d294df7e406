"""Our HDF5 datasets as a source of clips (opening one as a dataset is lazy and goes through Dataset.open)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing

from poseviewer.data.hdf5 import DatasetFile
from poseviewer.data.sources import SourceFile
from poseviewer.motion.clip import Clip
from poseviewer.paths import DATASET_SUFFIXES

NAME = "poseviewer dataset"
SUFFIXES = DATASET_SUFFIXES
READS = "clips as `poseviewer import` wrote them, opened lazily"
ASSUMES = "nothing"


def accepts(file: SourceFile) -> bool:
    return file.head(8) == b"\x89HDF\r\n\x1a\n"


def read(file: SourceFile) -> Iterator[Clip]:
    """The clips of a dataset, one after the other."""
    with closing(DatasetFile(file.path or io.BytesIO(file.content()), file.name)) as opened:
        yield from map(opened.clip, range(len(opened.table)))
