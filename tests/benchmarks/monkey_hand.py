"""What the monkey does, by its own dice: one action at a time, through the same hand that the tests have."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QMenu,
    QMenuBar,
    QWidget,
)

from poseviewer import paths
from tests.views.driving.hand import LEFT, MIDDLE, RIGHT, Hand
from tests.views.driving.things import flat, one_frame, pendulum, rig, still_root, unread

_NEVER = ("quit", "cards")  # entries that leave the window, or start another program
_KEYS = (
    "Space", "Home", "End", "Left", "Right", "Up", "Down", "G", "G", "G", "2", "3", "4", "B", "B", "R", "R", "L", "I",
    "O", "K", "T", "U", "N", "F", "H", "P", "Z", "Escape", "Tab", "Return", "Delete", "Plus", "Minus",
)  # fmt: skip
_MODIFIED = (
    "Shift+Left", "Shift+Right", "Shift+B", "Shift+R", "Shift+L", "Shift+I", "Shift+O", "Shift+A", "Shift+F",
    "Alt+1", "Alt+3", "Alt+6",
)  # fmt: skip
_WORDS = ("walk", "dance", "no such name", "humanoid", "(", "\\", "é")
_MOST_DATASETS = 5
_SIZES = ((1600, 1000), (1280, 720), (1000, 640), (1366, 768), (1500, 500))


class MonkeyHand:
    """Same seed, same dice; what the window makes of them depends on its speed."""

    def __init__(self, hand: Hand, seed: int, folder: Path) -> None:
        self._hand, self._dice, self._folder = hand, random.Random(seed), folder
        self._good = [paths.demo(), *flat(folder), *one_frame(folder), *pendulum(folder), *unread(folder)]
        self._good += [*rig(folder), *still_root(folder)]
        self._bad = self._bad_files()
        self._models = sorted(paths.models().glob("*.safetensors"))
        self._acts = {
            self._press: 30, self._press_modified: 10, self._undo: 10, self._click: 18, self._drag: 14, self._wheel: 6,
            self._choose: 5, self._drop: 4, self._drop_bad: 2, self._menu: 4, self._context_menu: 2, self._type: 2,
            self._resize: 1, self._wait: 4,
        }  # fmt: skip
        # dialogs of files answer at once, within the monkey's own folder; nothing else is started
        QFileDialog.getOpenFileNames = lambda *_, **__: ([str(self._dice.choice(self._good))], "")  # type: ignore[method-assign]
        QFileDialog.getSaveFileName = lambda *_, **__: (str(folder / "saved.png"), "")  # type: ignore[method-assign]
        QDesktopServices.openUrl = lambda *_: True  # type: ignore[method-assign]
        self._closer = QTimer(hand.window)
        self._closer.timeout.connect(self._close_dialogs)
        self._closer.start(150)

    def act(self) -> Iterator[str]:
        """Do something; yields what it is before it is done."""
        act = self._dice.choices(list(self._acts), list(self._acts.values()))[0]
        yield from act()
        self._hand.look()

    def _close_dialogs(self) -> None:
        """Answer no to what asks, and leave menus: a person who goes away."""
        box = QApplication.activeModalWidget() or QApplication.activePopupWidget()
        if box is not None:
            box.close()

    def _bad_files(self) -> list[Path]:
        folder = self._folder / "bad"
        folder.mkdir()
        kinds = {
            "empty.bvh": b"", "cut.npz": b"PK\x03\x04 not an archive", "noise.h5": bytes(self._dice.randbytes(3000)),
            "noise.safetensors": bytes(self._dice.randbytes(900)), "words.csv": b"a,b\n1,two\n", "what.xyz": b"?",
            "half.bvh": still_root(folder)[0].read_bytes()[:1500], "model.pt": b"\x80\x04",
        }  # fmt: skip
        for name, content in kinds.items():
            (folder / name).write_bytes(content)
        return [*(folder / name for name in kinds), folder / "not there.npz", folder]

    # what it does

    def _press(self) -> Iterator[str]:
        name = self._dice.choice(_KEYS)
        yield f"key {name}"
        key = getattr(Qt.Key, f"Key_{name}")
        self._hand.press(key)

    def _press_modified(self) -> Iterator[str]:
        name = self._dice.choice(_MODIFIED)
        yield f"key {name}"
        modifier, _, key = name.partition("+")
        self._hand.press(getattr(Qt.Key, f"Key_{key}"), getattr(Qt.KeyboardModifier, f"{modifier}Modifier"))

    def _undo(self) -> Iterator[str]:
        shift = self._dice.random() < 0.35
        yield "redo" if shift else "undo"
        control = Qt.KeyboardModifier.ControlModifier
        self._hand.press(Qt.Key.Key_Z, control | Qt.KeyboardModifier.ShiftModifier if shift else control)

    def _place(self) -> tuple[QWidget, QPoint, str]:
        """A place of a widget that is to be seen; large ones are likelier than their share."""
        window = self._hand.window
        large = [window.scene.view, window.map.canvas.viewport(), window.timeline.tracks, window.sliders.rows]
        large.append(self._hand.named("Clips").viewport())  # type: ignore[attr-defined]
        every = [w for w in window.findChildren(QWidget) if w.isVisible() and w.isEnabled() and w.rect().isValid()]
        seen = [w for w in large if w.isVisible()] if self._dice.random() < 0.6 else every
        seen = [w for w in seen if w.window() is window and not isinstance(w, QMenuBar | QMenu)]
        seen = [w for w in seen if not w.objectName().endswith("container")] or [window]  # of scroll bars, which may go
        widget = self._dice.choice(seen)
        at = QPoint(self._dice.randrange(max(1, widget.width())), self._dice.randrange(max(1, widget.height())))
        name = widget.accessibleName() or widget.objectName() or type(widget).__name__
        return widget, at, f"{name} at {at.x()}, {at.y()}"

    def _click(self) -> Iterator[str]:
        widget, at, words = self._place()
        double = self._dice.random() < 0.15
        yield f"{'double ' if double else ''}click {words}"
        if double:
            QTest.mouseDClick(widget, LEFT, Qt.KeyboardModifier.NoModifier, at)
        else:
            QTest.mouseClick(widget, LEFT, Qt.KeyboardModifier.NoModifier, at)

    def _drag(self) -> Iterator[str]:
        widget, at, words = self._place()
        ring = self._hand.ring()
        canvas = self._hand.window.map.canvas
        if ring is not None and canvas.isVisible() and self._dice.random() < 0.3:
            widget, at, words = canvas.viewport(), ring, "the map's ring"
        if not self._hand.bring(widget):
            return  # gone with what came while the tab was turned
        button = self._dice.choices([LEFT, MIDDLE, RIGHT], [8, 1, 1])[0]
        by = QPoint(self._dice.randint(-120, 120), self._dice.randint(-90, 90))
        held = self._dice.choices([Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier], [4, 1])[0]
        yield f"drag {words} by {by.x()}, {by.y()} {button.name} {held.name}"
        self._hand.drag(widget, at, at + by, button, held)

    def _wheel(self) -> Iterator[str]:
        widget, at, words = self._place()
        notches = self._dice.randint(-6, 6)
        control = Qt.KeyboardModifier.ControlModifier if self._dice.random() < 0.3 else Qt.KeyboardModifier.NoModifier
        yield f"wheel {notches} over {words} {control.name}"
        self._hand.wheel(widget, at, notches, control)

    def _choose(self) -> Iterator[str]:
        window = self._hand.window
        combos = [c for c in window.findChildren(QComboBox) if c.isVisible() and c.isEnabled() and c.count()]
        if combos:
            combo = self._dice.choice(combos)
            row = self._dice.randrange(combo.count())
            yield f"choose {combo.itemText(row)} of {combo.accessibleName()}"
            self._hand.choose(combo, row)

    def _drop(self) -> Iterator[str]:
        files = [self._dice.choice(self._models if self._dice.random() < 0.3 else self._good)]
        yield f"drop {files[0].name}"
        self._hand.drop(files)
        datasets = self._hand.session.bench.datasets
        if len(datasets) > _MOST_DATASETS:
            dataset = self._dice.choice(datasets)
            yield f"close {dataset.name}"
            self._hand.session.close_dataset(dataset)

    def _drop_bad(self) -> Iterator[str]:
        files = self._dice.sample([*self._bad, *self._good[:2]], 2)
        yield f"drop {files[0].name} and {files[1].name}"
        self._hand.drop(files)

    def _menu(self) -> Iterator[str]:
        entries = [
            action
            for top in self._hand.window.menus.actions()
            if isinstance(top.menu(), QMenu)
            for action in top.menu().actions()
            if action.isEnabled() and not action.isSeparator() and action.menu() is None
            if not any(word in action.text().lower() for word in _NEVER)
        ]
        action = self._dice.choice(entries)
        yield f"menu {action.text()}"
        action.trigger()

    def _context_menu(self) -> Iterator[str]:
        widget, at, words = self._place()
        yield f"context menu of {words}"
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
        QApplication.sendEvent(widget, event)

    def _type(self) -> Iterator[str]:
        word = self._dice.choice(_WORDS)
        yield f"filter by {word}"
        self._hand.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(QApplication.focusWidget() or self._hand.window, word.encode("ascii", "ignore").decode())
        if self._dice.random() < 0.8:
            yield "and let it be"
            self._hand.press(Qt.Key.Key_Escape)
            self._hand.press(Qt.Key.Key_Escape)

    def _resize(self) -> Iterator[str]:
        width, height = self._dice.choice(_SIZES)
        yield f"resize to {width}, {height}"
        self._hand.window.resize(width, height)

    def _wait(self) -> Iterator[str]:
        seconds = self._dice.uniform(0.05, 0.5)
        yield f"wait {seconds:.2f}"
        self._hand.look(seconds)
