"""What of the map's look a bench can show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from poseviewer.bench.bench import Bench
from poseviewer.bench.map import chosen
from tests.linear_world import SIZE, fill_bench


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    fill_bench(made)
    return made


def test_lda_waits_for_a_dataset_of_three_actions_and_says_so(bench: Bench) -> None:
    bench.map = replace(bench.map, projection="LDA")
    assert "two actions" in chosen.why_no_lda(bench) and chosen.projecting(bench) == "PCA"
    (index,) = bench.indexes
    bench.indexes[:] = [replace(index, actions=("walk", "run", "kick"), action=np.array([0, 2], dtype=np.int32))]
    assert "two actions" in chosen.why_no_lda(bench)  # the clip that kicks was not encoded
    three = np.arange(len(index.clip), dtype=np.int32) % 3
    bench.indexes[:] = [replace(index, actions=("walk", "run", "kick"), action=np.arange(3), clip=three)]
    assert chosen.why_no_lda(bench) == "" and chosen.projecting(bench) == "LDA"
    bench.indexes[:] = [replace(index, actions=("walk", "run", ""), action=np.arange(3), clip=three)]
    assert chosen.why_no_lda(bench)  # no name is no action
    bench.indexes.clear()
    assert "encoded" in chosen.why_no_lda(bench)
    bench.dataset = None
    assert "none is open" in chosen.why_no_lda(bench)


def test_axes_are_the_two_that_tell_most_until_others_are_chosen(bench: Bench) -> None:
    assert chosen.axes_of(bench) == (3, 1)
    bench.map = replace(bench.map, axes=(5, 0))
    assert chosen.axes_of(bench) == (5, 0)
    bench.map = replace(bench.map, axes=(5, 17))  # remembered of a larger embedding
    assert chosen.axes_of(bench) == (3, 1)


def test_a_level_is_its_own_dimensions(bench: Bench) -> None:
    assert chosen.part_of(bench) == slice(0, SIZE)
    bench.map = replace(bench.map, level=1)
    assert chosen.level_of(bench) is None  # this embedding has one alone
    bench.embedding.level_sizes = (2, 4)  # type: ignore[union-attr, misc]
    assert chosen.part_of(bench) == slice(2, 6)
    assert chosen.axes_of(bench) == (3, 5)


def test_a_colouring_that_tells_nothing_apart_is_off_with_its_reason(bench: Bench) -> None:
    assert "splits" in chosen.why_no_colour(bench, "split")
    assert not any(chosen.why_no_colour(bench, colour) for colour in ("action", "clip", "frame", "error"))
    bench.map = replace(bench.map, colour="split")
    assert chosen.colouring(bench) == "action"
    (index,) = bench.indexes
    bench.indexes[:] = [replace(index, actions=("",), action=np.zeros(2, dtype=np.int32))]
    assert "actions" in chosen.why_no_colour(bench, "action") and chosen.colouring(bench) == "clip"
    bench.indexes[:] = [replace(bench.indexes[0], clip=np.zeros_like(index.clip))]
    assert "one clip" in chosen.why_no_colour(bench, "clip") and chosen.colouring(bench) == "frame"
    bench.indexes.clear()
    assert "open dataset" in chosen.why_no_colour(bench, "frame")
