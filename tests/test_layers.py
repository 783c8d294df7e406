"""The layers: which room may import which, and what must not be imported before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "poseviewer"

BELOW_ALL = {"aside", "errors", "libraries", "outputs", "paths", "progress", "text", "unreadable", "version"}
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
    "window": {"app", "views", "doctor", "render", "data"},
    "scripting": {"motion", "data", "bench", "export", "window"},
    "notebook": {"scripting"},
    "__init__": {"scripting", "notebook", "analysis", "data", "nets"},
    "__main__": {"cli"},
    "cli": {
        "motion", "data", "nets", "analysis", "train", "measure", "render", "bench", "export", "doctor", "app", "views",
        "window",
    },
}  # fmt: skip
"""What each room may import, besides itself and what is below everything."""

NO_DOCKS = {"parts", "window", "__init__"}
"""What in `views` is no dock: docks do not import each other; `parts` lies below them, `window` above."""

MOST_FILES = 16
"""Python files of a folder, besides its `__init__`."""

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
    "app": {"numpy", "platformdirs", "PySide6", "threadpoolctl"},
    "views": {"numpy", "PySide6", "pyqtgraph", "OpenGL"},
    "cli": {"rich"},
    "doctor": {"av", "torch"},
    "scripting": {"numpy"},
}
"""The third-party packages of each room. Qt stops at `app`, torch at `nets`."""
WARM_UP = {("app", "torch")}
"""The application imports torch on a thread behind the first paint, so that the first use of a model does not wait."""


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE).parts
        yield (inside[0].removesuffix(".py"), path)


@cache
def imported(path: Path) -> tuple[tuple[str, int], ...]:
    """Dotted names of all imports of a file, those inside functions included, and their lines."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[tuple[str, int]]:
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


ALL = list(modules())


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
            if not target:
                continue
            assert target in allowed, f"{where}: {room} must not import poseviewer.{target}"
        elif top not in sys.stdlib_module_names and (room, top) not in WARM_UP:
            assert top in PACKAGES.get(room, set()), f"{where}: {room} must not import {top}"


def test_every_room_is_in_the_table() -> None:
    rooms = {room for room, _ in ALL}
    assert rooms <= set(ROOMS) | BELOW_ALL


def graph() -> dict[str, set[str]]:
    """The modules of the package, and which of them each imports, for types alone or inside a function too."""
    named = {".".join(("poseviewer", *path.relative_to(PACKAGE).with_suffix("").parts)): path for _, path in ALL}
    named = {name.removesuffix(".__init__"): path for name, path in named.items()}
    arrows: dict[str, set[str]] = {name: set() for name in named}
    for name, path in named.items():
        for target, _ in imported(path):
            while target and target not in named:  # a class or function of the module
                target = target.rpartition(".")[0]
            if target not in ("", "poseviewer", name):
                arrows[name].add(target)
    return arrows


def circles(arrows: dict[str, set[str]]) -> list[set[str]]:
    """The strongly connected components of more than one node, by Tarjan."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(node: str) -> None:
        number[node] = lowest[node] = len(number)
        stack.append(node)
        for target in sorted(arrows[node]):
            if target not in number:
                visit(target)
                lowest[node] = min(lowest[node], lowest[target])
            elif target in stack:
                lowest[node] = min(lowest[node], number[target])
        if lowest[node] == number[node]:
            component = set(stack[stack.index(node) :])
            del stack[stack.index(node) :]
            if len(component) > 1:
                found.append(component)

    for node in arrows:
        if node not in number:
            visit(node)
    return found


def test_a_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": set()}) == [{"a", "b", "c"}]


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert not circles(graph())


def test_no_dock_imports_another() -> None:
    above = {path.relative_to(PACKAGE / "views").parts[0].removesuffix(".py") for room, path in ALL if room == "views"}
    docks = above - NO_DOCKS
    assert len(docks) >= 7
    for name, targets in graph().items():
        _, _, inside = name.partition("poseviewer.views.")
        own = inside.partition(".")[0]
        if own in docks | {"parts"}:
            views = {target.split(".")[2] for target in targets if target.startswith("poseviewer.views.")}
            assert views <= {own, "parts"}, name


@pytest.mark.parametrize("root", [PACKAGE, PACKAGE.parent / "tests"], ids=["poseviewer", "tests"])
def test_no_folder_has_more_files_than_a_reader_surveys(root: Path) -> None:
    for folder in {path.parent for path in root.rglob("*.py")}:
        assert len(set(folder.glob("*.py")) - {folder / "__init__.py"}) <= MOST_FILES, folder


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
        "import poseviewer.cli; poseviewer.cli.main(['train', '--help'])",
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
