"""Models and datasets that come while the session is at work, and what does not fit."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from tests.app.work.making import RAW, settle
from tests.views.driving.things import rig


def test_models_and_datasets_come_while_it_runs_and_nothing_made_is_lost(
    ready: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    ready.stepper.run()
    qtbot.waitUntil(lambda: ready.bench.lane.horizon >= 4, timeout=60_000)
    first = ready.bench.lane.generator
    ready.use_model(RAW)
    qtbot.waitUntil(lambda: ready.bench.lane.generator is not first, timeout=60_000)
    assert [kept.rollout.generator for kept in ready.keeping.rollouts] == [first]
    ready.stepper.run()
    qtbot.waitUntil(lambda: ready.bench.lane.horizon >= 4, timeout=60_000)
    (path,) = rig(tmp_path)
    with qtbot.waitSignal(ready.clip_changed, timeout=30_000):
        ready.open([path])
    settle(ready, qtbot)
    assert not ready.stepper.running and not ready.stepper.obstacle  # it maps by the names of its joints
    assert len(list(ready.keeping.rollouts)) == 2
    with qtbot.waitSignal(ready.clip_changed, timeout=30_000):
        ready.select_clip(ready.bench.datasets[0], ready.bench.datasets[0].find("walk"))
    settle(ready, qtbot)
    assert ready.bench.lane.horizon >= 4


def test_a_rig_that_lacks_joints_is_told_which_in_both_lanes(ready: Session, qtbot: QtBot, tmp_path: Path) -> None:
    ready.use_model(RAW, role="generated_b")
    settle(ready, qtbot)
    whole = rig(tmp_path)[0].read_text()
    path = tmp_path / "handless.bvh"
    path.write_text(whole.replace("LeftHand", "Paw").replace("LeftForeArm", "Paddle").replace("LeftArm", "Flipper"))
    with qtbot.waitSignal(ready.clip_changed, timeout=30_000):
        ready.open([path])
    settle(ready, qtbot)
    assert len(ready.bench.lanes) == 2
    for lane in ready.bench.lanes:
        assert "left_elbow" in lane.misfit and "left_wrist" in lane.misfit, lane.misfit
    assert "left_elbow" in ready.stepper.obstacle
