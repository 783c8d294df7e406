"""What stands there at a time, placed as the 3D view shows it: of each lane a frame, else the clip's, and the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane, Part
from poseviewer.bench.scene.placement import presence, shift, shifts
from poseviewer.bench.track import Track


@dataclass(frozen=True, eq=False)
class Shown:
    """A frame of a track, and which part of the motion it is. lane: whose it is; None where it is the clip's."""

    bench: Bench
    part: Part
    track: Track
    frame: int
    lane: Lane | None = None

    @property
    def time(self) -> float:
        """Seconds."""
        return self.track.start + self.frame / self.track.fps

    @cached_property
    def pose(self) -> NDArray[np.float32]:
        """(J, 3) metres, where it is shown."""
        pose = self.track.pose(self.frame)
        return pose if self.lane is None else pose + shift(self.bench, self.lane.role, self.time)

    @cached_property
    def root(self) -> NDArray[np.float32]:
        """(3,) metres, where it is shown; 0 where unknown."""
        return np.nan_to_num(self.roots(np.array([self.frame]))[0])

    @property
    def presence(self) -> float:
        """The opacity that it has as it is, fading in where lanes part."""
        return 1.0 if self.lane is None else float(presence(self.bench, np.array([self.time]))[0])

    def at(self, frame: int) -> Shown:
        """Another frame of the same."""
        return replace(self, frame=frame)

    def roots(self, frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """(P, 3) metres, where the roots of its track's frames (P,) are shown."""
        return self.track.roots(frames) + self.shifts(frames)

    def shifts(self, frames: NDArray[np.int64]) -> NDArray[np.float32]:
        """(P, 3) metres from where its track's frames (P,) are to where they are shown."""
        if self.lane is None:
            return np.zeros((len(frames), 3), dtype=np.float32)
        return shifts(self.bench, self.lane.role, self.times(frames))

    def times(self, frames: NDArray[np.int64]) -> NDArray[np.float64]:
        """(P,) seconds of its track's frames."""
        return self.track.start + frames / self.track.fps


class Moment:
    """A bench at a time (seconds). shown: what stands there; lead: the one of the lane in focus, if it is there."""

    def __init__(self, bench: Bench, time: float) -> None:
        assert bench.track is not None and bench.clip is not None
        self.bench, self.clip, self.clip_track = bench, bench.clip, bench.track
        self.time = time if bench.plays_on else min(max(float(time), 0.0), bench.end)
        lanes = {lane.role: lane for lane in bench.lanes}
        self.shown = [
            Shown(
                bench,
                part,
                track,
                track.frame_at(self.time),
                lanes.get(part.role) if track is not bench.track else None,
            )
            for part, track in bench.shown_at(self.time)
        ]
        self.lead = next((shown for shown in self.shown if shown.part.role == bench.lane.role), self.shown[0])
        self.generating = self.lead.part.kind == "generated"
        self.relative = bench.relative_frame(self.time)
        self.several = len(self.shown) > 1
        self.truth = self._truth()

    def of_clip(self, frame: int) -> Shown:
        """A frame of the clip."""
        part = self.bench.clip_part(frame / self.clip_track.fps)
        return Shown(self.bench, part, self.clip_track, frame)

    def _truth(self) -> Shown | None:
        """The clip's own frame at this moment, where it still has one after the seed."""
        frame = round(self.time * self.clip_track.fps)
        there = self.bench.seed[1] <= frame < len(self.clip_track)
        if not (self.bench.look.truth and self.generating and there):
            return None
        return self.of_clip(frame)

    def relative_of(self, shown: Shown) -> int:
        """A frame counted from the seed's end; in a loop that plays on, inside its cycle."""
        track = shown.track
        inside = shown.frame % len(track) if track.loop else shown.frame
        return round((track.start + inside / track.fps - self.bench.seed_end) * self.bench.fps)
