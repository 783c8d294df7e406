from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.motion import kinematics, rotation


@st.composite
def trees(draw):
    parents = (-1, *(draw(st.integers(0, j - 1)) for j in range(1, draw(st.integers(2, 8)))))
    seed = draw(st.integers(0, 2**32 - 1))
    return parents, np.random.default_rng(seed)


@given(trees())
def test_bones_keep_their_length_and_follow_matrices(tree):
    parents, generator = tree
    count = len(parents)
    offsets = generator.normal(size=(count, 3))
    rotations = rotation.normalise(generator.normal(size=(4, count, 4)))
    root = generator.normal(size=(4, 3))
    positions = kinematics.forward(root, rotations, offsets, parents)
    matrices = rotation.to_matrix(rotations)
    for frame in range(4):
        turned, places = [], []
        for j, parent in enumerate(parents):
            turned.append(matrices[frame, j] if parent < 0 else turned[parent] @ matrices[frame, j])
            places.append(root[frame] if parent < 0 else places[parent] + turned[parent] @ offsets[j])
        assert np.allclose(positions[frame], places, atol=1e-9)
    for j, parent in enumerate(parents):
        if parent >= 0:
            lengths = np.linalg.norm(positions[:, j] - positions[:, parent], axis=-1)
            assert np.allclose(lengths, np.linalg.norm(offsets[j]), atol=1e-9)


def test_a_quarter_turn_about_z_lifts_the_child_to_the_side():
    quarter = rotation.from_axis_angle((0, 0, 1), np.pi / 2)
    positions = kinematics.forward([[1, 2, 3]], [[quarter, rotation.IDENTITY]], [[9, 9, 9], [1, 0, 0]], (-1, 0))
    assert np.allclose(positions, [[[1, 2, 3], [1, 3, 3]]])
