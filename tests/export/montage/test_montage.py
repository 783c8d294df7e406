"""The montage: a panel a moment, a row a lane, as a still or a film; and what cannot be shown says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poseviewer.bench.bench import Bench
from poseviewer.errors import PoseviewerError
from poseviewer.export import export_clip, target_of
from poseviewer.export.film import how_many
from poseviewer.export.formats import FILMS
from poseviewer.export.montage import Montage, montage_of
from poseviewer.export.montage.page import Panel, _seed_words
from poseviewer.export.options import Options
from poseviewer.progress import finished
from poseviewer.render.palette import palette
from tests.bench.test_lane import two_lanes
from tests.export.conftest import watch

FRAMES = (0, 5, 10)
ASKED = Options(montage=FRAMES)


def still(bench: Bench, tmp_path: Path, options: Options = ASKED) -> np.ndarray:
    """(H, W, 3 or 4) the strip as it was written."""
    from PIL import Image

    finished(export_clip(bench, tmp_path / "strip.png", options))
    return np.asarray(Image.open(tmp_path / "strip.png")).astype(int)


def coloured(image: np.ndarray, token: str) -> np.ndarray:
    """Which pixels have a token's colour."""
    near: np.ndarray = np.abs(image[..., :3] - 255 * np.array(palette("dark").colour(token))).max(axis=-1) < 3
    return near


def test_a_still_is_one_file_with_a_panel_a_moment_and_a_row_a_lane(tmp_path: Path) -> None:
    bench = two_lanes()
    assert target_of(bench, tmp_path / "strip.png", ASKED) == tmp_path / "strip.png"
    image = still(bench, tmp_path)
    assert image.shape == (850, 3 * 296 + 2 * 20 + 40, 3)
    bars = [380 + 4, 380 + 380 + 4]  # rows of px through the strips under the panels
    for y, role in zip(bars, ("generated_a", "generated_b"), strict=True):
        seed, made = (np.flatnonzero(coloured(image, token)[y]) for token in ("seed", role))
        assert (seed.min(), seed.max()) == (20, 315) and (made.min(), made.max()) == (336, 947)
    alone = still(replace(bench, lanes=bench.lanes[:1]), tmp_path)
    assert alone.shape[0] == 470 and coloured(alone, "generated_a").sum() > 1000
    assert not coloured(alone, "generated_b").any()


def test_the_frames_that_the_network_sees_are_counted_at_its_rate() -> None:
    bench = two_lanes()
    assert bench.clip is not None
    slower = replace(bench, clip=replace(bench.clip, fps=10.0))
    panel = Panel(0, 0, np.zeros((1, 1, 4), np.uint8), slower, slower.lanes[0], 0.0)
    assert _seed_words(panel).startswith("last 5 of 90 frames, ")


def test_a_panel_shows_its_moment_from_a_distance_that_all_share() -> None:
    made = montage_of(two_lanes(), FILMS[".png"], ASKED)
    assert isinstance(made, Montage) and len(made) == 1
    for row, key in enumerate(("generated A", "generated B")):
        for time, frame in zip(made.moments, FRAMES, strict=True):
            current = [figure for figure in made.stage(row, time).figures if figure.layer == "current"]
            assert [figure.key for figure in current] == [key if frame else "seed"]
            assert current[0].frames is not None and current[0].frames[0] == frame
            cell = made.page.of_size(made.size).cell
            px, _ = made._rows[row].eyes[time].project(current[0].positions[0], cell)
            assert row or ((px > 0).all() and (px < cell).all())  # B jumps aside, which no eye follows
    assert len({eye.distance for row in made._rows for eye in row.eyes.values()}) == 1


def test_a_film_plays_each_panel_until_its_moment(tmp_path: Path) -> None:
    bench = two_lanes()
    small = replace(ASKED, size=(482, 425))
    finished(export_clip(bench, tmp_path / "strip.mp4", small))
    film = watch(tmp_path / "strip.mp4")
    made = montage_of(bench, FILMS[".mp4"], small)
    assert film.size == (482, 424) and film.fps == 30.0
    assert len(film.frames) == len(made) == how_many(bench, FILMS[".mp4"], small)[0]
    assert made.times[-1] == made.moments[-1] and made.times[0] == pytest.approx(0.0, abs=0.04)
    frames = film.frames.astype(int)
    at = [int(np.searchsorted(made.times, moment - 1e-9)) for moment in made.moments]
    columns = [slice(10, 158), slice(168, 316), slice(326, 474)]

    def moves(column: slice, first: int, second: int) -> bool:
        return bool(np.abs(frames[first, 30:190, column] - frames[second, 30:190, column]).max() > 40)

    assert moves(columns[0], 0, at[0]) and not moves(columns[0], at[0], at[2])
    assert moves(columns[1], at[0], at[1]) and not moves(columns[1], at[1] + 1, at[2])
    assert moves(columns[2], at[1], at[2]) and not moves(columns[2], at[2] + 1, len(frames) - 1)


def test_paper_shows_through_and_words_can_be_left_out(tmp_path: Path) -> None:
    bench = two_lanes()
    through = still(bench, tmp_path, replace(ASKED, transparent=True))
    assert through.shape[2] == 4 and through[5, 5, 3] == 0 and (through[..., 3] == 255).any()
    full, bare = still(bench, tmp_path), still(bench, tmp_path, replace(ASKED, captions=False, legend=False))
    differs = np.abs(full - bare).max(axis=-1) > 12
    assert differs[:48].any() and differs[-42:].any() and not differs[60:380].any()


@pytest.mark.parametrize("size", [(16, 16), (96, 64), (400, 300), (64, 900)])
def test_a_small_one_has_its_panels_and_no_words_that_nobody_could_read(tmp_path: Path, size: tuple[int, int]) -> None:
    image = still(two_lanes(), tmp_path, replace(ASKED, size=size))
    assert image.shape == (size[1], size[0], 3)
    assert size[0] < 90 or (coloured(image, "generated_a").any() and coloured(image, "seed").any())


@pytest.mark.parametrize(
    ("frames", "words"),
    [((0, 11), r"\+11 lies beyond the 10 generated frames of B.*generate 11"), ((0, 60, 90), "generate 90 frames")],
)
def test_a_moment_that_was_not_generated_is_refused(tmp_path: Path, frames: tuple[int, ...], words: str) -> None:
    with pytest.raises(PoseviewerError, match=words):
        finished(export_clip(two_lanes(), tmp_path / "a.png", Options(montage=frames)))
    assert not list(tmp_path.iterdir())


def test_a_clip_of_which_nothing_is_generated_has_no_montage(tmp_path: Path) -> None:
    bench = two_lanes()
    bench.lanes = tuple(replace(lane, rollout=None, tracks=()) for lane in bench.lanes)
    with pytest.raises(PoseviewerError, match="nothing is generated from it yet"):
        finished(export_clip(bench, tmp_path / "a.mp4", ASKED))


@pytest.mark.parametrize("frames", [(), (5, 5), (5, 0), tuple(range(13))])
def test_moments_grow_and_are_few(frames: tuple[int, ...]) -> None:
    with pytest.raises(PoseviewerError, match="growing numbers"):
        Options(montage=frames)
    with pytest.raises(PoseviewerError, match="frames of its own"):
        Options(montage=(0, 5), frames=(0, 3))
