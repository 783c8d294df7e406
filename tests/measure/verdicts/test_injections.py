"""Known failures: each changes what it says, from its onset on, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from poseviewer.analysis.statistics.body import lengths
from poseviewer.analysis.statistics.directions import GRID, bone_directions
from poseviewer.measure.verdicts.injections import Injection, Usual, injections, onset_of, usual_of
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.protocols import Array
from tests.moving_figures import figures
from tests.walking import walk

FPS = 30.0
ONSET = 40
SENSOR = 0.0005


@pytest.fixture(scope="module")
def walking() -> Array:
    return walk(120) + np.random.default_rng(3).normal(0.0, SENSOR, (120, 18, 3))


@pytest.fixture(scope="module")
def usual(walking: Array) -> Usual:
    return usual_of([walking, walk(90, speed=1.4), walk(60, speed=0.8)], HUMANOID)


@pytest.fixture(scope="module")
def made(walking: Array, usual: Usual) -> dict[tuple[str, float], Injection]:
    found = injections(walking, "a walk", "walk", False, usual, HUMANOID, FPS)
    return {(injection.kind, injection.strength): injection for injection in found}


def steps(motion: Array) -> Array:
    """Root mean square step of the joints a frame."""
    return np.asarray(np.sqrt((np.diff(motion, axis=0) ** 2).sum(axis=-1).mean(axis=1)))


def test_failures_begin_after_the_seed_and_leave_what_was_before(walking: Array, made: dict) -> None:
    assert onset_of(120) == ONSET and onset_of(30) == 11
    assert len(made) == 16
    for injection in made.values():
        np.testing.assert_array_equal(injection.motion[:ONSET], walking[:ONSET])
        assert np.abs(injection.motion[ONSET + 1 :] - walking[ONSET + 1 :]).max() > 0.01, injection.kind
        assert np.isfinite(injection.motion).all()


def test_a_clip_s_name_and_the_kind_alone_draw_it(walking: Array, usual: Usual, made: dict) -> None:
    again = injections(walking, "a walk", "walk", False, usual, HUMANOID, FPS)
    other = injections(walking, "another", "walk", False, usual, HUMANOID, FPS)
    for mine in again:
        np.testing.assert_array_equal(mine.motion, made[mine.kind, mine.strength].motion)
    assert not np.allclose(other[-1].motion, again[-1].motion)
    loops = injections(walking, "a walk", "walk", True, usual, HUMANOID, FPS)
    assert {injection.kind for injection in again} - {injection.kind for injection in loops} == {"cycle", "noisy_cycle"}


@pytest.mark.parametrize(("strength", "left"), [(1.0, 0.0), (0.5, 0.1)])
def test_a_freeze_stops_the_body_and_keeps_the_noise(walking: Array, made: dict, strength: float, left: float) -> None:
    frozen = made["freeze", strength].motion
    trembling = np.sqrt(6.0) * SENSOR
    assert steps(frozen)[60:].mean() == pytest.approx(np.hypot(trembling, left * steps(walk(120)).mean()), rel=0.5)
    assert steps(frozen)[60:].min() > 0.3 * trembling
    bones = lengths(frozen, HUMANOID)
    assert np.abs(bones / np.median(bones[:ONSET], axis=0) - 1.0).max() < 0.03


@pytest.mark.parametrize(("strength", "left"), [(1.0, 0.0), (0.5, 0.3)])
def test_a_fade_ends_in_the_mean_pose_with_the_clip_s_bones(
    walking: Array, usual: Usual, made: dict, strength: float, left: float
) -> None:
    faded = made["fade", strength].motion
    away = np.ptp(faded[75:], axis=0)
    assert away.max() < left * np.ptp(walking[75:], axis=0).max() + 0.05
    bones = lengths(faded, HUMANOID)
    assert np.abs(bones / np.median(bones[:ONSET], axis=0) - 1.0).max() < 0.03
    assert steps(faded)[ONSET - 1 : ONSET + 3].max() < 1.5 * steps(walking).max()
    assert faded[75:, :, 1].min() == pytest.approx(walking[:ONSET, :, 1].min(), abs=0.03)


def test_a_cycle_comes_back_and_travels_on(walking: Array, made: dict) -> None:
    cycle, noisy = made["cycle", 1.0], made["noisy_cycle", 1.0]
    period = cycle.period
    assert 15 <= period <= 45
    local = cycle.motion - cycle.motion[:, :1]
    assert np.abs(local[-1] - local[-1 - period]).max() < 12.0 * SENSOR
    travelled = np.linalg.norm(cycle.motion[-1, 0] - cycle.motion[ONSET, 0])
    assert travelled == pytest.approx(np.linalg.norm(walking[-1, 0] - walking[ONSET, 0]), rel=0.1)
    rough = noisy.motion - noisy.motion[:, :1]
    assert 0.002 < np.abs(rough[-1] - rough[-1 - period]).std() < 0.02
    assert ("cycle", 0.5) not in made
    assert steps(cycle.motion)[ONSET - 2 :].max() < 1.3 * steps(walking).max()


@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_a_slide_moves_the_whole_body_along_the_ground(walking: Array, made: dict, strength: float) -> None:
    moved = made["slide", strength].motion - walking
    np.testing.assert_allclose(moved, moved[:, :1].repeat(18, axis=1), atol=1e-12)
    assert np.abs(moved[..., 1]).max() == 0.0
    speed = np.linalg.norm(np.diff(moved[:, 0], axis=0), axis=1) * FPS
    np.testing.assert_allclose(speed[ONSET + 5 :], 0.6 * strength, atol=1e-9)


@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_a_stretch_changes_the_bones_of_one_limb(walking: Array, made: dict, strength: float) -> None:
    ratio = (lengths(made["stretch", strength].motion, HUMANOID) / lengths(walking, HUMANOID))[60:]
    changed = np.flatnonzero(np.abs(ratio - 1.0).max(axis=0) > 1e-9)
    assert len(changed) == 2
    np.testing.assert_allclose(ratio[:, changed], 1.0 + 0.3 * strength, atol=1e-9)


@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_noise_grows_within_a_second(walking: Array, made: dict, strength: float) -> None:
    away = made["noise", strength].motion - walking
    rms = np.sqrt((away**2).sum(axis=-1).mean(axis=1))
    assert rms[ONSET + 30 :].mean() == pytest.approx(0.04 * strength, rel=0.1)
    assert rms[ONSET + 15] == pytest.approx(0.02 * strength, rel=0.6)


@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_a_jump_moves_every_joint_as_far_and_leaves_it_there(walking: Array, made: dict, strength: float) -> None:
    away = np.linalg.norm(made["jump", strength].motion - walking, axis=-1)
    np.testing.assert_allclose(away[ONSET], 0.15 * strength, atol=1e-9)
    np.testing.assert_allclose(away[ONSET + 1 :], 0.3 * strength, atol=1e-9)


@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_a_joint_bends_beyond_its_range_with_bones_kept(
    walking: Array, usual: Usual, made: dict, strength: float
) -> None:
    bent = made["joint", strength].motion
    np.testing.assert_allclose(lengths(bent, HUMANOID), lengths(walking, HUMANOID), atol=1e-9)
    moved = np.flatnonzero(np.abs(bent - walking).max(axis=(0, 2)) > 1e-6)
    assert 1 <= len(moved) <= 3
    beyond = []
    for directions in bone_directions(bent[60:], HUMANOID):
        for limb, within in enumerate(usual.within):  # type: ignore[union-attr]
            cosine = np.clip((directions[limb] @ GRID[within].T).max(axis=1), -1.0, 1.0)
            beyond.append(np.degrees(np.arccos(cosine)).mean())
    assert 40.0 * strength - 2.0 <= max(beyond) <= 40.0 * strength + 14.0


# in the image


@pytest.fixture(scope="module")
def flat() -> tuple[Array, dict[tuple[str, float], Injection]]:
    clips = figures(12, frames=90)
    motions = [np.asarray(clip.positions, dtype=np.float64) for clip in clips]
    motion = motions[0].copy()
    motion[:, 0] = np.nan
    found = injections(motion, "000", "wave", False, usual_of(motions[1:], PENN13), PENN13, FPS)
    return motion, {(injection.kind, injection.strength): injection for injection in found}


def test_a_jump_is_of_the_body_or_of_each_joint_its_own_way(walking: Array, usual: Usual, flat: tuple) -> None:
    motion, _ = flat
    in_image = usual_of([motion[:, 1:].repeat(13, axis=1)[:, :13]], PENN13)
    for real, about, skeleton in ((walking, usual, HUMANOID), (motion, in_image, PENN13)):
        spread = []
        for name in "abcdefgh":
            made = injections(real, name, "walk", False, about, skeleton, FPS)
            (jump,) = (row.motion - real for row in made if (row.kind, row.strength) == ("jump", 1.0))
            spread.append(np.ptp(jump[-1, 1:], axis=0).max() > 1e-9)
        assert 0 < sum(spread) < 8


def torso(motion: Array) -> float:
    middles = motion[:31, 1:3].mean(axis=1) - motion[:31, 7:9].mean(axis=1)
    return float(np.percentile(np.linalg.norm(middles, axis=1), 75))


def test_in_an_image_lengths_are_torsos_and_unknown_joints_stay_unknown(flat: tuple) -> None:
    motion, made = flat
    assert "joint" not in {kind for kind, _ in made}
    for injection in made.values():
        np.testing.assert_array_equal(injection.motion[:31], motion[:31])
        np.testing.assert_array_equal(np.isnan(injection.motion), np.isnan(motion))
    size = torso(motion)
    slid = made["slide", 1.0].motion - motion
    speed = np.linalg.norm(np.diff(slid[:, 5], axis=0), axis=1) * FPS
    np.testing.assert_allclose(speed[40:] / size, 1.2, rtol=1e-6)
    away = np.linalg.norm((made["jump", 0.5].motion - motion)[32:, 1:], axis=-1)
    np.testing.assert_allclose(away / size, 0.3, rtol=1e-6)
    cycle = made["cycle", 1.0]
    local = cycle.motion - np.nanmean(cycle.motion, axis=1, keepdims=True)
    assert np.nanmax(np.abs(local[-1] - local[-1 - cycle.period])) < 0.12 * size
    noisy = (made["noise", 1.0].motion - motion)[60:, 1:]
    assert np.sqrt((noisy**2).sum(axis=-1).mean()) / size == pytest.approx(0.08, rel=0.1)


def test_in_an_image_freeze_wants_motion_and_cycles_want_what_does_not_repeat() -> None:
    clips = figures(12, frames=90)
    motions = [np.asarray(clip.positions, dtype=np.float64) for clip in clips]
    usual = usual_of(motions, PENN13)

    def kinds(motion: Array, action: str) -> set[str]:
        return {one.kind for one in injections(motion, "x", action, False, usual, PENN13, FPS)}

    everything = {"freeze", "fade", "cycle", "noisy_cycle", "slide", "stretch", "noise", "jump"}
    lively = max(motions, key=lambda motion: steps(motion).mean() / torso(motion))
    assert kinds(lively, "wave") == everything
    assert kinds(lively, "squat") == everything - {"cycle", "noisy_cycle"}
    still = motions[0][:1] + 1e-5 * np.random.default_rng(0).normal(size=motions[0].shape)
    assert kinds(still, "wave") == everything - {"freeze"}


def test_failures_are_put_into_a_motion_none_of_whose_joints_is_known_throughout() -> None:
    motions = [np.asarray(clip.positions, dtype=np.float64) for clip in figures(12, frames=90)]
    motion = motions[0].copy()
    for joint in range(13):
        motion[5 * joint, joint] = np.nan
    found = injections(motion, "000", "wave", False, usual_of(motions[1:], PENN13), PENN13, FPS)
    assert {"freeze", "fade", "cycle"} <= {injection.kind for injection in found}
    frozen = next(injection.motion for injection in found if injection.kind == "freeze")
    np.testing.assert_array_equal(np.isnan(frozen), np.isnan(motion))
