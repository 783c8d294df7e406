"""`poseviewer formats`, and the page that it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from poseviewer.cli.commands.formats import described, page
from poseviewer.data.readers import Reader, built_in, readers
from tests.cli.test_commands import run

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"


def test_the_page_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "formats", "--markdown")
    assert code == 0
    assert PAGE.read_text(encoding="utf-8") == out, "poseviewer formats --markdown > docs/formats.md"


@pytest.mark.parametrize("reader", built_in(), ids=lambda reader: reader.NAME)
def test_every_reader_says_what_it_reads_and_assumes(reader: Reader) -> None:
    name, suffixes, reads, assumes = described(reader)
    assert name and reads and assumes and all(suffix.startswith(".") for suffix in suffixes)
    assert "|" not in name + reads + assumes
    assert f"| {name} | {' '.join(suffixes)} | {reads} | {assumes} |" in page([reader])


def test_all_readers_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "formats", "--json")
    assert [row["format"] for row in json.loads(out)["formats"]] == [reader.NAME for reader in readers()]
    _, out, _ = run(capsys, "formats")
    assert "BVH (.bvh)\n" in out and "  assumed: up axis and unit" in out
