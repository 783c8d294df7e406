"""The clock that plays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from poseviewer.app.session import Session

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_TICK = 8  # ms: twice as often as a 60 Hz screen shows, so that no frame is late by a whole tick


class Playback(QObject):
    """Moves the session's time while playing, at a speed, round and round in `loop` mode, within the loop range."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._timer = QTimer(self, interval=_TICK, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._elapsed = QElapsedTimer()
        self._time, self._speed, self._loop = 0.0, 1.0, True

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        speed = min(max(speed, SPEEDS[0]), SPEEDS[-1])  # of a settings file, too
        if speed != self._speed:
            self._speed = speed
            self.changed.emit()

    @property
    def loop(self) -> bool:
        return self._loop

    @loop.setter
    def loop(self, loop: bool) -> None:
        if loop != self._loop:
            self._loop = loop
            self.changed.emit()

    def play(self) -> None:
        """Play from the present time; from the start where it stands at the end."""
        bench = self._session.bench
        if self.playing or bench.track is None:
            return
        start, end = self._session.play_range
        if bench.time >= end - 0.5 / bench.shown_fps and not self._rolls_on():
            self._session.set_time(start)
        self._time = bench.time
        self._elapsed.start()
        self._timer.start()
        self.changed.emit()

    def pause(self) -> None:
        if self.playing:
            self._timer.stop()
            self.changed.emit()

    def toggle(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    def step_speed(self, by: int) -> None:
        """The next faster or slower of the usual speeds."""
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - self._speed))
        self.speed = SPEEDS[max(0, min(len(SPEEDS) - 1, nearest + by))]

    def _rolls_on(self) -> bool:
        return self._loop and self._session.bench.plays_on and not self._session.loop_range

    def _tick(self) -> None:
        bench = self._session.bench
        if bench.track is None:
            self.pause()
            return
        elapsed = self._elapsed.restart() / 1000.0
        if abs(bench.time - self._time) > 1.0 / bench.shown_fps:
            self._time = bench.time  # somebody scrubbed while it played
        self._time += min(elapsed, 0.25) * self._speed
        start, end = self._session.play_range
        if self._rolls_on():
            self._session.set_time(self._snapped(self._time), playing=True)
        elif not self._loop and self._time >= end:
            self._session.set_time(end)
            self.pause()
        elif self._time >= end + 1.0 / bench.shown_fps:  # the last frame stands as long as any other
            self._time = start
            self._session.set_time(start, playing=True)
        else:
            self._session.set_time(self._snapped(max(self._time, start)), playing=True)

    def _snapped(self, time: float) -> float:
        """The frame that is due: times stand on frames, so that each pose is drawn once.

        They are counted from the seed's end, where generated frames begin: maybe between two of the clip's frames.
        """
        bench = self._session.bench
        frame = math.floor((time - bench.seed_end) * bench.shown_fps + 1e-6)
        return max(0.0, bench.seed_end + frame / bench.shown_fps)
