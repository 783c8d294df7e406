from __future__ import annotations

import numpy as np

from poseviewer.render.ribbons import ribbons
from poseviewer.render.stage import Trail

WHITE = (1.0, 1.0, 1.0)


def line(points: int) -> np.ndarray:
    return np.stack([np.arange(points), np.zeros(points), np.zeros(points)], axis=-1).astype(np.float32)


def test_a_gap_in_the_points_is_a_gap_in_the_ribbon() -> None:
    points = line(6)
    points[3] = np.nan
    rows, indices, _ = ribbons([Trail(points, WHITE, 0.1)])
    joined = {tuple(sorted({int(rows["point"][i, 0]) for i in six})) for six in indices.reshape(-1, 6)}
    assert joined == {(0, 1), (1, 2), (4, 5)}
    assert np.isfinite(rows["point"]).all()


def test_trails_on_the_ground_come_first() -> None:
    _, indices, on_ground = ribbons([Trail(line(3), WHITE, 0.1), Trail(line(5), WHITE, 0.1, on_ground=True)])
    assert (on_ground, len(indices)) == (4 * 6, 6 * 6)


def test_points_that_stand_still_and_single_points_do_no_harm() -> None:
    rows, _, _ = ribbons([Trail(np.zeros((4, 3), np.float32), WHITE, 0.1)])
    assert np.isfinite(rows["tangent"]).all()
    assert len(ribbons([Trail(line(1), WHITE, 0.1)])[1]) == 0


def test_length_is_counted_along_the_trail_for_the_dashes() -> None:
    rows, _, _ = ribbons([Trail(line(4), WHITE, 0.1, dashed=True, dash_length=0.5)])
    assert rows["shape"][:, 2].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert (rows["shape"][:, 3] == 0.5).all()
