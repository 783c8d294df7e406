"""Training of a classifier: clips with their actions, shown mirrored, turned, faster, mixed, with joints hidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.checkpoints.checkpoint import Tensors
from poseviewer.nets.models.frame_code import FrameCode
from poseviewer.nets.protocols import Array
from poseviewer.nets.spaces.space import Space
from poseviewer.progress import Progress
from poseviewer.train.batches import mirrored, padded, reshaped, warped, without_joints
from poseviewer.train.corpus import Corpus, whole_clips_of
from poseviewer.train.loop import Training, batches, steps_of
from poseviewer.train.task import Task

_LEAST_DEVIATION = 0.1  # of a number in a frame's vector: what hardly ever changes must not be blown up


@dataclass(frozen=True)
class ClassifierSettings:
    """features: a representation, "" = the skeleton's usual one; frames: the most that are read of a clip at `fps`;
    decay: of the weights; smoothing: of the labels; mixing: how much motions and their labels are mixed with those of
    others (the beta distribution's parameter; Zhang et al., ICLR 2018); hiding: share of joints that are hidden; speed,
    turn, stretch: see batches.py; noise: added to the standardised input; balance: 0 = every clip is shown as often
    as every other, 1 = every action; over: see cnn_classifier; everything: 1 = learn from the validation clips too,
    2 = from every clip of the dataset, the test clips too (measure such a recipe by `poseviewer measure classify`);
    fold: 1 to 5 = leave that fifth of the clips out.
    """

    features: str = ""
    fps: float = 15.0
    frames: int = 48
    hidden: int = 128
    depth: int = 4
    over: int = 1
    epochs: int = 48
    batch: int = 32
    rate: float = 1.5e-3
    decay: float = 0.05
    smoothing: float = 0.1
    mixing: float = 0.3
    hiding: float = 0.1
    speed: float = 0.25
    turn: float = 0.15
    stretch: float = 0.1
    noise: float = 0.03
    balance: float = 0.0
    everything: int = 0
    fold: int = 0
    seed: int = 1


def corpus(dataset: Dataset, skeleton: Skeleton, settings: ClassifierSettings) -> Corpus:
    """Whole clips, those too that would be set aside, or all of the dataset, where the settings say so."""
    found = whole_clips_of(dataset, skeleton, settings.fps, settings.everything > 1, settings.fold)
    return found.everything() if settings.everything else found


def fit(corpus: Corpus, task: Task, settings: ClassifierSettings) -> Iterator[Progress | tuple[dict, Tensors]]:
    """Train over features, or over an embedding's latents; yields progress and at last the checkpoint's document and
    tensors. Raises PoseviewerError where there are not two actions.
    """
    clips, held = corpus.training, [clip for clip in corpus.validation if clip.action]
    classes = sorted({clip.action for clip in clips})
    if len(classes) < 2 or "" in classes:
        raise PoseviewerError("train classifier", "", "its clips need two actions or more, each clip one", "name more")
    motions, labels = [_known(clip) for clip in clips], torch.tensor([classes.index(clip.action) for clip in clips])
    code = task.code(settings.features, np.concatenate(motions))
    vectors = _Standardised(code, settings.fps, motions)
    network: nn.Module = task.network(settings, inputs=code.frame_size, classes=len(classes))
    steps = settings.epochs * steps_of(len(motions), settings.batch)
    training = Training(network, settings.rate, steps, settings.seed, 0.998, settings.decay)

    def losses(draw: np.random.Generator) -> Iterator[Tensor]:
        network.train()
        shown = _as_often(labels.numpy(), settings.balance, draw)
        for rows in batches(len(motions), settings.batch, draw):
            poses, known = _shown([motions[row] for row in shown[rows]], code.space, settings, draw)
            target = one_hot(labels[torch.from_numpy(shown[rows])], len(classes)).float()
            yield _loss(network, vectors(poses, known), known, target, settings, draw)

    def judged() -> str:
        if not held:
            return f"learned from {len(clips)} clips, none was set aside"
        accuracy = _accuracy(training.averaged_network(), vectors, held, classes)
        return f"validation accuracy {100 * accuracy:.1f} % of {len(held)} clips"

    yield from training.epochs(settings.epochs, settings, task.unfinished, losses, judged)
    averaged = training.averaged_network()
    metrics = {"validation_clip_accuracy": round(_accuracy(averaged, vectors, held, classes), 4)} if held else {}
    frame = {"frame/mean": vectors.mean, "frame/std": vectors.std}
    yield task.checkpoint(averaged, code, settings.fps, metrics, frame, classes=classes)


def _known(clip: Clip) -> Array:
    """A clip's positions (F, J, D), NaN where unknown. An occluded joint counts as where it is said to be: on
    validation clips of Penn Action this lowered the cross-entropy from 0.185 to 0.153.
    """
    return np.asarray(clip.positions, dtype=np.float64)


class _Standardised:
    """Frame vectors, standardised over the clips at hand, as tensors."""

    def __init__(self, code: FrameCode, fps: float, motions: Sequence[Array]) -> None:
        self._code, self._fps = code, fps
        every = np.concatenate([code.of_motions(motion[None], fps)[0] for motion in motions])
        self.mean = every.mean(axis=0).astype(np.float32)
        self.std = np.maximum(every.std(axis=0), _LEAST_DEVIATION).astype(np.float32)

    def __call__(self, poses: Array, known: Tensor) -> Tensor:
        """Motions (B, F, J, D) of which the frames known (B, F) count -> (B, F, N), 0 in the others."""
        x = torch.tensor((self._code.of_motions(poses, self._fps) - self.mean) / self.std, dtype=torch.float32)
        return x * known[..., None]


def _as_often(labels: NDArray[np.integer], balance: float, draw: np.random.Generator) -> NDArray[np.intp]:
    """The clips (N,) of an epoch: all of them, or as many, drawn with replacement, rare actions more often."""
    if balance == 0.0:
        return np.arange(len(labels), dtype=np.intp)
    odds = np.bincount(labels)[labels] ** -balance
    return draw.choice(len(labels), len(labels), p=odds / odds.sum())


def _shown(
    motions: Sequence[Array], space: Space, settings: ClassifierSettings, draw: np.random.Generator
) -> tuple[Array, Tensor]:
    """A batch of motions (B, F, J, D) as they are shown once, and which frames are theirs (B, F)."""
    poses, known = padded([warped(m, settings.frames, draw, settings.speed) for m in motions], settings.frames)
    poses = mirrored(poses, draw.random(len(poses)) < 0.5, space.skeleton)
    if space.partial:
        poses = reshaped(poses, draw, turn=settings.turn, stretch=settings.stretch, shift=0.0)
        poses = without_joints(poses, draw, settings.hiding)
    else:  # the frames behind a clip's end must not move the floor or the root
        last = known.sum(axis=1).astype(int)[:, None] - 1
        poses = poses[np.arange(len(poses))[:, None], np.minimum(np.arange(settings.frames), last)]
    return poses, torch.tensor(known, dtype=torch.float32)


def _loss(
    network: nn.Module, x: Tensor, known: Tensor, asked: Tensor, settings: ClassifierSettings, draw: np.random.Generator
) -> Tensor:
    """Cross-entropy of motions mixed with other motions of the batch, and of their mixed labels."""
    x = x + settings.noise * torch.randn_like(x) * known[..., None]
    if settings.mixing > 0.0:
        share = float(draw.beta(settings.mixing, settings.mixing))
        share = max(share, 1.0 - share)
        other = torch.from_numpy(draw.permutation(len(x)))
        x, asked = share * x + (1.0 - share) * x[other], share * asked + (1.0 - share) * asked[other]
        known = torch.maximum(known, known[other])
    logits = (network(x, known) * known[..., None]).sum(dim=1) / known.sum(dim=1, keepdim=True)
    return cross_entropy(logits, asked, label_smoothing=settings.smoothing)


@torch.inference_mode()
def _accuracy(network: nn.Module, vectors: _Standardised, clips: Sequence[Clip], classes: Sequence[str]) -> float:
    """Share of the clips whose mean logits are largest for their action."""
    right = 0
    for clip in clips:
        known = torch.ones(1, len(clip))
        logits = network(vectors(_known(clip)[None], known), known)[0].mean(dim=0)
        right += classes[int(logits.argmax())] == clip.action
    return right / len(clips)
