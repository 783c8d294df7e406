"""Bench at a time -> Stage: which figures, trails, labels and words stand in the 3D view."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.colouring import legend_of, role_colours, speed_colours, speed_ramp
from poseviewer.bench.lone_pose import lone_stage
from poseviewer.bench.track import Track, body_scale
from poseviewer.bench.words import consequence, signed
from poseviewer.motion.actions import action_name
from poseviewer.motion.skeleton import Skeleton
from poseviewer.render.body import body_of
from poseviewer.render.palette import Palette, Role, palette
from poseviewer.render.stage import Badge, Body, Colour, Figures, Label, LegendEntry, Run, Stage, Trail, together

ROLE_NAMES: dict[Role, str] = {
    "seed": "seed",
    "generated_a": "generated A",
    "generated_b": "generated, from the file",
    "truth": "truth",
    "accent": "held pose",
}
SKIN_EVERY = 10  # frames between the skins of the onion (theme.md)
SKIN_AGES = 3  # skins kept behind the current figure
_SKIN_STRONGEST = 0.5
_TRUTH_OPACITY = 0.36
_SAMPLE_OPACITY = 0.30
_LEFT_OPACITY = 0.34
_SKIN_CLEARANCE = 0.16  # metres on the ground between two figures, below which a skin would only blur the other
_PATH_WIDTH, _TRAIL_WIDTH = 0.020, 0.009
_TRAIL_FRAMES = 90
_PATH_POINTS = 4096  # a path of more frames is drawn by every 2nd, 4th ...: each repaint makes it anew


def compose(bench: Bench, time: float | None = None) -> Stage:
    """What the eye gets of a bench at a time (seconds; the bench's own where None)."""
    colours = palette(bench.look.theme)
    if bench.track is None or bench.clip is None:
        return lone_stage(bench, colours) or Stage(colours.scenery, caption="grid 0.5 m")
    return _Composer(bench, bench.time if time is None else time, colours).stage()


class _Composer:
    def __init__(self, bench: Bench, time: float, colours: Palette) -> None:
        assert bench.track is not None and bench.clip is not None
        self.bench, self.colours, self.look = bench, colours, bench.look
        self.clip_track = bench.track
        rolling = bench.clip.loop and not bench.generated
        self.time = time if rolling else float(np.clip(time, 0.0, bench.end))
        self.generating = bench.shows_generated(self.time)
        self.track = bench.generated[0] if self.generating else self.clip_track
        self.frame = self.track.frame_at(self.time)
        self.role: Role = "generated_a" if self.generating else self._clip_role(self.frame)
        self.pose = self.track.pose(self.frame)
        self.relative = bench.relative_frame(self.time)

    def _clip_role(self, frame: int) -> Role:
        return self.bench.clip_role(frame % len(self.clip_track))

    def _name(self, role: Role) -> str:
        """A role in words; without a rollout on the bench what is generated comes from the clip's file."""
        return ROLE_NAMES["generated_b" if role == "generated_a" and not self.bench.generated else role]

    def stage(self) -> Stage:
        centre = self._root(self.track, self.frame)
        ground = self.clip_track.ground
        return Stage(
            self.colours.scenery,
            figures=tuple(self._figures()),
            trails=tuple(self._trails()),
            labels=tuple(self._labels()) if self.look.labels else (),
            centre=(float(centre[0]), ground + 0.5 * self.clip_track.height, float(centre[2])),
            ground_y=ground,
            badge=self._badge(),
            legend=tuple(self._legend()),
            ramp=speed_ramp(self.clip_track.skeleton.dims == 2, self.colours) if self._by_speed else None,
            legend_note="left limbs lighter, right limbs darker" if self.look.colour_by == "role and side" else "",
            caption="grid 0.5 m" if self.clip_track.skeleton.dims == 3 else "2D poses have no metres",
        )

    # figures

    def _figures(self) -> list[Figures]:
        figures: list[Figures] = []
        if self.look.skins:
            figures += together([self._one(*skin, layer="skin") for skin in self._skins()])
        truth = self._truth_frame()
        if truth is not None:
            role = self._clip_role(truth)
            figures.append(self._one(self.clip_track, truth, role, _TRUTH_OPACITY, layer="ghost"))
        if self.generating:
            for sample in self.bench.generated[1:]:
                figures.append(self._one(sample, self.frame, "generated_a", _SAMPLE_OPACITY, layer="skin"))
        held = self.bench.held_positions
        if held is None:
            figures.append(self._one(self.track, self.frame, self.role, 1.0, layer="current"))
        else:  # the frame that it came from steps back, so that the two do not cut into each other
            figures.append(self._one(self.track, self.frame, self.role, _LEFT_OPACITY, layer="skin"))
            figures.append(self._held_figure(held))
        return figures

    def _held_figure(self, pose: NDArray[np.float32]) -> Figures:
        skeleton = self._model_skeleton()
        scale = body_scale(skeleton, pose[None], self.clip_track.height)
        return self._drawn(skeleton, pose, "accent", 1.0, "current", None, self.relative, scale)

    def _model_skeleton(self) -> Skeleton:
        model = self.bench.embedding or self.bench.generator
        return model.skeleton if model is not None else self.clip_track.skeleton

    def _truth_frame(self) -> int | None:
        """The clip's own frame at this moment, where it still has one after the seed."""
        if not self.look.truth or not self.generating:
            return None
        frame = round(self.time * self.clip_track.fps)
        return frame if self.bench.seed[1] <= frame < len(self.clip_track) else None

    def _skins(self) -> list[tuple[Track, int, Role, float]]:
        """Earlier poses at every tenth frame, the older the fainter, where they stand clear of each other."""
        here = self._root(self.track, self.frame)
        taken = [here]
        skins: list[tuple[Track, int, Role, float]] = []
        first = (self.relative - 1) // SKIN_EVERY * SKIN_EVERY if self.generating else self._last_skin_before()
        oldest = SKIN_AGES * SKIN_EVERY + SKIN_EVERY // 2
        for relative in range(first, first - 2 * SKIN_AGES * SKIN_EVERY, -SKIN_EVERY):
            found = self._at_relative(relative)
            if found is None or len(skins) >= (2 * SKIN_AGES if self.generating else SKIN_AGES):
                continue
            track, frame, role = found
            root = self._root(track, frame)
            if min(float(np.linalg.norm((root - other)[[0, 2]])) for other in taken) < _SKIN_CLEARANCE:
                continue
            taken.append(root)
            age = (self._playing_relative() - relative) / oldest
            opacity = _SKIN_STRONGEST * float(np.clip(1.15 - age, 0.0, 1.0))
            if self.generating:
                opacity = max(opacity, 0.22)
            if relative == 0 and self.generating:
                opacity = 1.0  # the seed's last pose: what the rollout left from
            if opacity > 0.02:
                skins.append((track, frame, role, opacity))
        return skins[::-1]

    def _playing_relative(self) -> int:
        """The frame relative to the seed's end, counted on past a loop's end."""
        return round((self.time - self.bench.seed_end) * self.bench.fps)

    def _last_skin_before(self) -> int:
        # seed skins stand at -9, -19, -29: nine frames of margin before the seed's own last pose
        return (self._playing_relative() - SKIN_EVERY // 2 + 9) // SKIN_EVERY * SKIN_EVERY - 9

    def _at_relative(self, relative: int) -> tuple[Track, int, Role] | None:
        time = self.bench.time_of_relative(relative)
        if self.generating and relative > 0:
            track = self.bench.generated[0]
            return track, track.frame_at(time), "generated_a"
        frame = round(time * self.clip_track.fps)
        if frame < 0:
            return None
        return self.clip_track, frame, self._clip_role(frame)

    def _one(self, track: Track, frame: int, role: Role, opacity: float, layer: str) -> Figures:
        relative = self._relative_of(track, frame)
        return self._drawn(
            track.skeleton,
            track.pose(frame),
            role,
            opacity,
            layer,
            track.hidden(frame),
            relative,
            track.body_scale,
            speed_colours(track, frame, self.colours) if self._by_speed and layer == "current" else None,
        )

    def _relative_of(self, track: Track, frame: int) -> int:
        """A track's frame counted from the seed's end; in a loop that plays on, inside its cycle."""
        inside = frame % len(track) if track.loop else frame
        return round((track.start + inside / track.fps - self.bench.seed_end) * self.bench.fps)

    @property
    def _by_speed(self) -> bool:
        return self.look.colour_by == "speed"

    def _drawn(
        self,
        skeleton: Skeleton,
        pose: NDArray[np.float32],
        role: Role,
        opacity: float,
        layer: str,
        hidden: NDArray[np.bool_] | None,
        relative: int,
        scale: float,
        joint_colours: NDArray[np.float32] | None = None,
    ) -> Figures:
        return Figures(
            _body(skeleton, self.look.fine),
            pose[None],
            role_colours(role, self.look.colour_by, self.colours)[None] if joint_colours is None else joint_colours,
            np.array([opacity], dtype=np.float32),
            layer=layer,  # type: ignore[arg-type]
            faded=None if hidden is None else hidden[None],
            per_joint=joint_colours is not None,
            scale=np.array([scale], dtype=np.float32),
            key=self._name(role),
            frames=np.array([relative]),
        )

    # paths on the ground, trails of pinned joints

    def _trails(self) -> list[Trail]:
        trails = [*self._paths()]
        if self.look.trails:
            trails += [*self._pinned()]
        return trails

    def _paths(self) -> list[Trail]:
        paths = []
        clip = self.clip_track
        if self.generating:
            seed = np.arange(self.bench.seed[0], self.bench.seed[1])
            generated = np.arange(self.frame + 1)
            paths.append(self._path(clip, seed, "seed"))
            join = self._ground_points(clip, seed[-1:])
            points = np.concatenate([join, self._ground_points(self.track, generated)])
            paths.append(Trail(points, self.colours.colour("generated_a"), _PATH_WIDTH, on_ground=True))
            last = self._truth_frame()
            if last is not None:
                after = np.arange(self.bench.seed[1] - 1, last + 1)
                paths.append(self._path(clip, after, self._clip_role(last), dashed=True))
        else:
            frames = np.arange(max(0, self.frame - 3 * SKIN_EVERY) if clip.loop else 0, self.frame + 1)
            paths += [self._path(clip, part, role) for part, role in self._by_role(frames)]
        return [path for path in paths if len(path.points) > 1]

    def _by_role(self, frames: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], Role]]:
        """Clip frames as runs of one role; neighbouring runs share a frame, so that lines join."""
        if not len(frames):
            return []
        changes = np.flatnonzero(np.diff(np.searchsorted(self._changes, frames % len(self.clip_track), "right"))) + 1
        starts, stops = [0, *changes], [*(changes + 1), len(frames)]
        return [(frames[a:b], self._clip_role(int(frames[a]))) for a, b in zip(starts, stops, strict=True)]

    @property
    def _changes(self) -> list[int]:
        """The clip's frames from which on it has another role."""
        assert self.bench.clip is not None
        generated = self.bench.clip.seed_frames
        return sorted({self.bench.seed[1], *(() if generated is None else (generated,))})

    def _path(self, track: Track, frames: NDArray[np.int64], role: Role, dashed: bool = False) -> Trail:
        points = self._ground_points(track, frames)
        return Trail(points, self.colours.colour(role), _PATH_WIDTH, on_ground=True, dashed=dashed)

    def _ground_points(self, track: Track, frames: NDArray[np.int64]) -> NDArray[np.float32]:
        points = track.roots(_thinned(frames)).copy()
        points[:, 1] = self.clip_track.ground + 0.004
        return points[np.isfinite(points).all(axis=1)]

    def _root(self, track: Track, frame: int) -> NDArray[np.float32]:
        return np.nan_to_num(track.roots(np.array([frame]))[0])

    def _pinned(self) -> list[Trail]:
        trails = []
        for name in sorted(self.bench.pins):
            if name not in self.track.skeleton.joints:
                continue
            joint = self.track.skeleton.joints.index(name)
            frames = np.arange(max(0, self.frame - _TRAIL_FRAMES), self.frame + 1)
            points = self.track.joint(joint, frames)
            known = np.isfinite(points).all(axis=1)
            if known.sum() < 2:
                continue
            fade = np.linspace(0.0, 1.0, _TRAIL_FRAMES + 1, dtype=np.float32)[-len(frames) :]
            runs = [(frames, self.role)] if self.generating else self._by_role(frames)
            for run, role in runs:
                inside = known & (frames >= run[0]) & (frames <= run[-1])
                trails.append(Trail(points[inside], self.colours.colour(role), _TRAIL_WIDTH, opacity=fade[inside]))
        return trails

    # words

    def _labels(self) -> list[Label]:
        quiet, strong = self.colours.scenery.text_quiet, self.colours.scenery.text
        labels = []
        if self.look.skins:
            for track, frame, _, _ in self._skins():
                if not self._in_an_earlier_cycle(track, frame):
                    number = self._relative_of(track, frame)
                    labels.append(self._label(track, frame, self._number(number), quiet, int(number == 0)))
        words = self._number(self.relative) + (", held" if self.bench.held is not None else "")
        labels.append(self._label(self.track, self.frame, words, strong, 3))
        truth = self._truth_frame()
        if truth is not None:
            whose = "truth" if self._clip_role(truth) == "truth" else "file"
            labels.append(self._label(self.clip_track, truth, f"{whose} {signed(self.relative)}", quiet, 2))
        return labels

    def _in_an_earlier_cycle(self, track: Track, frame: int) -> bool:
        """Whether a loop has come round since: its number would stand there twice."""
        return track is self.track and track.loop and frame // len(track) != self.frame // len(track)

    def _number(self, relative: int) -> str:
        """A frame's number as it is shown."""
        if self.look.counted_from == "start":
            return str(relative - self.bench.first_frame)
        return signed(relative)

    def _label(self, track: Track, frame: int, text: str, colour: Colour, weight_among: int) -> Label:
        x, _, z = (float(metres) for metres in self._root(track, frame))
        at = x, self.clip_track.ground, z
        return Label(text, at, colour, offset=(0.0, 22.0), weight_among=weight_among)

    def _badge(self) -> Badge:
        clip = self.bench.clip
        assert clip is not None
        text, quiet = self.colours.scenery.text, self.colours.scenery.text_quiet
        state = ", generated" if self.generating else f", {self._name(self.role)}"
        if self.look.counted_from == "start":
            state = ""
        seconds = self.bench.wrapped(self.time)
        lines: list[tuple[Run, ...]] = [(Run(f"{clip.name}{state}, at {seconds:.2f} s", text),)]
        if self.bench.held is not None:
            lines = [
                (Run("held pose, decoded from its latent", text),),
                (Run("; ".join(filter(None, (consequence(self.bench), "Esc lets go"))), quiet),),
            ]
        else:
            facts = [f"action {action_name(clip.action)}"] if clip.action and clip.action != clip.name else []
            if self.bench.likeliest_class is not None and not self.generating:
                facts.append("class {}, {:.0%}".format(*self.bench.likeliest_class).replace("%", " %"))
            if facts:
                lines.append((Run(", ".join(facts), quiet),))
        return Badge(Run(self._number(self.relative), text, 30, "semibold"), tuple(lines))

    def _legend(self) -> list[LegendEntry]:
        sides = legend_of(self.look.colour_by, self.colours)
        if self.look.counted_from == "start":
            return sides
        roles: list[Role] = ["seed", self.role]
        truth = self._truth_frame()
        if truth is not None:
            roles.append(self._clip_role(truth))
        if self.bench.held is not None:
            roles.append("accent")
        return [
            LegendEntry(self._name(role), self.colours.colour(role), dashed=role == "truth")
            for role in dict.fromkeys(roles)
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


@lru_cache(maxsize=64)
def _body(skeleton: Skeleton, fine: bool) -> Body:
    return body_of(skeleton, fine=fine)
