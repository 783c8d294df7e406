"""What the window remembers between starts: size, docks, look, sampling, camera and playback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray

from poseviewer.bench.framing import opening_camera
from poseviewer.render.camera import Camera
from poseviewer.views.parts import on_screen

if TYPE_CHECKING:
    from poseviewer.views.window.main_window import MainWindow

LAYOUT_VERSION = 1
_FLAGS = ("follow", "skins", "trails", "truth", "labels", "fine")


def restore(window: MainWindow) -> None:
    """Everything as it was; the design's layout the first time."""
    settings = window.session.settings
    geometry, state = settings.blob("window/geometry"), settings.blob("window/state")
    if geometry is None or not window.restoreGeometry(geometry):
        window.arrangement.foresee(on_screen.first_size(window))
        on_screen.size_first(window)
    if state is not None and window.restoreState(state, LAYOUT_VERSION):
        window.arrangement.restore(settings.text("window/small"))
    _restore_look(window)
    window.playback.loop = settings.flag("playback/loop", True)
    window.playback.speed = settings.number("playback/speed", 1.0)
    window.scene.view.setFocus()


def _restore_look(window: MainWindow) -> None:
    session, settings = window.session, window.session.settings
    look = {name: settings.flag(f"look/{name}", True) for name in _FLAGS}
    light = settings.text("look/theme", "dark") == "light"
    colour_by = settings.text("look/colour_by", session.look.colour_by)
    session.set_look(theme="light" if light else "dark", colour_by=colour_by, **look)
    samples, temperature = settings.number("sampling/samples", 1), settings.number("sampling/temperature", 1.0)
    session.set_sampling(samples=round(samples), temperature=temperature)
    pins = settings.text("look/pins", "\n".join(session.bench.pins))
    session.bench.pins = frozenset(filter(None, pins.split("\n")))
    window.scene.projection.setCurrentIndex(1 if settings.flag("camera/orthographic", False) else 0)
    window.scene.view.remembered = settings.text("camera/relative")


def remember(window: MainWindow) -> None:
    """Write what `restore` reads."""
    session, settings, camera = window.session, window.session.settings, window.scene.view.camera
    settings.put("window/geometry", QByteArray(window.saveGeometry()))
    settings.put("window/state", QByteArray(window.saveState(LAYOUT_VERSION)))
    settings.put("window/small", window.arrangement.words)
    for name in (*_FLAGS, "theme", "colour_by"):
        settings.put(f"look/{name}", getattr(session.look, name))
    settings.put("look/pins", "\n".join(sorted(session.bench.pins)))
    settings.put("sampling/samples", session.bench.samples)
    settings.put("sampling/temperature", session.bench.temperature)
    settings.put("camera/orthographic", camera.orthographic)
    settings.put("camera/relative", _relative(camera, opening_camera(session.bench)))
    settings.put("playback/loop", window.playback.loop)
    settings.put("playback/speed", window.playback.speed)


def _relative(camera: Camera, opening: Camera) -> str:
    """A camera as turn, tilt and distance from the opening one, as text."""
    return f"{camera.yaw - opening.yaw:.4f} {camera.pitch - opening.pitch:.4f} {camera.distance / opening.distance:.4f}"
