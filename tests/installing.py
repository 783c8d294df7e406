"""tests/example_package and whatever else brings models, installed as an installer would."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from poseviewer.motion.clip import Clip

GROUP = "poseviewer.models"
EXAMPLE = Path(__file__).parent / "example_package"
BROKEN = '''
"""Models as they come: one that cannot be imported, one that meets no protocol, two that answer nonsense."""
from swing.models import SWING, SwingEmbedding, SwingGenerator


def broken():
    raise ImportError("no module named 'nowhere'")


class Hollow:
    skeleton = SWING
    level_sizes = (2,)


class Wide(SwingEmbedding):
    level_sizes = (5,)


class Failing(SwingGenerator):
    def step(self, state, *, temperature=1.0):
        raise ZeroDivisionError("division by zero")
'''


def install(site: Path, package: Path, points: dict[str, str], name: str) -> None:
    """What pip would leave behind: the package's folder on the path, and its entry points."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [f"{point} = {value}" for point, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines]) + "\n")
    (site / f"{name}.pth").write_text(f"{package}\n")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The example package, and another one whose models are broken each in its way; gives the folder they lie in."""
    site = tmp_path / "site"
    site.mkdir()
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    install(site, EXAMPLE, project["entry-points"][GROUP], project["name"])
    (site / "faulty.py").write_text(BROKEN)
    points = {name.lower(): f"faulty:{name}" for name in ("broken", "Hollow", "Wide", "Failing")}
    install(site, site, points, "faulty")
    monkeypatch.syspath_prepend(EXAMPLE)
    monkeypatch.syspath_prepend(site)
    yield site
    for name in [name for name in sys.modules if name.partition(".")[0] in ("swing", "faulty")]:
        del sys.modules[name]


@pytest.fixture
def pendulum(installed: Path) -> Clip:
    """A second of it at 25 frames/s, half the model's rate, let go at 0.5 radians."""
    from swing.models import SWING, Placement, poses_of  # type: ignore[import-not-found]

    time = np.arange(25) / 25.0
    angles = 0.5 * np.cos(np.sqrt(9.81) * time)[:, None] * [1.0, 1.0]
    at = Placement(np.tile([0.0, 2.0, 0.0], (25, 1)), np.zeros(25), np.full(25, 2.0), np.tile([0.0, 1.0, 1.0], (25, 1)))
    return Clip(SWING, poses_of(angles, at), 25.0, "pendulum")
