"""The datasets that are open, in the corner beside the menus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from poseviewer.app.session import Session
from poseviewer.data.dataset import Dataset
from poseviewer.text import counted, printable
from poseviewer.views.parts.plain import plain_tip

_WIDTH = 240  # px of a dataset's name


class Corner(QLabel):
    """Name of the one that is open, or how many are; clips and frames of all."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("corner")
        self.setFixedHeight(26)
        self._session = session

    def refresh(self) -> None:
        """Tell what is open now."""
        datasets = self._session.bench.datasets
        clips, frames = sum(len(d) for d in datasets), sum(d.frames for d in datasets)
        counts = f"{counted(clips, 'clip')}, {counted(frames, 'frame')}"
        names = file_name(datasets[0]) if len(datasets) == 1 else f"{len(datasets)} datasets"
        elided = self.fontMetrics().elidedText(names, Qt.TextElideMode.ElideMiddle, _WIDTH)
        self.setText(f"{elided}, {counts}" if datasets else "")
        self.setToolTip(plain_tip("\n".join(file_name(dataset) for dataset in datasets)))


def file_name(dataset: Dataset) -> str:
    """What a dataset is called: its file's name where it has one."""
    return printable(dataset.path.name) if dataset.path is not None else dataset.name
