"""The store of rollouts: what was used last stays, what has to go goes oldest first, what is shared counts once."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.bench.rollouts import ClipKey, Kept, Key, Rollouts, shared_bytes
from tests.bench.test_track import walking

CLIP = ClipKey("/a.h5", "walk", 1)


class Stand:
    """Stands for a rollout: 10 bytes of its own beside what it shares with what it branched off."""

    length = 5

    def __init__(self, size: int = 10, shared: dict[int, int] | None = None) -> None:
        self._parts = {**(shared or {}), id(self): size}
        self.nbytes = sum(self._parts.values())

    def parts(self) -> dict[int, int]:
        return self._parts

    def branch(self) -> Stand:
        return Stand(1, self._parts)


def kept(number: int, size: int = 10) -> Kept:
    rollout: Any = Stand(size)
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
    assert replace(kept(3), name="stumbles").words() == "walk: stumbles, glide, +5 from frames 4 to 19"
    one = kept(3).rollout
    assert shared_bytes([one, one.branch(), one.branch()]) == 10 + 1 + 1


def branched() -> tuple[Rollouts, Kept, Kept, Kept]:
    """A rollout, a branch of it, and a branch of that, in a store."""
    store, first = Rollouts(limit=15), kept(0)
    store.keep(first)
    second = store.branch(first, "left")
    store.keep(second)
    third = store.branch(second)
    store.keep(third)
    return store, first, second, third


def test_a_branch_has_a_key_of_its_own_and_what_it_shares_takes_no_room_twice() -> None:
    store, first, second, third = branched()
    assert [one.key.number for one in (first, second, third)] == [0, 1, 2]
    assert sum(one.rollout.nbytes for one in store) > store.limit and len(store) == 3
    assert second.rollout is not first.rollout and (second.name, second.parent) == ("left", first.key)
    assert store.keep(kept(9)) == [first, second, third]  # none of them frees enough alone: each holds the first frames


def test_a_rollout_that_grows_keeps_its_place_in_the_tree() -> None:
    store, first, second, _ = branched()
    store.keep(replace(second, rollout=first.rollout))  # as each Step does
    assert [(depth, one.key.number, one.name) for depth, one in store.tree(CLIP)] == [
        (0, 0, ""), (1, 1, "left"), (2, 2, ""),
    ]  # fmt: skip
    store.keep(replace(second, name="right"))
    assert [one.name for _, one in store.tree(CLIP)] == ["", "right", ""]
    assert store.tree(ClipKey("/a.h5", "run", 1)) == []


def test_looking_at_a_rollout_or_naming_it_moves_none_in_the_tree() -> None:
    store, first = Rollouts(), kept(0)
    for samples in (1, 8, 64):
        store.keep(replace(first, key=replace(first.key, samples=samples)))
    before = [one.key.samples for _, one in store.tree(CLIP)]
    assert store.get(first.key) is not None
    assert [one.key.samples for _, one in store.tree(CLIP)] == before == [1, 8, 64]
    store.keep(replace(store.tree(CLIP)[1][1], name="stumbles"))
    assert [one.key.samples for _, one in store.tree(CLIP)] == before


def test_branches_of_a_dropped_rollout_become_its_parents() -> None:
    store, first, second, third = branched()
    assert store.drop(second.key) is not None
    assert [(depth, one.key) for depth, one in store.tree(CLIP)] == [(0, first.key), (1, third.key)]
    store.drop(first.key)
    assert [(depth, one.key) for depth, one in store.tree(CLIP)] == [(0, third.key)]


def test_a_lane_s_key_counts_the_side_of_flat_models_alone() -> None:
    generator: Any = SimpleNamespace(skeleton=SimpleNamespace(dims=3), fps=30.0)
    bench = Bench(lanes=(Lane(generator, samples=4, number=2),), azimuth=0.5)
    assert Key.of(bench, bench.lane) is None
    bench.clip, bench.seed = walking(frames=40, loop=False), (3, 20)
    assert Key.of(bench, bench.lane) == Key(ClipKey("", "", -1), (3, 20), id(generator), 4, 2)
    generator.skeleton.dims = 2
    key = Key.of(bench, bench.lane)
    assert key is not None and key.azimuth == 0.5


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
