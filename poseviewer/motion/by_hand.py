"""Joints that somebody has paired by hand: kept by the names of the rig and of the skeleton that it is mapped onto."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

Names = tuple[str, ...]
Pairs = Mapping[str, str]
"""Target joint -> source joint, "" for none: what a person decided of every joint that they touched."""

_taught: dict[tuple[Names, Names], dict[str, str]] = {}
_lock = Lock()  # readers work on other threads than the window


def taught(rig: Names, onto: Names) -> Pairs | None:
    """What was decided of a rig; None where nobody has."""
    return _taught.get((rig, onto))


def teach(rig: Names, onto: Names, pairs: Pairs | None) -> None:
    """From now on a rig with these joint names is mapped so; None: by its names alone again. Names that are not there
    are left out.
    """
    with _lock:
        if pairs is None:
            _taught.pop((rig, onto), None)
        else:
            own, theirs = set(onto), {"", *rig}
            _taught[rig, onto] = {joint: of for joint, of in pairs.items() if joint in own and of in theirs}


def forget() -> None:
    """Every rig is mapped by its names alone again."""
    with _lock:
        _taught.clear()


def of_rig(rig: Names) -> dict[Names, dict[str, str]]:
    """What has been decided of a rig, by target; a copy to compare and to put back."""
    with _lock:
        return {onto: dict(pairs) for (joints, onto), pairs in _taught.items() if joints == rig}


def put_back(rig: Names, told: Mapping[Names, Pairs]) -> None:
    """Let exactly that be decided of a rig."""
    for onto in of_rig(rig).keys() | told.keys():
        teach(rig, onto, told.get(onto))
