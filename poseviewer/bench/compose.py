"""Bench at a time -> Stage: which figures, trails, labels and words stand in the 3D view."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.colouring import (
    error_colours,
    error_ramp,
    legend_of,
    role_colours,
    speed_colours,
    speed_ramp,
)
from poseviewer.bench.lane import SEED, Part
from poseviewer.bench.lone_pose import body, lone_stage
from poseviewer.bench.planes import held_positions
from poseviewer.bench.scene.badge import badge, number
from poseviewer.bench.scene.fan import OPACITY, Sample, others
from poseviewer.bench.scene.moment import Moment, Shown
from poseviewer.bench.scene.nearest import Asked, asked
from poseviewer.bench.scene.nearest import placed as placed_real
from poseviewer.bench.scene.nearest import words as real_words
from poseviewer.bench.scene.off_truth import joint_errors, joint_words, off_words
from poseviewer.bench.scene.paths import trails
from poseviewer.bench.scene.placement import apart_words
from poseviewer.bench.track import body_scale
from poseviewer.bench.verdicts import placed
from poseviewer.bench.words import signed
from poseviewer.motion.skeleton import Skeleton
from poseviewer.render.palette import Palette, palette
from poseviewer.render.stage import Colour, Figures, Label, LegendEntry, Ramp, Stage, together

if TYPE_CHECKING:  # it imports h5py, which must not stand before the first paint
    from poseviewer.analysis.latent_index import RealPose

_HELD = Part("seed", "accent", "held pose")
SKIN_EVERY = 10  # frames between the skins of the onion (theme.md)
SKIN_AGES = 3  # skins kept behind the current figure
_SKIN_STRONGEST = 0.5
_TRUTH_OPACITY = 0.36
_SAMPLE_OPACITY = 0.30
_LEFT_OPACITY = 0.34
_REAL_OPACITY = 0.42
_ONSET_OPACITY = 0.34
_FEW = 3  # samples beside the picked one that are drawn as figures
_SKIN_CLEARANCE = 0.16  # metres on the ground between two figures, below which a skin would only blur the other


def compose(bench: Bench, time: float | None = None, hovered: Sample | None = None) -> Stage:
    """What the eye gets of a bench at a time (seconds; the bench's own where None).

    hovered: a sample whose figure is to be seen beside the one that is picked.
    """
    colours = palette(bench.look.theme)
    if bench.track is None or bench.clip is None:
        return lone_stage(bench, colours) or Stage(colours.scenery, caption="grid 0.5 m")
    return _Composer(Moment(bench, bench.time if time is None else time), colours, hovered).stage()


class _Composer:
    def __init__(self, moment: Moment, colours: Palette, hovered: Sample | None) -> None:
        self.moment, self.colours, self.hovered = moment, colours, hovered
        self.bench, self.look, self.clip_track = moment.bench, moment.bench.look, moment.clip_track
        self.shown, self.lead, self.truth = moment.shown, moment.lead, moment.truth
        self.held = held_positions(self.bench)

    def stage(self) -> Stage:
        centre, ground = self.lead.root, self.clip_track.ground
        if self.moment.several:
            centre = np.mean([shown.root for shown in self.shown], axis=0)
        by_side = self.look.colour_by == "role and side" and any(self.clip_track.skeleton.sides)
        return Stage(
            self.colours.scenery,
            figures=tuple(self._figures()),
            trails=tuple(trails(self.moment, self.colours)),
            labels=tuple(self._labels()) if self.look.labels else (),
            centre=(float(centre[0]), ground + 0.5 * self.clip_track.height, float(centre[2])),
            ground_y=ground,
            badge=badge(self.moment, self.colours),
            legend=tuple(self._legend()),
            ramp=self._ramp(),
            legend_note="left limbs lighter, right limbs darker" if by_side else "",
            caption=self._caption(),
        )

    def _ramp(self) -> Ramp | None:
        flat = self.clip_track.skeleton.dims == 2
        if self.look.colour_by == "speed":
            return speed_ramp(flat, self.colours)
        return error_ramp(flat, self.colours) if self.look.colour_by == "error" else None

    def _caption(self) -> str:
        grid = "2D poses have no metres" if self.clip_track.skeleton.dims == 2 else "grid 0.5 m"
        parted = apart_words(self.bench) if self.moment.generating else ""
        return ", ".join(filter(None, (parted, grid)))

    # figures

    def _figures(self) -> list[Figures]:
        figures: list[Figures] = []
        if self.look.skins:
            figures += together([self._one(skin, opacity, "skin") for skin, opacity in self.skins])
        if self.truth is not None:
            figures.append(self._one(self.truth, _TRUTH_OPACITY, "ghost"))
        figures += [self._real(ask, real) for ask, real in self.nearest]
        figures += together([self._one(sample, _SAMPLE_OPACITY, "skin") for sample in self._samples()])
        if self.held is None:
            return figures + [self._one(shown, shown.presence, "current") for shown in self.shown]
        # the frame that it came from steps back, so that the two do not cut into each other
        figures.append(self._one(self.lead, _LEFT_OPACITY, "skin"))
        figures += [self._one(shown, shown.presence, "current") for shown in self.shown if shown is not self.lead]
        return [*figures, self._held_figure(self.held)]

    def _samples(self) -> list[Shown]:
        """Samples beside the picked ones that are drawn as figures: few of one lane alone, and the hovered one."""
        found = []
        for shown in self.shown:
            lane = shown.lane
            if lane is None:
                continue
            rest = others(lane)
            few = len(rest) <= _FEW and not self.moment.several
            wanted = rest if few else [sample for sample in rest if self.hovered == (lane.role, sample)]
            known = [track for track in map(lane.tracks.__getitem__, wanted) if track.before <= shown.frame]
            found += [Shown(self.bench, shown.part, track, shown.frame, lane) for track in known]
        return found

    @cached_property
    def nearest(self) -> list[tuple[Asked, RealPose]]:
        """The nearest real poses of what stands here, as far as they have been found."""
        found, here = self.bench.nearest, asked(self.bench) if self.moment.time == self.bench.time else []
        return [(ask, found[ask.key]) for ask in here if ask.key in found]

    def _real(self, ask: Asked, real: RealPose) -> Figures:
        """A nearest real pose, as a ghost in the ink of words: it is nobody's."""
        assert self.bench.embedding is not None
        skeleton, pose = self.bench.embedding.skeleton, placed_real(self.bench, ask, real)
        return Figures(
            body(skeleton, self.look.fine),
            pose[None],
            self.colours.sided("text")[None],
            np.array([_REAL_OPACITY], dtype=np.float32),
            layer="ghost",
            scale=np.array([body_scale(skeleton, pose[None], self.clip_track.height)], dtype=np.float32),
            key="nearest real pose",
            frames=np.array([real.frame]),
        )

    def _held_figure(self, pose: NDArray[np.float32]) -> Figures:
        model = self.bench.embedding or self.bench.lane.generator
        skeleton = model.skeleton if model is not None else self.clip_track.skeleton
        scale = body_scale(skeleton, pose[None], self.clip_track.height)
        return self._drawn(skeleton, pose, _HELD, 1.0, "current", None, self.moment.relative, scale)

    @cached_property
    def skins(self) -> list[tuple[Shown, float]]:
        """Earlier poses at every tenth frame, the older the fainter, where they stand clear of each other.

        Where several lanes stand side by side those of the seed alone, and of each lane the pose with which it failed.
        """
        taken = [shown.root for shown in self.shown]
        if not self.moment.several:
            return self._skins_of(self.lead, taken)
        onsets = [(skin, _ONSET_OPACITY) for skin in self._onsets if _clear(skin, taken)]
        return self._skins_of(self.moment.of_clip(self.bench.seed[1] - 1), [], before=1) + onsets

    def _skins_of(
        self, shown: Shown, taken: list[NDArray[np.float32]], before: int | None = None
    ) -> list[tuple[Shown, float]]:
        """before: the frame relative to the seed's end before which they stand; the present one where None."""
        skins: list[tuple[Shown, float]] = []
        generating, relative = self.moment.generating, self.moment.relative if before is None else before
        first = (relative - 1) // SKIN_EVERY * SKIN_EVERY if generating else self._last_skin_before()
        oldest = SKIN_AGES * SKIN_EVERY + SKIN_EVERY // 2
        for at in range(first, first - 2 * SKIN_AGES * SKIN_EVERY, -SKIN_EVERY):
            skin = self._at_relative(at, shown)
            if skin is None or len(skins) >= (2 * SKIN_AGES if generating else SKIN_AGES):
                continue
            if not _clear(skin, taken):
                continue
            taken.append(skin.root)
            age = (self._playing_relative() - at) / oldest
            opacity = _SKIN_STRONGEST * float(np.clip(1.15 - age, 0.0, 1.0))
            if generating:
                opacity = max(opacity, 0.22)
            if at == 0 and generating:
                opacity = 1.0  # the seed's last pose: what the rollout left from
            if opacity > 0.02:
                skins.append((skin, opacity))
        return skins[::-1]

    @cached_property
    def _onsets(self) -> list[Shown]:
        """Of each lane that has failed by now the pose with which it did."""
        found = []
        for shown in self.shown:
            made = None if shown.lane is None else placed(self.bench, shown.lane)
            findings = [] if made is None else made.verdicts.verdict().findings
            if findings and findings[0].onset < shown.frame:
                found.append(shown.at(findings[0].onset))
        return found

    def _playing_relative(self) -> int:
        """The frame relative to the seed's end, counted on past a loop's end."""
        return round((self.moment.time - self.bench.seed_end) * self.bench.fps)

    def _last_skin_before(self) -> int:
        # seed skins stand at -9, -19, -29: nine frames of margin before the seed's own last pose
        return (self._playing_relative() - SKIN_EVERY // 2 + 9) // SKIN_EVERY * SKIN_EVERY - 9

    def _at_relative(self, relative: int, shown: Shown) -> Shown | None:
        time = self.bench.time_of_relative(relative)
        if self.moment.generating and relative > 0:
            return shown.at(shown.track.frame_at(time))
        frame = round(time * self.clip_track.fps)
        return None if frame < 0 else self.moment.of_clip(frame)

    def _one(self, shown: Shown, opacity: float, layer: str) -> Figures:
        track, frame = shown.track, shown.frame
        return self._drawn(
            track.skeleton,
            shown.pose,
            shown.part,
            opacity,
            layer,
            track.hidden(frame),
            self.moment.relative_of(shown),
            track.body_scale,
            self._joint_colours(shown) if layer == "current" else None,
        )

    def _joint_colours(self, shown: Shown) -> NDArray[np.float32] | None:
        """(1, J, 3) where colours tell something of each joint."""
        if self.look.colour_by == "speed":
            return speed_colours(shown.track, shown.frame, self.colours)
        if self.look.colour_by == "error" and shown.lane is not None:
            (errors,) = joint_errors(self.bench, shown.lane, np.array([shown.frame]))
            return error_colours(errors, shown.part.role, self.colours) if np.isfinite(errors).any() else None
        return None

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

    # words

    def _labels(self) -> list[Label]:
        quiet, strong = self.colours.scenery.text_quiet, self.colours.scenery.text
        moment, labels = self.moment, []
        if self.look.skins:
            for skin, _ in self.skins:
                if not self._in_an_earlier_cycle(skin):
                    relative = moment.relative_of(skin)
                    words, weight = self._whose(skin) + number(moment, relative), int(relative == 0)
                    if skin.lane is not None and moment.several:
                        words, weight = f"{words}, {self._begins(skin)}", 1
                    labels.append(self._label(skin, words, quiet, weight))
        for shown in self.shown:
            words = self._whose(shown) + number(moment, moment.relative)
            if self.held is not None and shown is self.lead:
                words += ", held"
            elif self.truth is not None and shown.lane is not None:
                told = [off_words(self.bench, shown.lane, moment.time)]
                if self.look.colour_by == "error":
                    told.append(joint_words(self.bench, shown.lane, shown.frame))
                words = ", ".join(filter(None, (words, *told)))
            labels.append(self._label(shown, words, strong, 3))
        for ask, real in self.nearest:
            pose = placed_real(self.bench, ask, real)
            x, y, z = (float(metres) for metres in np.nan_to_num(pose[np.nanargmax(pose[:, 1])]))
            labels.append(Label(real_words(self.bench, real), (x, y, z), strong, offset=(0.0, -26.0), weight_among=2))
        if self.truth is not None:
            whose = "truth" if self.truth.part.kind == "truth" else "elsewhere"
            labels.append(self._label(self.truth, f"{whose} {signed(moment.relative)}", quiet, 2))
        return labels

    def _whose(self, shown: Shown) -> str:
        """The lane's letter where there are several."""
        return f"{shown.lane.name} " if shown.lane is not None and self.moment.several else ""

    def _begins(self, onset: Shown) -> str:
        """What begins where a lane has failed."""
        assert onset.lane is not None
        made = placed(self.bench, onset.lane)
        assert made is not None
        return f"{made.verdicts.verdict().findings[0].side} begins"

    def _in_an_earlier_cycle(self, skin: Shown) -> bool:
        """Whether a loop has come round since: its number would stand there twice."""
        lead, cycle = self.lead, len(skin.track)
        return skin.track is lead.track and lead.track.loop and skin.frame // cycle != lead.frame // cycle

    def _label(self, shown: Shown, text: str, colour: Colour, weight_among: int) -> Label:
        x, _, z = (float(metres) for metres in shown.root)
        return Label(text, (x, self.clip_track.ground, z), colour, offset=(0.0, 22.0), weight_among=weight_among)

    def _legend(self) -> list[LegendEntry]:
        sides = legend_of(self.look.colour_by, self.colours)
        if self.look.counted_from == "start":
            return sides
        parts = [SEED, *(shown.part for shown in self.shown)]
        parts += [] if self.truth is None else [self.truth.part]
        parts += [] if self.held is None else [_HELD]
        named = {part.role: part.name for part in reversed(parts)}
        keys = [self._key(role, named[role]) for role in dict.fromkeys(part.role for part in parts)]
        for shown in self.shown:
            if shown.lane is not None and others(shown.lane) and (self.look.trails or self._samples()):
                faint = OPACITY * np.array(self.colours.colour(shown.part.role))
                faint += (1.0 - OPACITY) * np.array(self.colours.scenery.background_bottom)
                red, green, blue = faint.tolist()
                keys.append(LegendEntry(f"{shown.lane.name}, other samples", (red, green, blue), "thin"))
        if self.nearest:
            keys.append(LegendEntry("nearest real pose", self.colours.colour("text")))
        return keys + sides

    def _key(self, role: str, name: str) -> LegendEntry:
        if role == "generated_b":
            return LegendEntry(name, self.colours.colour(role), "triangle")
        return LegendEntry(name, self.colours.colour(role), "dashed" if role == "truth" else "dot")


def _clear(skin: Shown, taken: list[NDArray[np.float32]]) -> bool:
    """Whether a figure stands far enough from others, by their roots."""
    return all(float(np.linalg.norm((skin.root - other)[[0, 2]])) >= _SKIN_CLEARANCE for other in taken)
