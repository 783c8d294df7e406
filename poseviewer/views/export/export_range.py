"""Which frames to export, in the numbers that the timeline has."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QSpinBox, QWidget

from poseviewer.bench.bench import Bench
from poseviewer.bench.scene.placement import lanes_shown
from poseviewer.bench.words import signed
from poseviewer.errors import PoseviewerError
from poseviewer.export.limits import LONGEST
from poseviewer.export.options import Options, chosen, frame_number, moment
from poseviewer.views.parts.boxes import in_column, in_row

_USUAL = (0, 5, 15, 30, 50)
"""Frames of a montage where nobody says otherwise."""


class FrameSpin(QSpinBox):
    """A frame number relative to the seed's end: −29, 0, +50."""

    def textFromValue(self, value: int) -> str:
        return signed(value)

    def valueFromText(self, text: str) -> int:
        return int(_plain(text) or 0)

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        plain = _plain(text)
        if plain in ("", "-", "+"):
            return QValidator.State.Intermediate, text, at
        try:
            value = int(plain)
        except ValueError:
            return QValidator.State.Invalid, text, at
        inside = self.minimum() <= value <= self.maximum()
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, at


class RangeChoice(QWidget):
    """A part of the motion, shown as its first and last frame; frames that are typed there make it one's own."""

    changed = Signal()

    def __init__(self, bench: Bench, loop_range: tuple[float, float] | None) -> None:
        """loop_range: seconds between which playback goes round, None where it plays everything."""
        super().__init__()
        self._bench, self._loop_range = bench, loop_range
        assert bench.clip is not None
        self.part = QComboBox()
        self.first, self.last = FrameSpin(), FrameSpin()
        for spin, name in ((self.first, "First frame"), (self.last, "Last frame")):
            spin.setAccessibleName(name)
            spin.setToolTip(f"{name}, as the timeline counts: 0 is the seed's last")
        self.carry = QCheckBox("carry the loop on to")
        self.seconds = QDoubleSpinBox(minimum=0.1, maximum=LONGEST, decimals=1, suffix=" s")
        self.seconds.setValue(max(10.0, round(bench.clip.duration, 1)))
        self.montage = QLineEdit()
        self.montage.setAccessibleName("Frames of the montage")
        self.montage.setToolTip("Frames side by side, as the timeline counts: 0 is what the network sees")
        self.refused = ""
        """Why the montage's frames cannot be shown; empty where they can."""
        self._frames: tuple[int, ...] = (0,)
        self._lay_out()
        self.montage.textEdited.connect(self._montage_typed)
        self.part.currentIndexChanged.connect(self._part_changed)
        for spin in (self.first, self.last):
            spin.valueChanged.connect(self._typed)
        self.carry.toggled.connect(self._part_changed)
        self.seconds.valueChanged.connect(self._part_changed)
        self.suit_bench()

    def suit_bench(self) -> None:
        """Offer the ranges of what is on the bench now; what was chosen stays chosen where it is there."""
        was, bench = self.part.currentData(), self._bench
        with QSignalBlocker(self.part):
            self.part.clear()
            for words, part in self._parts():
                self.part.addItem(words, part)
            self.part.setCurrentIndex(max(0, self.part.findData(was)))
        for spin in (self.first, self.last):
            with QSignalBlocker(spin):
                spin.setRange(bench.first_frame, self._relative(bench.end))
        horizon = self._horizon
        usual = [frame for frame in _USUAL if frame <= horizon]
        self._frames = tuple(usual if len(usual) > 2 else sorted({0, horizon // 2, horizon}))
        self.refused = ""
        self.montage.setText(", ".join(map(str, self._frames)))
        self._part_changed()

    @property
    def _horizon(self) -> int:
        """Generated frames that every lane on the bench has."""
        return min((lane.horizon for lane in lanes_shown(self._bench)), default=0)

    def _montage_typed(self) -> None:
        """The frames that were typed, where they can be shown."""
        words = [word for word in self.montage.text().replace(",", " ").split() if word]
        self.refused = ""
        try:
            frames = tuple(int(_plain(word)) for word in words)
            Options(montage=frames)
        except ValueError:
            self.refused = "The montage needs numbers like 0, 5, 15, 30, 50."
        except PoseviewerError as error:
            self.refused = error.sentence()
        else:
            if frames[-1] > self._horizon:
                self.refused = f"{signed(frames[-1])} lies beyond the {self._horizon} generated frames."
            else:
                self._frames = frames
        self.changed.emit()

    def _parts(self) -> list[tuple[str, str]]:
        parts = [("whole clip", "clip")]
        if self._bench.generated:
            parts = [("seed and rollout", "motion"), ("rollout only", "generated"), ("montage", "montage"), *parts]
        if self._loop_range is not None:
            parts.append(("loop range", "loop"))
        return [*parts, ("from \N{HORIZONTAL ELLIPSIS} to", "own")]

    def _lay_out(self) -> None:
        to = QLabel("to")
        ends = in_row((self.first, 1), to, (self.last, 1), spacing=6)
        self._ends: tuple[QWidget, ...] = (self.first, to, self.last)
        in_column(self.part, ends, self.montage, in_row(self.carry, (self.seconds, 1), spacing=6), of=self, spacing=8)

    def of(self, options: Options) -> Options:
        """The options with the range that is chosen."""
        part = self.part.currentData()
        if part == "own":
            times = (self._bench.time_of_relative(spin.value()) for spin in (self.first, self.last))
            first, last = (frame_number(self._bench, time) for time in times)
            return replace(options, frames=(first, last + 1))
        if part == "loop":
            assert self._loop_range is not None
            first, last = (frame_number(self._bench, min(time, self._bench.end)) for time in self._loop_range)
            return replace(options, frames=(first, last + 1))
        if part == "montage":
            return replace(options, montage=self._frames)
        carried = self.can_carry and self.carry.isChecked()
        return replace(options, part=part, seconds=self.seconds.value() if carried else None)

    @property
    def can_carry(self) -> bool:
        """Whether what is chosen is a loop, which may go on."""
        assert self._bench.clip is not None
        return self._bench.clip.loop and self.part.currentData() == "clip"

    def choose(self, part: str) -> None:
        """Choose a part by its name in `Options`, "loop" or "own"."""
        self.part.setCurrentIndex(self.part.findData(part))

    def _part_changed(self) -> None:
        own = self.part.currentData() == "own"
        for widget in (self.carry, self.seconds):
            widget.setVisible(self.can_carry)
        self.seconds.setEnabled(self.carry.isChecked())
        montage = self.part.currentData() == "montage"
        self.montage.setVisible(montage)
        for end in self._ends:
            end.setVisible(not montage)
        if montage:
            self.changed.emit()
            return
        if not own:
            bench, frames = chosen(self._bench, replace(self.of(Options()), seconds=None))
            for spin, number in ((self.first, frames.start), (self.last, frames.stop - 1)):
                with QSignalBlocker(spin):
                    spin.setValue(self._relative(moment(bench, number)))
        self.changed.emit()

    def _typed(self) -> None:
        """Frames of one's own; the end that was not typed goes along."""
        moved, other = (self.first, self.last) if self.sender() is self.first else (self.last, self.first)
        if self.first.value() > self.last.value():
            with QSignalBlocker(other):
                other.setValue(moved.value())
        if self.part.currentData() == "own":
            self.changed.emit()
        else:
            self.choose("own")

    def _relative(self, time: float) -> int:
        """A time's frame number as the timeline counts; without a loop's coming round."""
        return max(round((time - self._bench.seed_end) * self._bench.fps), self._bench.first_frame)


def _plain(text: str) -> str:
    """What a person or the spin box itself wrote, as Python reads it."""
    return text.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-").strip()
