"""`poseviewer measure`: every measure by its name, as JSON and as tables, 2D and 3D under one name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from poseviewer import paths
from poseviewer.cli import parsers
from poseviewer.data.dataset import Dataset
from poseviewer.data.writer import DatasetWriter
from poseviewer.measure.table import MEASURES
from poseviewer.motion.clip import Clip, unrolled
from poseviewer.motion.skeleton import HUMANOID
from tests.cli.test_commands import GENERATOR, refused, run, told
from tests.measure.forecast.test_image_forecast import boxed
from tests.moving_figures import figures

RAW = GENERATOR.with_name("humanoid-generator-raw.safetensors")
EMBEDDING = GENERATOR.with_name("humanoid-embedding.safetensors")
FLAT, FLAT_EMBEDDING = (GENERATOR.with_name(f"penn-{name}.safetensors") for name in ("generator-raw", "embedding"))


def written(path: Path, clips: Sequence[Clip]) -> Path:
    with DatasetWriter(path) as writer:
        for clip in clips:
            writer.add(clip)
    return path


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two walks to learn from, one to be judged."""
    with Dataset.open(paths.demo()) as demo:
        clips = [demo.clip(demo.find(name)).onto(HUMANOID) for name in ("walk", "turn_left0", "0walk_forward")]
    long = [replace(unrolled(clip, 100), action="walk", loop=False) for clip in clips]
    parts = zip(long, ("train", "train", "test"), strict=True)
    return written(tmp_path_factory.mktemp("walks") / "walks.h5", [replace(clip, split=split) for clip, split in parts])


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    clips = [boxed(replace(clip, image_size=(640, 480))) for clip in figures(8)]
    return written(tmp_path_factory.mktemp("flat") / "figures.h5", clips)


def test_forecasts_are_averaged_over_training_seeds(capsys: pytest.CaptureFixture[str], walks: Path) -> None:
    report = told(capsys, "measure", "forecast", RAW, GENERATOR, "--data", walks)
    assert (report["measure"], report["data"], report["models"]) == ("forecast", str(walks), 2)
    assert report["files"] == [str(RAW), str(GENERATOR)]
    alone = [told(capsys, "evaluate", path, "--data", walks)["mpjpe"] for path in (RAW, GENERATOR)]
    assert report["mpjpe"] == pytest.approx(sum(alone) / 2.0, abs=0.02)


def test_the_space_of_the_model_chooses_the_figures(
    capsys: pytest.CaptureFixture[str], walks: Path, flat: Path
) -> None:
    common = ["--frames", "64", "--temperature", "0"]
    solid = told(capsys, "measure", "endurance", RAW, "--data", walks, *common)
    assert (solid["frames"], solid["rollouts"]) == (64, 21)  # the demo's clips and the one of the test split
    image = told(capsys, "measure", "endurance", FLAT, "--data", flat, *common, "--temperature", "0.0")
    assert (image["frames"], image["temperature"], image["rollouts"]) == (64, 0.0, 4) and "late_size" in image
    assert "pck" in told(capsys, "measure", "forecast", FLAT, "--data", flat)
    assert told(capsys, "measure", "embed", FLAT_EMBEDDING, "--data", flat)["latent"] == 16
    assert told(capsys, "measure", "embed", EMBEDDING, "--data", walks)["pca_mean_joint_error"] > 0.0


def test_liveliness_and_samples(capsys: pytest.CaptureFixture[str], walks: Path) -> None:
    report = told(capsys, "measure", "liveliness", RAW, "--data", walks, "--frames", "30")
    assert report["rollouts"] == 12 and set(report["clips"]) == {"walk", "turn_left0", "0walk_forward"}
    assert told(capsys, "measure", "sampling", RAW, "--data", walks)["spread_to_real"]["ratio"] > 0.0
    textbook = GENERATOR.with_name("humanoid-generator-textbook.safetensors")
    assert "no stochastic generator" in refused(capsys, "measure", "sampling", textbook, "--data", walks)


def test_a_recipe_of_classifiers_needs_no_model(capsys: pytest.CaptureFixture[str], flat: Path) -> None:
    settings = [word for pair in ("epochs=1", "hidden=8", "depth=1", "frames=16") for word in ("--set", pair)]
    report = told(capsys, "measure", "classify", "--data", flat, "--skeleton", "penn13", "--same", "wave,kick",
                  "--repeats", "1", "--arch", "cnn", *settings)  # fmt: skip
    assert report["repeats"] == 1 and report["counted_as_one"]["clip_accuracy"] == 1.0
    assert "choose one of" in refused(capsys, "measure", "classify", "--data", flat, "--arch", "oracle")


def test_without_json_it_is_a_table(capsys: pytest.CaptureFixture[str], walks: Path) -> None:
    code, out, _ = run(capsys, "measure", "liveliness", RAW, "--data", walks, "--frames", "30")
    assert code == 0
    assert re.search(r"^rollouts +12$", out, re.M)
    head, seed = re.search(r"^medians\n +(.*)\n +(seed .*)$", out, re.M).groups()  # type: ignore[union-attr]
    assert {"power", "jerk", "toe_slide", "speed", "lowest_root", "highest_root"} <= set(head.split())
    assert len(seed.split()) == 1 + len(head.split())


@pytest.mark.parametrize("measure", [name for name, measure in MEASURES.items() if measure.models != "none"])
def test_a_wrong_model_is_one_sentence(capsys: pytest.CaptureFixture[str], walks: Path, measure: str) -> None:
    wrong = RAW if measure == "embed" else EMBEDDING
    assert refused(capsys, "measure", measure, wrong, "--data", walks).startswith(f"poseviewer: {wrong.name}: it is no")


def test_3d_figures_of_a_2d_generator_are_refused(capsys: pytest.CaptureFixture[str], flat: Path) -> None:
    assert "no generator of 3D poses" in refused(capsys, "measure", "sampling", FLAT, "--data", flat)


@pytest.mark.parametrize(
    "arguments", [[], ["dream"], ["endurance"], ["endurance", "a", "b"], ["endurance", "a", "--frames", "0"]]
)
def test_wrong_usage_is_two(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = run(capsys, "measure", *arguments, "--data", "d.h5")
    assert (code, out) == (2, "") and "usage: poseviewer measure" in err


def test_only_what_was_asked_reaches_a_measure(
    capsys: pytest.CaptureFixture[str], walks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def figures(models: Any, dataset: Dataset, **options: Any) -> dict[str, Any]:
        asked.append({"models": len(models) if isinstance(models, list) else "one", "clips": len(dataset), **options})
        return {"of": "it"}

    monkeypatch.setattr("poseviewer.measure.figures.figures", figures)
    monkeypatch.setattr("poseviewer.measure.figures.endurance", figures)
    assert told(capsys, "measure", "forecast", RAW, RAW, "--data", walks)["of"] == "it"
    told(capsys, "measure", "endurance", RAW, "--data", walks, "--split", "train", "--frames", "7")
    alone = {"models": "one", "clips": 3, "split": "train", "frames": 7}
    assert asked == [{"models": 2, "clips": 3, "split": "test"}, alone]


def test_every_measure_has_help() -> None:
    for name in MEASURES:
        with pytest.raises(SystemExit) as end:
            parsers.parse(["measure", name, "--help"])
        assert end.value.code == 0
