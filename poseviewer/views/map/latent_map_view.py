"""The latent map: where the dataset's frames lie, the clip's and the rollout's way among them, and a handle to drag."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from poseviewer.app import theme
from poseviewer.app.seldom import PICTURES_MS, Seldom
from poseviewer.app.session import Session
from poseviewer.bench.bench import Held
from poseviewer.bench.map import chosen, glimpse
from poseviewer.bench.map.glimpse import Glimpse
from poseviewer.bench.map.hand_facts import HandFacts, HandMeasure
from poseviewer.bench.map.paths import MapPath
from poseviewer.bench.map.picture import MapComposer, MapPicture, here
from poseviewer.bench.words import sigmas
from poseviewer.render.palette import palette
from poseviewer.views.map.map_bar import MapBar
from poseviewer.views.map.map_canvas import MapCanvas
from poseviewer.views.map.map_colours import scale_colours
from poseviewer.views.map.map_foot import HEIGHT, MapFoot, Phrase, plain
from poseviewer.views.map.map_key import MapKey
from poseviewer.views.parts.boxes import in_column
from poseviewer.views.parts.panel import Panel
from poseviewer.views.parts.plain import menu_text

if TYPE_CHECKING:
    from poseviewer.analysis.projection import Projection
    from poseviewer.data.dataset import Dataset


class LatentMapView(Panel):
    """Bar, map and foot line. grabbed: the handle was taken (playback should rest)."""

    grabbed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._composer, self._measure, self._picture = MapComposer(), HandMeasure(), MapPicture()
        self._fitted_for: Projection | None = None
        self._before: Held | None = None
        self._near: np.ndarray | None = None
        self._told_of = ""  # the progress that the foot shows
        self._going_to: tuple[Dataset, int, int] | None = None
        self._seed_there = False  # whether the seed is to end where it goes to
        self.canvas = MapCanvas(self)
        self.bar = MapBar(session)
        self.key = MapKey()
        self.foot = MapFoot(self)
        self._actions = self._make_actions()
        self._lay_out()
        self._due = QTimer(self, singleShot=True, interval=0)
        self._due.timeout.connect(self.refresh)
        self._seldom = Seldom(self, self.refresh, lambda: session.stepper.running, PICTURES_MS)
        self._connect()
        self.refresh()

    # building

    def _make_actions(self) -> dict[str, QAction]:
        numbers = QAction("Frame numbers on the map", self, checkable=True, checked=True)
        paths = QAction("Paths of the clip and the rollout", self, checkable=True, checked=True)
        fit = QAction("Fit the map (double click)", self)
        for action in (numbers, paths):
            action.toggled.connect(self.refresh)
        fit.triggered.connect(self.canvas.fit)
        return {"tag": numbers, "spline": paths, "maximize": fit}

    def _lay_out(self) -> None:
        in_column(self.bar, self.key, (self.canvas, 1), of=self, margins=(0, 0, 0, HEIGHT))
        self.foot.raise_()

    def _connect(self) -> None:
        session, canvas = self._session, self.canvas
        for signal in (
            session.datasets_changed, session.clip_changed, session.latents_changed, session.rollout_changed,
            session.seed_changed, session.look_changed, session.models_changed,
        ):  # fmt: skip
            signal.connect(self._ask)
        session.stepper.running_changed.connect(self._ask)
        session.jobs.changed.connect(self._tell_progress)
        session.clip_changed.connect(self._arrive)
        session.time_changed.connect(self._move_here)
        session.held_changed.connect(self._held_changed)
        self.key.lit.connect(canvas.light)
        canvas.grabbed.connect(self._grab)
        canvas.dragged.connect(self._drag)
        canvas.released.connect(lambda: session.keep(self._before))
        canvas.cancelled.connect(self.let_go)
        canvas.clicked.connect(self._go_to)
        canvas.clicked_path.connect(self._go_along)
        canvas.pointed.connect(self._glance)
        canvas.asked.connect(self._offer)
        session.glances.came.connect(self._glance)

    def title_actions(self) -> list[QAction]:
        """Tools for the dock's title: frame numbers, paths, fit."""
        return list(self._actions.values())

    # showing

    def _ask(self) -> None:
        if self._session.stepper.running:
            self._seldom.ask()
        else:
            self._due.start()

    def refresh(self) -> None:
        """Take the bench as it is; when hidden, wait until somebody looks."""
        if not self.isVisible():
            self._due.stop()
            return
        bench = self._session.bench
        colours = palette(bench.look.theme)
        colour = chosen.colouring(bench)
        before, self._picture = self._picture, self._composer.picture(bench)
        self.canvas.setToolTip(escape(self._picture.reason))
        self.key.tell(self._picture.legend, colours, self._picture.scale, scale_colours(colour, colours))
        self.canvas.labels_visible = self._actions["tag"].isChecked()
        self.canvas.show_picture(self._picture, colours, colour, self._actions["spline"].isChecked())
        filled = (before.points is None) == (self._picture.points is None)
        outgrown = self.canvas.outgrown and not self.canvas.dragging
        if not filled or outgrown or not _same_plane(bench.projection, self._fitted_for):
            self.canvas.fit()
        self._fitted_for = bench.projection
        if not self._session.stepper.running:  # a frame more changes none of it
            self.bar.refresh()
            for name, action in self._actions.items():
                action.setIcon(theme.icon(name, colours))
        self._move_here()
        self._write_foot()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_foot()

    def _place_foot(self) -> None:
        self.foot.arrange()
        self.canvas.covered = self.foot.height() - HEIGHT

    def _move_here(self) -> None:
        if self.isVisible():
            self.canvas.set_here(here(self._session.bench, self._picture))

    def _held_changed(self) -> None:
        if self._session.bench.held is None and self.canvas.dragging:
            self.canvas.drop()
        self._move_here()
        if self.isVisible():
            self._write_foot()

    def _tell_progress(self) -> None:
        if self.isVisible() and self._session.latents.indexing != self._told_of:
            self._write_foot()

    def _write_foot(self) -> None:
        facts = self._measure.facts(self._session.bench)
        colours = palette(self._session.look.theme)
        self._told_of = self._session.latents.indexing
        if facts is None:
            left, right = self._picture.note
            self.foot.tell([plain(left), plain(self._told_of or right)], colours, apart=True)
        else:
            self.foot.tell(_told(facts), colours)
        self._place_foot()

    # the handle

    def _grab(self) -> None:
        self._before = self._session.bench.held
        self._near = self._session.bench.latent_at()
        self.grabbed.emit()

    def _drag(self, x: float, y: float) -> None:
        projection = self._session.bench.projection
        if projection is not None and self._near is not None:
            self._session.hold(projection.lift((x, y), near=self._near))

    def let_go(self) -> None:
        """Drop what is held; a pose that had been kept comes back with Undo."""
        before = self._before if self.canvas.dragging else self._session.bench.held
        self.canvas.drop()
        self._session.let_go()
        if before is not None:
            self._session.keep(before)

    # the background points

    def _offer(self, at: QPointF, point: int | None) -> None:
        """The menu at a place: what can be taken from there."""
        session, bench = self._session, self._session.bench
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        points = self._picture.points
        if point is not None and points is not None:
            index = points.index
            clip, frame = index.dataset.infos[int(index.clip[point])].name, int(index.frame[point])
            menu.addAction(menu_text(f"Let the seed end here: {clip}, frame {frame}"), lambda: self._go_to(point, True))
            menu.addAction(menu_text(f"Go to {clip}, frame {frame}"), lambda: self._go_to(point))
            menu.addAction("Take this frame's pose", lambda: session.take_pose(index.latents[point]))
        near, projection = bench.latent_at(), bench.projection
        if projection is not None and near is not None:
            there = self.canvas.map_point(at)
            menu.addAction("Take the pose that lies here", lambda: session.take_pose(projection.lift(there, near=near)))
        menu.addSeparator()
        menu.addAction(self._actions["maximize"])
        menu.popup(self.canvas.mapToGlobal(at.toPoint()))

    def _go_to(self, point: int, seed: bool = False) -> None:
        self._seed_there = seed
        bench, points = self._session.bench, self._picture.points
        assert points is not None
        index = points.index
        self._going_to = (index.dataset, int(index.clip[point]), int(index.frame[point]))
        if (bench.dataset, bench.clip_index) == self._going_to[:2]:
            self._arrive()
        else:
            self._session.select_clip(*self._going_to[:2])

    def _go_along(self, path: MapPath, place: int) -> None:
        """To the frame that lies there on a path; the lane that made it gets the focus."""
        session = self._session
        lane = glimpse.lane_on(session.bench, path, place)
        time = glimpse.time_on(session.bench, path, place)
        if lane is not None:
            session.set_focus(lane.role)
        session.set_time(time)

    def _glance(self) -> None:
        """Let the pose under the pointer be seen; it changes nothing."""
        canvas, bench, points = self.canvas, self._session.bench, self._picture.points
        if canvas.hovered_path is not None:
            path, place = canvas.hovered_path
            canvas.show_glimpse(glimpse.of_path(bench, path, place), glimpse.words(bench, path, place))
        elif canvas.hovered is not None and points is not None:
            index, point = points.index, canvas.hovered
            clip, frame = self._session.glances.clip(index.dataset, int(index.clip[point])), int(index.frame[point])
            canvas.show_glimpse(None if clip is None else Glimpse(clip.skeleton, clip.positions[frame], "truth"))
        elif canvas.pointer is not None and bench.projection is not None and bench.from_the_mean:
            near = bench.latent_at()
            assert near is not None
            pose = self._session.latents.pose_alone(bench.projection.lift(canvas.pointer, near=near))
            skeleton = None if bench.embedding is None else bench.embedding.skeleton
            canvas.show_glimpse(None if pose is None or skeleton is None else Glimpse(skeleton, pose, "truth"))

    def _arrive(self) -> None:
        """Go to a clicked point's frame where its clip came onto the bench; where another one did, that is over."""
        bench, wanted, self._going_to = self._session.bench, self._going_to, None
        if wanted is not None and bench.clip is not None and (bench.dataset, bench.clip_index) == wanted[:2]:
            if self._seed_there:
                self._session.end_seed_at(wanted[2])
            else:
                self._session.set_time(wanted[2] / bench.clip.fps)


def _same_plane(one: Projection | None, other: Projection | None) -> bool:
    """Whether two projections put every latent at the same place, so that the view need not be fitted again."""
    if one is None or other is None or one.axes.shape != other.axes.shape:
        return one is other
    return bool(np.allclose(one.axes, other.axes, atol=1e-6) and np.allclose(one.mean, other.mean, atol=1e-6))


def _told(facts: HandFacts) -> list[Phrase]:
    """About the latent under the hand; what is measured stands out."""
    first, second = (f"{sigmas(component)} σ" for component in facts.components)
    rms = f", training data {facts.training:.1f} rms"
    told: list[Phrase] = [
        ((f"{facts.axes[0]} {first}, {facts.axes[1]} {second}", True),),
        plain(f"{facts.kept} components kept"),
        (("Mahalanobis ", False), (f"{facts.distance:.1f}", True), (rms, False)),
    ]
    if facts.nearest is not None:
        told.append((("nearest ", False), (f"{facts.nearest[0]}, frame {facts.nearest[1]}", True)))
    return told
