from dataclasses import replace

import pytest

from poseviewer import paths
from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.measure.forecast.folds import fold_figures
from poseviewer.motion.clip import unrolled
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.models.load import load_model
from poseviewer.train.corpus import FOLDS, corpus_of, folds_of
from poseviewer.train.run import train

TINY = {"hidden": "8", "noise": "4", "width": "8", "restore": "8", "horizon": "3", "context": "4", "windows": "32"}
TINY |= {"batch": "32", "warmup": "0", "epochs": "1", "speeds": "1", "rigs": "0"}


@pytest.fixture(scope="module")
def walks(tmp_path_factory):
    path = tmp_path_factory.mktemp("walks") / "walks.h5"
    with Dataset.open(paths.demo()) as demo, DatasetWriter(path) as writer:
        for name in ("walk", "0walk_forward", "turn_left0", "turn_left1", "turn_right0", "turn_right1"):
            long = unrolled(demo.clip(demo.find(name)).onto(HUMANOID), 60)
            writer.add(replace(long, action="walk", split="train", loop=False))
    return path


def test_every_clip_is_left_out_by_one_fold(walks):
    assert sorted(folds_of(["a"] * 7 + ["b"] * 2).tolist()) == [1, 1, 1, 2, 2, 2, 3, 4, 5]
    left_out: list[str] = []
    with Dataset.open(walks) as dataset:
        for fold in range(1, FOLDS + 1):
            corpus = corpus_of(dataset, HUMANOID, 30.0, fold)
            assert not set(corpus.left_out) & {*corpus.training_names, *corpus.validation_names}
            left_out += corpus.left_out
        assert sorted(left_out) == sorted(info.name for info in dataset.infos)
        assert not corpus_of(dataset, HUMANOID, 30.0).left_out
        with pytest.raises(PoseviewerError, match="fold=9"):
            corpus_of(dataset, HUMANOID, 30.0, 9)


def test_each_fold_is_judged_on_what_it_left_out(walks, tmp_path):
    models = []
    for fold in (1, 2):
        out = tmp_path / f"{fold}.safetensors"
        list(train("generator", walks, out, settings={**TINY, "fold": str(fold)}, space="raw"))
        models.append(load_model(out))
    with Dataset.open(walks) as dataset:
        told = fold_figures(models, dataset)
        assert told["folds"] == 2 and told["clips"] == 3  # two clips of six in the first fold, one in the second
        assert {"100_ms", "1000_ms"} <= set(told["against_ridge_global"])
        with pytest.raises(PoseviewerError, match="fold"):
            fold_figures([models[0], models[0]], dataset)
        with pytest.raises(PoseviewerError, match="fold"):
            fold_figures([load_model(paths.models() / "humanoid-generator-raw.safetensors")], dataset)


def test_an_embedding_that_saw_the_clips_is_noticed(walks, tmp_path):
    embedding, out = tmp_path / "e.safetensors", tmp_path / "g.safetensors"
    small = {"latent": "4", "hidden": "8", "depth": "1", "epochs": "1", "rigs": "0"}
    list(train("embedding", walks, embedding, settings=small))
    list(train("generator", walks, out, settings={**TINY, "fold": "1"}, embedding=embedding))
    with Dataset.open(walks) as dataset, pytest.raises(PoseviewerError, match="has seen clips"):
        fold_figures([load_model(out)], dataset)
