"""What leaves the program: films, pictures, motion as BVH, arrays and tables. Nothing appears before it is complete."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from poseviewer.export.formats import FILMS, FORMATS, MOTIONS
from poseviewer.outputs import Kind, lies_in, require_output
from poseviewer.progress import Progress

if TYPE_CHECKING:
    from poseviewer.bench.bench import Bench
    from poseviewer.export.options import Options


def require_target(out: Path, inputs: Iterable[Path], *, force: bool = False) -> None:
    """Raise PoseviewerError where an export must not go to `out`; the window's dialog and the command line ask here.

    inputs: the files and folders that are open, of which none is ever written to. Without force a film, a picture or
    a motion that was exported before is replaced, and somebody's motion file is not: the dialog passes force once the
    user has agreed to replace what lies there.
    """
    inputs = list(inputs)
    if out.suffix.lower() in MOTIONS and out.exists() and any(i.is_dir() and lies_in(out, i) for i in inputs):
        inputs.append(out)  # a folder is read with all the motions in it
    require_output(out, Kind("an export", tuple(FORMATS), _made_again), inputs, force=force)


def target_of(bench: Bench, out: Path, options: Options) -> Path:
    """Where an export will lie: several png pictures become a folder. Raises PoseviewerError where nothing is to be
    exported.
    """
    film = FILMS.get(out.suffix.lower())
    if film is None or not film.numbered:
        return out
    from poseviewer.export.film import how_many, written_to

    return written_to(out, how_many(bench, film, options)[0])


def open_files(bench: Bench) -> list[Path]:
    """The files and folders that a bench's datasets are read from."""
    return [dataset.path for dataset in bench.datasets if dataset.path is not None]


def export_clip(bench: Bench, out: Path, options: Options, *, force: bool = False) -> Generator[Progress, None, str]:
    """Write what lies on the bench in the format that the suffix of `out` names. The bench itself is left as it is.

    The job may be closed at any time and then leaves nothing; it returns what its last progress says: what was written
    and what the format could not hold. Raises PoseviewerError at once for an unknown suffix, and where `require_target`
    refuses to write over a file that is there.
    """
    require_target(out, open_files(bench), force=force)
    if out.suffix.lower() in MOTIONS:
        from poseviewer.export.motion import write_motion

        return write_motion(bench, out, options)
    from poseviewer.export.film import film

    return film(bench, out, options)


def _made_again(out: Path) -> bool:
    """Whether what lies at `out` is a film, a picture or a motion that an export wrote, and no motion of a user's."""
    if out.suffix.lower() not in MOTIONS or not out.exists():
        return True
    from poseviewer.export.motion import written_here

    return written_here(out)
