"""A network answers the same in one call as operation by operation, whatever it was recorded with."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from poseviewer.nets.models import one_call
from poseviewer.nets.models.building import ARCHITECTURES
from poseviewer.nets.models.generator import _ahead
from poseviewer.nets.models.one_call import OneCall

CONFIGS: dict[str, dict[str, Any]] = {
    "gru": {"inputs": 12, "hidden": 16, "noise": 4, "width": 8, "reads": 2, "momentum": 1, "pose": 8, "restore": 8},
    "window": {"inputs": 12, "context": 3, "hidden": 16, "noise": 4, "depth": 2},
    "textbook": {"inputs": 12, "context": 3, "hidden": 16},
}


@pytest.fixture(autouse=True)
def nothing_is_recorded_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of other tests' networks, of which there are more than are recorded."""
    monkeypatch.setattr(one_call, "_recorded", {})


def made(kind: str, name: str, seed: int, **config: Any) -> Any:
    """A network of random weights."""
    torch.manual_seed(seed)
    config_class, network_class = ARCHITECTURES[kind][name]
    network = network_class(config_class(**config)).eval().requires_grad_(False)
    for weight in (*network.parameters(), *network.buffers()):
        if weight.is_floating_point() and weight.ndim:
            weight.copy_(weight + 0.1 * torch.randn_like(weight).abs())
    return network


def step_of(network: Any, rows: int) -> tuple[Tensor, ...]:
    """What a generator is given for a step, after it has read three frames."""
    memory = network.start(rows)
    for _ in range(3):
        memory = network.read(torch.randn(rows, network.config.inputs), memory)
    return torch.randn(rows, network.config.inputs), memory, torch.randn(rows, network.noise), torch.tensor(0.7)


@pytest.mark.parametrize("name", CONFIGS)
@torch.inference_mode()
def test_a_generators_step_is_the_same_bit_for_bit(name: str) -> None:
    for seed, rows in ((0, 1), (1, 64), (2, 3), (2, 1)):  # recorded with the first; others of its kind have own weights
        network = made("generator", name, seed, **CONFIGS[name])
        ahead = OneCall(network, _ahead)
        given = step_of(network, rows)
        for _ in range(3):  # torch rewrites what it has recorded while it is asked the first times
            for mine, plain in zip(ahead(*given), _ahead(network, *given), strict=True):
                assert torch.equal(mine, plain)


@pytest.mark.parametrize("name", list(ARCHITECTURES["embedding"]))
@torch.inference_mode()
def test_an_embedding_answers_the_same_bit_for_bit(name: str) -> None:
    for seed, rows in ((0, 5), (1, 1), (2, 64)):
        network = made("embedding", name, seed, inputs=12, latent=9)
        encode, decode = OneCall(network, type(network).encode), OneCall(network, type(network).decode)
        poses, latents = torch.randn(rows, 12), torch.randn(rows, 9)
        for _ in range(3):
            for mine, plain in zip(encode(poses), network.encode(poses), strict=True):
                assert torch.equal(mine, plain)
            assert torch.equal(decode(latents), network.decode(latents))


@pytest.mark.parametrize("name", ["gru", "window"])
def test_it_is_one_call(name: str) -> None:
    network = made("generator", name, 0, **CONFIGS[name])
    asked = []

    def ask(network: nn.Module, *given: Tensor) -> Any:
        asked.append(len(given[0]))
        return _ahead(network, *given)  # type: ignore[arg-type]

    ahead = OneCall(network, ask)
    with torch.inference_mode():
        for rows in (2, 64, 64):
            ahead(*step_of(network, rows))
    assert asked == [2, 6]  # to record it, and to see that it holds for other numbers of rows


@torch.inference_mode()
def test_weights_may_change() -> None:
    network = made("embedding", "vae", 0, inputs=12, latent=9)
    decode, latents = OneCall(network, type(network).decode), torch.randn(2, 9)
    before = decode(latents)
    network.decoder_linear.weight.mul_(2.0)
    assert not torch.equal(decode(latents), before)
    assert torch.equal(decode(latents), network.decode(latents))


def test_a_recorded_architecture_holds_no_networks_weights() -> None:
    network = made("embedding", "vae", 0, inputs=12, latent=7)
    OneCall(network, type(network).decode)(torch.randn(2, 7))
    key = type(network), network.config, type(network).decode, torch.device("cpu")
    graph = one_call._recorded[key].graph  # type: ignore[union-attr]
    weights = len(one_call._places(network))
    assert len(list(graph.inputs())) == 1 + weights
    assert "prim::Constant[value=<Tensor>]" not in str(graph)
    weight = weakref.ref(network.decoder_linear.weight)
    del network, graph
    gc.collect()
    assert weight() is None  # the first network of its kind goes as every other one does


@torch.inference_mode()
def test_of_many_architectures_the_first_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_call, "MOST", 2)
    for latent in (3, 4, 5):
        network, latents = made("embedding", "vae", 0, inputs=12, latent=latent), torch.randn(2, latent)
        assert torch.equal(OneCall(network, type(network).decode)(latents), network.decode(latents))
    assert len(one_call._recorded) == 2


@torch.inference_mode()
def test_no_rows_are_answered_and_say_nothing_of_some() -> None:
    network = made("embedding", "vae", 0, inputs=12, latent=8)
    decode = OneCall(network, type(network).decode)
    assert decode(torch.randn(0, 8)).shape == (0, 12)
    latents = torch.randn(3, 8)
    assert torch.equal(decode(latents), network.decode(latents))


@torch.inference_mode()
def test_where_torch_records_nothing_each_network_answers_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.jit, "trace", lambda answer, given, **settings: answer)  # as with PYTORCH_JIT=0
    first, second = (made("embedding", "vae", seed, inputs=12, latent=6) for seed in (0, 1))
    latents = torch.randn(2, 6)
    for network in (first, second, first):
        assert torch.equal(OneCall(network, type(network).decode)(latents), network.decode(latents))
    assert list(one_call._recorded.values()) == [None]


@torch.inference_mode()
def test_what_cannot_be_recorded_is_asked_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: Any, **settings: Any) -> None:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(torch.jit, "trace", refuse)
    network = made("embedding", "vae", 0, inputs=12, latent=5)
    latents = torch.randn(2, 5)
    assert torch.equal(OneCall(network, type(network).decode)(latents), network.decode(latents))


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
@torch.inference_mode()
def test_what_holds_for_other_numbers_of_rows_no_more_is_not_used() -> None:
    network = made("embedding", "vae", 0, inputs=12, latent=6)

    def numbered(network: Any, latents: Tensor) -> Tensor:
        """Each row has its number added, which a recording takes for a constant where there is one row."""
        numbers = torch.tensor([float(row) for row in range(len(latents))])
        answer: Tensor = network.decode(latents) + numbers[:, None]
        return answer

    decode = OneCall(network, numbered)
    for rows in (1, 4, 2):
        latents = torch.randn(rows, 6)
        assert torch.equal(decode(latents), numbered(network, latents))
