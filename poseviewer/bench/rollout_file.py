"""A rollout as a file in the program's state folder: what makes it again on another day, and what must come out.

One .npz: `about` (JSON text: clip, seed, model, number, samples), `noise` (the number that names it), `temperatures`
(H,), `poses` (S, H, J, D), of a long rollout (1, H, J, D) of the picked `sample` alone, and for each frame that was set
by hand an array named `by_hand/ORDER/LENGTH/pose` or `.../latent`. Nothing in it is pickled.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from poseviewer.analysis.rollout import ByHand, Recipe
from poseviewer.bench.rollouts import ClipKey
from poseviewer.errors import PoseviewerError
from poseviewer.text import printable

SUFFIX = ".rollout.npz"
_BY_HAND = "by_hand/"
_MOST_SAMPLES = 4096  # they are generated again, whatever a damaged file says
_LARGEST = 2 << 30  # bytes of one array in it


@dataclass(frozen=True)
class About:
    """Whose rollout a file holds, as in `rollouts.Kept`. model: a checkpoint's file, or where `installed` its name.

    parent: the number of the rollout that it branched off; files of before there were branches say nothing of it.
    """

    clip: ClipKey
    seed: tuple[int, int]
    model: str
    installed: bool
    number: int
    samples: int
    frames: int
    azimuth: float | None = None
    name: str = ""
    parent: int | None = None


def file_name(about: About, recipe: Recipe) -> str:
    """Another one for every other rollout, so that none takes the place of another one."""
    told = json.dumps([asdict(about.clip), about.seed, about.model, recipe.number])
    made = hashlib.blake2b(told.encode(errors="surrogatepass"), digest_size=12)
    made.update(np.ascontiguousarray(recipe.poses).tobytes())
    return made.hexdigest() + SUFFIX


def write(file: BinaryIO, about: About, recipe: Recipe) -> None:
    """Write a rollout."""
    by_hand: dict[str, Any] = {
        f"{_BY_HAND}{order}/{made.length}/{made.by}": made.value for order, made in enumerate(recipe.by_hand)
    }
    np.savez(
        file,
        about=np.array(json.dumps(asdict(about))),
        noise=np.array(recipe.number),
        temperatures=np.array(recipe.temperatures, dtype=np.float64),
        poses=recipe.poses,
        sample=np.array(recipe.sample),
        **by_hand,
    )


def read_about(path: Path) -> About:
    """Whose rollout it is; the poses are not read. Raises PoseviewerError where the file is damaged."""
    with _opened(path) as arrays:
        told = json.loads(str(arrays["about"]))
        clip = ClipKey(str(told["clip"]["dataset"]), str(told["clip"]["name"]), int(told["clip"]["digest"]))
        start, stop = (int(frame) for frame in told["seed"])
        number, samples, frames = (int(told[name]) for name in ("number", "samples", "frames"))
        side, above, name = told.get("azimuth"), told.get("parent"), printable(str(told.get("name", "")))
        azimuth, parent = None if side is None else float(side), None if above is None else int(above)
        model, installed = str(told["model"]), bool(told["installed"])
        return About(clip, (start, stop), model, installed, number, samples, frames, azimuth, name, parent)


def read(path: Path) -> tuple[About, Recipe]:
    """The rollout. Raises PoseviewerError where the file is damaged."""
    about = read_about(path)
    with _opened(path) as arrays:
        names = [name for name in arrays.files if name.startswith(_BY_HAND)]
        by_hand = [_by_hand(name, arrays[name]) for name in sorted(names, key=lambda name: int(name.split("/")[1]))]
        temperatures, poses = arrays["temperatures"], arrays["poses"]
        sample = int(arrays["sample"]) if "sample" in arrays.files else 0
        told = poses.shape[:2] in ((about.samples, about.frames), (1, about.frames))
        if temperatures.shape != (about.frames,) or not told or not 0 <= sample < about.samples <= _MOST_SAMPLES:
            raise ValueError(f"{temperatures.shape} and {poses.shape}")
        if poses.ndim != 4 or not poses.size or poses.dtype.kind != "f":  # its samples are made again: memory is taken
            raise ValueError(f"{poses.dtype} of {poses.shape}")
        made = tuple(map(float, temperatures)), tuple(by_hand)
        return about, Recipe(int(arrays["noise"]), about.samples, *made, poses, sample)


def _by_hand(name: str, value: Any) -> ByHand:
    _, _, length, by = name.split("/")
    return ByHand(int(length), cast(Any, {"pose": "pose", "latent": "latent"}[by]), value)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The arrays of an .npz; whatever is wrong with it is one sentence."""
    try:
        with zipfile.ZipFile(path) as archive:
            largest = max((entry.file_size for entry in archive.infolist()), default=0)
        if largest > _LARGEST:
            raise ValueError(f"{largest} bytes")
        with np.load(path, allow_pickle=False) as arrays:
            yield arrays
    except PoseviewerError:
        raise
    except Exception as error:
        cause = f"it is no kept rollout or it is damaged ({type(error).__name__})"
        raise PoseviewerError(path, "", cause, "remove it; the rollout can be generated again") from error
