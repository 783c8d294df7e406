"""What real motion says that is usual, of signs that only some of it has."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.calibration import calibrated
from poseviewer.analysis.calibration_file import read, written
from poseviewer.analysis.judgement import Judgement
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import unrolled
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.protocols import Array
from poseviewer.progress import finished

FPS = 30.0
FEET = [j for j, name in enumerate(HUMANOID.joints) if name.endswith(("toe", "ankle"))]


def standing(pose: Array, draw: np.random.Generator, glide: float = 0.0) -> Array:
    """(100, J, 3) somebody who sways over resting feet; glide: metres a second of all of it from the start."""
    time = np.arange(100) / FPS
    sway = np.zeros((100, 1, 3))
    sway[:, 0, 0] = 0.01 * np.sin(2.0 * np.pi * (0.4 * time + draw.random()))
    made = pose + np.where(np.isin(np.arange(len(pose)), FEET)[:, None], 0.2, 1.0) * sway
    made = made + draw.normal(0.0, 5e-4, made.shape)
    made[..., 2] += glide * time[:, None]
    return np.asarray(made)


@pytest.fixture(scope="module")
def people() -> list[Array]:
    """Sixteen who walk, each at a pace of his own, and eight who stand."""
    draw, made = np.random.default_rng(3), []
    with Dataset.open(paths.demo()) as demo:
        walk = np.asarray(unrolled(demo.clip(demo.find("walk")).onto(HUMANOID), 200).positions, dtype=np.float64)
    for _ in range(16):
        times = 10.0 * draw.random() + draw.uniform(0.9, 1.2) * np.arange(100)
        low = times.astype(int)
        between = (times - low)[:, None, None]
        made.append((1.0 - between) * walk[low] + between * walk[low + 1])
    return made + [standing(walk[5], draw) for _ in range(8)]


def test_who_walks_counts_as_one_who_does_not_glide(people):
    calibration = finished(calibrated(people, HUMANOID, FPS))
    k = [sign.name for sign in calibration.signs].index("glide")
    tail = calibration.scales[k].absolute
    assert tail is not None and tail.clips == calibration.n_eff[k] == 24 and tail.reached[0] == 8
    assert calibration.alone is not None
    known, alarming = calibration.alone[k]
    assert known == 8 * (100 - 30 - 45) and alarming < 0.02 * known  # none in a seed, nor before a window is full
    document, tensors = written(calibration)
    again = read(Path("m"), json.loads(json.dumps(document)), tensors).calibration.scales[k].absolute
    assert again is not None and again.clips == 24 and again.reached.tolist() == tail.reached.tolist()
    draw = np.random.default_rng(9)
    both = np.stack([standing(people[-1][0], draw), standing(people[-1][0], draw, 0.15)])
    judgement = Judgement(calibration, both[:, :30])
    judgement.extend(both[:, 30:])
    high = calibration.thresholds["drift"].high
    assert np.nanmax(judgement.scores[0, k]) < high < np.nanmin(judgement.scores[1, k])
