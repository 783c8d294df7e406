"""What the program and its data are, and whom they come from."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from poseviewer import paths
from poseviewer.version import __version__

_ATTRIBUTION = (
    "Demo: motion clips from pybullet_data (Bullet Physics, zlib), first published with DeepMimic; "
    "capture sources not stated; cleaned and resampled."
)
_CMU = (
    "The data used in this project was obtained from mocap.cs.cmu.edu. "
    "The database was created with funding from NSF EIA-0196217."
)


def show_about(window: QWidget) -> None:
    """The program, its version, and where its data come from."""
    words = "An oscilloscope for human-motion generators."
    head = f"<b>poseviewer {__version__}</b>"
    QMessageBox.about(window, "About poseviewer", f"{head}<p>{words}</p><p>{_ATTRIBUTION}</p><p>{_CMU}</p>")


def show_cards() -> None:
    """The cards of the shipped checkpoints, in whatever shows text."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(paths.models() / "README.md")))
