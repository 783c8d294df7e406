"""What the latent map shows of a bench."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from poseviewer.analysis.encoding import Latents
from poseviewer.analysis.projection import PCAProjection
from poseviewer.bench.bench import Bench, Held
from poseviewer.bench.lane import Lane
from poseviewer.bench.map.contours import contour
from poseviewer.bench.map.hand_facts import HandMeasure
from poseviewer.bench.map.picture import MapComposer, here, note_of
from poseviewer.bench.track import Track
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.render.palette import Role
from tests.linear_world import FRAMES, SIZE, LinearEmbedding, fill_bench


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    fill_bench(made)
    return made


NOTHING = Latents.nothing(3, 0, SIZE)


def generate(bench: Bench, made: NDArray[np.float64] | Latents) -> None:
    """A rollout of latents (S, H, Z) on the bench."""
    latents = made if isinstance(made, Latents) else Latents.nothing(len(made), 0, SIZE).further(made)
    rollout: Any = SimpleNamespace(fps=30.0, length=len(latents))
    poses = np.zeros((len(latents), len(HUMANOID.joints), 3), dtype=np.float32)
    tracks = tuple(Track(HUMANOID, poses, 30.0, bench.seed_end + 1 / 30) for _ in latents.recent)
    bench.put(replace(bench.lane, rollout=rollout, latents=latents, tracks=tracks))


def test_a_contour_encloses_what_is_higher() -> None:
    y, x = np.mgrid[0:60, 0:80]
    hill = np.exp(-((x - 40.0) ** 2 + (y - 25.0) ** 2) / 200.0)
    (line,) = contour(hill, 0.5)
    assert np.allclose(line[0], line[-1])
    assert np.hypot(*(line - (40.0, 25.0)).T) == pytest.approx(np.sqrt(200.0 * np.log(2.0)), rel=2e-3)


def test_contours_close_at_the_border_and_part_at_saddles() -> None:
    assert len(contour(np.ones((5, 7)), 0.5)) == 1
    chessboard = np.zeros((4, 4))
    chessboard[1, 1] = chessboard[2, 2] = 1.0
    assert len(contour(chessboard, 0.6)) == 2  # the middle is lower: two hills
    assert len(contour(chessboard, 0.4)) == 1  # the middle is higher: one


def test_the_contours_hold_what_they_say(bench: Bench) -> None:
    picture = MapComposer().picture(bench)
    assert picture.density is not None and picture.points is not None
    reach = [np.abs(line - picture.points.xy.mean(axis=0)).max() for line in picture.density.contours]
    assert len(reach) >= 3
    assert picture.note == ("96 frames", "contours hold 50, 80, 95 % of the data")
    assert picture.points is not None
    one = replace(picture.points, xy=picture.points.xy[:1])
    assert note_of(one, None, False)[0] == "1 frame"


def test_points_lie_where_the_projection_puts_them_in_their_actions_colours(bench: Bench) -> None:
    points = MapComposer().picture(bench).points
    assert points is not None and bench.index is not None and bench.projection is not None
    assert np.allclose(points.xy, bench.projection.map(bench.index.latents), atol=1e-6)
    assert set(points.group[points.index.clip == 1]) == {1}
    assert bench.index.actions == ("walk", "run") and bench.index.action.tolist() == [0, 1]


def test_a_loop_closes_and_counts_from_the_seeds_end(bench: Bench) -> None:
    (path,) = MapComposer().picture(bench).paths
    assert (path.role, path.closed) == ("seed", True)
    assert path.frames[0] == 1 - FRAMES and path.frames[-1] == 0
    assert path.frames[path.marks()].tolist() == [-40, -30, -20, -10]


def test_the_generated_path_leaves_from_the_seeds_end(bench: Bench) -> None:
    latents = np.random.default_rng(0).normal(size=(2, 25, SIZE))
    generate(bench, latents)
    picture = MapComposer().picture(bench)
    other, seed, generated = picture.paths
    assert other.faint and not seed.closed
    assert np.allclose(generated.xy[0], seed.xy[-1])
    assert generated.frames[generated.marks()].tolist() == [10, 20]
    bench.time = bench.time_of_relative(25)
    place = here(bench, picture)
    assert place is not None and (place.role, place.frame) == ("generated_a", 25)
    assert bench.projection is not None and np.allclose(place.xy, bench.projection.map(latents[:1, -1])[0])
    bench.time = bench.time_of_relative(10)
    place = here(bench, picture)
    assert place is not None and np.allclose(place.xy, bench.projection.map(latents[:1, 9])[0])


def test_the_handle_lies_on_the_path_of_the_lane_in_focus(bench: Bench) -> None:
    first, second = np.random.default_rng(0).normal(size=(2, 1, 25, SIZE))
    generate(bench, second)
    bench.put(replace(bench.lane, role="generated_b", name="B"))
    generate(bench, first)
    picture = MapComposer().picture(bench)
    bench.time = bench.time_of_relative(20)
    assert bench.projection is not None
    roles: tuple[tuple[Role, NDArray[np.float64]], ...] = (("generated_a", first), ("generated_b", second))
    for role, latents in roles:
        bench.focus = role
        place = here(bench, picture)
        assert place is not None and place.role == role
        assert np.allclose(place.xy, bench.projection.map(latents[0, 19:20])[0])


def test_a_rollout_that_grows_lies_where_it_would_at_once(bench: Bench) -> None:
    latents, composer = np.random.default_rng(0).normal(size=(3, 300, SIZE)), MapComposer()
    grown = NOTHING
    for count in (1, 2, 40, 120, 90, 300):  # in between frames are taken back
        grown = grown.cut(count).further(latents[:, len(grown) : count])
        generate(bench, grown)
        kept, fresh = composer.picture(bench), MapComposer().picture(bench)
        for path, other in zip(kept.paths, fresh.paths, strict=True):
            assert np.allclose(path.xy, other.xy) and np.array_equal(path.frames, other.frames)
        assert kept.bounds == fresh.bounds
    generate(bench, grown.cut(80).further(-latents[:, 80:100]))  # a branch
    assert np.allclose(composer.picture(bench).paths[-1].xy, MapComposer().picture(bench).paths[-1].xy)
    assert composer.picture(bench).bounds == MapComposer().picture(bench).bounds
    generate(bench, grown)
    assert np.allclose(composer.picture(bench).paths[-1].xy, kept.paths[-1].xy)


def test_of_a_long_rollout_the_other_samples_are_drawn_as_far_as_they_are_known(bench: Bench) -> None:
    latents, composer, grown = np.random.default_rng(0).normal(size=(3, 900, SIZE)), MapComposer(), NOTHING

    def lengths(composer: MapComposer) -> list[int]:
        generate(bench, grown)
        return [len(path.xy) for path in composer.picture(bench).paths if path.grown is not None]

    for count in range(100, 600, 100):
        grown = grown.further(latents[:, count - 100 : count])
        assert lengths(composer) == [count + 1] * 3
    grown = grown.further(latents[:, 500:600])
    assert lengths(composer) == [601] * 3 and lengths(MapComposer()) == [256, 256, 601]
    for count in (700, 800, 900):  # nobody looks, and then it is too late
        grown = grown.further(latents[:, count - 100 : count])
    assert grown.before == 900 - 256 and lengths(composer) == [256, 256, 901]
    grown = grown.cut(300)  # of the others nothing is known any more
    assert lengths(MapComposer()) == [301]


def test_of_a_frame_more_nothing_but_that_frame_is_projected(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    latents, composer, mapped = np.random.default_rng(0).normal(size=(2, 200, SIZE)), MapComposer(), list[int]()
    generate(bench, grown := Latents.nothing(2, 0, SIZE).further(latents[:, :150]))
    first = composer.picture(bench)
    project = PCAProjection.map
    monkeypatch.setattr(PCAProjection, "map", lambda plane, z: mapped.append(len(z)) or project(plane, z))
    generate(bench, grown.further(latents[:, 150:151]))
    second = composer.picture(bench)
    assert mapped == [2]
    still = [path for path in second.paths if path.grown is None]
    assert still and all(any(path is other for other in first.paths) for path in still)


def test_markers_and_their_numbers_thin_out_with_length(bench: Bench) -> None:
    generate(bench, np.zeros((1, 1551, SIZE)))
    path = MapComposer().picture(bench).paths[-1]
    numbers = path.frames[path.marks()].tolist()
    assert numbers[-6:] == [1500, 1510, 1520, 1530, 1540, 1550] and numbers[:3] == [200, 400, 600]
    assert len(numbers) <= 16


def test_truth_after_the_seed_is_a_path_of_its_own(bench: Bench) -> None:
    bench.seed = (0, 20)
    truth, seed = MapComposer().picture(bench).paths
    assert (truth.role, seed.role) == ("truth", "seed")
    assert len(truth.xy) == FRAMES - 19 and np.allclose(truth.xy[0], seed.xy[-1])
    bench.time = 30 / 30.0
    place = here(bench, MapComposer().picture(bench))
    assert place is not None and place.role == "truth"


def test_a_held_latent_shows_where_it_is_and_where_it_came_from(bench: Bench) -> None:
    composer = MapComposer()
    origin = bench.latent_at()
    assert origin is not None and bench.projection is not None
    bench.held = Held(origin + 1.0, np.zeros((18, 3), np.float32), origin)
    place = here(bench, composer.picture(bench))
    assert place is not None and place.origin is not None
    assert np.allclose(place.xy, bench.projection.map(origin[None] + 1.0)[0])
    assert np.allclose(place.origin, bench.projection.map(origin[None])[0])


def test_the_picture_of_the_clip_before_has_no_place_for_the_present_frame(bench: Bench) -> None:
    picture = MapComposer().picture(bench)
    assert here(bench, picture) is not None and bench.clip is not None
    bench.time = bench.clip.duration
    assert here(bench, replace(picture, clip_xy=np.zeros((len(bench.clip) - 1, 2)))) is None
    assert here(bench, replace(picture, clip_xy=np.zeros((len(bench.clip) + 1, 2)))) is None


def test_facts_of_the_hand(bench: Bench) -> None:
    embedding = bench.embedding
    assert isinstance(embedding, LinearEmbedding) and bench.projection is not None
    along = bench.projection.axes[0]
    sigma = float(np.sqrt(along @ embedding.latent_covariance @ along))
    latent = embedding.latent_mean + 2.0 * sigma * along
    bench.held = Held(latent, np.zeros((18, 3), np.float32), latent)
    facts = HandMeasure().facts(bench)
    assert facts is not None
    assert facts.components == pytest.approx((2.0, 0.0), abs=1e-6)
    away = latent - embedding.latent_mean
    assert facts.distance == pytest.approx(np.sqrt(away @ np.linalg.inv(embedding.latent_covariance) @ away))
    assert facts.kept == SIZE - 2
    assert facts.nearest is not None and facts.nearest[0] in ("walk", "run")


def test_another_plane_or_colour_is_seen_in_every_part(bench: Bench) -> None:
    composer, latents = MapComposer(), np.random.default_rng(0).normal(size=(2, 25, SIZE))
    generate(bench, latents)
    before = composer.picture(bench)
    assert bench.index is not None and before.points is not None
    bench.projection = PCAProjection.fit(bench.index.latents[:, ::-1] @ np.diag(np.arange(1.0, SIZE + 1)))
    kept, fresh = composer.picture(bench), MapComposer().picture(bench)
    for path, other in zip(kept.paths, fresh.paths, strict=True):
        assert np.array_equal(path.xy, other.xy)
    assert np.abs(kept.paths[-1].xy - before.paths[-1].xy).max() > 0.1
    bench.map = replace(bench.map, colour="frame")
    kept, fresh = composer.picture(bench), MapComposer().picture(bench)
    assert kept.points is not None and fresh.points is not None
    assert np.array_equal(kept.points.group, fresh.points.group) and kept.scale == fresh.scale
    assert not np.array_equal(kept.points.group, before.points.group)


def test_frames_are_counted_at_the_rate_of_the_lane_in_focus(bench: Bench) -> None:
    composer, latents = MapComposer(), np.random.default_rng(0).normal(size=(1, 12, SIZE))
    generate(bench, latents)
    slow: Any = SimpleNamespace(fps=15.0, length=12)
    bench.put(replace(bench.lane, role="generated_b", name="B", rollout=slow))
    first, second = composer.picture(bench).paths[-2:]
    assert (first.frames.tolist(), second.frames.tolist()) == (list(range(13)), list(range(0, 26, 2)))
    bench.focus = "generated_b"
    seed, first, second = composer.picture(bench).paths
    assert second.frames.tolist() == list(range(13)) and first.frames[[0, 2, 12]].tolist() == [0, 1, 6]
    assert seed.frames[-3:].tolist() == [-1, 0, 0] and seed.frames[0] == -23  # 48 frames at 30 a second


def test_parts_are_kept_until_what_they_show_changes(bench: Bench) -> None:
    composer = MapComposer()
    first = composer.picture(bench)
    bench.time = 0.5
    second = composer.picture(bench)
    assert second.points is first.points and second.density is first.density and second.paths is first.paths
    bench.seed = (0, 20)
    assert composer.picture(bench).paths is not first.paths
    assert composer.picture(bench).points is first.points


def test_from_a_checkpoint_alone_its_density_is_shown() -> None:
    bench, embedding = Bench(), LinearEmbedding()
    bench.embedding = embedding  # type: ignore[assignment]
    bench.projection = PCAProjection.from_moments(embedding.latent_mean, embedding.latent_covariance)
    picture = MapComposer().picture(bench)
    assert picture.density is not None and not picture.density.of_dataset
    assert picture.points is None and picture.sentence == ""
    assert picture.note[0] == "density of the training data, from the checkpoint" and "ring" in picture.note[1]
    shown = np.concatenate(picture.density.contours)
    assert picture.bounds[0] < shown[:, 0].min() and picture.bounds[3] > shown[:, 1].max()


def test_without_a_density_the_view_reaches_two_deviations_about_the_mean() -> None:
    bench, embedding = Bench(), LinearEmbedding()
    bench.embedding, embedding.density = embedding, None  # type: ignore[assignment]
    bench.projection = PCAProjection.from_moments(embedding.latent_mean, embedding.latent_covariance)
    left, right, bottom, top = MapComposer().picture(bench).bounds
    across, up = 4.0 * np.sqrt(np.diag(embedding.latent_covariance)[:2])
    assert (right - left, top - bottom) == pytest.approx((1.2 * across, 1.2 * up))


def test_an_empty_map_says_what_fills_it(bench: Bench) -> None:
    assert "embedding" in MapComposer().picture(Bench()).sentence
    bench.embedding_misfit = "dog: it has no joint hip."
    picture = MapComposer().picture(bench)
    assert "no path here" in picture.sentence and picture.reason == bench.embedding_misfit
    generator: Any = SimpleNamespace(fps=30.0)
    bench.put(Lane(generator, misfit=bench.embedding_misfit))
    assert "hip" not in MapComposer().picture(bench).sentence  # the reason stands beside the generator's buttons


def test_the_fitted_view_holds_the_path_whatever_the_points(bench: Bench) -> None:
    left, right, bottom, top = MapComposer().picture(bench).bounds
    (path,) = MapComposer().picture(bench).paths
    assert left < path.xy[:, 0].min() and right > path.xy[:, 0].max()
    assert bottom < path.xy[:, 1].min() and top > path.xy[:, 1].max()


def test_frame_numbers_count_in_the_rollouts_rate(bench: Bench) -> None:
    """A clip of 60 fps under a rollout of 30: every second frame shares a number, and each number is marked once."""
    assert bench.clip is not None
    bench.clip = replace(bench.clip, fps=60.0, loop=False)
    bench.put(Lane(rollout=SimpleNamespace(latents=None, fps=30.0, length=0)))  # type: ignore[arg-type]
    (path,) = MapComposer().picture(bench).paths
    assert path.frames[path.marks()].tolist() == [-20, -10]


def test_the_path_of_what_a_file_says_was_generated_is_no_truth(bench: Bench) -> None:
    assert bench.clip is not None and bench.clip_latents is not None
    bench.seed = (0, 10)
    bench.clip = replace(bench.clip, seed_frames=20)
    paths = MapComposer().picture(bench).paths
    assert [path.role for path in paths] == ["truth", "generated_a", "seed"]
    assert np.array_equal(paths[0].xy[-1], paths[1].xy[0])
    assert len(paths[0].xy) + len(paths[1].xy) == len(bench.clip_latents) - 9 + 1
    bench.time = 25 / bench.clip.fps
    place = here(bench, MapComposer().picture(bench))
    assert place is not None and place.role == "generated_a"


def test_the_fitted_view_leaves_out_one_in_a_hundred_points_a_side(bench: Bench) -> None:
    bench.fit_to = "all"
    picture = MapComposer().picture(bench)
    assert picture.points is not None
    left, right, bottom, top = picture.bounds
    corners = [path.xy for path in picture.paths] + [np.percentile(picture.points.xy, [1.0, 99.0], axis=0)]
    low, high = np.concatenate(corners).min(axis=0), np.concatenate(corners).max(axis=0)
    reach = 0.1 * (high - low)
    assert (left, bottom) == pytest.approx(tuple(low - reach)) and (right, top) == pytest.approx(tuple(high + reach))


def test_the_image_is_brightest_where_a_twentieth_of_the_frames_lies(bench: Bench) -> None:
    density = MapComposer().picture(bench).density
    assert density is not None and density.image.max() == 1.0
    share = density.image[density.image == 1.0].size / density.image.size
    assert 0.0 < share < 0.05


def test_arrow_heads_stand_between_markers_and_point_the_way_that_the_path_goes(bench: Bench) -> None:
    (seed,) = MapComposer().picture(bench).paths
    at, angles = seed.arrows()
    assert len(at) and not set(at.tolist()) & set(seed.marks().tolist())
    ahead = seed.xy[at + 1] - seed.xy[at]
    along = ahead[:, 0] * np.cos(angles) + ahead[:, 1] * np.sin(angles)
    assert (along > 0.9 * np.linalg.norm(ahead, axis=1)).all()
    still = replace(seed, xy=np.zeros_like(seed.xy))
    assert len(still.arrows()[0]) == 0  # who stands still goes no way
