"""The list of models: what it says where it shows none."""

from __future__ import annotations

import html
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer import paths
from poseviewer.app.offers import Offer
from poseviewer.app.session import Session
from poseviewer.nets.checkpoints.checkpoint import describe
from poseviewer.views.library.model_list import ModelList
from poseviewer.views.parts.plain import plain_tip


def test_it_tells_no_models_from_none_that_matches(session: Session, qtbot: QtBot) -> None:
    models = ModelList(session)
    qtbot.addWidget(models)
    models.set_filter("zzz")
    assert models.note == "none yet: drop a .safetensors"
    with qtbot.waitSignal(session.models_changed, timeout=20_000):
        session.offer_models()
    assert models.note == "none matches the filter"
    models.set_filter("")
    assert models.note == ""


def test_a_model_that_is_still_being_loaded_fails_no_filter(session: Session, qtbot: QtBot) -> None:
    models = ModelList(session)
    qtbot.addWidget(models)
    source = paths.models() / "humanoid-embedding.safetensors"
    session.offers[source] = Offer.of_card(describe(source))
    assert models.note == "none yet: drop a .safetensors"


def test_an_installed_model_tells_its_kind_once_it_was_chosen(installed: Path, session: Session, qtbot: QtBot) -> None:
    models = ModelList(session)
    qtbot.addWidget(models)
    session.offer_models()
    qtbot.waitUntil(lambda: bool(session.offers) and not session.jobs.running, timeout=60_000)
    models.set_filter("swing-emb")
    ((kind, name, offer),) = models._rows()
    assert (kind, name) == ("installed", "swing-embedding")
    assert models._tooltip(offer).endswith("(swing.models:SwingEmbedding)\nClick to put it to work")
    QTest.mouseClick(models, Qt.MouseButton.LeftButton, pos=QPoint(40, 24 + 11))
    qtbot.waitUntil(lambda: session.embedding_source == "swing-embedding", timeout=60_000)
    models.set_filter("swing")
    kind, name, offer = next(row for row in models._rows() if row[2].source == "swing-embedding")
    assert (kind, name) == ("embedding", "swing")
    assert "pivot, elbow, bob" in models._tooltip(offer)


def test_the_embedding_at_work_is_marked_also_where_a_generator_brought_it(ready: Session) -> None:
    marked = {offer.name for offer in ready.offers.values() if ready.shelf.is_at_work(offer)}
    assert marked == {"humanoid-generator-latent", "humanoid-embedding", "humanoid-classifier-raw"}


def test_models_that_read_the_clip_come_first_and_the_others_say_why_not(ready: Session, qtbot: QtBot) -> None:
    models = ModelList(ready)
    qtbot.addWidget(models)
    clip = ready.bench.clip
    misfits = [bool(offer.misfit(clip)) for _, _, offer in models._rows()]
    assert True in misfits and misfits == sorted(misfits)
    _, _, last = models._rows()[-1]
    models.resize(240, models.height())
    at = QPointF(40, models.height() - 14)
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(models, move)
    assert html.escape(last.misfit(clip)) in models.toolTip()


def test_tooltips_tell_a_checkpoint_s_figures_in_plain_text(ready: Session, qtbot: QtBot) -> None:
    models = ModelList(ready)
    qtbot.addWidget(models)
    told = {offer.name: models._tooltip(offer) for _, _, offer in models._rows()}
    assert "validation error of leg: 100 ms 0.0131" in told["humanoid-generator-latent"]
    assert "validation error cm: 0.893" in told["humanoid-embedding"]
    assert "parameters" in told["humanoid-embedding"]


def test_checkpoints_of_one_name_are_told_apart_by_their_folders(session: Session, qtbot: QtBot) -> None:
    models = ModelList(session)
    qtbot.addWidget(models)
    card = Offer.of_card(describe(paths.models() / "humanoid-generator-raw.safetensors"))
    files = [Path(f"/runs/{file}.safetensors") for file in ("a/best/last", "b/best/last", "b/best/first")]
    session.offers.update({file: replace(card, source=file) for file in files})
    session.models_changed.emit()
    assert [name for _, name, _ in models._rows()] == ["last (a/best)", "last (b/best)", "first"]
    assert models._tooltip(session.offers[files[1]]).splitlines()[-2] == "in /runs/b/best"
    models.set_filter("b/best")
    assert [offer.source for _, _, offer in models._rows()] == [files[1]]


def test_figures_of_strangers_are_words(tmp_path: Path, ready: Session) -> None:
    document = {"metrics": {"<b>err\x1b[31mor</b>": {"a": "<img src=x>", "b": None}, "list": [1, 2]}}
    card = replace(describe(next(iter(p for p in ready.offers if isinstance(p, Path)))), metrics=document["metrics"])
    figures = Offer.of_card(card).figures
    assert figures[0] == "<b>error</b>: a <img src=x>, b None"
    assert "&lt;b&gt;" in plain_tip(figures[0]) and "<b>" not in plain_tip(figures[0])
