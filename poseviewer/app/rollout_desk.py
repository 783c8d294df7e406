"""A desk whose lanes show rollouts: they come by steps, branch, are dropped, and come back by Undo; the joints
of its clip may be paired with a model's by hand.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from poseviewer.app.desk import Desk
from poseviewer.app.latent_space import LatentSpace
from poseviewer.app.model_shelf import ModelShelf
from poseviewer.app.opening import Opening
from poseviewer.app.settings import Settings
from poseviewer.app.work import mappings
from poseviewer.app.work.comparing import Comparing
from poseviewer.app.work.history import History
from poseviewer.app.work.judging import Judging
from poseviewer.app.work.keeping import Keeping
from poseviewer.app.work.stepper import Stepper
from poseviewer.bench.lane import FIRST, Lane
from poseviewer.bench.lone_pose import forget_bodies
from poseviewer.bench.rollouts import Kept
from poseviewer.bench.track import Track
from poseviewer.bench.words import signed
from poseviewer.motion import by_hand
from poseviewer.progress import Progress

if TYPE_CHECKING:
    from poseviewer.analysis.live import Judge, Verdicts
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.app.work.move import Move
    from poseviewer.app.work.stepper import Request
    from poseviewer.motion.by_hand import Names, Pairs
    from poseviewer.motion.skeleton import Skeleton
    from poseviewer.render.palette import Role


class RolloutDesk(Desk):
    """The desk's time, and what its lanes show at it."""

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        mappings.recall()
        self._remembered: set[tuple[Names, Names]] = set()  # rigs and targets whose pairs are kept for later sessions
        self.history = History(self)
        self.latents = LatentSpace(self)
        self.judging = Judging(self)
        self.stepper = Stepper(self, self.latents, self.judging)
        self.shelf = ModelShelf(self, self.history)
        self.opening = Opening(self)
        self.keeping = Keeping(self, self.opening, self.history, self.shelf.loaded)
        self.history.kept = self.keeping.on_bench
        kept = self.keeping.rollouts
        self.comparing = Comparing(self, self.judging, lambda: kept, lambda: self.stepper.running)
        self.loop_range: tuple[float, float] | None = None
        self.judging.runs = lambda: self.stepper.running
        self.stepper.moved.connect(self._take_move)
        self.stepper.running_changed.connect(self._judge_the_rest)
        self.shelf.dropped.connect(lambda: self._show_rollout(None, FIRST))
        self.shelf.steps_asked.connect(self.stepper.step)

    # time

    @property
    def play_range(self) -> tuple[float, float]:
        """Seconds between which playback goes round."""
        end = self.bench.end
        if self.loop_range is None or self.loop_range[0] >= end:  # what it went round has been dropped
            return 0.0, end
        return self.loop_range[0], min(self.loop_range[1], end)

    def set_time(self, time: float, playing: bool = False) -> None:
        """Go to a time in seconds; a looping clip may play on beyond its end."""
        bench = self.bench
        if not (playing and bench.plays_on):
            time = float(np.clip(time, 0.0, bench.end))
        if time == bench.time:
            return
        with self.together():
            bench.time = time
            self.let_go()
            self.announce(self.time_changed)

    def step_time(self, frames: int) -> None:
        """Move by whole frames."""
        self.set_time(self.bench.time_of_relative(self.bench.relative_frame() + frames))

    def set_loop_range(self, loop_range: tuple[float, float] | None) -> None:
        """Play only between two times; None plays everything."""
        if loop_range is not None:
            low, high = sorted(float(np.clip(t, 0.0, self.bench.end)) for t in loop_range)
            loop_range = (low, high) if high - low >= 1.0 / self.bench.fps else None
        if loop_range != self.loop_range:
            self.loop_range = loop_range
            self.announce(self.loop_range_changed)

    def let_go(self) -> None:
        """Drop the held pose."""
        if self.bench.held is not None:
            self.bench.held = None
            self.announce(self.held_changed)

    # what lanes show

    def _show_rollout(self, rollout: Rollout | None, role: Role) -> None:
        """Put another rollout, or none, into a lane, in the place of the one that is kept there."""
        self.keeping.keep(self.bench.lay(role), rollout)
        self._show({role: rollout})

    def _show_kept_ones(self) -> None:
        """Each lane has what has been kept of clip, seed, model, samples and number."""
        self._show({lane.role: self.keeping.of_lane(lane) for lane in self.bench.lanes})

    def _show_again(self) -> None:
        """The lanes' rollouts, of which something else is seen now."""
        self._show({lane.role: lane.rollout for lane in self.bench.lanes})

    def _show(self, rollouts: Mapping[Role, Rollout | None]) -> None:
        """Rollouts by lane; only when all of them lie there are they encoded, judged and compared."""
        for role, rollout in rollouts.items():
            self.bench.set_rollout(rollout, None if rollout is None else self.latents.of_rollout(rollout), role)
        self.latents.encode_rollouts()
        self.judging.follow()
        self.comparing.follow()
        self.announce(self.rollout_changed)

    def _judge_the_rest(self) -> None:
        """Of the newest frames of several samples nothing is said before a run has ended."""
        if not self.stepper.running:
            with self.together():
                self.judging.follow()

    def _take_move(self, move: Move, request: Request, rollout: Rollout) -> None:
        """What the stepper made of a lane's rollout comes in its place, or beside it where it is a branch."""
        role, held = move.lane.role, move.from_hand
        with self.history.editing(request.text, request.edit):
            if held is not None:
                self.let_go()
            if move.branches:
                self._keep_branch(move.lane, rollout, f"from {signed(held or 0)}, by hand")
            self._show_rollout(rollout if rollout.length else None, role)
            lane = self.bench.lay(role)
            if request.leads:
                self.set_time(self.bench.seed_end if lane.track is None else lane.track.end)

    def _keep_branch(self, lane: Lane, rollout: Rollout, name: str) -> None:
        """Keep a rollout beside the one of a lane that it branched off, and let the lane show it."""
        parent = self.keeping.kept_in(lane)
        if parent is not None:
            branch = self.keeping.rollouts.beside(replace(parent, rollout=rollout, name=name, parent=parent.key))
            self.keeping.take(branch)
            self._put_drawing(lane.role, branch.key.samples, branch.key.number)
            self.announce(self.keeping.changed)

    def branch(self) -> None:
        """Part from the rollout of the lane in focus at the present frame, and keep both; from the seed on another one
        begins.
        """
        self.stepper.halt()
        bench, lane = self.bench, self.bench.lane
        if lane.rollout is None:
            return
        frame = lane.frame_at(bench.time) + 1 if lane.shows(bench.time) else 0
        with self.history.editing("branch"):
            held = bench.held
            if frame:
                rollout = lane.rollout.branch()
                rollout.back(rollout.length - frame)
                self._keep_branch(lane, rollout, f"from {signed(frame)}")
                self._show_rollout(rollout, lane.role)
            else:
                kept = self.keeping.kept_in(lane)
                number = lane.number + 1 if kept is None else self.keeping.rollouts.beside(kept).key.number
                self._put_drawing(lane.role, lane.samples, number)
                self._show({lane.role: None})
            if bench.held is not held:
                bench.held = held
                self.announce(self.held_changed)

    def drop(self, kept: Kept) -> None:
        """Drop a kept rollout of the clip on the bench; Undo brings it back."""
        with self.history.editing(f"removal of {kept.title}"):
            for lane in self.bench.lanes:
                if lane.rollout is kept.rollout:
                    self.stepper.halt()
                    self.let_go()
                    self._show({lane.role: None})
            self.keeping.rollouts.drop(kept.key)
            self.announce(self.keeping.changed)
            self.set_time(self.bench.time)

    def rename(self, kept: Kept, name: str) -> None:
        """Call a kept rollout something else."""
        if name.strip() != kept.name:
            with self.history.editing("rename"):
                self.keeping.take(replace(kept, name=name.strip()))
                self.announce(self.keeping.changed)

    def reset(self) -> None:
        """Drop the rollouts of the lanes that Step moves; Undo brings them back."""
        self.stepper.halt()
        made = [lane for lane in self.stepper.lanes if lane.rollout is not None]
        if made:
            with self.history.editing("reset"):
                self.let_go()
                for lane in made:
                    self._show_rollout(None, lane.role)
                self.set_time(min(self.bench.time, max(self.bench.seed_end, self.bench.generated_end)))

    def set_focus(self, role: Role) -> None:
        """Let keys, sliders and panels speak of another lane."""
        bench = self.bench
        if role != bench.focus and bench.lane_of(role) is not None:
            bench.focus = role
            with self.together():
                self.judging.follow()
                self.comparing.follow()
                self.announce(self.models_changed, self.rollout_changed, self.time_changed)

    def _apart(self, lane: Lane) -> int:
        """The number that a lane begins with on a clip where it was not yet: two lanes of one model have two."""
        bench = self.bench
        return int(lane.role != FIRST and lane.generator is bench.lanes[0].generator)

    def set_sampling(
        self, *, samples: int | None = None, temperature: float | None = None, role: Role | None = None
    ) -> None:
        """How a lane's next rollout samples, each number of samples with its own; the temperature counts from the next
        step. The lane in focus where no other is named.

        Turning the number while there is no rollout is one edit.
        """
        samples = None if samples is None else max(1, min(64, samples))
        lane = self.bench.lane if role is None else self.bench.lay(role)
        if samples is not None and samples != lane.samples:
            self.stepper.halt()
            with self.history.editing("samples", "samples" if lane.rollout is None else None):
                lane = replace(lane, samples=samples)
                self.bench.put(lane)
                self._show({lane.role: self.keeping.of_lane(lane)})
                self.set_time(self.bench.time)
        lane = self.bench.lay(lane.role)
        if temperature is not None and temperature != lane.temperature:
            self.bench.put(replace(lane, temperature=max(0.0, min(2.0, temperature))))
            self.announce(self.rollout_changed)

    def pick_sample(self, role: Role, sample: int) -> None:
        """Let another sample of a lane's rollout stand for it: curves, verdicts, map and exports show that one.

        Where its older frames are not kept they are computed again first.
        """
        lane = self.bench.lane_of(role)
        if lane is None or lane.rollout is None or lane.sample == sample or not 0 <= sample < len(lane.tracks):
            return
        rollout, running = lane.rollout, self.stepper.running
        if rollout.whole:
            self._pick(lane, sample)
            return
        self.stepper.halt()  # what is generated meanwhile would keep the frames of the other sample

        def done(verdicts: Verdicts | None) -> None:
            now = self.bench.lane_of(role)
            self.judging.take(rollout, verdicts)
            if now is not None and now.rollout is rollout:
                self._pick(now, sample)
                if running:
                    self.stepper.run()

        work = partial(_recalled, rollout, sample, self.judging.judge_of(lane))
        self.submit("models", f"Computing sample {sample + 1} again", work, done, "The sample was not picked")

    def _pick(self, lane: Lane, sample: int) -> None:
        """Let a sample whose frames are known stand for its lane."""
        assert lane.rollout is not None
        with self.together():
            self.let_go()
            lane.rollout.sample = sample
            latents = None if lane.latents is None else lane.latents.picked(sample)
            self.bench.put(replace(lane, sample=sample, latents=latents, verdicts=None))
            if lane.tracks[sample].before:
                self.bench.set_rollout(lane.rollout, latents, lane.role)
            self.latents.encode_rollouts()
            self.judging.follow()
            self.announce(self.rollout_changed, self.verdicts_changed)

    # the joints of the clip's rig

    def map_joints(self, onto: Skeleton, pairs: Pairs, keep: bool = True) -> None:
        """Let the clip's rig, and every one with the same joint names, be mapped as somebody paired them.

        keep: in later sessions too.
        """
        clip = self.bench.clip
        if clip is None:
            return
        self.stepper.halt()
        rig = clip.skeleton.joints
        with self.history.editing("joint pairs"):
            before = by_hand.taught(rig, onto.joints) or {}
            by_hand.teach(rig, onto.joints, pairs or None)
            if dict(before) != dict(pairs):
                for kept in self.keeping.on_bench():  # they went on from other poses
                    self.keeping.rollouts.drop(kept.key)
                self.announce(self.keeping.changed)
                self._remap()
                self._show({lane.role: None for lane in self.bench.lanes})
                self.set_time(self.bench.time)
        if keep:
            self._remembered.add((rig, onto.joints))
            self._remember(rig)

    def _remember(self, rig: Names) -> None:
        """Keep in the file what is decided of a rig now, as far as a person wanted it kept."""
        for joints, onto in self._remembered:
            if joints == rig:
                work = partial(mappings.remember, rig, onto, by_hand.taught(rig, onto) or {})
                what = "The pairs of joints are not remembered"
                self.submit("files", "Remembering joints", work, lambda _: None, what, quiet=True)

    def _remap(self) -> None:
        """Joints of the clip's rig are others now: whatever was read of it is read again."""
        bench = self.bench
        assert bench.clip is not None
        self.let_go()
        forget_bodies()
        bench.track = Track.of_clip(bench.clip)
        bench.fit_models()
        self.latents.follow_mapping(bench.clip.skeleton)
        self.judging.forget_clip()
        self.announce(self.models_changed)
        self.shelf.suit_clip()
        self.latents.refresh()
        self.shelf.classify()

    def _put_drawing(self, role: Role, samples: int, number: int) -> None:
        """In how many samples and as which one a rollout is that comes into a lane."""
        bench = self.bench
        lane = bench.lay(role)
        if (samples, number) != (lane.samples, lane.number):
            bench.put(replace(lane, samples=samples, number=number))
            self.announce(self.rollout_changed)


def _recalled(rollout: Rollout, sample: int, judge: Judge | None) -> Generator[Progress, None, Verdicts | None]:
    """A Job: all frames of a sample, which is judged by the way."""
    if judge is not None:
        return (yield from judge.job(rollout, None, sample))
    done = 0
    for frames in rollout.recall(sample):
        done += len(frames)
        yield Progress(done, len(rollout), "computes frames again")
    return None
