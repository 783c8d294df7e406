"""What a command writes takes nobody's place: its inputs stay what they are, work is replaced with --force alone."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest

from poseviewer.data.dataset import Dataset
from poseviewer.data.importing import import_sources
from poseviewer.data.readers import read
from poseviewer.errors import PoseviewerError
from poseviewer.export.motions.bvh import write as write_bvh
from tests.cli.test_commands import GENERATOR, SMALL, refused, run, told
from tests.export.conftest import swing

TINY = ["--set", "epochs=1", "--set", "hidden=8", "--set", "latent=2", "--set", "rigs=0"]


@pytest.fixture
def dataset(demo: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(demo, tmp_path / "my.h5"))


@pytest.fixture
def take(tmp_path: Path) -> Path:
    """A BVH of somebody else's: written with tabs."""
    path = tmp_path / "take.bvh"
    list(write_bvh(swing(), path))
    path.write_text(path.read_text().replace("  ", "\t"))
    return path


def untouched(path: Path, capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The sentence of a command that is refused and leaves a file, and the folder, as they were."""
    content, names = path.read_bytes(), sorted(p.name for p in path.parent.iterdir())
    sentence = refused(capsys, *arguments)
    assert path.read_bytes() == content
    assert sorted(p.name for p in path.parent.iterdir()) == names
    return sentence


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_training_never_replaces_what_it_learns_from(
    capsys: pytest.CaptureFixture[str], dataset: Path, tmp_path: Path, force: list[str]
) -> None:
    train = ["train", "embedding", "--data", dataset, *TINY, *force]
    assert "give .safetensors" in untouched(dataset, capsys, *train, "-o", dataset)
    link = tmp_path / "link.safetensors"
    link.symlink_to(dataset)
    assert "one of the files that are read" in untouched(dataset, capsys, *train, "-o", link)


@pytest.mark.skipif(not GENERATOR.exists(), reason="no checkpoint is shipped in this checkout")
def test_training_never_replaces_what_it_stands_on(
    capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path
) -> None:
    embedding = Path(shutil.copy(GENERATOR.with_name("humanoid-embedding.safetensors"), tmp_path / "e.safetensors"))
    train = ["train", "generator", "--data", demo, "--embedding", embedding, "-o", embedding, "--force"]
    assert "one of the files that are read" in untouched(embedding, capsys, *train)


def test_a_checkpoint_is_replaced_with_force_alone(
    capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "e.safetensors"
    train = ["train", "embedding", "--data", demo, "-o", out, "--arch", "pca", "--set", "latent=2", "--set", "rigs=0"]
    out.write_bytes(b"trained for a week")
    for more in ([], ["--resume"]):
        assert "--force" in untouched(out, capsys, *train, *more)
    code, _, err = run(capsys, *train, "--force")
    assert code == 0, err
    assert out.stat().st_size > 1000


def test_an_unfinished_training_is_not_begun_anew_without_a_word(
    capsys: pytest.CaptureFixture[str], demo: Path, tmp_path: Path
) -> None:
    state = tmp_path / "e.safetensors.training"
    state.write_bytes(b"half of a week")
    train = ["train", "embedding", "--data", demo, "-o", tmp_path / "e.safetensors", *TINY]
    sentence = untouched(state, capsys, *train)
    assert "--resume to go on" in sentence and "--force to begin anew" in sentence


def test_import_writes_datasets_alone(capsys: pytest.CaptureFixture[str], take: Path, tmp_path: Path) -> None:
    keep = Path(shutil.copy(take, tmp_path / "keep.bvh"))
    assert "give .h5 or .hdf5" in untouched(keep, capsys, "import", take, "-o", keep)
    assert "give .h5 or .hdf5" in untouched(keep, capsys, "import", take, "-o", keep, "--force")


def test_import_replaces_a_dataset_with_force_alone(
    capsys: pytest.CaptureFixture[str], dataset: Path, take: Path
) -> None:
    assert "--force" in untouched(dataset, capsys, "import", take, "-o", dataset)
    assert "one of the files" in untouched(dataset, capsys, "import", take, dataset, "-o", dataset, "--force")
    assert told(capsys, "import", take, "-o", dataset, "--force")["clips"] == 1


@pytest.mark.parametrize("force", [False, True])
def test_of_two_imports_into_one_new_dataset_the_later_one_needs_force(take: Path, force: bool) -> None:
    out = take.with_name("new.h5")
    later = import_sources([take], out, force=force)
    list(import_sources([take, take], out))
    with nullcontext() if force else pytest.raises(PoseviewerError, match=r"new\.h5: it is there already"):
        list(later)
    with Dataset.open(out) as dataset:
        assert len(dataset) == (1 if force else 2)
    assert sorted(p.name for p in take.parent.iterdir()) == ["new.h5", "take.bvh"]


def test_import_into_the_folder_that_is_read_leaves_its_output_out(
    capsys: pytest.CaptureFixture[str], take: Path
) -> None:
    folder = take.parent
    for again in ([], ["--force"], ["--force"]):
        assert told(capsys, "import", folder, "-o", folder / "all.h5", *again)["clips"] == 1
    assert "--force" in untouched(folder / "all.h5", capsys, "import", folder, "-o", folder / "all.h5")


def test_export_never_writes_to_what_it_reads(capsys: pytest.CaptureFixture[str], take: Path) -> None:
    for force in ([], ["--force"]):
        sentence = untouched(take, capsys, "export", take, "-o", take, "--frames", "0:2", *force)
        assert "one of the files that are read" in sentence
        assert "files that are read" in untouched(take, capsys, "export", take.parent, "-o", take, *force)


@pytest.mark.parametrize("suffix", [".bvh", ".npz", ".csv"])
def test_a_motion_of_somebodys_is_replaced_with_force_and_an_export_anyway(
    capsys: pytest.CaptureFixture[str], dataset: Path, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"mine{suffix}"
    out.write_bytes(b"recorded by hand")
    export = ["export", dataset, "--clip", "walk", "-o", out]
    assert "--force" in untouched(out, capsys, *export)
    for again in (["--force"], [], []):
        code, _, err = run(capsys, *export, *again)
        assert code == 0, err
    assert len(next(read(out)) if suffix != ".csv" else out.read_text().splitlines()) > 30


def test_a_name_that_would_rule_the_terminal_is_told_in_letters(
    capsys: pytest.CaptureFixture[str], take: Path, tmp_path: Path
) -> None:
    out = tmp_path / "two\nlines\x1b[31m.npz"
    code, said, err = run(capsys, "export", take, "-o", out)
    assert code == 0, err
    assert said.startswith(f"wrote {tmp_path}/two lines.npz (") and said.count("\n") == 1 and out.exists()


def test_films_and_pictures_replace_their_like(
    capsys: pytest.CaptureFixture[str], dataset: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        code, _, err = run(capsys, "export", dataset, "-o", tmp_path / "a.gif", "--frames", "0:2", *SMALL)
        assert code == 0, err


def test_a_folder_of_somebodys_pictures_is_left_alone(
    capsys: pytest.CaptureFixture[str], dataset: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "holiday" / "IMG_0001.png"
    photo.parent.mkdir()
    photo.write_bytes(b"a beach")
    export = ["export", dataset, "--clip", "walk", "--frames", "0:2", *SMALL, "-o"]
    assert "it is there and holds other files" in untouched(photo, capsys, *export, tmp_path / "holiday.png")
    for _ in range(2):
        code, _, err = run(capsys, *export, tmp_path / "walk.png")
        assert code == 0, err
    assert sorted(p.name for p in (tmp_path / "walk").iterdir()) == ["walk_0001.png", "walk_0002.png"]


@pytest.mark.parametrize("command", ["import", "train", "export"])
def test_force_is_in_the_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert "--force" in run(capsys, command, "--help")[1]
