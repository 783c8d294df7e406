"""poseviewer: an oscilloscope for human-motion generators.

    import poseviewer as pv
    dataset = pv.open("walks.bvh")                  # any supported file or folder
    model = pv.load_model("generator.safetensors")
    rollout = pv.Rollout(model, dataset.clip(0))
    rollout.step(50)                                # rollout.poses: (S, H, J, D), metres
    pv.show("walks.bvh", "generator.safetensors")   # or a Clip, a Rollout, an array
    pv.film(rollout, "e12.mp4")                     # without a display; pv.frames(rollout) yields its pictures

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from poseviewer.version import __version__

if TYPE_CHECKING:
    from poseviewer.analysis.rollout import Rollout
    from poseviewer.data.readers import open_dataset as open
    from poseviewer.data.readers import read
    from poseviewer.data.reading import Reading
    from poseviewer.nets.models.load import load_model
    from poseviewer.scripting import film, frames, show

__all__ = ["Reading", "Rollout", "__version__", "film", "frames", "load_model", "open", "read", "show"]

_HOMES = {
    "open": ("poseviewer.data.readers", "open_dataset"),
    "read": ("poseviewer.data.readers", "read"),
    "Reading": ("poseviewer.data.reading", "Reading"),
    "film": ("poseviewer.scripting", "film"),
    "frames": ("poseviewer.scripting", "frames"),
    "show": ("poseviewer.scripting", "show"),
    "load_model": ("poseviewer.nets.models.load", "load_model"),
    "Rollout": ("poseviewer.analysis.rollout", "Rollout"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'poseviewer' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)


if "IPython" in sys.modules:
    from poseviewer import notebook

    notebook.register()
