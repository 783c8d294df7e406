from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    """A folder of two motion files."""
    folder = tmp_path / "captures"
    folder.mkdir()
    for name, frames in (("still", 4), ("moving", 6)):
        positions = np.zeros((frames, 3, 3), dtype=np.float32)
        positions[:, :, 1] = [0.0, 0.5, 1.0]
        positions[:, :, 0] = np.linspace(0.0, 1.0, frames)[:, None]
        parents = np.array([-1, 0, 1])
        np.savez(
            folder / f"{name}.npz", positions=positions, fps=25.0, joints=np.array(["a", "b", "c"]), parents=parents
        )
    return folder
