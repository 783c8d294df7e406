"""The rollouts that are kept, as a menu: of all clips, or of one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from poseviewer.app.session import Session
from poseviewer.bench.rollouts import Kept
from poseviewer.views.parts.plain import menu_text, plain_tip


class KeptMenu(QMenu):
    """Fills itself when it opens; choosing a rollout puts it on the bench with its clip, seed, model and samples."""

    def __init__(self, session: Session, parent: QWidget, kept: Callable[[], list[Kept]] | None = None) -> None:
        super().__init__("Kept rollouts", parent)
        self._session = session
        self._kept = kept or (lambda: list(session.keeping.rollouts))
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """One entry a rollout, the one used last first; the one on the bench has a mark."""
        self.clear()
        session = self._session
        for kept in reversed(self._kept()):
            action = self.addAction(menu_text(kept.words()))
            action.setToolTip(plain_tip(kept.words()))
            action.setCheckable(True)
            action.setChecked(kept.rollout is session.bench.lane.rollout)
            action.triggered.connect(lambda _=False, kept=kept: session.keeping.show(kept))
        if self.isEmpty():
            self.addAction("none yet").setEnabled(False)
            return
        self.addSeparator()
        self.addAction(f"{session.keeping.nbytes / 1e6:.1f} MB, with all that Undo holds").setEnabled(False)
