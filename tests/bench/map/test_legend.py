"""What the map's colours are called: one action, thirty, none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.bench.map.legend import COLOURED, OTHER, groups, keys
from poseviewer.render.palette import palette


def index_of(actions: list[str], frames: int = 4) -> Any:
    """An index of one clip an action name, named after its place."""
    known = tuple(dict.fromkeys(actions))
    clip = np.repeat(np.arange(len(actions), dtype=np.int32), frames)
    infos = [SimpleNamespace(name=f"clip {k}") for k in range(len(actions))]
    return SimpleNamespace(
        dataset=SimpleNamespace(infos=infos),
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
    assert [key.name for key in keys(index, "clip", 20)] == ["clip 20", "other clips"]
    assert keys(index, "clip", 20)[0].group != OTHER  # it is told apart from the others all the same


@given(actions=st.lists(st.text(max_size=3), min_size=1, max_size=40), clip=st.integers(-1, 39))
@pytest.mark.parametrize("colour", ["action", "clip"])
def test_each_group_on_the_map_has_one_key_with_its_frames(colour: Any, actions: list[str], clip: int) -> None:
    index, clip = index_of(actions), min(clip, len(actions) - 1)
    shown, frames = np.unique(groups(index, colour, clip), return_counts=True)
    told = {key.group: key.frames for key in keys(index, colour, clip)}
    assert told == dict(zip(shown.tolist(), frames.tolist(), strict=True))


def test_colours_by_frame_are_a_ramp() -> None:
    index = index_of(["walk", "run"], frames=24)
    group = groups(index, "frame", 0)
    assert keys(index, "frame", 0) == () and group[0] == 0 and group[23] == group.max()


def test_beyond_the_coloured_actions_a_clips_colour_comes_round() -> None:
    index = index_of([f"action {k}" for k in range(30)])
    assert [keys(index, "clip", clip)[0].group for clip in (0, 14, 15, 29)] == [0, 14, 0, 14]
