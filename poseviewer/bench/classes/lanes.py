"""Class probabilities on the bench's time axis: what each classifier takes the seed for, and what is generated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.motion.actions import action_name, same_action, stem
from poseviewer.render.palette import Role

if TYPE_CHECKING:
    from poseviewer.analysis.classes.answers import Answers

ARROW = "\N{RIGHTWARDS ARROW}"
"""Between the seed's label and what the newest frames are taken for, where that is another action."""
_COLOURS = 15  # that actions have
_REACH = 0.1  # seconds beside the first and the last answer that they still hold for
_SAID = 0.005  # what is less likely is not named


@dataclass(frozen=True, eq=False)
class Named:
    """What a classifier says of a lane: probabilities (K, A) of actions at times (K,), seconds, that first which the
    motion up to the seed's end is taken for most.

    title, beneath: the words beside it; about: all of it in words. why: why something is missing. names, colours:
    (A,) of the actions, and their numbers in the palette. made: seconds from where on it is generated, or infinite.
    """

    role: Role
    title: str
    beneath: str
    about: str
    why: str = ""
    names: tuple[str, ...] = ()
    colours: tuple[int, ...] = ()
    times: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    probabilities: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 0)))
    made: float = float("inf")
    lettered: bool = False
    """Whether a lane's letter stands in the title, since there are several."""

    def at(self, time: float) -> list[tuple[str, float, int]]:
        """The two most probable actions at a time: name, probability, colour; none where nothing is known."""
        if not len(self.times) or not self.times[0] - _REACH <= time <= self.times[-1] + _REACH:
            return []
        here = [float(np.interp(time, self.times, column)) for column in self.probabilities.T]
        best = sorted(range(len(here)), key=lambda k: -here[k])[:2]
        return [(self.names[k], here[k], self.colours[k]) for k in best if here[k] >= _SAID]


def class_lanes(bench: Bench) -> tuple[Named, ...]:
    """Of each generator on the bench, or of the clip alone, what each classifier says; none while they are hidden."""
    if bench.clip is None or not bench.look.classes:
        return ()
    lanes = [lane for lane in bench.lanes if lane.generator is not None] or [bench.lane]
    return tuple(_named(bench, lane, place) for lane in lanes for place in range(len(bench.naming.namers)))


def _named(bench: Bench, lane: Lane, place: int) -> Named:
    namer, answers = bench.naming.namers[place], bench.naming.answers
    of_clip, of_lane = answers.get((place, None)), answers.get((place, lane.role)) if lane.tracks else None
    lettered = len(bench.lanes) > 1
    words = ["Class", *([lane.name] if lettered else [])]
    if len(bench.naming.namers) > 1:
        words.append(namer.kind)
    title, why = (
        " ".join(words),
        next((told for told in (namer.why, of_lane, of_clip) if told and isinstance(told, str)), ""),
    )
    clip, made = (None if isinstance(told, str) else told for told in (of_clip, of_lane))
    if namer.classifier is None or (clip is None and made is None):
        about = why or f"{namer.name} has not answered yet"
        return Named(lane.role, title, "probability", about, why, lettered=lettered)
    labels = [action_name(label) for label in namer.classifier.classes]
    names = tuple(dict.fromkeys(labels))
    times, rows = _joined(bench, lane, clip, made)
    known = np.isfinite(rows).all(axis=1)
    times, rows = times[known], rows[known]
    summed = np.stack([rows[:, [label == name for label in labels]].sum(axis=1) for name in names], axis=1)
    if not len(summed):
        why = why or "No joints are known well enough to name it."
        return Named(lane.role, title, "probability", namer.name, why, lettered=lettered)
    seed = summed[times <= bench.seed_end + 1e-6]
    first = (seed if len(seed) else summed).mean(axis=0)
    order = np.argsort(-first, kind="stable")
    story = _story(bench, names, first, summed[-1] if made is not None else None)
    colours = _colours(bench, names)
    return Named(
        lane.role,
        title,
        story[0],
        "\n".join(filter(None, (*story[1:], f"By {namer.name}, of the second that ends at each frame", why))),
        why,
        tuple(names[k] for k in order),
        tuple(colours[k] for k in order),
        times,
        summed[:, order],
        float("inf") if made is None or lane.track is None else lane.track.start,
        lettered,
    )


def _joined(
    bench: Bench, lane: Lane, clip: Answers | None, made: Answers | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times (K,) and probabilities (K, C): of the clip, and from the seed's end on of what was generated."""
    assert bench.clip is not None
    times: list[NDArray[np.float64]] = []
    rows: list[NDArray[np.floating]] = []
    if clip is not None:
        times, rows = [clip.frames / bench.clip.fps], [clip.probabilities]
    if made is not None and lane.track is not None:
        later = lane.track.start + made.frames / lane.track.fps
        if times:
            before = times[0] < later[0] - 1e-6
            times, rows = [times[0][before]], [rows[0][before]]
        times, rows = [*times, later], [*rows, made.probabilities]
    return np.concatenate(times), np.concatenate(rows).astype(np.float64)


def _story(
    bench: Bench, names: tuple[str, ...], first: NDArray[np.float64], last: NDArray[np.float64] | None
) -> tuple[str, ...]:
    """The seed's label against what is generated, in a few words and in a sentence or two."""
    assert bench.clip is not None
    label, taken = action_name(bench.clip.action), names[int(first.argmax())]
    told = f"The clip is labelled {label}, its seed taken for {taken}" if label else f"The seed is taken for {taken}"
    if label and not any(same_action(label, name) for name in names):
        told += f"; {label} is not among the classes"
    if last is None:
        return "probability", told
    label, now = label or taken, names[int(last.argmax())]
    newest = f"The last second generated is taken for {now}, {last.max():.0%}".replace("%", " %")
    return f"{label}, kept" if same_action(label, now) else f"{label} {ARROW} {now}", told, newest


def _colours(bench: Bench, names: tuple[str, ...]) -> list[int]:
    """Numbers of the palette's actions: those that the dataset's actions have, of other names ones that are free. Where
    it names no action, those of the first open dataset that does.
    """
    known = (dataset.infos.actions for dataset in (bench.dataset, *bench.datasets) if dataset is not None)
    actions = next((made for made in known if any(made)), {})
    theirs = {stem(name): number for name, number in actions.items() if name and number < _COLOURS}
    own = [theirs.get(stem(name)) for name in names]
    unused = [number for number in range(_COLOURS) if number not in theirs.values()]
    free = iter([*unused, *(number for number in range(_COLOURS) if number not in unused and number not in own)])
    return [next(free, _COLOURS) if number is None else number for number in own]
