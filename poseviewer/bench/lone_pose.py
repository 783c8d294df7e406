"""The stage without a clip: the held pose, or the mean of what the embedding was trained on."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from poseviewer.bench.bench import Bench
from poseviewer.bench.colouring import role_colours
from poseviewer.bench.look import ColourBy
from poseviewer.bench.planes import held_positions, put_down
from poseviewer.bench.track import Track
from poseviewer.motion.skeleton import Skeleton
from poseviewer.render.body import body_of
from poseviewer.render.palette import Palette, Role
from poseviewer.render.stage import Badge, Body, Figures, LegendEntry, Run, Stage

_WORDS = {
    "accent": ("held pose", "held pose, decoded from its latent", "Esc lets go"),
    "truth": ("mean pose", "mean of the training data, decoded", "Drag the ring or a slider: the pose follows"),
}
"""By role the figure's name, what the badge says of it, and what can be done."""


def lone_stage(bench: Bench, colours: Palette) -> Stage | None:
    """The held pose, or the mean of the training data, where there is no clip; None where neither is known."""
    pose = held_positions(bench)
    if pose is None and bench.mean_pose is not None:
        pose = put_down(bench, bench.mean_pose)
    if pose is None or bench.embedding is None:
        return None
    skeleton, look, text = bench.embedding.skeleton, bench.look, colours.scenery
    track = Track(skeleton, pose[None], 1.0, 0.0)
    role: Role = "truth" if bench.held is None else "accent"
    name, words, hint = _WORDS[role]
    by: ColourBy = look.colour_by if look.colour_by == "role and side" else "role"
    figure = Figures(
        body(skeleton),
        pose[None],
        role_colours(role, by, colours)[None],
        np.ones(1, dtype=np.float32),
        layer="current",
        scale=np.array([track.body_scale], dtype=np.float32),
        key=name,
        frames=np.zeros(1, dtype=np.int64),
    )
    root = np.nan_to_num(track.root[0])
    return Stage(
        colours.scenery,
        figures=(figure,),
        centre=(float(root[0]), 0.5 * track.height, float(root[2])),
        badge=Badge(Run("", text.text, 30, "semibold"), ((Run(words, text.text),), (Run(hint, text.text_quiet),))),
        legend=(LegendEntry(name, colours.colour(role)),),
        caption="grid 0.5 m" if skeleton.dims == 3 else "2D poses have no metres",
    )


def forget_bodies() -> None:
    """Bodies are to be made again: joints of a rig have been paired otherwise."""
    body.cache_clear()


@lru_cache(maxsize=64)
def body(skeleton: Skeleton, fine: bool = True) -> Body:
    """A skeleton's body, made once."""
    return body_of(skeleton, fine=fine)
