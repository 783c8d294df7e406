"""How coarsely a picture has to be drawn so that no repaint lasts long where no graphics card helps."""

from __future__ import annotations

import math

_LONGEST = 0.15
"""Seconds that the figures of a picture may take."""
_LEAST = 1e5
"""Covered pixels below which a repaint does not tell a slow machine: other work decides how long it takes."""
_COARSEST = 8
_REMEMBERED = 0.7  # weight of what was known before


class Coarseness:
    """Learns from repaints how many pixels of figures are drawn a second."""

    def __init__(self) -> None:
        self._speed = math.inf

    def of(self, covered: float) -> int:
        """Pixels across to be drawn as one, of a picture whose figures cover so many pixels at full resolution."""
        return min(_COARSEST, max(1, math.ceil(math.sqrt(covered / self._speed / _LONGEST))))

    def learn(self, covered: float, seconds: float) -> None:
        """A repaint whose figures covered so many pixels, at the resolution that it had, took so long."""
        speed = covered / seconds  # at least: other work had its share
        if speed > self._speed:  # a machine that became slow is believed at once, one that became fast by and by
            self._speed = _REMEMBERED * self._speed + (1.0 - _REMEMBERED) * speed
        elif covered >= _LEAST:
            self._speed = speed
