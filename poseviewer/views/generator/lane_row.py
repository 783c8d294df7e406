"""One lane's row in the generator's panel: its model, what that reads, how it samples."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

from poseviewer.app import theme
from poseviewer.app.offers import Source, folders_apart
from poseviewer.app.session import Session
from poseviewer.bench.lane import FIRST, KINDS, NAMES, Lane
from poseviewer.render.palette import Role, palette
from poseviewer.text import counted
from poseviewer.views.parts.choice import choice_of_names
from poseviewer.views.parts.labels import label
from poseviewer.views.parts.lane_key import paint_key
from poseviewer.views.parts.plain import plain_tip

_SAMPLES_TIP = "Continuations generated side by side; the first one is drawn solid"
_TEMPERATURE_TIP = "0 is the most likely motion, 1 samples as the data varies"
_CONTEXT_TIP = "How many of the seed's last frames the generator reads"
_NONE = "none"
_TIP = Qt.ItemDataRole.ToolTipRole
HEADS = ("model", "context", "temperature", "samples")


class Key(QWidget):
    """A lane's letter and mark; a click puts the lane into focus."""

    def __init__(self, session: Session, role: Role) -> None:
        super().__init__()
        self._session, self._role = session, role
        self.setFixedSize(QSize(38, 24))
        self.setAccessibleName(f"Lane {NAMES[role]}")
        self.setToolTip(f"Keys, sliders and curves speak of lane {NAMES[role]}")

    def mousePressEvent(self, event: object) -> None:
        self._session.set_focus(self._role)

    def paintEvent(self, event: QPaintEvent) -> None:
        bench, tokens = self._session.bench, palette(self._session.look.theme).tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = len(bench.lanes) > 1 and bench.focus == self._role
        if focused:
            painter.fillRect(QRect(0, 2, 2, 20), QColor(tokens["accent"]))
        there = bench.lane_of(self._role) is not None
        painter.setFont(theme.body_font(12, QFont.Weight.DemiBold if focused else QFont.Weight.Normal))
        painter.setPen(QColor(tokens["text" if there else "text3"]))
        painter.drawText(QRect(6, 0, 12, 24), Qt.AlignmentFlag.AlignVCenter, NAMES[self._role])
        paint_key(painter, QRect(18, 4, 18, 16), self._role, QColor(tokens[self._role if there else "text3"]))


class LaneRow:
    """The widgets of a row; it asks the session, and shows what the lane is."""

    def __init__(self, session: Session, role: Role) -> None:
        self._session, self._role = session, role
        name = NAMES[role]
        self._tip = "The generator that continues the seed"
        if role != FIRST:
            self._tip = "A second one beside it, on the same seed"
        self.key = Key(session, role)
        self.model = choice_of_names(f"Model {name}", self._tip)
        self.context = QLabel(alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.context.setToolTip(_CONTEXT_TIP)
        self.samples = QSpinBox(minimum=1, maximum=64)
        self.samples.setAccessibleName("Samples" if role == FIRST else f"Samples {name}")
        self.temperature = QDoubleSpinBox(minimum=0.0, maximum=2.0, singleStep=0.05, decimals=2)
        self.temperature.setAccessibleName("Temperature" if role == FIRST else f"Temperature {name}")
        for field in (self.samples, self.temperature):
            field.setFixedWidth(52)
            field.setProperty("narrow", True)  # the style keeps room for its number
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._offered: list[tuple[str, Source | None]] = []  # what the list of models was filled with
        self.model.activated.connect(self._choose)
        self.samples.valueChanged.connect(lambda value: session.set_sampling(samples=value, role=role))
        self.temperature.valueChanged.connect(lambda value: session.set_sampling(temperature=value, role=role))

    def lay_out(self, grid: QGridLayout, row: int) -> None:
        """Put the widgets into a row of a grid, under `HEADS`."""
        for column, widget in enumerate((self.key, self.model, self.context, self.temperature, self.samples)):
            grid.addWidget(widget, row, column)

    def fit(self, wide: bool) -> None:
        """Where the panel is narrow the model's name has what room there is; its tooltip says the context too."""
        self.context.setVisible(wide)
        for field in (self.samples, self.temperature):
            field.setFixedWidth(52 if wide else 44)

    @property
    def _lane(self) -> Lane | None:
        return self._session.bench.lane_of(self._role)

    def _choose(self, row: int) -> None:
        source, session = self.model.itemData(row), self._session
        if source == session.at_work.get(KINDS[self._role]):
            return
        if source is None:
            session.shelf.clear(self._role)
        else:
            session.use_model(source, role=self._role)

    def refresh(self) -> None:
        """Show the lane as it is."""
        lane = self._lane
        self._refill()
        generator = None if lane is None else lane.generator
        self.context.setText("" if generator is None else str(generator.context))
        frames = "" if generator is None else f": {counted(generator.context, 'frame')}, "
        seconds = "" if generator is None else f"{generator.context / generator.fps:.2f} s"
        self.context.setToolTip(f"{_CONTEXT_TIP}{frames}{seconds}")
        reads = "" if generator is None else f"; it reads {counted(generator.context, 'frame')}"
        self.model.setToolTip(f"{self._tip}{reads}")
        stochastic = generator is not None and generator.stochastic
        with QSignalBlocker(self.samples), QSignalBlocker(self.temperature):
            self.samples.setValue(lane.samples if lane is not None and stochastic else 1)
            if not self.temperature.hasFocus() or lane is None:
                self.temperature.setValue(1.0 if lane is None else lane.temperature)
        off = "" if stochastic else "Off: no generator is at work" if generator is None else f"Off: {ONE_WAY}"
        for widget, tip in ((self.samples, _SAMPLES_TIP), (self.temperature, _TEMPERATURE_TIP)):
            widget.setEnabled(stochastic)
            widget.setToolTip(off or tip)
        self.key.update()

    def _refill(self) -> None:
        """Make the list anew where other models are on offer; a drag refreshes this view at every move."""
        session = self._session
        generators = [offer for offer in session.offers.values() if offer.kind == "generator"]
        folders = folders_apart(generators)
        offered: list[tuple[str, Source | None]] = [
            (offer.beside(folders[offer.source]), offer.source) for offer in generators
        ]
        if self._role != FIRST and offered:
            offered.insert(0, (_NONE, None))
        with QSignalBlocker(self.model):
            if offered != self._offered:
                self._offered = offered
                self.model.clear()
                for row, (name, source) in enumerate(offered):
                    self.model.addItem(name, source)
                    if source is not None:
                        self.model.setItemData(row, plain_tip(session.offers[source].about()), _TIP)
                self.model.setPlaceholderText("none at work" if offered else "none on offer")
                self.model.setEnabled(bool(offered))
            at_work = session.at_work.get(KINDS[self._role])
            self.model.setCurrentIndex(next((k for k, (_, s) in enumerate(offered) if s == at_work), -1))


ONE_WAY = "the model is deterministic, it continues a seed in one way"


def heads(grid: QGridLayout) -> dict[str, QLabel]:
    """The names of the columns in the grid's first row."""
    made = {words: label(words, "quiet") for words in HEADS}
    for column, words in enumerate(HEADS, 1):
        side = Qt.AlignmentFlag.AlignLeft if column == 1 else Qt.AlignmentFlag.AlignRight
        grid.addWidget(made[words], 0, column, side)
    grid.setColumnStretch(1, 1)
    return made
