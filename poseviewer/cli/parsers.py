"""What the command line understands. Only the parser of the command at hand is built."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from poseviewer.cli.asked import axes_joined
from poseviewer.cli.commands import COMMANDS, window
from poseviewer.version import __version__

_OVERVIEW = """\
An oscilloscope for human-motion generators: poses, their latent space, and what a network makes of them.
Without a command it opens the window on the files given, or on the demo.

commands (each has --help with an example):
"""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line as a namespace whose `run` does it. Ends by SystemExit(2) on wrong usage, (0) after --help."""
    arguments = axes_joined(arguments)
    if arguments and arguments[0] in COMMANDS:
        command = COMMANDS[arguments[0]]
        prog = f"poseviewer {arguments[0]}"
        parser = argparse.ArgumentParser(prog=prog, formatter_class=argparse.RawDescriptionHelpFormatter)
        command.understand(parser)
        parser.set_defaults(run=command.run)
        return parser.parse_args(arguments[1:])
    parser = argparse.ArgumentParser(
        prog="poseviewer",
        usage="poseviewer [FILE ...] [--watch DIR [--model NAME]] [--up AXIS ...]\n"
        "       poseviewer COMMAND ... [--help]",
        description=_OVERVIEW + "".join(f"  {name:<9} {command.ABOUT}\n" for name, command in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example:\n  poseviewer walks.bvh generator.safetensors",
    )
    window.understand(parser)
    parser.add_argument("--version", action="version", version=f"poseviewer {__version__}")
    parser.set_defaults(run=window.run)
    return parser.parse_args(arguments)
