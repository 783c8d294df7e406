"""Where the shipped resources and models lie, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

MODEL_SUFFIX = ".safetensors"
DATASET_SUFFIXES = (".h5", ".hdf5")
_PACKAGE = Path(__file__).resolve().parent


def _shipped(folder: str) -> Path:
    installed = _PACKAGE / "_shipped" / folder  # the wheel's force-include puts them there
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def resources() -> Path:
    """The folder of the demo dataset, fonts, icons, shaders and theme."""
    return _shipped("resources")


def models() -> Path:
    """The folder of the shipped checkpoints."""
    return _shipped("models")


def demo() -> Path:
    """The embedded demo dataset."""
    return resources() / "demo.h5"
