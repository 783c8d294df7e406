"""The models on offer, which of them are at work, and which fit the clip."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import numpy as np
from PySide6.QtCore import QObject, Signal

from poseviewer.app.jobs import Task
from poseviewer.app.offers import Offer, Source, all_offers
from poseviewer.bench.lane import FIRST, KINDS
from poseviewer.errors import PoseviewerError
from poseviewer.motion.matching import match
from poseviewer.motion.skeleton import CANONICAL, Skeleton

if TYPE_CHECKING:
    from poseviewer.app.desk import Desk
    from poseviewer.app.work.history import History
    from poseviewer.motion.clip import Clip
    from poseviewer.nets.protocols import Classifier, Embedding, MotionGenerator
    from poseviewer.render.palette import Role

_USUAL = {
    "generator": ("-generator-latent",),
    "embedding": ("-embedding",),
    "classifier": ("-classifier", "-classifier-raw"),
}
"""How the names of the shipped models end that are taken where the user has not chosen others."""

_WATCHED = "a watched folder's newest checkpoint"
"""The edit that all checkpoints of a training run are while nobody does anything else."""


class ModelShelf(QObject):
    """Describes models without loading them, and loads those that are put to work on the models lane.

    An installed package's code runs only when the user chooses its model, never because a file or a setting names it.
    """

    replaced = Signal()
    """Other models are at work."""
    dropped = Signal()
    """The rollout is to go: nobody but the watch made it."""
    steps_asked = Signal(int, object)
    """Frames to generate, and the key of the edit that they belong to."""

    def __init__(self, desk: Desk, history: History) -> None:
        super().__init__(desk)
        self._desk, self._history = desk, history
        self.offers: dict[Source, Offer] = {}
        self._installed: WeakValueDictionary[str, Any] = WeakValueDictionary()
        self._weights: dict[str, Path] = {}  # by installed model, the file that it was told to read
        self._failed: set[Source] = set()  # models that could not be loaded, until somebody chooses them again
        self._chosen: dict[tuple[str, int], Source] = {}  # by kind and dimensions, what was at work last
        self._asked: dict[str, tuple[Source, Clip | None]] = {}  # by kind, what a person chose, and beside which clip
        self._loading: dict[str, tuple[Source, Task]] = {}  # by kind, what was loaded last, or is still being loaded
        # "generator b" is a kind of its own here: what is at work in the second lane is chosen by a person alone

    def open(self, path: Path, reroll: bool = False, beside: Collection[Path] = ()) -> None:
        """Describe a checkpoint, offer it, and put it to work: in lane B where a generator of `beside` just came."""
        path = path.absolute()  # a shipped one is on offer already

        def work() -> Offer:
            from poseviewer.nets.checkpoints.checkpoint import describe

            return Offer.of_card(describe(path))

        def done(offer: Offer) -> None:
            self.offers[path] = offer
            self._desk.settings.add_recent(path)
            came, _ = self._asked.get(KINDS[FIRST], (None, None))
            second = bool(beside) and offer.kind == "generator" and came in beside
            self.use(path, reroll, role="generated_b" if second else None)

        self._desk.submit("files", f"Opening {path.name}", work, done, what=f"{path.name} was not opened")

    def offer_all(self) -> None:
        """Describe the shipped checkpoints, name the installed models, and put to work what fits the clip."""

        def done(offers: dict[Source, Offer]) -> None:
            self.offers.update(offers)
            with self._desk.together():
                self._desk.announce(self._desk.models_changed)
                self.suit_clip()

        self._desk.submit("files", "Reading the models' cards", all_offers, done, quiet=True)

    def use(self, source: Source, reroll: bool = False, asked: bool = True, role: Role | None = None) -> None:
        """Load a model and put it to work; a generator brings the embedding it stands on. role: a generator's lane, the
        one in focus where none is named.

        reroll: generate as many frames as there were, from the same seed. asked: a person did, and may undo it.
        """
        offer = self.offers[source]
        if role is None:
            role = self._desk.bench.lane.role if asked and not reroll else FIRST
        slot = KINDS[role] if offer.kind == "generator" else offer.kind

        def work() -> tuple[Any, Offer]:
            made = self.loaded(source)
            if isinstance(source, str):
                from poseviewer.nets.models import foreign

                return made, Offer.of_foreign(foreign.card_of(source, made))
            return made, offer

        def done(made: tuple[Any, Offer]) -> None:
            model, self.offers[source] = made
            edit = self._history.editing(f"choice of {offer.name}", _WATCHED if reroll else None)
            with edit if asked else self._desk.together():
                self._put_to_work(model, self.offers[source], reroll, role)

        def failed(error: BaseException) -> None:
            self._failed.add(source)
            self._desk.report(error, f"{offer.name} was not loaded")
            self.suit_clip()

        self._failed.discard(source)
        if asked:
            self._asked[slot] = (source, self._desk.bench.clip)
            self._tell_misfits()
        task = self._desk.jobs.submit("models", f"Loading {offer.name}", work, done, failed)
        self._loading[slot] = (source, task)

    def reload(self, name: str, weights: Path) -> None:
        """Let an installed model read a file of weights, and put it to work as a watched checkpoint is."""
        from poseviewer.nets.models import foreign

        self._weights[name] = weights
        self._installed.pop(name, None)
        if name not in self.offers:
            self.offers[name] = Offer(name, foreign.entry_point_of(name))
        self.use(name, reroll=True)

    def clear(self, role: Role) -> None:
        """Take a lane off the bench; its rollouts stay kept."""
        bench = self._desk.bench
        lane = bench.lane_of(role)
        if lane is None or len(bench.lanes) < 2:
            return
        with self._history.editing(f"lane {lane.name} away"):
            self._asked.pop(lane.kind, None)
            self._desk.at_work.pop(lane.kind, None)
            bench.clear(role)
            self.replaced.emit()

    def loaded(self, source: Source) -> Any:
        """A model, the same object while anybody has it and its file is the same. Raises PoseviewerError."""
        if isinstance(source, Path):
            from poseviewer.nets.models.load import shared_model

            return shared_model(source)
        from poseviewer.nets.models import foreign

        model = self._installed.get(source)
        if model is None:
            model = self._installed[source] = foreign.load(source, self._weights.get(source))
        return model

    def put_back(
        self,
        generators: Mapping[Role, tuple[MotionGenerator | None, Source | None]],
        embedding: tuple[Embedding | None, Source | None],
    ) -> None:
        """Put models that were at work before to work again, each with its source, if others are: by lane."""
        bench, at_work = self._desk.bench, self._desk.at_work
        there = {lane.role: lane.generator for lane in bench.lanes}
        if (there, bench.embedding) == ({role: model for role, (model, _) in generators.items()}, embedding[0]):
            return
        models = {KINDS[role]: made for role, made in generators.items()} | {"embedding": embedding}
        for kind in (*KINDS.values(), "embedding"):
            at_work.pop(kind, None)
            model, source = models.get(kind, (None, None))
            if model is not None and source is not None:
                at_work[kind] = self._chosen[kind, model.skeleton.dims] = source
        for role, (generator, _) in generators.items():
            bench.put(replace(bench.lay(role), generator=generator))
        for role in there.keys() - generators.keys():
            bench.clear(role)
        bench.embedding = embedding[0]
        self.replaced.emit()

    def _put_to_work(self, model: Any, offer: Offer, reroll: bool, role: Role) -> None:
        desk, kind, dims = self._desk, offer.kind, model.skeleton.dims
        slot = KINDS[role] if kind == "generator" else kind
        desk.at_work[slot] = self._chosen[slot, dims] = offer.source
        if isinstance(offer.source, Path):
            desk.settings.put(f"model/{slot}/{dims}D", offer.name)
        if kind == "classifier":
            desk.bench.classifier = model
            desk.announce(desk.models_changed)
            self.classify()
            why = "" if desk.bench.clip is None else offer.misfit(desk.bench.clip)
            if why:  # no panel of its own says why it stays silent
                desk.problem.emit(why, "")
            return
        if kind == "embedding":
            desk.bench.embedding = model
            self.replaced.emit()
            return
        bench = desk.bench
        lane = bench.lay(role)
        if reroll and self._history.goes_on(_WATCHED):
            self.dropped.emit()
        others = [other for other in bench.lanes if other.role != role and other.generator is model]
        alone = all((other.samples, other.number) != (lane.samples, lane.number) for other in others)
        number = lane.number if alone else 1 + max(other.number for other in others)  # each has its own rollouts
        bench.put(replace(lane, generator=model, number=number))
        if getattr(model, "embedding", None) is not None and (role == FIRST or bench.embedding is None):
            desk.at_work["embedding"] = offer.source
            bench.embedding = model.embedding
        self.replaced.emit()
        self._suit_embedding()
        if reroll and lane.horizon:
            self.steps_asked.emit(lane.horizon, _WATCHED)

    def suit_clip(self) -> None:
        """Where the model of a kind that is at work does not read the clip, put one to work that does.

        A generator for other dimensions is taken off the bench where none fits; an embedding then serves alone.
        """
        clip = self._desk.bench.clip
        if clip is None or not self.offers:
            return
        self._tell_misfits()
        self._desk.why_no_generator = ""
        if self._suits("generator", clip):
            self._suit_embedding()
        elif not self._put_usual_to_work("generator", clip):
            self._take_generator_off(clip)
            self._suit_embedding()
        if not self._suits("classifier", clip):
            self._put_usual_to_work("classifier", clip)

    def _suit_embedding(self) -> None:
        """A generator of raw poses brings none, and one may not fit any more."""
        clip = self._desk.bench.clip
        if clip is not None and not self._suits("embedding", clip):
            self._put_usual_to_work("embedding", clip)

    def _suits(self, kind: str, clip: Clip) -> bool:
        """Whether the model at work, or about to be, reads a clip, or no other one would.

        It is for the clip's dimensions, too, unless a person chose it beside this clip or before there was any.
        """
        source = self.coming(kind) or self._desk.at_work.get(kind)
        offer = None if source is None else self.offers.get(source)
        if offer is None or offer.skeleton is None:
            return False
        misfit = offer.misfit(clip)
        if self._asked.get(kind) in ((source, clip), (source, None)) and not misfit:
            return True
        return offer.skeleton.dims == clip.skeleton.dims and (not misfit or self._usual(kind, clip) is None)

    def _tell_misfits(self) -> None:
        """Say of a model that a person chose that it does not read the clip: another one may take its place at once."""
        clip = self._desk.bench.clip
        for kind, (source, beside) in list(self._asked.items()):
            misfit = "" if clip is None or beside not in (None, clip) else self.offers[source].misfit(clip)
            if misfit:
                del self._asked[kind]
                self._desk.problem.emit(misfit, "")

    def coming(self, kind: str) -> Source | None:
        """The model of a kind that is being loaded."""
        source, task = self._loading.get(kind, (None, None))
        return source if task in self._desk.jobs.running and task is not None and not task.cancelled else None

    def is_at_work(self, offer: Offer) -> bool:
        """Whether a model is at work as what it is; an embedding also where a generator brought the same one along."""
        slots = KINDS.values() if offer.kind == "generator" else (offer.kind,)
        if any(self._desk.at_work.get(slot) == offer.source for slot in slots):
            return True
        own = getattr(self._desk.bench.embedding, "id", None)
        return offer.kind == "embedding" and bool(own) and offer.embedding_id == own

    def _put_usual_to_work(self, kind: str, clip: Clip) -> bool:
        source = self._usual(kind, clip)
        if source is not None:
            self.use(source, asked=False)
        return source is not None

    def _take_generator_off(self, clip: Clip) -> None:
        desk, skeleton = self._desk, clip.skeleton
        unread = any(not offer.kind for offer in self.offers.values())
        cure = "Choose an installed model that does, or open one." if unread else "Open one that does."
        flat = [o.short for o in self.offers.values() if o.kind == "generator" and o.skeleton and not o.misfit(clip)]
        if flat:
            cure = f"Open one that does, or choose a 2D one, which continues what one side shows: {', '.join(flat)}."
        failed = [offer.name for source, offer in self.offers.items() if source in self._failed]
        self._desk.why_no_generator = (
            f"{', '.join(failed)} could not be loaded."
            if failed
            else f"No {skeleton.dims}D generator on offer reads {clip.name} (skeleton {skeleton.name!r})"
            f"{_why(skeleton)}. {cure}"
        )
        if desk.at_work.pop("generator", None) is not None:
            desk.bench.put(replace(desk.bench.lay(FIRST), generator=None))
            desk.bench.embedding = None
            desk.at_work.pop("embedding", None)
        self.replaced.emit()

    def _usual(self, kind: str, clip: Clip) -> Source | None:
        """Of the models that read a clip the one chosen last, now or in an earlier desk, or the usual one."""
        dims = clip.skeleton.dims
        fitting = {
            source: offer.name
            for source, offer in self.offers.items()
            if offer.kind == kind and offer.skeleton is not None and offer.skeleton.dims == dims
            if source not in self._failed and not offer.misfit(clip)
        }
        chosen = self._chosen.get((kind, dims))
        if chosen in fitting:
            return chosen
        remembered = self._desk.settings.text(f"model/{kind}/{dims}D")
        endings = filter(None, (remembered, *_USUAL[kind]))
        usual = (source for ending in endings for source, name in fitting.items() if name.endswith(ending))
        return next(usual, next(iter(fitting), None))

    def classify(self) -> None:
        """Ask the classifier at work for the clip's class, on the models lane."""
        desk, bench = self._desk, self._desk.bench
        classifier, clip, offer = bench.classifier, bench.clip, self.offers.get(desk.at_work.get("classifier", ""))
        bench.class_probabilities = None
        if classifier is None or clip is None or (offer is not None and offer.misfit(clip)):
            desk.announce(desk.class_probabilities_changed)
            return

        def done(probabilities: Any) -> None:
            if bench.classifier is classifier and bench.clip is clip:
                bench.class_probabilities = probabilities
                desk.announce(desk.class_probabilities_changed)

        desk.submit("models", "Classifying the clip", lambda: _classes_of(classifier, clip), done, quiet=True)


def _why(skeleton: Skeleton) -> str:
    """What keeps a skeleton from the canonical one that most models read, behind a colon; empty where nothing does."""
    for target in CANONICAL.values():
        if target.dims == skeleton.dims:
            try:
                match(skeleton, target)
            except PoseviewerError as error:
                return f": {error.cause}"
    return ""


def _classes_of(classifier: Classifier, clip: Clip) -> Any:
    """(C,) probabilities of a clip's classes: the mean of their logarithms over the frames, made to sum to one."""
    mapped = clip.onto(classifier.skeleton).resample(classifier.fps)
    visible = None if mapped.visible is None else mapped.visible[None]
    mean = np.asarray(classifier.log_probabilities(mapped.positions[None], visible))[0].mean(axis=0)
    likelihood = np.exp(mean - mean.max())
    return likelihood / likelihood.sum()
