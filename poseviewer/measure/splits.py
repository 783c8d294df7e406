"""Which clips of a dataset a model is judged on, and which its training has seen: the same for every figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints.checkpoint import Card
from poseviewer.train.corpus import cut_at_jumps


@dataclass(frozen=True, eq=False)
class Split:
    """Clips of a dataset, in its order. judged: what is asked about; training: the dataset's training split; held:
    what the model's training set aside to choose by.
    """

    judged: list[Clip]
    training: list[Clip]
    held: list[Clip]

    @property
    def learned(self) -> list[Clip]:
        """The training split without what was set aside."""
        return [clip for clip in self.training if not _among(clip, self.held)]

    @property
    def unjudged(self) -> list[Clip]:
        """The training split as far as it is not asked about."""
        return [clip for clip in self.training if not _among(clip, self.judged)]


def split_of(
    dataset: Dataset, split: str, cards: Sequence[Card], skeleton: Skeleton | None = None, fps: float | None = None
) -> Split:
    """The clips for models of one recipe, by their cards, on a skeleton and at a frame rate where those are given.

    split: "test", "train" (without what the first model's training set aside), "validation": what the trainings of all
    of them set aside, or "all" clips. Raises PoseviewerError where no clip is to be judged.
    """
    aside, common = cards[0].set_aside, frozenset.intersection(*(card.set_aside for card in cards))
    parts = Split([], [], [])
    for i, info in enumerate(dataset.infos):
        judged = info.name in common if split == "validation" else info.split == split and info.name not in aside
        judged = judged or split == "all"
        wanted = ((parts.judged, judged), (parts.training, info.split == "train"), (parts.held, info.name in aside))
        if not any(mine for _, mine in wanted):
            continue
        clip = dataset.clip(i)
        clip = clip if skeleton is None else clip.onto(skeleton)
        clip = clip if fps is None else clip.resample(fps)
        for clips, mine in wanted:
            if mine:
                clips.append(clip)
    if not parts.judged:
        cause, cure = f"it has no clips of the split {split!r}", "name another one"
        if split == "validation" and parts.held:
            cause, cure = "no clip was set aside by all of the models", "measure each alone"
        raise PoseviewerError(dataset.name, "", cause, cure)
    return parts


def usual_split(dataset: Dataset) -> str:
    """ "test" where some clip has that split; "all" where none has: then nobody has said which ones to judge."""
    return "test" if "test" in dataset.infos.texts("split") else "all"


def pieces(clips: Iterable[Clip]) -> list[Clip]:
    """What is learned from clips: they are cut where their heading jumps."""
    return [piece for clip in clips for piece in cut_at_jumps(clip)]


def _among(clip: Clip, clips: Sequence[Clip]) -> bool:
    return any(clip is other for other in clips)
