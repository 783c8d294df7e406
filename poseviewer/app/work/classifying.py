"""What classifiers take the clip and the rollouts for, answered beside the work: no frame waits for it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import QObject

from poseviewer.app.offers import Offer, Source
from poseviewer.app.seldom import Seldom
from poseviewer.bench.classes.naming import BOTH, Namer, Naming
from poseviewer.errors import PoseviewerError
from poseviewer.motion.matching import match
from poseviewer.motion.skeleton import Skeleton
from poseviewer.progress import Progress
from poseviewer.render.palette import Role

if TYPE_CHECKING:
    from poseviewer.analysis.classes.answers import Answers, Frames
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.app.desk import Desk
    from poseviewer.app.work.stepper import Stepper
    from poseviewer.bench.lane import Lane
    from poseviewer.motion.clip import Clip
    from poseviewer.nets.protocols import Classifier

_FAILED = "it gave no answer"
_Key = tuple["Classifier", int]
"""Who answered, and about which sample."""


@dataclass(frozen=True, eq=False)
class _Other:
    """The classifier beside the one at work, or why it could not be loaded; None while it is being loaded."""

    source: Source
    model: Classifier | str | None


class Classifying(QObject):
    """Keeps `bench.naming` true to clip, rollouts and classifiers. Answers are kept beside their rollout, and a rollout
    has those about frames that it shares with the last one: Back only cuts them, a step asks for what is new alone.
    """

    def __init__(
        self,
        desk: Desk,
        stepper: Stepper,
        offers: Mapping[Source, Offer],
        loaded: Callable[[Source], Any],
        coming: Callable[[str], Source | None],
    ) -> None:
        super().__init__(desk)
        self._desk, self._stepper, self._offers, self._loaded = desk, stepper, offers, loaded
        self._of_clip: tuple[Clip, dict[Classifier, Answers | str]] | None = None
        self._of_rollouts: WeakKeyDictionary[Rollout, dict[_Key, Answers | str]] = WeakKeyDictionary()
        # what was answered last about each lane, by whom
        self._newest: dict[tuple[Role, Classifier], tuple[Rollout, int, Answers]] = {}
        self._other: _Other | None = None
        self._busy, self._coming, self._came = False, coming, False
        desk.jobs.changed.connect(self._look_for_one)
        for signal in (desk.clip_changed, desk.models_changed, desk.look_changed, stepper.running_changed):
            signal.connect(self.follow)
        self._seldom = Seldom(self, self.follow, lambda: stepper.running)
        desk.rollout_changed.connect(self._seldom.ask)

    def follow(self) -> None:
        """Show what is known, and have answered what is not."""
        desk, bench = self._desk, self._desk.bench
        if bench.clip is None:
            self._of_clip, self._newest = None, {}
        namers = self._namers()
        if namers != bench.naming.namers:
            bench.naming = Naming(namers)
            desk.announce(desk.classes_changed)
        answers: dict[tuple[int, Role | None], Answers | str] = {}
        due: list[Callable[[], None]] = []
        for place, namer in enumerate(namers):
            if namer.classifier is None or bench.clip is None:
                continue
            of_clip = self._about_clip(namer.name, namer.classifier, bench.clip, due)
            if of_clip is not None:
                answers[place, None] = of_clip
            for lane in bench.lanes:
                if lane.rollout is not None and lane.tracks:
                    known = self._of_lane(namer.name, namer.classifier, lane, lane.rollout, due)
                    if isinstance(known, str) or len(known.frames):
                        answers[place, lane.role] = known
        if dict(bench.naming.answers) != answers:
            bench.naming = replace(bench.naming, answers=answers)
            desk.announce(desk.classes_changed)
        if due and not self._busy:
            self._busy = True
            due[0]()

    def _look_for_one(self) -> None:
        """Whether one is being loaded has changed: one that cannot be loaded is no news of the models."""
        coming = self._coming("classifier") is not None
        if coming != self._came:
            self._came = coming
            self.follow()

    # who answers

    def _namers(self) -> tuple[Namer, ...]:
        bench, found = self._desk.bench, []
        offer = self._offers.get(self._desk.at_work.get("classifier", ""))
        if not bench.look.classes or bench.clip is None:
            return ()
        if bench.classifier is None or offer is None:
            why = "No classifier is at work: choose one in the library." if self._offers else ""
            why = "The classifier is being loaded." if self._coming("classifier") is not None else why
            found.append(Namer("no classifier", "raw", None, why))
        else:
            found.append(Namer(offer.name, _kind(offer), bench.classifier))
            if bench.look.classes == BOTH:
                found.append(self._beside(offer))
        return tuple(found)

    def _beside(self, offer: Offer) -> Namer:
        """Of the same skeleton the classifier of the other kind: of latents beside one of raw poses."""
        kind = "raw" if _kind(offer) == "latent" else "latent"
        own = offer.skeleton
        fitting = [
            other
            for other in self._offers.values()
            if other.kind == "classifier" and _kind(other) == kind
            if own is not None and other.skeleton is not None and own.same_as(other.skeleton)
        ]
        if not fitting:
            return Namer(kind, kind, None, f"No {kind} classifier of {'' if own is None else own.name} is on offer.")
        other = fitting[0]
        if self._other is None or self._other.source != other.source:
            self._load(other.source)
        assert self._other is not None
        model = self._other.model
        return Namer(other.name, kind, None, model) if isinstance(model, str) else Namer(other.name, kind, model)

    def _load(self, source: Source) -> None:
        self._other = wanted = _Other(source, None)

        def put(model: Classifier | str) -> None:
            if self._other is wanted:
                self._other = _Other(source, model)
                self.follow()

        def failed(error: BaseException) -> None:
            put(error.sentence() if isinstance(error, PoseviewerError) else f"{self._offers[source].name}: {error}")

        self._desk.jobs.submit("classes", "Loading a classifier", partial(self._loaded, source), put, failed, True)

    # what they answer

    def _about_clip(
        self, name: str, classifier: Classifier, clip: Clip, due: list[Callable[[], None]]
    ) -> Answers | str | None:
        """What is known of the clip; what is not is asked for."""
        if self._of_clip is None or self._of_clip[0] is not clip:
            self._of_clip = clip, {}
            self._newest = {}
        kept = self._of_clip[1]
        misfit = _misfit(name, classifier, clip.skeleton, clip.name)
        if not misfit and classifier not in kept:
            due.append(partial(self._ask, partial(_clip_job, classifier, clip), partial(kept.__setitem__, classifier)))
        return misfit or kept.get(classifier)

    def _of_lane(
        self, name: str, classifier: Classifier, lane: Lane, rollout: Rollout, due: list[Callable[[], None]]
    ) -> Answers | str:
        """What is known of a lane's rollout; what is not is asked for."""
        from poseviewer.analysis.classes.answers import asked_of_rollout

        misfit = _misfit(name, classifier, rollout.skeleton, f"what {lane.name} generates")
        if misfit:
            return misfit
        key = classifier, lane.sample
        kept = self._of_rollouts.setdefault(rollout, {})
        known = kept[key] = self._known(lane.role, rollout, key)
        if isinstance(known, str):
            return known
        asked = asked_of_rollout(rollout.length, rollout.fps, not self._stepper.running)
        if not np.isin(asked, known.frames).all():
            job = partial(_rollout_job, classifier, rollout, lane.sample, known, asked)

            def keep(answers: Answers | str) -> None:
                kept[key] = answers
                if not isinstance(answers, str):
                    self._newest[lane.role, classifier] = rollout, lane.sample, answers

            due.append(partial(self._ask, job, keep))
        return known

    def _known(self, role: Role, rollout: Rollout, key: _Key) -> Answers | str:
        """Of a rollout itself, or of the frames that it shares with the one that was answered about last."""
        from poseviewer.analysis.classes.answers import NONE

        known = self._of_rollouts[rollout].get(key, NONE)
        classifier, sample = key
        if isinstance(known, str) or (role, classifier) not in self._newest:
            return known
        last, about, answers = self._newest[role, classifier]
        if about != sample or last is rollout:
            return known
        shared = answers.until(rollout.shared(last))
        return shared if len(shared.frames) > len(known.frames) else known

    def _ask(
        self, job: Callable[[], Generator[Progress, None, Answers]], keep: Callable[[Answers | str], None]
    ) -> None:
        def done(answers: Answers | str) -> None:
            self._busy = False
            keep(answers)
            self.follow()

        def failed(error: BaseException) -> None:
            if not isinstance(error, PoseviewerError):
                self._desk.report(error, "The motion was not classified")
            done(error.sentence() if isinstance(error, PoseviewerError) else _FAILED)

        self._desk.jobs.submit("classes", "Naming the action", job, done, failed, True)


def _clip_job(classifier: Classifier, clip: Clip) -> Generator[Progress, None, Answers]:
    from poseviewer.analysis.classes import answers

    return answers.of_clip(classifier, clip)


def _rollout_job(
    classifier: Classifier, rollout: Rollout, sample: int, known: Answers, asked: Frames
) -> Generator[Progress, None, Answers]:
    from poseviewer.analysis.classes import answers

    return answers.of_rollout(classifier, rollout, sample, known, asked)


def _kind(offer: Offer) -> str:
    return "raw" if offer.embedding_id is None else "latent"


def _misfit(name: str, classifier: Classifier, skeleton: Skeleton, what: str) -> str:
    """Why a classifier does not read poses of a skeleton; empty where it does."""
    own = classifier.skeleton
    if own.dims != skeleton.dims:
        return f"{name} reads {own.dims}D poses, {what} has {skeleton.dims}D ones."
    try:
        match(skeleton, own)
    except PoseviewerError as error:
        return error.sentence()
    return ""
