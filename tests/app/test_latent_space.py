"""What the session keeps of datasets as the embedding sees them: each index names its dataset, whatever is opened."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer.app import latent_space
from poseviewer.app.session import Session
from poseviewer.data.dataset import Dataset, DatasetWriter
from poseviewer.errors import PoseviewerError
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import HUMANOID, PENN13
from poseviewer.nets.protocols import Decoded, Placement, Posterior
from poseviewer.progress import finished
from poseviewer.views.map.latent_map_view import LatentMapView
from tests.linear_world import LinearEmbedding, clips


@pytest.fixture
def session(empty_session: Session) -> Session:
    empty_session.bench.embedding = LinearEmbedding()  # type: ignore[assignment]
    empty_session.models_replaced()
    return empty_session


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """One clip of one action."""
    return written(tmp_path / "few.h5", [replace(clips()[0], name="stroll", action="stroll")])


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Nine clips of nine actions."""
    return written(tmp_path / "many.h5", [replace(clips()[1], name=f"run {k}", action=f"run {k}") for k in range(9)])


@pytest.fixture
def view(map_view: LatentMapView) -> LatentMapView:
    return map_view


def written(path: Path, made: list[Clip]) -> Path:
    with DatasetWriter(path) as writer:
        for clip in made:
            writer.add(clip)
    return path


def indexed(session: Session, name: str) -> Callable[[], bool]:
    """Whether the bench shows the dataset of a name with its own index, and all is quiet."""

    def check() -> bool:
        bench = session.bench
        on_the_bench = bench.dataset is not None and bench.dataset.name == name
        return on_the_bench and bench.index is not None and not session.jobs.running

    return check


def shown(view: LatentMapView) -> tuple[str, set[int]]:
    """Of which dataset the points on the map are, and of which clips."""
    view.refresh()
    view.grab()
    points = view._picture.points
    return ("", set()) if points is None else (points.index.dataset.name, set(points.index.clip.tolist()))


class Waiting(LinearEmbedding):
    """An embedding that encodes the frames of a dataset only when it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on, self.reached = threading.Event(), threading.Event()

    def encode(self, poses: Any, visible: Any = None) -> tuple[Posterior, Placement]:
        if threading.current_thread().name == "lane index":
            self.reached.set()
            self.go_on.wait(10)
        return super().encode(poses, visible)


@pytest.fixture
def waiting(empty_session: Session) -> Iterator[Waiting]:
    made = Waiting()
    empty_session.bench.embedding = made  # type: ignore[assignment]
    empty_session.models_replaced()
    yield made
    made.go_on.set()


@pytest.mark.parametrize("order", [("few", "many"), ("many", "few")])
def test_a_file_opened_over_another_dataset_on_the_map_shows_its_own_points(
    session: Session, view: LatentMapView, qtbot: QtBot, few: Path, many: Path, order: tuple[str, str]
) -> None:
    files = {"few": few, "many": many}
    first, second = order
    session.open([files[first]])
    qtbot.waitUntil(indexed(session, first))
    assert shown(view)[0] == first
    seen = []
    session.clip_changed.connect(lambda: seen.append(shown(view)))  # the very moment that the other one is there
    session.open([files[second]])
    qtbot.waitUntil(indexed(session, second))
    assert seen == [("", set())]
    assert shown(view) == (second, set(range({"few": 1, "many": 9}[second])))


def test_coming_back_to_an_indexed_dataset_shows_it_at_once(
    session: Session, view: LatentMapView, qtbot: QtBot, few: Path, many: Path
) -> None:
    for name, path in (("few", few), ("many", many)):
        session.open([path])
        qtbot.waitUntil(indexed(session, name))
    made = {index.dataset.name: index for index in session.bench.indexes}
    for turn in range(4):
        dataset = session.bench.datasets[turn % 2]
        with qtbot.waitSignal(session.clip_changed):
            session.select_clip(dataset, 0)
        assert session.bench.index is made[dataset.name] and not session.latents.indexing
        assert shown(view)[0] == dataset.name
    qtbot.waitUntil(lambda: not session.jobs.running)
    assert [index is made[index.dataset.name] for index in session.bench.indexes] == [True, True]


def test_while_a_dataset_is_encoded_the_foot_says_so(
    empty_session: Session, waiting: Waiting, view: LatentMapView, qtbot: QtBot, few: Path, many: Path
) -> None:
    session = empty_session
    session.open([many])
    qtbot.waitUntil(lambda: waiting.reached.is_set() and session.bench.clip_latents is not None)
    qtbot.waitUntil(lambda: "Encoding many" in view.foot.words[-1])
    assert shown(view) == ("", set()) and view._picture.paths
    waiting.go_on.set()
    qtbot.waitUntil(indexed(session, "many"))
    qtbot.waitUntil(lambda: "Encoding" not in view.foot.words[-1] and shown(view)[0] == "many")


def test_closing_the_dataset_that_is_being_indexed_ends_the_work(
    empty_session: Session, waiting: Waiting, view: LatentMapView, qtbot: QtBot, many: Path
) -> None:
    session = empty_session
    session.open([many])
    qtbot.waitUntil(waiting.reached.is_set)
    (task,) = (task for task in session.jobs.running if task.title == "Encoding many")
    session.close_dataset(session.bench.datasets[0])
    assert task.cancelled and not session.latents.indexing
    waiting.go_on.set()
    qtbot.waitUntil(lambda: not session.jobs.running)
    assert session.bench.index is None and session.bench.indexes == [] and shown(view) == ("", set())


def test_another_dataset_takes_the_place_of_one_that_is_being_indexed(
    empty_session: Session, waiting: Waiting, view: LatentMapView, qtbot: QtBot, few: Path, many: Path
) -> None:
    session = empty_session
    session.open([many])
    qtbot.waitUntil(waiting.reached.is_set)
    with qtbot.waitSignal(session.clip_changed):
        session.open([few])
    qtbot.waitUntil(lambda: session.latents.indexing.startswith("Encoding few"))
    waiting.go_on.set()
    qtbot.waitUntil(indexed(session, "few"))
    assert [index.dataset.name for index in session.bench.indexes] == ["few"]
    with qtbot.waitSignal(session.clip_changed):
        session.select_clip(session.bench.datasets[0], 3)
    qtbot.waitUntil(indexed(session, "many"))  # what was broken off is made anew


def test_the_same_file_again_and_a_closed_dataset_leave_no_index_behind(
    session: Session, view: LatentMapView, qtbot: QtBot, few: Path, many: Path
) -> None:
    for name, path in (("few", few), ("many", many), ("many", many)):
        with qtbot.waitSignal(session.clip_changed):
            session.open([path])
        qtbot.waitUntil(indexed(session, name))
    assert [index.dataset for index in session.bench.indexes] == session.bench.datasets
    assert shown(view)[0] == "many"
    session.close_dataset(session.bench.datasets[0])
    assert [index.dataset.name for index in session.bench.indexes] == ["many"]
    assert shown(view)[0] == "many"
    session.close_dataset(session.bench.datasets[0])
    assert session.bench.indexes == [] and shown(view) == ("", set())


def test_an_embedding_that_fails_at_the_clip_is_not_waited_for(
    empty_session: Session, view: LatentMapView, qtbot: QtBot, few: Path
) -> None:
    class Failing(LinearEmbedding):
        def encode(self, poses: Any, visible: Any = None) -> tuple[Posterior, Placement]:
            raise PoseviewerError("glide", "", "it failed at this pose", "report it to its author")

    empty_session.bench.embedding = Failing()  # type: ignore[assignment]
    empty_session.models_replaced()
    with qtbot.waitSignal(empty_session.problem) as told:
        empty_session.open([few])
    qtbot.waitUntil(lambda: not empty_session.jobs.running)
    qtbot.wait(10)
    assert "it failed at this pose" in told.args[0]
    assert view._picture.density is not None and "it failed at this pose" in view._picture.reason


def test_a_clip_that_arrives_after_its_dataset_was_closed_stays_away(session: Session, qtbot: QtBot, few: Path) -> None:
    with qtbot.waitSignal(session.clip_changed):
        session.open([few])
    dataset = session.bench.datasets[0]
    session.select_clip(dataset, 0)
    session.close_dataset(dataset)
    qtbot.waitUntil(lambda: not session.jobs.running)
    assert session.bench.clip is None and session.bench.dataset is None


def test_of_more_indexes_than_memory_is_spent_on_the_oldest_goes(
    session: Session, qtbot: QtBot, few: Path, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latent_space, "_KEPT_FRAMES", 100)
    for name, path in (("few", few), ("many", many)):
        session.open([path])
        qtbot.waitUntil(indexed(session, name))
    assert [index.dataset.name for index in session.bench.indexes] == ["many"]  # what is on the bench stays


def test_an_index_belongs_to_its_dataset_and_its_embedding() -> None:
    from poseviewer.analysis.latent_index import index_dataset

    one, other = Dataset.of(clips(), "one"), Dataset.of(clips(), "other")
    embedding: Any = LinearEmbedding()
    index = finished(index_dataset(one, embedding))
    again: Any = LinearEmbedding()
    assert index.is_of(one, embedding) and not index.is_of(other, embedding) and not index.is_of(one, again)
    assert not index.is_of(None, embedding) and not index.is_of(one, None)
    embedding.id = again.id = "the same weights, loaded twice"
    assert index.is_of(one, again)
    np.testing.assert_array_equal(index.action, [0, 1])


@pytest.mark.parametrize(("frames", "own"), [(7, False), (8, True)])
def test_the_map_s_plane_is_the_clip_s_own_from_eight_frames_on(
    session: Session, qtbot: QtBot, frames: int, own: bool
) -> None:
    session.place(clips()[0].cut(0, frames))
    qtbot.waitUntil(lambda: not session.jobs.running)
    bench, stated = session.bench, LinearEmbedding().latent_mean
    assert bench.projection is not None and bench.clip_latents is not None
    np.testing.assert_allclose(bench.projection.mean, bench.clip_latents.mean(axis=0) if own else stated, atol=1e-6)


@pytest.mark.parametrize(("dims", "size"), [(3, 0.85), (2, 1.0)])
def test_a_pose_that_no_clip_places_is_of_a_person_s_size(session: Session, dims: int, size: float) -> None:
    """A leg of 85 cm, or a height of the whole image, at the origin."""
    asked: list[Placement] = []

    class Sized(LinearEmbedding):
        skeleton = HUMANOID if dims == 3 else PENN13

        def decode(self, latent: Any, at: Placement) -> Decoded:
            asked.append(at)
            return Decoded(at.scale[:, None, None] * np.ones((1, 2, dims)) + at.root[:, None])

    session.bench.embedding = Sized()  # type: ignore[assignment]
    held = session.latents.held(np.zeros(6))
    assert held is not None and held.pose.tolist() == np.full((2, dims), np.float32(size)).tolist()
    assert asked[0].root.tolist() == [[0.0] * dims] and asked[0].yaw.tolist() == [0.0]


def test_a_rollout_that_an_embedding_fails_at_is_told_of(session: Session, qtbot: QtBot) -> None:
    failure = PoseviewerError("glide", "", "it failed at this pose", "report it to its author")
    rollout: Any = object()
    with qtbot.waitSignal(session.problem) as told:
        session.latents.take(rollout, None, session.bench.embedding, failure)
    assert told.args[0].startswith("The rollout has no path on the map: ") and "it failed at this pose" in told.args[0]
    assert told.args[1].endswith(f"{failure}\n")
