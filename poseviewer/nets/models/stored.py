"""What every model knows of itself that was read from a checkpoint."""

from __future__ import annotations

from pathlib import Path

from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints.checkpoint import Card


class StoredModel:
    """card: the checkpoint's."""

    card: Card

    @property
    def skeleton(self) -> Skeleton:
        return self.card.skeleton

    @property
    def path(self) -> Path:
        return self.card.path
