"""The generator's panel: which model, how it samples, Step to Run, Back, Reset."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSlider, QSpinBox, QWidget

from poseviewer.app import theme
from poseviewer.app.offers import Source
from poseviewer.app.session import Session
from poseviewer.bench.planes import side_sentence
from poseviewer.bench.verdicts import samples_sentence
from poseviewer.bench.words import consequence
from poseviewer.render.palette import palette
from poseviewer.text import counted
from poseviewer.views.parts.actions import action, allow
from poseviewer.views.parts.boxes import in_column, in_row
from poseviewer.views.parts.choice import choice_of_names
from poseviewer.views.parts.labels import label
from poseviewer.views.parts.listing import few
from poseviewer.views.parts.panel import Panel
from poseviewer.views.parts.plain import plain_tip

STEPS = (1, 5, 15, 30, 50)
_SAMPLES_TIP = "Continuations generated side by side; the first one is drawn solid"
_TEMPERATURE_TIP = "0 is the most likely motion, 1 samples as the data varies"
_ONE_WAY = "the model is deterministic, it continues a seed in one way"
_TO_ONE = 20  # steps of the slider, which goes from temperature 0 to 2, to temperature 1


class GeneratorView(Panel):
    """Asks the session's stepper for frames; says in one line what it waits for or what it made."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._model = choice_of_names("Model A", "The generator that continues the seed")
        self._offered: list[tuple[str, Source]] = []  # what the list of models was filled with
        self._context = QLabel()
        self._context.setToolTip("How many of the seed's last frames the generator reads")
        self._samples = QSpinBox(minimum=1, maximum=64)
        self._samples.setAccessibleName("Samples")
        self._samples.setFixedWidth(48)
        self._samples.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._temperature = QSlider(Qt.Orientation.Horizontal)
        self._temperature.setAccessibleName("Temperature")
        self._temperature.setRange(0, 2 * _TO_ONE)
        self._temperature_value = QLabel(alignment=Qt.AlignmentFlag.AlignRight)
        self._temperature_value.setFixedWidth(36)
        self._status = label("", "quiet", wordWrap=True)
        self.actions_by_name = self._make_actions()
        self._buttons = {name: self._button(action) for name, action in self.actions_by_name.items()}
        self._buttons["step"].setProperty("primary", True)
        self._lay_out()
        self._model.activated.connect(self._choose)
        self._samples.valueChanged.connect(lambda value: session.set_sampling(samples=value))
        self._temperature.valueChanged.connect(lambda value: session.set_sampling(temperature=value / _TO_ONE))
        news = session.models_changed, session.rollout_changed, session.clip_changed, session.seed_changed
        told = session.held_changed, session.latents_changed, session.verdicts_changed
        for signal in (*news, *told, session.stepper.running_changed):
            signal.connect(self.refresh)
        session.look_changed.connect(self._retint)
        self._retint()
        self.refresh()

    def _make_actions(self) -> dict[str, QAction]:
        stepper, session = self._session.stepper, self._session
        made = {"step": action(self, "Step", "G", partial(stepper.step, 1), "Generate one frame after the newest one")}
        for key, frames in enumerate(STEPS[1:], 2):
            tip = f"Generate {frames} frames"
            made[f"step{frames}"] = action(self, f"+{frames}", str(key), partial(stepper.step, frames), tip)
        return made | {
            "run": action(self, "Run", "R", self._toggle_run, "Generate until stopped"),
            "back": action(self, "Back", "B", partial(stepper.back, 1), "Take the newest frame back"),
            "back10": action(self, "Back 10", "Shift+B", partial(stepper.back, 10), "Take ten frames back"),
            "reset": action(self, "Reset", "Shift+R", session.reset, "Drop the rollout; undo brings it back"),
        }

    def _button(self, action: QAction) -> QPushButton:
        button = QPushButton(action.text())
        button.setToolTip(action.toolTip())
        button.setMinimumWidth(34)
        button.clicked.connect(action.trigger)

        def mirror() -> None:
            button.setEnabled(action.isEnabled())
            button.setText(action.text())
            button.setIcon(action.icon())

        action.changed.connect(mirror)
        return button

    def button(self, name: str) -> QPushButton:
        """The button of an action: step, step5 .. step50, run, back, back10, reset."""
        return self._buttons[name]

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, 82)
        grid.setColumnStretch(1, 1)
        rows = {
            "Model A": in_row((self._model, 1)),
            "Context": in_row((self._context, 1), label("samples", "middle"), self._samples, spacing=8),
            "Temperature": in_row((self._temperature, 1), self._temperature_value, spacing=8),
        }
        for number, (name, row) in enumerate(rows.items()):
            grid.addWidget(label(name, "middle"), number, 0)
            grid.addLayout(row, number, 1)
        buttons = [
            in_row(*((self._buttons[name], 4 if name == "run" else 3) for name in names), spacing=4)
            for names in (("step", "step5", "step15", "step30", "step50", "run"), ("back", "back10", "reset"))
        ]
        in_column(grid, *buttons, self._status, None, of=self, margins=(12, 10, 12, 8), spacing=8)

    def _retint(self) -> None:
        colours = palette(self._session.look.theme)
        icons = {"back": "undo-2", "back10": "undo-2", "reset": "rotate-ccw"}
        for name, icon in icons.items():
            self.actions_by_name[name].setIcon(theme.icon(icon, colours))
        self._set_run_icon()

    def _set_run_icon(self) -> None:
        running = self._session.stepper.running
        colours = palette(self._session.look.theme)
        self.actions_by_name["run"].setText("Stop" if running else "Run")
        self.actions_by_name["run"].setIcon(theme.icon("pause" if running else "play", colours))

    # acting

    def _toggle_run(self) -> None:
        stepper = self._session.stepper
        if stepper.running:
            stepper.stop()
        else:
            stepper.run()

    def _choose(self, row: int) -> None:
        source = self._model.itemData(row)
        if source is not None and source != self._session.generator_source:
            self._session.use_model(source)

    # showing

    def refresh(self) -> None:
        """Show the session as it is."""
        session, bench = self._session, self._session.bench
        self._refill_models()
        generator = bench.lane.generator
        self._offer_sampling()
        self._context.setText("" if generator is None else _frames(generator.context, generator.fps))
        nothing = "" if bench.lane.horizon else "Nothing has been generated yet."
        for name, made in self.actions_by_name.items():
            allow(made, nothing if name in ("back", "back10", "reset") else session.stepper.obstacle)
        self._set_run_icon()
        sentence = self._sentence()
        self._status.setText(few(sentence))
        self._status.setToolTip(plain_tip(sentence) if few(sentence) != sentence else "")

    def _refill_models(self) -> None:
        """Make the list anew where other models are on offer; a drag refreshes this view at every move."""
        session = self._session
        offered = [(offer.name, source) for source, offer in session.offers.items() if offer.kind == "generator"]
        with QSignalBlocker(self._model):
            if offered != self._offered:
                self._offered = offered
                self._model.clear()
                for name, source in offered:
                    self._model.addItem(name, source)
                self._model.setPlaceholderText("none at work" if offered else "none on offer")
                self._model.setEnabled(bool(offered))
            at_work = (k for k, (_, source) in enumerate(offered) if source == session.generator_source)
            self._model.setCurrentIndex(next(at_work, -1))

    def _offer_sampling(self) -> None:
        """Samples and temperature, which mean nothing to a model that gives one continuation of a seed."""
        lane = self._session.bench.lane
        stochastic = lane.generator is not None and lane.generator.stochastic
        with QSignalBlocker(self._samples), QSignalBlocker(self._temperature):
            self._samples.setValue(lane.samples if stochastic else 1)
            self._temperature.setValue(round(lane.temperature * _TO_ONE))
        self._temperature_value.setText(f"{lane.temperature:.2f}" if stochastic else "off")
        off = "" if stochastic else "Off: no generator is at work" if lane.generator is None else f"Off: {_ONE_WAY}"
        for widget, tip in ((self._samples, _SAMPLES_TIP), (self._temperature, _TEMPERATURE_TIP)):
            widget.setEnabled(stochastic)
            widget.setToolTip(off or tip)

    def _sentence(self) -> str:
        session, bench, lane = self._session, self._session.bench, self._session.bench.lane
        if session.stepper.obstacle:
            return session.stepper.obstacle
        if bench.held is not None:
            return f"Held pose: {consequence(bench)}."
        sure = lane.generator is not None and not lane.generator.stochastic
        off = f"Samples and temperature are off: {_ONE_WAY}." if sure else ""
        if lane.rollout is None:
            begin = "No rollout yet. Step generates from the end of the seed."
            return " ".join(part for part in (begin, off, side_sentence(bench)) if part)
        note = getattr(lane.rollout, "note", "")
        cost = session.stepper.milliseconds(bench.focus)
        made = f"Rollout of {_frames(lane.horizon, bench.fps)}." + (f" A step takes {cost:.1f} ms." if cost else "")
        alike = f"{bench.alike}." if bench.alike else ""
        parts = alike, samples_sentence(bench), made, note, off, side_sentence(bench)
        return " ".join(part for part in parts if part)


def _frames(count: int, fps: float) -> str:
    return f"{counted(count, 'frame')}, {count / fps:.2f} s"
