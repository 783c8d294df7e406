"""The list of models: what it says where it shows none."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from poseviewer.app.session import Session
from poseviewer.views.model_list import ModelList


def test_it_tells_no_models_from_none_that_matches(session: Session, qtbot: QtBot) -> None:
    models = ModelList(session)
    qtbot.addWidget(models)
    models.set_filter("zzz")
    assert models.note == "none yet: drop a .safetensors"
    session.offer_shipped_models()
    qtbot.waitUntil(lambda: bool(session.cards), timeout=20_000)
    assert models.note == "none matches the filter"
    models.set_filter("")
    assert models.note == ""
