"""The command line: the words are understood here, one file a command does the work (commands/).

Exit codes: 0 done, 1 expected failure in one sentence on stderr, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

from poseviewer import libraries
from poseviewer.errors import PoseviewerError
from poseviewer.text import printable

DEBUG = "POSEVIEWER_DEBUG"
INTERRUPTED = 130
_LONGEST = 2000  # letters of a message


def main(arguments: list[str] | None = None) -> int:
    """Run one command line (sys.argv where None) and return its exit code; usage errors end by SystemExit(2)."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal of another encoding shows what it can
    try:
        from poseviewer.cli.parsers import parse  # which takes a moment, and may be interrupted already

        given = parse(sys.argv[1:] if arguments is None else arguments)
        with suppress(ImportError):  # without the window's packages nothing has been paired in it
            from poseviewer.app.work.mappings import recall

            recall()
        return int(given.run(given) or 0)
    except PoseviewerError as error:
        return _failed(error.sentence())
    except ImportError as error:
        lacking = libraries.missing(error)
        return _failed(lacking.sentence()) if lacking is not None else _unexpected(error)
    except KeyboardInterrupt:
        print("poseviewer: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has closed it; the interpreter must not complain about it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except MemoryError:
        return _failed("there is not enough memory for this; try a smaller size or fewer frames.")
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _failed(f"{printable(f'{place}{error.strerror or error}', _LONGEST)}.")
    except Exception as error:
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    if os.environ.get(DEBUG):
        raise error
    said = printable(str(error), _LONGEST)
    return _failed(f"unexpected {type(error).__name__}: {said} (set {DEBUG}=1 to see where; please report it).")


def _failed(sentence: str) -> int:
    print(f"poseviewer: {sentence}", file=sys.stderr)
    return 1
