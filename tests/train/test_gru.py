"""The recurrent generator's training: when it reads real frames, when its own, and what it is judged by."""

from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
import torch

from poseviewer.train import gru
from poseviewer.train.gru import GRUSettings, _loss, _run, _soon, _twice_at_the_end

SETTINGS = replace(GRUSettings(), context=3, horizon=4, input_noise=0.0, mean_share=1.0, free_share=0.0)


class Counting:
    """Predicts 100, 101, ... whatever it reads; keeps what it has read."""

    config = SimpleNamespace(noise=2)
    denoiser = None
    change_scale = torch.ones(1)

    def __init__(self):
        self.seen = []

    def start(self, rows):
        return torch.zeros(rows, 1)

    def read(self, frame, memory):
        self.seen.append(float(frame[0, 0]))
        return memory

    def prior(self, memory):
        return torch.zeros(len(memory), 2), torch.zeros(len(memory), 2)

    def posterior(self, memory, change):
        return self.prior(memory)

    def following(self, frame, memory, latent):
        return torch.full_like(frame, 99.0 + len(self.seen))


def test_the_context_is_real_and_what_follows_is_its_own():
    network, real = Counting(), torch.arange(7.0).reshape(1, 7, 1)
    frames, nats = _run(network, real, 1.0, 0, SETTINGS)
    assert network.seen == [0.0, 1.0, 2.0, 102.0, 103.0, 104.0]
    assert frames[0, :, 0].tolist() == [100.0, 101.0, 102.0, 103.0, 104.0, 105.0]
    assert nats.shape == (1, 6)


def test_before_it_feeds_on_itself_every_frame_is_real():
    network = Counting()
    _run(network, torch.arange(7.0).reshape(1, 7, 1), 0.0, 0, SETTINGS)
    assert network.seen == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_the_first_frame_of_its_own_counts_most():
    """Frame 3 of a window is the first after a context of three, and the third that is predicted."""
    weights = _soon(6, replace(SETTINGS, early=4.0)).tolist()
    assert weights[:2] == [1.0, 1.0]
    assert weights[2:] == pytest.approx([1.0 + 4.0 * 2.718281828 ** (-k / 6.0) for k in range(4)], rel=1e-5)


def test_pairs_begin_alike():
    rows = torch.arange(6)
    assert _twice_at_the_end(rows, 2).tolist() == [0, 1, 4, 5, 4, 5]
    assert _twice_at_the_end(rows, 0).tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("share", "rows", "pairs"), [(0.3, 20, 3), (0.0, 8, 0), (1.0, 7, 3), (1.5, 8, 4)])
def test_no_more_sequences_are_sampled_than_there_are(share, rows, pairs, monkeypatch):
    asked = Mock(side_effect=StopIteration)
    monkeypatch.setattr(gru, "_run", asked)
    with pytest.raises(StopIteration):
        _loss(None, None, torch.zeros(rows, 8, 1), torch.ones(rows, 8), 1.0, replace(SETTINGS, free_share=share))
    assert len(asked.call_args.args[1]) == rows and asked.call_args.args[3] == pairs


def test_the_loss_is_the_mean_over_the_sequences():
    judge = Mock(side_effect=lambda frames: (frames[..., None], frames.diff(dim=1)[..., None]))
    judge.standing = lambda steps, feet: torch.ones(steps.shape[:3])
    judge.drift = lambda steps, real: torch.zeros(steps.shape[:2])
    real, settings = torch.arange(7.0).reshape(1, 7, 1), replace(SETTINGS, horizon=4)
    one, three = (
        _loss(Counting(), judge, real.repeat(n, 1, 1), torch.ones(n, 7), 1.0, settings).item() for n in (1, 3)
    )
    assert one > 0.0 and three == pytest.approx(one)
