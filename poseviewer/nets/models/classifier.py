"""A classifier that speaks poses: which action each frame shows, from features or an embedding's latents."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.nets.checkpoints.checkpoint import Card, Tensors
from poseviewer.nets.models.answers import require_numbers
from poseviewer.nets.models.building import ClassifierNetwork
from poseviewer.nets.models.frame_code import FramesModel
from poseviewer.nets.protocols import Array


class ClassifierModel(FramesModel):
    """Numpy in and out; meets the Classifier protocol. window: frames at `fps` that the answer for one frame needs."""

    network: ClassifierNetwork

    def __init__(self, card: Card, tensors: Tensors, device: str = "cpu") -> None:
        super().__init__(card, tensors, device)
        self.classes, self.window = card.classes, self.network.window
        if len(card.classes) != self.network.config.classes:
            raise PoseviewerError(card.path, "classes", "they do not fit the network", "get the file again")

    @torch.inference_mode()
    def log_probabilities(self, poses: Array, visible: NDArray[np.bool_] | None = None) -> Array:
        """Motions (B, F, J, D) at `fps` -> logarithms of the classes' probabilities (B, F, C) in each frame.

        Joints that are NaN count as unknown, occluded ones as where they are said to be. A clip's class has the largest
        mean over its frames.
        """
        del visible
        return self._told(poses)

    @property
    def features_size(self) -> int:
        """H, features that the last layer reads of a frame."""
        return int(self._last.in_features)

    @torch.inference_mode()
    def read(self, poses: Array) -> tuple[Array, Array]:
        """Of motions (B, F, J, D) the same, and what the last layer reads: (B, F, C), (B, F, H)."""
        seen: list[Tensor] = []
        hook = self._last.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
        try:
            return self._told(poses), seen[0].cpu().numpy()
        finally:
            hook.remove()

    @property
    def _last(self) -> torch.nn.Linear:
        return cast(torch.nn.Linear, cast(Any, self.network).last[-1])

    def _told(self, poses: Array) -> Array:
        poses = np.asarray(poses, dtype=np.float64)
        x = self._standardised(self._code.of_motions(poses, self.fps))
        logits = self.network(x, torch.ones(x.shape[:2], device=self.device))
        told: Array = torch.log_softmax(logits, dim=-1).cpu().numpy()
        require_numbers(told, self.path, "log_probabilities")
        return told

    def clip_log_probabilities(self, clip: Clip) -> Array:
        """(C,) logarithms of the classes' probabilities of a whole clip, brought to the model's skeleton and rate."""
        clip = clip.onto(self.skeleton).resample(self.fps)
        mean = self.log_probabilities(clip.positions[None])[0].mean(axis=0)
        return mean - np.log(np.exp(mean).sum())
