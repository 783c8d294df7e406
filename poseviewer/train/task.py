"""What is to be trained, what it stands on, and the checkpoint that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Protocol

import torch
from torch import Tensor

from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints.checkpoint import EMBEDDING, NETWORK, Tensors, skeleton_document, whole
from poseviewer.nets.models.building import ARCHITECTURES
from poseviewer.nets.models.embedding import EmbeddingModel
from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.choice import fit_space
from poseviewer.train.loop import Unfinished

_NEEDED = ("noise_correlation", "residual_fading")
"""What every generator's checkpoint says of its draws."""
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

    def network(self, settings: Any, **sizes: int) -> Any:
        """A fresh network of the architecture: the sizes that are given, all others as the settings have them. Raises
        PoseviewerError where they contradict each other.
        """
        config_class, network_class = ARCHITECTURES[self.kind][self.architecture]
        others = {size.name: getattr(settings, size.name) for size in fields(config_class) if size.name not in sizes}
        try:
            config = config_class(**sizes, **others)
        except PoseviewerError as error:
            raise PoseviewerError(f"--set {error.what}", "", error.cause, error.cure) from error
        torch.manual_seed(settings.seed)
        return network_class(config)

    def code(self, features: str, poses: Array) -> FrameCode:
        """What stands for a pose: the embedding's latent, or without one the features of a representation, standardised
        on poses (B, J, D).
        """
        space = self.embedding.space if self.embedding else fit_space(self.skeleton, features, poses)
        return FrameCode(space, self.embedding)

    def checkpoint(
        self, network: Network, code: FrameCode, fps: float | None, metrics: Any, tensors: Tensors, **said: Any
    ) -> tuple[dict, Tensors]:
        """Document and tensors of a trained network. tensors, said: what a checkpoint of this kind has besides."""
        document: dict[str, Any] = {"kind": self.kind, "architecture": self.architecture}
        document |= {"config": asdict(network.config), "skeleton": skeleton_document(self.skeleton), "fps": fps}
        document |= {**said, "metrics": metrics, **code.document()}
        weights = whole({name: tensor.numpy() for name, tensor in network.state_dict().items()}, NETWORK)
        below = whole(self.tensors, EMBEDDING) if code.embedding else {}
        return document, {**weights, **code.tensors(), **tensors, **below}

    def generator(
        self, network: Network, code: FrameCode, settings: Any, metrics: Any, mean: Tensor, std: Tensor
    ) -> tuple[dict, Tensors]:
        """The same of a generator, which draws where the settings say how. mean, std (M + P,): of its frames."""
        drawn = {name: getattr(settings, name) for name in _DRAWN if hasattr(settings, name)}
        generation = {"context": settings.context, "stochastic": bool(drawn), **dict.fromkeys(_NEEDED, 0.0), **drawn}
        generation |= code.space.motion.DOCUMENT
        frame = {"frame/mean": mean.numpy(), "frame/std": std.numpy()}
        return self.checkpoint(network, code, settings.fps, metrics, frame, generation=generation)
