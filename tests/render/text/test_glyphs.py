from __future__ import annotations

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.errors import PoseviewerError
from poseviewer.render.text.glyphs import Glyphs
from poseviewer.render.text.icons import icon_coverage


@pytest.mark.parametrize("path", sorted((paths.resources() / "icons").glob("*.svg")), ids=lambda p: p.stem)
def test_every_icon_draws_strokes_inside_its_box(path) -> None:
    ink = icon_coverage(path.stem, 32)
    assert ink.shape == (32, 32)
    assert 0.02 < ink.mean() / 255 < 0.6
    assert ink[0].max() < 255 and ink[:, 0].max() < 255


def test_a_circle_is_round() -> None:
    ink = icon_coverage("circle-check", 48).astype(int)
    rows, columns = np.nonzero(ink > 127)
    assert rows.min() == columns.min() and rows.max() == columns.max()


def test_an_icon_that_is_not_there_is_named() -> None:
    with pytest.raises(PoseviewerError, match="no-such-icon"):
        icon_coverage("no-such-icon", 16)


def test_a_line_is_drawn_once_and_found_again() -> None:
    glyphs = Glyphs()
    first = glyphs.text("+72", 30, "semibold", 1.6)
    assert glyphs.text("+72", 30, "semibold", 1.6) is first
    assert len(glyphs.dirty) == 1


def test_running_numbers_keep_their_width() -> None:
    glyphs = Glyphs()
    widths = {cell.advance for text in ("111", "000", "478") if (cell := glyphs.text(text, 30, "semibold"))}
    assert len(widths) == 1


def test_running_numbers_never_fill_the_atlas() -> None:
    glyphs = Glyphs()
    for frame in range(3000):
        glyphs.start_frame()
        assert glyphs.text(f"+{frame}", 30, "semibold", 1.6) is not None
        glyphs.dirty.clear()
