"""The list of models: what it says where it shows none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.views.model_list import ModelList


def test_it_tells_no_models_from_none_that_matches(session: Session, qtbot: QtBot) -> None:
    models = ModelList(session)
    qtbot.addWidget(models)
    models.set_filter("zzz")
    assert models.note == "none yet: drop a .safetensors"
    session.offer_models()
    qtbot.waitUntil(lambda: bool(session.offers), timeout=20_000)
    assert models.note == "none matches the filter"
    models.set_filter("")
    assert models.note == ""


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
