"""How the files of the clip on the bench were read, where they do not say it: each word has a menu that changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from poseviewer.app.session import Session
from poseviewer.data.dataset import Dataset
from poseviewer.data.readers.assumed import RATE_ASSUMED, About, assumed
from poseviewer.data.readers.pace import RATES
from poseviewer.data.reading import AS_FOUND, UNITS
from poseviewer.data.upright import IN_WORDS
from poseviewer.motion.joint_sets import SETS
from poseviewer.render.palette import palette
from poseviewer.views.parts.plain import menu_text, plain_tip

_TITLES: dict[About, str] = {"unit": "Unit", "up": "Up axis", "fps": "Frame rate", "joints": "Joints"}
_FORGET = "forget"
_AXES = ("y", "-y", "z", "-z", "x", "-x")


class ReadingLine(QLabel):
    """A sentence with a link for each thing that was assumed, and one to forget what was said; away without both."""

    def __init__(self, session: Session) -> None:
        super().__init__(wordWrap=True, textFormat=Qt.TextFormat.RichText, margin=4)
        self.setMinimumWidth(1)
        self._session = session
        self.setProperty("quiet", True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        self.setAccessibleName("How it was read")
        self.linkActivated.connect(self._follow)
        session.clip_changed.connect(self.refresh)
        session.look_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say it of the clip on the bench."""
        dataset, clip = self._session.bench.dataset, self._session.bench.clip
        said = {} if dataset is None or dataset.reading is None else assumed(dataset.provenance)
        if clip is not None and said.get("fps") == RATE_ASSUMED:
            said["fps"] = f"{clip.fps:g} fps"
        tokens = palette(self._session.look.theme).tokens
        links = []
        for about in (about for about in _TITLES if about in said):
            ink = tokens["collapse" if said[about].endswith("?") else "text2"]
            links.append(f"<a href='{about}' style='color: {ink}'>{escape(said[about])}</a>")
        told = f"Read as {', '.join(links)}" if links else ""
        if dataset is not None and dataset.reading not in (None, AS_FOUND):
            link = f"<a href='{_FORGET}' style='color: {tokens['text2']}'>forget</a>"
            told = f"{f'{told},' if told else 'Read'} as you said ({link})"
        self.setText(told)
        self.setToolTip(plain_tip(f"{dataset.provenance}\nClick to read it otherwise") if told and dataset else "")
        self.setVisible(bool(told))

    def _follow(self, link: str) -> None:
        dataset = self._session.bench.dataset
        if dataset is not None and link == _FORGET:
            self._session.read_anew(dataset, AS_FOUND)
        elif dataset is not None:
            about = next(about for about in _TITLES if about == link)
            menu = ReadingMenu(self._session, dataset, about, self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(QCursor.pos())


class ReadingMenu(QMenu):
    """What one thing about a dataset's files may be; choosing reads them anew."""

    def __init__(self, session: Session, dataset: Dataset, about: About, parent: QWidget) -> None:
        super().__init__(_TITLES[about], parent)
        reading = dataset.reading or AS_FOUND
        at_work: Any = getattr(reading, about)

        def chosen(value: Any) -> Callable[[], None]:
            return lambda: session.read_anew(dataset, replace(reading, **{about: value}), _TITLES[about].lower())

        for value, words in (None, "Told from the motion"), *_choices(dataset, about):
            action = self.addAction(menu_text(words))
            action.setCheckable(True)
            action.setChecked(value == at_work)
            action.triggered.connect(chosen(value))
            if value is None:
                self.addSeparator()


class ReadOtherwiseMenu(QMenu):
    """All things that files may leave open, a menu each."""

    def __init__(self, session: Session, dataset: Dataset, parent: QWidget) -> None:
        super().__init__("Read otherwise", parent)
        for about in _TITLES:
            self.addMenu(ReadingMenu(session, dataset, about, self))


def _choices(dataset: Dataset, about: About) -> list[tuple[Any, str]]:
    if about == "unit":
        flat = all(skeleton.dims == 2 for skeleton in dataset.skeletons)
        return [(unit, IN_WORDS[unit]) for unit in UNITS if (unit == "px") == flat]
    if about == "up":
        return [(up, f"{up[-1]} down" if up[0] == "-" else f"{up} up") for up in _AXES]
    if about == "fps":
        return [(rate, f"{rate:g} frames a second") for rate in RATES]
    counts = {len(skeleton.joints) for skeleton in dataset.skeletons}
    return [(name, name) for name, known in SETS.items() if counts & {len(known.joints), *known.columns}]
