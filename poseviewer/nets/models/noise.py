"""Noise as a function of (number, sample, frame): the same rollout is the same again, whatever ran beside it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from poseviewer.nets.protocols import Array

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def normal(number: int, samples: ArrayLike, frame: int, size: int) -> Array:
    """Standard normal noise (B, size) float32 for the sample numbers (B,) of a rollout's number at one frame."""
    names = _names(int(number), np.asarray(samples).astype(np.uint64).tobytes())
    key = _mix(names ^ _mix(np.asarray([frame], dtype=np.uint64) + _GOLDEN))
    pairs = np.arange(1, 2 * ((size + 1) // 2) + 1, dtype=np.uint64)
    uniform = (_mix(key[:, None] + pairs * _GOLDEN) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    radius = np.sqrt(-2.0 * np.log1p(-uniform[:, 0::2]))
    angle = 2.0 * np.pi * uniform[:, 1::2]
    both = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return both[:, :size].astype(np.float32)


@lru_cache(maxsize=64)
def _names(number: int, samples: bytes) -> NDArray[np.uint64]:
    """(B,) what tells samples apart at every frame of a rollout."""
    key = _mix(np.asarray([number & 0xFFFFFFFFFFFFFFFF], dtype=np.uint64))
    return _mix(key ^ _mix(np.frombuffer(samples, dtype=np.uint64)))


def _mix(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    bits = bits + _GOLDEN
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
