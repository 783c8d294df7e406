"""From the command line to a running window."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPlainTextEdit

from poseviewer import paths
from poseviewer.app import theme
from poseviewer.app.garbage import GuiThreadGarbage
from poseviewer.app.jobs import lanes_rest, one_thread_each
from poseviewer.app.session import Session
from poseviewer.app.settings import Settings
from poseviewer.app.signals import EndSignals
from poseviewer.app.watching import Watcher
from poseviewer.data.reading import AS_FOUND, Reading
from poseviewer.errors import PoseviewerError
from poseviewer.views.parts.boxes import in_column
from poseviewer.views.window.error_bar import surroundings
from poseviewer.views.window.main_window import MainWindow

_MODELS_AFTER_MS = 50
_TURN = 2e-4
"""Seconds that a lane keeps the interpreter when asked for it: a repaint asks after each of its hundreds of calls."""
_LAST_STEPS = 3.0  # seconds that lanes have to end the step under way, and to remove what they wrote of a file


def run(
    files: list[Path], watch: Path | None = None, model: str | None = None, reading: Reading = AS_FOUND
) -> int:
    """Open the window on files, or on the demo, and stay until it is closed. Returns the exit code.

    watch: a folder whose newest checkpoint is put to work as it appears; model: an installed one that reads them.
    reading: how the files are read.
    """
    os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("poseviewer")
    app.setDesktopFileName("poseviewer")
    app.setWindowIcon(QIcon(str(paths.resources() / "icons" / "activity.svg")))
    settings = Settings()
    name: theme.ThemeName = "light" if settings.text("look/theme", "dark") == "light" else "dark"
    app.setProperty("theme", name)
    theme.apply(app, name)
    window = open_window(Session(settings), files, reading)
    if watch is not None:
        Watcher(window.session, watch, model)
    GuiThreadGarbage(window)
    _Catcher(window)
    signals = EndSignals()
    signals.asked.connect(lambda: _end(window))
    code = app.exec()
    signals.close()
    window.session.close()
    return code


def leave(code: int) -> int:
    """End the program with an exit code, after `run`: the process goes, even where a lane cannot be stopped.

    Returns the code where no lane works any more. Else (torch is being imported, another package's model is under way)
    Python's own end would wait for that lane, and would abort the process without waiting.
    """
    if lanes_rest(_LAST_STEPS):
        return code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _end(window: MainWindow) -> None:
    """Close the window without a question: nobody may be there to answer."""
    window.session.jobs.cancel_all()
    try:
        window.session.keeping.files.save()
    except PoseviewerError as error:
        sys.stderr.write(f"poseviewer: the rollouts are not kept: {error.sentence()}\n")
    window.unattended = True
    window.close()
    QApplication.exit(0)  # a dialog may be open, whose loop would go on


def open_window(session: Session, files: list[Path], reading: Reading = AS_FOUND) -> MainWindow:
    """Show the window; behind its first paint come the clip, then plots and models, so that it is there at once."""
    sys.setswitchinterval(_TURN)
    window = MainWindow(session)
    window.restore()
    window.first_painted.connect(lambda: _behind_first_paint(window, files, reading))
    window.show()
    return window


def _behind_first_paint(window: MainWindow, files: list[Path], reading: Reading) -> None:
    """Open the files, or without any the demo; plots and models come once something of them is there, or has failed."""
    session = window.session
    news = (session.clip_changed, session.models_changed, session.problem)

    def moving() -> None:
        for signal in news:
            signal.disconnect(moving)
        window.playback.play()
        QTimer.singleShot(_MODELS_AFTER_MS, plots_and_models)

    def plots_and_models() -> None:
        one_thread_each()
        window.add_plots()
        session.offer_models()

    for signal in news:
        signal.connect(moving)
    if files:
        session.open(files, reading)
    else:
        window.opening.demo()


class _UnexpectedErrorDialog(QDialog):
    """An error that nobody foresaw: what happened, a report to copy, and the session goes on."""

    def __init__(self, report: str, parent: MainWindow) -> None:
        super().__init__(parent)
        self.setWindowTitle("Something went wrong")
        self.resize(640, 380)
        words = QLabel(
            "An error came up that poseviewer did not expect. Your work is still open. "
            "Please send this report along when you tell us about it.",
            wordWrap=True,
        )
        text = QPlainTextEdit(f"{surroundings()}\n\n{report}", readOnly=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy report", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text.toPlainText()))
        buttons.rejected.connect(self.reject)
        in_column(words, (text, 1), buttons, of=self, margins=None)


class _Catcher(QObject):
    """Unexpected exceptions, from any thread, open one dialog; the session goes on."""

    _caught = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._open = False
        self._told: set[str] = set()
        self._caught.connect(self._show)
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self._hook(args.exc_type, args.exc_value, args.exc_traceback)

    def _hook(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        report = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(report)
        self._caught.emit(report)

    @Slot(str)
    def _show(self, report: str) -> None:
        if self._open or report in self._told:
            return  # what fails in every repaint is told once
        self._told.add(report)
        self._open = True
        dialog = _UnexpectedErrorDialog(report, self._window)
        dialog.finished.connect(self._closed)
        dialog.open()

    @Slot()
    def _closed(self) -> None:
        self._open = False
