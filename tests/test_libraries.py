"""Without a package that a part of the program needs: one sentence that says what to install, the other parts work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from poseviewer import libraries, paths
from poseviewer.app.session import Session
from poseviewer.export.motions.bvh import write as write_bvh
from tests.data.damage import penn_label
from tests.export.conftest import swing

DEMO = paths.demo()
GENERATOR = paths.models() / "humanoid-generator-latent.safetensors"
CLASSIFIER = paths.models() / "humanoid-classifier-raw.safetensors"
EXPORT = ["export", "take.bvh", "--frames", "0:2", "--size", "64x64", "-o"]

_HIDDEN = """
import sys
hidden = set(sys.argv[1].split(","))
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hide())
from poseviewer.cli import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    list(write_bvh(swing(), tmp_path / "take.bvh"))
    (tmp_path / "0001.mat").write_bytes(penn_label())
    return tmp_path


def without(modules: str, folder: Path, *command: object) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-c", _HIDDEN, modules, *map(str, command)]
    return subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("module", "command"),
    [
        ("torch", ["export", DEMO, "--clip", "walk", "--model", GENERATOR, "--generate", "2", "-o", "a.npz"]),
        ("torch", ["train", "embedding", "--data", DEMO, "-o", "e.safetensors"]),
        ("torch", ["evaluate", CLASSIFIER, "--data", DEMO]),
        ("h5py", ["info", DEMO]),
        ("h5py", ["export", DEMO, "-o", "a.csv"]),
        ("h5py", ["import", "take.bvh", "-o", "a.h5"]),
        ("av", [*EXPORT, "a.mp4"]),
        ("av", [*EXPORT, "a.webm"]),
        ("PIL", [*EXPORT, "a.gif"]),
        ("OpenGL", [*EXPORT, "a.png"]),
        ("scipy", ["info", "0001.mat"]),
        ("PySide6", []),
        ("pyqtgraph", []),
        ("OpenGL", []),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(map(str, value[:1] + value[-1:])) or "window",
)
def test_what_needs_it_says_what_to_install(module: str, command: list[object], folder: Path) -> None:
    before = sorted(folder.iterdir())
    done = without(module, folder, *command)
    package = libraries.PACKAGE_OF[module]
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    sentence = f"poseviewer: {package}: it is not installed, and this needs it; run `pip install {package}`."
    assert done.stderr.strip() == sentence
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("suffix", [".bvh", ".npz", ".csv"])
def test_motion_is_written_without_all_of_them(folder: Path, suffix: str) -> None:
    hidden = ",".join(sorted(set(libraries.PACKAGE_OF) - {"numpy"}))
    done = without(hidden, folder, *EXPORT, f"a{suffix}")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert (folder / f"a{suffix}").exists()


def test_every_package_of_the_program_is_known() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {line.partition(">")[0].partition("=")[0].partition("<")[0].strip() for line in project["dependencies"]}
    assert {name.partition("[")[0].lower() for name in needed} <= {p.lower() for p in libraries.PACKAGE_OF.values()}


def test_a_broken_package_is_told_apart_from_a_missing_one() -> None:
    error = libraries.missing(ImportError("libcudart.so.12: cannot open", name="torch._C"))
    assert (
        error is not None and "cannot be imported (libcudart" in error.sentence() and "--force-reinstall" in error.cure
    )
    assert libraries.missing(ModuleNotFoundError("No module named 'mine'", name="mine")) is None


def test_the_window_says_it_too(empty_session: Session) -> None:
    told: list[str] = []
    empty_session.problem.connect(lambda sentence, _: told.append(sentence))
    empty_session.report(ModuleNotFoundError("No module named 'torch'", name="torch"), "Loading a model")
    assert told == ["Loading a model: torch: it is not installed, and this needs it; run `pip install torch`."]
