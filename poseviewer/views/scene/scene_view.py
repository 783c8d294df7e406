"""The 3D view: the bench's stage under an orbiting camera, with hover, pins and the view cube."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QEasingCurve, QEvent, QPointF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from poseviewer.app.session import Session
from poseviewer.bench.compose import compose
from poseviewer.bench.framing import follow_point, heading, opening_camera, preset
from poseviewer.bench.scene.fan import Sample, sample_under, sample_words
from poseviewer.bench.scene.placement import apart
from poseviewer.render.buffers import finish
from poseviewer.render.camera import Camera, Preset
from poseviewer.render.coarseness import Coarseness
from poseviewer.render.palette import palette
from poseviewer.render.picking import pick
from poseviewer.render.renderer import Renderer
from poseviewer.render.stage import Stage
from poseviewer.views.parts.plain import plain_tip
from poseviewer.views.scene.surface import Card, Processor
from poseviewer.views.scene.view_cube import ViewCube

_CLICK = 4  # px that a press may move and still be a click
_PRESET_MS = 180
_WHEEL = 1.0015  # zoom factor a wheel unit; a notch has 120
_FPS_WINDOW = 1.0  # seconds
_REST_MS = 300  # until a coarse picture that nothing moves is drawn again, perhaps more finely
_LONGEST_REST_MS = 60_000


class SceneView(QWidget):
    """Draws what `compose` makes of the bench; the camera alone is its own."""

    painted = Signal()
    camera_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 150)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("3D view")
        self._session = session
        self._processor, self._card = Processor.of(self), None
        if self._processor is None:
            self._card = Card(self, self._draw)
        self._stage: Stage | None = None  # as it was drawn last, until something is changed
        self._due = True  # whether there is another picture to draw than the last one
        self._coarseness = None if self._processor is None else Coarseness()
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._look_again)
        self._camera = self.opening = opening_camera(session.bench)
        self._apart = apart(session.bench)  # metres between lanes, which the eye has made room for
        self._offset = np.zeros(3)
        self._pressed: QPointF | None = None
        self._dragged_from: QPointF | None = None
        self._hovered: Sample | None = None
        self._way = (self._camera, self._camera)
        self._way_from = np.zeros(3)  # the followed point when it began to glide
        self._glide = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=_PRESET_MS)
        self._glide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._glide.valueChanged.connect(self._go_on)
        self._paints: list[float] = []
        self.remembered = ""
        """Turn, tilt and distance from a clip's opening view, for the first clip of a session."""
        self.cube = ViewCube(self)
        self.cube.face_clicked.connect(self.preset)
        self.camera_changed.connect(self._turn_cube)
        session.look_changed.connect(self._turn_cube)
        self._turn_cube()
        for signal in (session.look_changed, session.rollout_changed, session.held_changed, session.seed_changed):
            signal.connect(self.update)
        for signal in (session.rollout_changed, session.look_changed):
            signal.connect(self._make_room)
        session.verdicts_changed.connect(self.update)
        session.nearest_changed.connect(self.update)
        for signal in (session.latents_changed, session.class_probabilities_changed, session.pins_changed):
            signal.connect(self.update)
        session.time_changed.connect(self._move_on)
        session.clip_changed.connect(self._reframe)

    # what it shows

    @property
    def camera(self) -> Camera:
        """The camera as it looks now, the followed point included."""
        if not self._session.look.follow:
            return self._camera
        x, y, z = (follow_point(self._session.bench) + self._offset).tolist()
        return replace(self._camera, target=(x, y, z))

    def set_camera(self, camera: Camera) -> None:
        """Look from another place."""
        self._camera = camera
        self._offset = np.asarray(camera.target) - follow_point(self._session.bench)
        self.camera_changed.emit()
        self._repaint()

    @property
    def frames_per_second(self) -> float:
        """Repaints in the last second."""
        now = time.perf_counter()
        self._paints = [t for t in self._paints if now - t < _FPS_WINDOW]
        return len(self._paints) / _FPS_WINDOW

    def stage(self) -> Stage:
        """What is drawn now."""
        return compose(self._session.bench, hovered=self._hovered)

    # camera moves

    def fit(self) -> None:
        """Everything on the stage into the view."""
        bounds = self.stage().bounds()
        if bounds is not None:
            self.move_to(self.camera.fit(bounds[0], bounds[1], self.width() / max(self.height(), 1)))

    def preset(self, name: Preset) -> None:
        """Front, back, left, right, top or three-quarter, in 180 ms."""
        self.move_to(preset(self._session.bench, self.camera, name))

    def home(self) -> None:
        """The opening view of the clip, at the present frame."""
        x, y, z = follow_point(self._session.bench).tolist()
        self.opening = opening_camera(self._session.bench)
        self.move_to(replace(self.opening, target=(x, y, z)))

    def _make_room(self) -> None:
        """Go to the opening view of what stands there now, where lanes part or join and nobody has moved the eye."""
        bench = self._session.bench
        if apart(bench) == self._apart:
            return
        self._apart, before, going = apart(bench), self.opening, self._glide.state() == self._glide.State.Running
        eye = self._way[1] if going else self._camera
        if np.allclose((eye.yaw, eye.pitch, eye.distance), (before.yaw, before.pitch, before.distance), rtol=1e-6):
            self.opening = replace(opening_camera(bench), orthographic=eye.orthographic)
            x, y, z = follow_point(bench).tolist()
            self.move_to(replace(self.opening, target=(x, y, z)))

    def set_orthographic(self, orthographic: bool) -> None:
        """Parallel or perspective projection."""
        start, end = self._way
        self._way = start, replace(end, orthographic=orthographic)  # else a glide would bring the old one back
        self.set_camera(replace(self.camera, orthographic=orthographic))

    def move_to(self, camera: Camera) -> None:
        """Glide to a camera."""
        self._glide.stop()
        self._way, self._way_from = (self.camera, camera), follow_point(self._session.bench)
        self._glide.start()

    def _go_on(self, part: float) -> None:
        """A part of the way; what is followed may have gone on since it began."""
        camera = self._way[0].lerp(self._way[1], part)
        if self._session.look.follow:
            x, y, z = (np.asarray(camera.target) + follow_point(self._session.bench) - self._way_from).tolist()
            camera = replace(camera, target=(x, y, z))
        self.set_camera(camera)

    def _reframe(self) -> None:
        self._glide.stop()
        opening = replace(opening_camera(self._session.bench), orthographic=self._camera.orthographic)
        self.opening, self._apart = opening, apart(self._session.bench)
        try:
            turn, tilt, farther = (float(number) for number in self.remembered.split())
        except ValueError:
            self.set_camera(opening)
            return
        self.remembered = ""
        pitch = float(np.clip(opening.pitch + tilt, -np.pi / 2, np.pi / 2))
        distance = opening.distance * float(np.clip(farther, 0.05, 20.0))
        self.set_camera(replace(opening, yaw=opening.yaw + turn, pitch=pitch, distance=distance))

    def _move_on(self) -> None:
        if QToolTip.isVisible() and self.underMouse():
            QToolTip.hideText()  # the joint that it names has gone on
        self.update()

    def _turn_cube(self) -> None:
        bench = self._session.bench
        self.cube.show_turn(self.camera.axes, heading(bench), palette(bench.look.theme))

    # painting

    def update(self, *area: Any) -> None:
        """Draw what there is to see now."""
        self._stage = None
        self._repaint()

    def _repaint(self) -> None:
        """Draw the same anew, as the camera looks now."""
        self._due = True
        if self._card is not None:
            self._card.update()
        else:
            super().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._processor is None:
            return
        width, height = self._pixels
        if self._due or (self._processor.image.width(), self._processor.image.height()) != (width, height):
            self._due = False
            self._processor.paint(width, height, self._draw)
        self._processor.image.setDevicePixelRatio(self.devicePixelRatioF())
        QPainter(self).drawImage(0, 0, self._processor.image)

    def grabFramebuffer(self) -> QImage:
        """What is to be seen, drawn now."""
        if self._card is not None:
            return self._card.grabFramebuffer()
        assert self._processor is not None
        self._processor.paint(*self._pixels, self._draw)
        return self._processor.image.copy()

    @property
    def _pixels(self) -> tuple[int, int]:
        """Of the screen's, width and height."""
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    def _draw(self, renderer: Renderer) -> None:
        if self._stage is None:
            self._stage = self.stage()
        stage, camera, size, ratio = self._stage, self.camera, self._pixels, self.devicePixelRatioF()
        began = time.perf_counter()
        if self._coarseness is None:
            renderer.draw(stage, camera, size, ratio)
        else:  # the processor draws: figures that fill the view many times over are drawn more coarsely
            covered = renderer.covered(stage, camera, size)
            across = self._coarseness.of(covered)
            renderer.draw(stage, camera, size, ratio, across)
            finish()
            self._coarseness.learn(covered / across**2, time.perf_counter() - began)
            if across == 1 or self._coarseness.of(covered) < across:
                self._rest.setInterval(_REST_MS)
            if across > 1:
                self._rest.start()
        self._paints.append(time.perf_counter())
        self.painted.emit()

    def _look_again(self) -> None:
        """What was slow may be over; the longer it is not, the more seldom it is asked for."""
        self._rest.setInterval(min(2 * self._rest.interval(), _LONGEST_REST_MS))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._card is not None:
            self._card.resize(self.size())
        self.cube.move(self.width() - self.cube.width() - 14, 14)

    # mouse

    def _size(self) -> tuple[int, int]:
        return max(1, self.width()), max(1, self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._glide.stop()
        self._pressed = self._dragged_from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is None:
            self._hover(event)
            return
        delta = event.position() - self._dragged_from
        self._dragged_from = event.position()
        buttons, shift = event.buttons(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        camera = self.camera
        if buttons & Qt.MouseButton.MiddleButton or (buttons & Qt.MouseButton.LeftButton and shift):
            camera = camera.pan(delta.x(), delta.y(), self._size())
        elif buttons & Qt.MouseButton.LeftButton:
            camera = camera.orbit(delta.x(), delta.y())
        elif buttons & Qt.MouseButton.RightButton:
            middle = self.width() / 2.0, self.height() / 2.0
            camera = camera.zoom(math.exp(-delta.y() / 200.0), middle, self._size())
        else:
            return
        self.set_camera(camera)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed, self._dragged_from = self._pressed, None, None
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        clicked = (event.position() - pressed).manhattanLength() <= _CLICK
        if not clicked:
            return
        if hit := self._joint_at(event.position()):
            self._session.toggle_pin(hit)
        elif sample := self._sample_at(event.position()):
            self._session.pick_sample(*sample)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._joint_at(event.position()):
            self.home()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._glide.stop()
        at = (event.position().x(), event.position().y())
        self.set_camera(self.camera.zoom(_WHEEL ** event.angleDelta().y(), at, self._size()))

    def _joint_at(self, at: QPointF) -> str:
        """The name of the joint of the current figure under the cursor; empty where there is none."""
        stage = self.stage()
        current = [figures for figures in stage.figures if figures.layer == "current"]
        hit = pick(current, self.camera, (at.x(), at.y()), self._size())
        return "" if hit is None else current[hit.group].body.names[hit.joint]

    def _sample_at(self, at: QPointF) -> Sample | None:
        """The sample whose way on the ground is under the cursor."""
        return sample_under(self._session.bench, self.camera, (at.x(), at.y()), self._size())

    def _hover(self, event: QMouseEvent) -> None:
        name, words = self._joint_at(event.position()), ""
        sample = None if name else self._sample_at(event.position())
        if name:
            does = "click lets its trail go" if name in self._session.bench.pins else "click pins its trail"
            words = f"{name.replace('_', ' ')}, {does}"
        elif sample is not None:
            words = sample_words(self._session.bench, sample)
        self._show_sample(sample)
        self.setCursor(Qt.CursorShape.PointingHandCursor if words else Qt.CursorShape.ArrowCursor)
        if words:
            QToolTip.showText(event.globalPosition().toPoint(), plain_tip(words), self)
        else:
            QToolTip.hideText()

    def _show_sample(self, sample: Sample | None) -> None:
        """The figure of the sample under the cursor."""
        if sample != self._hovered:
            self._hovered = sample
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_sample(None)
