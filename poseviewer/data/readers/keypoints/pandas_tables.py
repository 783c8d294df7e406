"""A pandas table in HDF5, as DataFrame.to_hdf writes it through PyTables: in its "table" and its "fixed" form."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.foreign_hdf5 import ForeignFile
from poseviewer.data.unpickling import unpickled
from poseviewer.errors import PoseviewerError

_MOST_LEVELS = 8
_BLOCK = "values_block_0"


def is_table(opened: ForeignFile) -> bool:
    return _group(opened) is not None


def table_of(
    opened: ForeignFile, label: str
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], NDArray[np.floating]]:
    """The names of rows (F,) and of columns (C,), a text a level, and the numbers (F, C) of the first table of a file.

    Raises PoseviewerError where they are not there or do not fit each other.
    """
    group = _group(opened)
    if group is None:
        raise opened.refuse("/", "there is no table of pandas in it")
    if opened.has(f"{group}/table"):
        rows, columns, values = _table(opened, group, label)
    else:
        rows, columns, values = _fixed(opened, group)
    if values.ndim != 2 or values.shape != (len(rows), len(columns)):
        cause = f"its numbers have shape {values.shape} and it names {len(rows)} rows and {len(columns)} columns"
        raise opened.refuse(group, cause)
    return rows, columns, values


def _group(opened: ForeignFile) -> str | None:
    for name in opened.names():
        if opened.has(f"{name}/table") or opened.has(f"{name}/block0_values"):
            return name
    return None


def _table(opened: ForeignFile, group: str, label: str) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], NDArray]:
    records = opened.records(f"{group}/table")
    if _BLOCK not in (records.dtype.names or ()) or records[_BLOCK].dtype.kind not in "iuf":
        raise opened.refuse(f"{group}/table", f"it holds {records.dtype}")
    axes = _unpickled(opened, group, "non_index_axes", label)
    try:
        columns = [_words(column) for column in axes[0][1]]
    except (TypeError, IndexError, KeyError) as error:
        raise opened.refuse(group, "it does not name its columns") from error
    names = [
        name for name in records.dtype.names or () if name not in (_BLOCK, "index") and records[name].dtype.kind == "S"
    ]
    if "index" in (records.dtype.names or ()) and records["index"].dtype.kind in "iuS":
        rows = [_words((value,)) for value in records["index"].tolist()]
        if names:
            rows = [_words(tuple(records[name][n] for name in names)) for n in range(len(records))]
    else:
        rows = [(str(n),) for n in range(len(records))]
    return rows, columns, records[_BLOCK].reshape(len(records), -1).astype(np.float64)


def _fixed(opened: ForeignFile, group: str) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]], NDArray]:
    values = opened.numbers(f"{group}/block0_values").astype(np.float64)
    columns = _axis(opened, f"{group}/block0_items") or _axis(opened, f"{group}/axis0")
    rows = _axis(opened, f"{group}/axis1")
    if values.ndim == 2 and len(columns) == values.shape[0] != values.shape[1]:
        values = values.T
    if values.ndim == 2 and len(rows) != len(values):
        rows = [(str(n),) for n in range(len(values))]
    return rows, columns, values


def _axis(opened: ForeignFile, path: str) -> list[tuple[str, ...]]:
    """The names along an axis, each a text a level."""
    levels = []
    for level in range(_MOST_LEVELS):
        codes = f"{path}_label{level}"
        if not opened.has(codes, f"{path}_level{level}"):
            break
        words, which = opened.texts(f"{path}_level{level}"), opened.numbers(codes).ravel()
        if not words:
            words = [str(number) for number in opened.numbers(f"{path}_level{level}").ravel().tolist()]
        levels.append([words[code] if 0 <= code < len(words) else "" for code in which.astype(int).tolist()])
    if levels:
        return list(zip(*levels, strict=False))
    words = opened.texts(path)
    if not words and opened.has(path):
        try:
            words = [str(number) for number in opened.numbers(path).ravel().tolist()]
        except PoseviewerError:
            words = []
    return [(word,) for word in words]


def _unpickled(opened: ForeignFile, group: str, key: str, label: str) -> Any:
    content = opened.attribute(group, key)
    if content is None:
        raise opened.refuse(group, f"it has no attribute {key}")
    return unpickled(content, label, f"{group} {key}")


def _words(values: Any) -> tuple[str, ...]:
    if not isinstance(values, (tuple, list)):
        values = (values,)
    return tuple(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values)
