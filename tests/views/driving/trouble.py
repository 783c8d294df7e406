"""Everything that may go wrong in a running window, heard: exceptions of any thread, Qt's warnings, sentences told."""

from __future__ import annotations

import re
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from poseviewer.app.session import Session

HARMLESS = (
    r"This plugin does not support propagateSizeHints",  # the offscreen platform, at every window
    r"Could not .*find the Qt platform plugin \"wayland\"",  # a desktop's environment on a machine without it
)
"""Qt's warnings that say something of the machine and nothing of the program, as patterns; each with its reason."""
_CLASS_NAME = re.compile(r"\b[A-Z][A-Za-z]*(Error|Exception|Warning|Interrupt)\b")


class Trouble:
    """heard: what no run may have, one line each, with a traceback where there is one. told: sentences of the error
    bar; those that nobody takes by `expect` count as heard too."""

    def __init__(self, *harmless: str) -> None:
        """harmless: warnings of Qt, as patterns, that say nothing of the program either."""
        self.harmless = (*HARMLESS, *harmless)
        self.heard: list[str] = []
        self.told: list[str] = []
        self.exceptions = 0
        self.warnings = 0

    def listen(self) -> None:
        """Take over the hooks of Python and of Qt. An exception in a slot or a paint method comes to sys.excepthook."""
        sys.excepthook = self._hook
        threading.excepthook = lambda given: self._hook(given.exc_type, given.exc_value, given.exc_traceback)
        sys.unraisablehook = lambda given: self._hook(given.exc_type, given.exc_value, given.exc_traceback)
        qInstallMessageHandler(self._message)

    def listen_to(self, session: Session) -> None:
        """Hear what its error bar is told."""
        session.problem.connect(self._told)

    def expect(self, *words: str) -> str:
        """The last sentence told that has all these words, taken; raises AssertionError where there is none."""
        for sentence in reversed(self.told):
            if all(word in sentence for word in words):
                self.told.remove(sentence)
                return sentence
        raise AssertionError(f"no sentence with {words}, but {self.told}")

    def take(self) -> list[str]:
        """What came up since the last time."""
        found = self.heard + [f"told unexpectedly: {sentence}" for sentence in self.told]
        self.heard, self.told = [], []
        return found

    def add(self, error: BaseException) -> None:
        """An exception that came up in the hand that drives the window, an assertion included."""
        self._hook(type(error), error, error.__traceback__)

    def _hook(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        self.exceptions += 1
        self.heard.append("".join(traceback.format_exception(kind, error, trace)).strip())

    def _message(self, kind: QtMsgType, context: QMessageLogContext, words: str) -> None:
        if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) or any(re.search(harm, words) for harm in self.harmless):
            return
        self.warnings += 1
        self.heard.append(f"Qt: {words}")

    def _told(self, sentence: str, report: str) -> None:
        if _CLASS_NAME.search(sentence):
            self.exceptions += 1
            self.heard.append(f"an exception's name in a sentence: {sentence}\n{report}")
        else:
            self.told.append(sentence)
