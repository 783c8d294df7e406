"""`poseviewer export`: what is written, what is refused, and nothing left behind."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from poseviewer import export, paths
from poseviewer.bench.bench import Bench
from poseviewer.cli import main
from poseviewer.progress import Job, Progress
from tests.cli.test_commands import GENERATOR, SMALL, refused, run, told

TEXTBOOK = paths.models() / "humanoid-generator-textbook.safetensors"
FLAT = paths.models() / "penn-generator-raw.safetensors"


def test_export_reports_what_it_did(capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "walk.mp4"
    began = time.monotonic()
    report = told(capsys, "export", demo, "--clip", "walk", "-o", out, "--seconds", "2", *SMALL)
    assert 0.0 < report["seconds"] < time.monotonic() - began + 1e-3
    assert report["frames"] == 60 and report["frames_per_second"] > 0 and report["clip"] == "walk"
    import av

    with av.open(str(out)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 60


def test_export_from_a_motion_file(capsys: pytest.CaptureFixture[str], captures: Path, tmp_path: Path) -> None:
    code, out, _ = run(capsys, "export", captures / "moving.npz", "-o", tmp_path / "a.csv")
    assert code == 0 and "wrote" in out
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 7


def test_an_odd_size_is_told_where_the_format_needs_an_even_one(
    capsys: pytest.CaptureFixture[str], captures: Path, tmp_path: Path
) -> None:
    from PIL import Image

    common = ["export", captures / "moving.npz", "--frames", "0:2", "--size", "161x91"]
    code, out, err = run(capsys, *common, "-o", tmp_path / "a.mp4")
    assert (code, err) == (0, "")
    assert "a.mp4 (2 frames" in out and "); it is 160x90 instead of 161x91: MP4 needs even sides" in out
    code, out, err = run(capsys, *common, "-o", tmp_path / "a.gif")
    assert (code, err) == (0, "") and "instead" not in out
    assert Image.open(tmp_path / "a.gif").size == (161, 91)


def test_a_film_shows_the_seed_and_the_rollout_and_no_rest_of_the_clip(
    capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path
) -> None:
    common = ["export", demo, "--clip", "dance_a", "--model", GENERATOR, "--seed-frames", "12", "--generate", "4"]
    for part, frames in (([], 16), (["--part", "generated"], 4), (["--part", "clip", "--frames", "0:20"], 20)):
        assert told(capsys, *common, *part, "-o", tmp_path / "a.gif", *SMALL)["frames"] == frames


def test_what_is_drawn_beside_the_figure_can_be_left_out(
    capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path
) -> None:
    from PIL import Image

    left_out = [f"--no-{name}" for name in ("labels", "captions", "legend", "trails", "truth", "ground", "skins")]
    picture = ["export", demo, "--clip", "walk", "--frames", "9:10", "--size", "320x180", "--transparent"]
    told(capsys, *picture, "-o", tmp_path / "a.png", *left_out)
    told(capsys, *picture, "-o", tmp_path / "b.png")
    bare, full = (np.asarray(Image.open(tmp_path / name)) for name in ("a.png", "b.png"))
    assert bare.shape == (180, 320, 4)
    assert 0 < (bare[..., 3] > 0).mean() < 0.15 < (full[..., 3] > 0).mean()
    sentence = refused(capsys, *picture, "-o", tmp_path / "a.mp4")
    assert "MP4 holds nothing that shows through; give .webm, .gif, .apng, .png" in sentence
    assert "give at most 50" in refused(capsys, *picture, "--fps", "60", "-o", tmp_path / "a.gif")


def test_export_in_the_light_theme(capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path) -> None:
    from PIL import Image

    for theme in ("dark", "light"):
        run(capsys, "export", demo, "-o", tmp_path / f"{theme}.png", "--frames", "0:1", "--theme", theme, *SMALL)
    dark, light = (np.asarray(Image.open(tmp_path / f"{theme}.png")).mean() for theme in ("dark", "light"))
    assert dark < 80 < 180 < light


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--clip", "wlak"], "walk"),
        (["--frames", "30:90"], "--seconds"),
        (["--generate", "5"], "--model"),
        (["--seed-frames", "5"], "--model"),
        (["--model-b", str(GENERATOR)], "--model-b: no model is named to generate with; add --model CKPT"),
        (["--montage", "0,5"], "--montage: no model is named to generate with; add --model CKPT"),
        (["--model", str(GENERATOR), "--generate", "5", "--montage", "0,9"], "give --generate 9 or more"),
        (["--model", str(GENERATOR), "--montage", "0,9", "--frames", "0:5"], "leave out --frames"),
        (["--verdict"], "nothing on it is generated"),
        (["--reference", "real.h5"], "--verdict"),
        (["--frames", "5:2"], "give A smaller than B"),
        (["--model", "nothing.safetensors"], "nothing.safetensors"),
    ],
)
def test_export_refuses_in_a_sentence(
    capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    assert words in refused(capsys, "export", demo, "-o", tmp_path / "a.mp4", *arguments)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [[], ["--size", "800x426"]])
def test_a_beside_b_and_their_montage(
    capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path, size: list[str]
) -> None:
    from PIL import Image

    both = ["export", demo, "--clip", "dance_a", "--model", GENERATOR, "--model-b", TEXTBOOK, "--seed-frames", "12"]
    told(capsys, *both, "--montage", "0,2,4", "--theme", "light", *size, "-o", tmp_path / "a.png")
    assert Image.open(tmp_path / "a.png").size == ((800, 426) if size else (968, 850))
    report = told(capsys, *both, "--generate", "4", *SMALL, "-o", tmp_path / "a.gif")
    assert report["frames"] == 16
    for asked, words in ((["--model-b", TEXTBOOK], "write each"), (["--montage", "0,2"], "give one of .mp4")):
        one = ["export", demo, "--clip", "dance_a", "--model", GENERATOR, *asked]
        assert words in refused(capsys, *one, "-o", tmp_path / "a.bvh")


def test_export_to_an_unknown_format(capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path) -> None:
    assert ".mp4" in refused(capsys, "export", demo, "-o", tmp_path / "a.avi")
    assert "folder" in refused(capsys, "export", demo, "-o", tmp_path / "nowhere" / "a.mp4", "--frames", "0:1", *SMALL)


@pytest.mark.parametrize(
    ("model", "said", "skins"),
    [
        ([], [], False),
        ([], ["--skins"], True),
        (["--model", GENERATOR, "--generate", "2"], [], True),
        (["--model", GENERATOR, "--generate", "2"], ["--no-skins"], False),
    ],
)
def test_earlier_poses_are_drawn_of_generated_frames_unless_it_is_said(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: list[object], said: list[str], skins: bool
) -> None:
    drawn: list[Bench] = []

    def export_clip(bench: Bench, *_: object, **__: object) -> Job:
        drawn.append(bench)
        yield Progress(1, 1, "wrote")

    monkeypatch.setattr(export, "export_clip", export_clip)
    assert main(["export", *map(str, [demo, "--clip", "walk", "-o", tmp_path / "a.gif", *model, *said])]) == 0
    assert [bench.look.skins for bench in drawn] == [skins]


@pytest.mark.skipif(not GENERATOR.exists(), reason="no checkpoint is shipped in this checkout")
def test_export_of_generated_frames(capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path) -> None:
    from poseviewer.data.readers import read

    common = [demo, "--clip", "walk", "--model", GENERATOR, "--generate", "5", "--seed-frames", "12"]
    code, _, err = run(capsys, "export", *common, "-o", tmp_path / "a.npz")
    assert code == 0, err
    (clip,) = read(tmp_path / "a.npz")
    assert (len(clip), clip.seed_frames, clip.skeleton.name) == (17, 12, "humanoid")
    assert np.isfinite(clip.positions).all()
    run(capsys, "export", *common, "--number", "1", "-o", tmp_path / "c.npz")
    (other,) = read(tmp_path / "c.npz")
    assert np.abs(other.positions[12:] - clip.positions[12:]).max() > 1e-3  # other noise
    assert "fewer" in refused(capsys, "export", *common[:-1], "999", "-o", tmp_path / "b.npz")
    assert "no generator" in refused(
        capsys, "export", demo, "-o", tmp_path / "b.npz", "--model", paths.models() / "humanoid-embedding.safetensors"
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_export_leaves_nothing(demo: Path, tmp_path: Path, number: signal.Signals, code: int) -> None:
    command = [
        sys.executable,
        "-m",
        "poseviewer",
        "export",
        str(demo),
        "-o",
        str(tmp_path / "a.mp4"),
        "--seconds",
        "600",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 30
        while not list(tmp_path.iterdir()) and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.05)
        assert list(tmp_path.iterdir()), "it has not begun to write"
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert process.returncode == code, err
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())


def test_a_flat_model_tells_from_which_side_it_sees_a_solid_clip(
    capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "a.npz"
    code, _, err = run(capsys, "export", demo, "--clip", "walk", "--model", FLAT, "--generate", "2", "-o", out)
    assert code == 0 and re.search(r"Seen from \d+°: a 2D model continues what this side shows\.", err)
    with np.load(out) as arrays:
        assert arrays["positions"].shape[1:] == (13, 2)
