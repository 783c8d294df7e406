"""The window's exports never go to a file that is open, also where the user agreed to replace what lies there."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app.exporting import Exporting
from poseviewer.app.session import Session
from poseviewer.export.options import Options
from tests.data.damage import valid


@pytest.mark.parametrize("suffix", [".bvh", ".npz", ".csv"])
@pytest.mark.parametrize("link", [False, True])
def test_the_file_on_the_bench_stays_as_it_is(
    empty_session: Session, qtbot: QtBot, tmp_path: Path, suffix: str, link: bool
) -> None:
    content = valid(suffix, tmp_path)
    source = out = tmp_path / f"valid{suffix}"
    source.write_bytes(content)
    if link:
        out = tmp_path / f"linked{suffix}"
        out.symlink_to(source)
    told: list[str] = []
    empty_session.problem.connect(lambda sentence, _: told.append(sentence))
    with qtbot.waitSignal(empty_session.clip_changed, timeout=10_000):
        empty_session.open_motion(source, remember=False)
    Exporting(empty_session).begin(out, Options())
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert "it is one of the files that are read; name another file to write" in told[0]
    assert source.read_bytes() == content and out.is_symlink() == link


def test_what_a_format_cannot_hold_is_told(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    exporting = Exporting(session)
    with qtbot.waitSignal(exporting.done, timeout=10_000) as done:
        exporting.begin(tmp_path / "walk.bvh", Options())
    assert done.args == [tmp_path / "walk.bvh", "BVH holds no action, loop"]
