"""The command line: exit codes, sentences, JSON keys, and nothing left behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from poseviewer import paths
from poseviewer.cli import main
from poseviewer.cli.commands import COMMANDS
from poseviewer.motion.actions import action_name

SMALL = ["--size", "160x90"]
GENERATOR = paths.models() / "humanoid-generator-latent.safetensors"


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command line."""
    try:
        code = main([str(argument) for argument in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one sentence of an expected failure."""
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    lines = err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("poseviewer: ") and lines[0].endswith((".", "?")), err
    return lines[0]


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    code, out, err = run(capsys, *arguments, "--json")
    assert code == 0, err
    report: dict[str, Any] = json.loads(out)
    return report


# help and usage


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0
    assert "example" in out and f"poseviewer {command} " in out


def test_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert all(command in out for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["info"],
        ["export", "a.h5"],
        ["export", "a.h5", "-o", "b.mp4", "--size", "huge"],
        ["export", "a.h5", "-o", "b.mp4", "--size", "0x0"],
        ["export", "a.h5", "-o", "b.mp4", "--size", "8x8"],
        ["export", "a.h5", "-o", "b.mp4", "--size", "99999x99999"],
        ["export", "a.h5", "-o", "b.mp4", "--frames", "7"],
        ["export", "a.h5", "-o", "b.mp4", "--seconds", "-1"],
        ["export", "a.h5", "-o", "b.mp4", "--model", "m", "--generate", "0"],
        ["train", "dream", "--data", "a.h5", "-o", "m.safetensors"],
        ["train", "embedding", "--data", "a.h5", "-o", "m.safetensors", "--set", "epochs"],
        ["--sideways"],
    ],
)
def test_wrong_usage_is_two(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "usage: poseviewer" in err


# info


def test_info_of_the_demo(capsys: pytest.CaptureFixture[str], demo: Path) -> None:
    report = told(capsys, "info", demo)
    assert report["clips"] == 20 == len(report["names"])
    assert report["fps"] == 30.0
    assert report["frames"] > 1000
    assert report["joints"] == len(report["skeletons"][0]["joints"])
    assert report["skeletons"][0]["name"]
    assert "walk" in report["names"]
    assert "zlib" in report["licence"] and "pybullet" in report["provenance"]


def test_info_of_a_folder(capsys: pytest.CaptureFixture[str], captures: Path) -> None:
    report = told(capsys, "info", captures)
    assert (report["clips"], report["frames"], report["joints"], report["fps"]) == (2, 10, 3, 25.0)


def test_info_as_text(capsys: pytest.CaptureFixture[str], demo: Path) -> None:
    code, out, _ = run(capsys, "info", demo)
    assert code == 0
    assert re.search(r"^clips +20$", out, re.MULTILINE) and "walk" in out


@pytest.mark.parametrize("model", sorted(paths.models().glob("*.safetensors")), ids=lambda path: path.stem)
def test_info_of_every_shipped_model(capsys: pytest.CaptureFixture[str], model: Path) -> None:
    report = told(capsys, "info", model)
    assert report["kind"] in model.stem or report["kind"] == "embedding"
    assert report["config"] and report["trained_on"]["command"].startswith("poseviewer train")
    assert (len(report["classes"]) > 1) == (report["kind"] == "classifier")
    assert bool(report["generation"]) == (report["kind"] == "generator") == (report["stochastic"] is not None)
    assert (report["latent"] is None) == (report["kind"] != "embedding" and report["embedding_id"] is None)
    code, out, _ = run(capsys, "info", model)
    assert code == 0 and all(action_name(name) in out for name in report["classes"]) and "{" not in out


@pytest.mark.skipif(not GENERATOR.exists(), reason="no checkpoint is shipped in this checkout")
def test_info_of_a_checkpoint_needs_no_torch() -> None:
    program = (
        "import sys; from poseviewer.cli import main; code = main(sys.argv[1:]);"
        "assert 'torch' not in sys.modules; sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "info", str(GENERATOR), "--json"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["kind"], report["skeleton"], report["joints"]) == ("generator", "humanoid", 18)
    assert report["fps"] and report["context"] and report["parameters"]


@pytest.mark.parametrize("name", ["nothing.h5", "nothing.safetensors", "nothing.bvh"])
def test_info_of_nothing_is_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    assert name in refused(capsys, "info", tmp_path / name)


@pytest.mark.parametrize("name", ["a.h5", "a.bvh", "a.npz", "a.safetensors", "a.xyz"])
def test_info_of_rubbish_is_a_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00rubbish\xff" * 50)
    assert name in refused(capsys, "info", tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
@pytest.mark.parametrize("name", ["pipe.h5", "pipe.bvh", "pipe.safetensors", "pipe"])
def test_a_pipe_is_not_waited_for(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    assert f"{name}: it is not a regular file" in refused(capsys, "info", tmp_path / name)


# import


def test_import_makes_one_dataset(capsys: pytest.CaptureFixture[str], captures: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.h5"
    report = told(capsys, "import", captures, captures / "still.npz", "-o", out, "--fps", "50")
    assert (report["clips"], report["fps"], report["left_out"]) == (3, 50.0, [])
    assert told(capsys, "info", out)["clips"] == 3


def test_import_of_nothing_writes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(capsys, "import", tmp_path / "empty", "-o", tmp_path / "all.h5")
    assert [p.name for p in tmp_path.iterdir()] == ["empty"]


# the README


def test_git_ignores_what_the_readme_writes() -> None:
    checkout = Path(__file__).parents[2]
    section = (checkout / "README.md").read_text(encoding="utf-8").partition("## Command line")[2].partition("\n## ")[0]
    written = re.findall(r"^    poseviewer .*(?:-o|--report) (\S+)", section, re.M)
    ignored = (checkout / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert len(written) > 5
    assert [name for name in written if f"/{name}" not in ignored] == []


# window and doctor


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
@pytest.mark.parametrize("display", [{}, {"DISPLAY": ":987"}])
def test_window_without_a_display_is_a_sentence(display: dict[str, str]) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run(
        [sys.executable, "-m", "poseviewer"], env=environment | display, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1 and "DISPLAY" in done.stderr


def test_window_on_a_missing_file_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "exprot")
    assert (code, out) == (2, "")
    assert "exprot: there is no such file or command" in err


def test_doctor_says_that_export_works(capsys: pytest.CaptureFixture[str]) -> None:
    report = told(capsys, "doctor")
    assert report["can_export"] is True
    checks = {check["name"]: check for check in report["checks"]}
    assert {"python", "packages", "opengl", "video", "demo", "display", "qt", "torch", "models", "data"} == set(checks)
    assert all(check["cure"] for check in checks.values() if not check["ok"])
    assert "OpenGL" in checks["opengl"]["found"]


def test_doctor_names_the_package_of_a_missing_library() -> None:
    from poseviewer.doctor import install_line, missing_packages

    assert missing_packages({"libnowhere.so.7": "libnowhere7", "libc.so.6": "libc6"}) == ["libnowhere7"]
    assert "apt-get install libnowhere7" in install_line(["libnowhere7"])


def test_an_unexpected_failure_is_a_sentence_too(
    capsys: pytest.CaptureFixture[str], demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from poseviewer.data import readers

    def broken(*_: object) -> None:
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.delenv("POSEVIEWER_DEBUG", raising=False)
    monkeypatch.setattr(readers, "opening", broken)
    assert "unexpected ZeroDivisionError: division by zero" in refused(capsys, "info", demo)


def test_an_interrupt_while_it_is_still_starting_is_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("poseviewer.cli.parsers.parse", interrupted)
        assert main(["info", "a.bvh"]) == 130
    assert capsys.readouterr().err == "poseviewer: interrupted\n"
