"""What the window remembers between starts: size, docks, look, sampling, camera and playback."""

from __future__ import annotations

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.bench.framing import opening_camera
from poseviewer.views.parts import on_screen
from poseviewer.views.scene.scene_panel import TOGGLES, ScenePanel
from poseviewer.views.window.arrangement import Arrangement

LAYOUT_VERSION = 1


class Remembering:
    """Reads what the last session left as the window is made, and writes it as it closes."""

    def __init__(
        self, window: QMainWindow, arrangement: Arrangement, session: Session, scene: ScenePanel, playback: Playback
    ) -> None:
        self._window, self._arrangement = window, arrangement
        self._session, self._scene, self._playback = session, scene, playback

    def restore(self) -> None:
        """Everything as it was; the design's layout the first time."""
        window, settings = self._window, self._session.settings
        geometry, state = settings.blob("window/geometry"), settings.blob("window/state")
        if geometry is None or not window.restoreGeometry(geometry):
            self._arrangement.foresee(on_screen.first_size(window))
            on_screen.size_first(window)
        if state is not None and window.restoreState(state, LAYOUT_VERSION):
            self._arrangement.restore(settings.text("window/small"))
        self._restore_look()
        self._playback.loop = settings.flag("playback/loop", True)
        self._playback.speed = settings.number("playback/speed", 1.0)
        self._scene.view.setFocus()

    def _restore_look(self) -> None:
        session, settings = self._session, self._session.settings
        look = {name: settings.flag(f"look/{name}", True) for name, *_ in TOGGLES}
        light = settings.text("look/theme", "dark") == "light"
        colour_by = settings.text("look/colour_by", session.look.colour_by)
        placement = settings.text("look/placement", session.look.placement)
        session.set_look(theme="light" if light else "dark", colour_by=colour_by, placement=placement, **look)
        samples, temperature = settings.number("sampling/samples", 1), settings.number("sampling/temperature", 1.0)
        session.set_sampling(samples=round(samples), temperature=temperature)
        pins = settings.text("look/pins", "\n".join(session.bench.pins))
        session.bench.pins = frozenset(filter(None, pins.split("\n")))
        self._scene.projection.setCurrentIndex(1 if settings.flag("camera/orthographic", False) else 0)
        self._scene.view.remembered = settings.text("camera/relative")

    def remember(self) -> None:
        """Write what `restore` reads."""
        session, settings, camera = self._session, self._session.settings, self._scene.view.camera
        opening = opening_camera(session.bench)
        relative = camera.yaw - opening.yaw, camera.pitch - opening.pitch, camera.distance / opening.distance
        settings.put("window/geometry", QByteArray(self._window.saveGeometry()))
        settings.put("window/state", QByteArray(self._window.saveState(LAYOUT_VERSION)))
        settings.put("window/small", self._arrangement.words)
        for name in (*(name for name, *_ in TOGGLES), "theme", "colour_by", "placement"):
            settings.put(f"look/{name}", getattr(session.look, name))
        settings.put("look/pins", "\n".join(sorted(session.bench.pins)))
        settings.put("sampling/samples", session.bench.lane.samples)
        settings.put("sampling/temperature", session.bench.lane.temperature)
        settings.put("camera/orthographic", camera.orthographic)
        settings.put("camera/relative", " ".join(f"{number:.4f}" for number in relative))
        settings.put("playback/loop", self._playback.loop)
        settings.put("playback/speed", self._playback.speed)
