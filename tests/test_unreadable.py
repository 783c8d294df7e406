"""Files that are never opened are answered by what they are and what to do, wherever a file is given."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from poseviewer import paths
from poseviewer.cli import main
from poseviewer.data.readers import open_dataset, suffixes
from poseviewer.errors import PoseviewerError
from poseviewer.nets.models.load import load_model
from poseviewer.unreadable import _KINDS, unreadable

TORCH_FILES = (".pt", ".pth")  # those with motion are read, those with a model are not
TORCH = ("model.pt", "model.pth", "model.ckpt", "MODEL.PT2")


def torch_file(path: Path) -> Path:
    """What torch.save writes: a .zip with a pickle in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02}q\x00.")
        archive.writestr("archive/version", b"3\n")
    path.write_bytes(stream.getvalue())
    return path


def commands(file: Path, folder: Path) -> list[list[str]]:
    """Every place of the command line that takes a file."""
    demo, out = str(paths.demo()), str(folder / "out")
    return [
        ["info", str(file)],
        ["import", str(file), "-o", f"{out}.h5"],
        ["export", str(file), "-o", f"{out}.bvh"],
        ["export", demo, "--model", str(file), "-o", f"{out}.mp4"],
        ["evaluate", str(file), "--data", demo],
        ["evaluate", str(paths.models() / "humanoid-embedding.safetensors"), "--data", str(file)],
        ["train", "embedding", "--data", str(file), "-o", f"{out}.safetensors"],
        ["train", "generator", "--data", demo, "--embedding", str(file), "-o", f"{out}.safetensors"],
    ]


@pytest.mark.parametrize("command", range(8))
def test_a_torch_file_on_the_command_line(tmp_path, capsys, command):
    arguments = commands(torch_file(tmp_path / "model.pt"), tmp_path)[command]
    assert main(arguments) == 1
    told = capsys.readouterr().err
    assert told.startswith("poseviewer: model.pt: a PyTorch file cannot be opened: it can run code")
    assert "save its weights as a checkpoint of poseviewer (.safetensors)" in told and "CONTRIBUTING.md" in told
    assert len(told.splitlines()) == 1 and [path.name for path in tmp_path.iterdir()] == ["model.pt"]


@pytest.mark.parametrize("name", TORCH)
def test_a_torch_file_that_is_dropped_or_loaded(tmp_path, name):
    path = torch_file(tmp_path / name)
    for opened in (open_dataset, load_model):
        with pytest.raises(PoseviewerError, match="a PyTorch file cannot be opened"):
            opened(path)


@pytest.mark.parametrize("suffix", [suffix for kinds, _, _ in _KINDS for suffix in kinds])
def test_every_suffix_that_is_refused_names_its_cure(tmp_path, suffix):
    assert suffix not in suffixes() or suffix in TORCH_FILES, "it is read: it is no longer unreadable"
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"anything")
    with pytest.raises(PoseviewerError) as refused:
        open_dataset(path)
    expected = unreadable(path)
    assert expected is not None and str(refused.value) == str(expected) and expected.cure


def test_an_unknown_suffix_names_what_is_read(tmp_path):
    path = torch_file(tmp_path / "motion.xyz")
    with pytest.raises(PoseviewerError, match=r"files ending in '.xyz' cannot be read; give .*\.bvh"):
        open_dataset(path)
