"""`poseviewer calibrate`: whose clips, what is written where, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from poseviewer import paths
from poseviewer.nets.checkpoints import checkpoint
from tests.cli.test_commands import refused, run, told

EMBEDDING = paths.models() / "humanoid-embedding.safetensors"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copy(EMBEDDING, tmp_path / "model.safetensors"))


def test_a_copy_is_written_and_the_model_stays(
    capsys: pytest.CaptureFixture[str], demo: Path, model: Path, tmp_path: Path
) -> None:
    before, out = model.read_bytes(), tmp_path / "copy.safetensors"
    report = told(capsys, "calibrate", model, "--data", demo, "-o", out)
    assert model.read_bytes() == before and checkpoint.describe(out).document["calibration"]
    assert report["replaced"] is False and report["out"] == str(out)
    assert (report["clips"], report["fps"], report["halved"]) == (10, 30.0, True)
    assert report["signs"]["jump"] == {"n_eff": 10, "decides": True}
    assert report["signs"]["cycle"]["decides"] is False and report["looping"] > 0
    assert report["thresholds"]["drift"]["high"] >= report["thresholds"]["drift"]["low"] > 0.0
    sentence = refused(capsys, "calibrate", model, "--data", demo, "-o", out)
    assert "--force" in sentence
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.safetensors", "model.safetensors"]


def test_the_model_itself_is_replaced_and_that_is_said(
    capsys: pytest.CaptureFixture[str], demo: Path, model: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.safetensors"
    link.symlink_to(model)
    code, out, err = run(capsys, "calibrate", link, "--data", demo)
    assert code == 0, err
    assert "takes the place of what was read" in out and "half of the clips" in out and "loop" in out
    assert "cycle" in out  # too few clips do not loop
    assert link.is_symlink() and "calibration" in checkpoint.describe(model).document


def test_what_cannot_be_calibrated_is_told(
    capsys: pytest.CaptureFixture[str], demo: Path, model: Path, tmp_path: Path
) -> None:
    classifier = paths.models() / "humanoid-classifier-raw.safetensors"
    before = classifier.read_bytes()
    assert "makes no motion" in refused(capsys, "calibrate", classifier, "--data", demo)
    assert classifier.read_bytes() == before
    data = Path(shutil.copy(demo, tmp_path / "my.h5"))
    assert "give .safetensors" in refused(capsys, "calibrate", model, "--data", data, "-o", data, "--force")
    assert "no such file" in refused(capsys, "calibrate", tmp_path / "none.safetensors", "--data", demo)
    assert "is not there" in refused(
        capsys, "calibrate", model, "--data", demo, "-o", tmp_path / "no" / "m.safetensors"
    )
    images = paths.models() / "penn-embedding.safetensors"
    copy = tmp_path / "images.safetensors"
    assert "of another skeleton" in refused(capsys, "calibrate", images, "--data", demo, "-o", copy)
    assert not copy.exists()
