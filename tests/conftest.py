"""What all tests share: no display unless one asks for it, one thread a library, where the real data lies."""

from __future__ import annotations

import gc
import os
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from poseviewer.app.session import Session
    from poseviewer.views.map.latent_map_view import LatentMapView
    from tests.linear_world import LinearEmbedding

# before anything imports Qt, OpenGL or torch
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from poseviewer.render import platform

platform.prepare()

pytest_plugins = ["tests.installing"]

# a machine that is busy with other work makes no test fail
settings.register_profile("patient", deadline=None, max_examples=50)
settings.load_profile("patient")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With workers: long files first, then those of many tests, so that none is left with much at the end."""
    if hasattr(config, "workerinput"):
        tests = Counter(item.path for item in items)
        items.sort(key=lambda item: (item.get_closest_marker("long") is None, -tests[item.path]))


@pytest.fixture(autouse=True)
def garbage_on_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """A cycle that holds a QObject must not be collected by a lane's thread: see poseviewer/app/garbage.py."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.collect(1)  # what the test made is young
    gc.enable()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; the test is skipped where POSEVIEWER_DATA does not name it."""
    folder = os.environ.get("POSEVIEWER_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs real data: POSEVIEWER_DATA names no folder")
    return Path(folder)


WHOLE = os.environ.get("POSEVIEWER_ARCHIVES") == "whole"
"""Whether archives of real data are read in full, which takes long and tells little more."""


@pytest.fixture
def archive(real_data: Path, tmp_path: Path) -> Callable[..., Path]:
    """An archive of real data by its name: where POSEVIEWER_ARCHIVES is "whole" all of it, else one file of `each`, and
    those whose names end as is said."""

    def some(name: str, each: int, *ends: str) -> Path:
        if WHOLE:
            return real_data / name
        with zipfile.ZipFile(real_data / name) as whole, zipfile.ZipFile(tmp_path / name, "w") as part:
            files = sorted(member for member in whole.namelist() if not member.endswith("/"))
            for member in {*files[::each], *(file for file in files if file.endswith(ends))}:
                part.writestr(member, whole.read(member))
        return tmp_path / name

    return some


@pytest.fixture(scope="session")
def demo() -> Path:
    """The embedded demo dataset."""
    from poseviewer import paths

    return paths.demo()


@pytest.fixture
def empty_session(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session of its own settings, with nothing open."""
    from poseviewer.app.jobs import lanes_rest
    from poseviewer.app.session import Session
    from poseviewer.app.settings import Settings

    monkeypatch.setenv("POSEVIEWER_SETTINGS", str(tmp_path / "settings.ini"))
    made = Session(Settings())
    made.judging.automatic = False  # to learn what is real takes longer than all else that tests wait for
    yield made
    made.close()
    assert lanes_rest(60.0)


@pytest.fixture
def learns_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of motions that are judged by the same real ones need not learn them each time."""
    from tests.judged import learnt_once

    monkeypatch.setattr("poseviewer.measure.verdicts.motion.calibrated", learnt_once)


@pytest.fixture
def map_view(empty_session: Session, qtbot: QtBot) -> LatentMapView:
    """The latent map of the empty session, on its own."""
    from poseviewer.views.map.latent_map_view import LatentMapView
    from tests.views.driving.clicking import put_up

    return put_up(LatentMapView(empty_session), qtbot)


@pytest.fixture
def filled(empty_session: Session, qtbot: QtBot) -> LinearEmbedding:
    """What the empty session gets to show: two clips and the embedding that reads them."""
    from tests.linear_world import fill

    embedding = fill(empty_session)
    qtbot.wait(20)
    return embedding


@pytest.fixture
def session(empty_session: Session, qtbot: QtBot) -> Session:
    """That session with the demo open on its walk."""
    from poseviewer import paths

    with qtbot.waitSignal(empty_session.clip_changed, timeout=10_000):
        empty_session.open_motion(paths.demo(), remember=False)
    return empty_session


@pytest.fixture
def ready(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Session:
    """That session with the shipped generator loaded, the clip and the dataset encoded: the demo once in a run."""
    from tests.standing_in import indexed_once

    monkeypatch.setattr("poseviewer.analysis.latent_index.index_dataset", indexed_once)
    session.offer_models()
    qtbot.waitUntil(lambda: session.bench.index is not None and session.bench.projection is not None, timeout=60_000)
    return session
