"""The lists over the latent map: projection, what it is fitted to or which dimensions it shows, level, colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QApplication, QComboBox, QSizePolicy, QWidget

from poseviewer.app.session import Session
from poseviewer.bench.map import chosen
from poseviewer.bench.map.legend import MapColour
from poseviewer.bench.map.look import FitTo, Projecting
from poseviewer.views.parts.boxes import in_row
from poseviewer.views.parts.choice import choice
from poseviewer.views.parts.labels import label

_FIT_NAMES: dict[FitTo, str] = {"clip": "this clip", "action": "its action", "all": "all clips"}
_FITTED = "Which frames the projection is fitted to"
_PROJECTIONS: dict[Projecting, str] = {
    "PCA": "Principal components: the plane in which the frames differ most",
    "LDA": "Linear discriminants: the plane in which the dataset's actions lie apart most",
    "dimensions": "Any two of the latent dimensions",
}
_HEIGHT = 30
_WORDY = 372  # px of width from which the lists are named beside them, not by their tooltips alone
_MORE = 84  # px more where there is a list of levels, and where there are two of dimensions
_LEAST, _LEAST_OF_WORDS, _AXIS = 44, 56, 40  # px of a list
_LISTED = 100  # px of what it offers when it is open, however narrow it is
_SPACING, _DENSE = 8, 4  # px between them, and where they have little room
_DIMENSIONS, _SHORT = "dimensions", "dims"


class MapBar(QWidget):
    """Lists that say what can be seen and, where one entry cannot, why."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._offered: object = None
        self.projection = choice("Projection of the map", "How latents come onto the map")
        for value, tip in _PROJECTIONS.items():
            self.projection.addItem(value, value)
            self.projection.setItemData(self.projection.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.fit_to = choice("Fit to", _FITTED)
        self.fit_to.setPlaceholderText("training data")
        for fit, name in _FIT_NAMES.items():
            self.fit_to.addItem(name, fit)
        self.axes = choice("Along x", "The latent dimension along x"), choice("Along y", "The latent dimension along y")
        self.level = choice("Level", "Which level of the latent is shown and dragged; the other ones stay as they are")
        self.colour = choice("Colour", "What the points' colours mean")
        for colour in get_args(MapColour):
            self.colour.addItem(colour, colour)
        self._words = [label("fit to", "middle"), label("colour", "middle")]
        self._lay_out()
        self.projection.activated.connect(lambda _: session.set_map(projection=self.projection.currentData()))
        self.fit_to.activated.connect(lambda _: session.set_fit_to(self.fit_to.currentData()))
        self.level.activated.connect(lambda _: session.set_map(level=self.level.currentData()))
        self.colour.activated.connect(lambda _: session.set_map(colour=self.colour.currentData()))
        for axis in self.axes:
            axis.activated.connect(self._choose_axes)

    def _lay_out(self) -> None:
        for box in self._boxes():
            box.setFixedHeight(22)
            box.view().setMinimumWidth(_LISTED)
            wordy = box in (self.fit_to, self.colour)
            box.setMinimumWidth(_AXIS if box in self.axes else _LEAST_OF_WORDS if wordy else _LEAST)
            box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # the dock may be narrower
        fit, colour = self._words
        row = self.projection, self.level, fit, self.fit_to, *self.axes, colour, self.colour
        self._row = in_row(*row, None, of=self, margins=(8, 0, 8, 0), spacing=_SPACING)

    def _boxes(self) -> tuple[QComboBox, ...]:
        return self.projection, self.level, self.fit_to, *self.axes, self.colour

    def refresh(self) -> None:
        """Offer what the bench can show, and show what is chosen."""
        bench = self._session.bench
        shown = chosen.projecting(bench)
        _allow(self.projection, {"LDA": chosen.why_no_lda(bench)}, _PROJECTIONS)
        self.projection.setCurrentIndex(self.projection.findData(shown))
        self.projection.setEnabled(bench.embedding is not None)
        self._offer_fits(shown)
        self._offer_dimensions()
        self._offer_levels()
        _allow(self.colour, {colour: chosen.why_no_colour(bench, colour) for colour in get_args(MapColour)}, {})
        self.colour.setCurrentIndex(self.colour.findData(chosen.colouring(bench)))
        self.colour.setEnabled(bench.index is not None and len(bench.index.clip) > 0)
        self._arrange()

    def _offer_fits(self, shown: Projecting) -> None:
        """Show what the map is fitted to, which without anything encoded is the training data."""
        bench = self._session.bench
        indexed = bench.index is not None and len(bench.index.latents) > 0
        encoded = bench.clip_latents is not None or indexed
        fit: FitTo = "all" if shown == "LDA" or (encoded and bench.clip_latents is None) else bench.fit_to
        self.fit_to.setCurrentIndex(self.fit_to.findData(fit) if encoded else -1)
        self.fit_to.setEnabled(encoded and shown == "PCA")
        untold = "Fitted to the training data, as the checkpoint describes it"
        parts = "LDA is fitted to the actions of all clips"
        self.fit_to.setToolTip(parts if shown == "LDA" else _FITTED if encoded else untold)

    def _offer_dimensions(self) -> None:
        bench = self._session.bench
        offered, nats = chosen.dimensions(bench), chosen.nats(bench)
        if self._offered != (bench.embedding, offered):
            self._offered = (bench.embedding, offered)
            for axis in self.axes:
                axis.clear()
                for number in offered:
                    axis.addItem(f"z {number + 1}", number)
                    tip = "" if nats is None else f"{nats[number]:.2f} nats"
                    axis.setItemData(axis.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        for place, axis in enumerate(self.axes):
            axis.setCurrentIndex(axis.findData(chosen.axes_of(bench)[place]) if offered else -1)
            axis.setEnabled(len(offered) > 1)

    def _choose_axes(self, _: int) -> None:
        """The dimension that the other axis has changes places with it."""
        bench = self._session.bench
        before, (x, y) = chosen.axes_of(bench), (axis.currentData() for axis in self.axes)
        if x == y:
            x, y = before[1], before[0]
        self._session.set_map(axes=(x, y))

    def _offer_levels(self) -> None:
        bench = self._session.bench
        sizes = () if bench.embedding is None else tuple(bench.embedding.level_sizes)
        if self.level.count() != len(sizes) + 1:
            self.level.clear()
            self.level.addItem("all levels", None)
            for number in range(len(sizes)):
                self.level.addItem(f"level {number + 1}", number)
        for number, size in enumerate(sizes):
            tip = f"{size} of {sum(sizes)} dimensions; dragging keeps the others"
            self.level.setItemData(number + 1, tip, Qt.ItemDataRole.ToolTipRole)
        level = chosen.level_of(bench)
        self.level.setCurrentIndex(0 if level is None else level + 1)

    def _arrange(self) -> None:
        """What has no room or nothing to offer gives way."""
        bench = self._session.bench
        two = chosen.projecting(bench) == "dimensions"
        levels = bench.embedding is not None and len(bench.embedding.level_sizes) > 1
        self.level.setVisible(levels)
        self.fit_to.setVisible(not two)
        for axis in self.axes:
            axis.setVisible(two)
        wordy = self.width() >= _WORDY + _MORE * (levels + two)
        self._words[0].setVisible(wordy and not two)
        self._words[1].setVisible(wordy)
        self._squeeze(not wordy)
        self._row.activate()  # at once: else the first picture has room for those that are hidden

    def _squeeze(self, dense: bool) -> None:
        """Give the words in the lists all the room that there is."""
        if bool(self.projection.property("dense")) == dense:
            return
        self._row.setSpacing(_DENSE if dense else _SPACING)
        self.projection.setItemText(self.projection.findData(_DIMENSIONS), _SHORT if dense else _DIMENSIONS)
        for box in self._boxes():
            box.setProperty("dense", dense)
            box.style().unpolish(box)
            box.style().polish(box)
            QApplication.sendEvent(box, QEvent(QEvent.Type.StyleChange))  # else it keeps the size that it had
            box.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


def _allow(box: QComboBox, why_not: Mapping[Any, str], tips: Mapping[Any, str]) -> None:
    """Entries by their values: those with a reason are off, and their tooltips say it."""
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    for row in range(box.count()):
        value = box.itemData(row)
        model.item(row).setEnabled(not why_not.get(value))
        box.setItemData(row, why_not.get(value) or tips.get(value, ""), Qt.ItemDataRole.ToolTipRole)
