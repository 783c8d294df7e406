from __future__ import annotations

import numpy as np

from poseviewer.motion.skeleton import HUMANOID
from poseviewer.render.picking import pick
from tests.render.scenes import CAMERA, figures, standing

SIZE = (800, 600)


def test_finds_the_joint_under_the_cursor() -> None:
    groups = (figures(-1.0), figures(0.0, 1.0))
    wrist = HUMANOID.joints.index("left_wrist")
    px, _ = CAMERA.project(standing(1.0)[wrist], SIZE)
    found = pick(groups, CAMERA, (px[0] + 3, px[1] - 2), SIZE)
    assert found is not None
    assert (found.group, found.figure, found.joint) == (1, 1, wrist)


def test_finds_nothing_far_from_any_joint() -> None:
    assert pick((figures(0.0),), CAMERA, (5, 5), SIZE) is None


def test_of_two_joints_in_line_the_nearer_one_wins() -> None:
    near, far = figures(0.0), figures(0.0)
    px, _ = CAMERA.project(near.positions[0, 3], SIZE)
    _, sight = CAMERA.ray(tuple(px), SIZE)
    far.positions[:] += 3 * sight.astype(np.float32)
    for groups, expected in (((far, near), 1), ((near, far), 0)):
        found = pick(groups, CAMERA, tuple(px), SIZE)
        assert found is not None and (found.group, found.joint) == (expected, 3)


def test_unknown_joints_and_hidden_figures_are_not_picked() -> None:
    shown = figures(0.0)
    px, _ = CAMERA.project(shown.positions[0, 3], SIZE)
    shown.positions[0, 3] = np.nan
    found = pick((shown, figures(0.0, opacity=0.0)), CAMERA, tuple(px), SIZE)
    assert found is None or found.group == 0
    assert found is None or found.joint != 3
