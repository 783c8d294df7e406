"""`poseviewer`: the window."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from poseviewer import libraries, window
from poseviewer.cli.asked import add_reading, reading
from poseviewer.errors import PoseviewerError


def understand(parser: ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", type=_there, metavar="FILE", help="datasets, motion files, checkpoints")
    newest = "reload the newest checkpoint of a training run's folder"
    parser.add_argument("--watch", type=Path, metavar="DIR", help=newest)
    reads = "with --watch: an installed model whose load(path) reads the folder's files, of whatever format"
    parser.add_argument("--model", metavar="NAME", help=reads)
    add_reading(parser)


def run(given: Namespace) -> int:
    """Open the window on the files, or on the demo."""
    if given.watch is not None and not given.watch.is_dir():
        raise PoseviewerError(given.watch, "", "there is no such folder to watch", "make it, or check the path")
    if given.model is not None:
        from poseviewer.nets.models import foreign

        if given.watch is None:
            cause = "--model names what reads the files of a watched folder"
            raise PoseviewerError("--model", "", cause, "give --watch DIR, too")
        if given.model not in foreign.names():
            raise foreign.no_such_model(given.model)
    how = reading(given)
    libraries.require("PySide6", "pyqtgraph", "OpenGL", "platformdirs")
    return window.leave(window.show(given.files, given.watch, given.model, how))


def _there(text: str) -> Path:
    """A path that leads somewhere; one that may not be looked at is left to whoever opens it."""
    path = Path(text)
    try:
        there = path.exists()
    except OSError:
        there = True
    if not there:
        raise ArgumentTypeError(f"{text}: there is no such file or command; see `poseviewer --help`")
    return path
