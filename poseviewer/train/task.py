"""What is to be trained, what it stands on, and the checkpoint that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from torch import Tensor

from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints.checkpoint import EMBEDDING, NETWORK, Tensors, skeleton_document, whole
from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.choice import fit_space
from poseviewer.train.loop import Unfinished

_NEEDED = ("noise_correlation", "residual_fading")
_DRAWN = (*_NEEDED, "noise_gain")


class Network(Protocol):
    """A network with the dataclass that it was made by."""

    config: Any

    def state_dict(self) -> Mapping[str, Tensor]: ...


@dataclass(frozen=True)
class Task:
    """An architecture for a skeleton's poses; where it stands on an embedding, this and its checkpoint's tensors."""

    kind: str
    architecture: str
    skeleton: Skeleton
    unfinished: Unfinished
    embedding: EmbeddingModel | None = None
    tensors: Tensors = field(default_factory=dict)

    def code(self, features: str, poses: Array) -> FrameCode:
        """What stands for a pose: the embedding's latent, or without one the features of a representation, standardised
        on poses (B, J, D).
        """
        space = self.embedding.space if self.embedding else fit_space(self.skeleton, features, poses)
        return FrameCode(space, self.embedding)

    def checkpoint(
        self,
        network: Network,
        code: FrameCode,
        fps: float | None,
        metrics: Mapping[str, Any],
        tensors: Tensors,
        **said: Any,
    ) -> tuple[dict, Tensors]:
        """Document and tensors of a trained network. tensors, said: what a checkpoint of this kind has besides."""
        document = {
            "kind": self.kind,
            "architecture": self.architecture,
            "config": asdict(network.config),
            "skeleton": skeleton_document(self.skeleton),
            "fps": fps,
            **said,
            "metrics": dict(metrics),
            **code.document(),
        }
        weights = whole({name: tensor.numpy() for name, tensor in network.state_dict().items()}, NETWORK)
        below = whole(self.tensors, EMBEDDING) if code.embedding else {}
        return document, {**weights, **code.tensors(), **tensors, **below}

    def generator(
        self,
        network: Network,
        code: FrameCode,
        settings: Any,
        metrics: Mapping[str, Any],
        frames: tuple[Tensor, Tensor],
        stochastic: bool = True,
    ) -> tuple[dict, Tensors]:
        """The same of a generator. frames: mean and deviation (M + P,) of what it reads; stochastic: whether it draws,
        which it then does as the settings say.
        """
        drawn = {name: getattr(settings, name) for name in _DRAWN} if stochastic else dict.fromkeys(_NEEDED, 0.0)
        said = dict(code.space.motion.DOCUMENT)
        generation = {"context": settings.context, "stochastic": stochastic, **drawn, **said}
        frame = {"frame/mean": frames[0].numpy(), "frame/std": frames[1].numpy()}
        return self.checkpoint(network, code, settings.fps, metrics, frame, generation=generation)
