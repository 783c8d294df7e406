import pytest
import torch

from poseviewer.nets.networks.cnn_classifier import CNNClassifier, CNNClassifierConfig, around
from poseviewer.nets.networks.rnn_classifier import GRUClassifier, LSTMClassifier, RNNClassifierConfig


def test_mean_and_spread_are_those_of_the_clips_own_frames_around():
    x = torch.randn(1, 30, 2)
    known = (torch.arange(30) < 20).float()[None]
    mean, spread = around(x, known, 9)
    near = x[0, 11:20]
    torch.testing.assert_close(mean[0, 15], near.mean(dim=0))
    torch.testing.assert_close(spread[0, 15], torch.log(near.var(dim=0, correction=0) + 1e-3) / 2 + 1.0)
    torch.testing.assert_close(mean[0, 19], x[0, 15:20].mean(dim=0))  # what follows the clip's end is not there


def networks():
    yield CNNClassifier(CNNClassifierConfig(6, 3, 8, 3)).eval()
    yield CNNClassifier(CNNClassifierConfig(6, 3, 8, 3, over=9)).eval()
    yield LSTMClassifier(RNNClassifierConfig(6, 3, 8, 2)).eval()
    yield GRUClassifier(RNNClassifierConfig(6, 3, 8)).eval()


@pytest.mark.parametrize("network", list(networks()), ids=lambda network: type(network).__name__)
def test_what_follows_a_clips_end_changes_nothing(network):
    x, known = torch.randn(2, 20, 6), torch.ones(2, 20)
    padded = torch.cat([x, torch.zeros(2, 9, 6)], dim=1)
    with torch.no_grad():
        alone = network(x, known)
        beside = network(padded, torch.cat([known, torch.zeros(2, 9)], dim=1))[:, :20]
    torch.testing.assert_close(alone, beside, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("over", [1, 3, 21])
def test_a_frames_logits_depend_on_its_window_alone(over):
    network = CNNClassifier(CNNClassifierConfig(6, 3, 8, 3, over)).eval()
    x = torch.randn(1, 80, 6, requires_grad=True)
    network(x, torch.ones(1, 80))[0, 40].sum().backward()
    touched = torch.nonzero(x.grad.abs().sum(dim=-1)[0])[:, 0]
    assert int(touched.max() - touched.min()) + 1 == network.window
