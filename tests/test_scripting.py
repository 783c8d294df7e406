"""What a script hands over: paths, clips, rollouts, arrays and tensors, drawn and filmed without a display."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

import poseviewer as pv
from poseviewer import notebook, scripting
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from tests.standing_in import Made

TINY = (160, 96)
DOCS = Path(__file__).parents[1] / "docs" / "python.md"


class Rolled(Made):
    def poses_of(self, sample: int) -> Any:
        return self.poses[sample]


@pytest.fixture(scope="module")
def clip() -> Clip:
    with pv.open(Path(__file__).parents[1] / "resources" / "demo.h5") as dataset:
        return dataset.clip(dataset.find("kick")).cut(0, 6)


@pytest.fixture(scope="module")
def rollout(clip: Clip) -> Rolled:
    return Rolled(clip, np.stack([clip.positions[-1:].repeat(4, axis=0) + np.float32(k) for k in range(2)]))


def test_every_thing_is_drawn_frame_by_frame(clip: Clip, rollout: Rolled, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    np.save(tmp_path / "a.npy", clip.positions)
    known = {"skeleton": clip.skeleton, "fps": 30.0}
    pictures = [list(pv.frames(clip, size=TINY)), list(pv.frames(clip.positions, size=TINY, **known))]  # type: ignore[arg-type]
    pictures.append(list(pv.frames(torch.tensor(clip.positions), size=TINY, **known)))  # type: ignore[arg-type]
    for drawn in pictures:
        assert len(drawn) == 6 and {p.shape for p in drawn} == {(96, 160, 3)} and drawn[0].dtype == np.uint8
        assert not np.array_equal(drawn[0], drawn[5]) and np.ptp(drawn[0]) > 100
    assert np.array_equal(pictures[1][3], pictures[2][3])
    assert len(list(pv.frames(tmp_path / "a.npy", size=TINY))) == 6
    assert len(list(pv.frames(rollout, size=TINY))) == 10


def test_pictures_come_in_any_thread(clip: Clip) -> None:
    here, there = list(pv.frames(clip, size=TINY)), []
    worker = threading.Thread(target=lambda: there.extend(pv.frames(clip, size=TINY)))
    worker.start()
    worker.join(60)
    assert len(there) == 6 and all(map(np.array_equal, here, there))


def test_a_rollout_is_its_seed_and_the_sample_that_is_asked_for(rollout: Rolled, tmp_path: Path) -> None:
    made = scripting.clip_of(rollout, sample=1)
    assert made.seed_frames == 6 and len(made) == 10 and np.array_equal(made.positions[6:], rollout.poses[1])
    out = pv.film(rollout, tmp_path / "e12.mp4", size=TINY)
    with av.open(str(out)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 10 and film.streams.video[0].average_rate == 30


def test_what_is_no_motion_is_a_sentence(clip: Clip, tmp_path: Path) -> None:
    for thing, words in (({"a": 1}, "dict"), (np.zeros((3, 4)), "shape"), ("nothing.bvh", "no such file")):
        with pytest.raises(PoseviewerError, match=words):
            pv.film(thing, tmp_path / "x.mp4")
    with pytest.raises(PoseviewerError, match=r"'\w+' has 24 joints in 3D"):
        next(pv.frames(clip.positions, skeleton="smpl24"))
    with pytest.raises(PoseviewerError, match="'humanoid' has 18 joints in 3D"):
        scripting.clip_of(np.zeros((3, 18, 2)), skeleton="humanoid")
    with pytest.raises(PoseviewerError):
        next(pv.frames(np.full((3, 22, 3), np.inf)))
    for rate in (0, -1, float("nan"), "30"):
        with pytest.raises(PoseviewerError, match="it is no frame rate"):
            next(pv.frames(clip.positions, fps=rate))  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("thing", "asked", "words"),
    [
        ("", {}, "it names no file"),
        ("a\0b", {}, "it names no file"),
        ([[[0.0]], [[0.0, 1.0]]], {}, "rows are not alike"),
        (np.zeros((4, 18, 3)), {"skeleton": 5}, "it is no skeleton"),
        (np.zeros((4, 18, 3)), {"size": 480}, "it is no picture's"),
        (np.zeros((4, 18, 3)), {"size": (480.5, 272)}, "it is no picture's"),
        (np.zeros((4, 18, 3)), {"size": (0, 9)}, "it is no picture's"),
    ],
)
def test_what_is_asked_for_in_vain_is_a_sentence(thing: Any, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(PoseviewerError, match=words):
        next(scripting.frames(thing, **asked))


def test_the_rate_of_an_array_is_known_where_it_is_said() -> None:
    made = [scripting.clip_of(np.zeros((3, 18, 3)), skeleton="humanoid", fps=fps) for fps in (None, 50.0)]
    assert [(clip.fps, clip.fps_known) for clip in made] == [(30.0, False), (50.0, True)]


def test_the_window_gets_files_and_what_a_script_made(
    clip: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Path] = []
    monkeypatch.setattr("poseviewer.window.show", lambda files: shown.extend(files) or 0)
    assert pv.show("a.bvh", clip, replace(clip, seed_frames=3), tmp_path / "m.safetensors") == 0
    assert [path.name for path in shown] == ["a.bvh", "script-2.h5", "script-3.h5", "m.safetensors"]
    with pv.open(shown[2]) as dataset:
        assert dataset.clip(0).seed_frames == 3 and np.array_equal(dataset.clip(0).positions, clip.positions)


def test_in_a_notebook_a_clip_is_a_film(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[tuple[str, str], Any] = {}
    html = SimpleNamespace(for_type_by_name=lambda module, name, show: told.update({(module, name): show}))
    shell = SimpleNamespace(display_formatter=SimpleNamespace(formatters={"text/html": html}))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    notebook.register()
    assert {*told} == {("poseviewer.motion.clip", "Clip"), ("poseviewer.analysis.rollout", "Rollout")}
    shown = told["poseviewer.motion.clip", "Clip"](clip)
    found = re.fullmatch(r'<video controls .*src="data:video/mp4;base64,([^"]+)"></video>', shown)
    assert found is not None and base64.b64decode(found[1])[4:8] == b"ftyp"
    lengths: list[int] = []
    monkeypatch.setattr(scripting, "film", lambda clip, out, size: lengths.append(len(clip)) or out)
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"")
    notebook.video(replace(clip, fps=0.2))
    assert lengths == [4]  # of six: the first 20 seconds


def test_outside_a_notebook_nothing_is_imported_for_it() -> None:
    heavy = "('poseviewer.notebook', 'numpy', 'IPython')"
    code = f"import sys, poseviewer; sys.exit(any(module in sys.modules for module in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("package", ["wandb", "tensorboard"])
def test_examples_of_the_docs_run(package: str, clip: Clip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "offline")
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.S) if package in block)
    exec(compile(code, "docs/python.md", "exec"), {"rollout": clip, "epoch": 12})
    assert any(path.is_file() for path in tmp_path.rglob("*"))
