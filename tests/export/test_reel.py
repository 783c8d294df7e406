"""The small pictures of a report: the seed in its colour, what follows in another, a film as long as the motion."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

from poseviewer import paths
from poseviewer.analysis.verdict import Word
from poseviewer.bench.compose import compose
from poseviewer.data.dataset import Dataset
from poseviewer.export.reel import Take, _laid_out, _said, reels
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.progress import finished

pillow = pytest.importorskip("PIL.Image")


@pytest.fixture(scope="module")
def walk() -> Clip:
    with Dataset.open(paths.demo()) as demo:
        return demo.clip(demo.find("walk")).onto(HUMANOID)


def flat(clip: Clip) -> Clip:
    """A person's joints in an image."""
    draw = np.random.default_rng(0)
    poses = draw.normal(0.0, 0.1, (len(clip), 13, 2)).astype(np.float32)
    return Clip(PENN13, poses, clip.fps, "flat")


@pytest.mark.parametrize("dims", [3, 2])
def test_a_strip_shows_the_seed_blue_and_the_rest_orange_and_the_film_is_as_long(walk: Clip, dims: int) -> None:
    clip = walk if dims == 3 else flat(walk)
    take = Take(clip.cut(0, 15), clip.positions[15:], "generated_a", [(0, "realistic"), (12, "drifting")], [0, 10, 24])
    (reel,) = finished(reels([take], (50, 62)))
    for theme in ("light", "dark"):
        strip = np.asarray(pillow.open(BytesIO(reel.strip[theme])).convert("RGBA")).astype(int)
        assert strip.shape == (124, 300, 4) and (strip[..., 3] == 0).mean() > 0.3
        seed, made = strip[:, :100], strip[:, 200:]
        for cell, redder in ((seed, False), (made, True)):
            seen = cell[cell[..., 3] > 200][:, :3].mean(axis=0)
            assert (seen[0] > seen[2]) == redder
        film = pillow.open(BytesIO(reel.film[theme]))
        assert film.size == (150, 62) and film.n_frames == len(range(-14, len(take.poses) + 1, 3))


def test_a_long_motion_is_filmed_around_where_it_fails(walk: Clip) -> None:
    poses = np.repeat(walk.positions[15:16], 900, axis=0)
    take = Take(walk.cut(0, 15), poses, "generated_b", [(0, "realistic"), (700, "collapsed")], [0, 900])
    (reel,) = finished(reels([take], (40, 40)))
    assert pillow.open(BytesIO(reel.film["dark"])).n_frames == len(range(520, 851, 3))  # to five seconds after it


def test_the_word_in_the_corner_is_that_of_the_frame_whose_number_stands_there(walk: Clip) -> None:
    words: list[tuple[int, Word]] = [(0, "realistic"), (7, "collapsed")]
    take = Take(walk.cut(0, 15), walk.positions[15:30], "generated_a", words, [0, 10])
    bench, said = _laid_out(take, "light"), []
    for frame in (0, 1, 7, 8):
        badge = _said(compose(bench, bench.time_of_relative(frame)), take, "light", frame).badge
        assert badge is not None
        said.append((badge.number.text, badge.lines[0][-1].text))
    assert said == [("0", "seed"), ("+1", "realistic"), ("+7", "realistic"), ("+8", "collapsed")]


def test_a_body_that_bursts_leaves_the_film_instead_of_shrinking_its_seed(walk: Clip) -> None:
    def blue(grown: float) -> int:
        """Pixels of the seed's colour on the first picture."""
        poses = walk.positions[15:25].copy()
        poses[-1] *= grown
        take = Take(walk.cut(0, 15), poses, "generated_a", [(0, "drifting")], [0, 10])
        (reel,) = finished(reels([take], (100, 124)))
        film = pillow.open(BytesIO(reel.film["light"])).convert("RGB")
        seen = np.asarray(film).astype(int)
        return int(((seen[..., 2] - seen[..., 0]) > 60).sum())

    assert blue(100.0) > 0.05 * blue(1.0)
