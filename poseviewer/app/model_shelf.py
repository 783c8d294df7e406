"""The checkpoints on offer, which of them are at work, and which fit the clip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject

from poseviewer import paths
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import match
from poseviewer.paths import MODEL_SUFFIX

if TYPE_CHECKING:
    from poseviewer.app.session import Session
    from poseviewer.motion.clip import Clip
    from poseviewer.nets.checkpoint import Card
    from poseviewer.nets.protocols import Classifier

_USUAL = {
    "generator": ("-generator-latent",),
    "embedding": ("-embedding",),
    "classifier": ("-classifier", "-classifier-raw"),
}
"""How the names of the shipped models end that are taken where the user has not chosen others."""


class ModelShelf(QObject):
    """Describes checkpoints without loading them, and loads those that are put to work on the models lane."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.cards: dict[Path, Card] = {}
        self.at_work: dict[str, Path] = {}
        """The checkpoint of each kind ("embedding", "generator", "classifier") that is at work."""
        self.why_no_generator = ""
        """Why nothing can generate from the clip although models are on offer; empty while one may still be loading."""

    def open(self, path: Path, reroll: bool = False) -> None:
        """Describe a checkpoint, offer it, and put it to work."""

        def work() -> Card:
            from poseviewer.nets.checkpoint import describe

            return describe(path)

        def done(card: Card) -> None:
            self.cards[path] = card
            self._session.settings.add_recent(path)
            self.use(path, reroll)

        self._session.submit("files", f"Opening {path.name}", work, done, what=f"{path.name} was not opened")

    def offer_shipped(self) -> None:
        """Describe the shipped checkpoints and put those to work that fit the clip."""

        def work() -> dict[Path, Card]:
            from poseviewer.nets.checkpoint import describe

            return {path: describe(path) for path in sorted(paths.models().glob(f"*{MODEL_SUFFIX}"))}

        def done(cards: dict[Path, Card]) -> None:
            self.cards.update(cards)
            self._session.models_changed.emit()
            self.suit_clip()

        self._session.submit("files", "Reading the models' cards", work, done, quiet=True)

    def use(self, path: Path, reroll: bool = False) -> None:
        """Load a checkpoint and put it to work; a generator brings the embedding it stands on.

        reroll: generate as many frames as there were, from the same seed.
        """

        def work() -> Any:
            from poseviewer.nets.model import load_model

            return load_model(path)

        def done(model: Any) -> None:
            session, kind = self._session, self.cards[path].kind
            self.at_work[kind] = path
            session.settings.put(f"model/{kind}/{model.skeleton.dims}D", path.stem)
            if kind == "classifier":
                session.bench.classifier = model
                session.models_changed.emit()
                self.classify()
                return
            if kind == "generator":
                session.bench.generator = model
            embedding = model.embedding if kind == "generator" else model
            if embedding is not None:
                self.at_work["embedding"] = path
                session.bench.embedding = embedding
            session.models_replaced(reroll)

        self._session.submit("models", f"Loading {path.stem}", work, done, what=f"{path.name} was not loaded")

    def suit_clip(self) -> None:
        """Where no model of a kind is at work, or one for poses of other dimensions, put the usual one to work.

        A generator for other dimensions is taken off the bench where none fits; an embedding then serves alone.
        """
        clip = self._session.bench.clip
        if clip is None or not self.cards:
            return
        self.why_no_generator = ""
        if not self._suits("generator", clip) and not self._put_usual_to_work("generator", clip):
            self._take_generator_off(clip)
            if not self._suits("embedding", clip):
                self._put_usual_to_work("embedding", clip)
        if not self._suits("classifier", clip):
            self._put_usual_to_work("classifier", clip)

    def _suits(self, kind: str, clip: Clip) -> bool:
        at_work = self.cards.get(self.at_work.get(kind, Path()))
        return at_work is not None and at_work.skeleton.dims == clip.skeleton.dims

    def _put_usual_to_work(self, kind: str, clip: Clip) -> bool:
        path = self._usual(kind, clip)
        if path is not None:
            self.use(path)
        return path is not None

    def _take_generator_off(self, clip: Clip) -> None:
        session, wanted = self._session, "penn13" if clip.skeleton.dims == 2 else "humanoid"
        dims = f"{clip.skeleton.dims}D"
        self.why_no_generator = (
            f"No generator on offer reads {clip.name}, whose poses are {dims}. Open one for {wanted!r}."
        )
        if self.at_work.pop("generator", None) is not None:
            session.bench.generator = session.bench.embedding = None
            self.at_work.pop("embedding", None)
        session.models_replaced(reroll=False)

    def _usual(self, kind: str, clip: Clip) -> Path | None:
        dims = clip.skeleton.dims
        fitting = [
            path
            for path, card in self.cards.items()
            if card.kind == kind and card.skeleton.dims == dims and not misfit(card, clip)
        ]
        remembered = self._session.settings.text(f"model/{kind}/{dims}D")
        for ending in filter(None, (remembered, *_USUAL[kind])):
            for path in fitting:
                if path.stem.endswith(ending):
                    return path
        return fitting[0] if fitting else None

    def classify(self) -> None:
        """Ask the classifier at work for the clip's class, on the models lane."""
        session, bench = self._session, self._session.bench
        classifier, clip = bench.classifier, bench.clip
        bench.class_probabilities = None
        if classifier is None or clip is None or self._misfit_of_classifier(clip):
            session.latents_changed.emit()
            return

        def done(probabilities: Any) -> None:
            if bench.classifier is classifier and bench.clip is clip:
                bench.class_probabilities = probabilities
                session.latents_changed.emit()

        session.submit("models", "Classifying the clip", lambda: _classes_of(classifier, clip), done, quiet=True)

    def _misfit_of_classifier(self, clip: Clip) -> str:
        card = self.cards.get(self.at_work.get("classifier", Path()))
        return "" if card is None else misfit(card, clip)


def misfit(card: Card, clip: Clip) -> str:
    """Why a checkpoint cannot read a clip, in a sentence; empty where it can.

    A classifier reads poses of its own dimensions only: a 3D clip seen from one side is not what it was trained on.
    """
    if card.kind == "classifier" and card.skeleton.dims != clip.skeleton.dims:
        return f"{card.path.stem} reads {card.skeleton.dims}D poses and {clip.name} has {clip.skeleton.dims}D ones."
    if card.skeleton.dims > clip.skeleton.dims:
        return f"{card.path.stem} reads 3D poses and {clip.name} has 2D ones; choose a penn13 model."
    try:
        match(clip.skeleton, card.skeleton)
    except PoseviewerError as error:
        return error.sentence()
    return ""


def _classes_of(classifier: Classifier, clip: Clip) -> Any:
    """(C,) probabilities of a clip's classes: the mean of their logarithms over the frames, made to sum to one."""
    mapped = clip.onto(classifier.skeleton).resample(classifier.fps)
    visible = None if mapped.visible is None else mapped.visible[None]
    mean = np.asarray(classifier.log_probabilities(mapped.positions[None], visible))[0].mean(axis=0)
    likelihood = np.exp(mean - mean.max())
    return likelihood / likelihood.sum()
