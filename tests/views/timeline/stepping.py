"""A strip with verdicts under the hand: where its frames lie, what it says and shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.bench.verdicts import placed
from poseviewer.data.dataset import Dataset
from poseviewer.motion.clip import Clip
from poseviewer.views.timeline.timeline_view import TimelineView
from poseviewer.views.timeline.track_layout import STRIP
from tests.views.driving.clicking import move

LEFT = Qt.MouseButton.LeftButton
STOPS = 60  # the frame of the clip from which on the generator repeats itself


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)


def opened(session: Session, clips: list[Clip], name: str, qtbot: QtBot) -> Dataset:
    """A dataset of clips over what is open, its first clip on the bench."""
    dataset = Dataset.of(clips, name)
    session.bench.datasets.append(dataset)
    session.datasets_changed.emit()
    session.place(dataset.clip(0), dataset, 0)
    settle(session, qtbot)
    return dataset


def generate_with(session: Session, generator: Any) -> None:
    session.bench.put(replace(session.bench.lane, generator=generator))
    session.models_replaced()


def at(view: TimelineView, frame: int, y: float = STRIP[0] + 3) -> QPoint:
    """Where a frame after the seed lies on the strip, or at another height."""
    return QPoint(round(view.tracks.axis.x(view._session.bench.time_of_relative(frame))), round(y))


def tip(view: TimelineView, place: QPoint, qtbot: QtBot) -> str:
    move(view.tracks, place + QPoint(1, 0))
    move(view.tracks, place)
    return view.tracks.toolTip()


def colour(view: TimelineView, place: QPoint) -> QColor:
    return QColor(view.tracks.grab().toImage().pixelColor(place))


def words(session: Session) -> list[tuple[str, int, int]]:
    made = placed(session.bench)
    return [] if made is None else [(s.word, s.begin + 1, s.end) for s in made.verdicts.segments]
