"""Session: the bench, announced. Views read it, call its methods, and know nothing of each other."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from poseviewer.app.history import HoldLatent, SetPins, SetSeed
from poseviewer.app.jobs import Jobs
from poseviewer.app.latent_space import LatentSpace
from poseviewer.app.model_shelf import ModelShelf
from poseviewer.app.offers import Offer, Source
from poseviewer.app.settings import Settings
from poseviewer.app.stepper import Stepper
from poseviewer.bench.bench import Bench, FitTo, Held, Look
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.paths import MODEL_SUFFIX

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.data.dataset import Dataset
    from poseviewer.nets.protocols import MotionGenerator


@dataclass(frozen=True)
class _Left:
    """What was made of a clip before another one took its place; it comes back with the clip."""

    seed: tuple[int, int]
    rollout: Rollout
    generator: MotionGenerator | None


class Session(QObject):
    """One bench and everything that happens to it. Every signal is bare: who hears it reads what it needs."""

    datasets_changed = Signal()
    clip_changed = Signal()
    seed_changed = Signal()
    time_changed = Signal()
    look_changed = Signal()
    models_changed = Signal()
    latents_changed = Signal()
    held_changed = Signal()
    rollout_changed = Signal()
    loop_range_changed = Signal()
    problem = Signal(str, str)
    """A sentence for the error bar, and a report to copy."""

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bench = Bench()
        self.settings = settings or Settings()
        self.history = QUndoStack(self)
        self.jobs = Jobs(self)
        self.latents = LatentSpace(self)
        self.stepper = Stepper(self)
        self.shelf = ModelShelf(self)
        self.loop_range: tuple[float, float] | None = None
        self._wanted_clip: tuple[Dataset, int] | None = None
        self._left: dict[tuple[Dataset, int], _Left] = {}

    # opening

    def open(self, files: list[Path]) -> None:
        """Open datasets, motion files and checkpoints; each failure is one sentence, the others go on."""
        for path in files:
            if path.suffix.lower() == MODEL_SUFFIX:
                self.open_model(path)
            else:
                self.open_motion(path)

    def open_motion(self, path: Path, remember: bool = True) -> None:
        """Read a dataset or motion file on the files lane and put its first clip on the bench."""

        def work() -> Any:
            from poseviewer.data.readers import opening

            return opening(path)

        def done(dataset: Dataset) -> None:
            same = [d for d in self.bench.datasets if d.path is not None and dataset.path == d.path]
            for old in same:
                self.bench.datasets.remove(old)
            self.bench.datasets.append(dataset)
            if remember:
                self.settings.add_recent(path)
            self.datasets_changed.emit()
            self.select_clip(dataset, _opening_clip(dataset))
            for old in same:
                self._close_behind_readers(old)

        self.submit("files", f"Opening {path.name}", work, done, what=f"{path.name} was not opened")

    def _close_behind_readers(self, dataset: Dataset) -> None:
        """Close a dataset on the files lane, after what the index lane still reads of it."""
        title = f"Closing {dataset.name}"

        def close(_: None) -> None:
            self.submit("files", title, dataset.close, lambda _: None, quiet=True)

        self.submit("index", title, lambda: None, close, quiet=True)

    def close_dataset(self, dataset: Dataset) -> None:
        """Take a dataset off the bench; its clip goes with it."""
        if dataset not in self.bench.datasets:
            return
        self.bench.datasets.remove(dataset)
        self._left = {key: left for key, left in self._left.items() if key[0] is not dataset}
        if self.bench.dataset is dataset:
            self._place(None, None, -1)
        self._close_behind_readers(dataset)
        self.datasets_changed.emit()

    def open_model(self, path: Path, reroll: bool = False) -> None:
        """Describe a checkpoint, offer it, and put it to work."""
        self.shelf.open(path, reroll)

    def offer_models(self) -> None:
        """Describe the shipped checkpoints, name the installed models, and put to work what fits the clip."""
        self.shelf.offer_all()

    # clips

    def select_clip(self, dataset: Dataset, index: int) -> None:
        """Read a clip on the files lane and put it on the bench; the last one asked for wins."""
        self._wanted_clip = (dataset, index)

        def done(clip: Clip) -> None:
            if self._wanted_clip == (dataset, index):
                self._place(clip, dataset, index)

        self.submit("files", "Reading a clip", lambda: dataset.clip(index), done, quiet=True)

    def _place(self, clip: Clip | None, dataset: Dataset | None, index: int) -> None:
        self.stepper.halt()
        self.history.clear()
        bench = self.bench
        if bench.dataset is not None and bench.rollout is not None:
            self._left[bench.dataset, bench.clip_index] = _Left(bench.seed, bench.rollout, bench.generator)
        bench.place(clip, dataset, index)
        left = self._left.pop((dataset, index), None) if dataset is not None else None
        if left is not None and left.generator is bench.generator:
            bench.seed = left.seed
            bench.set_rollout(left.rollout, self.latents.of_rollout(left.rollout))
        self.loop_range = None
        self.loop_range_changed.emit()
        self.clip_changed.emit()
        self.rollout_changed.emit()
        self.held_changed.emit()
        self.time_changed.emit()
        self.latents.refresh()
        self.shelf.suit_clip()
        self.shelf.classify()

    # models

    def use_model(self, source: Source) -> None:
        """Put a model on offer to work."""
        self.shelf.use(source)

    def generator_replaced(self, reroll: bool) -> None:
        """Another generator is at work: what the last one made goes; `reroll` makes as much anew."""
        horizon = self.bench.horizon
        self.reset(undoable=False)
        self.embedding_replaced()
        if reroll and horizon:
            self.step(horizon)

    def embedding_replaced(self) -> None:
        """Another embedding is at work: latents of the last one, those that Undo holds too, mean nothing to it."""
        self.let_go()
        self.history.clear()
        self.bench.fit_models()
        self.latents.follow_embedding()
        self.show_rollout(self.bench.rollout)
        self.models_changed.emit()
        self.latents.refresh()

    @property
    def offers(self) -> dict[Source, Offer]:
        """The models on offer, described without loading them."""
        return self.shelf.offers

    @property
    def generator_source(self) -> Source | None:
        return self.shelf.at_work.get("generator")

    @property
    def embedding_source(self) -> Source | None:
        return self.shelf.at_work.get("embedding")

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
        if not (playing and bench.clip is not None and bench.clip.loop and not bench.generated):
            time = float(np.clip(time, 0.0, bench.end))
        if time == bench.time:
            return
        bench.time = time
        if bench.held is not None:
            bench.held = None
            self.held_changed.emit()
        self.time_changed.emit()

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
            self.loop_range_changed.emit()

    # edits that can be undone

    def set_seed(self, start: int, stop: int, drag: object = None) -> None:
        """Give the generator another stretch of the clip (half-open, clip frames); the rollout from the old one goes.

        Calls with the same `drag` are one edit to undo.
        """
        clip = self.bench.clip
        if clip is None:
            return
        start = int(np.clip(start, 0, len(clip) - 1))
        stop = int(np.clip(stop, start + 1, len(clip)))
        if (start, stop) != self.bench.seed:
            self.stepper.halt()
            self.history.push(SetSeed(self, (start, stop), drag))

    def toggle_pin(self, joint: str) -> None:
        """Pin a joint's trail, or let it go."""
        self.history.push(SetPins(self, self.bench.pins ^ {joint}, joint))

    def hold(self, latent: NDArray[np.floating]) -> None:
        """Show the pose that a latent (Z,) decodes to in the place of the present frame, while it is dragged."""
        try:
            held = self.latents.held(latent)
        except PoseviewerError as error:  # another package's embedding fails: the bar says so, the drag goes on
            self.report(error, "The pose was not decoded")
            return
        if held is not None:
            self.bench.held = held
            self.held_changed.emit()

    def keep(self, before: Held | None) -> None:
        """End a drag: the held pose stays until time moves, and can be undone."""
        if self.bench.held is not before:
            self.history.push(HoldLatent(self, before, self.bench.held))

    def let_go(self) -> None:
        """Drop the held pose."""
        if self.bench.held is not None:
            self.bench.held = None
            self.held_changed.emit()

    # generating

    def show_rollout(self, rollout: Rollout | None) -> None:
        """Put another rollout, or none, on the bench."""
        self.bench.set_rollout(rollout, None if rollout is None else self.latents.of_rollout(rollout))
        self.rollout_changed.emit()
        self.latents.encode_rollout()

    def step(self, frames: int = 1) -> None:
        """Generate frames after the newest one, and go there; from a held pose where one is held there."""
        self.stepper.step(frames)

    def back(self, frames: int = 1) -> None:
        """Take generated frames back."""
        self.stepper.back(frames)

    def reset(self, undoable: bool = True) -> None:
        """Drop the rollout."""
        self.stepper.reset(undoable)

    def set_sampling(self, *, samples: int | None = None, temperature: float | None = None) -> None:
        """How the next rollout samples; the temperature also counts for the next step of this one."""
        if samples is not None and samples != self.bench.samples:
            self.bench.samples = max(1, min(64, samples))
            self.reset(undoable=False)
        if temperature is not None:
            self.bench.temperature = max(0.0, min(2.0, temperature))
        self.rollout_changed.emit()

    # look

    def set_look(self, **changes: object) -> None:
        """Change fields of the look."""
        look = replace(self.bench.look, **changes)  # type: ignore[arg-type]
        if look != self.bench.look:
            self.bench.look = look
            self.look_changed.emit()

    @property
    def look(self) -> Look:
        return self.bench.look

    def set_fit_to(self, fit_to: FitTo) -> None:
        """Fit the map's projection to the whole dataset, the clip's action, or the clip."""
        if fit_to != self.bench.fit_to:
            self.bench.fit_to = fit_to
            self.latents.project()

    # work and its failures

    def submit(
        self,
        lane: str,
        title: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        what: str = "",
        quiet: bool = False,
    ) -> Any:
        """Run work on a lane; a failure becomes a sentence in the error bar."""
        return self.jobs.submit(lane, title, work, done, lambda error: self.report(error, what or title), quiet)

    def report(self, error: BaseException, what: str) -> None:
        """Tell of a failure: an expected one in its own sentence, any other with a report to copy."""
        trace = "".join(traceback.format_exception(error))
        sentence = error.sentence() if isinstance(error, PoseviewerError) else f"{type(error).__name__}: {error}"
        self.problem.emit(f"{what}: {sentence}", trace)

    def close(self) -> None:
        """Stop all work and save the settings."""
        self.stepper.halt()
        self.jobs.close()
        self.settings.save()


def _opening_clip(dataset: Dataset) -> int:
    """The clip shown first: "walk" of the demo, else the first."""
    for index, info in enumerate(dataset.infos[:64]):
        if info.name == "walk":
            return index
    return 0
