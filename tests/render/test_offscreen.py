from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.render.body import body_of
from poseviewer.render.camera import Camera
from poseviewer.render.offscreen import Offscreen
from poseviewer.render.palette import palette
from poseviewer.render.stage import Figures, Stage, Trail
from tests.render.scenes import CAMERA, figures, full_stage, standing

SIZE = (320, 200)
REFERENCES = Path(__file__).with_name("references")
ROOT = Path(__file__).resolve().parents[2]


def render(stage: Stage, camera: Camera = CAMERA, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    with Offscreen(*size) as screen:
        return screen.render(stage, camera)


def bare(*groups: Figures, **options: object) -> Stage:
    return Stage(palette("dark").scenery, groups, ground=False, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_picture_looks_as_it_did(theme, tmp_path) -> None:
    """Compared with a stored picture; text is left to the font's hinting, so the tolerance is a mean."""
    picture = render(full_stage(theme))[..., :3]
    path = REFERENCES / f"stage-{theme}.png"
    reference = np.asarray(Image.open(path).convert("RGB"))
    difference = np.abs(picture.astype(int) - reference)
    if difference.mean() > 0.6:
        Image.fromarray(picture).save(tmp_path / "picture.png")
        Image.fromarray(np.clip(difference * 8, 0, 255).astype(np.uint8)).save(tmp_path / "difference.png")
        pytest.fail(f"mean difference {difference.mean():.2f} grey levels; see {tmp_path}")


def test_a_bone_is_where_the_camera_projects_it() -> None:
    empty = render(bare())
    picture = render(bare(figures(0.0)))
    changed = np.abs(picture.astype(int) - empty).sum(axis=-1) > 30
    px, _ = CAMERA.project(standing(), SIZE)
    for x, y in px:
        assert changed[int(y), int(x)]
    assert not changed[:, :100].any() and not changed[:, 220:].any()


@pytest.mark.parametrize("orthographic", [False, True])
def test_edges_are_as_smooth_as_many_samples(orthographic) -> None:
    """At most the error that 4x MSAA has to 16 samples a px, 6.1 grey levels on edges."""
    camera = Camera(target=(0.0, 0.85, 0.0), orthographic=orthographic)
    stage = bare(figures(0.0))
    picture = render(stage, camera, (480, 300))[..., :3].astype(float)
    large = render(stage, camera, (1920, 1200))[..., :3].reshape(300, 4, 480, 4, 3).astype(float)
    edges = (large.max(axis=(1, 3)) - large.min(axis=(1, 3))).max(axis=-1) > 8
    error = ((picture - large.mean(axis=(1, 3))) ** 2).mean(axis=-1)
    assert np.sqrt(error[edges].mean()) <= 6.1


def test_the_nearer_figure_hides_the_farther_one() -> None:
    camera = Camera(target=(0.0, 0.85, 0.0), yaw=np.pi / 2, pitch=0.0)
    alone = render(bare(figures(0.4, role="generated_a")), camera)
    both = render(bare(figures(-0.4), figures(0.4, role="generated_a")), camera)
    body = np.abs(alone.astype(int) - render(bare(), camera)).sum(axis=-1) > 200
    inner = body[1:-1, 1:-1] & body[:-2, 1:-1] & body[2:, 1:-1] & body[1:-1, :-2] & body[1:-1, 2:]
    difference = np.abs(both.astype(int) - alone)[1:-1, 1:-1].max(axis=-1)[inner]
    assert np.quantile(difference, 0.98) <= 3


def test_no_inner_bone_shows_through_a_translucent_figure() -> None:
    """Where trunk, shoulder and arm overlap, a ghost is as opaque as anywhere else."""
    whole = Figures(
        body_of(HUMANOID), standing()[None], np.ones((1, 3, 3), np.float32), np.full(1, 0.3, np.float32), "ghost"
    )
    picture = render(bare(whole, transparent=True))
    alpha = picture[..., 3]
    inside = alpha[alpha > 0.25 * 255]
    assert inside.max() - inside.min() <= 15
    assert abs(int(np.median(inside)) - round(0.3 * 255)) <= 1


def test_the_current_figure_lies_over_skins_and_ghosts_in_front_of_it() -> None:
    ghost = figures(0.0, role="truth", opacity=0.5, layer="ghost")
    ghost.positions[:] += (CAMERA.axes[2] * 0.5).astype(np.float32)
    current = figures(0.0, role="seed")
    alone, both = render(bare(current)), render(bare(ghost, current))
    solid = render(bare(current, transparent=True))[..., 3] == 255
    assert np.abs(both.astype(int) - alone)[solid].max() <= 1


def test_joints_that_are_not_visible_are_faint() -> None:
    faded = np.zeros((1, 18), dtype=bool)
    faded[0, [j.startswith("left_") for j in HUMANOID.joints]] = True
    person = figures(0.0, faded=faded)
    picture = render(bare(person, transparent=True))
    px, _ = CAMERA.project(standing(), SIZE)

    def alpha_at(joint: str) -> int:
        x, y = px[HUMANOID.joints.index(joint)]
        return int(picture[int(y), int(x), 3])

    assert alpha_at("right_wrist") > 250 and alpha_at("chest") > 250
    assert 40 < alpha_at("left_wrist") < 120


def test_unknown_joints_and_empty_stages_are_drawn_as_nothing() -> None:
    lost = figures(0.0)
    lost.positions[:] = np.nan
    stage = Stage(palette("dark").scenery, (lost,))
    assert (render(stage) == render(Stage(palette("dark").scenery))).all()


def test_the_same_stage_is_the_same_picture_whether_drawn_or_kept() -> None:
    stage = full_stage()
    with Offscreen(*SIZE) as screen:
        drawn = [screen.render(stage, CAMERA).copy() for _ in range(4)]
        screen.render(stage, CAMERA.orbit(90, 20))
        again = screen.render(stage, CAMERA)
    assert all((picture == drawn[0]).all() for picture in (*drawn, again))


def test_a_shadow_darkens_the_ground_under_the_feet() -> None:
    scene = palette("light").scenery
    lit = render(Stage(scene, (figures(0.0, theme="light", shadow=False),)))
    shaded = render(Stage(scene, (figures(0.0, theme="light"),)))
    (x, y), _ = CAMERA.project((0.12, 0.0, -0.1), SIZE)
    assert int(shaded[int(y), int(x)].sum()) < int(lit[int(y), int(x)].sum()) - 30
    assert (shaded.astype(int) <= lit.astype(int) + 1).all()


def test_many_layers_that_do_not_fit_the_atlas_at_once_are_all_drawn() -> None:
    camera = Camera(target=(0.0, 0.85, 0.0), distance=2.0)
    people = figures(*np.linspace(-0.3, 0.3, 40), opacity=0.05, layer="skin")
    picture = render(bare(people, transparent=True), camera, (640, 400))
    expected = 1.0 - (1.0 - 0.05) ** 40
    x, y = camera.project((0.0, 1.3, 0.0), (640, 400))[0]
    assert picture[int(y), int(x), 3] / 255 > 0.5 * expected


def test_a_transparent_stage_has_straight_alpha() -> None:
    picture = render(bare(figures(0.0), transparent=True))
    assert picture[0, 0].tolist() == [0, 0, 0, 0]
    edge = (picture[..., 3] > 60) & (picture[..., 3] < 200)
    solid = picture[picture[..., 3] == 255][:, 2]
    assert picture[edge][:, 2].mean() > 0.6 * solid.mean()


def test_a_senseless_size_is_refused_in_a_sentence() -> None:
    with pytest.raises(PoseviewerError, match="0 x 10 px"):
        Offscreen(0, 10)


@pytest.mark.parametrize(
    "breakage",
    [
        "import sys; sys.modules['OpenGL.EGL'] = None",
        "import os; os.environ['__EGL_VENDOR_LIBRARY_FILENAMES'] = '/nonexistent.json'",
    ],
    ids=["no EGL library", "no driver"],
)
def test_a_machine_without_egl_is_told_what_to_install(breakage) -> None:
    script = f"{breakage}\nfrom poseviewer.render.offscreen import Offscreen\nOffscreen(64, 64)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "PoseviewerError" in last and "libegl1 libopengl0 libgl1-mesa-dri" in last


def test_trails_are_drawn_where_they_run_in_their_colours() -> None:
    path = np.float32([[-0.5, 0.0, 0.0], [0.0, 0.0, 0.0], [0.5, 0.0, 0.0]])
    colours = {0.0: (1.0, 0.0, 0.0), 1.2: (0.0, 1.0, 0.0)}
    trails = tuple(Trail(path + np.float32([0, y, 0]), colours[y], 0.1, on_ground=not y) for y in colours)
    picture = render(bare(trails=trails))
    for y, colour in colours.items():
        for x, shown in ((-0.3, True), (0.3, True), (0.6, False)):
            column, row = CAMERA.project((x, y, 0.0), SIZE)[0]
            found = np.abs(picture[int(row), int(column), :3] - 255.0 * np.array(colour)).max() < 20
            assert found == shown, (x, y)
