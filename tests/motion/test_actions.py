"""Names of actions: as a person reads them, and one for what means the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.motion.actions import action_name, counted_together, same_action


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("walking_extra", "walking"),
        ("walking", "walking"),
        ("baseball_pitch", "baseball pitch"),
        ("clean_and_jerk", "clean and jerk"),
        ("JumpRope", "Jump Rope"),
        ("playground - climb, jump down", "playground - climb, jump down"),
        ("T_pose", "T pose"),
        ("extra", "extra"),
        ("S\N{LATIN SMALL LETTER I WITH DIAERESIS}_m", "S\N{LATIN SMALL LETTER I WITH DIAERESIS} m"),
        ("", ""),
    ],
)
def test_a_label_reads_as_words(label: str, name: str) -> None:
    assert action_name(label) == name


@given(st.text())
def test_a_name_of_a_name_is_itself_and_no_label_vanishes(label: str) -> None:
    name = action_name(label)
    assert bool(name) == bool(label.strip())
    assert action_name(name) == name


def test_classes_of_one_name_count_together() -> None:
    told = counted_together([("walking", 0.3), ("running", 0.4), ("walking_extra", 0.3)])
    assert told == pytest.approx({"walking": 0.6, "running": 0.4})
    assert max(told, key=lambda name: told[name]) == "walking"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("walk", "walking", True),
        ("run", "running", True),
        ("walking_extra", "Walk", True),
        ("dance", "dancing", True),
        ("kick", "kicking", True),
        ("jump rope", "jumping jacks", False),
        ("sing", "s", False),
        ("swing", "sweep", False),
        ("golf_swing", "golf swinging", True),
    ],
)
def test_an_action_and_its_doing_are_the_same(one: str, other: str, same: bool) -> None:
    assert same_action(one, other) is same
