"""Makes trouble of each kind in the real window, and prints as JSON whether trouble.py heard it.

A net that hears nothing would find every window whole. Run by test_matrix.py.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

from poseviewer.render.platform import prepare

prepare()

from PySide6.QtCore import QTimer, qWarning  # noqa: E402

from poseviewer.views.scene import view_cube  # noqa: E402
from tests.views.driving.matrix import started  # noqa: E402
from tests.views.driving.things import THINGS  # noqa: E402
from tests.views.driving.trouble import Trouble  # noqa: E402


def _fail(*_: object) -> None:
    raise ZeroDivisionError("on purpose")


def main() -> None:
    trouble = Trouble()
    trouble.listen()
    at = started(THINGS["demo"], Path(), trouble)
    window, session, hand = at.window, at.session, at.hand
    kinds: dict[str, Callable[[], object]] = {
        "slot": lambda: QTimer.singleShot(0, _fail),
        "paint": lambda: (setattr(view_cube, "_FACES", None), window.scene.view.cube._show_anew()),
        "GL paint": lambda: (setattr(window.scene.view, "stage", _fail), window.scene.view.update()),
        "lane": lambda: session.submit("files", "Failing", _fail, print),
        "thread": lambda: threading.Thread(target=_fail).start(),
        "warning": lambda: qWarning("on purpose"),
        "sentence": lambda: session.problem.emit("nobody expects this sentence", ""),
    }
    assert not trouble.take()
    heard = {}
    for kind, make in kinds.items():
        make()
        hand.look(0.2)
        heard[kind] = bool(trouble.take())
    print(json.dumps(heard), flush=True)
    os._exit(0)  # a window whose painting fails cannot be expected to close


if __name__ == "__main__":
    main()
