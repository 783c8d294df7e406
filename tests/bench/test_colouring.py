"""Colours that tell how fast a joint goes."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.bench.colouring import speed_colours
from poseviewer.bench.track import Track
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.render.palette import palette


@pytest.mark.parametrize("fps", [10.0, 100.0])
@pytest.mark.parametrize(("speed", "warmth"), [(0.0, 0.0), (0.75, 0.25**0.6), (3.0, 1.0), (9.0, 1.0)])
def test_a_joint_is_as_warm_as_it_is_fast_whatever_the_frame_rate(fps: float, speed: float, warmth: float) -> None:
    """From the seed's colour at rest to that of generated frames at 3 m/s, bent by the power of 0.6."""
    positions = np.zeros((5, 18, 3), dtype=np.float32)
    positions[:, 14, 2] = np.arange(5) * speed / fps
    colours = palette("dark")
    cold, warm = np.array(colours.colour("seed")), np.array(colours.colour("generated_a"))
    found = speed_colours(Track(HUMANOID, positions, fps, 0.0), 3, colours)
    assert found.shape == (1, 18, 3)
    assert found[0, 14] == pytest.approx(cold + warmth * (warm - cold), abs=1e-4)
    assert found[0, 13] == pytest.approx(cold, abs=1e-6)
