"""What the window remembers between starts: size, docks, look, sampling, camera and playback."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.bench.look import Look
from poseviewer.bench.map.legend import MapColour
from poseviewer.bench.map.look import Projecting
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
        look = {name: settings.flag(f"look/{name}", getattr(Look(), name)) for name, *_ in TOGGLES}
        light = settings.text("look/theme", "dark") == "light"
        colour_by = settings.text("look/colour_by", session.look.colour_by)
        placement = settings.text("look/placement", session.look.placement)
        classes = settings.text("look/classes", session.look.classes)
        names = {"colour_by": colour_by, "placement": placement, "classes": classes}
        session.set_look(theme="light" if light else "dark", **names, **look)
        self._restore_map()
        samples, temperature = settings.number("sampling/samples", 1), settings.number("sampling/temperature", 1.0)
        session.set_sampling(samples=round(samples), temperature=temperature)
        pins = settings.text("look/pins", "\n".join(session.bench.pins))
        session.bench.pins = frozenset(filter(None, pins.split("\n")))
        self._scene.projection.setCurrentIndex(1 if settings.flag("camera/orthographic", False) else 0)
        self._scene.view.remembered = settings.text("camera/relative")

    def _restore_map(self) -> None:
        session, settings = self._session, self._session.settings
        known = {"projection": get_args(Projecting), "colour": get_args(MapColour)}
        chosen = {name: settings.text(f"map/{name}") for name in known}
        changes: dict[str, object] = {name: value for name, value in chosen.items() if value in known[name]}
        axes, level = settings.text("map/axes").split(), settings.text("map/level")
        if len(axes) == 2 and all(number.isdecimal() for number in axes):
            changes["axes"] = int(axes[0]), int(axes[1])
        session.set_map(**changes, level=int(level) if level.isdecimal() else None)

    def remember(self) -> None:
        """Write what `restore` reads."""
        session, settings, camera = self._session, self._session.settings, self._scene.view.camera
        opening = self._scene.view.opening  # a second lane since then would bring a still camera nearer
        relative = camera.yaw - opening.yaw, camera.pitch - opening.pitch, camera.distance / opening.distance
        settings.put("window/geometry", QByteArray(self._window.saveGeometry()))
        settings.put("window/state", QByteArray(self._window.saveState(LAYOUT_VERSION)))
        settings.put("window/small", self._arrangement.words)
        for name in (*(name for name, *_ in TOGGLES), "theme", "colour_by", "placement", "classes"):
            settings.put(f"look/{name}", getattr(session.look, name))
        chosen = session.bench.map
        settings.put("map/projection", chosen.projection)
        settings.put("map/colour", chosen.colour)
        settings.put("map/axes", " ".join(map(str, chosen.axes or ())))
        settings.put("map/level", "" if chosen.level is None else str(chosen.level))
        settings.put("look/pins", "\n".join(sorted(session.bench.pins)))
        settings.put("sampling/samples", session.bench.lane.samples)
        settings.put("sampling/temperature", session.bench.lane.temperature)
        settings.put("camera/orthographic", camera.orthographic)
        settings.put("camera/relative", " ".join(f"{number:.4f}" for number in relative))
        settings.put("playback/loop", self._playback.loop)
        settings.put("playback/speed", self._playback.speed)
