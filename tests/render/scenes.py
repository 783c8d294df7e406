"""Small stages that the rendering tests share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from poseviewer.motion.skeleton import HUMANOID
from poseviewer.render.body import body_of
from poseviewer.render.camera import Camera
from poseviewer.render.palette import ThemeName, palette
from poseviewer.render.stage import Badge, Figures, Label, LegendEntry, Run, Stage, Trail

CAMERA = Camera(target=(0.0, 0.85, 0.0))

_PLACES = {
    "pelvis": (0, 0.93, 0), "chest": (0, 1.16, 0), "neck": (0, 1.39, 0), "head": (0, 1.56, 0),
    "hip": (0.085, 0.93, 0), "knee": (0.12, 0.51, 0.1), "ankle": (0.1, 0.09, 0), "toe": (0.1, 0.05, 0.14),
    "shoulder": (0.18, 1.41, 0), "elbow": (0.3, 1.16, 0), "wrist": (0.34, 0.93, 0.1),
}  # fmt: skip


def standing(x: float = 0.0) -> NDArray[np.float32]:
    """(18, 3) a person standing at x, looking along +z, metres."""
    pose = np.array([_PLACES[joint.split("_")[-1]] for joint in HUMANOID.joints], dtype=np.float32)
    pose[[joint.startswith("right") for joint in HUMANOID.joints], 0] *= -1.0
    return pose + np.float32([x, 0, 0])


def figures(
    *xs: float, role: str = "seed", opacity: float = 1.0, theme: ThemeName = "dark", **options: object
) -> Figures:
    """People standing at xs."""
    poses = np.stack([standing(x) for x in xs])
    colours = np.repeat(palette(theme).sided(role)[None], len(xs), axis=0)
    return Figures(body_of(HUMANOID), poses, colours, np.full(len(xs), opacity, np.float32), **options)  # type: ignore[arg-type]


def full_stage(theme: ThemeName = "dark") -> Stage:
    """A bit of everything that a stage can hold."""
    look = palette(theme)
    scene = look.scenery
    path = np.float32([[-1.2, 0, 0], [-0.5, 0, 0.05], [0, 0, 0]])
    return Stage(
        scene,
        (
            figures(-1.2, -0.6, role="seed", opacity=0.35, theme=theme, layer="skin"),
            figures(0.9, role="truth", opacity=0.36, theme=theme, layer="ghost"),
            figures(0.0, role="generated_a", theme=theme),
        ),
        (
            Trail(path, look.colour("seed"), 0.02, on_ground=True),
            Trail(path + np.float32([0, 1, 0.3]), look.colour("generated_a"), 0.009, np.float32([0, 0.5, 1])),
            Trail(path + np.float32([1.2, 0, 0]), look.colour("truth"), 0.02, on_ground=True, dashed=True),
        ),
        (Label("+12", (0.0, 0.0, 0.4), scene.text),),
        badge=Badge(
            Run("+12", scene.text, 30, "semibold"),
            (
                (Run("walk", scene.text),),
                (Run("", look.colour("ok"), icon="circle-check"), Run("realistic", scene.text, 12, "semibold")),
            ),
        ),
        legend=(LegendEntry("seed", look.colour("seed")), LegendEntry("truth", look.colour("truth"), "dashed")),
        caption="grid 0.5 m",
    )
