"""A rollout's file says whose it is, side included, and how it is made again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer.analysis.rollout import ByHand, Recipe
from poseviewer.bench.rollout_file import About, file_name, read, read_about, write
from poseviewer.bench.rollouts import ClipKey
from poseviewer.errors import PoseviewerError

ABOUT = About(ClipKey("/motions/walks.h5", "walk", 2**64 - 1), (3, 21), "/models/g.safetensors", False, 2, 2, 3, 0.25)
POSES = np.random.default_rng(0).normal(size=(2, 3, 13, 2)).astype(np.float32)
RECIPE = Recipe(
    5, 2, (1.0, 0.5, 0.0), (ByHand(0, "pose", POSES[0, 0]), ByHand(2, "latent", np.arange(4.0))), POSES
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / file_name(ABOUT, RECIPE)
    with made.open("wb") as file:
        write(file, ABOUT, RECIPE)
    return made


@pytest.mark.parametrize("azimuth", [0.25, None])
def test_it_is_read_as_it_was_written(tmp_path: Path, azimuth: float | None) -> None:
    about = replace(ABOUT, azimuth=azimuth)
    path = tmp_path / "one.rollout.npz"
    with path.open("wb") as file:
        write(file, about, RECIPE)
    assert read_about(path) == about
    told, recipe = read(path)
    assert told == about
    assert (recipe.number, recipe.samples, recipe.temperatures) == (5, 2, (1.0, 0.5, 0.0))
    np.testing.assert_array_equal(recipe.poses, POSES)
    assert [(made.length, made.by) for made in recipe.by_hand] == [(0, "pose"), (2, "latent")]
    for made, expected in zip(recipe.by_hand, RECIPE.by_hand, strict=True):
        np.testing.assert_array_equal(made.value, expected.value)


def test_a_branch_says_what_it_branched_off_and_files_of_before_say_nothing(tmp_path: Path) -> None:
    about = replace(ABOUT, name="stumbles", parent=1)
    path = tmp_path / "one.rollout.npz"
    with path.open("wb") as file:
        write(file, about, RECIPE)
    assert read_about(path) == about
    told = json.loads(str(np.load(path)["about"]))
    del told["name"], told["parent"], told["azimuth"]
    with np.load(path) as arrays:
        np.savez(path, **{**arrays, "about": np.array(json.dumps(told))})
    assert read_about(path) == replace(ABOUT, azimuth=None)


def test_other_poses_have_another_file() -> None:
    other = replace(RECIPE, poses=POSES + np.float32(0.5))
    assert file_name(ABOUT, RECIPE) == file_name(ABOUT, RECIPE) != file_name(ABOUT, other)
    assert file_name(ABOUT, RECIPE) != file_name(replace(ABOUT, model="/models/h.safetensors"), RECIPE)


def test_damage_is_one_sentence(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(PoseviewerError, match="damaged"):
        read(path)


def test_so_many_samples_as_nobody_made_are_damage(path: Path) -> None:
    with np.load(path) as arrays:
        told = {**json.loads(str(arrays["about"])), "samples": 10**9}
        np.savez(path, **{**arrays, "about": np.array(json.dumps(told)), "poses": POSES[:1]})
    with pytest.raises(PoseviewerError, match="damaged"):
        read(path)
