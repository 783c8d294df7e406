"""The joints of a rig that names alone do not tell: paired by the mouse, taken back, used, and remembered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.app.settings import Settings
from poseviewer.app.work import mappings
from poseviewer.bench.lone_pose import body
from poseviewer.data.writer import DatasetWriter
from poseviewer.motion import by_hand
from poseviewer.motion.clip import Clip
from poseviewer.motion.matching import maps_onto, pairing
from poseviewer.motion.skeleton import HUMANOID, Skeleton
from poseviewer.views.mapping.canvas import MappingCanvas, Side
from poseviewer.views.mapping.mapping_dialog import MappingDialog
from tests.linear_world import LinearEmbedding, clips
from tests.motion.test_matching import four_legs
from tests.views.driving.clicking import answer, click, drag, pick, put_up, put_up_window

RENAMED = {"left_toe": "tip_a", "right_toe": "tip_b", "right_wrist": "bone"}
LACKED = ("neck", "chest")
KEPT = [j for j, joint in enumerate(HUMANOID.joints) if joint not in LACKED]


def rig() -> Clip:
    """A person without neck and chest, three of whose joints say nothing."""
    walk = clips()[0]
    names = tuple(RENAMED.get(joint, joint) for joint in (HUMANOID.joints[j] for j in KEPT))
    skeleton = Skeleton.tree("rig", names, (-1, *([0] * (len(names) - 1))))
    return replace(walk, skeleton=skeleton, positions=standing()[:, KEPT], loop=False, name="stranger")


def standing() -> np.ndarray:
    """(48, 18, 3) a person whose joints lie apart on the screen."""
    from poseviewer.views.mapping.mapping import standing as still

    return np.repeat(still(HUMANOID)[None], 48, axis=0)


@pytest.fixture(autouse=True)
def nothing_by_hand() -> Iterator[None]:
    yield
    by_hand.forget()


@pytest.fixture
def dialog(empty_session: Session, qtbot: QtBot) -> Iterator[MappingDialog]:
    made = put_up(MappingDialog(empty_session, rig(), None), qtbot, 1200, 660)
    yield made
    made.close()


def place(canvas: MappingCanvas, side: Side, joint: str) -> QPoint:
    """Where a joint is seen."""
    x, y = canvas.places(side)[canvas.skeleton(side).joints.index(joint)]
    return QPointF(x, y).toPoint()


def couple(dialog: MappingDialog, source: str, target: str) -> None:
    """Drag a joint of the rig onto one of the target."""
    canvas = dialog.canvas
    drag(canvas, place(canvas, "source", source), place(canvas, "target", target))


def row(dialog: MappingDialog, joint: str) -> QPoint:
    return dialog.pairs.row_box(HUMANOID.joints.index(joint)).center()


def told(dialog: MappingDialog) -> dict[str, str]:
    return {row.name: row.how for row in dialog.mapping.rows()}


def test_it_says_what_is_found_what_lies_between_and_what_is_missing(dialog: MappingDialog) -> None:
    assert dialog.headline.text() == (
        "13 of 18 joints found by name, 2 interpolated, 3 missing: left toe, right toe, right wrist"
    )
    assert "16 joints named as by poseviewer. 3 joints that humanoid does not have are left out." in dialog.about.text()
    how = told(dialog)
    assert (how["neck"], how["chest"], how["left_toe"], how["head"]) == (
        "interpolated", "interpolated", "missing", "by name",
    )  # fmt: skip
    assert not dialog.apply.isEnabled() and "3 missing" in dialog.apply.toolTip()
    assert dialog.pairs.selected == HUMANOID.joints.index("left_toe")  # what is to be decided first


def test_joints_are_dragged_together_either_way_and_taken_back(dialog: MappingDialog) -> None:
    couple(dialog, "tip_a", "left_toe")
    canvas = dialog.canvas
    drag(canvas, place(canvas, "target", "right_toe"), place(canvas, "source", "tip_b"))
    assert (told(dialog)["left_toe"], told(dialog)["right_toe"]) == ("by hand", "by hand")
    assert "1 missing: right wrist" in dialog.headline.text()
    QTest.keySequence(dialog, "Ctrl+Z")
    assert told(dialog)["right_toe"] == "missing"
    QTest.keySequence(dialog, QKeySequence(QKeySequence.StandardKey.Redo))
    assert told(dialog)["right_toe"] == "by hand"
    couple(dialog, "tip_b", "left_toe")  # a joint is one thing: its last place is empty again
    assert (told(dialog)["left_toe"], told(dialog)["right_toe"]) == ("by hand", "missing")
    click(dialog, "Start over")
    assert told(dialog)["left_toe"] == "missing"


def test_a_drag_beside_the_joints_turns_both_and_pairs_nothing(dialog: MappingDialog) -> None:
    canvas, before = dialog.canvas, dialog.canvas.places("target").copy()
    drag(canvas, QPoint(20, 60), QPoint(120, 60))
    assert np.abs(canvas.places("target") - before).max() > 5
    assert told(dialog)["left_toe"] == "missing" and not dialog.mapping.decided


def test_a_row_s_list_chooses_and_delete_clears(dialog: MappingDialog) -> None:
    QTest.mouseClick(dialog.pairs, Qt.MouseButton.LeftButton, pos=row(dialog, "right_wrist"))
    assert dialog.pairs.combo.isVisible() and dialog.canvas.selected == HUMANOID.joints.index("right_wrist")
    pick(dialog.pairs.combo, "bone")
    assert told(dialog)["right_wrist"] == "by hand"
    QTest.mouseClick(dialog.pairs, Qt.MouseButton.LeftButton, pos=row(dialog, "head"))
    QTest.keyClick(dialog.pairs, Qt.Key.Key_Delete)
    assert told(dialog)["head"] == "missing"
    at = place(dialog.canvas, "source", "left_knee")
    QTest.mouseClick(dialog.canvas, Qt.MouseButton.LeftButton, pos=at)
    assert dialog.pairs.selected == HUMANOID.joints.index("left_knee")


def test_what_is_guessed_by_place_looks_so_until_it_is_confirmed(empty_session: Session, qtbot: QtBot) -> None:
    names = tuple({"chest": "spine1"}.get(joint, joint) for joint in HUMANOID.joints)
    skeleton = Skeleton.tree("rig", names, (-1, *([0] * (len(names) - 1))))
    positions = np.repeat(standing()[:1], 2, axis=0)
    made = put_up(MappingDialog(empty_session, Clip(skeleton, positions, 30.0, "rig"), None), qtbot, 1200, 660)
    chest = HUMANOID.joints.index("chest")
    assert made.headline.text() == "17 of 18 joints found by name, 1 guessed by place"
    assert told(made)["chest"] == "by place" and made.pairs.selected == chest and made.apply.isEnabled()
    assert pairing(skeleton, HUMANOID).note == "chest of humanoid guessed by place"
    before = made.pairs.grab().toImage()
    QTest.keyClick(made.pairs, Qt.Key.Key_Return)
    assert told(made)["chest"] == "by hand" and made.isVisible()
    assert "1 paired by hand" in made.headline.text() and made.pairs.grab().toImage() != before
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    QTest.keySequence(made, "Ctrl+Z")
    assert told(made)["chest"] == "by place"
    made.close()


def test_before_it_is_a_motion_a_person_stands_with_its_left_at_the_left() -> None:
    at = dict(zip(HUMANOID.joints, standing()[0], strict=True))
    assert at["left_wrist"][0] > 0.5 and at["right_wrist"][0] < -0.5


def test_what_has_four_legs_is_told_and_cannot_be_used(empty_session: Session, qtbot: QtBot) -> None:
    dog = four_legs(tail=True)
    clip = Clip(dog, np.random.default_rng(0).normal(size=(4, len(dog.joints), 3)), 30.0, "rex")
    made = put_up(MappingDialog(empty_session, clip, None), qtbot, 1000, 600)
    assert made.headline.text() == "It stands on four legs, and 'humanoid' is a person"
    assert not made.apply.isEnabled()
    made.close()


def complete(box: QDialog) -> None:
    """What somebody does to the dialog of the rig."""
    assert isinstance(box, MappingDialog)
    for target, source in RENAMED.items():
        couple(box, source, target)
    assert box.apply.isEnabled(), box.headline.text()
    click(box, "Use these pairs")


def test_from_the_window_it_lets_models_read_the_rig_can_be_undone_and_is_remembered(
    empty_session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session, path = empty_session, tmp_path / "strangers.h5"
    with DatasetWriter(path) as writer:
        writer.add(rig())
    window = put_up_window(session, qtbot)
    session.bench.embedding = LinearEmbedding()  # type: ignore[assignment]
    with qtbot.waitSignal(session.clip_changed, timeout=10_000):
        session.open_motion(path)
    session.models_changed.emit()
    bench, button = session.bench, window.generator.mapping
    assert "maps onto left_toe, right_toe, right_wrist" in bench.embedding_misfit and bench.embedded is None
    window.docks["generator"].raise_()
    assert button.isVisibleTo(window)
    answer(complete)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert bench.embedded is not None and not bench.embedding_misfit
    np.testing.assert_array_equal(
        bench.embedded.positions[:, HUMANOID.joints.index("left_toe")],
        bench.clip.positions[:, bench.clip.skeleton.joints.index("tip_a")],  # type: ignore[union-attr]
    )
    names = bench.clip.skeleton.joints  # type: ignore[union-attr]
    sides = body(bench.clip.skeleton).sides  # type: ignore[union-attr]
    assert [sides[names.index(joint)] for joint in ("tip_a", "tip_b", "bone", "head")] == [1, -1, -1, 0]
    assert "Chest and neck of humanoid interpolated, joints paired by hand. Pair the joints" in button.toolTip()
    qtbot.waitUntil(lambda: mappings.file().is_file() and not session.jobs.running, timeout=20_000)
    undo = next(action for action in window.actions() if action.text().startswith("Undo"))
    assert undo.text() == "Undo joint pairs"
    undo.trigger()
    assert bench.embedded is None and "left_toe" in bench.embedding_misfit
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)
    assert mappings.file().read_text() == "[]"  # what was taken back does not come back the next day
    next(action for action in window.actions() if action.text().startswith("Redo")).trigger()
    assert bench.embedded is not None
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)
    entry = window.actions_by_name["joints"]
    assert entry in [made for made in window.actions() if made.shortcut().toString() == "Ctrl+J"]
    by_hand.forget()
    another = Session(Settings())  # the next day
    assert maps_onto(rig().skeleton, HUMANOID)
    another.close()


def test_a_clip_that_every_model_reads_as_it_is_gets_a_sentence(empty_session: Session, qtbot: QtBot) -> None:
    window, told = put_up_window(empty_session, qtbot), []
    empty_session.place(replace(rig(), skeleton=HUMANOID, positions=standing(), name="walk"))
    empty_session.problem.connect(lambda text, _: told.append(text))
    window.actions_by_name["joints"].trigger()
    assert told == ["Map joints: 'walk' has the joints of every 3D model here; nothing is to be paired."]


def test_pairs_for_this_session_alone_leave_no_file(empty_session: Session, qtbot: QtBot) -> None:
    empty_session.place(rig())
    made = put_up(MappingDialog(empty_session, rig(), None), qtbot, 1200, 660)
    made.remember.click()
    complete(made)
    assert maps_onto(rig().skeleton, HUMANOID)
    qtbot.waitUntil(lambda: not empty_session.jobs.running, timeout=20_000)
    assert not mappings.file().exists()


@pytest.mark.parametrize("content", ["", "[", '{"rig": 1}', '[{"rig": ["a"], "onto": 3, "pairs": {}}, 7]', "[" * 9999])
def test_a_damaged_file_of_pairs_is_passed_over(empty_session: Session, content: str) -> None:
    mappings.file().write_text(content)
    mappings.recall()
    assert not maps_onto(rig().skeleton, HUMANOID)
    mappings.remember(("a",), ("b",), {"b": "a"})
    mappings.recall()
    assert by_hand.taught(("a",), ("b",)) == {"b": "a"}


def test_both_themes_draw_it(dialog: MappingDialog, empty_session: Session, qtbot: QtBot) -> None:
    def shade(widget: QWidget) -> int:
        return widget.grab().toImage().pixelColor(6, 6).lightness()

    dark = shade(dialog.canvas)
    empty_session.set_look(theme="light")
    assert shade(dialog.canvas) > dark + 100


def test_of_too_many_pairs_those_that_were_made_first_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mappings, "_MOST", 2)
    for rig_joint in "abc":
        mappings.remember((rig_joint,), ("head",), {"head": rig_joint})
    mappings.recall()
    assert [by_hand.taught((rig_joint,), ("head",)) is not None for rig_joint in "abc"] == [False, True, True]
