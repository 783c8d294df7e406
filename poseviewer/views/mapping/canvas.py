"""Both skeletons side by side under one camera: joints are pointed at, and dragged onto each other to pair them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.bench.lone_pose import body
from poseviewer.bench.track import body_scale
from poseviewer.motion.skeleton import Skeleton
from poseviewer.render.camera import Camera
from poseviewer.render.palette import Palette, palette
from poseviewer.render.stage import Figures, Stage
from poseviewer.text import counted
from poseviewer.views.mapping.mapping import Mapping
from poseviewer.views.mapping.marks import arrow, dot, word
from poseviewer.views.mapping.pictures import Pictures
from poseviewer.views.parts.ink import write

HEAD = 26
"""px of the line above each of the two views."""
_SEAM = 4
_REACH = 13.0  # px from a joint within which it is meant
_MARGIN = 1.22
_TURN = 0.42  # radians from straight before the figure
_PITCH = 0.10
_OPACITY = 0.55
Side = Literal["source", "target"]
SIDES: tuple[Side, Side] = ("source", "target")


@dataclass(frozen=True)
class Spot:
    """A joint of one of the two skeletons."""

    side: Side
    joint: int


class MappingCanvas(QWidget):
    """paired: a joint of the target and one of the source that were dragged together. chosen: a joint of the target
    that was clicked, or whose partner was; -1 none.
    """

    paired = Signal(int, int)
    chosen = Signal(int)

    def __init__(self, session: Session, mapping: Mapping) -> None:
        super().__init__()
        self.mapping, self.frame, self.selected = mapping, 0, -1
        self.hovered: Spot | None = None
        self._session = session
        self._turn, self._pitch, self._zoom = _TURN, _PITCH, 1.0
        self._pressed: QPointF | None = None
        self._at = QPointF()
        self._held: Spot | None = None
        self._images: list[QImage] = []
        self._pictures = Pictures(session, self._take)
        self.setMinimumSize(560, 300)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setAccessibleName("Both skeletons")

    def sizeHint(self) -> QSize:
        return QSize(812, 520)

    def show_mapping(self, mapping: Mapping) -> None:
        """Show other pairs, or another target."""
        self.mapping = mapping
        self.refresh()

    def show_frame(self, frame: int) -> None:
        self.frame = frame
        self.refresh()

    def select(self, joint: int) -> None:
        """Ring a joint of the target and its partner; -1 none."""
        self.selected = joint
        self.update()

    def close_down(self) -> None:
        self._pictures.close()

    # where things are

    def box(self, side: Side) -> QRectF:
        """Where a skeleton is seen, below its head line."""
        wide = (self.width() - _SEAM) / 2.0
        return QRectF(0.0 if side == "source" else wide + _SEAM, HEAD, wide, self.height() - HEAD)

    def skeleton(self, side: Side) -> Skeleton:
        return self.mapping.source if side == "source" else self.mapping.target

    def pose(self, side: Side) -> NDArray[np.float32]:
        """(J, 3) metres, world."""
        return self.mapping.source_pose(self.frame) if side == "source" else self.mapping.target_pose(self.frame)

    def camera(self, side: Side) -> Camera:
        """Both are seen from as far round each of them."""
        track, moving = self.mapping.track, side == "source" or self.mapping.is_live
        pose = self.pose(side)
        known = pose[np.isfinite(pose).all(axis=1)]
        low, high = (known.min(axis=0), known.max(axis=0)) if len(known) else (np.zeros(3), np.ones(3))
        height = track.height if moving else float(high[1] - low[1])
        facing = math.atan2(float(track.way[0]), float(track.way[2])) if moving else 0.0
        middle = (low + high) / 2.0
        box, camera = self.box(side), Camera()
        aspect = min(1.0, box.width() / max(box.height(), 1.0))
        distance = _MARGIN * height / 2.0 / math.tan(camera.fov / 2.0) / aspect / self._zoom
        return replace(
            camera,
            target=(float(middle[0]), float(middle[1]), float(middle[2])),
            yaw=facing + self._turn,
            pitch=self._pitch,
            distance=max(distance, 0.05),
        )

    def places(self, side: Side) -> NDArray[np.float64]:
        """(J, 2) px of the joints in the widget."""
        box = self.box(side)
        px, _ = self.camera(side).project(self.pose(side), (box.width(), box.height()))
        return px + np.array([box.left(), box.top()])

    def spot_at(self, at: QPointF) -> Spot | None:
        """The joint under the cursor; of several that are near, one that is paired or wanted."""
        best: tuple[float, Spot] | None = None
        for side in SIDES:
            if not self.box(side).contains(at):
                continue
            left_out = set(self.mapping.found.left_out) if side == "source" else set()
            for joint, (x, y) in enumerate(self.places(side).tolist()):
                apart = math.hypot(x - at.x(), y - at.y())
                apart += 3.0 * (joint in left_out)
                if apart <= _REACH and (best is None or apart < best[0]):
                    best = apart, Spot(side, joint)
        return None if best is None else best[1]

    def partner(self, spot: Spot) -> Spot | None:
        """The joint that one is paired with."""
        if spot.side == "target":
            pair = self.mapping.found.pairs[spot.joint]
            return None if pair is None else Spot("source", pair.first)
        for joint, pair in enumerate(self.mapping.found.pairs):
            if pair is not None and spot.joint in (pair.first, pair.second) and pair.weight != 0.5:
                return Spot("target", joint)
        return None

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = self._at = event.position()
            self._held = self.spot_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, before, self._at = event.position(), self._at, event.position()
        if self._pressed is not None and self._held is None:
            turned = Camera(yaw=self._turn, pitch=self._pitch).orbit(at.x() - before.x(), at.y() - before.y())
            self._turn, self._pitch = turned.yaw, turned.pitch
            self.refresh()
            return
        spot = self.spot_at(at)
        if spot != self.hovered or self._held is not None:
            self.hovered = spot
            self.setCursor(Qt.CursorShape.ArrowCursor if spot is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        held, self._held, pressed, self._pressed = self._held, None, self._pressed, None
        if pressed is None or held is None:
            return
        there = self.spot_at(event.position())
        if there is not None and there.side != held.side:
            ends = {spot.side: spot.joint for spot in (held, there)}
            self.paired.emit(ends["target"], ends["source"])
        elif (event.position() - pressed).manhattanLength() <= 4:
            other = held if held.side == "target" else self.partner(held)
            self.chosen.emit(-1 if other is None else other.joint)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._zoom = min(6.0, max(0.5, self._zoom * 1.0015 ** event.angleDelta().y()))
        self.refresh()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered = None
        self.update()

    # painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Draw both anew."""
        box, ratio = self.box("source"), self.devicePixelRatioF()
        size = max(1, round(box.width() * ratio)), max(1, round(box.height() * ratio))
        colours = palette(self._session.look.theme)
        self._pictures.draw([(self._stage(side, colours), self.camera(side)) for side in SIDES], size, ratio)
        self.update()

    def _stage(self, side: Side, colours: Palette) -> Stage:
        skeleton, pose, track = self.skeleton(side), self.pose(side), self.mapping.track
        moving = side == "source" or self.mapping.is_live
        height = track.height if moving else float(np.ptp(pose[:, 1]))
        scale = track.body_scale if side == "source" else body_scale(skeleton, pose[None], height)
        camera = self.camera(side)
        figure = Figures(
            body(skeleton, fine=False),
            pose[None],
            colours.sided("seed" if side == "source" else "truth")[None],
            np.array([_OPACITY], dtype=np.float32),
            layer="ghost",
            scale=np.array([scale], dtype=np.float32),
        )
        ground = track.ground if moving else float(np.nanmin(pose[:, 1])) - 0.03
        return Stage(colours.scenery, figures=(figure,), centre=camera.target, ground_y=ground)

    def _take(self, images: list[QImage]) -> None:
        self._images = images
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colours = QPainter(self), palette(self._session.look.theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(colours.tokens["window"]))
        for number, side in enumerate(SIDES):
            self._paint_side(painter, colours, side, self._images[number] if self._images else None)
        if self._held is not None:
            start = self.places(self._held.side)[self._held.joint]
            end = self._at
            there = self.hovered
            if there is not None and there.side != self._held.side:
                end = QPointF(*self.places(there.side)[there.joint])
            arrow(painter, QPointF(*start), end, colours.tokens["accent"])

    def _paint_side(self, painter: QPainter, colours: Palette, side: Side, image: QImage | None) -> None:
        tokens, box, skeleton = colours.tokens, self.box(side), self.skeleton(side)
        head = QRectF(box.left(), 0.0, box.width(), HEAD)
        painter.fillRect(head, QColor(tokens["header"]))
        inside = head.adjusted(12, 0, -12, 0)
        name = "This rig" if side == "source" else skeleton.name
        write(painter, inside, name, tokens["text"], theme.body_font(12, QFont.Weight.DemiBold))
        count = counted(len(skeleton.joints), "joint")
        write(painter, inside, count, tokens["text3"], theme.body_font(11), Qt.AlignmentFlag.AlignRight)
        painter.save()
        painter.setClipRect(box)
        if image is not None:
            painter.drawImage(box, image, QRectF(image.rect()))
        else:
            painter.fillRect(box, QColor(tokens["panel"]))
        self._paint_joints(painter, colours, side)
        if not np.isfinite(self.pose(side)).all(axis=1).any():
            middle, words = Qt.AlignmentFlag.AlignHCenter, "No joint is known in this frame"
            write(painter, box, words, tokens["text2"], theme.body_font(), middle)
        self._paint_key(painter, tokens, side, box)
        painter.restore()

    def _paint_joints(self, painter: QPainter, colours: Palette, side: Side) -> None:
        tokens, places, found = colours.tokens, self.places(side), self.mapping.found
        skeleton = self.skeleton(side)
        painter.setPen(QPen(QColor(tokens["text"]), 1.0))
        painter.setOpacity(0.45)
        for a, b in skeleton.edges:
            if np.isfinite(places[[a, b]]).all():
                painter.drawLine(QPointF(*places[a]), QPointF(*places[b]))
        painter.setOpacity(1.0)
        left_out = set(found.left_out) if side == "source" else set()
        lacking, guessed = set(found.lacking), set(found.guessed.values() if side == "source" else found.guessed)
        marked = self._marked(side)
        for joint, place in enumerate(places):
            if not np.isfinite(place).all():
                continue
            kind = "paired"
            if side == "source" and joint in left_out:
                kind = "left out"
            elif side == "target" and joint in found.between:
                kind = "interpolated"
            elif side == "target" and skeleton.joints[joint] in lacking:
                kind = "missing"
            elif joint in guessed:
                kind = "guessed"
            dot(painter, tokens, QPointF(*place), kind, "seed" if side == "source" else "truth", joint in marked)
        if side == "source" and self.mapping.is_live:
            self._paint_between(painter, tokens)
        for joint in marked:
            self._name(painter, tokens, side, joint, places, bold=True)
        if side == "target":
            for joint in [*found.between, *found.guessed, *(skeleton.joints.index(name) for name in found.lacking[:6])]:
                if joint not in marked:
                    self._name(painter, tokens, side, joint, places, bold=False)

    def _paint_between(self, painter: QPainter, tokens: dict[str, str]) -> None:
        """Where the joints lie that the rig lacks."""
        box, pose = self.box("source"), self.mapping.target_pose(self.frame)
        px, _ = self.camera("source").project(pose, (box.width(), box.height()))
        for joint in self.mapping.found.between:
            x, y = px[joint] + [box.left(), box.top()]
            if not math.isfinite(x + y):
                continue
            dot(painter, tokens, QPointF(x, y), "interpolated", "seed", joint == self.selected)

    def _marked(self, side: Side) -> list[int]:
        """Joints that are pointed at, or whose partner is; and the pair that is selected."""
        spots = [self.hovered, self._held, Spot("target", self.selected) if self.selected >= 0 else None]
        there = [spot for spot in spots if spot is not None]
        there += [other for spot in there if (other := self.partner(spot)) is not None]
        return list(dict.fromkeys(spot.joint for spot in there if spot.side == side))

    def _name(
        self, painter: QPainter, tokens: dict[str, str], side: Side, joint: int, places: NDArray[np.float64], bold: bool
    ) -> None:
        if not np.isfinite(places[joint]).all():
            return
        name = self.skeleton(side).joints[joint]
        if side == "target" and joint in self.mapping.found.between:
            name = f"{name}, interpolated"
        elif side == "target" and name in self.mapping.found.lacking:
            name = f"{name}, missing"
        elif side == "target" and joint in self.mapping.found.guessed:
            name = f"{name}, guessed"
        x, box = float(places[joint, 0]), self.box(side)
        word(painter, tokens, QPointF(*places[joint]), name, left=x < box.center().x(), bold=bold, box=box)

    def _paint_key(self, painter: QPainter, tokens: dict[str, str], side: Side, box: QRectF) -> None:
        font = theme.body_font(11)
        line = QRectF(box.left() + 12, box.bottom() - 26, box.width() - 24, 20)
        if side == "target":
            write(painter, line, "Drag a joint onto another to pair them", tokens["text2"], font)
            return
        x = line.left() + 5
        found = self.mapping.found
        kinds = {"paired": True, "guessed": found.guessed, "interpolated": found.between, "left out": found.left_out}
        for kind in (kind for kind, there in kinds.items() if there):
            dot(painter, tokens, QPointF(x, line.center().y()), kind, "seed", False)
            write(painter, QRectF(x + 10, line.top(), 120, 20), kind, tokens["text2"], font)
            x += 30 + painter.fontMetrics().horizontalAdvance(kind)
