"""`diagnose --report` writes one file beside what it reads, and over nothing that is not a report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.cli import main, reports
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("learns_once")]


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A walk of the demo that stands still from a frame on."""
    with Dataset.open(paths.demo()) as demo:
        walk = demo.clip(demo.find("dance_a")).onto(HUMANOID)
    positions = np.concatenate([walk.positions[:30], np.repeat(walk.positions[30:31], 90, axis=0)])
    out = tmp_path / "<b>frozen.npz"
    np.savez(out, positions=positions, fps=walk.fps, skeleton="humanoid", seed_frames=20)
    return out


def test_files_of_motions_have_a_report_with_their_verdicts_and_films(frozen: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "r.html"
    assert main(["diagnose", str(frozen), "--reference", str(paths.demo()), "--report", str(out), "--json"]) == 0
    text = out.read_text(encoding="utf-8")
    assert '"verdict"' in capsys.readouterr().out
    assert "1 of 1 clip fails." in text and "&lt;b&gt;frozen" in text and "<b>frozen" not in text
    assert text.count("data:image/webp;base64,") == 4
    assert len(text) < 2_000_000


def test_clips_that_do_not_fail_are_shown_too(tmp_path: Path) -> None:
    with Dataset.open(paths.demo()) as demo:
        walk = demo.clip(demo.find("walk")).onto(HUMANOID)
    np.savez(tmp_path / "walk.npz", positions=walk.positions, fps=walk.fps, skeleton="humanoid", seed_frames=36)
    out = tmp_path / "r.html"
    assert main(["diagnose", str(tmp_path / "walk.npz"), "--reference", str(paths.demo()), "--report", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert "The clip does not fail." in text and text.count("data:image/webp;base64,") == 4


def test_no_input_and_nothing_but_a_report_is_replaced(frozen: Path, tmp_path: Path, capsys) -> None:
    own = tmp_path / "own.html"
    own.write_text("my page", encoding="utf-8")
    asked = ["diagnose", str(frozen), "--reference", str(paths.demo()), "--report"]
    assert main([*asked, str(own)]) == 1
    assert own.read_text(encoding="utf-8") == "my page" and "--force" in capsys.readouterr().err
    assert main([*asked, str(paths.demo())]) == 1
    assert main([*asked, str(tmp_path / "none" / "r.html")]) == 1
    own.write_text("<html><title>poseviewer diagnose</title>", encoding="utf-8")
    (tmp_path / "linked.html").symlink_to(frozen)
    assert main([*asked, str(tmp_path / "linked.html"), "--force"]) == 1
    assert frozen.stat().st_size > 1000


def test_figures_are_told_before_a_report_that_cannot_be_written(
    frozen: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(out: Path, text: str) -> None:
        raise PoseviewerError(out, "", "the disk is full", "make room")

    monkeypatch.setattr(reports, "_write", full)
    asked = ["diagnose", str(frozen), "--reference", str(paths.demo()), "--report", str(tmp_path / "r.html"), "--json"]
    assert main(asked) == 1
    told = capsys.readouterr()
    assert '"verdict"' in told.out and "the disk is full" in told.err
