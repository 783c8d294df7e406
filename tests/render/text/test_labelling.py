"""Labels: apart from each other, the weightier one where it belongs, on a plate where a figure lies behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.motion.skeleton import Skeleton
from poseviewer.render.body import body_of
from poseviewer.render.palette import palette
from poseviewer.render.stage import Badge, Label, LegendEntry, Ramp, Run, Stage
from poseviewer.render.text.glyphs import Glyphs
from poseviewer.render.text.labelling import Box, FiguresOnScreen, laid_out
from poseviewer.render.text.overlay import Overlay
from tests.render.scenes import CAMERA, figures, standing

SIZE = (640, 400)
SCENE = palette("dark").scenery
boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h), *(st.floats(0, 300), st.floats(0, 200)), *(st.floats(5, 80),) * 2
)


@given(st.lists(st.tuples(boxes, st.integers(0, 1)), max_size=12), st.lists(boxes, max_size=3))
def test_light_labels_never_meet_each_other_nor_what_stands(wanted, taken) -> None:
    moves = laid_out([box for box, _ in wanted], [weight for _, weight in wanted], taken)
    placed = [box.moved(*move) for (box, _), move in zip(wanted, moves, strict=True) if move is not None]
    for k, box in enumerate(placed):
        assert not any(box.meets(other) for other in placed[:k] + taken)


def test_the_weightier_label_stays_and_the_other_goes_down_a_line() -> None:
    number, truth = Box(100, 100, 120, 112), Box(90, 101, 140, 113)
    moves = laid_out([truth, number], [2, 3], [])
    assert moves[1] == (0.0, 0.0)
    assert moves[0] == (0.0, pytest.approx(truth.bottom - truth.top + 3.0 - 1.0, abs=3.0))
    assert not truth.moved(*moves[0]).meets(number)


def test_a_light_label_in_a_crowd_is_left_out_and_a_heavy_one_never() -> None:
    crowd = [Box(0, 20 * k, 400, 20 * k + 18) for k in range(20)]
    assert laid_out([Box(100, 100, 140, 112)], [0], crowd) == [None]
    assert laid_out([Box(100, 100, 140, 112)], [2], crowd) == [(0.0, 0.0)]


def test_at_the_foot_of_the_picture_a_heavy_label_goes_over_the_legend_and_not_out_of_sight() -> None:
    legend, real = Box(0, 376, 600, 392), Box(200, 380, 360, 392)
    ((right, down),) = laid_out([real], [2], [legend], foot=400.0)
    assert right == 0.0 and -40 < down < 0 and not real.moved(right, down).meets(legend)
    assert laid_out([real], [1], [legend], foot=400.0) == [None]


def test_of_equal_labels_the_newer_one_stays_where_it_belongs() -> None:
    older, newer = laid_out([Box(100, 100, 140, 112), Box(102, 101, 142, 113)], [0, 0], [])
    assert newer == (0.0, 0.0) and older not in (None, (0.0, 0.0))


def sprites(stage: Stage) -> np.ndarray:
    return Overlay(Glyphs(), stage, CAMERA, SIZE, 1.0).rows()


def test_numbers_at_one_place_on_the_ground_do_not_lie_over_each_other() -> None:
    at = (0.0, 0.0, 0.4)
    labels = (
        Label("\N{MINUS SIGN}10", at, SCENE.text_quiet),
        Label("+15", at, SCENE.text, weight_among=3),
        Label("truth +15", at, SCENE.text_quiet, weight_among=2),
    )
    left, top, width, height = sprites(Stage(SCENE, labels=labels))["place"].T
    ink = [Box(x + 4, y + 6, x + w - 4, y + h - 7) for x, y, w, h in zip(left, top, width, height, strict=True)]
    assert len(ink) >= 2
    for k, box in enumerate(ink):
        assert not any(box.meets(other) for other in ink[:k])


def test_a_caption_on_a_figure_lies_on_a_plate() -> None:
    badge = Badge(Run("+12", SCENE.text, 30, "semibold"), ((Run("walk", SCENE.text),),))
    near = replace(CAMERA, distance=1.5)
    beside = Overlay(Glyphs(), Stage(SCENE, badge=badge), near, SIZE, 1.0).rows()
    behind = Overlay(Glyphs(), Stage(SCENE, (figures(-0.7),), badge=badge), near, SIZE, 1.0).rows()
    assert len(behind) == len(beside) + 1
    plate, words = behind[0], behind[1:]
    assert plate["ink"][:3] == pytest.approx(SCENE.halo, abs=1e-6) and 0.4 < plate["ink"][3] < 0.9
    assert plate["place"][0] <= words["place"][:, 0].min() and plate["place"][1] <= words["place"][:, 1].min()


def test_a_figure_is_where_its_joints_are_seen() -> None:
    lying = FiguresOnScreen((figures(0.0),), CAMERA, SIZE)
    for x, y in CAMERA.project(standing(), SIZE)[0].tolist():
        assert lying.meet(Box(x - 1, y - 1, x + 1, y + 1))
    assert not lying.meet(Box(0, 0, 40, 40))


def test_unknown_joints_and_no_figures_meet_nothing() -> None:
    empty = figures(0.0)
    empty.positions[:] = np.nan
    assert not FiguresOnScreen((empty,), CAMERA, SIZE).meet(Box(0, 0, *SIZE))
    assert not FiguresOnScreen((), CAMERA, SIZE).meet(Box(0, 0, *SIZE))


def test_a_ramp_shows_its_colours_between_its_marks() -> None:
    colours = np.linspace((0.0, 0.0, 1.0), (1.0, 0.5, 0.0), 12).astype(np.float32)
    drawn = sprites(Stage(SCENE, ramp=Ramp("speed", colours, ("0", "1", "3 m/s"))))
    inks = [tuple(ink) for ink in drawn["ink"][:, :3].tolist()]
    shown = [k for k, ink in enumerate(inks) if any(np.allclose(ink, colour, atol=1e-5) for colour in colours)]
    assert len(shown) == 12
    assert (np.diff(drawn["place"][shown, 0]) > 0).all()
    words = [k for k in range(len(inks)) if k not in shown]
    assert len(words) == 4  # the title and three marks, one of them between the stretches
    assert shown[5] < words[2] < shown[6]


def test_a_skull_beyond_its_bone_is_where_it_is_drawn() -> None:
    above = Skeleton.tree("above", ("a", "b"), (-1, 0), np.array([[0, 0, 0], [0, 0.1, 0]]))
    body = replace(body_of(above), spans=np.array([[3.0, 3.0]], dtype=np.float32))
    person = replace(figures(0.0), body=body, positions=np.array([[[0, 0.9, 0], [0, 1.0, 0]]], dtype=np.float32))
    x, y = CAMERA.project(np.array([[0.0, 1.2, 0.0]]), SIZE)[0][0].tolist()
    assert FiguresOnScreen((person,), CAMERA, SIZE).meet(Box(x - 1, y - 1, x + 1, y + 1))


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_badge_s_lines_stand_beside_its_number(ratio: float) -> None:
    glyphs = Glyphs()
    number, line = Run("+12", SCENE.text, 30, "semibold"), Run("walk", SCENE.text)
    large, small = (glyphs.text(run.text, run.size * ratio, run.weight, 1.6 * ratio) for run in (number, line))
    assert large is not None and small is not None

    def places(badge: Badge) -> np.ndarray:
        return Overlay(glyphs, Stage(SCENE, badge=badge), CAMERA, SIZE, ratio).rows()["place"][:, :2]

    half = 0.727 * 12 * ratio / 2  # of the height of capitals, which are centred
    beside, alone = places(Badge(number, ((line,),))), places(Badge(Run("", SCENE.text), ((line,), (line,))))
    assert beside[1] == pytest.approx([28 * ratio + large.advance - small.dx, 29 * ratio + half - small.dy], abs=0.51)
    assert alone[:, 0] == pytest.approx([16 * ratio - small.dx] * 2, abs=0.51)
    assert alone[:, 1] == pytest.approx([middle * ratio + half - small.dy for middle in (20, 39)], abs=0.51)


def test_words_at_the_foot_never_lie_on_each_other() -> None:
    names = ("seed", "generated A", "generated B", "truth", "A, other samples", "B, other samples")
    legend = tuple(LegendEntry(name, SCENE.text) for name in names)
    stage = Stage(SCENE, legend=legend, caption="lanes 0.37 image heights apart, 2D poses have no metres")
    for width in (640, 1600):
        places = Overlay(Glyphs(), stage, CAMERA, (width, 400), 1.0).rows()["place"]
        drawn = [Box(x, y, x + wide, y + high) for x, y, wide, high in places.tolist()]
        assert not any(box.meets(drawn[-1], -6.0) for box in drawn[:-1])  # the room around ink in a cell
        assert (drawn[-1].top < drawn[1].top - 6.0) == (width == 640)
