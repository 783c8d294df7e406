"""A watched folder whose files an installed model reads itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.app.watching import Watcher, newest
from poseviewer.data.writer import DatasetWriter
from poseviewer.motion.clip import Clip


def test_the_newest_weights_are_read_and_the_same_seed_rolled_out_again(
    empty_session: Session, pendulum: Clip, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from swing.models import SwingGenerator  # type: ignore[import-not-found]

    read: list[str] = []
    monkeypatch.setattr(SwingGenerator, "load", lambda self, path: read.append(path.name), raising=False)
    with DatasetWriter(tmp_path / "swings.h5") as writer:
        writer.add(pendulum)
    with qtbot.waitSignal(empty_session.clip_changed, timeout=10_000):
        empty_session.open([tmp_path / "swings.h5"])
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "log.txt").write_text("epoch 1")
    watcher = Watcher(empty_session, runs, "swing-generator")

    def appear(name: str) -> None:
        (runs / name).write_bytes(name.encode())
        for _ in range(2):
            watcher.look()
            qtbot.waitUntil(lambda: not watcher._looking, timeout=5000)
        qtbot.waitUntil(lambda: read[-1:] == [name] and not empty_session.jobs.running, timeout=30_000)

    appear("e1.pt")
    bench = empty_session.bench
    first = bench.lane.generator
    assert empty_session.generator_source == "swing-generator" and first is not None
    empty_session.stepper.step(4)
    qtbot.waitUntil(lambda: bench.lane.horizon == 4, timeout=20_000)
    appear("e2.ckpt")
    assert bench.lane.generator is not first
    qtbot.waitUntil(lambda: bench.lane.horizon == 4, timeout=20_000)
    assert newest(runs) is None  # none of them is a checkpoint of ours
