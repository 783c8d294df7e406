"""Bench at a time -> Stage: which figures, trails, labels and words stand in the 3D view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap

import numpy as np
from numpy.typing import NDArray

from poseviewer.analysis.verdict import SAID
from poseviewer.bench.bench import Bench
from poseviewer.bench.colouring import legend_of, role_colours, speed_colours, speed_ramp
from poseviewer.bench.lane import SEED, Part
from poseviewer.bench.lone_pose import body, lone_stage
from poseviewer.bench.planes import held_positions
from poseviewer.bench.track import Track, body_scale
from poseviewer.bench.verdicts import ICONS, TOKENS, placed, why_at, word_at
from poseviewer.bench.words import consequence, signed
from poseviewer.motion.actions import action_name
from poseviewer.motion.skeleton import Skeleton
from poseviewer.render.palette import Palette, palette
from poseviewer.render.stage import Badge, Colour, Figures, Label, LegendEntry, Run, Stage, Trail, together

_HELD = Part("seed", "accent", "held pose")
SKIN_EVERY = 10  # frames between the skins of the onion (theme.md)
SKIN_AGES = 3  # skins kept behind the current figure
_SKIN_STRONGEST = 0.5
_TRUTH_OPACITY = 0.36
_SAMPLE_OPACITY = 0.30
_LEFT_OPACITY = 0.34
_SKIN_CLEARANCE = 0.16  # metres on the ground between two figures, below which a skin would only blur the other
_PATH_WIDTH, _TRAIL_WIDTH = 0.020, 0.009
_TRAIL_FRAMES = 90
_REASON = 48  # letters in a line of why something has failed: a small film is 400 px wide
_PATH_POINTS = 4096  # a path of more frames is drawn by every 2nd, 4th ...: each repaint makes it anew


def compose(bench: Bench, time: float | None = None) -> Stage:
    """What the eye gets of a bench at a time (seconds; the bench's own where None)."""
    colours = palette(bench.look.theme)
    if bench.track is None or bench.clip is None:
        return lone_stage(bench, colours) or Stage(colours.scenery, caption="grid 0.5 m")
    return _Composer(bench, bench.time if time is None else time, colours).stage()


@dataclass(frozen=True, eq=False)
class _Shown:
    """A frame of a track, and which part of the motion it is."""

    part: Part
    track: Track
    frame: int

    @property
    def root(self) -> NDArray[np.float32]:
        """(3,) metres, 0 where unknown."""
        return np.nan_to_num(self.track.roots(np.array([self.frame]))[0])


class _Composer:
    def __init__(self, bench: Bench, time: float, colours: Palette) -> None:
        assert bench.track is not None and bench.clip is not None
        self.bench, self.colours, self.look = bench, colours, bench.look
        self.clip, self.clip_track = bench.clip, bench.track
        self.time = time if bench.plays_on else float(np.clip(time, 0.0, bench.end))
        self.shown = [_Shown(part, track, track.frame_at(self.time)) for part, track in bench.shown_at(self.time)]
        self.lead = self.shown[0]
        self.generating = self.lead.part.kind == "generated"
        self.relative = bench.relative_frame(self.time)
        self.truth, self.held = self._truth(), held_positions(bench)
        self.by_speed = self.look.colour_by == "speed"

    def _truth(self) -> _Shown | None:
        """The clip's own frame at this moment, where it still has one after the seed."""
        frame = round(self.time * self.clip_track.fps)
        there = self.bench.seed[1] <= frame < len(self.clip_track)
        if not (self.look.truth and self.generating and there):
            return None
        return _Shown(self.bench.clip_part(self.time), self.clip_track, frame)

    def stage(self) -> Stage:
        centre, ground = self.lead.root, self.clip_track.ground
        flat = self.clip_track.skeleton.dims == 2
        by_side = self.look.colour_by == "role and side" and any(self.clip_track.skeleton.sides)
        return Stage(
            self.colours.scenery,
            figures=tuple(self._figures()),
            trails=tuple(self._trails()),
            labels=tuple(self._labels()) if self.look.labels else (),
            centre=(float(centre[0]), ground + 0.5 * self.clip_track.height, float(centre[2])),
            ground_y=ground,
            badge=self._badge(),
            legend=tuple(self._legend()),
            ramp=speed_ramp(flat, self.colours) if self.by_speed else None,
            legend_note="left limbs lighter, right limbs darker" if by_side else "",
            caption="2D poses have no metres" if flat else "grid 0.5 m",
        )

    # figures

    def _figures(self) -> list[Figures]:
        figures: list[Figures] = []
        if self.look.skins:
            figures += together([self._one(skin, opacity, "skin") for skin, opacity in self.skins])
        if self.truth is not None:
            figures.append(self._one(self.truth, _TRUTH_OPACITY, "ghost"))
        for lane in self.bench.lanes:
            for track in lane.tracks:
                if lane.shows(self.time) and track is not lane.track:
                    sample = _Shown(lane.part, track, track.frame_at(self.time))
                    figures.append(self._one(sample, _SAMPLE_OPACITY, "skin"))
        if self.held is None:
            return figures + [self._one(shown, 1.0, "current") for shown in self.shown]
        # the frame that it came from steps back, so that the two do not cut into each other
        figures.append(self._one(self.lead, _LEFT_OPACITY, "skin"))
        figures += [self._one(shown, 1.0, "current") for shown in self.shown[1:]]
        return [*figures, self._held_figure(self.held)]

    def _held_figure(self, pose: NDArray[np.float32]) -> Figures:
        model = self.bench.embedding or self.bench.lane.generator
        skeleton = model.skeleton if model is not None else self.clip_track.skeleton
        scale = body_scale(skeleton, pose[None], self.clip_track.height)
        return self._drawn(skeleton, pose, _HELD, 1.0, "current", None, self.relative, scale)

    @cached_property
    def skins(self) -> list[tuple[_Shown, float]]:
        """Earlier poses at every tenth frame, the older the fainter, where they stand clear of each other."""
        taken = [shown.root for shown in self.shown]
        return [skin for shown in self.shown for skin in self._skins_of(shown, taken)]

    def _skins_of(self, shown: _Shown, taken: list[NDArray[np.float32]]) -> list[tuple[_Shown, float]]:
        skins: list[tuple[_Shown, float]] = []
        first = (self.relative - 1) // SKIN_EVERY * SKIN_EVERY if self.generating else self._last_skin_before()
        oldest = SKIN_AGES * SKIN_EVERY + SKIN_EVERY // 2
        for relative in range(first, first - 2 * SKIN_AGES * SKIN_EVERY, -SKIN_EVERY):
            skin = self._at_relative(relative, shown)
            if skin is None or len(skins) >= (2 * SKIN_AGES if self.generating else SKIN_AGES):
                continue
            if min(float(np.linalg.norm((skin.root - other)[[0, 2]])) for other in taken) < _SKIN_CLEARANCE:
                continue
            taken.append(skin.root)
            age = (self._playing_relative() - relative) / oldest
            opacity = _SKIN_STRONGEST * float(np.clip(1.15 - age, 0.0, 1.0))
            if self.generating:
                opacity = max(opacity, 0.22)
            if relative == 0 and self.generating:
                opacity = 1.0  # the seed's last pose: what the rollout left from
            if opacity > 0.02:
                skins.append((skin, opacity))
        return skins[::-1]

    def _playing_relative(self) -> int:
        """The frame relative to the seed's end, counted on past a loop's end."""
        return round((self.time - self.bench.seed_end) * self.bench.fps)

    def _last_skin_before(self) -> int:
        # seed skins stand at -9, -19, -29: nine frames of margin before the seed's own last pose
        return (self._playing_relative() - SKIN_EVERY // 2 + 9) // SKIN_EVERY * SKIN_EVERY - 9

    def _at_relative(self, relative: int, shown: _Shown) -> _Shown | None:
        time = self.bench.time_of_relative(relative)
        if self.generating and relative > 0:
            return _Shown(shown.part, shown.track, shown.track.frame_at(time))
        frame = round(time * self.clip_track.fps)
        return None if frame < 0 else _Shown(self._clip_part(frame), self.clip_track, frame)

    def _clip_part(self, frame: int) -> Part:
        return self.bench.clip_part(frame / self.clip_track.fps)

    def _one(self, shown: _Shown, opacity: float, layer: str) -> Figures:
        track, frame = shown.track, shown.frame
        return self._drawn(
            track.skeleton,
            track.pose(frame),
            shown.part,
            opacity,
            layer,
            track.hidden(frame),
            self._relative_of(shown),
            track.body_scale,
            speed_colours(track, frame, self.colours) if self.by_speed and layer == "current" else None,
        )

    def _relative_of(self, shown: _Shown) -> int:
        """A frame counted from the seed's end; in a loop that plays on, inside its cycle."""
        track = shown.track
        inside = shown.frame % len(track) if track.loop else shown.frame
        return round((track.start + inside / track.fps - self.bench.seed_end) * self.bench.fps)

    def _drawn(
        self,
        skeleton: Skeleton,
        pose: NDArray[np.float32],
        part: Part,
        opacity: float,
        layer: str,
        hidden: NDArray[np.bool_] | None,
        relative: int,
        scale: float,
        joint_colours: NDArray[np.float32] | None = None,
    ) -> Figures:
        bodily = role_colours(part.role, self.look.colour_by, self.colours)[None]
        return Figures(
            body(skeleton, self.look.fine),
            pose[None],
            bodily if joint_colours is None else joint_colours,
            np.array([opacity], dtype=np.float32),
            layer=layer,  # type: ignore[arg-type]
            faded=None if hidden is None else hidden[None],
            per_joint=joint_colours is not None,
            scale=np.array([scale], dtype=np.float32),
            key=part.name,
            frames=np.array([relative]),
        )

    # paths on the ground, trails of pinned joints

    def _trails(self) -> list[Trail]:
        pinned = [trail for shown in self.shown for trail in self._pinned(shown)] if self.look.trails else []
        return [path for path in self._paths() if len(path.points) > 1] + pinned

    def _paths(self) -> Iterator[Trail]:
        clip, (start, stop) = self.clip_track, self.bench.seed
        if not self.generating:
            frame = self.lead.frame
            frames = np.arange(max(0, frame - 3 * SKIN_EVERY) if clip.loop else 0, frame + 1)
            yield from (self._path(clip, run, part) for run, part in self._by_part(frames))
            return
        yield self._path(clip, np.arange(start, stop), SEED)
        join = self._ground_points(clip, np.array([stop - 1]))
        for shown in self.shown:
            points = np.concatenate([join, self._ground_points(shown.track, np.arange(shown.frame + 1))])
            yield Trail(points, self.colours.colour(shown.part.role), _PATH_WIDTH, on_ground=True)
        if self.truth is not None:
            yield self._path(clip, np.arange(stop - 1, self.truth.frame + 1), self.truth.part, dashed=True)

    def _by_part(self, frames: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], Part]]:
        """Clip frames as runs of one part; neighbouring runs share a frame, so that lines join."""
        if not len(frames):
            return []
        colours = sorted({self.bench.seed[1], self.clip.seed_frames or 0})  # frames from which on there is another one
        changes = np.flatnonzero(np.diff(np.searchsorted(colours, frames % len(self.clip_track), "right"))) + 1
        starts, stops = [0, *changes], [*(changes + 1), len(frames)]
        return [(frames[a:b], self._clip_part(int(frames[a]))) for a, b in zip(starts, stops, strict=True)]

    def _path(self, track: Track, frames: NDArray[np.int64], part: Part, dashed: bool = False) -> Trail:
        points = self._ground_points(track, frames)
        return Trail(points, self.colours.colour(part.role), _PATH_WIDTH, on_ground=True, dashed=dashed)

    def _ground_points(self, track: Track, frames: NDArray[np.int64]) -> NDArray[np.float32]:
        points = track.roots(_thinned(frames)).copy()
        points[:, 1] = self.clip_track.ground + 0.004
        return points[np.isfinite(points).all(axis=1)]

    def _pinned(self, shown: _Shown) -> Iterator[Trail]:
        track, frames = shown.track, np.arange(max(0, shown.frame - _TRAIL_FRAMES), shown.frame + 1)
        fade = np.linspace(0.0, 1.0, _TRAIL_FRAMES + 1, dtype=np.float32)[-len(frames) :]
        runs = [(frames, shown.part)] if self.generating else self._by_part(frames)
        for name in sorted(self.bench.pins.intersection(track.skeleton.joints)):
            points = track.joint(track.skeleton.joints.index(name), frames)
            known = np.isfinite(points).all(axis=1)
            if known.sum() < 2:
                continue
            for run, part in runs:
                inside = known & (frames >= run[0]) & (frames <= run[-1])
                yield Trail(points[inside], self.colours.colour(part.role), _TRAIL_WIDTH, opacity=fade[inside])

    # words

    def _labels(self) -> list[Label]:
        quiet, strong = self.colours.scenery.text_quiet, self.colours.scenery.text
        labels = []
        if self.look.skins:
            for skin, _ in self.skins:
                if not self._in_an_earlier_cycle(skin):
                    number = self._relative_of(skin)
                    labels.append(self._label(skin, self._number(number), quiet, int(number == 0)))
        for shown in self.shown:
            held = ", held" if self.held is not None and shown is self.lead else ""
            labels.append(self._label(shown, self._number(self.relative) + held, strong, 3))
        if self.truth is not None:
            whose = "truth" if self.truth.part.kind == "truth" else "file"
            labels.append(self._label(self.truth, f"{whose} {signed(self.relative)}", quiet, 2))
        return labels

    def _in_an_earlier_cycle(self, skin: _Shown) -> bool:
        """Whether a loop has come round since: its number would stand there twice."""
        lead, cycle = self.lead, len(skin.track)
        return skin.track is lead.track and lead.track.loop and skin.frame // cycle != lead.frame // cycle

    def _number(self, relative: int) -> str:
        """A frame's number as it is shown."""
        if self.look.counted_from == "start":
            return str(relative - self.bench.first_frame)
        return signed(relative)

    def _label(self, shown: _Shown, text: str, colour: Colour, weight_among: int) -> Label:
        x, _, z = (float(metres) for metres in shown.root)
        return Label(text, (x, self.clip_track.ground, z), colour, offset=(0.0, 22.0), weight_among=weight_among)

    def _badge(self) -> Badge:
        clip, text, quiet = self.clip, self.colours.scenery.text, self.colours.scenery.text_quiet
        part = "generated" if self.generating else self.lead.part.name
        state, seconds = "" if self.look.counted_from == "start" else f", {part}", self.bench.wrapped(self.time)
        lines: list[tuple[Run, ...]] = [(Run(f"{clip.name}{state}, at {seconds:.2f} s", text),)]
        if self.held is not None:
            told = "; ".join(filter(None, (consequence(self.bench), "Esc lets go")))
            lines = [(Run("held pose, decoded from its latent", text),), (Run(told, quiet),)]
        else:
            facts = [f"action {action_name(clip.action)}"] if clip.action and clip.action != clip.name else []
            if self.bench.likeliest_class is not None and not self.generating:
                facts.append("class {}, {:.0%}".format(*self.bench.likeliest_class).replace("%", " %"))
            if facts:
                lines.append((Run(", ".join(facts), quiet),))
            verdict = self._verdict_lines()
            if verdict:
                lines[1:] = verdict
        return Badge(Run(self._number(self.relative), text, 30, "semibold"), tuple(lines))

    def _verdict_lines(self) -> list[tuple[Run, ...]]:
        """Icon and word for the frame that stands there, where it was generated and is judged; then why, if asked."""
        made = placed(self.bench)
        told = None if made is None else word_at(self.bench, made, self.time)
        if made is None or told is None or not self.look.judged or self.look.counted_from == "start":
            return []
        (word, since), text, quiet = told, self.colours.scenery.text, self.colours.scenery.text_quiet
        if word == "not yet judged":
            return [(Run(word, quiet),)]
        icon = Run("", self.colours.colour(TOKENS[word]), icon=ICONS[word])
        said = Run(SAID[word], text, weight="semibold")
        lines: list[tuple[Run, ...]] = [(icon, said, Run(f"  {since}" if since else "", quiet))]
        if self.look.judged == "reason":
            wrapped = [line for why in why_at(self.bench, made, self.time) for line in wrap(why, _REASON)]
            lines += [(Run(line, text),) for line in wrapped]
        return lines

    def _legend(self) -> list[LegendEntry]:
        sides = legend_of(self.look.colour_by, self.colours)
        if self.look.counted_from == "start":
            return sides
        parts = [SEED, *(shown.part for shown in self.shown)]
        parts += [] if self.truth is None else [self.truth.part]
        parts += [] if self.held is None else [_HELD]
        named = {part.role: part.name for part in reversed(parts)}
        return [
            LegendEntry(named[role], self.colours.colour(role), dashed=role == "truth")
            for role in dict.fromkeys(part.role for part in parts)
        ] + sides


def _thinned(frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of frames without a gap so many that a path through them is cheap, the first and the last among them.

    They are counted from frame 0, so that those of a path that grows stay where they are.
    """
    step = 1
    while len(frames) > step * _PATH_POINTS:
        step *= 2
    if step == 1:
        return frames
    return np.concatenate([frames[:1], np.arange(frames[0] // step * step + step, frames[-1], step), frames[-1:]])
