"""Whole numbers as the window writes them."""

from __future__ import annotations

_THIN_SPACE = "\N{THIN SPACE}"
_LARGE = 1_000_000


def grouped(number: int) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{number:,}".replace(",", _THIN_SPACE)


def compact(number: int) -> str:
    """The same, from a million on in three digits and a unit: 1.19 M, 20.5 M, 3.2 G."""
    if number < _LARGE:
        return grouped(number)
    scaled, unit = (number / 1e6, "M") if number < 999.5e6 else (number / 1e9, "G")
    digits = max(0, 2 - sum(scaled >= bound for bound in (9.995, 99.95)))
    return f"{scaled:.{digits}f}{_THIN_SPACE}{unit}"
