from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.render.capsules import back_to_front, capsule_rows, known, shelves, translucent, windows
from tests.render.scenes import CAMERA, figures

SIZE = (320, 200)


def test_a_bone_with_an_unknown_end_is_left_out() -> None:
    whole = figures(0.0)
    count = len(known(capsule_rows(whole)))
    partly = figures(0.0)
    partly.positions[0, whole.body.names.index("left_ankle")] = np.nan
    assert len(known(capsule_rows(partly))) == count - 2  # shin and foot


def test_faded_joints_make_faint_bones_and_a_layer_of_their_own() -> None:
    faded = np.zeros((2, 18), dtype=bool)
    faded[1, 5] = True
    people = replace(figures(0.0, 1.0), faded=faded)
    assert translucent(people).tolist() == [False, True]
    opacity = capsule_rows(people)["colour_a"][..., 3]
    assert (opacity[0] == 255).all() and (opacity[1] < 255).sum() == 2


def test_capsules_are_drawn_from_the_back_to_the_front() -> None:
    rows = back_to_front(known(capsule_rows(figures(-1.0, 0.0, 1.0))), CAMERA)
    depth = CAMERA.project((rows["end_a"][:, :3] + rows["end_b"][:, :3]) / 2, SIZE)[1]
    assert (np.diff(depth) <= 1e-4).all()


def test_a_figure_s_window_holds_it_and_ends_with_the_screen() -> None:
    boxes = windows(capsule_rows(figures(0.0, 1.9, 30.0)), CAMERA, SIZE)
    px, _ = CAMERA.project(figures(0.0).positions[0], SIZE)
    left, bottom, right, top = boxes[0]
    assert left <= px[:, 0].min() and px[:, 0].max() <= right
    assert bottom <= SIZE[1] - px[:, 1].max() and SIZE[1] - px[:, 1].min() <= top
    assert boxes[1, 2] <= SIZE[0]
    assert boxes[2, 2] <= boxes[2, 0]


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 40)), max_size=30))
def test_places_in_the_atlas_do_not_overlap(sizes: list[tuple[int, int]]) -> None:
    boxes = np.array([(0, 0, w, h) for w, h in sizes], dtype=np.float32).reshape(-1, 4)
    places, count, height = shelves(boxes, (100, 80))
    used = np.zeros((80, 100), dtype=int)
    for (x, y), (w, h) in zip(places.astype(int), sizes, strict=False):
        used[y : y + h, x : x + w] += 1
    assert used.sum() == sum(w * h for w, h in sizes[:count])
    assert used.max(initial=0) <= 1 and height <= 80
    assert count == len(sizes) or count > 0


def test_a_window_holds_what_is_known_of_a_figure() -> None:
    whole, partly = figures(0.0), figures(0.0)
    partly.positions[0, whole.body.names.index("left_wrist")] = np.nan
    box = windows(capsule_rows(partly), CAMERA, SIZE)[0]
    assert np.isfinite(box).all()
    assert box[3] == windows(capsule_rows(whole), CAMERA, SIZE)[0, 3]
