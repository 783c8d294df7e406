"""Windows of 3D clips and errors on them, worked out by hand."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.forecast.forecast import (
    distance,
    made_by,
    tables,
    window_errors,
    windows_of,
    world_baselines,
)
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.protocols import Step

FPS = 30.0
AHEAD = (3, 6, 12, 30)  # frames in 100, 200, 400 and 1000 ms


@pytest.fixture(scope="module")
def standing() -> np.ndarray:
    with Dataset.open(paths.demo()) as demo:
        return demo.clip(demo.find("walk")).onto(HUMANOID).positions[0].astype(np.float64)


def gliding(standing: np.ndarray, velocity: tuple[float, float, float], frames: int = 46) -> Clip:
    """A pose that moves by `velocity` metres a frame."""
    positions = standing + np.arange(frames)[:, None, None] * np.array(velocity)
    return Clip(HUMANOID, positions.astype(np.float32), FPS, "glide", action="glide")


class Climbing:
    """Goes on by `step` metres a frame from the seed's last pose."""

    skeleton, fps, context, stochastic, embedding_id = HUMANOID, FPS, 4, False, None

    def __init__(self, step: tuple[float, float, float]) -> None:
        self._step = np.array(step)

    def start(self, seed, *, number, samples):
        return SimpleNamespace(poses=np.repeat(seed.positions[-1:], samples, axis=0))

    def step(self, state, *, temperature):
        after = SimpleNamespace(poses=state.poses + self._step)
        return Step(after.poses), after


def test_a_window_begins_every_fifth_frame_and_lasts_a_second(standing: np.ndarray) -> None:
    windows = windows_of([gliding(standing, (0.0, 0.0, 0.0), 46), gliding(standing, (0.0, 0.0, 0.0), 39)], 10, FPS)
    assert windows.ahead == AHEAD and windows.clips.tolist() == [0, 0]  # the other is a frame too short
    assert windows.starts.tolist() == [0, 5] and windows.last.tolist() == [9, 14] and windows.blocks.tolist() == [0, 0]
    assert windows.before("local").shape == (2, 10, 18, 3) and windows.after("local").shape == (2, 4, 18, 3)


def test_the_world_is_seen_from_the_last_context_frame(standing: np.ndarray) -> None:
    clip = gliding(standing, (0.03, 0.001, 0.0))
    world = windows_of([clip], 10, FPS).poses["global"][0]
    root = world[:, HUMANOID.root]
    np.testing.assert_allclose(root[9, [0, 2]], 0.0, atol=0.2)  # the root over the origin, but for its own offset
    travel = np.linalg.norm((root[10:] - root[9])[:, [0, 2]], axis=-1)
    np.testing.assert_allclose(travel, 0.03 * np.array(AHEAD), atol=1e-5)
    np.testing.assert_allclose(root[10:, 1] - root[9, 1], 0.001 * np.array(AHEAD), atol=1e-5)  # heights stay


def test_errors_are_mean_joint_distances_in_centimetres(standing: np.ndarray) -> None:
    assert distance(standing + np.array([0.03, 0.0, 0.04]), standing) == pytest.approx(5.0)
    clip = gliding(standing, (0.0, 0.0, 0.02))
    _, errors = window_errors([Climbing((0.0, 0.01, 0.02))], [clip], [], [])
    np.testing.assert_allclose(errors["mpjpe_global"][0], np.array(AHEAD), rtol=1e-3)  # a centimetre a frame upwards
    np.testing.assert_allclose(errors["mpjpe_local"], 0.0, atol=1e-3)
    np.testing.assert_allclose(errors["copy_last_global"][0], 2.0 * np.array(AHEAD), rtol=1e-3)
    np.testing.assert_allclose(errors["constant_velocity_global"], 0.0, atol=1e-2)


def test_what_is_made_is_seen_as_the_window_is(standing: np.ndarray) -> None:
    clip = gliding(standing, (0.01, 0.0, 0.02))
    windows = windows_of([clip], 10, FPS)
    made = made_by(Climbing((0.01, 0.0, 0.02)), [clip], windows)
    for kind in ("global", "local"):
        np.testing.assert_allclose(made[kind], windows.after(kind), atol=1e-4)


def test_ridge_learns_how_far_a_glide_goes(standing: np.ndarray) -> None:
    clips = [gliding(standing, (0.0, 0.0, pace)) for pace in np.linspace(-0.02, 0.02, 9)]
    forecasts = world_baselines(clips, clips, 10, FPS)
    windows = windows_of([replace(clips[1], name="asked")], 10, FPS)
    assert distance(forecasts["ridge"](windows, "global"), windows.after("global")).max() < 0.5
    assert list(world_baselines(clips, [], 10, FPS)) == ["copy_last", "constant_velocity"]


@pytest.mark.parametrize("frames", [0, 39])
def test_without_a_clip_as_long_as_a_window_there_is_a_sentence(standing: np.ndarray, frames: int) -> None:
    clips = [gliding(standing, (0.0, 0.0, 0.0), frames)] if frames else []
    with pytest.raises(PoseviewerError, match="no clip has the 40 frames"):
        window_errors([Climbing((0.0, 0.0, 0.0))], clips, [], [])


def test_figures_are_means_over_models_and_over_actions(standing: np.ndarray) -> None:
    """Two clips of one action count as one of the other."""
    slow = gliding(standing, (0.0, 0.01, 0.0))
    fast = replace(gliding(standing, (0.0, 0.03, 0.0)), name="fast", action="fast")
    clips = [slow, replace(slow, name="again"), fast]
    models = [Climbing((0.0, 0.05, 0.0)), Climbing((0.0, 0.07, 0.0))]  # 5 cm a frame off the slow clip, 3 off the fast
    told = tables(*window_errors(models, clips, [], []), {"glide", "fast"})
    for key, frames in zip(("100_ms", "200_ms", "400_ms", "1000_ms"), AHEAD, strict=True):
        assert told["mpjpe_global"][key] == pytest.approx(4.0 * frames, rel=1e-3)
        assert told["copy_last_global"][key] == pytest.approx(2.0 * frames, rel=1e-3)
    assert told["mpjpe"] == pytest.approx(4.0 * np.mean(AHEAD), rel=1e-3)
    against = told["against_copy_last_global"]["1000_ms"]
    assert against["difference"] == pytest.approx(60.0, rel=1e-3) and against["ratio"] == pytest.approx(2.0, abs=0.01)
