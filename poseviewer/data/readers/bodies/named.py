"""What stands in a mapping, or in an .npz that is not unpacked for it, under one of the names that programs give it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def key_of(found: Mapping[Any, Any], names: tuple[str, ...]) -> str | None:
    """The first of some names that is there."""
    return next((name for name in names if name in found), None)


def shape_of(found: Mapping[Any, Any], key: str) -> tuple[int, ...]:
    """The shape of what has a name; () for what is not there, and for a list of arrays of unequal length."""
    shape = getattr(found, "shape", None)
    try:
        return tuple(shape(key)) if shape is not None else tuple(np.shape(found[key]) if key in found else ())
    except ValueError:
        return ()
