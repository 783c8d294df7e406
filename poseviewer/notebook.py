"""In a notebook a Clip and a Rollout show themselves as a film."""

from __future__ import annotations

import base64
import sys
import tempfile
from pathlib import Path
from typing import Any

_SHOWN = (("poseviewer.motion.clip", "Clip"), ("poseviewer.analysis.rollout", "Rollout"))
_LONGEST = 20.0  # seconds of a motion that are put into a notebook, which keeps them


def register() -> None:
    """Tell IPython, where it runs, how clips and rollouts are shown; by name, so that nothing is imported."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is not None and getattr(shell, "display_formatter", None) is not None:
        html = shell.display_formatter.formatters["text/html"]
        for module, name in _SHOWN:
            html.for_type_by_name(module, name, video)


def video(motion: Any) -> str:
    """A Clip or Rollout as an inline <video> of mp4, its first 20 seconds."""
    from poseviewer import scripting

    clip = scripting.clip_of(motion)
    shown = clip.cut(0, min(len(clip), max(1, int(_LONGEST * clip.fps))))
    with tempfile.TemporaryDirectory() as folder:
        out = scripting.film(shown, Path(folder) / "shown.mp4", size=(640, 360))
        film = base64.b64encode(out.read_bytes()).decode("ascii")
    return f'<video controls loop autoplay muted width="640" src="data:video/mp4;base64,{film}"></video>'
