from __future__ import annotations

from dataclasses import replace

import pytest
from damage import motion

from poseviewer.data.dataset import Dataset
from poseviewer.data.windows import split_clips, starts, windows


def infos(count=40, split="", actions=("walk", "run")):
    clips = [motion(5 + i % 7, name=f"{i}", action=actions[i % len(actions)], split=split) for i in range(count)]
    return list(Dataset.of(clips, "some").infos)


def test_windows_fill_a_clip_and_never_leave_it():
    assert starts(10, 4).tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert starts(10, 4, 3).tolist() == [0, 3, 6]
    assert len(starts(3, 4)) == 0
    rows = infos(3)
    pairs = windows(rows, 5, clips=[0, 2])
    assert pairs.tolist() == [[0, 0], [2, 0], [2, 1], [2, 2]]
    with pytest.raises(ValueError, match="windows"):
        starts(10, 0)


def test_the_official_split_is_kept_and_validation_comes_from_training():
    rows = [replace(info, split="test" if i % 4 == 0 else "train") for i, info in enumerate(infos())]
    split = split_clips(rows)
    assert set(split["test"]) == set(range(0, 40, 4))
    assert not set(split["validation"]) & set(split["test"]) and split["validation"]
    assert {rows[i].action for i in split["validation"]} == {"walk", "run"}


@pytest.mark.parametrize("split", ["", "train"])
def test_parts_are_disjoint_complete_and_repeatable(split):
    rows = infos(split=split)
    parts = split_clips(rows, seed=3)
    together = [index for part in parts.values() for index in part]
    assert sorted(together) == list(range(40))
    assert bool(parts["test"]) is (split == "")
    assert parts == split_clips(rows, seed=3) != split_clips(rows, seed=4)


def test_a_rare_action_stays_in_training():
    rows = infos(9, "train", ("a", "b", "c"))[:8]
    rows = [replace(info, action="rare" if i < 2 else "often") for i, info in enumerate(rows)]
    assert all(rows[i].action == "often" for i in split_clips(rows)["validation"])
