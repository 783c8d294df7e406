import torch

from poseviewer.nets.networks.ladder import LadderConfig, LadderVAE


def test_moving_the_upper_level_takes_the_lower_one_along():
    torch.manual_seed(1)
    network = LadderVAE(LadderConfig(inputs=12, latent=6, top=2, hidden=16, depth=1))
    torch.nn.init.normal_(network.prior[-1].weight)
    torch.nn.init.zeros_(network.decoder_linear.weight)
    network.decoder_linear.weight.data[:, 2:] = torch.randn(12, 4)  # x depends on the lower level alone
    at, moved = torch.zeros(1, 6), torch.tensor([[2.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    assert (network.decode(moved) - network.decode(at)).abs().max() > 0.1


def test_the_posterior_of_the_lower_level_is_never_vaguer_than_its_prior():
    network = LadderVAE(LadderConfig(inputs=12, latent=6, top=2))
    _, log_std = network.encode(torch.randn(50, 12))
    assert (log_std[:, 2:] <= 0.0).all()
