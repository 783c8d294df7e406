"""The time axis on its own."""

from __future__ import annotations

from poseviewer.views.timeline.time_axis import TimeAxis


def test_a_tick_has_a_number_or_none() -> None:
    numbered, ticked = TimeAxis(0.0, 600.0, 0.0, 4.0).ticks(zero=2.0, fps=30.0)  # 5 px a frame
    assert numbered == list(range(-60, 61, 15))
    assert ticked == [frame for frame in range(-60, 61, 5) if frame not in numbered]
