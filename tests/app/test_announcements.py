"""Who changes something announces that, by its name, and once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.desk import Desk
from poseviewer.app.session import Session

NAMES = [name for name in vars(Desk) if name.endswith("_changed")]
ACTIONS: dict[str, tuple[Callable[[Session], object], set[str]]] = {
    "step": (lambda s: s.step(1), {"rollout", "time"}),
    "back": (lambda s: s.back(1), {"rollout", "time"}),
    "reset": (lambda s: s.reset(), {"rollout", "time"}),
    "undo of a step": (lambda s: s.history.undo(), {"rollout", "time"}),
    "seed": (lambda s: s.set_seed(2, 20), {"rollout", "seed", "time"}),
    "samples": (lambda s: s.set_sampling(samples=4), {"rollout", "time"}),
    "pin": (lambda s: s.toggle_pin("head"), {"pins"}),
    "look": (lambda s: s.set_look(theme="light"), {"look"}),
    "time": (lambda s: s.set_time(0.5), {"time"}),
}


def heard(session: Session, act: Callable[[Session], object], qtbot: QtBot) -> Counter[str]:
    """How often each signal is given by an action and what follows it."""
    told: Counter[str] = Counter()

    def settle() -> None:
        qtbot.waitUntil(lambda: not session.jobs.running and not session.stepper.busy, timeout=20_000)

    settle()
    hearing = [
        getattr(session, name).connect(lambda name=name: told.update([name.removesuffix("_changed")])) for name in NAMES
    ]
    act(session)
    settle()
    for connection in hearing:
        session.disconnect(connection)
    return told


@pytest.mark.parametrize("action", ACTIONS)
def test_each_change_is_announced_once_by_its_name(action: str, ready: Session, qtbot: QtBot) -> None:
    ready.step(2)
    qtbot.waitUntil(lambda: not ready.stepper.busy, timeout=20_000)
    act, signals = ACTIONS[action]
    assert heard(ready, act, qtbot) == dict.fromkeys(signals, 1)


def test_another_model_and_the_way_back_are_announced_once(ready: Session, qtbot: QtBot) -> None:
    """The latents twice: those of the last embedding are gone, and later those of this one are there."""
    raw = next(o.source for o in ready.offers.values() if o.name == "humanoid-generator-raw")
    ready.step(2)
    expected = {"rollout": 1, "models": 1, "latents": 2}
    assert heard(ready, lambda s: s.use_model(raw), qtbot) == expected | {"time": 1}
    assert heard(ready, lambda s: s.history.undo(), qtbot) == expected | {"time": 1}


def test_a_classifier_changes_no_latents(ready: Session, qtbot: QtBot) -> None:
    latent = next(o.source for o in ready.offers.values() if o.name == "humanoid-classifier-latent")
    assert heard(ready, lambda s: s.use_model(latent), qtbot) == {"models": 1, "class_probabilities": 1}
