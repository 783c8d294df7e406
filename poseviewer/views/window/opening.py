"""What is opened: files that are asked for, those of last time, and the demo."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from poseviewer import paths
from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.text import printable
from poseviewer.views.parts.plain import menu_text


class Opening(QObject):
    """`recent` is a menu of the files that were opened before, made anew whenever it is shown."""

    def __init__(self, session: Session, playback: Playback, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._playback, self._window = session, playback, window
        self.recent = QMenu("Open recent", window)
        self.recent.aboutToShow.connect(self._fill_recent)

    def ask(self) -> None:
        """A file dialog for everything that can be opened."""
        from poseviewer.data.readers import suffixes

        settings = self._session.settings
        every = " ".join(f"*{suffix}" for suffix in (*suffixes(), paths.MODEL_SUFFIX))
        kinds, start = f"Motion and checkpoints ({every});;All files (*)", settings.text("folder", str(Path.home()))
        names, _ = QFileDialog.getOpenFileNames(self._window, "Open", start, kinds)
        if names:
            settings.put("folder", str(Path(names[0]).parent))
            self._session.open([Path(name) for name in names])

    def demo(self) -> None:
        """The embedded demo, which plays as soon as it is there."""
        self._session.clip_changed.connect(self._playback.play, Qt.ConnectionType.SingleShotConnection)
        self._session.open_motion(paths.demo(), remember=False)

    def _fill_recent(self) -> None:
        self.recent.clear()
        for path in self._session.settings.recent():
            self.recent.addAction(menu_text(printable(str(path))), partial(self._session.open, [path]))
        if self.recent.isEmpty():
            self.recent.addAction("nothing yet").setEnabled(False)
