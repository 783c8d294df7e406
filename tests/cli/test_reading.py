"""What files do not say themselves is said on the command line, alike for every command that reads motion."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from poseviewer import window
from poseviewer.cli.commands import COMMANDS
from poseviewer.data.dataset import Dataset
from poseviewer.data.reading import Reading
from poseviewer.errors import PoseviewerError
from poseviewer.paths import models
from poseviewer.progress import Progress
from tests.cli.test_commands import refused, run, told
from tests.data.a_rig import walking_bvh
from tests.data.arrays.people import person


@pytest.fixture
def rig(tmp_path: Path) -> Path:
    return walking_bvh(tmp_path / "walk.bvh")


def test_info_tells_what_was_assumed_and_takes_what_is_said(capsys: pytest.CaptureFixture[str], rig: Path) -> None:
    assert told(capsys, "info", rig)["provenance"] == "BVH, taken to be in metres by its size, y up by the body"
    said = told(capsys, "info", rig, "--up", "-z", "--unit", "in")["provenance"]
    assert said == "BVH, in inches as given, -z up as given"


def test_import_and_export_read_as_they_are_told(capsys: pytest.CaptureFixture[str], rig: Path, tmp_path: Path) -> None:
    run(capsys, "import", rig, "-o", tmp_path / "out.h5", "--up", "z", "--unit", "cm", "--fps", "15")
    with Dataset.open(tmp_path / "out.h5") as dataset:
        clip = dataset.clip(0)
    assert clip.fps == 15.0 and len(clip) == 20
    assert np.ptp(clip.positions[0, :, 1]) < 0.01  # a walker of cm that lies
    code, _, _ = run(capsys, "export", rig, "-o", tmp_path / "out.npz", "--up", "z")
    assert code == 0
    written = np.load(tmp_path / "out.npz")["positions"]
    assert np.ptp(written[0, :, 2]) > 1.2 and np.ptp(written[0, :, 1]) < 0.6


def test_diagnose_reads_motions_as_it_is_told(
    capsys: pytest.CaptureFixture[str], rig: Path, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from poseviewer.measure.verdicts import motion

    seen = []

    def judged(files, *_):  # type: ignore[no-untyped-def]
        seen.extend(dataset.reading for _, dataset in files)
        yield from ()
        return {"clips": []}

    monkeypatch.setattr(motion, "motions_judged", judged)
    run(capsys, "diagnose", rig, "--reference", demo, "--up", "z", "--json")
    assert seen == [Reading(up="z")]


def test_the_window_reads_as_it_is_told(rig: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from poseviewer.cli.parsers import parse

    shown = []
    monkeypatch.setattr(window, "show", lambda *what: shown.append(what) or 0)
    monkeypatch.setattr(window, "leave", lambda code: code)
    given = parse([str(rig), "--up", "-y", "--unit", "cm", "--joints", "smpl22", "--fps", "20"])
    assert given.run(given) == 0
    assert shown == [([rig], None, None, Reading(fps=20.0, up="-y", unit="cm", joints="smpl22"))]


@pytest.mark.parametrize("command", ["info", "import", "export", "diagnose"])
def test_every_command_that_reads_motion_asks_alike(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert command in COMMANDS
    _, out, _ = run(capsys, command, "--help")
    assert all(f"--{option} " in out for option in ("joints", "up", "unit", "mean", "std"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--up", "w"), "'w' is no axis that could point up; give x, y, z, -x, -y or -z"),
        (("--unit", "yards"), "'yards' is no unit; give m, cm, mm, in, ft or px"),
        (("--fps", "0"), "'0' is no frame rate"),
    ],
)
def test_what_cannot_be_is_answered_in_a_sentence(
    capsys: pytest.CaptureFixture[str], rig: Path, arguments: tuple[str, str], words: str
) -> None:
    code, _, err = run(capsys, "info", rig, *arguments)
    assert code == 2 and words in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--mean", "nowhere.npy"), "nowhere.npy: there is no such file"),
        (("--joints", "octopus"), "no set of joints is named 'octopus'; give one of"),
        (("--joints", "nowhere.json"), "nowhere.json"),
    ],
)
def test_what_is_not_there_is_answered_in_a_sentence(
    capsys: pytest.CaptureFixture[str], rig: Path, arguments: tuple[str, str], words: str
) -> None:
    assert words in refused(capsys, "info", rig, *arguments)


@pytest.mark.parametrize(
    ("file", "arguments", "told"),
    [
        ("walk.bvh", ("--joints", "coco17"), "--joints was not used: its joints are stated"),
        ("walk.bvh", ("--joints", "smpl22", "--up", "z"), "--joints was not used: its joints are stated"),
        ("walk.bvh", ("--up", "z", "--unit", "cm", "--fps", "20"), ""),
        ("walk.bvh", ("--std", "walk.npy"), "--std was not used: it is not standardised"),
        ("walk.npy", ("--joints", "coco17"), "--joints was used for the first 17 of 22 points alone"),
        ("walk.npy", ("--joints", "smpl22"), ""),
        ("", ("--joints", "smpl22"), ""),  # one of the folder's files has a use for it
        ("", ("--mean", "walk.npy"), "--mean was not used: it is not standardised"),
        ("flat.npy", ("--up", "z"), "--up was not used: it lies in an image"),
        ("flat.npy", ("--unit", "px"), ""),
    ],
)
def test_what_is_said_of_files_in_vain_is_told(
    capsys: pytest.CaptureFixture[str],
    rig: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    arguments: tuple[str, ...],
    told: str,
) -> None:
    np.save(tmp_path / "walk.npy", person())
    np.save(tmp_path / "flat.npy", 500.0 + 300.0 * person()[..., :2])
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, "info", tmp_path / file, *arguments)
    assert code == 0 and err == (f"poseviewer: {told}\n" if told else "")
    if told.startswith("--joints was not"):
        assert "joints given but its joints are stated" in out


def test_a_dataset_of_ours_says_all_itself(capsys: pytest.CaptureFixture[str], rig: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.h5"
    assert run(capsys, "import", rig, "-o", own, "--up", "z", "--mean", rig)[2].endswith("--mean was not used: "
        "it is not standardised\n")  # fmt: skip
    code, _, err = run(capsys, "info", own, "--up", "y", "--fps", "15")
    assert code == 0 and "--up was not used: a dataset of ours states all itself" in err
    assert "--fps was not used: a dataset is opened as it is; `poseviewer import own.h5` resamples it" in err
    _, _, err = run(capsys, "import", own, "-o", tmp_path / "again.h5", "--up", "y", "--fps", "15")
    assert err == "poseviewer: --up was not used: its up axis is stated\n"


def test_pixels_of_what_moves_in_space_are_refused(
    capsys: pytest.CaptureFixture[str], rig: Path, demo: Path, tmp_path: Path
) -> None:
    for file in (rig, demo):
        assert "it moves in space, which has no pixels" in refused(capsys, "info", file, "--unit", "px")


@pytest.mark.parametrize(
    "command",
    [
        ("train", "embedding", "-o", "M.safetensors"),
        ("evaluate", "{model}"),
        ("measure", "forecast", "{model}"),
        ("calibrate", "{model}", "-o", "M.safetensors"),
        ("diagnose", "{model}"),
        ("diagnose", "--self-test"),
        ("diagnose", "--self-test", "--leave-out", "walk"),
    ],
)
def test_commands_on_data_take_files_of_any_kind(
    capsys: pytest.CaptureFixture[str],
    rig: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    from poseviewer.data import readers
    from poseviewer.train import run as training

    def seen(*what: object) -> Iterator[Progress]:
        raise PoseviewerError("read", "", repr(what), "")
        yield

    monkeypatch.chdir(tmp_path)
    for module in (readers, training):
        monkeypatch.setattr(module, "opening", seen)
    model = models() / "humanoid-generator-raw.safetensors"
    arguments = [part.format(model=model) for part in command]
    told = refused(capsys, *arguments, "--data", rig, "--up", "z")
    assert repr((rig, Reading(up="z"))) in told


@pytest.mark.parametrize(
    "command",
    [
        ("train", "classifier", "-o", "M.safetensors", "--embedding", "{model}"),
        ("evaluate", "{model}"),
    ],
)
def test_what_a_folder_holds_that_cannot_be_read_is_told(
    capsys: pytest.CaptureFixture[str], rig: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "data").mkdir()
    for file, size in (("a.bvh", 100), ("b.bvh", None)):
        (tmp_path / "data" / file).write_bytes(rig.read_bytes()[:size])
    model = models() / "humanoid-classifier-raw.safetensors"
    arguments = [part.format(model=model) for part in command]
    told = run(capsys, *arguments, "--data", tmp_path / "data")[2]
    assert "poseviewer: 1 file of data left out, the first: a.bvh, " in told
