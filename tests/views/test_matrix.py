"""Every verb of the window, done to every kind of thing on the bench: no exception, no warning, and what it promises.

One process a thing, two at a time. `python -m tests.views.driving.matrix THING FOLDER VERB` repeats one cell.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.installing import EXAMPLE, GROUP, install
from tests.views.driving.screen import ROOT, environment, virtual_screen
from tests.views.driving.things import THINGS

pytestmark = [
    pytest.mark.window,
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed; `make test` installs it on Debian"),
]
AT_ONCE = 2


@pytest.fixture(scope="module")
def matrix(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[dict[str, Any]]]]:
    """What the process of each thing prints, for the things that this run asks for."""
    asked_for = {item.nodeid.partition("[")[2].rstrip("]") for item in request.session.items}
    wanted = [name for name in THINGS if name in asked_for]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            name: pool.submit(run, name, tmp_path_factory.mktemp(name.replace(" ", "-")))
            for name in wanted
            if not _missing(name)
        }


def run(name: str, folder: Path) -> dict[str, Any]:
    """One process of matrix.py, on a screen of its own: two windows on one would take each other's keys."""
    (folder / "home").mkdir()
    with virtual_screen() as display:  # higher than any window of the verbs: the pointer stops at its edge
        return _run(name, folder, environment(display, folder / "home"))


def _run(name: str, folder: Path, given: dict[str, str]) -> dict[str, Any]:
    if THINGS[name].chosen:
        site = folder / "site"
        site.mkdir()
        project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
        install(site, EXAMPLE, project["entry-points"][GROUP], project["name"])
        given["PYTHONPATH"] = os.pathsep.join([given["PYTHONPATH"], str(site), str(EXAMPLE)])
    command = [sys.executable, "-m", "tests.views.driving.matrix", name, str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, f"exit code {done.returncode}: {done.stdout[-2000:]}{done.stderr[-3000:]}"
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result | {"stderr": done.stderr}


def _missing(name: str) -> bool:
    folder = os.environ.get("POSEVIEWER_DATA")
    return THINGS[name].needs_data and not (folder and Path(folder).is_dir())


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", THINGS)
def test_every_verb(name: str, matrix: dict[str, Future[dict[str, Any]]]) -> None:
    if _missing(name):
        pytest.skip("needs real data: POSEVIEWER_DATA names no folder")
    told = matrix[name].result()
    lines = [f"== {verb}\n{line}" for verb, found in told["cells"].items() for line in found]
    assert not lines, "\n".join(lines)
    assert told["stderr"] == ""


def test_whatever_goes_wrong_is_heard(display: str, tmp_path: Path) -> None:
    """The net itself: trouble of each kind, made on purpose."""
    command = [sys.executable, "-m", "tests.views.driving.torn"]
    done = subprocess.run(command, cwd=ROOT, env=environment(display, tmp_path), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert [kind for kind, heard in told.items() if not heard] == []
    assert len(told) == 7
