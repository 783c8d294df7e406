"""Which of what was generated from a clip is exported: all lanes, one of them, or a rollout that was kept."""

from __future__ import annotations

from dataclasses import replace

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import FIRST, Lane
from poseviewer.bench.rollouts import Kept
from poseviewer.render.palette import Role


def lane_alone(bench: Bench, role: Role) -> Bench:
    """A bench of its own with one lane of a bench."""
    return replace(bench, lanes=tuple(lane for lane in bench.lanes if lane.role == role), focus=role, held=None)


def with_kept(bench: Bench, kept: Kept) -> Bench:
    """A bench of its own on which a kept rollout of the bench's clip alone is shown, from its own seed."""
    key, generator = kept.key, kept.rollout.generator
    lane = Lane(generator, samples=key.samples, number=key.number, temperature=kept.rollout.temperature)
    lane = replace(lane, sample=kept.rollout.sample)
    made = replace(bench, lanes=(lane,), focus=FIRST, seed=key.seed, held=None, clip_verdicts=None)
    if generator.skeleton.dims == 2:
        made.azimuth = key.azimuth  # it is kept with the clip already
    made.fit_models()
    made.set_rollout(kept.rollout)
    return made
