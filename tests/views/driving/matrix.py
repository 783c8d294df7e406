"""Every verb of verbs.py done to one thing of things.py, in the real window.

python -m tests.views.driving.matrix THING FOLDER [VERB ...] prints JSON: the seconds of each verb, and what was heard
at each that must not be. The folder is for files, those that the verbs write included. Run by test_matrix.py.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from poseviewer.render.platform import prepare

prepare()

from PySide6.QtCore import Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from poseviewer.app import theme  # noqa: E402
from poseviewer.app.garbage import GuiThreadGarbage  # noqa: E402
from poseviewer.app.jobs import lanes_rest  # noqa: E402
from poseviewer.app.session import Session  # noqa: E402
from poseviewer.views.window.launch import open_window  # noqa: E402
from tests.views.driving.hand import Hand  # noqa: E402
from tests.views.driving.things import THINGS, Thing  # noqa: E402
from tests.views.driving.trouble import Trouble  # noqa: E402
from tests.views.driving.verbs import VERBS, Bench  # noqa: E402

SIZE = 1120, 700
"""px of the window: a software renderer paints each of them."""


def started(thing: Thing, folder: Path, trouble: Trouble) -> Bench:
    """The window, opened by the command line's way on a thing, its models at work and its map fitted."""
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme.apply(app, "dark")
    files = thing.make(folder)
    below = thing.beneath(folder) if thing.beneath is not None else []
    session = Session()
    trouble.listen_to(session)
    window = open_window(session, [*(below or files)])
    GuiThreadGarbage(window)
    hand = Hand(window)
    window.resize(*SIZE)
    hand.wait(lambda: window.map is not None, "the plots")
    window.activateWindow()
    QTest.qWaitForWindowActive(window, 5000)
    hand.settle()
    if below:
        hand.drop(files)
        hand.settle()
    if not thing.has_clip:  # the demo opens beside a checkpoint
        for dataset in list(session.bench.datasets):
            session.close_dataset(dataset)
        hand.settle()
        hand.drop(files)
        hand.settle()
    for name in thing.chosen:
        session.use_model(next(source for source in session.offers if source == name))
        hand.settle()
    return Bench(hand, thing, files, trouble, folder)


def rest(at: Bench, home: tuple[Any, int], at_work: dict[str, Any]) -> None:
    """The thing's first clip at its first frame, its models at work, nothing held, generated, played or told."""
    session, state, window = at.session, at.state, at.window
    window.playback.pause()
    session.stepper.halt()
    at.hand.settle()
    if at.thing.has_clip and (state.dataset, state.clip_index) != home:
        dataset = next(d for d in reversed(state.datasets) if d.path == home[0].path)
        session.select_clip(dataset, home[1])
        at.hand.settle()
    for kind, source in at_work.items():
        if session.at_work.get(kind) != source:
            session.use_model(source)
            at.hand.settle()
    session.let_go()
    session.set_sampling(samples=1, temperature=1.0)
    session.reset()
    session.set_loop_range(None)
    session.set_time(0.0)
    while window.error_bar.sentence:
        window.error_bar.dismiss()
    window.scene.view.setFocus()
    at.hand.settle()


def quit_while_busy(at: Bench) -> None:
    """Run, read a file, and close at once."""
    at.session.stepper.run()
    at.session.open(at.files)
    at.hand.look(0.02)
    at.window.close()
    assert not at.window.isVisible()
    assert lanes_rest(20.0)
    at.hand.look(0.05)


def main() -> None:
    thing, folder = THINGS[sys.argv[1]], Path(sys.argv[2])
    began, trouble = time.monotonic(), Trouble()
    trouble.listen()
    at = started(thing, folder, trouble)
    state = at.state
    cells: dict[str, list[str]] = {"open by command line": trouble.take()}
    if (state.clip is not None) != thing.has_clip:
        cells["open by command line"].append(f"the bench holds {state.clip}")
    seconds: dict[str, float] = {"start": round(time.monotonic() - began, 2)}
    home, at_work = (state.dataset, state.clip_index), dict(at.session.at_work)
    wanted = sys.argv[3:]
    for name, verb in VERBS.items():
        if wanted and name not in wanted:
            continue
        start = time.monotonic()
        try:
            rest(at, home, at_work)
            cells[f"{name}, before"] = trouble.take()
            verb(at)
        except BaseException as error:
            trouble.add(error)
        cells[name] = trouble.take()
        seconds[name] = round(time.monotonic() - start, 2)
    at.hand.drop(at.files)
    at.hand.settle()
    try:
        quit_while_busy(at)
    except BaseException as error:
        trouble.add(error)
    cells["quit while busy"] = trouble.take()
    seconds["all"] = round(time.monotonic() - began, 2)
    print(json.dumps({"seconds": seconds, "cells": {name: found for name, found in cells.items() if found}}))


if __name__ == "__main__":
    main()
