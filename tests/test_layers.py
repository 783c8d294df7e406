"""The layers: which room may import which, and what must not be imported before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "poseviewer"

BELOW_ALL = {"aside", "errors", "libraries", "outputs", "paths", "progress", "text", "unreadable"}
ROOMS: dict[str, set[str]] = {
    "motion": set(),
    "data": {"motion"},
    "render": {"motion"},
    "nets": {"motion"},
    "analysis": {"motion", "data", "nets"},
    "train": {"motion", "data", "nets"},
    "measure": {"motion", "data", "nets", "train", "analysis"},
    "bench": {"motion", "data", "nets", "analysis", "render"},
    "export": {"motion", "data", "nets", "analysis", "render", "bench"},
    "doctor": set(),
    "app": {"motion", "data", "nets", "analysis", "render", "bench", "export", "doctor"},
    "views": {"motion", "data", "nets", "analysis", "render", "bench", "export", "doctor", "app"},
    "window": {"app", "views", "doctor"},
    "__init__": {"app", "views", "doctor", "window", "analysis", "data", "nets", "render"},
    "__main__": {"cli"},
    "cli": {
        "motion", "data", "nets", "analysis", "train", "measure", "render", "bench", "export", "doctor", "app", "views",
        "window",
    },
}  # fmt: skip
"""What each room may import, besides itself and what is below everything."""

DOCKS = {"scene", "map", "latents", "timeline", "library", "generator_view", "export"}
"""The rooms of `views` that do not import each other; `parts` lies below them, `window` above."""

PACKAGES: dict[str, set[str]] = {
    "motion": {"numpy"},
    "data": {"numpy", "h5py", "scipy"},
    "nets": {"numpy", "torch", "sklearn"},  # sklearn: cluster centres of the reference latents
    "analysis": {"numpy", "scipy", "h5py", "sklearn"},
    "train": {"numpy", "torch"},
    "measure": {"numpy", "scipy", "torch", "sklearn"},
    "render": {"numpy", "OpenGL", "PIL"},
    "bench": {"numpy"},
    "export": {"numpy", "av", "PIL"},
    "app": {"numpy", "platformdirs", "PySide6"},
    "views": {"numpy", "PySide6", "pyqtgraph", "OpenGL"},
    "cli": {"rich"},
    "doctor": {"av", "torch"},
}
"""The third-party packages of each room. Qt stops at `app`, torch at `nets`."""
WARM_UP = {("app", "torch")}
"""The application imports torch on a thread behind the first paint, so that the first use of a model does not wait."""


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE).parts
        yield (inside[0].removesuffix(".py"), path)


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Dotted names of all imports of a file, those inside functions included, and their lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written out from `poseviewer`"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module":
            named = node.args[0] if node.args else None
            if isinstance(named, ast.Constant):
                yield str(named.value), node.lineno


ALL = [(room, path) for room, path in modules() if room not in ("__init__", "__main__")]


@pytest.mark.parametrize(("room", "path"), ALL, ids=[str(p.relative_to(PACKAGE)) for _, p in ALL])
def test_imports_go_downward(room: str, path: Path) -> None:
    allowed = BELOW_ALL | ROOMS.get(room, set()) | {room}
    if room in BELOW_ALL:
        allowed = BELOW_ALL
    for name, line in imported(path):
        top, _, rest = name.partition(".")
        where = f"{path.relative_to(PACKAGE.parent)}:{line}"
        if top == "poseviewer":
            target = rest.partition(".")[0]
            if target in ("", "__version__"):
                continue
            assert target in allowed, f"{where}: {room} must not import poseviewer.{target}"
        elif top not in sys.stdlib_module_names and (room, top) not in WARM_UP:
            assert top in PACKAGES.get(room, set()), f"{where}: {room} must not import {top}"


def test_every_room_is_in_the_table() -> None:
    rooms = {room for room, _ in ALL}
    assert rooms <= set(ROOMS) | BELOW_ALL


def test_app_knows_no_widgets() -> None:
    """The session and what stands around it work without a window; of QtWidgets they know the application alone."""
    for room, path in ALL:
        if room == "app" and path.name != "main.py":
            widgets = {name for name, _ in imported(path) if name.startswith("PySide6.QtWidgets")}
            assert widgets <= {"PySide6.QtWidgets.QApplication"}, path


HEAVY = ("torch", "PySide6", "OpenGL", "pyqtgraph", "h5py", "scipy", "sklearn", "av", "PIL", "numpy", "rich")


@pytest.mark.parametrize(
    "code",
    [
        "import poseviewer",
        "import poseviewer.cli",
        "import poseviewer.cli; poseviewer.cli.main(['--help'])",
        "import poseviewer.cli; poseviewer.cli.main(['export', '--help'])",
        "import poseviewer.cli; poseviewer.cli.main(['measure', 'endurance', '--help'])",
    ],
)
def test_nothing_heavy_before_it_is_needed(code: str) -> None:
    program = (
        "import sys\n"
        f"try:\n    {code}\nexcept SystemExit as end:\n    assert not end.code\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("module", ["bench.bench", "bench.compose", "export.film", "export.motion"])
def test_no_torch_where_nothing_is_generated(module: str) -> None:
    """A plain export and the first paint of the window do not wait for torch or scikit-learn."""
    program = (
        "from poseviewer.render.platform import prepare; prepare()\n"
        f"import poseviewer.{module}, sys; print([m for m in ('torch', 'sklearn', 'PySide6') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
