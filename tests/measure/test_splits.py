"""Which clips are judged: never one that the model trained on or was chosen by, unless that is asked for."""

from dataclasses import replace

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.data.dataset import Dataset
from poseviewer.errors import PoseviewerError
from poseviewer.measure.splits import split_of, usual_split
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.checkpoints.checkpoint import Card, describe


@pytest.fixture
def dataset() -> Dataset:
    """Training clips a to d, test clips e and f, and g of no split."""
    splits = {"a": "train", "b": "train", "c": "train", "d": "train", "e": "test", "f": "test", "g": ""}
    poses = np.random.default_rng(0).normal(size=(8, 18, 3)).astype(np.float32)
    return Dataset.of([Clip(HUMANOID, poses, 30.0, name, split=split) for name, split in splits.items()], "letters")


def card(*aside: str) -> Card:
    told = {"validation_clips": list(aside)}
    return replace(describe(paths.models() / "humanoid-embedding.safetensors"), trained_on=told)


def names(clips: list[Clip]) -> str:
    return "".join(clip.name for clip in clips)


def test_test_clips_are_judged_and_training_is_told_apart(dataset: Dataset) -> None:
    parts = split_of(dataset, "test", [card("b", "f")])
    assert names(parts.judged) == "e"  # f was chosen by
    assert names(parts.training) == "abcd" and names(parts.learned) == "acd" and names(parts.held) == "bf"
    assert names(parts.unjudged) == "abcd"


def test_validation_is_what_all_trainings_set_aside(dataset: Dataset) -> None:
    parts = split_of(dataset, "validation", [card("b", "c"), card("c", "d")])
    assert names(parts.judged) == "c" and names(parts.unjudged) == "abd"
    assert names(parts.learned) == "ad" and names(parts.held) == "bc"  # the first model's


def test_what_was_learned_from_leaves_out_what_was_set_aside(dataset: Dataset) -> None:
    assert names(split_of(dataset, "train", [card("b")]).judged) == "acd"


def test_clips_come_on_the_models_skeleton_at_its_rate(dataset: Dataset) -> None:
    (clip, _) = split_of(dataset, "test", [card()], HUMANOID, 15.0).judged
    assert clip.fps == 15.0 and len(clip) == 4
    assert split_of(dataset, "test", [card()]).judged[0].fps == 30.0


def test_all_clips_are_judged_where_none_is_a_test_clip(dataset: Dataset) -> None:
    assert usual_split(dataset) == "test"
    untold = Dataset.of([clip for clip in dataset if clip.split != "test"], "letters")
    assert usual_split(untold) == "all"
    assert names(split_of(untold, "all", [card("b")]).judged) == "abcdg"


@pytest.mark.parametrize(
    ("split", "cards", "words"),
    [
        ("dream", [card()], "no clips of the split 'dream'"),
        ("validation", [card()], "no clips of the split 'validation'"),
        ("validation", [card("a"), card("b")], "set aside by all of the models"),
    ],
)
def test_nothing_to_judge_is_a_sentence(dataset: Dataset, split: str, cards: list[Card], words: str) -> None:
    with pytest.raises(PoseviewerError, match=words):
        split_of(dataset, split, cards)
