"""The pose that a place on the map stands for."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from poseviewer.analysis.encoding import Latents
from poseviewer.bench.bench import Bench
from poseviewer.bench.map import glimpse
from poseviewer.bench.map.picture import MapComposer
from poseviewer.bench.track import Track
from poseviewer.motion.skeleton import HUMANOID
from tests.linear_world import SIZE, fill_bench


def test_on_a_rollouts_way_it_is_the_frame_of_the_sample_that_is_picked() -> None:
    bench = Bench()
    fill_bench(bench)
    poses = np.random.default_rng(0).normal(size=(3, 25, len(HUMANOID.joints), 3)).astype(np.float32)
    tracks = tuple(Track(HUMANOID, made, 30.0, bench.seed_end + 1 / 30) for made in poses)
    some = lambda sample, first, stop: poses[sample, first:stop]  # noqa: E731
    rollout: Any = SimpleNamespace(fps=30.0, length=25, skeleton=HUMANOID, poses_of=some)
    latents = Latents.nothing(3, 2, SIZE).further(np.random.default_rng(1).normal(size=(3, 25, SIZE)))
    bench.put(replace(bench.lane, rollout=rollout, latents=latents, tracks=tracks, sample=2))
    path = MapComposer().picture(bench).paths[-1]
    assert path.role == "generated_a" and not path.faint
    for place in (1, 9, 25):
        seen = glimpse.of_path(bench, path, place)
        assert seen is not None and np.array_equal(seen.pose, poses[2, place - 1])
        assert glimpse.words(bench, path, place) == f"A, +{place}"
    begin = glimpse.of_path(bench, path, 0)  # the seed's last frame, which is the clip's own
    assert begin is not None and bench.clip is not None
    assert np.array_equal(begin.pose, bench.clip.positions[bench.seed[1] - 1])
    rollout.length = 8  # some frames were taken back since the picture was made
    assert glimpse.of_path(bench, path, 9) is None
