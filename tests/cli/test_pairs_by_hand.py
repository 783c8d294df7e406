"""What was paired by hand in the window counts for commands too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from poseviewer.app.work import mappings
from poseviewer.data.readers import open_dataset
from poseviewer.motion import by_hand
from poseviewer.motion.skeleton import HUMANOID
from tests.cli.test_commands import refused, run


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("POSEVIEWER_SETTINGS", str(tmp_path / "settings.ini"))
    yield
    by_hand.forget()


def test_a_rig_that_was_paired_in_the_window_is_imported_as_a_humanoid(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names = tuple(f"bone {j}" for j in range(18))
    np.savez(tmp_path / "rig.npz", positions=np.random.default_rng(0).normal(size=(4, 18, 3)), joints=names, fps=30.0)
    into = ["import", tmp_path / "rig.npz", "-o", tmp_path / "out.h5", "--skeleton", "humanoid"]
    assert "no joint that maps onto" in refused(capsys, *into)
    mappings.remember(names, HUMANOID.joints, dict(zip(HUMANOID.joints, names, strict=True)))
    code, _, err = run(capsys, *into)
    assert code == 0, err
    with open_dataset(tmp_path / "out.h5") as dataset:
        assert dataset.skeletons[0].joints == HUMANOID.joints
        assert "joints paired by hand" in dataset.provenance and "joints paired by hand" in dataset.clip(0).source
