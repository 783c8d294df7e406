"""What the command palette offers: every entry of the menus, every model, every clip."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from poseviewer.app.offers import Offer, folders_apart
from poseviewer.app.session import Session
from poseviewer.motion.actions import action_name
from poseviewer.text import grouped
from poseviewer.views.commands.fuzzy import Fuzzy
from poseviewer.views.parts.actions import why_not

if TYPE_CHECKING:
    from poseviewer.data.dataset import Dataset

_ACTION, _MODEL = 4 * 64, 2 * 64  # of a score, that what is named alike stands in this order: actions, models, clips
_OFF, _VIEW = 12 * 64, 2 * 64  # less for what cannot be done now, and for a model that reads a view of the clip alone
_INTO = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "


@dataclass(frozen=True)
class Entry:
    """One line. about: what stands behind its text, where letters are looked for too; run: None where it cannot be done
    now; key: its shortcut; why: what stands against it; tip: what it does. colour: the number of a clip's action.
    """

    text: str
    about: str
    run: Callable[[], object] | None
    key: str = ""
    why: str = ""
    tip: str = ""
    icon: QIcon | str = ""
    colour: int | None = None
    of_view: bool = False
    """Whether it is a model that reads the clip seen from one side, and not as it is."""


@dataclass(frozen=True)
class Found:
    """An entry, and which letters of its text (and, one further on, of `about`) are those that were typed."""

    entry: Entry
    marks: frozenset[int]


class Finder:
    """Looks for entries by a few letters. Menus and models are read anew by `refresh`, clips once for open datasets."""

    def __init__(self, session: Session, menus: QMenuBar) -> None:
        self._session, self._menus = session, menus
        self._few: list[Entry] = []
        self._worth: list[int] = []
        self._in_few = Fuzzy([])
        self._clips: list[_Clips] = []
        session.datasets_changed.connect(self._forget)

    def __len__(self) -> int:
        return len(self._few) + sum(len(clips.fuzzy) for clips in self._clips)

    def _forget(self) -> None:
        datasets = self._session.bench.datasets
        self._clips = [clips for clips in self._clips if clips.dataset in datasets]

    def refresh(self) -> None:
        """Read what can be done now."""
        actions, models = list(_of_menus(self._menus)), list(_of_models(self._session))
        self._few = [*actions, *models]
        worth = [_ACTION] * len(actions) + [_MODEL - _VIEW * entry.of_view for entry in models]
        self._worth = [own - _OFF * bool(entry.why) for own, entry in zip(worth, self._few, strict=True)]
        self._in_few = Fuzzy([_letters(entry.text, entry.about) for entry in self._few])
        known = {id(clips.dataset): clips for clips in self._clips}
        datasets = self._session.bench.datasets
        self._clips = [known.get(id(dataset)) or _Clips(dataset) for dataset in datasets]

    def find(self, query: str, most: int) -> list[Found]:
        """At most so many entries that have the query's letters in their order, the best first; all without a query."""
        ranked: list[tuple[int, int, Callable[[], Found]]] = []

        def take(fuzzy: Fuzzy, entry: Callable[[int], Entry], worth: Callable[[int], int]) -> None:
            for index, score in fuzzy.find(query, most):
                found = partial(_found, fuzzy, entry, index)
                ranked.append((score + worth(index) if query.strip() else 0, -len(ranked), found))

        take(self._in_few, self._few.__getitem__, self._worth.__getitem__)
        several = len(self._clips) > 1
        for clips in self._clips:
            take(clips.fuzzy, partial(clips.entry, self._session, several), lambda _: 0)
        ranked.sort(key=lambda row: row[:2], reverse=True)
        return [found() for _, _, found in ranked[:most]]


def _found(fuzzy: Fuzzy, entry: Callable[[int], Entry], index: int) -> Found:
    return Found(entry(index), frozenset(fuzzy.marks(index)))


class _Clips:
    """The clips of a dataset, each an entry only once it is found."""

    def __init__(self, dataset: Dataset) -> None:
        names, actions = dataset.infos.texts("name"), dataset.infos.texts("action")
        self._names = names
        self._actions = [action_name(action) for action in actions]
        self.dataset, self.fuzzy = dataset, Fuzzy([_letters(*pair) for pair in zip(names, self._actions, strict=True)])

    def entry(self, session: Session, several: bool, index: int) -> Entry:
        """several: whether other datasets are open too."""
        name, action = self._names[index], self._actions[index]
        tip = f"Open this clip of {self.dataset.name}, {grouped(self.dataset.infos[index].frames)} frames"
        about = f"{action}, {self.dataset.name}" if several and action else self.dataset.name if several else action
        run = partial(session.select_clip, self.dataset, index)
        return Entry(name, about, run, tip=tip, colour=self.dataset.infos.actions[action] if action else -1)


def _letters(text: str, about: str) -> str:
    return f"{text}\t{about}"


def _of_menus(bar: QMenuBar) -> Iterator[Entry]:
    for top in bar.actions():
        menu = top.menu()
        if isinstance(menu, QMenu):
            yield from _of_menu(menu, _plain(top.text()), inner=False)


def _of_menu(menu: QMenu, path: str, inner: bool) -> Iterator[Entry]:
    """inner: of a menu within one, which may fill itself when it opens, and what is disabled there is a note."""
    if inner:
        menu.aboutToShow.emit()
    for made in menu.actions():
        below = made.menu()
        if isinstance(below, QMenu):
            yield from _of_menu(below, f"{path}{_INTO}{_plain(below.title())}", inner=True)
        elif not made.isSeparator() and made.property("apart") is None and (made.isEnabled() or not inner):
            yield _of_action(made, path)


def _of_action(made: QAction, path: str) -> Entry:
    key = made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    on = ", on" if made.isCheckable() and made.isChecked() else ""
    tip, run = made.statusTip() or made.toolTip(), made.trigger if made.isEnabled() else None
    return Entry(_plain(made.text()), f"{path}{on}", run, key, why_not(made), tip, made.icon())


def _plain(text: str) -> str:
    """A menu's text without the marks of underlined letters."""
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def _of_models(session: Session) -> Iterator[Entry]:
    clip, folders = session.bench.clip, folders_apart(session.offers.values())
    for source, offer in session.offers.items():
        at_work = ", at work" if session.shelf.is_at_work(offer) else ""
        why = "" if clip is None else offer.misfit(clip)
        place = f", in {folders[source]}" if folders[source] else ""
        of_view = not offer.reads_as_it_is(clip)
        told: dict[str, Any] = {"why": why, "tip": _tip(offer), "icon": "activity", "of_view": of_view}
        about = f"{offer.kind or 'installed model'}{place}{at_work}"
        yield Entry(offer.name, about, partial(session.use_model, source), **told)
        if offer.kind == "generator":
            beside = partial(session.use_model, source, role="generated_b")
            yield Entry(offer.name, f"generator{place}, beside it as B", beside, **told)


def _tip(offer: Offer) -> str:
    return f"Put to work: {offer.about().splitlines()[0]}"
