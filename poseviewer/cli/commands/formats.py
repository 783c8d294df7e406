"""`poseviewer formats`: which files can be read, what of them, and what is assumed where they do not say it."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from poseviewer.cli.asked import add_json

if TYPE_CHECKING:
    from poseviewer.data.readers import Reader

ABOUT = "which files can be read, and what is assumed of them"
_HEADS = ("format", "files", "what is read", "what is assumed")
_PAGE = """\
# What can be read

Written by `poseviewer formats --markdown > docs/formats.md`, from what the readers say of themselves. A folder or a
.zip of such files is read as one dataset; readers that an installed package brings are listed by `poseviewer formats`.

{table}

What is assumed stands in `poseviewer info FILE`, and under the clips in the window's library, where a click changes it;
that is remembered for the file, until another click forgets it. On the command line, for the window, `info`, `import`,
`export`, `diagnose` and the `--data` of all commands alike:

| option | says |
|---|---|
| `--up AXIS` | which axis points up: x, y, z, -x, -y or -z |
| `--unit UNIT` | what positions count: m, cm, mm, in, ft, or px in an image |
| `--joints NAME` | what the joints are: a known set, or a .json file with `joints` and `parents` |
| `--fps N` | clips are resampled to it; one that states no rate, or one that limbs cannot have, is taken to have it |
| `--mean F.npy --std F.npy` | what standardised features are brought back with |

What of it has no effect is told with the reason, as where a file states it itself.

In Python: `pv.open("walk.bvh", pv.Reading(up="z", unit="cm"))`.

Up is where shoulders are from ankles over the clip, and the unit is the one in which people are as tall as people are:
metres, centimetres, millimetres, inches, feet, CMU's 5.6444 cm. A size that fits none of these is brought to 1.7 metres
and said so. Animals and things are told by their size alone. A rate that makes limbs slower or faster than people's is
remarked, with one that would fit.
"""


def understand(parser: ArgumentParser) -> None:
    parser.description = "Which files can be read, what is read of them, and what is assumed where they do not say it."
    parser.epilog = (
        "example:\n  poseviewer formats\n\n"
        "keys of --json: formats, rows of format, suffixes, reads, assumes (as each reader says it of itself)"
    )
    parser.add_argument("--markdown", action="store_true", help="as a page, the built-in readers alone")
    add_json(parser)


def run(given: Namespace) -> None:
    """Print what the readers say of themselves."""
    from poseviewer.data.readers import built_in, readers

    if given.markdown:
        print(page(built_in()), end="")
    elif given.json:
        rows = (described(reader) for reader in readers())
        keys = ("format", "suffixes", "reads", "assumes")
        print(json.dumps({"formats": [dict(zip(keys, row, strict=True)) for row in rows]}, ensure_ascii=False))
    else:
        for name, suffixes, reads, assumes in map(described, readers()):
            told = f"  {reads}\n" if reads else ""
            print(f"{name} ({' '.join(suffixes)})\n{told}{f'  assumed: {assumes}' if assumes else ''}".rstrip())


def described(reader: Reader) -> tuple[str, tuple[str, ...], str, str]:
    """Its name, suffixes, what it reads and what it assumes, as it says it of itself."""
    reads, assumes = (str(getattr(reader, key, "")) for key in ("READS", "ASSUMES"))
    return reader.NAME, tuple(reader.SUFFIXES), reads, assumes


def page(readers: Sequence[Reader]) -> str:
    """docs/formats.md."""
    rows = [_HEADS, ("---",) * len(_HEADS)]
    for name, suffixes, reads, assumes in map(described, readers):
        rows.append((name, " ".join(suffixes), reads, assumes))
    return _PAGE.format(table="\n".join(f"| {' | '.join(row)} |" for row in rows).replace("| --- ", "|---"))
