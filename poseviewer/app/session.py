"""Session: the bench, announced. Views read it, call its methods, and know nothing of each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from poseviewer.app.desk import Desk
from poseviewer.app.latent_space import LatentSpace
from poseviewer.app.model_shelf import ModelShelf
from poseviewer.app.offers import Source
from poseviewer.app.opening import Opening
from poseviewer.app.settings import Settings
from poseviewer.app.work.comparing import Comparing
from poseviewer.app.work.history import History, Work
from poseviewer.app.work.judging import Judging
from poseviewer.app.work.keeping import Keeping
from poseviewer.app.work.stepper import Stepper
from poseviewer.bench.bench import FitTo, Held, Look, default_seed
from poseviewer.bench.rollouts import ClipKey, Kept
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.paths import MODEL_SUFFIX

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.data.dataset import Dataset


class Session(Desk):
    """The desk with everything that happens on it: its services announce what they did, and it alone connects them."""

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self.history = History(self)
        self.latents = LatentSpace(self)
        self.judging = Judging(self)
        self.stepper = Stepper(self, self.latents, self.judging)
        self.shelf = ModelShelf(self, self.history)
        self.opening = Opening(self)
        self.keeping = Keeping(self, self.opening, self.history, self.shelf.loaded)
        self.open_motion, self.close_dataset = self.opening.open, self.opening.close
        self.select_clip = self.opening.read
        self.open_model, self.offer_models, self.use_model = self.shelf.open, self.shelf.offer_all, self.shelf.use
        self.offers = self.shelf.offers
        kept = self.keeping.rollouts
        self.comparing = Comparing(self, self.judging, lambda: kept, lambda: self.stepper.running)
        self.loop_range: tuple[float, float] | None = None
        self.history.asked_back.connect(self._restore)
        self.stepper.moved.connect(self._take_move)
        self.shelf.replaced.connect(self.models_replaced)
        self.shelf.dropped.connect(lambda: self._show_rollout(None))
        self.shelf.steps_asked.connect(self.stepper.step)
        self.opening.clip_read.connect(self.place)
        self.opening.clip_closed.connect(self.place)
        self.keeping.asked_for.connect(self._take_up)

    # opening

    def open(self, files: list[Path]) -> None:
        """Open datasets, motion files and checkpoints; each failure is one sentence, the others go on."""
        for path in files:
            if path.suffix.lower() == MODEL_SUFFIX:
                self.open_model(path)
            else:
                self.open_motion(path)

    # clips

    def _take_up(self, dataset: Dataset, index: int, kept: Kept) -> None:
        """Put a kept rollout on the bench, with its clip, its seed and its model."""
        if (self.bench.dataset, self.bench.clip_index) == (dataset, index):
            self._show_kept(kept)
        else:
            self.opening.read(dataset, index, kept)

    def _show_kept(self, kept: Kept) -> None:
        generator, bench = kept.rollout.generator, self.bench
        own = getattr(generator, "embedding", None)
        sources = {**self.at_work, "generator": kept.model}
        if own is not None:
            sources["embedding"] = kept.model
        self.stepper.halt()
        with self.history.editing("show a kept rollout"):
            self._put_seed(kept.key.seed, kept.key.samples, kept.key.number)
            if generator.skeleton.dims == 2 and bench.azimuth != kept.key.azimuth:
                self._see_from(kept.key.azimuth)
            self.shelf.put_back(generator, own or bench.embedding, sources)
            self._show_rollout(kept.rollout)
            self.set_time(bench.end)

    def place(
        self, clip: Clip | None, dataset: Dataset | None = None, index: int = -1, kept: Kept | None = None
    ) -> None:
        """Put a clip on the bench as it was left there, or with a kept rollout; None clears the bench."""
        self.stepper.halt()
        bench, rollouts, key = self.bench, self.keeping.rollouts, ClipKey.of(dataset, index)
        with self.together():
            if bench.clip is not None:
                left = bench.seed, bench.lane.number, bench.clip.seed_frames
                rollouts.left[ClipKey.of(bench.dataset, bench.clip_index)] = left
            self.let_go()
            self.set_loop_range(None)
            bench.place(clip, dataset, index)
            self.judging.forget_clip()
            self.history.turn_to(key)
            self.announce(self.clip_changed, self.time_changed)
            if clip is not None:
                bench.seed, number, made = rollouts.left.get(key, (bench.seed, 0, clip.seed_frames))
                if dataset is not None and made != clip.seed_frames:
                    bench.declare(made)
                bench.put(replace(bench.lane, number=number))
            self._show(self.keeping.of_bench())
            self.latents.refresh()
            if kept is not None:
                self._show_kept(kept)
            self.shelf.suit_clip()
            self.shelf.classify()

    # models

    def models_replaced(self) -> None:
        """Other models are at work: latents of the last embedding mean nothing now, and each model has its rollouts."""
        self.stepper.halt()
        self.bench.fit_models()
        lane = self.bench.lane
        with self.together():
            if self.latents.follow_embedding():
                self.let_go()
            stays = lane.rollout is not None and lane.rollout.generator is lane.generator
            self._show(lane.rollout if stays else self.keeping.of_bench())
            self.announce(self.models_changed)
            self.latents.refresh()
            self.set_time(self.bench.time)

    @property
    def generator_source(self) -> Source | None:
        return self.at_work.get("generator")

    @property
    def embedding_source(self) -> Source | None:
        return self.at_work.get("embedding")

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

    # edits that can be undone

    def set_seed(self, start: int, stop: int, drag: object = None) -> None:
        """Give the generator another stretch of the clip (half-open, clip frames); each has its own rollouts.

        Calls with the same `drag` are one edit to undo.
        """
        clip = self.bench.clip
        if clip is None:
            return
        start = int(np.clip(start, 0, len(clip) - 1))
        stop = int(np.clip(stop, start + 1, len(clip)))
        if (start, stop) == self.bench.seed:
            return
        self.stepper.halt()
        with self.history.editing("seed range", drag):
            self._put_seed((start, stop), self.bench.lane.samples, self.bench.lane.number)
            self._show(self.keeping.of_bench())
            self.set_time(self.bench.time)

    def declare_generated(self, start: int | None) -> None:
        """Count the clip's frames from one on as generated, and judge them like a rollout; None: none of them was."""
        clip, lane = self.bench.clip, self.bench.lane
        if clip is None or len(clip) < 2:
            return
        start = None if start is None else int(np.clip(start, 1, len(clip) - 1))
        if start == clip.seed_frames:
            return
        self.stepper.halt()
        with self.history.editing("what was generated"):
            self._declare(start)
            assert self.bench.clip is not None
            self._put_seed(default_seed(self.bench.clip), lane.samples, lane.number)
            self._show(self.keeping.of_bench())
            self.set_time(self.bench.time)

    def _declare(self, start: int | None) -> None:
        """What encodes and classifies the clip begins anew: it answers for the clip that it was given."""
        self.let_go()
        self.bench.declare(start)
        self._show(self.bench.lane.rollout)
        self.latents.refresh()
        self.shelf.classify()

    def _put_seed(self, seed: tuple[int, int], samples: int, number: int) -> None:
        """From where, in how many samples and as which one a rollout is that comes onto the bench."""
        bench, lane = self.bench, self.bench.lane
        if seed != bench.seed:
            bench.seed = seed
            self.announce(self.seed_changed)
        if (samples, number) != (lane.samples, lane.number):
            bench.put(replace(lane, samples=samples, number=number))
            self.announce(self.rollout_changed)

    def project_from(self, azimuth: float) -> None:
        """Let 2D models see a 3D clip from another side (radians about y, as a camera's yaw)."""
        bench = self.bench
        if bench.clip is None or bench.clip.skeleton.dims == 2 or azimuth == bench.azimuth:
            return
        self.stepper.halt()
        with self.history.editing("side"):
            self._see_from(azimuth)
            self._show_rollout(self.keeping.of_bench())
            self.set_time(bench.time)

    def _see_from(self, azimuth: float | None) -> None:
        """Fit the models to the clip as it is seen from a side; what is held was seen from another one."""
        self.let_go()
        self.bench.project_from(azimuth)
        self.latents.follow_side()
        self._show(self.bench.lane.rollout)
        self.announce(self.models_changed)
        self.latents.refresh()

    def toggle_pin(self, joint: str) -> None:
        """Pin a joint's trail, or let it go."""
        with self.history.editing(f"pin {joint}"):
            self.bench.pins = self.bench.pins ^ {joint}
            self.announce(self.pins_changed)

    def hold(self, latent: NDArray[np.floating]) -> None:
        """Show the pose that a latent (Z,) decodes to in the place of the present frame, while it is dragged."""
        try:
            held = self.latents.held(latent)
        except PoseviewerError as error:  # another package's embedding fails: the bar says so, the drag goes on
            self.report(error, "The pose was not decoded")
            return
        if held is not None:
            self.bench.held = held
            self.announce(self.held_changed)

    def keep(self, before: Held | None) -> None:
        """End a drag that began with `before`: the held pose stays until time moves, and can be undone."""
        held = self.bench.held
        if held is not before:
            self.bench.held = before
            with self.history.editing("drag"):
                self.bench.held = held

    def let_go(self) -> None:
        """Drop the held pose."""
        if self.bench.held is not None:
            self.bench.held = None
            self.announce(self.held_changed)

    def _restore(self, work: Work) -> None:
        """Put back what a person made as it was before or after an edit."""
        bench = self.bench
        self.stepper.halt()
        with self.together():
            self._put_seed(work.seed, work.samples, work.number)
            if bench.pins != work.pins:
                bench.pins = work.pins
                self.announce(self.pins_changed)
            self.shelf.put_back(work.generator, work.embedding, dict(work.sources))
            if bench.azimuth != work.azimuth:
                self._see_from(work.azimuth)
            if bench.clip is not None and bench.clip.seed_frames != work.made:
                self._declare(work.made)
            if bench.lane.rollout is not work.rollout:  # models that were put back bring the one that was kept of them
                self._show_rollout(work.rollout)
            self.set_time(work.time)
            if bench.held is not work.held:
                bench.held = work.held
                self.announce(self.held_changed)

    # generating

    def _show_rollout(self, rollout: Rollout | None) -> None:
        """Put another rollout, or none, on the bench, in the place of the one that is kept there."""
        self.keeping.keep(rollout, self.generator_source or "")
        self._show(rollout)

    def _show(self, rollout: Rollout | None) -> None:
        self.bench.set_rollout(rollout, None if rollout is None else self.latents.of_rollout(rollout))
        self.latents.encode_rollout()
        self.judging.follow()
        self.comparing.follow()
        self.announce(self.rollout_changed)

    def _take_move(self, rollout: Rollout, text: str, edit: object) -> None:
        """What the stepper made of the bench's rollout comes in its place."""
        with self.history.editing(text, edit):
            self.let_go()
            self._show_rollout(rollout if rollout.length else None)
            self.set_time(self.bench.time_of_relative(self.bench.lane.horizon))

    def reset(self) -> None:
        """Drop the rollout; Undo brings it back."""
        self.stepper.halt()
        if self.bench.lane.rollout is not None:
            with self.history.editing("reset"):
                self.let_go()
                self._show_rollout(None)
                self.set_time(min(self.bench.time, self.bench.seed_end))

    def set_sampling(self, *, samples: int | None = None, temperature: float | None = None) -> None:
        """How the next rollout samples, each number of samples with its own; the temperature counts from the next step.

        Turning the number while there is no rollout is one edit.
        """
        samples = None if samples is None else max(1, min(64, samples))
        if samples is not None and samples != self.bench.lane.samples:
            self.stepper.halt()
            with self.history.editing("samples", "samples" if self.bench.lane.rollout is None else None):
                self.bench.put(replace(self.bench.lane, samples=samples))
                self._show(self.keeping.of_bench())
                self.set_time(self.bench.time)
        if temperature is not None and temperature != self.bench.lane.temperature:
            self.bench.put(replace(self.bench.lane, temperature=max(0.0, min(2.0, temperature))))
            self.announce(self.rollout_changed)

    # look

    def set_look(self, **changes: object) -> None:
        """Change fields of the look."""
        look = self.bench.with_look(**changes)
        if look != self.bench.look:
            self.bench.look = look
            self.announce(self.look_changed)

    @property
    def look(self) -> Look:
        return self.bench.look

    def set_fit_to(self, fit_to: FitTo) -> None:
        """Fit the map's projection to the whole dataset, the clip's action, or the clip."""
        if fit_to != self.bench.fit_to:
            self.bench.fit_to = fit_to
            self.latents.project()

    # work and its failures

    def close(self) -> None:
        """Stop all work and save the settings. A step that is under way in a lane goes on to its end: `lanes_rest`."""
        self.stepper.halt()
        self.jobs.close()
        self.settings.save()
