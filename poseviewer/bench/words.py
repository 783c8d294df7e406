"""What the bench says of itself in words, said alike wherever it is read; frame numbers and deviations have signs."""

from __future__ import annotations

from poseviewer.bench.bench import Bench


def sigmas(value: float) -> str:
    """Standard deviations with a real sign: "+1.28", "−0.50", and "+0.00" for whatever rounds to nothing."""
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "\N{MINUS SIGN}")


def signed(frame: int) -> str:
    """A frame number relative to the seed's end with a real minus: "−8", "0", "+72"."""
    return f"+{frame}" if frame > 0 else f"\N{MINUS SIGN}{-frame}" if frame < 0 else "0"


def consequence(bench: Bench) -> str:
    """What Step makes of the held pose; empty where nothing is held or nothing can be generated."""
    lane, frame = bench.lane, bench.held_frame
    if bench.held is None or lane.generator is None or lane.misfit:
        return ""
    if frame is not None:
        kept = f" in a branch: what follows {signed(frame)} stays" if frame < lane.horizon else ""
        return f"Step goes on from it{kept}"
    if bench.relative_frame() < 0:
        return "Step reads the seed as it is: hold its last frame to go on from it"
    return f"Step goes on from {signed(lane.horizon)}, not from here"
