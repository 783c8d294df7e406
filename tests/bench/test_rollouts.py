"""The store of rollouts: what was used last stays, what has to go goes oldest first, what is shared counts once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from poseviewer.bench.bench import Bench
from poseviewer.bench.rollouts import ClipKey, Kept, Key, Rollouts, shared_bytes
from tests.bench.test_track import walking

CLIP = ClipKey("/a.h5", "walk", 1)


def kept(number: int, size: int = 10) -> Kept:
    rollout: Any = SimpleNamespace(nbytes=size, length=5, parts=lambda: {1: size, number: 2})
    return Kept(Key(CLIP, (4, 20), 7, 1, number), rollout, "glide")


def test_the_one_that_was_not_used_for_longest_goes_first() -> None:
    store, made = Rollouts(limit=30), [kept(number) for number in range(6)]
    assert [store.keep(one) for one in made[:3]] == [[], [], []]
    assert store.get(made[0].key) is made[0].rollout
    assert store.keep(made[3]) == [made[1]]
    assert store.of_clip(CLIP) == [made[2], made[0], made[3]]
    large = kept(9, size=25)
    assert store.keep(large) == [made[2], made[0], made[3]]
    assert store.keep(kept(10, size=100)) == [large]  # the newest stays, however large it is
    assert len(store) == 1


def test_a_rollout_takes_the_place_of_its_keys_last_one() -> None:
    store = Rollouts(limit=30)
    for _ in range(5):
        assert store.keep(kept(1)) == []
    assert len(store) == 1 and store.drop(kept(1).key) is not None
    assert store.drop(kept(1).key) is None and store.get(kept(1).key) is None


def test_it_says_its_first_and_last_frame_and_shared_parts_count_once() -> None:
    assert kept(3).words() == "walk: glide, +5 from frames 4 to 19"
    assert shared_bytes([kept(3).rollout, kept(4).rollout]) == 10 + 2 + 2


def test_a_side_that_was_taken_back_is_not_remembered_with_the_clip() -> None:
    class Shelf:
        """Stands for a dataset."""

    bench, dataset, clip = Bench(), Shelf(), walking(frames=40, loop=False)
    sides = []
    for azimuth in (1.0, None):
        bench.place(clip, dataset, 3)  # type: ignore[arg-type]
        bench.project_from(azimuth)
        bench.place(clip, dataset, 4)  # type: ignore[arg-type]
        assert bench.azimuth is None
        bench.place(clip, dataset, 3)  # type: ignore[arg-type]
        sides.append(bench.azimuth)
    assert sides == [1.0, None]
