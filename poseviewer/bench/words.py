"""What the bench says of itself in words, said alike wherever it is read; frame numbers and deviations have signs."""

from __future__ import annotations

from poseviewer.bench.bench import Bench
from poseviewer.motion.matching import pairing
from poseviewer.motion.skeleton import CANONICAL, Skeleton


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


def unmapped(bench: Bench) -> Skeleton | None:
    """The skeleton of whose joints the clip's rig lacks some that might be paired by hand: that of a model at work, or
    else the canonical one; None where it lacks none.
    """
    if bench.clip is None:
        return None
    source = bench.clip.skeleton
    models = [model.skeleton for model in (bench.lane.generator, bench.embedding) if model is not None]
    for target in models or CANONICAL.values():
        if target.dims == source.dims and target.joints != source.joints:
            found = pairing(source, target)
            if found.lacking and not found.refused:
                return target
    return None


def mapping_note(bench: Bench) -> str:
    """What is assumed where the clip is mapped onto the model's skeleton: "Neck of humanoid interpolated"."""
    model = bench.lane.generator or bench.embedding
    if bench.clip is None or model is None or model.skeleton.joints == bench.clip.skeleton.joints:
        return ""
    if model.skeleton.dims != bench.clip.skeleton.dims:
        return ""
    found = pairing(bench.clip.skeleton, model.skeleton)
    return "" if found.lacking or found.refused else found.note[:1].upper() + found.note[1:]
