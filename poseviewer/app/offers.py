"""Models on offer: a checkpoint by its file, or by its name one that an installed package brings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from poseviewer import paths
from poseviewer.errors import PoseviewerError
from poseviewer.motion.matching import match
from poseviewer.motion.skeleton import Skeleton
from poseviewer.paths import MODEL_SUFFIX
from poseviewer.text import counted, printable

if TYPE_CHECKING:
    from poseviewer.motion.clip import Clip
    from poseviewer.nets.checkpoints.checkpoint import Card
    from poseviewer.nets.models.foreign import ForeignCard

_FIGURES = 8  # that a tooltip has room for
Source = Path | str
"""A checkpoint's file, or the name of an installed model."""


@dataclass(frozen=True)
class Offer:
    """What is known of a model. Of an installed one that has not been loaded kind is "" and skeleton None.

    made_of: a checkpoint's architecture, or where a package defines the model. embedding_id: an embedding's own, of
    other kinds that of the embedding they stand on. figures: what its checkpoint says that it measures, a line each.
    """

    source: Source
    made_of: str
    kind: str = ""
    skeleton: Skeleton | None = None
    fps: float | None = None
    latent: int | None = None
    embedding_id: str | None = None
    figures: tuple[str, ...] = ()

    @classmethod
    def of_card(cls, card: Card) -> Offer:
        own = str(card.document.get("id", "")) if card.kind == "embedding" else card.embedding_id
        figures = tuple(_figures(card))
        return cls(card.path, card.architecture, card.kind, card.skeleton, card.fps, card.latent, own, figures)

    @classmethod
    def of_foreign(cls, card: ForeignCard) -> Offer:
        return cls(card.name, card.entry_point, card.kind, card.skeleton, card.fps, card.latent, card.embedding_id)

    @property
    def name(self) -> str:
        return self.source if isinstance(self.source, str) else printable(self.source.stem)

    @property
    def short(self) -> str:
        """Its name beside its kind: "humanoid-generator-latent" of a generator is "humanoid latent"."""
        name = self.name
        return name.replace(f"-{self.kind}", "").replace("-", " ").strip() or name if self.kind else name

    def beside(self, folder: str) -> str:
        """The same with what tells it from another one of its name."""
        return f"{self.short} ({folder})" if folder else self.short

    def misfit(self, clip: Clip) -> str:
        """Why it cannot read a clip, in a sentence; empty where it can, or where that is not known yet.

        A classifier reads poses of its own dimensions only: a 3D clip seen from one side is not what it was trained on.
        """
        if self.skeleton is None:
            return ""
        if self.kind == "classifier" and self.skeleton.dims != clip.skeleton.dims:
            return f"{self.name} reads {self.skeleton.dims}D poses and {clip.name} has {clip.skeleton.dims}D ones."
        if self.skeleton.dims > clip.skeleton.dims:
            return f"{self.name} reads 3D poses and {clip.name} has 2D ones; choose a penn13 model."
        try:
            match(clip.skeleton, self.skeleton)
        except PoseviewerError as error:
            return error.sentence()
        return ""

    def reads_as_it_is(self, clip: Clip | None) -> bool:
        """Whether it is known to have a clip's dimensions, and so reads no view of it; true of no clip."""
        return clip is None or (self.skeleton is not None and self.skeleton.dims == clip.skeleton.dims)

    def about(self) -> str:
        """What it is made of, its latent's size, skeleton and frame rate in a line; its figures; its folder."""
        if self.skeleton is None:
            return f"{self.name}: of an installed package ({self.made_of})"
        size = f", {self.latent}-D latent" if self.latent else ""
        rate = f", {self.fps:g} fps" if self.fps else ""
        place = (f"in {printable(str(self.source.parent))}",) if isinstance(self.source, Path) else ()
        return "\n".join((f"{self.name}: {self.made_of}{size}, {self.skeleton.name}{rate}", *self.figures, *place))


def folders_apart(offers: Iterable[Offer]) -> dict[Source, str]:
    """Of checkpoints of one kind and name, as much of their folders' end as tells them apart; of all others ""."""
    alike: dict[tuple[str, str], list[Offer]] = {}
    for offer in offers:
        alike.setdefault((offer.kind, offer.name), []).append(offer)
    told: dict[Source, str] = {}
    for same in alike.values():
        told |= dict.fromkeys((offer.source for offer in same), "")
        files = [offer.source for offer in same if isinstance(offer.source, Path)]
        for depth in range(1, max((len(file.parts) for file in files), default=0) if len(files) > 1 else 0):
            ends = {file: "/".join(file.parent.parts[-depth:]) for file in files}
            told |= {file: printable(end) for file, end in ends.items()}
            if len(set(ends.values())) == len(files):
                break
    return told


def all_offers() -> dict[Source, Offer]:
    """The installed models, which somebody put there on purpose, and the shipped ones; none is loaded."""
    from poseviewer.nets.checkpoints.checkpoint import describe
    from poseviewer.nets.models import foreign

    shipped = [Offer.of_card(describe(path)) for path in sorted(paths.models().glob(f"*{MODEL_SUFFIX}"))]
    installed = [Offer(name, foreign.entry_point_of(name)) for name in foreign.names()]
    return {offer.source: offer for offer in (*installed, *shipped)}


def _figures(card: Card) -> Iterator[str]:
    """A checkpoint's metrics and its size, a line each; they are somebody's words and numbers, and made printable."""
    for name, value in list(card.metrics.items())[:_FIGURES]:
        told = value if isinstance(value, Mapping) else {"": value}
        numbers = (f"{_words(key)} {_number(figure)}".strip() for key, figure in list(told.items())[:_FIGURES])
        yield f"{_words(name)}: {', '.join(numbers)}"
    if card.kind == "generator":
        yield f"reads {card.context} frames; " + ("draws samples" if card.stochastic else "always goes on the same way")
    if card.parameters:
        yield counted(card.parameters, "parameter")


def _words(name: object) -> str:
    return printable(str(name), 40).replace("_", " ")


def _number(figure: object) -> str:
    return f"{figure:.4g}" if isinstance(figure, int | float) else printable(str(figure), 40)
