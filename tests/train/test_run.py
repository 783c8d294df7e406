import numpy as np
import pytest

from poseviewer.cli.parsers import parse
from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models.load import load_model
from poseviewer.train.architectures import TRAINED
from poseviewer.train.augment import at_speeds, leaning, mirrored, on_another_rig
from poseviewer.train.corpus import corpus_of, cut_at_jumps, validation_clips
from poseviewer.train.run import RECIPES, train

SMALL_VAE = {"latent": "4", "hidden": "16", "depth": "1", "epochs": "3", "rigs": "0"}
SMALL_RNN = {
    "hidden": "16",
    "noise": "4",
    "width": "16",
    "horizon": "6",
    "context": "4",
    "windows": "64",
    "batch": "32",
}
SMALL_RNN |= {"warmup": "1", "epochs": "2", "speeds": "1", "rigs": "0"}


def finish(job):
    return list(job)[-1]


def test_an_embedding_and_a_generator_over_it_are_trained_and_load(walks, tmp_path):
    embedding, generator = tmp_path / "e.safetensors", tmp_path / "g.safetensors"
    last = finish(train("embedding", walks, embedding, settings=SMALL_VAE))
    assert last.done == last.total and "validation error" in last.text
    finish(train("generator", walks, generator, settings=SMALL_RNN, embedding=embedding))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["e.safetensors", "g.safetensors"]
    model = load_model(generator)
    card = checkpoint.describe(generator)
    assert card.trained_on["clips"] == 3 and len(card.trained_on["validation_clips"]) == 1
    assert "turn_right0" not in card.trained_on["validation_clips"]
    assert card.embedding_id == load_model(embedding).id
    assert "--set hidden=16" in card.trained_on["command"]
    with Dataset.open(walks) as dataset:
        state = model.start(dataset.clip(0), number=0, samples=2)
    assert np.isfinite(model.step(state, temperature=1.0)[0].poses).all()


def test_a_checkpoint_that_came_meanwhile_is_not_replaced_and_the_training_waits(walks, tmp_path):
    out = tmp_path / "e.safetensors"
    job = train("embedding", walks, out, settings=SMALL_VAE)
    next(job)
    out.write_bytes(b"another's")
    with pytest.raises(PoseviewerError, match=r"e\.safetensors: it is there already"):
        finish(job)
    assert out.read_bytes() == b"another's"
    finish(train("embedding", walks, out, settings=SMALL_VAE, resume=True))
    assert load_model(out).skeleton.name == "humanoid"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"kind": "dreamer"}, "dreamer"),
        ({"kind": "classifier"}, "--embedding"),
        ({"settings": {"colour": "1"}}, "colour"),
        ({"settings": {"epochs": "many"}}, "many"),
        ({"settings": {"features": "magic"}}, "magic"),
        ({"arch": "transformer"}, "transformer"),
        ({"skeleton": "penn14"}, "penn14"),
        ({"kind": "generator", "skeleton": "penn13", "space": "raw", "arch": "gru"}, "penn13"),
        ({"kind": "generator"}, "--embedding"),
    ],
)
def test_wrong_arguments_are_named(arguments, word, walks, tmp_path):
    with pytest.raises(PoseviewerError, match=word):
        finish(train(**{"kind": "embedding", "data": walks, "out": tmp_path / "m.safetensors", **arguments}))
    assert not list(tmp_path.iterdir())


def test_help_lists_what_can_be_trained(capsys):
    named = [(kind, arch, n) for kind, of in TRAINED.items() for arch, dims in of.items() for n in dims]
    assert sorted(RECIPES) == sorted(named)
    with pytest.raises(SystemExit):
        parse(["train", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "embedding: vae, ladder, autoencoder, pca; classifier: cnn, lstm, gru;" in told
    assert "generator: gru, window, textbook" in told


def test_test_clips_are_never_read_for_training(walks):
    with Dataset.open(walks) as dataset:
        corpus = corpus_of(dataset, HUMANOID, 30.0)
    assert {clip.split for clip in (*corpus.training, *corpus.validation)} == {"train"}
    assert not set(corpus.training_names) & set(corpus.validation_names)


def test_validation_is_drawn_by_action_and_the_same_each_time(walks):
    with Dataset.open(walks) as dataset:
        infos = [info for info in dataset.infos if info.split == "train"]
        assert validation_clips(infos) == validation_clips(infos)
        assert len(validation_clips(infos)) == 1
        assert not validation_clips(infos[:3])  # too few to give one away


def test_a_clip_is_cut_where_its_heading_jumps(walks):
    from dataclasses import replace

    with Dataset.open(walks) as dataset:
        clip = dataset.clip(0)
    positions = np.array(clip.positions)
    positions[20:] = positions[20:] * [-1, 1, -1]  # half a turn between two frames
    assert [len(piece) for piece in cut_at_jumps(replace(clip, positions=positions))] == [20, len(clip) - 20]
    assert [len(piece) for piece in cut_at_jumps(clip)] == [len(clip)]


def test_other_bodies_move_alike(walks):
    with Dataset.open(walks) as dataset:
        clip = dataset.clip(0)
    draw = np.random.default_rng(1)
    np.testing.assert_allclose(mirrored(mirrored(clip)).positions, clip.positions, atol=1e-6)
    left, right = (HUMANOID.joints.index(f"{side}_knee") for side in ("left", "right"))
    np.testing.assert_allclose(mirrored(clip).positions[:, left], clip.positions[:, right] * [-1, 1, 1])
    other = on_another_rig(clip, draw)
    assert 0.001 < np.linalg.norm(other.positions - clip.positions, axis=-1).mean() < 0.1
    tipped = leaning(clip, draw, 0.5)
    np.testing.assert_allclose(tipped.positions[:, 0], clip.positions[:, 0], atol=1e-6)
    faster = at_speeds([clip], [1.25])[0]
    assert faster.fps == clip.fps and len(faster) == pytest.approx(len(clip) / 1.25, abs=2)


def test_a_training_does_not_go_on_from_one_on_other_data(walks, tmp_path):
    other, out = tmp_path / "other.h5", tmp_path / "e.safetensors"
    with Dataset.open(walks) as dataset, DatasetWriter(other) as writer:
        for i in (0, 1):
            writer.add(dataset.clip(i))
    job = train("embedding", walks, out, settings=SMALL_VAE)
    while not out.with_name("e.safetensors.training").exists():
        next(job)
    job.close()
    with pytest.raises(PoseviewerError, match="other data"):
        finish(train("embedding", other, out, settings=SMALL_VAE, resume=True))
    assert not out.exists()
    finish(train("embedding", walks, out, settings=SMALL_VAE, resume=True))
