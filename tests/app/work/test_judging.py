"""Verdicts follow the rollout through Step, Back, Undo, another seed and model, and are learnt where they can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.analysis.calibration import Calibration, _judged, control
from poseviewer.analysis.calibration_file import Stored, written
from poseviewer.analysis.live import Judge
from poseviewer.analysis.networks import Networks
from poseviewer.analysis.statistics.shape import BoneLength
from poseviewer.analysis.statistics.stillness import Spread
from poseviewer.analysis.tails import Scale
from poseviewer.analysis.verdict import Threshold
from poseviewer.app.session import Session
from poseviewer.app.work import judging
from poseviewer.app.work.move import FEW_AT_ONCE, Move
from poseviewer.bench.compose import compose
from poseviewer.bench.verdicts import placed, verdict_curves
from poseviewer.errors import PoseviewerError
from poseviewer.motion.skeleton import HUMANOID
from poseviewer.nets.checkpoints import checkpoint
from poseviewer.nets.models import load
from tests.app.test_announcements import heard, settle
from tests.app.work.making import LATENT, RAW, made
from tests.judged import uncalibrated

STORED = judging._stored


def reference(session: Session, high: float = 1e9) -> Calibration:
    """Two signs on the demo's clips; a side alarms above `high`."""
    dataset = session.bench.datasets[0]
    motions = [np.asarray(clip.onto(HUMANOID).positions, dtype=np.float64) for clip in dataset if len(clip) >= 34]
    signs = tuple(sign().fitted([_judged(m, HUMANOID, 30.0) for m in motions]) for sign in (BoneLength, Spread))
    watched = [control(signs, motion, HUMANOID, 30.0) for motion in motions]
    largest = np.array([np.nanmax(made.strengths[0], axis=1) for made, _ in watched])
    scales = tuple(Scale.of(np.array([seen[k] for _, seen in watched]), largest[:, k]) for k in range(2))
    sides: Any = {side: Threshold(high, high, 2, 15) for side in ("drift", "collapse")}
    return Calibration(HUMANOID, 30.0, signs, scales, np.array([[0.0, 0.1, 0.2]] * 2), sides, 99.0, 12, 400, np.ones(2))


@pytest.fixture(autouse=True)
def nothing_shipped_is_calibrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a model is judged by is what a test puts into a copy of it."""
    whole = checkpoint.card_of

    def without(path: Path, header: Any) -> checkpoint.Card:
        card = whole(path, header)
        shipped = Path(path).parent.resolve() == paths.models().resolve()
        kept = {key: value for key, value in card.document.items() if key != "calibration" or not shipped}
        return replace(card, document=kept)

    monkeypatch.setattr(checkpoint, "card_of", without)
    monkeypatch.setattr(load, "_shared", WeakValueDictionary())  # an earlier test's models have their cards still


@pytest.fixture
def learning(ready: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """The ready session, whose dataset is learnt from at once."""
    made = reference(ready)

    def learnt(*_: object) -> Iterator[Any]:
        yield from ()
        return Stored(made, {})

    monkeypatch.setattr(judging, "_stored", learnt)
    ready.judging.automatic = True
    return ready


def judged(session: Session, qtbot: QtBot) -> Any:
    settle(session, qtbot)
    return session.bench.lane.verdicts


def test_verdicts_have_the_frames_of_the_rollout_wherever_it_goes(learning: Session, qtbot: QtBot) -> None:
    session = learning
    assert session.bench.lane.verdicts is None and session.bench.no_reference == ""
    session.stepper.step(30)
    first = judged(session, qtbot)
    assert len(first) == 30 and session.bench.no_reference == ""
    assert heard(session, lambda s: s.stepper.step(5), qtbot) == {"rollout": 1, "time": 1}
    assert len(session.bench.lane.verdicts) == 35 and len(first) == 30  # type: ignore[arg-type]
    session.stepper.back(10)
    assert len(judged(session, qtbot)) == 25
    assert heard(session, lambda s: s.history.undo(), qtbot) == {"rollout": 1, "time": 1}
    assert len(session.bench.lane.verdicts) == 35  # type: ignore[arg-type]
    session.reset()
    assert judged(session, qtbot) is None and placed(session.bench) is None and not verdict_curves(session.bench)
    session.history.undo()
    assert len(judged(session, qtbot)) == 35
    session.set_seed(2, 20)
    assert judged(session, qtbot) is None
    session.stepper.step(3)
    assert len(judged(session, qtbot)) == 3
    (kept, _) = session.keeping.rollouts
    session.keeping.show(kept)
    assert len(judged(session, qtbot)) == 35
    session.set_sampling(samples=4)
    assert judged(session, qtbot) is None
    session.select_clip(session.bench.datasets[0], session.bench.clip_index + 1)
    assert judged(session, qtbot) is None and session.bench.no_reference == ""


def test_badge_and_curves_say_the_verdict(learning: Session, qtbot: QtBot) -> None:
    learning.stepper.step(30)
    settle(learning, qtbot)
    badge = compose(learning.bench).badge
    assert badge is not None
    assert [(run.icon, run.text) for run in badge.lines[1]][:2] == [("circle-check", ""), ("", "realistic")]
    drift, collapse = verdict_curves(learning.bench)
    assert (drift.about.part, collapse.about.part) == ("bone length", "motion over two thirds of a second")
    assert len(drift.generated[0]) == 30 and (drift.low, drift.high) == (0.0, 0.2) and drift.real
    made = placed(learning.bench)
    assert made is not None and made.time(0) == pytest.approx(learning.bench.time_of_relative(1))
    learning.set_time(0.0)
    assert all("realistic" not in run.text for line in compose(learning.bench).badge.lines for run in line)  # type: ignore[union-attr]


def test_why_there_is_no_reference_is_said_and_nothing_is_judged(
    ready: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> Iterator[Any]:
        yield from ()
        raise PoseviewerError("calibration", "", "3 clips are too few", "give ten")

    monkeypatch.setattr(judging, "_stored", none)
    ready.stepper.step(2)
    assert judged(ready, qtbot) is None and ready.bench.no_reference == "Not judged yet"
    ready.judging.automatic = True
    assert heard(ready, lambda s: s.stepper.step(1), qtbot) == {"rollout": 1, "time": 1, "verdicts": 1}
    assert judged(ready, qtbot) is None and ready.bench.no_reference == "Not judged: 3 clips are too few"


# a model's own reference


def calibrated(model: Path, out: Path, made: Calibration, **damage: object) -> Path:
    """A copy of a checkpoint that has a calibration."""
    document, tensors = written(made, {})
    checkpoint.save_calibration(model, out, document | damage, tensors)
    return out


def put_to_work(session: Session, model: Path, qtbot: QtBot) -> list[str]:
    """Open a checkpoint; what the error bar says."""
    told: list[str] = []
    connection = session.problem.connect(lambda sentence, _: told.append(sentence))
    session.open_model(model)
    settle(session, qtbot)
    session.disconnect(connection)
    return told


@pytest.mark.parametrize("model", (RAW, LATENT))
def test_a_models_own_reference_judges_from_the_first_step_on(
    model: Path, ready: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    assert put_to_work(ready, calibrated(model, tmp_path / "own.safetensors", reference(ready)), qtbot) == []
    assert ready.judging.judge_of(ready.bench.lane) is not None
    assert heard(ready, lambda s: s.stepper.step(30), qtbot)["verdicts"] == 0  # each frame came with its verdict
    assert len(judged(ready, qtbot)) == 30
    assert ready.bench.judged_by == "by the model's own reference: 12 clips"
    put_to_work(ready, uncalibrated(model, tmp_path), qtbot)  # it has none, and there is none of the dataset
    ready.stepper.step(2)
    assert judged(ready, qtbot) is None and ready.bench.judged_by == ""


def test_of_all_models_put_to_work_one_keeps_what_it_needs_to_go_on(
    ready: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    judges = []
    for model in (RAW, LATENT):
        put_to_work(ready, calibrated(model, tmp_path / model.name, reference(ready)), qtbot)
        ready.stepper.step(5)
        settle(ready, qtbot)
        judges.append(ready.judging.judge_of(ready.bench.lane))
    first, second = judges
    assert first is not None and second is not None and first is not second
    assert not first._last and second._last
    ready.history.undo()
    ready.history.undo()
    ready.stepper.step(2)  # it judges from the seed on again
    assert len(judged(ready, qtbot)) == ready.bench.lane.horizon


def test_verdicts_are_kept_by_their_bytes_the_newest_last(
    learning: Session, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    learning.stepper.step(30)
    kept = learning.judging._of_rollouts
    monkeypatch.setattr(judging, "_KEPT", int(2.5 * judged(learning, qtbot).nbytes))
    for _ in range(6):
        learning.stepper.back(1)
        settle(learning, qtbot)
    assert len(kept) == 4 and learning.bench.lane.rollout in kept
    monkeypatch.setattr(judging, "_KEPT", 1)
    other = replace(learning.bench.lane, role="generated_b", name="B")
    learning.bench.put(other)  # what a lane shows stays, however much that is: else both are judged anew in turns
    learning.stepper.back(1)
    settle(learning, qtbot)
    assert {lane.rollout for lane in learning.bench.lanes} <= set(kept)


def test_the_embeddings_reference_serves_where_the_generator_has_none(
    ready: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    embedding = calibrated(
        paths.models() / "humanoid-embedding.safetensors", tmp_path / "e.safetensors", reference(ready)
    )
    put_to_work(ready, embedding, qtbot)
    ready.stepper.step(30)
    assert len(judged(ready, qtbot)) == 30
    assert ready.bench.judged_by == "by the embedding's own reference: 12 clips"
    ready.reset()
    ready.declare_generated(20)
    settle(ready, qtbot)
    assert ready.bench.clip_verdicts is not None
    flat = calibrated(paths.models() / "penn-embedding.safetensors", tmp_path / "p.safetensors", reference(ready))
    put_to_work(ready, flat, qtbot)  # another skeleton than the generator's: it says nothing here
    ready.stepper.step(2)
    assert ready.bench.judged_by == ""


@pytest.mark.parametrize(("fps", "serves"), [(30.0, True), (25.0, False)])
def test_a_reference_serves_at_the_rate_that_it_was_measured_at(
    fps: float, serves: bool, ready: Session, tmp_path: Path
) -> None:
    own = calibrated(paths.models() / "humanoid-embedding.safetensors", tmp_path / "e.safetensors", reference(ready))
    assert judging._has_own(SimpleNamespace(card=checkpoint.describe(own)), HUMANOID, fps) == serves


def test_a_damaged_reference_is_told_and_the_dataset_judges(
    learning: Session, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick, whole = judging._stored, STORED
    monkeypatch.setattr(judging, "_stored", lambda measure: whole(measure) if measure.own else quick(measure))
    damaged = calibrated(RAW, tmp_path / "own.safetensors", reference(learning), thresholds={})
    (told,) = put_to_work(learning, damaged, qtbot)
    assert "own reference was not read" in told
    learning.stepper.step(2)
    assert len(judged(learning, qtbot)) == 2 and learning.bench.judged_by == "by demo.h5: 12 clips"


@pytest.mark.parametrize("looks", (True, False))
def test_latents_that_the_map_needs_anyway_are_handed_to_who_judges(
    looks: bool, ready: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(Judge, "of", lambda self, rollout, latents=None, row=0: seen.append(latents))
    put_to_work(ready, uncalibrated(RAW, tmp_path), qtbot)
    networks = Networks(ready.bench.embedding if looks else None)
    judge = Judge(replace(reference(ready), networks=networks))
    monkeypatch.setattr(judging.Judging, "judge_of", lambda self, lane: judge)
    ready.stepper.step(3)
    settle(ready, qtbot)
    assert ready.bench.lane.latents is not None
    assert seen[0] is ready.bench.lane.latents if looks else seen == [None]


def test_a_clip_that_no_model_reads_is_judged_again_when_it_comes_back(
    learning: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    bench = learning.bench
    walk = bench.datasets[0].clip(0).onto(HUMANOID).positions
    np.savez(tmp_path / "made.npz", positions=walk, fps=30.0, seed_frames=20, skeleton="humanoid")
    bench.put(replace(bench.lane, generator=None))
    bench.embedding = None
    learning.open([tmp_path / "made.npz"])
    settle(learning, qtbot)
    assert bench.read is None and bench.clip_verdicts is not None
    learning.select_clip(bench.dataset, 0)
    settle(learning, qtbot)
    assert bench.read is None and bench.clip_verdicts is not None


def test_a_clip_that_is_still_being_judged_has_the_verdict_of_who_judges_now(learning: Session, qtbot: QtBot) -> None:
    judges, bench = learning.judging, learning.bench
    learning.declare_generated(20)
    settle(learning, qtbot)
    assert bench.clip_verdicts is not None
    learning.declare_generated(10)
    other, measure = Judge(reference(learning, 2e9)), judges._measure(bench.lane)
    assert bench.clip_verdicts is None and measure is not None
    judges._tell(measure, judging.Reference(other, "by another"))
    settle(learning, qtbot)
    assert bench.clip_verdicts is not None and bench.clip_verdicts.calibration is other.calibration


def test_a_rollout_is_judged_anew_where_it_is_measured_by_other_motion(learning: Session, qtbot: QtBot) -> None:
    learning.stepper.step(30)
    judged(learning, qtbot)
    other, measure = Judge(reference(learning, 2e9)), learning.judging._measure(learning.bench.lane)
    assert measure is not None
    learning.judging._tell(measure, judging.Reference(other, "by another"))
    assert judged(learning, qtbot).calibration is other.calibration and learning.bench.judged_by == "by another"


def test_what_is_taken_back_while_it_is_judged_has_no_verdict(learning: Session, qtbot: QtBot) -> None:
    learning.declare_generated(20)
    settle(learning, qtbot)
    learning.declare_generated(10)
    learning.declare_generated(None)  # before the last one has been judged
    settle(learning, qtbot)
    assert learning.bench.clip_verdicts is None and placed(learning.bench) is None


def test_what_judges_through_an_embedding_goes_with_it(
    ready: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_has_own", lambda model, skeleton, fps: hasattr(model, "encode"))
    stored = lambda measure: Stored(replace(reference(ready), networks=Networks(measure.source)), "")  # noqa: E731
    monkeypatch.setattr(judging, "_stored", stored)
    ready.use_model(paths.models() / "humanoid-ladder.safetensors")
    settle(ready, qtbot)
    ready.stepper.step(2)
    settle(ready, qtbot)
    ladder = ready.bench.embedding
    assert ladder in ready.judging._known and ready.bench.lane.verdicts is not None
    ready.use_model(paths.models() / "humanoid-embedding.safetensors")
    settle(ready, qtbot)
    assert list(ready.judging._known) == [ready.bench.embedding]  # one that looks through its key would stay for good
    ready.history.undo()
    settle(ready, qtbot)
    assert ready.bench.embedding is ladder and ready.bench.lane.verdicts is not None


def test_of_two_lanes_that_go_on_none_is_judged_at_the_frame_of_the_other(learning: Session, qtbot: QtBot) -> None:
    """What is judged a few frames at a time takes as long as those: both at once would hold up a picture."""
    learning.use_model(RAW, role="generated_b")
    settle(learning, qtbot)
    made(learning, qtbot, 2)
    judged: dict[str, list[int]] = {}
    for lane in learning.bench.lanes:
        judge, lengths = learning.judging.judge_of(lane), judged.setdefault(lane.role, [])
        for length in range(3, 40):
            move = Move.of(learning.bench, lane, 1, None, judge, goes_on=True)
            assert move is not None
            new = move.make()
            lane = replace(lane, rollout=new.rollout, verdicts=new.verdicts)
            if new.verdicts is not None and len(new.verdicts) == length:
                lengths.append(length)
    first, second = judged.values()
    assert not set(first) & set(second)
    for lengths in (first, second):
        assert set(np.diff(lengths)) == {FEW_AT_ONCE}  # nobody waits longer for a verdict
