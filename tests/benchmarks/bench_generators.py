"""How fast the shipped generators are: `python tests/benchmarks/bench_generators.py`.

Prints for each a step of one rollout with its pose, and the frames a second of 256 rollouts together; the best of
REPEATS runs on all cores.
"""

from __future__ import annotations

import time

import numpy as np

from poseviewer import paths
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.nets.checkpoints.checkpoint import describe
from poseviewer.nets.models.load import load_model

REPEATS = 3
ROLLOUTS = 256


def seed_of(model) -> Clip:
    """The demo's walk; for 2D poses joints at random places, since the speed does not depend on where they are."""
    if model.skeleton.dims == 3:
        with Dataset.open(paths.demo()) as demo:
            return demo.clip(demo.find("walk"))
    places = np.random.default_rng(1).normal(0.0, 0.1, (30, len(model.skeleton.joints), 2))
    return Clip(model.skeleton, places.astype(np.float32), model.fps, "anywhere")


def seconds_a_step(model, rollouts: int, frames: int) -> float:
    state = model.start(seed_of(model), samples=rollouts)
    best = float("inf")
    for _ in range(REPEATS):
        begun = time.perf_counter()
        for _ in range(frames):
            _, state = model.step(state)
        best = min(best, (time.perf_counter() - begun) / frames)
    return best


def main() -> None:
    for path in sorted(paths.models().glob("*.safetensors")):
        card = describe(path)
        if card.kind == "generator" and card.stochastic:
            model = load_model(path)
            alone, together = seconds_a_step(model, 1, 400), seconds_a_step(model, ROLLOUTS, 150)
            print(f"{path.stem:28} {1000 * alone:5.2f} ms a step, {ROLLOUTS / together:8,.0f} frames/s")


if __name__ == "__main__":
    main()
