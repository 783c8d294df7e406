"""Rollout: a seed and the frames that a generator adds to it, with an exact way back and branches.

Of several samples one is picked, whose frames all stay. Of the others the newest stay; older ones are computed again
from the nearest state that was kept, bit for bit the same, when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip, unrolled
from poseviewer.motion.growing import Row
from poseviewer.motion.skeleton import Skeleton
from poseviewer.nets.protocols import Array, MotionGenerator, State, Step
from poseviewer.progress import Progress

RECENT = 256
"""The newest frames, of which all samples are kept."""
NEAR, SPACING = 4, 64
"""Of them the states of every so many frames are kept, and of older ones; those between are computed again."""
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
    """All that makes a rollout again from its seed and its generator. poses (S, H, J, D): what must come out; where not
    all samples are at hand (1, H, J, D) of the picked one.

    temperatures: (H,) of each step; by_hand: in the order in which they were set; sample: the picked one.
    """

    number: int
    samples: int
    temperatures: tuple[float, ...]
    by_hand: tuple[ByHand, ...] = field(repr=False)
    poses: NDArray[np.float32] = field(repr=False)
    sample: int = 0


class _Frame:
    """A generated frame: step of every sample, or alone the rows of those that were picked, by their numbers.

    Branches have it in common with what they branched off, whatever is kept of it.
    """

    __slots__ = ("rows", "step")

    def __init__(self, step: Step) -> None:
        self.step: Step | None = step
        self.rows: dict[int, Step] = {}

    def thin(self, sample: int) -> None:
        """Keep one sample alone; who reads meanwhile on another thread finds the one or the other."""
        if self.step is not None:
            self.rows = {sample: _rows(self.step, [sample])}
            self.step = None

    def add(self, sample: int, step: Step) -> None:
        """Keep one more sample of what is the step of all of them."""
        if self.of(sample) is None:
            self.rows = {**self.rows, sample: _rows(step, [sample])}

    def of(self, sample: int) -> Step | None:
        """One sample alone; None where it is not kept."""
        step = self.step
        return self.rows.get(sample) if step is None else _rows(step, [sample])


class Rollout:
    """S samples of a continuation, H frames long so far.

    seed: the given clip on the generator's skeleton at its frame rate, at least `context` frames long; note: a sentence
    where it had to be padded, otherwise "". number names the noise: the same rollout is the same again. temperature may
    be changed between steps. sample: the picked one, all of whose frames stay; `recall` brings back those of another.
    """

    def __init__(
        self, generator: MotionGenerator, seed: Clip, *, number: int = 0, samples: int = 1, temperature: float = 1.0
    ) -> None:
        self.generator, self.number, self.temperature = generator, number, temperature
        self.seed, self.note = prepared(seed, generator)
        self._frames: Row[_Frame] = Row()
        self._temperatures: Row[float] = Row()
        self._by_hand: list[ByHand] = []
        # by length; those that no step makes, of the start and of what was set by hand, are always there
        self._states: dict[int, State] = {0: generator.start(self.seed, number=number, samples=samples)}
        self.samples, self.sample = samples, 0

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
        frames = [frame.poses for frame in self.steps(first, stop)]
        return np.stack(frames, axis=1) if frames else self._none(self.samples)

    def poses_of(self, sample: int, first: int = 0, stop: int | None = None) -> NDArray[np.float32]:
        """(n, J, D) the same of one sample; those of the picked one are there at once."""
        frames = [frame.poses for frame in self.steps_of(sample, first, stop)]
        return np.concatenate(frames) if frames else self._none(1)[0]

    def _none(self, samples: int) -> NDArray[np.float32]:
        return np.zeros((samples, 0, len(self.skeleton.joints), self.skeleton.dims), dtype=np.float32)

    def steps(self, first: int = 0, stop: int | None = None) -> Iterator[Step]:
        """Some of the frames with every sample; those that are not kept are computed again."""
        state, at = None, -1  # after so many frames
        for k in range(*slice(first, stop).indices(len(self))):
            frame, kept = self._frames[k].step, self._states.get(k + 1)
            if frame is None and kept is not None:
                frame, state, at = self.generator.newest(kept), kept, k + 1
            elif frame is None:
                state = state if at == k else self._state(k, keep=False)
                frame, state = self.generator.step(state, temperature=self._temperatures[k])
                at = k + 1
            yield frame

    def steps_of(self, sample: int, first: int = 0, stop: int | None = None) -> Iterator[Step]:
        """The same with one sample alone."""
        known = [frame.of(sample) for frame in self._frames[first:stop]]
        if any(frame is None for frame in known):
            known = [_rows(frame, [sample]) for frame in self.steps(first, stop)]
        yield from (frame for frame in known if frame is not None)

    def at_hand(self, first: int) -> int:
        """The frame, not before `first`, from which on every sample is there without being computed again."""
        known = len(self)
        while known > first and self._is_at_hand(known - 1):
            known -= 1
        return known

    @property
    def whole(self) -> bool:
        """Whether every sample is there from the first frame on without being computed again."""
        return all(self._is_at_hand(k) for k in range(len(self)))

    def _is_at_hand(self, frame: int) -> bool:
        states = self._states
        return self._frames[frame].step is not None or frame + 1 in states or frame - frame % NEAR in states

    def knows(self, sample: int) -> bool:
        """Whether all frames of a sample are there without being computed again."""
        return all(frame.step is not None or sample in frame.rows for frame in self._frames)

    def recall(self, sample: int, first: int = 0) -> Generator[list[Step], None, None]:
        """Bring a sample's frames back, and let it be the picked one. Gives them with every sample, some at a time."""
        for begin in range(first // SPACING * SPACING, len(self), SPACING):
            frames = list(self.steps(max(begin, first), begin + SPACING))
            for frame, step in zip(self._frames[max(begin, first) :], frames, strict=False):
                frame.add(sample, step)
            yield frames
        self.sample = sample

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
        shown = [frame.visible for frame in self.steps(first)]
        return None if not shown or shown[0] is None else np.stack([v for v in shown if v is not None], axis=1)

    @property
    def latents(self) -> Array | None:
        """(S, H, Z) of the generated frames, None for a generator without latents."""
        return self.latents_from(0)

    def latents_from(self, first: int) -> Array | None:
        """(S, n, Z) of the frames from one on, None for a generator without latents."""
        found = [frame.latents for frame in self.steps(first) if frame.latents is not None]
        if found:
            return np.stack(found, axis=1)
        newest = self.newest.latents
        return None if newest is None else np.zeros((self.samples, 0, newest.shape[-1]), dtype=np.float32)

    @property
    def newest(self) -> Step:
        """The newest frame of every sample: poses (S, J, D), latents (S, Z); before the first step the seed's last."""
        newest = self._frames[-1].step if self._frames else None
        return self.generator.newest(self._state(len(self))) if newest is None else newest

    def step(self, n: int = 1) -> NDArray[np.float32]:
        """Add n frames; gives their poses (S, n, J, D)."""
        before = len(self)
        for _ in range(n):
            frame, state = self.generator.step(self._state(len(self)), temperature=self.temperature)
            self._frames.append(_Frame(frame))
            self._temperatures.append(self.temperature)
            self._keep(len(self), state)
        return self.poses_from(before)

    def back(self, n: int = 1) -> None:
        """Take n frames back, as many as there are at most. The next step makes the same frame again."""
        length = max(0, len(self) - n)
        self._state(length)  # computed while the frames that lead to it are known
        self._frames.cut(length)
        self._temperatures.cut(length)
        self._states = {k: state for k, state in self._states.items() if k <= length}
        self._by_hand = [made for made in self._by_hand if made.length <= length]

    def reset(self) -> None:
        """Take every frame back, and what was replaced at the seed's end."""
        start = self.generator.start(self.seed, number=self.number, samples=self.samples)
        self._frames, self._temperatures, self._by_hand, self._states = Row(), Row(), [], {0: start}

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
        other._frames = Row(_Frame(_rows(frame, rows)) for frame in self.steps())
        other._states = {k: self.generator.select(state, rows) for k, state in self._states.items()}
        other.samples, other.sample = len(rows), rows.index(self.sample) if self.sample in rows else 0
        other.__dict__.pop("_bytes_of_one", None)
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
            self._frames.cut(len(self) - 1)
            self._frames.append(_Frame(self.generator.newest(state)))

    @property
    def recipe(self) -> Recipe:
        """What makes it again, on another day."""
        poses = self.poses if self.whole else self.poses_of(self.sample)[None]
        made = tuple(self._temperatures), tuple(self._by_hand)
        return Recipe(self.number, self.samples, *made, poses, self.sample)

    @classmethod
    def repeated(cls, recipe: Recipe, generator: MotionGenerator, seed: Clip) -> Generator[Progress, None, Rollout]:
        """A rollout made again, as a Job that returns it.

        Raises PoseviewerError where other poses come out: the generator or the seed is not what it was.
        """
        rollout = cls(generator, seed, number=recipe.number, samples=recipe.samples)
        rollout.sample = recipe.sample
        total = len(recipe.temperatures)
        for length in range(total + 1):
            for made in (m for m in recipe.by_hand if m.length == length):
                rollout.replace(**{made.by: made.value})
            if length < total:
                rollout.temperature = recipe.temperatures[length]
                rollout.step(1)
            if length % _REPEATED_AT_ONCE == 0:
                yield Progress(length, total, f"repeats frame {length}")
        again = rollout.poses if len(recipe.poses) == recipe.samples else rollout.poses_of(recipe.sample)[None]
        if recipe.poses.shape != again.shape or np.abs(recipe.poses - again).max(initial=0.0) > _SAME:
            cause = "its model or its clip is not what it was when these frames were generated"
            raise PoseviewerError(f"rollout of {seed.name}", "", cause, "put back the file that it was made with")
        return rollout

    def parts(self) -> dict[int, int]:
        """Bytes of each frame and state by its identity: two branches have those that they share in common."""
        row, frame, state = self._bytes_of_one
        sizes = (row * len(made.rows) if made.step is None else frame for made in self._frames)
        made = dict(zip(map(id, self._frames), sizes, strict=True))
        return made | {id(kept): state for kept in self._states.values()}

    @property
    def nbytes(self) -> int:
        """Bytes of its frames and of the states that it keeps."""
        row, frame, state = self._bytes_of_one
        recent = min(len(self), RECENT) if self.samples > 1 else len(self)
        return frame * recent + row * (len(self) - recent) + state * len(self._states)

    @cached_property
    def _bytes_of_one(self) -> tuple[int, int, int]:
        """Bytes of a frame of one sample, of a whole one and of a state; all have the same arrays."""
        newest = self.newest
        return _bytes(_rows(newest, [0])), _bytes(newest), _bytes(self._states[max(self._states)])

    def _state(self, length: int, keep: bool = True) -> State:
        """The state after `length` frames, computed from the nearest one before it where it was not kept."""
        if length in self._states:
            return self._states[length]
        known = max(k for k in self._states if k < length)
        state = self._states[known]
        for k in range(known, length):
            _, state = self.generator.step(state, temperature=self._temperatures[k])
            if keep and length - k <= RECENT and ((k + 1) % NEAR == 0 or k + 1 == length):
                self._states[k + 1] = state
        return state

    def _keep(self, length: int, state: State) -> None:
        self._states[length] = state
        old, by_hand = length - RECENT, {made.length for made in self._by_hand}
        for passed, spacing in ((length - 1, NEAR), (old, SPACING)):
            if passed % spacing and passed not in by_hand:
                self._states.pop(passed, None)
        if self.samples > 1 and old > 0:
            self._frames[old - 1].thin(self.sample)


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
