import pytest
import torch

from poseviewer.nets.networks.pca import PCA, PCAConfig
from poseviewer.nets.networks.vae import divergence


def test_pca_gives_the_strongest_directions_at_unit_variance_and_the_way_back():
    torch.manual_seed(0)
    turn = torch.linalg.qr(torch.randn(4, 4))[0]
    x = torch.randn(5000, 4) * torch.tensor([5.0, 2.0, 0.5, 0.1]) @ turn + torch.tensor([3.0, -1.0, 0.0, 7.0])
    network = PCA(PCAConfig(4, 2))
    network.start_as_pca(x)
    with torch.no_grad():
        z, _ = network.encode(x)
        back = network.decode(z)
    assert z.mean(dim=0).tolist() == pytest.approx([0.0, 0.0], abs=1e-3)
    assert torch.cov(z.T).flatten().tolist() == pytest.approx([1.0, 0.0, 0.0, 1.0], abs=1e-2)
    lost = (back - x).square().sum(dim=1).mean()  # what the other two directions hold
    assert float(lost) == pytest.approx(0.5**2 + 0.1**2, rel=0.1)


def test_the_divergence_of_a_gaussian_by_hand():
    """0.5 (m^2 + s^2 - 1) - ln s: nothing for the prior itself."""
    mean, std = torch.tensor([0.0, 2.0, 0.0]), torch.tensor([1.0, 1.0, 0.5])
    expected = [0.0, 2.0, 0.5 * (0.25 - 1.0) + 0.6931472]
    assert divergence(mean, std.log()).tolist() == pytest.approx(expected, abs=1e-6)
