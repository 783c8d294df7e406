"""Pictures that a processor draws in time, a little coarser where they have to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from OpenGL import GL

from poseviewer.render.capsules import ROW, covered
from poseviewer.render.coarseness import Coarseness
from poseviewer.render.offscreen import Offscreen
from tests.render.scenes import CAMERA, full_stage

SIZE = 320, 200


def test_a_picture_is_drawn_finely_until_it_is_known_to_take_long():
    coarseness = Coarseness()
    assert coarseness.of(1e12) == 1
    coarseness.learn(1e7, 0.1)  # 1e8 pixels a second
    assert coarseness.of(1e7) == 1
    assert coarseness.of(1e8) == 3  # 1 s at full resolution, a ninth of it so
    assert coarseness.of(1e12) == 8


def test_it_follows_the_speed_of_the_machine_and_hears_nothing_in_empty_pictures():
    coarseness = Coarseness()
    coarseness.learn(1e7, 0.1)
    for _ in range(20):
        coarseness.learn(1e4, 0.1)
    assert coarseness.of(1e8) == 3
    coarseness.learn(2e5, 0.008)
    assert coarseness.of(1e8) == 6  # slower: believed at once
    coarseness.learn(1e7, 0.1)
    assert coarseness.of(1e8) == 4  # faster: believed by and by
    for _ in range(20):
        coarseness.learn(1e7, 0.1)
    assert coarseness.of(1e8) == 3


def test_after_one_slow_picture_the_coarse_ones_tell_that_the_machine_is_fast_again():
    coarseness = Coarseness()
    coarseness.learn(2e5, 2.0)
    assert coarseness.of(2e5) == 4
    for _ in range(30):
        coarseness.learn(2e5 / coarseness.of(2e5) ** 2, 0.01)
    assert coarseness.of(2e5) == 1


def test_bones_cover_their_boxes_as_often_as_they_are_drawn():
    bone = np.zeros(1, dtype=ROW)
    bone["end_a"], bone["end_b"] = (0, 1, 0, 0.1), (0, 1.2, 0, 0.1)
    camera = replace(CAMERA, target=(0.0, 1.1, 0.0), orthographic=True)
    one = covered(bone, camera, SIZE)
    per_metre = SIZE[1] / 2.0 / camera.half_height
    across, along = (length * per_metre + 4 for length in (0.26, 0.26 + 0.2 * np.cos(camera.pitch)))
    assert one == pytest.approx(across * along, rel=0.1)
    assert covered(np.repeat(bone, 3), camera, SIZE) == pytest.approx(3 * one)
    crowd = np.repeat(bone, 20 * 128)  # of 20 bones each, the first of which is thick
    crowd["end_a"][::20, 3] *= 4.0
    several = 128 * covered(crowd[:20], camera, SIZE)
    assert covered(crowd, camera, SIZE) == pytest.approx(several, rel=0.05)


def test_a_coarse_picture_shows_the_same_with_text_as_sharp():
    def drawn(screen: Offscreen, stage, coarseness: int) -> np.ndarray:
        screen.render(stage, CAMERA)  # makes its context current
        screen._target.bind()
        screen._renderer.draw(stage, CAMERA, SIZE, 1.0, coarseness)
        pixels = np.empty((SIZE[1], SIZE[0], 4), np.uint8)
        GL.glReadPixels(0, 0, *SIZE, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels)
        return pixels[::-1, :, :3].astype(float)

    stage = full_stage()
    with Offscreen(*SIZE) as screen:
        fine, coarse, again = (drawn(screen, stage, k) for k in (1, 4, 1))
    assert (fine == again).all()
    blocks = np.abs(fine - coarse).reshape(25, 8, 40, 8, 3).mean(axis=(1, 3, 4))
    assert 0.0 < blocks.mean() < 5.0 and np.percentile(blocks, 95) < 20.0
    bright = fine.min(axis=2) > 200.0  # what is written
    assert bright.sum() > 50 and np.abs(fine - coarse)[bright].mean() < 12.0
