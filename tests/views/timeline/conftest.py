"""Walks on the bench, a generator that stops walking, the timeline's strip and the generator's buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.analysis.calibration import Calibration
from poseviewer.analysis.calibration_file import Stored
from poseviewer.app import theme
from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.app.work import judging
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.views.generator.generator_view import GeneratorView
from poseviewer.views.timeline.timeline_view import TimelineView
from tests.judged import Scripted, few_signs, walks
from tests.views.timeline.stepping import LEFT, STOPS, generate_with, opened, settle


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    return walks()


@pytest.fixture(scope="module")
def calibration(clips: list[Clip]) -> Calibration:
    return few_signs(clips)


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch, calibration: Calibration) -> dict[str, Calibration]:
    """What each dataset is learnt as, by its name."""
    known = {"walks.h5": calibration}

    def stored(measure: judging.Measure) -> Iterator[Any]:
        yield from ()
        return Stored(known[measure.source.name], {})

    monkeypatch.setattr(judging, "_stored", stored)
    return known


@pytest.fixture
def session(empty_session: Session, learnt: dict[str, Calibration], clips: list[Clip], qtbot: QtBot) -> Session:
    """Walks on the bench, and a generator that stops walking."""
    empty_session.judging.automatic = True
    opened(empty_session, clips, "walks.h5", qtbot)
    generate_with(empty_session, Scripted(clips[0].positions, STOPS))
    return empty_session


@pytest.fixture
def view(session: Session, qtbot: QtBot, qapp: QApplication) -> TimelineView:
    theme.apply(qapp, "dark")
    made = TimelineView(session, Playback(session))
    qtbot.addWidget(made)
    made.resize(1196, 312)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def press(view: TimelineView, session: Session, qtbot: QtBot) -> Callable[[str], None]:
    """Presses a button of the generator's dock and waits until what it asks for is there and judged."""
    dock = GeneratorView(session)
    qtbot.addWidget(dock)

    def pressed(name: str) -> None:
        qtbot.mouseClick(dock.button(name), LEFT)
        settle(session, qtbot)

    return pressed


@pytest.fixture
def frozen(session: Session, clips: list[Clip], qtbot: QtBot) -> Dataset:
    """A walk that stops at its 90th frame, over the walks; nothing generates."""
    poses = np.concatenate([clips[1].positions[:90], np.repeat(clips[1].positions[89:90], 60, axis=0)])
    generate_with(session, None)
    stops = replace(clips[1], positions=poses, name="stops")
    return opened(session, [stops, replace(clips[2], name="goes on")], "stops.bvh", qtbot)
