"""Session: the bench, announced. Views read it, call its methods, and know nothing of each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from poseviewer.app.offers import Source
from poseviewer.app.rollout_desk import RolloutDesk
from poseviewer.app.settings import Settings
from poseviewer.app.work.classifying import Classifying
from poseviewer.app.work.glances import Glances
from poseviewer.app.work.history import Change, Work
from poseviewer.app.work.nearest import Nearest
from poseviewer.app.work.reconstruction import Reconstruction
from poseviewer.bench.bench import Held, default_seed
from poseviewer.bench.lane import FIRST
from poseviewer.bench.look import Look
from poseviewer.bench.map.look import FitTo
from poseviewer.bench.rollouts import ClipKey, Kept
from poseviewer.data.reading import AS_FOUND, Reading
from poseviewer.errors import PoseviewerError
from poseviewer.motion import by_hand
from poseviewer.motion.clip import Clip
from poseviewer.paths import MODEL_SUFFIX

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.bench.lane import Lane
    from poseviewer.data.dataset import Dataset


class Session(RolloutDesk):
    """The desk with everything that happens on it: its services announce what they did, and it alone connects them."""

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(settings, parent)
        self.open_motion, self.close_dataset = self.opening.open, self.opening.close
        self.select_clip = self.opening.read
        self.open_model, self.offer_models, self.use_model = self.shelf.open, self.shelf.offer_all, self.shelf.use
        self.offers = self.shelf.offers
        self.classifying = Classifying(self, self.stepper, self.offers, self.shelf.loaded, self.shelf.coming)
        self.history.asked_back.connect(self._restore)
        self.shelf.replaced.connect(self.models_replaced)
        self.opening.clip_read.connect(self.place)
        self.opening.clip_closed.connect(self.place)
        self.keeping.asked_for.connect(self._take_up)
        self.reconstruction, self.glances, self.nearest = Reconstruction(self), Glances(self), Nearest(self)

    # opening

    def open(self, files: list[Path], reading: Reading = AS_FOUND) -> None:
        """Open datasets, motion files and checkpoints; each failure is one sentence, the others go on.

        Of two generators that come together the second one goes into lane B. reading: what motion files do not say.
        """
        models = {path.absolute() for path in files if path.suffix.lower() == MODEL_SUFFIX}
        for path in files:
            if path.suffix.lower() == MODEL_SUFFIX:
                self.open_model(path, beside=models - {path.absolute()})
            else:
                self.open_motion(path, reading=None if reading == AS_FOUND else reading)

    # clips

    def _take_up(self, dataset: Dataset, index: int, kept: Kept) -> None:
        """Put a kept rollout on the bench, with its clip, its seed and its model."""
        if (self.bench.dataset, self.bench.clip_index) == (dataset, index):
            self._show_kept(kept)
        else:
            self.opening.read(dataset, index, kept)

    def _show_kept(self, kept: Kept) -> None:
        """In the lane of its model, or in the one in focus where no lane has that."""
        generator, bench = kept.rollout.generator, self.bench
        lane = next((lane for lane in bench.focused_first if lane.generator is generator), bench.lane)
        own = getattr(generator, "embedding", None) if lane.role == FIRST else None
        models = {other.role: (other.generator, self.at_work.get(other.kind)) for other in bench.lanes}
        embedding = bench.embedding, self.at_work.get("embedding")
        self.stepper.halt()
        with self.history.editing("show a kept rollout"):
            self._put_seed(kept.key.seed)
            self._put_drawing(lane.role, kept.key.samples, kept.key.number)
            if generator.skeleton.dims == 2 and bench.azimuth != kept.key.azimuth:
                self._see_from(kept.key.azimuth)
            models[lane.role] = generator, kept.model
            self.shelf.put_back(models, embedding if own is None else (own, kept.model))
            self.keeping.keep(bench.lay(lane.role), kept.rollout)
            bench.set_rollout(None, role=lane.role)  # of a branch's parent another sample may be picked
            self._show_kept_ones()
            self.set_focus(lane.role)
            track = bench.lay(lane.role).track  # the truth may go on for long behind it
            self.set_time(bench.seed_end if track is None else track.end)

    def place(
        self,
        clip: Clip | None,
        dataset: Dataset | None = None,
        index: int = -1,
        kept: Kept | None = None,
        frame: int = 0,
    ) -> None:
        """Put a clip on the bench as it was left there, or with a kept rollout, at a frame; None clears the bench."""
        self.stepper.halt()
        bench, rollouts, key = self.bench, self.keeping.rollouts, ClipKey.of(dataset, index)
        with self.together():
            if bench.clip is not None:
                left = bench.seed, {lane.role: lane.number for lane in bench.lanes}, bench.clip.seed_frames
                rollouts.left[ClipKey.of(bench.dataset, bench.clip_index)] = left
            self.let_go()
            self.set_loop_range(None)
            bench.place(clip, dataset, index)
            self.judging.forget_clip()
            self.history.turn_to(key)
            self.announce(self.clip_changed, self.time_changed)
            if clip is not None:
                bench.seed, numbers, made = rollouts.left.get(key, (bench.seed, {}, clip.seed_frames))
                if dataset is not None and made != clip.seed_frames:
                    bench.declare(made)
                for lane in bench.lanes:
                    bench.put(replace(lane, number=numbers.get(lane.role, self._apart(lane))))
            self._show_kept_ones()
            self.latents.refresh()
            if kept is not None:
                self._show_kept(kept)
            elif clip is not None:
                self.set_time(frame / clip.fps)
            self.shelf.suit_clip()
            self.shelf.classify()

    def read_anew(self, dataset: Dataset, reading: Reading, what: str = "reading") -> None:
        """Read a dataset's files in another way. Where its clip lies on the bench Undo reads them as before."""
        before = dataset.reading or AS_FOUND
        change = Change(what, lambda: self._read_as(before), lambda: self._read_as(reading))
        self._read_as(reading, dataset, change)

    def _read_as(self, reading: Reading, dataset: Dataset | None = None, change: Change | None = None) -> None:
        dataset = dataset or self.bench.dataset
        if dataset is None:
            return
        key = ClipKey.of(dataset, self.bench.clip_index) if dataset is self.bench.dataset else ClipKey.of(None, -1)

        def come(read: Dataset, index: int) -> None:
            self.history.carry(key, ClipKey.of(read, index), change)

        self.opening.read_anew(dataset, reading, come)

    # models

    def models_replaced(self) -> None:
        """Other models are at work: latents of the last embedding mean nothing now, and each model has its rollouts."""
        self.stepper.halt()
        self.bench.fit_models()
        with self.together():
            if self.latents.follow_embedding():
                self.let_go()
            self._show({lane.role: self._rollout_of(lane) for lane in self.bench.lanes})
            self.announce(self.models_changed)
            self.latents.refresh()
            self.set_time(self.bench.time)

    def _rollout_of(self, lane: Lane) -> Rollout | None:
        """A lane's own where its generator made that, else what has been kept of the generator."""
        made = lane.rollout
        return made if made is not None and made.generator is lane.generator else self.keeping.of_lane(lane)

    @property
    def generator_source(self) -> Source | None:
        """Of the lane in focus."""
        return self.at_work.get(self.bench.lane.kind)

    @property
    def embedding_source(self) -> Source | None:
        return self.at_work.get("embedding")

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
            self._put_seed((start, stop))
            self._show_kept_ones()
            self.set_time(self.bench.time)

    def declare_generated(self, start: int | None) -> None:
        """Count the clip's frames from one on as generated, and judge them like a rollout; None: none of them was."""
        clip = self.bench.clip
        if clip is None or len(clip) < 2:
            return
        start = None if start is None else int(np.clip(start, 1, len(clip) - 1))
        if start == clip.seed_frames:
            return
        self.stepper.halt()
        with self.history.editing("what was generated"):
            self._declare(start)
            assert self.bench.clip is not None
            self._put_seed(default_seed(self.bench.clip))
            self._show_kept_ones()
            self.set_time(self.bench.time)

    def _declare(self, start: int | None) -> None:
        """What encodes and classifies the clip begins anew: it answers for the clip that it was given."""
        self.let_go()
        self.bench.declare(start)
        self._show_again()
        self.latents.refresh()
        self.shelf.classify()

    def _put_seed(self, seed: tuple[int, int]) -> None:
        """From where the rollouts are that come onto the bench."""
        if seed != self.bench.seed:
            self.bench.seed = seed
            self.announce(self.seed_changed)

    def project_from(self, azimuth: float) -> None:
        """Let 2D models see a 3D clip from another side (radians about y, as a camera's yaw)."""
        bench = self.bench
        if bench.clip is None or bench.clip.skeleton.dims == 2 or azimuth == bench.azimuth:
            return
        self.stepper.halt()
        with self.history.editing("side"):
            self._see_from(azimuth)
            self._show_kept_ones()
            self.set_time(bench.time)

    def _see_from(self, azimuth: float | None) -> None:
        """Fit the models to the clip as it is seen from a side; what is held was seen from another one."""
        self.let_go()
        self.bench.project_from(azimuth)
        self.latents.follow_side()
        self._show_again()
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

    def intervene(self) -> None:
        """Take the newest frame of the lane in focus into the hand, as it is: what is done to it, Step goes on from."""
        track = self.bench.lane.track
        if track is None:
            return
        self.stepper.halt()
        self.set_time(track.end)
        latent = self.bench.latent_at()
        if latent is not None:
            before = self.bench.held
            self.hold(latent)
            self.keep(before)

    def end_seed_at(self, frame: int) -> None:
        """Let the seed, as long as it is, end at a frame of the clip."""
        start, stop = self.bench.seed
        self.set_seed(max(0, frame + 1 - (stop - start)), frame + 1)
        self.set_time(self.bench.seed_end)

    def take_pose(self, latent: NDArray[np.floating]) -> None:
        """Put another latent (Z,) in the place of the present frame's, as a drag does; Step goes on from it."""
        self.stepper.halt()
        before = self.bench.held
        self.hold(latent)
        self.keep(before)

    def _restore(self, work: Work, there: Work) -> None:
        """Put back what a person made as it was before or after an edit, in the place of what it became."""
        bench = self.bench
        self.stepper.halt()
        with self.together():
            self.keeping.put_back(work.kept, there.kept)
            self._put_seed(work.seed)
            if bench.pins != work.pins:
                bench.pins = work.pins
                self.announce(self.pins_changed)
            models = {lane.role: (lane.generator, lane.source) for lane in work.lanes}
            for lane in work.lanes:
                self._put_drawing(lane.role, lane.samples, lane.number)
            self.shelf.put_back(models, (work.embedding, work.source))
            if bench.clip is not None and work.mapped != there.mapped:
                by_hand.put_back(bench.clip.skeleton.joints, work.mapped)
                self._remember(bench.clip.skeleton.joints)
                self._remap()
                self._show_again()
            if bench.azimuth != work.azimuth:
                self._see_from(work.azimuth)
            if bench.clip is not None and bench.clip.seed_frames != work.made:
                self._declare(work.made)
            wanted = {lane.role: lane.rollout for lane in work.lanes}  # models put back have brought what was kept
            changed = {role: made for role, made in wanted.items() if bench.lay(role).rollout is not made}
            if changed:
                self._show(changed)
            self.set_focus(work.focus)
            self.set_time(work.time)
            if bench.held is not work.held:
                bench.held = work.held
                self.announce(self.held_changed)

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

    def set_map(self, **changes: object) -> None:
        """Change what the map shows: its projection, axes, level or colour."""
        before, self.bench.map = self.bench.map, replace(self.bench.map, **changes)  # type: ignore[arg-type]
        if self.bench.map != before:
            self.announce(self.latents_changed)
            if replace(self.bench.map, colour=before.colour) != before:
                self.latents.project()

    # work and its failures

    def close(self) -> None:
        """Stop all work and save the settings. A step that is under way in a lane goes on to its end: `lanes_rest`."""
        self.stepper.halt()
        self.jobs.close()
        self.settings.save()
