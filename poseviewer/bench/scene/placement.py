"""Where lanes stand in the 3D view: side by side with the seed and the truth between them, or on one spot."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from poseviewer.bench.bench import Bench
from poseviewer.bench.lane import Lane
from poseviewer.bench.track import PLANE_HEIGHT, Track, plane_of
from poseviewer.motion.heading import three_quarter, way
from poseviewer.render.palette import Role

_APART = 0.9  # metres from a lane to the middle, of an adult
_ADULT = 1.6  # metres, the joint height of the figure that this is meant for
_PARTING = 22 / 30  # seconds after the seed in which lanes part
_FAINTEST = 0.3  # opacity with which what parts begins, so that the shift is not read as motion
_SIDES: dict[Role, float] = {"generated_a": 1.0, "generated_b": -1.0}
"""A comes to the near lane, B goes to the far one."""
_SQUARE: WeakKeyDictionary[Track, dict[tuple[int, int], NDArray[np.floating]]] = WeakKeyDictionary()
"""Of clips, by the seed: what stands on the screen asks for it many times a frame."""


def lanes_shown(bench: Bench) -> tuple[Lane, ...]:
    """The lanes that have generated something."""
    return tuple(lane for lane in bench.lanes if lane.tracks)


def apart(bench: Bench) -> float:
    """Metres from a lane to the middle; 0 where all stand on one spot."""
    track = bench.track
    if track is None or bench.look.placement != "side by side" or len(lanes_shown(bench)) < 2:
        return 0.0
    return _APART * float(np.clip(track.height / _ADULT, 0.05, 20.0))


def apart_words(bench: Bench) -> str:
    """How far apart neighbouring lanes are; empty where they are not."""
    metres = apart(bench)
    if not metres:
        return ""
    flat = bench.track is not None and bench.track.skeleton.dims == 2
    return f"lanes {metres / PLANE_HEIGHT:.2f} image heights apart" if flat else f"lanes {metres:.1f} m apart"


def shifts(bench: Bench, role: Role, times: NDArray[np.floating]) -> NDArray[np.float32]:
    """(P, 3) metres from where a lane's frames at times (P,) are to where they are shown."""
    metres = apart(bench) * _SIDES.get(role, 0.0)
    if not metres:
        return np.zeros((len(times), 3), dtype=np.float32)
    return (metres * _parted(bench, times)[:, None] * _sideways(bench)).astype(np.float32)


def shift(bench: Bench, role: Role, time: float) -> NDArray[np.float32]:
    """(3,) the same at one time."""
    return shifts(bench, role, np.array([time]))[0]


def presence(bench: Bench, times: NDArray[np.floating]) -> NDArray[np.float32]:
    """(P,) the opacity of what lanes show at times (P,): it comes in while they part."""
    if not apart(bench):
        return np.ones(len(times), dtype=np.float32)
    return (_FAINTEST + (1.0 - _FAINTEST) * _parted(bench, times)).astype(np.float32)


def _parted(bench: Bench, times: NDArray[np.floating]) -> NDArray[np.floating]:
    """(P,) 0 where lanes have not begun to part, 1 where they have."""
    way_there = np.clip((times - bench.seed_end) / _PARTING, 0.0, 1.0)
    eased: NDArray[np.floating] = way_there**2 * (3.0 - 2.0 * way_there)
    return eased


def _sideways(bench: Bench) -> NDArray[np.floating]:
    """(3,) to the near lane: square to the way that the seed's end goes, towards the opening view's eye.

    2D poses part within their image, A to the left, since all depths look alike in it.
    """
    clip, track = bench.clip, bench.track
    assert clip is not None and track is not None
    if clip.skeleton.dims == 2:
        return -plane_of(clip).right
    sides = _SQUARE.setdefault(track, {})
    if bench.seed not in sides:
        sides[bench.seed] = _square(bench, track)
    return sides[bench.seed]


def _square(bench: Bench, track: Track) -> NDArray[np.floating]:
    """(3,) level and square to the way that the seed's end goes, towards the opening view's eye."""
    last = slice(max(bench.seed[0], bench.seed[1] - round(track.fps)), bench.seed[1])
    ahead = way(track.skeleton, track.positions[last], track.root[last])
    side = np.nan_to_num(np.array([-ahead[2], 0.0, ahead[0]]))
    size = float(np.linalg.norm(side))
    side = side / size if size > 1e-9 else np.array([0.0, 0.0, 1.0])
    azimuth = three_quarter(track.way)
    return side if side @ (np.sin(azimuth), 0.0, np.cos(azimuth)) >= 0.0 else -side
