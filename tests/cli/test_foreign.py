"""The command line with an installed model: by its name where a checkpoint's file would stand."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer.data.readers import read
from poseviewer.data.writer import DatasetWriter
from poseviewer.motion.clip import Clip
from tests.cli.test_commands import refused, run, told


@pytest.fixture
def swings(pendulum: Clip, tmp_path: Path) -> Path:
    """A pendulum that swings there, and one that swings there and back; what they do is told in the model's words."""
    there = replace(pendulum, action="left", split="test")
    and_back = np.concatenate([pendulum.positions, pendulum.positions[::-1]])
    path = tmp_path / "swings.h5"
    with DatasetWriter(path) as writer:
        writer.add(there)
        writer.add(replace(there, name="and back", positions=and_back, action="still"))
    return path


def test_info_tells_what_an_installed_model_is(capsys: pytest.CaptureFixture[str], installed: Path) -> None:
    report = told(capsys, "info", "swing-generator")
    assert (report["kind"], report["skeleton"], report["joints"]) == ("generator", "swing", 3)
    assert (report["fps"], report["context"], report["stochastic"]) == (50.0, 2, True)
    assert (report["package"], report["entry_point"]) == ("swing 1.0", "swing.models:SwingGenerator")
    assert told(capsys, "info", "swing-classifier")["classes"] == ["left", "still", "right"]
    code, out, _ = run(capsys, "info", "swing-embedding")
    assert code == 0 and re.search(r"^latent +2$", out, re.M)


@pytest.mark.parametrize("command", [["info"], ["evaluate", "--data", "{data}"]])
def test_a_name_that_nobody_offers_is_told_with_what_is_installed(
    capsys: pytest.CaptureFixture[str], swings: Path, command: list[str]
) -> None:
    words = refused(capsys, *(part.format(data=swings) for part in command), "swing-genrator")
    assert "swing-genrator" in words and "swing-classifier, swing-embedding, swing-generator" in words


def test_a_broken_one_is_a_sentence(capsys: pytest.CaptureFixture[str], swings: Path, tmp_path: Path) -> None:
    assert "no module named 'nowhere'" in refused(capsys, "info", "broken")
    out = tmp_path / "a.npz"
    assert "ZeroDivisionError" in refused(capsys, "export", swings, "-o", out, "--model", "failing")
    assert "no generator" in refused(capsys, "export", swings, "-o", out, "--model", "swing-embedding")
    assert not out.exists()


def test_export_lets_it_go_on_from_a_clip(capsys: pytest.CaptureFixture[str], swings: Path, tmp_path: Path) -> None:
    common = ["export", swings, "--model", "swing-generator", "--generate", "20"]
    code, _, err = run(capsys, *common, "-o", tmp_path / "a.npz")
    assert code == 0, err
    (clip,) = read(tmp_path / "a.npz")
    assert (clip.fps, len(clip) - (clip.seed_frames or 0), len(clip.skeleton.joints)) == (50.0, 20, 3)
    code, _, err = run(capsys, *common, "-o", tmp_path / "a.gif", "--size", "160x90")
    assert code == 0, err


def test_export_says_where_it_does_not_fit(
    capsys: pytest.CaptureFixture[str], installed: Path, demo: Path, tmp_path: Path
) -> None:
    words = refused(capsys, "export", demo, "-o", tmp_path / "a.npz", "--model", "swing-generator")
    assert "pivot, elbow, bob" in words


def test_evaluate_measures_each_kind(capsys: pytest.CaptureFixture[str], swings: Path) -> None:
    report = told(capsys, "evaluate", "swing-classifier", "--data", swings)
    assert (report["clips"], report["frames"], report["clip_accuracy"]) == (2, 148, 1.0)
    assert told(capsys, "evaluate", "swing-embedding", "--data", swings)["mpjpe"] < 1e-3
    report = told(capsys, "evaluate", "swing-generator", "--data", swings)
    assert report["mpjpe_global"]["100_ms"] < report["copy_last_global"]["100_ms"]
    assert "train" in refused(capsys, "evaluate", "swing-generator", "--data", swings, "--split", "validation")


def test_evaluate_takes_any_motion_and_all_clips_where_no_split_is_named(
    capsys: pytest.CaptureFixture[str], pendulum: Clip, tmp_path: Path
) -> None:
    path = tmp_path / "swing.npz"
    np.savez(
        path,
        positions=np.asarray(pendulum.positions),
        joints=np.array(pendulum.skeleton.joints),
        parents=np.array([-1, 0, 1]),
        fps=25.0,
    )
    report = told(capsys, "evaluate", "swing-embedding", "--data", path)
    assert (report["clips"], report["split"]) == (1, "all") and report["mpjpe"] < 1e-3
    assert "none of its clips names its action" in refused(capsys, "evaluate", "swing-classifier", "--data", path)
    assert "no clips of the split 'test'" in refused(
        capsys, "evaluate", "swing-embedding", "--data", path, "--split", "test"
    )


def test_a_watched_folder_is_read_by_an_installed_model_alone(
    capsys: pytest.CaptureFixture[str], installed: Path, tmp_path: Path
) -> None:
    assert "give --watch DIR" in refused(capsys, "--model", "swing-generator")
    words = refused(capsys, "--watch", tmp_path, "--model", "nobody")
    assert "no installed package offers a model of that name" in words
