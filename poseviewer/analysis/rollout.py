"""Rollout: a seed and the frames that a generator adds to it, with an exact way back and branches."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip, unrolled
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array, MotionGenerator, State, Step
from poseviewer.progress import Progress

RECENT = 256  # states of the newest frames are kept, so that going back is immediate
SPACING = 64  # and every so many before them; states between are computed again
_SAME = 2e-3  # metres or image heights within which a repeated rollout is the same
_OF_AN_ARRAY = 200  # bytes that an array or tensor takes beside its numbers, measured on frames of one sample
_REPEATED_AT_ONCE = 16  # frames between two reports of progress


@dataclass(frozen=True, eq=False)
class ByHand:
    """A newest frame that was set by hand, after `length` generated frames, by a pose or by a latent.

    value: (J, D) or (S, J, D) in the world, or (Z,) or (S, Z).
    """

    length: int
    by: Literal["pose", "latent"]
    value: Array


@dataclass(frozen=True, eq=False)
class Recipe:
    """All that makes a rollout again from its seed and its generator. poses (S, H, J, D): what must come out.

    temperatures: (H,) of each step; by_hand: in the order in which they were set.
    """

    number: int
    samples: int
    temperatures: tuple[float, ...]
    by_hand: tuple[ByHand, ...] = field(repr=False)
    poses: NDArray[np.float32] = field(repr=False)


class Rollout:
    """S samples of a continuation, H frames long so far.

    seed: the given clip on the generator's skeleton at its frame rate, at least `context` frames long; note: a sentence
    where it had to be padded, otherwise "". number names the noise: the same rollout is the same again. temperature may
    be changed between steps.
    """

    def __init__(
        self, generator: MotionGenerator, seed: Clip, *, number: int = 0, samples: int = 1, temperature: float = 1.0
    ) -> None:
        self.generator, self.number, self.temperature = generator, number, temperature
        self.seed, self.note = prepared(seed, generator)
        self._frames: list[Step] = []
        self._temperatures: list[float] = []
        self._by_hand: list[ByHand] = []
        # by length; those that no step makes, of the start and of what was set by hand, are always there
        self._states: dict[int, State] = {0: generator.start(self.seed, number=number, samples=samples)}
        self.samples = samples

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def length(self) -> int:
        """H, generated frames."""
        return len(self._frames)

    @property
    def fps(self) -> float:
        return self.generator.fps

    @property
    def skeleton(self) -> Skeleton:
        return self.generator.skeleton

    @property
    def poses(self) -> NDArray[np.float32]:
        """(S, H, J, D) generated poses in the world."""
        return self.poses_from(0)

    def poses_from(self, first: int, stop: int | None = None) -> NDArray[np.float32]:
        """(S, n, J, D) the poses of some of the generated frames: from one on, up to another."""
        frames = self._frames[first:stop]
        if not frames:
            return np.zeros((self.samples, 0, len(self.skeleton.joints), self.skeleton.dims), dtype=np.float32)
        return np.stack([frame.poses for frame in frames], axis=1)

    def shared(self, other: Rollout) -> int:
        """How many frames at the beginning are those of another rollout: they come of one, and parted there."""
        count = min(len(self), len(other)) if self.seed is other.seed else 0
        while count and self._frames[count - 1] is not other._frames[count - 1]:
            count -= 1
        return count

    @property
    def visible(self) -> NDArray[np.bool_] | None:
        """(S, H, J) where the generator knows it."""
        return self.visible_from(0)

    def visible_from(self, first: int) -> NDArray[np.bool_] | None:
        """(S, n, J) of the frames from one on, where the generator knows it."""
        shown = [frame.visible for frame in self._frames[first:]]
        return None if not shown or shown[0] is None else np.stack([v for v in shown if v is not None], axis=1)

    @property
    def latents(self) -> Array | None:
        """(S, H, Z) of the generated frames, None for a generator without latents."""
        return self.latents_from(0)

    def latents_from(self, first: int) -> Array | None:
        """(S, n, Z) of the frames from one on, None for a generator without latents."""
        found = [frame.latents for frame in self._frames[first:] if frame.latents is not None]
        if found:
            return np.stack(found, axis=1)
        newest = self.newest.latents
        return None if newest is None else np.zeros((self.samples, 0, newest.shape[-1]), dtype=np.float32)

    @property
    def newest(self) -> Step:
        """The newest frame of every sample: poses (S, J, D), latents (S, Z); before the first step the seed's last."""
        return self._frames[-1] if self._frames else self.generator.newest(self._state(0))

    def step(self, n: int = 1) -> NDArray[np.float32]:
        """Add n frames; gives their poses (S, n, J, D)."""
        before = len(self)
        for _ in range(n):
            frame, state = self.generator.step(self._state(len(self)), temperature=self.temperature)
            self._frames.append(frame)
            self._temperatures.append(self.temperature)
            self._keep(len(self), state)
        return self.poses_from(before)

    def back(self, n: int = 1) -> None:
        """Take n frames back, as many as there are at most. The next step makes the same frame again."""
        length = max(0, len(self) - n)
        self._state(length)  # computed while the frames that lead to it are known
        del self._frames[length:], self._temperatures[length:]
        self._states = {k: state for k, state in self._states.items() if k <= length}
        self._by_hand = [made for made in self._by_hand if made.length <= length]

    def reset(self) -> None:
        """Take every frame back, and what was replaced at the seed's end."""
        start = self.generator.start(self.seed, number=self.number, samples=self.samples)
        self._frames, self._temperatures, self._by_hand, self._states = [], [], [], {0: start}

    def branch(self) -> Rollout:
        """A rollout of its own that shares everything until now."""
        other = object.__new__(Rollout)
        other.__dict__.update(self.__dict__)
        for name in ("_frames", "_temperatures", "_by_hand", "_states"):
            setattr(other, name, getattr(self, name).copy())
        return other

    def select(self, rows: Any) -> Rollout:
        """A branch that holds only some samples, by a list of their numbers."""
        rows = list(rows)
        other = self.branch()
        other._frames = [_rows(frame, rows) for frame in self._frames]
        other._states = {k: self.generator.select(state, rows) for k, state in self._states.items()}
        other.samples = len(rows)
        return other

    def replace(self, pose: Array | None = None, latent: Array | None = None) -> None:
        """Set the newest frame by hand: pose (J, D) or (S, J, D) in the world, or latent (Z,) or (S, Z); then go on.

        A latent moves the pose by what its decoding differs from the old one's: x + D(new) - D(old).
        """
        before = self._state(len(self))
        if latent is not None:
            made = ByHand(len(self), "latent", np.asarray(latent))
            every = np.broadcast_to(latent, (self.samples, np.shape(latent)[-1]))
            state = self.generator.replace(before, latents=every)
        elif pose is not None:
            made = ByHand(len(self), "pose", np.asarray(pose))
            every = np.broadcast_to(pose, (self.samples, *np.shape(pose)[-2:]))
            state = self.generator.replace(before, poses=every)
        else:
            raise ValueError("give a pose or a latent")
        self._states[len(self)] = state
        self._by_hand.append(made)
        if self._frames:
            self._frames[-1] = self.generator.newest(state)

    @property
    def recipe(self) -> Recipe:
        """What makes it again, on another day."""
        return Recipe(self.number, self.samples, tuple(self._temperatures), tuple(self._by_hand), self.poses)

    @classmethod
    def repeated(cls, recipe: Recipe, generator: MotionGenerator, seed: Clip) -> Generator[Progress, None, Rollout]:
        """A rollout made again, as a Job that returns it.

        Raises PoseviewerError where other poses come out: the generator or the seed is not what it was.
        """
        rollout = cls(generator, seed, number=recipe.number, samples=recipe.samples)
        total = len(recipe.temperatures)
        for length in range(total + 1):
            for made in (m for m in recipe.by_hand if m.length == length):
                rollout.replace(**{made.by: made.value})
            if length < total:
                rollout.temperature = recipe.temperatures[length]
                rollout.step(1)
            if length % _REPEATED_AT_ONCE == 0:
                yield Progress(length, total, f"repeats frame {length}")
        if recipe.poses.shape != rollout.poses.shape or np.abs(recipe.poses - rollout.poses).max(initial=0.0) > _SAME:
            cause = "its model or its clip is not what it was when these frames were generated"
            raise PoseviewerError(f"rollout of {seed.name}", "", cause, "put back the file that it was made with")
        return rollout

    def parts(self) -> dict[int, int]:
        """Bytes of each frame and state by its identity: two branches have those that they share in common."""
        frame, state = self._bytes_of_one
        return {id(made): frame for made in self._frames} | {id(kept): state for kept in self._states.values()}

    @property
    def nbytes(self) -> int:
        """Bytes of its frames and of the states that it keeps."""
        frame, state = self._bytes_of_one
        return frame * len(self._frames) + state * len(self._states)

    @property
    def _bytes_of_one(self) -> tuple[int, int]:
        """Bytes of a frame and of a state; all frames, and all states, have the same arrays."""
        return _bytes(self._frames[-1]) if self._frames else 0, _bytes(self._states[max(self._states)])

    def _state(self, length: int) -> State:
        """The state after `length` frames, computed from the nearest one before it where it was not kept."""
        if length in self._states:
            return self._states[length]
        known = max(k for k in self._states if k < length)
        state = self._states[known]
        for k in range(known, length):
            _, state = self.generator.step(state, temperature=self._temperatures[k])
            if length - k <= RECENT:
                self._states[k + 1] = state
        return state

    def _keep(self, length: int, state: State) -> None:
        self._states[length] = state
        old = length - RECENT
        if old % SPACING and all(made.length != old for made in self._by_hand):
            self._states.pop(old, None)


def prepared(seed: Clip, generator: MotionGenerator) -> tuple[Clip, str]:
    """A seed on a generator's skeleton at its frame rate, padded in front where it is shorter than the context.

    Gives the clip and a sentence about the padding ("" without). Raises PoseviewerError where it does not map.
    """
    clip = seed.onto(generator.skeleton).resample(generator.fps)
    missing = generator.context - len(clip)
    if missing <= 0:
        return clip, ""
    if seed.loop and len(clip) > 1:
        note = f"The loop is repeated to fill the model's {generator.context} frames."
        return unrolled(clip, generator.context), note
    has = f"The seed has {len(clip)} of the {generator.context} frames that the model reads"
    padded = clip.taken(np.maximum(np.arange(-missing, len(clip)), 0), loop=False)
    return padded, f"{has}; its first one is repeated."


def _bytes(value: Any) -> int:
    """Bytes of the arrays in a frame or state: dataclasses, tuples, lists and mappings of arrays and tensors."""
    size = getattr(value, "nbytes", None)
    if isinstance(size, int):
        return size + _OF_AN_ARRAY
    if isinstance(value, dict):
        return sum(map(_bytes, value.values()))
    if isinstance(value, tuple | list):
        return sum(map(_bytes, value))
    return sum(_bytes(getattr(value, name)) for name in getattr(value, "__dataclass_fields__", ()))


def _rows(frame: Step, rows: list[int]) -> Step:
    return Step(
        frame.poses[rows],
        None if frame.visible is None else frame.visible[rows],
        None if frame.latents is None else frame.latents[rows],
    )
