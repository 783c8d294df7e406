"""The table of formats is what is offered, what is told of it, and what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from poseviewer.cli.parsers import parse
from poseviewer.export.formats import FILMS, FORMATS

README = Path(__file__).resolve().parents[2] / "README.md"


def test_every_format_is_written_by_what_its_row_names() -> None:
    for form in FORMATS.values():
        needed = ("write", "finish", "abandon") if form.suffix in FILMS else ("write", "losses", "written_here")
        assert all(callable(getattr(form.load(), name)) for name in needed), form.name


def test_the_help_of_export_tells_what_the_table_says(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["export", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert f"ends in one of {' '.join(FORMATS)}" in told
    assert "no background: .webm, .gif (hard edges), .apng, .png" in told
    assert "1280x720 by default, 640x360 of .gif" in told
    assert all(f"{film.fastest:g} of {film.suffix}" in told for film in FILMS.values())


def test_the_readme_tells_what_the_table_says() -> None:
    rows = {}
    for line in README.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ."):
            rows[cells[0]] = cells[1:]
    assert len(rows) > 7
    through = {"none": "no", "hard": "with hard edges", "full": "yes"}
    for suffix, (title, rate, transparent, *_) in rows.items():
        assert title == FORMATS[suffix].title
        if suffix in FILMS:
            assert (rate, transparent) == (f"{FILMS[suffix].fastest:g}", through[FILMS[suffix].alpha])
