from __future__ import annotations

import numpy as np
import pytest

from poseviewer.data.readers.arrays.axes import order_of, unrest
from tests.data.arrays.people import person

ONE = person()
FOUR = np.stack([person(seed=seed) for seed in range(4)])
SAME = np.stack([ONE] * 3)
ORDERS = {
    "FJD": (ONE, ONE[None]),
    "JFD": (ONE.transpose(1, 0, 2), ONE[None]),
    "JDF": (ONE.transpose(1, 2, 0), ONE[None]),
    "DFJ": (ONE.transpose(2, 0, 1), ONE[None]),
    "FDJ": (ONE.transpose(0, 2, 1), ONE[None]),
    "one clip": (ONE[None], ONE[None]),
    "flat": (ONE.reshape(40, 66), ONE[None]),
    "flat, all x first": (ONE.transpose(0, 2, 1).reshape(40, 66), ONE[None]),
    "flat, frames last": (ONE.reshape(40, 66).T, ONE[None]),
    "clips, flat": (FOUR.reshape(4, 40, 66), FOUR),
    "NFJD": (FOUR, FOUR),
    "FNJD": (FOUR.transpose(1, 0, 2, 3), FOUR),
    "NJDF": (FOUR.transpose(0, 2, 3, 1), FOUR),
    "NDFJ": (FOUR.transpose(0, 3, 1, 2), FOUR),
    "three clips": (FOUR[:3].transpose(0, 2, 3, 1), FOUR[:3]),
    "the same clip three times": (SAME.transpose(0, 2, 3, 1), SAME),
    "NDFJN": (FOUR.transpose(0, 3, 1, 2)[..., None], FOUR),
    "many clips of few frames": (FOUR.reshape(16, 10, 22, 3), FOUR.reshape(16, 10, 22, 3)),
    "one pose": (ONE[0], ONE[None, :1]),
    "flat, with how sure each is": (
        np.concatenate([ONE, np.full((40, 22, 1), 0.9)], axis=-1).reshape(40, 88),
        np.concatenate([ONE, np.full((40, 22, 1), 0.9)], axis=-1)[None],
    ),
    "with how sure each is": (np.concatenate([ONE, ONE[..., :1] * 0 + 1], axis=-1), None),
}


@pytest.mark.parametrize("scale", [1.0, 1000.0])
@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("name", ORDERS)
def test_each_order_is_told_by_size_and_body(name, noise, scale):
    array, wanted = ORDERS[name]
    moved = np.random.default_rng(0).normal(scale=noise, size=array.shape) if noise else 0.0
    order = order_of((array + moved) * scale)
    found = order.apply(array)
    assert np.array_equal(found, array[None] if wanted is None else wanted), (order.letters, order.shape)


def test_what_counts_beside_the_array_settles_it():
    assert order_of(FOUR[:, :4, :4], clips=4).letters == "NFJD"
    cube = np.random.default_rng(0).normal(size=(15, 15, 3))
    assert order_of(cube, joints=15).letters == "FJD"
    assert order_of(np.zeros((9, 17, 3)), joints=9).letters == "JFD"


def test_noise_keeps_the_usual_order():
    for seed in range(5):
        noise = np.random.default_rng(seed).normal(size=(12, 30, 22, 3))
        assert order_of(noise).letters == "NFJD" and order_of(noise[0]).letters == "FJD"


@pytest.mark.parametrize("shape", [(7,), (5, 7), (40, 22, 6), (0, 22, 3), (2, 2, 2, 2, 2, 2), ()])
def test_no_order_is_made_up(shape):
    assert order_of(np.ones(shape)) is None


def test_turns_are_more_restless_than_bodies():
    turns = np.random.default_rng(0).normal(size=(1, 22, 3)) * np.sin(np.arange(40) / 4)[:, None, None]
    assert unrest(FOUR) < 0.2 < 0.4 < unrest(turns[None])
    assert unrest(FOUR[:, :3]) == np.inf
