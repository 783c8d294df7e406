"""Where files lie, and what lies beside them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from poseviewer.data.sources import opened

FILES = {"01/01.asf": "a", "01/01_01.amc": "b", "01/.hidden.asf": "h", "02/02.asf": "c", "02/02_01.AMC": "d"}


@pytest.fixture(params=["folder", "zip"])
def place(request, tmp_path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "all" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "all" / name).write_text(text)
    if request.param == "folder":
        return tmp_path / "all"
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    return tmp_path / "all.zip"


def test_a_file_knows_those_beside_it(place):
    with opened(place) as (total, files):
        found = {file.name: file for file in files}
        assert total == 4
        beside = found["02/02_01.AMC"].beside(".asf")
        assert [(file.name, file.content()) for file in beside] == [("02/02.asf", b"c")]
        assert [file.name for file in found["01/01.asf"].beside(".amc")] == ["01/01_01.amc"]
        assert found["01/01.asf"].beside(".bvh") == []


def test_a_file_opened_alone_knows_them_too(tmp_path):
    (tmp_path / "01.asf").write_text("a")
    (tmp_path / "01_01.amc").write_text("b")
    with opened(tmp_path / "01_01.amc") as (_, files):
        assert [(file.name, file.content()) for file in next(files).beside(".asf")] == [("01.asf", b"a")]
