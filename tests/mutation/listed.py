"""Faults written down by hand: those that are always tried, and those that nobody could notice.

An entry gives its file, the line as it stands and as it would be, both without what they are indented by. Code moves:
the line is looked for in that file first, then in all others, and must be found exactly once.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.mutation.faults import Fault, sources

HERE = Path(__file__).parent


def found(root: Path, file: str, line: str, new: str) -> Fault:
    """That fault, where the line stands now; ValueError where it stands nowhere, or more than once."""
    program = dict(sources(root))
    for names in ([file] if file in program else []), program:
        places = [
            (name, number, text)
            for name in names
            for number, text in enumerate(program[name].splitlines(), 1)
            if text.strip() == line
        ]
        if len(places) == 1:
            name, number, text = places[0]
            start = len(text) - len(text.lstrip())
            return Fault(name, number, start, len(text.rstrip().encode()), new, "listed")
    raise ValueError(f"{len(places)} lines of the program are {line!r}, of {file}")


def fixed(root: Path) -> list[tuple[str, Fault]]:
    """What each would do, and the fault."""
    entries = tomllib.loads((HERE / "fixed.toml").read_text(encoding="utf-8"))["fault"]
    return [(entry["what"], found(root, entry["file"], entry["line"], entry["new"])) for entry in entries]


def equivalent() -> set[tuple[str, str, str]]:
    """File, line and line with the fault, of what changes nothing."""
    entries = tomllib.loads((HERE / "equivalent.toml").read_text(encoding="utf-8")).get("fault", [])
    return {(entry["file"], entry["line"], entry["new"]) for entry in entries}
