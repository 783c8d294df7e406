"""What somebody says about files that do not say it themselves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

Up = Literal["x", "y", "z", "-x", "-y", "-z"]
Unit = Literal["m", "cm", "mm", "in", "ft", "px"]
UPS: tuple[Up, ...] = get_args(Up)
UNITS: tuple[Unit, ...] = get_args(Unit)


@dataclass(frozen=True)
class Reading:
    """How files are read; what is None is told from the file.

    fps: clips are resampled to it; one whose rate is not known, or is none that limbs could have, is taken to have it.
    joints: a known joint set by name, or a .json file with one. up: the axis that points up. unit: of positions.
    mean, std: .npy files with (D,) numbers that standardised features are brought back with.
    """

    fps: float | None = None
    joints: str | None = None
    up: Up | None = None
    unit: Unit | None = None
    mean: Path | None = None
    std: Path | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What is not None, by name."""
        return {name: value for name, value in vars(self).items() if value is not None}


AS_FOUND = Reading()


def only_first(joints: int, points: int) -> str:
    """What to note where a set that somebody names has fewer joints than a file has points."""
    return f"only the first {joints} of {points} points are read" if joints < points else ""
