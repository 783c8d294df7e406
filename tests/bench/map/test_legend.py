"""What the map's colours are called: one action, thirty, none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.bench.map.legend import COLOURED, OTHER, RAMP, WHEEL, groups, keys, scale
from poseviewer.render.palette import palette


def index_of(actions: list[str], frames: int = 4) -> Any:
    """An index of one clip an action name, named after its place."""
    known = tuple(dict.fromkeys(actions))
    clip = np.repeat(np.arange(len(actions), dtype=np.int32), frames)
    return SimpleNamespace(
        dataset=SimpleNamespace(infos=SimpleNamespace(texts=lambda column: actions)),  # as splits, too
        embedding=SimpleNamespace(skeleton=SimpleNamespace(dims=3)),
        errors=None,
        actions=known,
        action=np.array([known.index(name) for name in actions], dtype=np.int32),
        clip=clip,
        frame=np.tile(np.arange(frames, dtype=np.int32), len(actions)),
    )


def test_every_coloured_action_has_a_colour() -> None:
    assert len(palette("dark").actions) == len(palette("light").actions) == COLOURED


def test_one_action_and_no_action_names() -> None:
    assert [(key.name, key.frames) for key in keys(index_of(["walk"] * 3), "action", 0)] == [("walk", 12)]
    assert [key.name for key in keys(index_of(["", ""]), "action", 0)] == ["no action named"]


def test_of_thirty_actions_half_share_a_colour_and_the_clips_own_comes_first() -> None:
    index = index_of([f"action {k}" for k in range(30)])
    told = keys(index, "action", 7)
    assert told[0].name == "action 7" and len(told) == COLOURED + 1
    assert (told[-1].name, told[-1].group, told[-1].frames) == ("15 other actions", OTHER, 60)


@given(actions=st.lists(st.text(max_size=3), min_size=1, max_size=40), clip=st.integers(-1, 39))
@pytest.mark.parametrize("colour", ["action", "split"])
def test_each_group_on_the_map_has_one_key_with_its_frames(colour: Any, actions: list[str], clip: int) -> None:
    index, clip = index_of(actions), min(clip, len(actions) - 1)
    shown, frames = np.unique(groups(index, colour), return_counts=True)
    told = {key.group: key.frames for key in keys(index, colour, clip)}
    assert told == dict(zip(shown.tolist(), frames.tolist(), strict=True))


def test_colours_by_frame_go_through_the_whole_scale_in_a_short_clip_too() -> None:
    index = index_of(["walk", "run"], frames=24)
    index.clip, index.frame = index.clip[:36], index.frame[:36]  # the second clip has half as many
    group = groups(index, "frame")
    assert (group[0], group[23], group[24], group[35]) == (0, RAMP - 1, 0, RAMP - 1)


def test_colours_by_frame_are_a_scale() -> None:
    index = index_of(["walk", "run"], frames=24)
    group, told = groups(index, "frame"), scale(index, "frame")
    assert keys(index, "frame", 0) == () and group[0] == 0 and group[23] == group.max() == RAMP - 1
    assert told is not None and (told.begin, told.end) == ("first frame", "last frame of each clip")


def test_neighbouring_clips_differ_and_colours_come_round() -> None:
    group = groups(index_of(["walk"] * 60, frames=1), "clip")
    assert (group[1:] != group[:-1]).all() and group[0] == group[WHEEL] and len(np.unique(group)) == WHEEL
    few, many = scale(index_of(["walk"] * 5), "clip"), scale(index_of(["walk"] * 60), "clip")
    assert few is not None and few.end == "clip 5" and many is not None and many.end == f"clip {WHEEL}, then again"


def test_splits_stand_in_their_usual_order() -> None:
    told = keys(index_of(["test", "", "train", "extra"]), "split", 0)
    assert [(key.name, key.frames) for key in told] == [
        ("train", 4), ("test", 4), ("extra", 4), ("no split named", 4),
    ]  # fmt: skip


def test_errors_are_steps_up_to_what_nearly_all_frames_are_below() -> None:
    index = index_of(["walk"], frames=100)
    waiting = scale(index, "error")
    assert waiting is not None and "being measured" in waiting.end and (groups(index, "error") == OTHER).all()
    index.errors = np.linspace(0.0, 0.1, 100)
    index.errors[-1], index.errors[50] = 7.0, np.nan  # an outlier takes no colour from the others; one is not known
    group, told = groups(index, "error"), scale(index, "error")
    assert group[0] == 0 and group[97] == RAMP - 1 and group[50] == OTHER
    assert (np.diff(group[:50].astype(int)) >= 0).all()
    assert told is not None and told.end == "9.8 cm off and more"
    index.embedding.skeleton.dims = 2
    flat = scale(index, "error")
    assert flat is not None and flat.end == "9.8 % of the image's height off and more"
