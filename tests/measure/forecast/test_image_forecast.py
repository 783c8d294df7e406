from dataclasses import replace
from zipfile import ZipFile

import numpy as np
import pytest

from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.data.readers import read
from poseviewer.errors import PoseviewerError
from poseviewer.measure.figures import figures as figures_of
from poseviewer.measure.forecast.baselines import BASELINES
from poseviewer.measure.forecast.image_forecast import IMAGE, SKIPS, image_baselines, image_forecast_figures, windows_of
from poseviewer.motion.clip import Clip
from poseviewer.nets.models.load import load_model
from poseviewer.train.run import train
from tests.moving_figures import figures

SMALL = {"hidden": "32", "noise": "4", "warmup": "30", "steps": "30", "batch": "16", "horizon": "4"}


def boxed(clip: Clip) -> Clip:
    box = np.array([-0.2, -0.4, 0.2, 0.4], dtype=np.float32)
    return replace(clip, boxes=np.repeat(box[None], len(clip), axis=0))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "figures.h5"
    with DatasetWriter(path) as writer:
        for clip in figures(24):
            writer.add(boxed(clip))
    return path


@pytest.fixture(scope="module")
def told(dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    vae = {"latent": "4", "hidden": "32", "depth": "1", "epochs": "10", "batch": "64", "rate": "0.003"}
    list(train("embedding", dataset, folder / "e.safetensors", settings=vae, skeleton="penn13"))
    out = folder / "g.safetensors"
    list(train("generator", dataset, out, settings=SMALL, skeleton="penn13", embedding=folder / "e.safetensors"))
    with Dataset.open(dataset) as opened:
        model = load_model(out)
        with pytest.raises(PoseviewerError, match="nothing"):
            image_forecast_figures([model], opened, "nothing")
        return figures_of([model], opened)


def test_errors_stand_beside_all_baselines_with_paired_intervals(told):
    assert told["clips"] == 6 and told["frames"] == 240 and told["floor_mae"] > 0.0 and told["mpjpe"] > 0.0
    for skip in SKIPS:
        for name in BASELINES:
            against = told[f"against_{name}_skip_{skip}"]
            difference = told[f"mae_skip_{skip}"] - told[f"{name}_mae_skip_{skip}"]
            assert against["difference"] == pytest.approx(difference, abs=2e-4)
            assert against["difference_interval"][0] <= against["difference"] <= against["difference_interval"][1]
            assert against["ratio_interval"][0] <= against["ratio"] <= against["ratio_interval"][1]


def test_correct_joints_are_counted_at_every_step(told):
    for name in ("pck", *(f"{baseline}_pck" for baseline in BASELINES)):
        assert list(told[name]) == ["1_frames", "2_frames", "4_frames", "8_frames", "16_frames"]
        assert all(0.0 <= share <= 100.0 for share in told[name].values())
    assert told["copy_last_pck"]["1_frames"] >= told["copy_last_pck"]["8_frames"]


def moving(velocity: float, frames: int = 24) -> Clip:
    """A figure that glides to the right."""
    still = figures(1)[0]
    positions = np.repeat(still.positions[:1], frames, axis=0)
    positions[..., 0] += velocity * np.arange(frames)[:, None]
    visible = np.ones(positions.shape[:2], dtype=bool)
    return boxed(replace(still, positions=positions.astype(np.float32), visible=visible, boxes=None).cut(0, frames))


def test_only_joints_that_are_visible_then_count_and_clips_end():
    clip = moving(0.01)
    visible = clip.visible.copy()
    visible[6, 3] = False
    windows = windows_of([replace(clip, visible=visible)])
    assert (
        not windows.visible[5, 0, 3]
        and not windows.counted[6, 0, 3]
        and windows.visible[6, 0, 3]
        and windows.visible[4, 0, 3]
    )
    assert not windows.visible[-1].any() and windows.visible[-2, 0].all() and not windows.visible[-2, 1:].any()
    np.testing.assert_allclose(windows.reach, 0.05 * 0.8, rtol=1e-6)
    context = windows.before(IMAGE)[0]
    np.testing.assert_allclose(context, np.repeat(context[:1], 10, axis=0))


def test_a_joint_that_is_unknown_is_held_on_the_body():
    clip = moving(0.01)
    positions = clip.positions.copy()
    positions[10:, 11] = np.nan
    held = windows_of([replace(clip, positions=positions)]).before(IMAGE)[20, -1]
    assert np.isfinite(held).all()
    expected = clip.positions[20, 11]
    assert np.linalg.norm(held[11] - expected) < np.linalg.norm(clip.positions[9, 11] - expected)


def test_constant_velocity_and_ridge_follow_a_glide():
    clips = [moving(velocity) for velocity in np.linspace(-0.01, 0.01, 9)]
    forecasts = image_baselines(clips, clips)
    windows = windows_of(clips[:1])
    rows = slice(9, 12)
    for name, worst in (("constant_velocity", 1e-5), ("ridge", 1e-3)):
        error = np.abs(forecasts[name](windows, IMAGE)[rows, :4] - windows.after(IMAGE)[rows, :4])
        assert error[windows.visible[rows, :4]].max() < worst
    assert list(image_baselines([], [])) == ["copy_last", "constant_velocity"]


def test_a_clip_without_boxes_is_refused():
    with pytest.raises(PoseviewerError, match="boxes"):
        windows_of([replace(moving(0.0), boxes=None)])


def test_copy_last_is_what_it_was_measured_to_be(real_data, tmp_path):
    """On the test clips among every 20th of those at hand; on all of them 97.0 / 90.4 / 75.0 / 57.3 / 45.6."""
    with ZipFile(real_data / "penn_action_labels.zip") as all_of_them, ZipFile(tmp_path / "some.zip", "w") as some:
        for name in sorted(name for name in all_of_them.namelist() if name.endswith(".mat"))[::20]:
            some.writestr(name, all_of_them.read(name))
    windows = windows_of([clip for clip in read(tmp_path / "some.zip") if clip.split == "test"])
    made = image_baselines([], [])["copy_last"](windows, IMAGE)
    near = np.linalg.norm(made - windows.after(IMAGE), axis=-1) <= windows.reach[..., None]
    share = 100.0 * (near & windows.visible).sum(axis=(0, 2)) / windows.visible.sum(axis=(0, 2))
    np.testing.assert_allclose(share, [96.005, 88.456, 73.782, 56.721, 45.410], atol=0.002)
