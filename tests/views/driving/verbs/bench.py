"""Where a verb is done, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QKeySequence

from tests.views.driving.hand import Hand
from tests.views.driving.things import Thing
from tests.views.driving.trouble import Trouble

Standard = QKeySequence.StandardKey


@dataclass
class Bench:
    """Where a verb is done: the hand, the thing and its files, what is heard, a folder to write into."""

    hand: Hand
    thing: Thing
    files: list[Path]
    trouble: Trouble
    folder: Path

    def __post_init__(self) -> None:
        self.window = self.hand.window
        self.session = self.window.session
        self.state = self.session.bench

    @property
    def frame(self) -> int:
        """The frame at which the playhead stands, from the clip's first one."""
        return self.state.relative_frame() - self.state.first_frame

    def undo(self) -> None:
        self.hand.press(Standard.Undo)
        self.hand.settle()

    def redo(self) -> None:
        self.hand.press(Standard.Redo)
        self.hand.settle()

    def says_why_not(self) -> bool:
        """Whether the generator's panel has its steps off and gives a reason."""
        return not self.window.generator.button("step").isEnabled() and bool(self.session.stepper.obstacle)

    def step(self, name: str) -> int:
        """Click a button of the generator, or choose the menu's entry; the generated frames after it."""
        panel = self.window.generator
        if name in panel.buttons:
            self.hand.click(panel.button(name))
        else:
            panel.actions_by_name[name].trigger()
        self.hand.settle()
        return self.state.lane.horizon

    def take_misfits(self) -> None:
        """A model that does not read the clip says so, and how to go on."""
        for sentence in list(self.trouble.told):
            assert " reads " in sentence or " maps onto " in sentence, sentence
            self.trouble.expect(sentence)


Verb = Callable[[Bench], None]
VERBS: dict[str, Verb] = {}


def verb(function: Verb) -> Verb:
    """Into the matrix, in the order in which they are defined."""
    VERBS[function.__name__.replace("_", " ")] = function
    return function
