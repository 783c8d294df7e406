"""One file a command: ABOUT, in a line; `understand` adds its arguments to a parser; `run` calls one layer and prints,
and gives an exit code where that is not always 0.

Whatever is heavy is imported inside `run`: `--help` does not wait for it.
"""

from __future__ import annotations

from types import ModuleType

from poseviewer.cli.commands import (
    calibrate,
    diagnose,
    doctor,
    evaluate,
    export,
    formats,
    import_,
    info,
    measure,
    train,
)

COMMANDS: dict[str, ModuleType] = {
    "info": info,
    "import": import_,
    "export": export,
    "train": train,
    "evaluate": evaluate,
    "measure": measure,
    "calibrate": calibrate,
    "diagnose": diagnose,
    "formats": formats,
    "doctor": doctor,
}
