"""Frame numbers and deviations have real signs."""

from __future__ import annotations

from poseviewer.bench.words import sigmas, signed


def test_numbers_have_real_signs() -> None:
    assert [signed(n) for n in (-8, 0, 72)] == ["\N{MINUS SIGN}8", "0", "+72"]
    assert [sigmas(x) for x in (-0.504, -0.004, 0.0, 1.276)] == ["\N{MINUS SIGN}0.50", "+0.00", "+0.00", "+1.28"]
