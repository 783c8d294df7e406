"""The nearest real pose of what is generated or held: found on a lane once somebody wants to see it."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.analysis.encoding import on_skeleton
from poseviewer.app.session import Session
from poseviewer.bench.compose import compose
from poseviewer.bench.scene.nearest import asked, why_none
from tests.app.work.making import made, settle

KEY = "nearest real pose"


def test_a_generated_frame_gets_a_ghost_with_its_distance_on_request(ready: Session, qtbot: QtBot) -> None:
    bench = ready.bench
    made(ready, qtbot, 8)
    assert not bench.nearest and KEY not in [figure.key for figure in compose(bench).figures]
    with qtbot.waitSignal(ready.nearest_changed, timeout=60_000):
        ready.set_look(nearest=True)
    (ask,), stage = asked(bench), compose(bench)
    real = bench.nearest[ask.key]
    (ghost,) = [figure for figure in stage.figures if figure.key == KEY]
    assert bench.embedding is not None and bench.lane.rollout is not None and bench.dataset is not None
    pose = on_skeleton(ask.pose[None], bench.lane.rollout.skeleton, bench.embedding.skeleton)[0]
    assert real.error == pytest.approx(float(np.linalg.norm(ghost.positions[0] - pose, axis=-1).mean()), abs=1e-4)
    (label,) = [label.text for label in stage.labels if label.text.startswith("real: ")]
    assert label == f"real: {real.name}, frame {real.frame}, {100 * real.error:.2g} cm away"
    bench.dataset.find(real.name)
    other = compose(bench, bench.time_of_relative(3))  # as a film asks for it
    assert KEY not in [figure.key for figure in other.figures]
    assert not ready.history.canUndo() or ready.history.count() == 1  # to look is no edit
    ready.set_time(bench.time_of_relative(3))
    assert KEY not in [figure.key for figure in compose(bench).figures]  # not the one of another frame
    settle(ready, qtbot)
    qtbot.waitUntil(lambda: KEY in [figure.key for figure in compose(bench).figures])
    ready.set_look(nearest=False)
    assert not bench.nearest


def test_a_held_pose_gets_one_and_a_pose_of_the_data_is_nearest_to_itself(ready: Session, qtbot: QtBot) -> None:
    bench = ready.bench
    ready.set_look(nearest=True)
    assert bench.index is not None and not asked(bench)  # a frame of the clip is real
    ready.hold(bench.index.latents[5])
    with qtbot.waitSignal(ready.nearest_changed, timeout=60_000):
        ready.hold(bench.index.latents[5])
    settle(ready, qtbot)
    (ask,) = asked(bench)
    assert ask.of is bench.held and bench.nearest[ask.key].error < 0.2


def test_without_a_dataset_it_is_off_and_says_why(empty_session: Session) -> None:
    assert "none is open" in why_none(empty_session.bench)
    empty_session.set_look(nearest=True)
    assert not asked(empty_session.bench)
