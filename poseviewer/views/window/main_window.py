"""The window: docks around the 3D view, menus, error bar, status; it wires views to the session and nothing more."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QMenuBar,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from poseviewer.app import theme
from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.paths import MODEL_SUFFIX
from poseviewer.render.palette import palette
from poseviewer.text import printable
from poseviewer.views.export.exports import Exports
from poseviewer.views.generator_view import GeneratorView
from poseviewer.views.library.library_view import LibraryView
from poseviewer.views.parts import on_screen
from poseviewer.views.parts.counts import grouped
from poseviewer.views.parts.dock import Dock
from poseviewer.views.parts.notice_bar import NoticeBar
from poseviewer.views.parts.plain import menu_text, plain_labels
from poseviewer.views.parts.scrolled import Scrolled
from poseviewer.views.parts.tooltips import plain_tip
from poseviewer.views.scene.scene_panel import ScenePanel
from poseviewer.views.timeline.timeline_view import TimelineView
from poseviewer.views.window import remembering
from poseviewer.views.window.arrangement import Arrangement
from poseviewer.views.window.error_bar import ErrorBar
from poseviewer.views.window.keys import WindowKeys
from poseviewer.views.window.leaving import may_leave
from poseviewer.views.window.menus import fill_menus
from poseviewer.views.window.status import StatusLine

if TYPE_CHECKING:
    from poseviewer.data.dataset import Dataset
    from poseviewer.export.options import Options
    from poseviewer.views.window.tie import Tie

_NO_PAINT_MS = 4000
_CORNER = 240  # px of a dataset's name beside the menus
_ATTRIBUTION = (
    "Demo: motion clips from pybullet_data (Bullet Physics, zlib), first published with DeepMimic; "
    "capture sources not stated; cleaned and resampled."
)
_CMU = (
    "The data used in this project was obtained from mocap.cs.cmu.edu. "
    "The database was created with funding from NSF EIA-0196217."
)


class MainWindow(QMainWindow):
    """first_painted: the window has drawn itself once; map and sliders, whose plotting library is slow, follow."""

    first_painted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setWindowTitle("poseviewer")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.session = session
        self.playback = Playback(session)
        self.scene = ScenePanel(session)
        self.library = LibraryView(session)
        self.timeline = TimelineView(session, self.playback)
        self.generator = GeneratorView(session)
        self.error_bar = ErrorBar(session)
        self.notice_bar = NoticeBar(session)
        self.status = StatusLine(session, self.scene.view, self.playback)
        self.exports = Exports(session, lambda: self.scene.view.grabFramebuffer(), self.notice_bar, self)
        self.map: Any = None
        self.sliders: Any = None
        self.tie: Tie | None = None
        self.menus = QMenuBar()
        self._corner = QLabel()
        self.recent = QMenu("Open recent", self)
        self.actions_by_name: dict[str, QAction] = {}
        self._painted = False
        self.unattended = False
        """Whether it must close without a question: nobody may be there to answer."""
        self._build()
        plain_labels(self)
        self.keys = WindowKeys(self, self.scene.view)
        session.datasets_changed.connect(self._tell_corner)
        session.clip_changed.connect(self._tell_title)
        session.models_changed.connect(self._tell_title)
        session.look_changed.connect(self._dress)
        self.scene.view.painted.connect(self._first_paint)
        for action in self.generator.actions_by_name.values():
            action.triggered.connect(self.playback.pause)  # who generates looks at the newest frame

    # building

    def _build(self) -> None:
        self.setCentralWidget(self.scene)
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.menus)
        column.addWidget(self.error_bar)
        column.addWidget(self.notice_bar)
        self.setMenuWidget(head)
        self._corner.setObjectName("corner")
        self.menus.setCornerWidget(self._corner)
        self._corner.setFixedHeight(26)
        self.setStatusBar(self.status)
        self.docks = {
            name: Dock(title, name, self, bare=name == "timeline")  # its transport is its head
            for name, title in (
                ("library", "Library"),
                ("timeline", "Timeline"),
                ("map", "Latent map"),
                ("dimensions", "Latent dimensions"),
                ("generator", "Generator"),
            )
        }
        self.docks["timeline"].hold(self.timeline, [])
        self.docks["generator"].hold(Scrolled(self.generator), [])
        for name in ("map", "dimensions"):
            self.docks[name].setWidget(_waiting())
        self.recent.aboutToShow.connect(self._fill_recent)
        fill_menus(self)
        self.docks["library"].hold(self.library, [self.actions_by_name["open"]])
        self.scene.welcome.offer([self.actions_by_name["open"], self.actions_by_name["demo"]])
        self.arrangement = Arrangement(self, self.docks)
        self.arrangement.reset()
        self._dress()

    def add_plots(self) -> None:
        """Put the map and the sliders into their docks; pyqtgraph is imported here, behind the first paint."""
        if self.map is not None:
            return
        from poseviewer.views.latents.latent_sliders_view import LatentSlidersView
        from poseviewer.views.map.latent_map_view import LatentMapView
        from poseviewer.views.window.tie import Tie

        self.map = LatentMapView(self.session)
        self.sliders = LatentSlidersView(self.session)
        self.tie = Tie(self.map.canvas, self.scene.view, self.session)
        self.docks["map"].hold(self.map, self.map.title_actions())
        for view in (self.map, self.sliders):
            view.grabbed.connect(self.playback.pause)  # a held pose belongs to one frame
        self.docks["dimensions"].hold(self.sliders, self.sliders.title_actions())
        self.sliders.caption_changed.connect(lambda: self.docks["dimensions"].set_caption(self.sliders.caption))
        self.docks["dimensions"].set_caption(self.sliders.caption)

    # showing

    def _first_paint(self) -> None:
        if not self._painted:
            self._painted = True
            self.scene.view.painted.disconnect(self._first_paint)
            on_screen.bring_inside(self)
            QTimer.singleShot(0, self.first_painted.emit)

    def _no_paint(self) -> None:
        """Where OpenGL does not start, everything but the 3D view still works."""
        if not self._painted and self.isVisible():
            self._first_paint()
            self.session.problem.emit(
                "3D view: OpenGL 3.3 did not start on this display; `poseviewer doctor` says what to install", ""
            )

    def _dress(self) -> None:
        look = self.session.look
        app = QApplication.instance()
        if isinstance(app, QApplication) and app.property("theme") != look.theme:
            app.setProperty("theme", look.theme)
            theme.apply(app, look.theme)
        colours = palette(look.theme)
        self.actions_by_name["open"].setIcon(theme.icon("upload", colours))
        for dock in self.docks.values():
            dock.dress(colours)
        self.actions_by_name["light"].setChecked(look.theme == "light")

    def let_go(self) -> None:
        """Let go of the held pose; where none is held, close the error bar. The 3D view gets the focus."""
        self.keys.go_home()
        if self.map is not None and self.session.bench.held is not None:
            self.map.let_go()
        else:
            self.error_bar.dismiss()

    def flip_theme(self) -> None:
        """Dark to light and back."""
        self.session.set_look(theme="dark" if self.session.look.theme == "light" else "light")

    def _tell_corner(self) -> None:
        datasets = self.session.bench.datasets
        clips, frames = sum(len(d) for d in datasets), sum(d.frames for d in datasets)
        counts = f"{grouped(clips)} clip{'s' * (clips != 1)}, {grouped(frames)} frame{'s' * (frames != 1)}"
        names = _file_name(datasets[0]) if len(datasets) == 1 else f"{len(datasets)} datasets"
        elided = self.fontMetrics().elidedText(names, Qt.TextElideMode.ElideMiddle, _CORNER)
        self._corner.setText(f"{elided}, {counts}" if datasets else "")
        self._corner.setToolTip(plain_tip("\n".join(_file_name(dataset) for dataset in datasets)))
        self.menus.setCornerWidget(self._corner)
        self._corner.show()

    def _tell_title(self) -> None:
        """Clip, file and program; without a clip the checkpoint whose latents can be explored."""
        bench, source = self.session.bench, self.session.embedding_source
        words = ["poseviewer"]
        if bench.clip is not None and bench.dataset is not None:
            words = [bench.clip.name, _file_name(bench.dataset), *words]
        elif bench.clip is None and source is not None:
            words = [source.name if isinstance(source, Path) else source, *words]
        self.setWindowTitle(" \N{EN DASH} ".join(words))

    # opening

    def open_demo(self) -> None:
        """The embedded demo."""
        from poseviewer import paths

        self.session.open_motion(paths.demo(), remember=False)

    def ask_to_open(self) -> None:
        """A file dialog for everything that can be opened."""
        from poseviewer.data.readers import suffixes

        every = " ".join(f"*{suffix}" for suffix in (*suffixes(), MODEL_SUFFIX))
        start = self.session.settings.text("folder", str(Path.home()))
        names, _ = QFileDialog.getOpenFileNames(self, "Open", start, f"Motion and checkpoints ({every});;All files (*)")
        if names:
            self.session.settings.put("folder", str(Path(names[0]).parent))
            self.session.open([Path(name) for name in names])

    def _fill_recent(self) -> None:
        self.recent.clear()
        for path in self.session.settings.recent():
            self.recent.addAction(menu_text(printable(str(path))), partial(self.session.open, [path]))
        if self.recent.isEmpty():
            self.recent.addAction("nothing yet").setEnabled(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _files(event.mimeData()):
            event.acceptProposedAction()
            self.scene.set_accepting(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.scene.set_accepting(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.scene.set_accepting(False)
        files = _files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.session.open(files)

    # exporting

    def ask_to_export(self) -> None:
        """Ask what to export, then do it in the background; progress and cancel are in the status bar."""
        played = self.playback.playing
        self.playback.pause()  # the preview has the processor to itself
        self.exports.ask(self.scene.view.camera)
        if played:
            self.playback.play()

    def export(self, out: Path, options: Options) -> None:
        """Export the bench as it is now, in the background."""
        self.exports.exporting.begin(out, options)

    def ask_for_picture(self) -> None:
        """Save the 3D view as it stands."""
        self.exports.ask_for_picture()

    def show_filter(self) -> None:
        """Put the cursor into the library's filter, where the library is closed or behind another tab too."""
        self.docks["library"].show()
        self.docks["library"].raise_()
        self.library.focus_filter()

    # help

    def show_shortcuts(self) -> None:
        """Every action with a key, in a list."""
        from poseviewer.views.window.shortcuts_dialog import ShortcutsDialog

        ShortcutsDialog(self.menus, self).exec()

    def show_about(self) -> None:
        import poseviewer

        words = "An oscilloscope for human-motion generators."
        head = f"<b>poseviewer {poseviewer.__version__}</b>"
        QMessageBox.about(self, "About poseviewer", f"{head}<p>{words}</p><p>{_ATTRIBUTION}</p><p>{_CMU}</p>")

    def show_cards(self) -> None:
        """The cards of the shipped checkpoints, in whatever shows text."""
        from poseviewer import paths

        QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.models() / "README.md")))

    # remembering

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(_NO_PAINT_MS, self._no_paint)

    def restore(self) -> None:
        """Size, docks, look and camera of the last session; the design's layout the first time."""
        remembering.restore(self)

    def reset_layout(self) -> None:
        """Forget the remembered layout."""
        self.session.settings.forget_layout()
        self.arrangement.reset()

    def closeEvent(self, event: QCloseEvent) -> None:
        # exports last: their question may drop one, which must not be for nothing
        if not self.unattended and not (may_leave(self.session, self) and self.exports.may_close()):
            event.ignore()
            return
        self.playback.pause()
        remembering.remember(self)
        self.session.close()
        super().closeEvent(event)


def _files(mime: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def _file_name(dataset: Dataset) -> str:
    return printable(dataset.path.name) if dataset.path is not None else dataset.name


def _waiting() -> QWidget:
    panel = QWidget()
    panel.setObjectName("panel")
    column = QVBoxLayout(panel)
    words = QLabel("Getting ready\N{HORIZONTAL ELLIPSIS}")
    words.setProperty("quiet", True)
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    column.addWidget(words)
    return panel
