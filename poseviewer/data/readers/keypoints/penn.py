"""Penn Action labels (Zhang et al., ICCV 2013): NNNN.mat, one clip a file, 13 joints in pixels.

Positions become units of the image's height, origin at its centre, y up. Quirks:

- 131 files store x and y as uint8 or uint16: everything is cast before any arithmetic.
- `dimensions` is height, width, frames; `train` is 1 or -1; `pose` is the viewpoint. There is no frame rate.
- A joint without an annotation is invisible and sits at the image's first pixel times the factor by which the clip was
  scaled (x = y, up to 1.6): it is unknown (NaN). Other invisible joints are occluded and keep their coordinates.
- Some frames, in one clip all, have no visible joint; two clips do not move: they are kept.
- `bbox` is one row short in two clips: the last row is repeated.
- A few clips of 480 x 393 pixels were scaled up twice, 288 to 393 lines, so that people hang out of the image: undone.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseviewer.data.sources import SourceFile
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import ASSUMED_FPS, Clip
from poseviewer.motion.skeleton import PENN13

NAME = "Penn Action"
SUFFIXES = (".mat",)
READS = "13 joints in an image, visibility, boxes, action, split"
ASSUMES = "30 fps"

_NEEDED = ("x", "y", "visibility", "dimensions")
_OPTIONAL = ("action", "pose", "train", "bbox")
_MAX_VALUES = 2_000_000
_CORNER = 2.0  # pixels; the largest factor of the archive's clips is 1.52
_TWICE_SCALED = 393.0 / 288.0
_OUTSIDE = 1.1  # of the image's size
_CURE = "unpack the archive's own label file again"
_NOTE = "Penn Action labels (Zhang et al., ICCV 2013), 30 fps assumed"
_SPLITS = {1: "train", -1: "test"}


def accepts(file: SourceFile) -> bool:
    return file.head(10) == b"MATLAB 5.0"


def read(file: SourceFile) -> Iterator[Clip]:
    """One clip on `penn13`, 2D."""
    label = _Label(file)
    height, width = label.size()
    x, y = (label.numbers(key, (None, 13)) for key in ("x", "y"))
    visible = label.numbers("visibility", (None, 13)) > 0
    if not len(x) or not len(x) == len(y) == len(visible):
        cause = f"x, y and visibility have {len(x)}, {len(y)} and {len(visible)} frames"
        raise PoseviewerError(file.name, "", cause, _CURE)
    pixels = np.stack([x, y], axis=-1)
    unknown = ~visible & (np.abs(x - y) < 1e-3) & (x <= _CORNER)
    pixels[unknown] = np.nan
    boxes = label.numbers("bbox", (None, 4)) if label.has("bbox") else None  # left, top, right, bottom
    if boxes is not None:
        boxes = boxes[np.minimum(np.arange(len(x)), len(boxes) - 1)]
    remark = ""
    if _twice_scaled(pixels[visible], width, height):
        pixels /= _TWICE_SCALED
        boxes = _around(pixels, boxes / _TWICE_SCALED) if boxes is not None else None
        remark = ", scaled twice in the file, undone"
    viewpoint = label.word("pose")
    yield Clip(
        skeleton=PENN13,
        positions=_centred(pixels, width, height).astype(np.float32),
        visible=visible,
        boxes=None if boxes is None else _box_units(boxes, width, height).astype(np.float32),
        image_size=(width, height),
        fps=ASSUMED_FPS,
        fps_known=False,
        name=file.stem,
        action=label.word("action"),
        split=_SPLITS.get(label.sign("train"), ""),
        source=f"{file.name}{f', seen from {viewpoint}' if viewpoint else ''}{remark}: {_NOTE}",
    )


class _Label:
    """The variables of one file, checked as they are asked for."""

    def __init__(self, file: SourceFile) -> None:
        from scipy.io import loadmat, whosmat

        self._name = file.name
        content = file.content(64 << 20)
        try:
            sizes = {name: shape for name, shape, _ in whosmat(io.BytesIO(content))}
            missing = [name for name in _NEEDED if name not in sizes]
            if missing:
                cause = f"it has no variable {' or '.join(missing)}"
                raise PoseviewerError(file.name, "", cause, "only label files of Penn Action are read")
            wanted = [name for name in (*_NEEDED, *_OPTIONAL) if name in sizes]
            for name in wanted:
                if np.prod([float(n) for n in sizes[name]]) > _MAX_VALUES:
                    raise PoseviewerError(file.name, name, f"it claims to have the size {sizes[name]}", _CURE)
            self._values: dict[str, Any] = loadmat(io.BytesIO(content), variable_names=wanted)
        except (PoseviewerError, MemoryError):
            raise
        except Exception as error:
            raise PoseviewerError(file.name, "", "it is a damaged .mat file", "download it again") from error

    def has(self, key: str) -> bool:
        return key in self._values and np.size(self._values[key]) > 0

    def numbers(self, key: str, shape: tuple[int | None, ...]) -> NDArray[np.float64]:
        values = np.asarray(self._values.get(key))
        if values.dtype.kind not in "biuf" or values.ndim != len(shape):
            raise PoseviewerError(self._name, key, f"it holds {values.dtype} of shape {values.shape}", _CURE)
        if any(want is not None and want != have for want, have in zip(shape, values.shape, strict=True)):
            cause = f"it has shape {values.shape}, not frames x {shape[-1]}"
            raise PoseviewerError(self._name, key, cause, _CURE)
        return values.astype(np.float64)

    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        dimensions = self.numbers("dimensions", (1, None))[0]
        if len(dimensions) < 2 or not (np.isfinite(dimensions).all() and (dimensions[:2] >= 1).all()):
            raise PoseviewerError(self._name, "dimensions", "it gives no image size", _CURE)
        if dimensions[:2].max() > 100_000:
            cause = f"the image would have {dimensions[:2].max():.0f} pixels"
            raise PoseviewerError(self._name, "dimensions", cause, _CURE)
        return int(dimensions[0]), int(dimensions[1])

    def word(self, key: str) -> str:
        values = np.asarray(self._values.get(key, ""))
        return str(values.flat[0]) if values.dtype.kind == "U" and values.size else ""

    def sign(self, key: str) -> int:
        values = np.asarray(self._values.get(key, 0))
        if values.dtype.kind not in "iuf" or not values.size or not np.isfinite(values.flat[0]):
            return 0
        return int(values.flat[0])


def _twice_scaled(known: NDArray[np.float64], width: int, height: int) -> bool:
    """Whether visible joints (N, 2) leave an image of 393 lines and no longer do so when scaled back."""
    if height != 393 or not len(known):
        return False
    share = float((known / (width, height)).max())
    return _OUTSIDE < share < _OUTSIDE * _TWICE_SCALED


def _around(pixels: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes (F, 4), which were clipped at the image's border, widened to hold the known joints."""
    low, high = np.fmin.reduce(pixels, axis=1), np.fmax.reduce(pixels, axis=1)
    return np.concatenate([np.fmin(boxes[:, :2], low), np.fmax(boxes[:, 2:], high)], axis=1)


def _centred(pixels: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    return (pixels - (width / 2.0, height / 2.0)) * (1.0, -1.0) / height


def _box_units(boxes: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    """Left, top, right, bottom in pixels -> left, bottom, right, top in image heights."""
    first, second = _centred(boxes[:, :2], width, height), _centred(boxes[:, 2:], width, height)
    return np.stack([first[:, 0], second[:, 1], second[:, 0], first[:, 1]], axis=-1)
