"""The map and the sliders."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt

from tests.views.driving.verbs.bench import Bench, verb

Key = Qt.Key


def _holds(at: Bench) -> None:
    """A drag is over: the pose is held; Undo lets it go, Redo brings it back, Esc lets it go."""
    held = at.state.held
    assert held is not None and np.isfinite(held.latent).all()
    assert np.isfinite(held.pose).any()
    at.undo()
    assert at.state.held is None
    at.redo()
    assert at.state.held is not None and np.array_equal(at.state.held.latent, held.latent)
    at.hand.press(Key.Key_Escape)
    assert at.state.held is None


@verb
def drag_on_the_map(at: Bench) -> None:
    canvas = at.hand.named("Latent map")
    surface = at.window.map.canvas.viewport()
    at.hand.look(0.05)
    ring = at.hand.ring()
    if not at.thing.mapped:
        assert ring is None and at.window.map._picture.sentence
        at.hand.drag(surface, canvas.rect().center(), canvas.rect().center() + QPoint(20, 10))
        assert at.state.held is None
        return
    assert ring is not None
    at.hand.drag(surface, ring, ring + QPoint(24, -18))
    _holds(at)


@verb
def look_about_on_the_map(at: Bench) -> None:
    canvas, surface = at.window.map.canvas, at.window.map.canvas.viewport()
    corner, middle = QPoint(18, 60), canvas.rect().center()
    at.hand.drag(surface, corner, corner + QPoint(30, 20))
    at.hand.wheel(surface, middle, 4)
    at.hand.wheel(surface, middle, -8)
    for k in range(1, 6):
        at.hand.click(surface, QPoint(k * canvas.width() // 6, k * canvas.height() // 6))
        at.hand.settle()
    canvas.fit()
    at.hand.look(0.02)


@verb
def change_fit_and_colour(at: Bench) -> None:
    view = at.window.map
    for combo in (view.bar.fit_to, view.bar.colour, view.bar.projection):
        for row in (*range(combo.count() - 1, -1, -1),):
            if combo.isVisible() and combo.isEnabled() and combo.model().item(row).isEnabled():  # type: ignore[attr-defined]
                at.hand.choose(combo, row)
                at.hand.settle()
                assert combo.currentIndex() == row
                at.hand.look(0.02)
    if at.thing.has_clip and at.thing.mapped:
        assert at.state.fit_to == view.bar.fit_to.itemData(0)
        assert at.state.projection is not None


@verb
def drag_a_slider(at: Bench) -> None:
    rows = at.window.sliders.rows
    if not rows.count or not at.thing.mapped:
        assert at.state.latent_at() is None or not at.state.has_statistics
        return
    at.hand.look(0.02)
    knob = rows.knob(0).toPoint()
    at.hand.drag(rows, knob, knob + QPoint(24, 0))
    _holds(at)
