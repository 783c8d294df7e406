"""A generator that speaks poses: it continues a clip in the world or in an image, from features or from an embedding's
latents.

Over an embedding a frame's pose features are D(z) + r: r is what the latent of the newest real (or hand-made) pose does
not hold. r fades, so that the first generated frames follow the seed exactly and later ones lie on the manifold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.nets.checkpoints.checkpoint import Card, Tensors
from poseviewer.nets.models import noise
from poseviewer.nets.models.answers import require_poses
from poseviewer.nets.models.building import GeneratorNetwork
from poseviewer.nets.models.frame_code import FramesModel
from poseviewer.nets.models.one_call import OneCall
from poseviewer.nets.protocols import Array, Placement, Step

Seen = NDArray[np.bool_] | None
"""(B, J) which joints of 2D poses are visible: those of the seed's last frame; None in 3D."""


@dataclass(frozen=True, eq=False)
class GeneratorState:
    """A rollout's newest frame and the memory of those before; never changed in place.

    frame: frames since the seed's last; number; samples (B,): the noise's names. memory (B, H): after all frames but
    the newest. code (B, M): the newest pose's latent or features. motion (B, P): its root motion (world_motion,
    image_motion). residual (B, N): features beyond D(code). drift (B, U): the noise, standard normal and correlated
    with that of the frame before. floor (B,) metres. poses (B, J, D). visible (B, J).
    """

    frame: int
    number: int
    samples: NDArray[np.integer]
    memory: Tensor
    code: Array
    motion: Array
    residual: Array
    drift: Array
    floor: Array
    at: Placement
    poses: Array
    visible: Seen = None


_ROWS = tuple(field.name for field in fields(GeneratorState) if field.name not in ("frame", "number", "at"))


class GeneratorModel(FramesModel):
    """Numpy in and out; meets the MotionGenerator protocol."""

    network: GeneratorNetwork

    def __init__(self, card: Card, tensors: Tensors, device: str = "cpu") -> None:
        super().__init__(card, tensors, device)
        self._motion = self.space.motion
        path, generation = card.path, card.document["generation"]
        self.context: int = generation["context"]  # checked when the card was read
        self.stochastic = card.stochastic
        for key, meaning in self._motion.DOCUMENT.items():
            if generation.get(key) != meaning:
                fault = "an earlier version of this program made it, and its bodies would float or sink"
                raise PoseviewerError(path, f"generation {key!r}", fault, "train it again")
        self._correlation = _share(path, generation, "noise_correlation")
        self._fading = _share(path, generation, "residual_fading")
        self._gain = _share(path, {"noise_gain": 1.0, **generation}, "noise_gain", most=4.0)
        self._ahead = OneCall(cast(nn.Module, self.network), _ahead)

    @torch.inference_mode()
    def start(self, seed: Clip, *, number: int = 0, samples: int = 1) -> GeneratorState:
        """The state after a seed on this model's skeleton at its frame rate; its last `context` frames are read."""
        seed = seed.onto(self.skeleton).resample(self.fps)
        features, at = self.space.sequence(seed.positions)
        floor = self._motion.floor_of(at)
        motion = self._motion.features(at, floor, self.fps, self.space.height(features, at))
        recent = slice(max(0, len(seed) - self.context), None)
        code = self._code.encode(features[recent])
        frames = self._standardised(code, motion[recent])
        memory = self.network.start(1)
        for frame in frames[:-1]:
            memory = self.network.read(frame[None], memory)
        poses, residual, visible = self._end(seed, features[-1:], code[-1:], at.rows([-1]))
        names = np.arange(samples)
        one = GeneratorState(
            frame=0,
            number=number,
            samples=names[:1],
            memory=memory,
            code=code[-1:],
            motion=motion[-1:],
            residual=residual,
            drift=np.zeros((1, self.network.noise)),
            floor=np.full(1, floor),
            at=at.rows([-1]),
            poses=poses,
            visible=visible,
        )
        drift = noise.normal(number, names, 0, self.network.noise)
        return replace(self.select(one, 0 * names), samples=names, drift=drift)

    @torch.inference_mode()
    def step(self, state: GeneratorState, *, temperature: float = 1.0) -> tuple[Step, GeneratorState]:
        """One more frame of every sample. temperature 0 takes the prior's mean, 1 samples from it."""
        frame = self._standardised(state.code, state.motion)
        rho, fresh = self._correlation, noise.normal(state.number, state.samples, state.frame + 1, self.network.noise)
        drift: Array = np.asarray(rho * state.drift + np.sqrt(1.0 - rho**2) * fresh, dtype=np.float32)
        spread = torch.tensor(temperature * self._gain, dtype=torch.float32, device=self.device)
        answer, memory = self._ahead(frame, state.memory, torch.from_numpy(drift).to(self.device), spread)
        vector = answer.cpu().numpy() * self._std + self._mean
        code: Array = vector[:, : -self._motion.SIZE]
        motion: Array = vector[:, -self._motion.SIZE :]
        residual = self._fading * state.residual
        if self.embedding is None:
            code = self.space.valid(code)
        features = self._code.decode(code) + residual
        at, world = self.space.following(features, state.at, motion, state.floor, self.fps)
        poses = world.astype(np.float32)
        require_poses(poses, self.path, f"frame +{state.frame + 1}", "lower the temperature or give another seed")
        made: dict[str, Any] = {"code": code, "motion": motion, "residual": residual, "at": at, "poses": poses}
        following = replace(state, frame=state.frame + 1, memory=memory, drift=drift, **made)
        return self.newest(following), following

    def newest(self, state: GeneratorState) -> Step:
        """The newest frame of a state, the seed's last one after `start`."""
        return Step(state.poses, state.visible, state.code if self.embedding else None)

    def replace(
        self, state: GeneratorState, *, poses: Array | None = None, latents: Array | None = None
    ) -> GeneratorState:
        """The newest frame by hand: poses (B, J, 3) in the world, or latents (B, Z), which keep what D leaves out."""
        if (poses is None) == (latents is None):
            raise ValueError("give poses or latents")
        if poses is not None:
            poses = np.asarray(poses, dtype=np.float32)
            if not self.space.partial and not np.isfinite(poses).all():
                raise PoseviewerError("the pose put in by hand", "", "a joint of it is unknown", "place every joint")
            features, at = self.space.features(poses)
            code = self._code.encode(features)
            residual = features - self._code.decode(code)
            motion = self._motion.by_hand(state.motion, at, state.floor, self.space.height(features, at))
            return replace(state, code=code, motion=motion, residual=residual, at=at, poses=poses)
        if self.embedding is None:
            raise PoseviewerError(self.card.path, "", "it generates without latents", "replace the pose instead")
        code = np.asarray(latents, dtype=np.float32)
        if np.array_equal(code, state.code):
            return state
        features = self._code.decode(code) + state.residual
        motion = self._motion.by_hand(state.motion, state.at, state.floor, self.space.height(features, state.at))
        return replace(state, code=code, motion=motion, poses=self.space.poses(features, state.at).astype(np.float32))

    def select(self, state: GeneratorState, rows: Any) -> GeneratorState:
        """The state of some samples, which keep their noise."""
        arrays = {name: getattr(state, name) for name in _ROWS}
        chosen: dict[str, Any] = {name: None if array is None else array[rows] for name, array in arrays.items()}
        return replace(state, at=state.at.rows(rows), **chosen)

    def _end(self, seed: Clip, features: Array, code: Array, at: Placement) -> tuple[Array, Array, Seen]:
        """A seed's last pose (1, J, D), what its features (1, N) hold beyond its code (1, M), and which of a 2D pose's
        joints are visible (1, J). A joint of a 2D seed that is never known is where the code has it.
        """
        poses, decoded = seed.positions[-1:], self._code.decode(code)
        residual = features - decoded
        if not self.space.partial:
            return poses, residual, None
        known: NDArray[np.bool_] = np.asarray(np.isfinite(seed.positions).all(axis=-1))
        residual[:, np.flatnonzero(np.repeat(~known.any(axis=0), poses.shape[-1]))] = 0.0
        completed = self.space.poses(decoded + residual, at).astype(np.float32)
        visible = known[-1:] if seed.visible is None else known[-1:] & seed.visible[-1:]
        return np.where(known[-1:, :, None], poses, completed), residual, visible


def _ahead(
    network: GeneratorNetwork, frame: Tensor, memory: Tensor, drift: Tensor, spread: Tensor
) -> tuple[Tensor, Tensor]:
    """The next frame (B, N) and the memory after the newest one (B, N), for noise (B, U) of a spread ()."""
    memory = network.read(frame, memory)
    mean, log_std = network.prior(memory)
    return network.following(frame, memory, mean + spread * log_std.exp() * drift), memory


def together(states: Sequence[GeneratorState]) -> GeneratorState:
    """States of one model, after as many frames of the same number, as the rows of one."""

    def joined(parts: Sequence[Any], name: str) -> Any:
        arrays = [getattr(part, name) for part in parts]
        if arrays[0] is None:
            return None
        return torch.cat(arrays) if isinstance(arrays[0], Tensor) else np.concatenate(arrays)

    places = [state.at for state in states]
    at = Placement(**{field.name: joined(places, field.name) for field in fields(Placement)})
    return replace(states[0], at=at, **{name: joined(states, name) for name in _ROWS})


def _share(path: Path, generation: Mapping[str, Any], key: str, most: float = 1.0) -> float:
    value = generation.get(key)
    if not isinstance(value, int | float) or not 0.0 <= value <= most:
        raise PoseviewerError(path, f"generation {key!r}", f"it is not between 0 and {most:g}", "get the file again")
    return float(value)
