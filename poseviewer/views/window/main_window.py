"""The window: docks around the 3D view, menus, error bar, status; it wires views to the session and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenuBar, QWidget

from poseviewer.app import theme
from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.bench.words import unmapped
from poseviewer.render.camera import Preset
from poseviewer.render.palette import palette
from poseviewer.views.commands.command_palette import CommandPalette
from poseviewer.views.export.exports import Exports
from poseviewer.views.generator.generator_view import GeneratorView
from poseviewer.views.library.library_view import LibraryView
from poseviewer.views.parts import on_screen
from poseviewer.views.parts.actions import action
from poseviewer.views.parts.boxes import in_column
from poseviewer.views.parts.dock import Dock
from poseviewer.views.parts.kept_menu import KeptMenu
from poseviewer.views.parts.notice_bar import NoticeBar
from poseviewer.views.parts.plain import plain_labels
from poseviewer.views.parts.scrolled import Scrolled
from poseviewer.views.scene.scene_panel import TOGGLES, ScenePanel
from poseviewer.views.timeline.timeline_view import TimelineView
from poseviewer.views.window import menus
from poseviewer.views.window.about import show_about, show_cards
from poseviewer.views.window.arrangement import Arrangement
from poseviewer.views.window.corner import Corner, file_name
from poseviewer.views.window.error_bar import ErrorBar
from poseviewer.views.window.keys import WindowKeys
from poseviewer.views.window.leaving import may_leave
from poseviewer.views.window.opening import Opening
from poseviewer.views.window.remembering import Remembering
from poseviewer.views.window.status import StatusLine

if TYPE_CHECKING:
    from poseviewer.views.window.tie import Tie

_NO_PAINT_MS = 4000
_AREA = Qt.DockWidgetArea
_DOTS = "\N{HORIZONTAL ELLIPSIS}"
_PRESETS: tuple[Preset, ...] = ("front", "right", "left", "back", "top", "three-quarter")


class MainWindow(QMainWindow):
    """first_painted: the window has drawn itself once; map and sliders, whose plotting library is slow, follow."""

    first_painted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setWindowTitle("poseviewer")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.session = session
        self.installEventFilter(self)
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
        self.datasets = Corner(session)
        self.commands = CommandPalette(session, self.menus, self)
        self.opening = Opening(session, self.playback, self)
        self.actions_by_name: dict[str, QAction] = {}
        self._painted = False
        self.unattended = False
        """Whether it must close without a question: nobody may be there to answer."""
        self._build()
        plain_labels(self)
        self.keys = WindowKeys(self, self.scene.view, self.commands)
        session.datasets_changed.connect(self._tell_corner)
        session.clip_changed.connect(self._tell_title)
        session.models_changed.connect(self._tell_title)
        session.look_changed.connect(self._dress)
        self.scene.view.painted.connect(self._first_paint)
        for generating in self.generator.actions_by_name.values():
            generating.triggered.connect(self.playback.pause)  # who generates looks at the newest frame

    # building

    def _build(self) -> None:
        self.setCentralWidget(self.scene)
        head = QWidget()
        in_column(self.menus, self.error_bar, self.notice_bar, of=head)
        self.setMenuWidget(head)
        self.menus.setCornerWidget(self.datasets)
        self.setStatusBar(self.status)
        right = _AREA.RightDockWidgetArea  # each below those before it in its area
        self.docks = {
            "library": Dock("library", "Library", _AREA.LeftDockWidgetArea, self),
            "timeline": Dock("timeline", "Timeline", _AREA.BottomDockWidgetArea, self, bare=True),
            "map": Dock("map", "Latent map", right, self),
            "dimensions": Dock("dimensions", "Latent dimensions", right, self),
            "generator": Dock("generator", "Generator", right, self),
        }
        menus.fill(self.menus, self._entries(), self)
        self.docks["library"].hold(self.library, [self.actions_by_name["open"]])
        self.docks["timeline"].hold(self.timeline)
        self.docks["generator"].hold(Scrolled(self.generator))
        self.scene.welcome.offer([self.actions_by_name["open"], self.actions_by_name["demo"]])
        self.arrangement = Arrangement(self, self.docks)
        self.arrangement.reset()
        self.remembering = Remembering(self, self.arrangement, self.session, self.scene, self.playback)
        self._dress()

    def _entries(self) -> dict[str, Sequence[menus.Entry]]:
        """The menus: every action of the window has its entry here."""
        add, scene, history = self._add_action, self.scene.actions_by_name, self.session.history
        undo, redo = history.createUndoAction(self, "Undo"), history.createRedoAction(self, "Redo")
        for made, key in ((undo, QKeySequence.StandardKey.Undo), (redo, QKeySequence.StandardKey.Redo)):
            made.setObjectName(made.text())  # as the list of keys calls it: its text will name an edit too
            made.setShortcut(key)
        scene["picture"].triggered.connect(self.exports.ask_for_picture)
        open_tip, export_tip = "Open datasets, motion files and checkpoints", "Export film, pictures, BVH or arrays"
        let_go_tip = "Let go of the held pose, or close the error"
        file = [
            add("open", f"Open{_DOTS}", "Ctrl+O", self.opening.ask, open_tip),
            self.opening.recent,
            add("demo", "Open the demo", "", self.opening.demo),
            None,
            add("export", f"Export{_DOTS}", "Ctrl+E", self.ask_to_export, export_tip),
            scene["picture"],
            None,
            add("quit", "Quit", "Ctrl+Q", self.close),
        ]
        edit = [
            undo,
            redo,
            None,
            add("find", "Filter the library", "Ctrl+F", self.show_filter),
            add("let_go", "Let go of the held pose", "Esc", self.let_go, let_go_tip),
        ]
        presets = [
            add(f"view_{name}", _preset_words(name), f"Alt+{key}", partial(self.scene.view.preset, name))
            for key, name in enumerate(_PRESETS, 1)
        ]
        looks = [scene[field] for field, *_ in TOGGLES]
        view = [scene["home"], scene["fit"], *presets, scene["orthographic"], scene["side"], None, *looks]
        docks, light = self.docks.values(), add("light", "Light theme", "Ctrl+L", self.flip_theme)
        light.setCheckable(True)
        window = [
            *(dock.toggleViewAction() for dock in docks),
            None,
            menus.menu("Float", [dock.float_action for dock in docks], self),
            None,
            light,
            add("layout", "Default layout", "", self.reset_layout),
        ]
        tip = "Every action, model and clip by a few letters"
        palette_action = add("palette", f"Command palette{_DOTS}", "Ctrl+K", self.commands.toggle, tip)
        palette_action.setProperty("apart", True)
        about = [
            palette_action,
            add("shortcuts", "Keys and mouse", "F1", self.show_shortcuts),
            add("cards", "Show the models' cards", "", show_cards),
            None,
            add("about", "About poseviewer", "", partial(show_about, self)),
        ]
        map_tip = "Pair the joints of this rig with those that models read"
        joints = add("joints", f"Map joints{_DOTS}", "Ctrl+J", self.map_joints, map_tip)
        self.generator.mapping_asked.connect(self.map_joints)
        clip, generator = self.timeline.actions_by_name.values(), self.generator.actions_by_name.values()
        return {
            "File": file,
            "Edit": edit,
            "View": view,
            "Clip": [*clip, None, joints],
            "Generator": [*generator, self.generator.poses_menu(), None, KeptMenu(self.session, self)],
            "Window": window,
            "Help": about,
        }

    def _add_action(self, name: str, text: str, key: str, call: Callable[..., object], tip: str = "") -> QAction:
        self.actions_by_name[name] = made = action(self, text, key, call, tip)
        return made

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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While the window is painted the lanes rest. Not in `event`: where Python calls Qt, which calls a paint method
        that fails, its painter lives on until Qt has ended without it, and the process dies.
        """
        if event.type() == QEvent.Type.UpdateRequest:
            self.session.jobs.rest()
        return False

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
        self.datasets.refresh()
        self.menus.setCornerWidget(self.datasets)  # which gives it the room that it needs now
        self.datasets.show()

    def _tell_title(self) -> None:
        """Clip, file and program; without a clip the checkpoint whose latents can be explored."""
        bench, source = self.session.bench, self.session.embedding_source
        words = ["poseviewer"]
        if bench.clip is not None and bench.dataset is not None:
            words = [bench.clip.name, file_name(bench.dataset), *words]
        elif bench.clip is None and source is not None:
            words = [source.name if isinstance(source, Path) else source, *words]
        self.setWindowTitle(" \N{EN DASH} ".join(words))

    # opening

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

    def map_joints(self) -> None:
        """Ask which joints of the clip's rig are which of a model's."""
        clip = self.session.bench.clip
        if clip is None:
            self.session.problem.emit("Map joints: there is no clip whose joints could be paired; open one.", "")
            return
        from poseviewer.views.mapping.mapping_dialog import MappingDialog, offered_targets

        if not offered_targets(self.session, clip):
            kind = f"{clip.skeleton.dims}D"
            told = f"Map joints: {clip.name!r} has the joints of every {kind} model here; nothing is to be paired."
            self.session.problem.emit(told, "")
            return
        played = self.playback.playing
        self.playback.pause()  # the dialog has the processor to itself
        dialog = MappingDialog(self.session, clip, self, unmapped(self.session.bench))
        dialog.exec()
        dialog.deleteLater()
        if played:
            self.playback.play()

    # exporting

    def ask_to_export(self) -> None:
        """Ask what to export, then do it in the background; progress and cancel are in the status bar."""
        played = self.playback.playing
        self.playback.pause()  # the preview has the processor to itself
        self.exports.ask(self.scene.view.camera)
        if played:
            self.playback.play()

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

    # remembering

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(_NO_PAINT_MS, self._no_paint)

    def restore(self) -> None:
        """Size, docks, look and camera of the last session; the design's layout the first time."""
        self.remembering.restore()

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
        self.remembering.remember()
        self.session.close()
        super().closeEvent(event)


def _files(mime: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def _preset_words(name: Preset) -> str:
    return "Three-quarter view" if name == "three-quarter" else f"From the {name}"
