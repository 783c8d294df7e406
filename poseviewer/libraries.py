"""Packages of others that parts of the program need: what is missing is one sentence with the line that installs it."""

from __future__ import annotations

from importlib.util import find_spec

from poseviewer.errors import PoseviewerError

PACKAGE_OF = {
    "PySide6": "PySide6-Essentials",
    "pyqtgraph": "pyqtgraph",
    "OpenGL": "PyOpenGL",
    "torch": "torch",
    "numpy": "numpy",
    "scipy": "scipy",
    "h5py": "h5py",
    "av": "av",
    "PIL": "pillow",
    "rich": "rich",
    "sklearn": "scikit-learn",
    "threadpoolctl": "threadpoolctl",
    "platformdirs": "platformdirs",
}
"""By the name that is imported, the package that pip installs."""


def missing(error: ImportError) -> PoseviewerError | None:
    """The sentence of an import that failed, None where it is none of another package's."""
    module = (error.name or "").partition(".")[0]
    if module not in PACKAGE_OF:
        return None
    if isinstance(error, ModuleNotFoundError):
        return _absent(PACKAGE_OF[module])
    package, cause = PACKAGE_OF[module], f"it cannot be imported ({' '.join(str(error).split())[:200]})"
    return PoseviewerError(package, "", cause, f"run `pip install --force-reinstall {package}`")


def require(*modules: str) -> None:
    """Raise PoseviewerError where one is not installed; nothing is imported."""
    for module in modules:
        try:
            there = find_spec(module) is not None
        except ModuleNotFoundError:
            there = False
        if not there:
            raise _absent(PACKAGE_OF[module])


def _absent(package: str) -> PoseviewerError:
    return PoseviewerError(package, "", "it is not installed, and this needs it", f"run `pip install {package}`")
