"""Models on offer: a checkpoint by its file, or by its name one that an installed package brings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from poseviewer import paths
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import Skeleton, match
from poseviewer.paths import MODEL_SUFFIX

if TYPE_CHECKING:
    from poseviewer.motion.clip import Clip
    from poseviewer.nets.checkpoint import Card
    from poseviewer.nets.foreign import ForeignCard

Source = Path | str
"""A checkpoint's file, or the name of an installed model."""


@dataclass(frozen=True)
class Offer:
    """What is known of a model. Of an installed one that has not been loaded kind is "" and skeleton None.

    made_of: a checkpoint's architecture, or where a package defines the model. embedding_id: an embedding's own, of
    other kinds that of the embedding they stand on.
    """

    source: Source
    made_of: str
    kind: str = ""
    skeleton: Skeleton | None = None
    fps: float | None = None
    latent: int | None = None
    embedding_id: str | None = None

    @classmethod
    def of_card(cls, card: Card) -> Offer:
        own = str(card.document.get("id", "")) if card.kind == "embedding" else card.embedding_id
        return cls(card.path, card.architecture, card.kind, card.skeleton, card.fps, card.latent, own)

    @classmethod
    def of_foreign(cls, card: ForeignCard) -> Offer:
        return cls(card.name, card.entry_point, card.kind, card.skeleton, card.fps, card.latent, card.embedding_id)

    @property
    def name(self) -> str:
        return self.source if isinstance(self.source, str) else self.source.stem

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

    def about(self) -> str:
        """One line: what it is made of, its latent's size, skeleton and frame rate."""
        if self.skeleton is None:
            return f"{self.name}: of an installed package ({self.made_of})"
        size = f", {self.latent}-D latent" if self.latent else ""
        rate = f", {self.fps:g} fps" if self.fps else ""
        return f"{self.name}: {self.made_of}{size}, {self.skeleton.name}{rate}"


def all_offers() -> dict[Source, Offer]:
    """The installed models, which somebody put there on purpose, and the shipped ones; none is loaded."""
    from poseviewer.nets import foreign
    from poseviewer.nets.checkpoint import describe

    shipped = [Offer.of_card(describe(path)) for path in sorted(paths.models().glob(f"*{MODEL_SUFFIX}"))]
    installed = [Offer(name, foreign.entry_point_of(name)) for name in foreign.names()]
    return {offer.source: offer for offer in (*installed, *shipped)}
