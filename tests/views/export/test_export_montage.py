"""The export dialog: A beside B, one of them, or a kept rollout; and the montage with its frames."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.export import export_clip
from poseviewer.progress import finished
from tests.app.work.making import RAW, settle
from tests.export.conftest import watch
from tests.views.driving.clicking import pick
from tests.views.export.conftest import choose, made, settled


@pytest.fixture
def both(rolled: Session, qtbot: QtBot, tmp_path: Path) -> Session:
    """Five frames of A and of B, and a branch of A that was left."""
    rolled.settings.put("export folder", str(tmp_path))
    rolled.use_model(RAW, role="generated_b")
    settle(rolled, qtbot)
    rolled.stepper.choose("generated_b")
    rolled.stepper.step(5)
    qtbot.waitUntil(lambda: rolled.bench.lanes[1].horizon == 5 and not rolled.jobs.running, timeout=30_000)
    rolled.set_time(rolled.bench.time_of_relative(3))
    rolled.branch()
    settle(rolled, qtbot)
    return rolled


def test_both_lanes_each_of_them_or_what_was_left_is_exported(both: Session, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = made(both, qtbot)
    words = [dialog.rollout.itemText(row) for row in range(dialog.rollout.count())]
    assert words[:3] == ["A beside B", "A alone", "B alone"] and len(words) == 4
    assert [lane.name for lane in dialog.bench.lanes] == ["A", "B"]
    assert dialog.path.name.count("generator") == 2 and both.bench is not dialog.bench
    pick(dialog.rollout, "B alone")
    assert [lane.name for lane in dialog.bench.lanes] == ["B"] and dialog.path.stem.endswith("raw +5")
    pick(dialog.rollout, words[3])
    left = next(kept for kept in both.keeping.on_bench() if kept.words() == words[3])
    assert [lane.rollout for lane in dialog.bench.lanes] == [left.rollout]
    assert dialog.range.last.value() == left.rollout.length and len(both.bench.lanes) == 2
    settled(dialog, qtbot)
    assert dialog.preview.shown is not None and not dialog.preview.problem
    choose(dialog, ".npz")
    finished(export_clip(dialog.bench, tmp_path / "left.npz", dialog.options))
    import numpy as np

    with np.load(tmp_path / "left.npz") as file:
        np.testing.assert_allclose(file["positions"][-1], left.rollout.poses[0, -1], atol=1e-5)


def test_the_montage_has_its_frames_its_size_and_one_picture_as_a_still(
    both: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = made(both, qtbot)
    pick(dialog.rollout, "B alone")
    choose(dialog, ".png")
    usual = dialog.picture.width_box.value(), dialog.picture.height_box.value()
    pick(dialog.range.part, "montage")
    assert dialog.range.montage.isVisible() and not dialog.range.first.isVisible()
    assert dialog.range.montage.text() == "0, 2, 5" and dialog.options.montage == (0, 2, 5)
    assert dialog.options.size == (968, 470) and "1 frame" in dialog._estimate.text()
    dialog.range.montage.selectAll()
    QTest.keyClicks(dialog.range.montage, "0, 1, 3, 5")
    assert dialog.options.montage == (0, 1, 3, 5) and dialog.options.size == (1284, 470)
    settled(dialog, qtbot)
    assert dialog.preview.shown is not None and not dialog.preview.problem
    finished(export_clip(dialog.bench, tmp_path / "strip.png", dialog.options))
    assert watch(tmp_path / "strip.png").size == (1284, 470)
    for typed, told in (("0, 9", "+9 lies beyond the 5 generated frames."), ("5, 1", "growing"), ("a", "numbers like")):
        dialog.range.montage.selectAll()
        QTest.keyClicks(dialog.range.montage, typed)
        assert told in dialog._words.text() and not dialog._export.isEnabled()
    dialog.range.montage.selectAll()
    QTest.keyClicks(dialog.range.montage, "0 5")
    assert dialog._export.isEnabled()
    choose(dialog, ".bvh")
    assert "montage is a picture" in dialog._words.text() and not dialog._export.isEnabled()
    choose(dialog, ".png")
    pick(dialog.range.part, "seed and rollout")
    assert dialog.options.montage is None and dialog.options.size == usual
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
