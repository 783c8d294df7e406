"""The gallery shows the clearest examples of each kind, of different clips and models, in small files."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poseviewer.errors import PoseviewerError

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "make_gallery.py"


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("make_gallery", SCRIPT)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["make_gallery"] = made
    spec.loader.exec_module(made)
    return made


def test_the_clearest_of_different_clips_and_models_come_first(script: Any) -> None:
    told = [
        ("a", "walk", 0, 9.0),
        ("a", "run", 0, 8.0),
        ("b", "walk", 0, 7.0),
        ("b", "kick", 0, 3.0),
        ("b", "kick", 1, 4.0),
    ]
    rows = [script.Shown(*of, "drifting", "drift", 40, score) for *of, score in told]
    first = script.chosen(rows, 2)
    assert [(row.model, row.clip, row.number) for row in first] == [("a", "walk", 0), ("b", "kick", 1)]
    assert [row.clip for row in script.chosen(rows, 9)] == ["walk", "kick", "run"]
    assert script.chosen([], 2) == []


def test_who_stands_still_is_no_example_of_what_is_realistic(script: Any) -> None:
    rows = [
        script.Shown(m, str(v), 0, "realistic", "", -1, 0.0, v)
        for m, v in (("humanoid-a", 1.0), ("humanoid-b", 3.0), ("penn-a", 7.0))
    ]
    assert [row.speed for row in script.lively(rows)] == [3.0, 7.0]


def test_a_gif_keeps_the_colours_of_thin_lines(script: Any, tmp_path: Path) -> None:
    from PIL import Image

    images = []
    for k in range(8):
        image = np.full((60, 80, 3), 220, np.uint8)
        image[:, :, 0] += np.arange(80, dtype=np.uint8)[None] // 4
        image[30, 10 : 20 + k] = (26, 95, 176)  # the seed's path
        images.append(image)
    size = script.written(images, tmp_path / "a.gif")
    assert size == (tmp_path / "a.gif").stat().st_size < 20_000
    film = Image.open(tmp_path / "a.gif")
    assert film.n_frames == 8 and film.info["duration"] == 100
    film.seek(7)
    seen = np.asarray(film.convert("RGB")).astype(int)
    assert np.abs(seen[30, 15] - [26, 95, 176]).max() < 16


def test_a_command_makes_the_same_rollout(script: Any) -> None:
    shown = script.Shown("m", "walk", 2, "drifting", "drift", 40, 1.0)
    assert "--clip walk" in script.command(shown) and "--number 2" in script.command(shown)
    assert "--seed-frames 60" in script.command(shown, 50, 60) and "--generate 50" in script.command(shown, 50, 60)


def test_a_folder_of_somebodys_own_is_refused_before_the_search(script: Any, tmp_path: Path) -> None:
    own = tmp_path / "notes"
    own.mkdir()
    (own / "diary.md").write_text("mine")
    with pytest.raises(PoseviewerError, match="holds other files"):
        script.made(own, tmp_path / "nowhere")
    assert (own / "diary.md").read_text() == "mine"
    with pytest.raises(PoseviewerError, match="nowhere: it has no generator"):
        script.made(tmp_path / "gallery", tmp_path / "nowhere")
    assert not (tmp_path / "gallery").exists()
