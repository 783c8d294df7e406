import math

import torch

from poseviewer.nets.networks.denoiser import Denoiser


def test_points_are_drawn_towards_where_the_data_lies():
    torch.manual_seed(0)
    denoiser = Denoiser(2, 32, pull=0.2)
    optimiser = torch.optim.Adam(denoiser.parameters(), 1e-2)
    angle = torch.rand(512, 1) * 2 * math.pi
    ring = torch.cat([angle.cos(), angle.sin()], dim=1)
    for _ in range(300):
        optimiser.zero_grad()
        denoiser.error(ring, 0.3).backward()
        optimiser.step()
    off = 1.6 * ring
    with torch.no_grad():
        once = denoiser(off)
        often = off
        for _ in range(20):
            often = denoiser(often)
    assert once.norm(dim=1).mean() < off.norm(dim=1).mean()
    assert (often.norm(dim=1) - 1.0).abs().mean() < 0.25
    assert ((often * ring).sum(dim=1) / often.norm(dim=1)).mean() > 0.95  # to the near side, not to the middle


def test_what_it_is_used_for_does_not_train_it():
    denoiser = Denoiser(3, 8, pull=0.5)
    pose = torch.randn(4, 3, requires_grad=True)
    denoiser(pose).sum().backward()
    assert pose.grad is not None and all(weight.grad is None for weight in denoiser.parameters())
    denoiser.error(pose.detach(), 1.0).backward()
    assert all(weight.grad is not None for weight in denoiser.parameters())


def test_without_gradients_it_answers_the_same():
    denoiser, pose = Denoiser(3, 8, pull=0.5), torch.randn(4, 3)
    with torch.inference_mode():
        answer = denoiser(pose)
    assert torch.equal(answer, denoiser(pose))
