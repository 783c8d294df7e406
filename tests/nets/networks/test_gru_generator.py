from __future__ import annotations

import torch

from poseviewer.nets.networks.gru_generator import GRUGenerator, GRUGeneratorConfig


def test_a_range_that_is_set_after_an_answer_counts_in_the_next_one() -> None:
    network = GRUGenerator(GRUGeneratorConfig(inputs=5, hidden=8, noise=2, width=8))
    frame = torch.full((1, 5), 3.0)
    with torch.inference_mode():
        assert network.inside(frame).max() < 2.0  # drawn back to -1 .. 1 and a little beyond
    network.high.mul_(10.0)
    with torch.inference_mode():
        torch.testing.assert_close(network.inside(frame), frame)
    torch.testing.assert_close(network.inside(frame), frame)
