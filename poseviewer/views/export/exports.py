"""Exports of the window: asked for, told of when they are done, and what becomes of them when it closes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QMessageBox, QWidget

from poseviewer.app.exporting import Exporting
from poseviewer.app.session import Session
from poseviewer.render.camera import Camera
from poseviewer.views.export.picture import ask_for_picture_file, write_picture
from poseviewer.views.parts.notice_bar import NoticeBar


class Exports(QObject):
    """Wires the session's exports to the window's dialogs and to its notices."""

    def __init__(self, session: Session, grab: Callable[[], QImage], notices: NoticeBar, window: QWidget) -> None:
        """grab: the 3D view as it stands."""
        super().__init__(window)
        self._session, self._grab, self._notices, self._window = session, grab, notices, window
        self.exporting = Exporting(session)
        self._closing = ""
        """The notice that says that the window closes when the exports are done; empty where it does not."""
        self.exporting.done.connect(self._tell)
        self.exporting.dropped.connect(self._stay)

    def ask(self, camera: Camera) -> None:
        """The dialog, which offers to look from where a camera stands; then the export, behind the window."""
        from poseviewer.views.export.export_dialog import ExportDialog

        if self._session.bench.clip is None:
            self._session.problem.emit("Nothing to export: open a clip first", "")
            return
        dialog = ExportDialog(self._session, self._window, camera, self.exporting.require_free)
        if dialog.exec():
            self.exporting.begin(dialog.path, dialog.options, dialog.bench)
        dialog.deleteLater()

    def ask_for_picture(self) -> None:
        """Save the 3D view as it stands; it is encoded on the files lane."""
        session = self._session
        name = f"{session.bench.clip.name.replace('/', '_') if session.bench.clip else 'poseviewer'}.png"
        folder = Path(session.settings.text("export folder", str(Path.home())))
        path = ask_for_picture_file(self._window, folder / name)
        if path is None:
            return
        session.settings.put("export folder", str(path.parent))
        save, what = partial(write_picture, self._grab(), path), "The picture was not saved"
        session.submit("files", f"Saving {path.name}", save, lambda _: self._tell(path, ""), what=what)

    # when they are done

    def _tell(self, target: Path, note: str) -> None:
        words = f"{target.name} is exported, {_size(target)}{f'; {note}' if note else ''}"
        answers = [("Open", lambda: self._open(target)), ("Show in folder", lambda: self._open(target.parent))]
        self._notices.tell(words, answers, stays=True)
        if self._closing and not self.exporting.running:
            self._stay()
            self._window.close()

    def _open(self, path: Path) -> None:
        if not path.exists():
            words = f"{path.name} was not opened: it is no longer in {path.parent}; export it anew"
            self._session.problem.emit(words, "")
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            what = "folders" if path.is_dir() else f"{path.suffix} files"
            words = f"{path.name} was not opened: no program here opens {what}; it lies in {path.parent}"
            self._session.problem.emit(words, "")

    # when the window closes

    def may_close(self) -> bool:
        """Whether the window may close now: exports under way are kept unless the user drops them."""
        running = self.exporting.running
        if not running:
            return True
        box = QMessageBox(QMessageBox.Icon.NoIcon, "Close", self._unfinished(), parent=self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        go_on = box.addButton("Go on exporting", QMessageBox.ButtonRole.RejectRole)
        later = box.addButton("Close when it is done", QMessageBox.ButtonRole.AcceptRole)
        drop = box.addButton("Cancel the export and close", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(go_on)
        box.setEscapeButton(go_on)
        box.exec()
        clicked = box.clickedButton()
        if clicked is drop:
            self.exporting.cancel()
            return True
        if clicked is later:
            if not self.exporting.running:  # it was done while the question stood there
                return True
            self._close_later()
        return False

    def _unfinished(self) -> str:
        first, *others = self.exporting.running
        done, total = first.progress.done, first.progress.total
        name = first.title.removeprefix("Exporting ")
        words = f"{name} is not finished" + (f", {done} of {total} frames are drawn" if total else "")
        return words + (f", and {len(others)} more wait{'s' * (len(others) == 1)}." if others else ".")

    def _close_later(self) -> None:
        self._stay()
        names = [task.title.removeprefix("Exporting ") for task in self.exporting.running]
        self._closing = f"poseviewer closes when {' and '.join(names)} {'is' if len(names) == 1 else 'are'} exported"
        self._notices.tell(self._closing, [("Stay open", self._stay)])

    def _stay(self) -> None:
        if self._closing:
            self._notices.withdraw(self._closing)
            self._closing = ""


def _size(path: Path) -> str:
    """How large a file is, or all files of a folder together."""
    files = list(path.iterdir()) if path.is_dir() else [path]
    total = sum(file.stat().st_size for file in files) / 1e6
    count = f"{len(files)} pictures, " if path.is_dir() else ""
    return f"{count}{total:.1f} MB" if total >= 0.1 else f"{count}{total * 1000:.0f} kB"
