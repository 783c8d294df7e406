"""The window, opened from a script or the command line: the one way up from the package to its views."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from poseviewer.data.reading import AS_FOUND, Reading


def show(
    files: Iterable[str | Path] = (), watch: Path | None = None, model: str | None = None, reading: Reading = AS_FOUND
) -> int:
    """Open the window on datasets, clips and checkpoints, or on the demo; gives its exit code when it is closed.

    watch: a folder whose newest checkpoint is put to work as it appears; model: an installed one that reads the files
    there by its own `load(path)`. reading: what motion files do not say themselves. Raises PoseviewerError where there
    is no display.
    """
    from poseviewer.doctor import require_display
    from poseviewer.render.platform import prepare

    require_display()
    prepare()
    from poseviewer.views.window.launch import run

    return run([Path(file) for file in files], watch, model, reading)


def leave(code: int) -> int:
    """End the program with an exit code, after `show`; returns the code where nothing is at work any more."""
    from poseviewer.views.window.launch import leave

    return leave(code)
