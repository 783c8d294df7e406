"""Who changes something announces that, by its name, and once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.desk import Desk
from poseviewer.app.session import Session

NAMES = [name for name in vars(Desk) if name.endswith("_changed") and name != "classes_changed"]
"""All but what is answered beside the work, in as many parts as it takes."""
ACTIONS: dict[str, tuple[Callable[[Session], object], set[str]]] = {
    "step": (lambda s: s.stepper.step(1), {"rollout", "time"}),
    "back": (lambda s: s.stepper.back(1), {"rollout", "time"}),
    "reset": (lambda s: s.reset(), {"rollout", "time"}),
    "undo of a step": (lambda s: s.history.undo(), {"rollout", "time"}),
    "seed": (lambda s: s.set_seed(2, 20), {"rollout", "seed", "time"}),
    "samples": (lambda s: s.set_sampling(samples=4), {"rollout", "time"}),
    "pin": (lambda s: s.toggle_pin("head"), {"pins"}),
    "look": (lambda s: s.set_look(theme="light"), {"look"}),
    "time": (lambda s: s.set_time(0.5), {"time"}),
    "fit": (lambda s: s.set_fit_to("all"), {"latents"}),
    "the same": (lambda s: s.set_sampling(samples=1, temperature=1.0), set()),
    "temperature": (lambda s: s.set_sampling(temperature=0.5), {"rollout"}),
}


def settle(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)


def heard(session: Session, act: Callable[[Session], object], qtbot: QtBot) -> Counter[str]:
    """How often each signal is given by an action and what follows it."""
    told: Counter[str] = Counter()
    settle(session, qtbot)
    hearing = [
        getattr(session, name).connect(lambda name=name: told.update([name.removesuffix("_changed")])) for name in NAMES
    ]
    act(session)
    settle(session, qtbot)
    for connection in hearing:
        session.disconnect(connection)
    return told


@pytest.mark.parametrize("action", ACTIONS)
def test_each_change_is_announced_once_by_its_name(action: str, ready: Session, qtbot: QtBot) -> None:
    ready.stepper.step(2)
    settle(ready, qtbot)
    act, signals = ACTIONS[action]
    assert heard(ready, act, qtbot) == dict.fromkeys(signals, 1)


def test_another_model_and_the_way_back_are_announced_once(ready: Session, qtbot: QtBot) -> None:
    """The latents twice: those of the last embedding are gone, and later those of this one are there. The verdicts when
    the model's own reference has been read.
    """
    raw = next(o.source for o in ready.offers.values() if o.name == "humanoid-generator-raw")
    ready.stepper.step(2)
    expected = {"rollout": 1, "models": 1, "latents": 2}
    assert heard(ready, lambda s: s.use_model(raw), qtbot) == expected | {"time": 1, "verdicts": 1}
    told = heard(ready, lambda s: s.history.undo(), qtbot)
    assert told.pop("verdicts", 0) <= 1 and told == expected | {"time": 1}


def test_a_classifier_changes_no_latents(ready: Session, qtbot: QtBot) -> None:
    latent = next(o.source for o in ready.offers.values() if o.name == "humanoid-classifier-latent")
    assert heard(ready, lambda s: s.use_model(latent), qtbot) == {"models": 1, "class_probabilities": 1}


def test_a_clip_is_announced_once_and_its_latents_when_they_are_gone_and_there(ready: Session, qtbot: QtBot) -> None:
    dataset, index = ready.bench.datasets[0], ready.bench.clip_index
    expected = {"clip": 1, "rollout": 1, "time": 1, "latents": 2, "class_probabilities": 1}
    assert heard(ready, lambda s: s.select_clip(dataset, index + 1), qtbot) == expected
    ready.set_loop_range((0.0, 0.5))
    assert heard(ready, lambda s: s.select_clip(dataset, index), qtbot) == expected | {"loop_range": 1}


def test_a_kept_rollout_is_announced_once_with_its_clip_too(ready: Session, qtbot: QtBot) -> None:
    seed, dataset, index = ready.bench.seed, ready.bench.datasets[0], ready.bench.clip_index
    ready.stepper.step(2)
    settle(ready, qtbot)
    (kept,) = ready.keeping.rollouts
    ready.set_seed(2, 20)
    assert heard(ready, lambda s: s.keeping.show(kept), qtbot) == {"rollout": 1, "seed": 1, "time": 1}
    assert ready.bench.seed == seed and ready.bench.lane.rollout is kept.rollout
    ready.select_clip(dataset, index + 1)
    settle(ready, qtbot)
    told = heard(ready, lambda s: s.keeping.show(kept), qtbot)
    assert told == {"clip": 1, "rollout": 1, "time": 1, "latents": 2, "class_probabilities": 1}


def test_model_and_side_are_announced_once_there_and_back(ready: Session, qtbot: QtBot) -> None:
    """The latents twice: what was seen from the other side is gone, and later this side's are there."""
    flat, solid = (
        next(offer.source for offer in ready.offers.values() if offer.name == name)
        for name in ("penn-generator-raw", "humanoid-generator-latent")
    )
    ready.use_model(flat)
    settle(ready, qtbot)
    side = {"models": 1, "rollout": 1, "latents": 2}
    assert heard(ready, lambda s: s.project_from(2.0), qtbot) == side
    ready.stepper.step(2)
    settle(ready, qtbot)
    kept = list(ready.keeping.rollouts)[-1]
    ready.use_model(solid)
    settle(ready, qtbot)
    ready.project_from(0.5)
    settle(ready, qtbot)
    both = {"models": 1, "rollout": 1, "latents": 2, "time": 1}
    assert heard(ready, lambda s: s.keeping.show(kept), qtbot) == both
    assert (ready.bench.azimuth, ready.generator_source) == (2.0, flat)
    assert heard(ready, lambda s: s.history.undo(), qtbot) == both
    assert (ready.bench.azimuth, ready.generator_source) == (0.5, solid)
    assert heard(ready, lambda s: s.history.redo(), qtbot) == both


def test_a_watched_checkpoint_is_announced_once(ready: Session, qtbot: QtBot, tmp_path: Path) -> None:
    target = tmp_path / "new.safetensors"
    ready.stepper.step(2)
    settle(ready, qtbot)
    for name in ("raw", "latent"):
        target.write_bytes((paths.models() / f"humanoid-generator-{name}.safetensors").read_bytes())
        told = heard(ready, lambda s: s.open_model(target, reroll=True), qtbot)
        # the rollout and the time twice: those of the last checkpoint are gone, and later those of this one are there;
        # so are the verdicts, once its reference has been read
        assert told.pop("verdicts") <= 2
        assert told == {"models": 1, "rollout": 2, "time": 2, "latents": 2}
