"""What of this machine poseviewer can use, what is missing, and the line that installs it."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from poseviewer import paths
from poseviewer.errors import PoseviewerError
from poseviewer.libraries import PACKAGE_OF

# Shared libraries by what they are for, with the Debian package of each.
EXPORT_LIBRARIES = {"libEGL.so.1": "libegl1", "libOpenGL.so.0": "libopengl0"}
WINDOW_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
X11_LIBRARIES = {
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
DRIVER_PACKAGE = "libgl1-mesa-dri"
PACKAGES = tuple(PACKAGE_OF.values())
_DRAW = """
from poseviewer.render.platform import prepare
prepare()
from poseviewer.render.camera import Camera
from poseviewer.render.offscreen import Offscreen
from poseviewer.render.palette import palette
from poseviewer.render.stage import Stage
with Offscreen(64, 64) as screen:
    image = screen.render(Stage(palette("dark").scenery), Camera())
    from OpenGL.GL import GL_RENDERER, GL_VERSION, glGetString
    assert image.std() > 0, "the picture is blank"
    print(glGetString(GL_RENDERER).decode(), "| OpenGL", glGetString(GL_VERSION).decode())
"""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: whether it works, what was found, and what to do where it does not."""

    name: str
    ok: bool
    found: str
    cure: str = ""


def diagnose() -> list[Check]:
    """Every check, in the order in which they are told; never raises."""
    checks = (_python, _packages, _opengl, _video, _demo, _display, _qt_libraries, _torch, _models, _data_folder)
    return [check() for check in checks]


EXPORT_CHECKS = ("python", "packages", "opengl", "video", "demo")
"""The checks that an export without a window needs: where they pass, the main job works."""


def can_export(checks: list[Check]) -> bool:
    return all(check.ok for check in checks if check.name in EXPORT_CHECKS)


def require_display() -> None:
    """Raise PoseviewerError where a window cannot open. Qt would abort the process instead of saying so."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return
    display = os.environ.get("DISPLAY")
    if not (display or os.environ.get("WAYLAND_DISPLAY")):
        cure = "export without a window by `poseviewer export`, or set DISPLAY"
        raise PoseviewerError("window", "", "there is no display here", cure)
    missing = missing_packages(EXPORT_LIBRARIES | WINDOW_LIBRARIES | (X11_LIBRARIES if display else {}))
    if missing:
        raise PoseviewerError("window", "", f"Qt misses {' '.join(missing)}", install_line(missing))
    if display and not _x_server_answers():
        raise PoseviewerError("window", "", f"no X server answers at DISPLAY={display}", "start one or correct DISPLAY")


def missing_packages(libraries: dict[str, str]) -> list[str]:
    """The Debian packages of those libraries that cannot be loaded."""
    return sorted({package for library, package in libraries.items() if not _loads(library)})


def install_line(packages: list[str]) -> str:
    return f"run `sudo apt-get install {' '.join(packages)}` (Debian, Ubuntu; other systems name them alike)"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _x_server_answers() -> bool:
    """Whether the X server that DISPLAY names lets us in; True where that cannot be asked."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = (3, 11) <= sys.version_info[:2] < (3, 14)
    return Check("python", ok, f"Python {version} on {sys.platform}", "" if ok else "use Python 3.11, 3.12 or 3.13")


def _packages() -> Check:
    versions, missing = [], []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            missing.append(package)
    cure = f"run `pip install {' '.join(missing)}`" if missing else ""
    return Check("packages", not missing, ", ".join(versions), cure)


def _opengl() -> Check:
    """Draws a picture without a window in a process of its own: a driver that crashes takes only that one down."""
    linux = sys.platform.startswith("linux")
    missing = missing_packages(EXPORT_LIBRARIES) if linux else []
    if missing:
        return Check("opengl", False, f"{' '.join(missing)} not found", install_line(missing))
    try:
        drawn = subprocess.run([sys.executable, "-c", _DRAW], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check("opengl", False, f"drawing without a window did not end: {error}", "update the graphics driver")
    if drawn.returncode == 0:
        return Check("opengl", True, f"draws without a window: {drawn.stdout.strip()}")
    said = (drawn.stderr.strip().splitlines() or [f"the process ended with {drawn.returncode}"])[-1]
    cure = install_line([DRIVER_PACKAGE]) if linux else "update the graphics driver"
    return Check("opengl", False, f"drawing without a window failed: {said}", cure)


def _video() -> Check:
    try:
        import av

        av.codec.Codec("libx264", "w")
    except Exception as error:  # an absent module and an absent codec alike: no mp4
        return Check("video", False, f"no H.264 encoder ({error})", "run `pip install --force-reinstall av`")
    return Check("video", True, f"PyAV {av.__version__} encodes H.264")


def _demo() -> Check:
    demo = paths.demo()
    ok = demo.is_file()
    return Check("demo", ok, str(demo) if ok else f"{demo} is not there", "" if ok else "install poseviewer again")


def _display() -> Check:
    if not sys.platform.startswith("linux"):
        return Check("display", True, "the desktop's")
    named = [f"{name}={os.environ[name]}" for name in ("DISPLAY", "WAYLAND_DISPLAY") if os.environ.get(name)]
    try:
        require_display()
    except PoseviewerError as error:
        return Check("display", False, error.cause, error.cure)
    return Check("display", True, ", ".join(named) or f"QT_QPA_PLATFORM={os.environ.get('QT_QPA_PLATFORM')}")


def _qt_libraries() -> Check:
    if find_spec("PySide6") is None:
        return Check("qt", False, "PySide6 is not installed", "run `pip install PySide6-Essentials`")
    version, linux = metadata.version("PySide6-Essentials"), sys.platform.startswith("linux")
    missing = missing_packages(WINDOW_LIBRARIES | X11_LIBRARIES) if linux else []
    if missing:
        return Check("qt", False, f"the window misses {' '.join(missing)}", install_line(missing))
    return Check("qt", True, f"PySide6 {version}{', its libraries are there' if linux else ''}")


def _torch() -> Check:
    try:
        import torch
    except Exception as error:  # a broken installation fails in many ways
        return Check("torch", False, f"it cannot be imported ({error})", "run `pip install torch`")
    cuda = f", cuda ({torch.cuda.get_device_name(0)})" if torch.cuda.is_available() else ""
    mps = ", mps" if torch.backends.mps.is_available() else ""
    return Check("torch", True, f"torch {torch.__version__} on cpu{cuda}{mps}")


def _models() -> Check:
    shipped = sorted(path.stem for path in paths.models().glob(f"*{paths.MODEL_SUFFIX}"))
    if not shipped:
        return Check("models", False, f"no checkpoint in {paths.models()}", "install poseviewer again")
    return Check("models", True, ", ".join(shipped))


def _data_folder() -> Check:
    folder = os.environ.get("POSEVIEWER_DATA")
    if not folder:
        return Check("data", True, "POSEVIEWER_DATA is not set: only tests and training on real data need it")
    ok = Path(folder).is_dir()
    return Check("data", ok, f"POSEVIEWER_DATA={folder}", "" if ok else "there is no such folder: correct the variable")
