"""The generator's panel: which models, how they sample, Step to Run, Back, Reset, Branch, Intervene; the rollouts."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QMenu, QPushButton, QWidget

from poseviewer.app import theme
from poseviewer.app.seldom import Seldom
from poseviewer.app.session import Session
from poseviewer.app.work.stepper import Which
from poseviewer.bench.lane import KINDS, NAMES
from poseviewer.bench.other_poses import other_poses
from poseviewer.bench.planes import side_sentence
from poseviewer.bench.verdicts import samples_sentence
from poseviewer.bench.words import consequence, mapping_note, unmapped
from poseviewer.render.palette import palette
from poseviewer.text import counted
from poseviewer.views.generator.lane_row import ONE_WAY, LaneRow, heads
from poseviewer.views.generator.rollout_tree import RolloutTree
from poseviewer.views.parts.actions import action, allow
from poseviewer.views.parts.boxes import in_column, in_row
from poseviewer.views.parts.labels import label
from poseviewer.views.parts.listing import few
from poseviewer.views.parts.panel import Panel
from poseviewer.views.parts.plain import plain_tip

STEPS = (1, 5, 15, 30, 50)
_MAP = "Pair the joints of this rig with those that the model reads"
_ICONS = {
    "back": "undo-2", "back10": "undo-2", "reset": "rotate-ccw", "branch": "git-branch", "intervene": "hand-grab",
}  # fmt: skip
_FIRST_ROW = ("step", "step5", "step15", "step30", "step50", "run")
_SECOND_ROW = {"back": 29, "reset": 32, "branch": 35, "intervene": 42}  # as long as their words
_WIDE = 340  # px, from which on there is room for the context beside the model's name


class GeneratorView(Panel):
    """Asks the session's stepper for frames; says in one line what it waits for or what it made."""

    mapping_asked = Signal()
    """The joints of the clip's rig are to be paired by hand."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.rows = {role: LaneRow(session, role) for role in KINDS}
        self.tree = RolloutTree(session)
        self._status = label("", "quiet", wordWrap=True)
        self.mapping = QPushButton("Map joints\N{HORIZONTAL ELLIPSIS}")
        self.mapping.clicked.connect(self.mapping_asked)
        self._moves = QWidget()
        self._which = QButtonGroup(self, exclusive=True)
        self.actions_by_name = self._make_actions()
        shown = (*_FIRST_ROW, *_SECOND_ROW)
        self.buttons = {name: self._button(self.actions_by_name[name]) for name in shown}
        self.buttons["step"].setProperty("primary", True)
        self._lay_out()
        news = session.models_changed, session.rollout_changed, session.clip_changed, session.seed_changed
        told = session.held_changed, session.latents_changed, session.verdicts_changed
        stepper = session.stepper
        self._seldom = Seldom(self, self.refresh, lambda: stepper.running)
        for signal in (*news, *told, stepper.running_changed, stepper.which_changed):
            signal.connect(self._seldom.ask)
        session.look_changed.connect(self._retint)
        self._retint()
        self.refresh()

    def _make_actions(self) -> dict[str, QAction]:
        stepper, session = self._session.stepper, self._session
        made = {"step": action(self, "Step", "G", partial(stepper.step, 1), "Generate one frame after the newest one")}
        for key, frames in enumerate(STEPS[1:], 2):
            tip = f"Generate {frames} frames"
            made[f"step{frames}"] = action(self, f"+{frames}", str(key), partial(stepper.step, frames), tip)
        branch = "Part from the rollout at the present frame, and keep both; from the seed on: begin another one"
        intervene = "Take the newest frame's latent into the hand: drag it on the map or by the sliders, then go on"
        return made | {
            "run": action(self, "Run", "R", self._toggle_run, "Generate until stopped"),
            "back": action(self, "Back", "B", partial(stepper.back, 1), "Take the newest frame back"),
            "back10": action(self, "Back 10", "Shift+B", partial(stepper.back, 10), "Take ten frames back"),
            "reset": action(self, "Reset", "Shift+R", session.reset, "Drop the rollout; undo brings it back"),
            "branch": action(self, "Branch", "Shift+G", session.branch, branch),
            "intervene": action(self, "Intervene", "Y", session.intervene, intervene),
            "focus": action(self, "Other lane", "X", self._other_lane, "Let keys and panels speak of the other lane"),
        }

    def poses_menu(self) -> QMenu:
        """What may take the place of the present frame's pose: filled when it opens."""
        menu = QMenu("Take another pose", self)

        def fill() -> None:
            menu.clear()
            for name, latent in other_poses(self._session.bench).items():
                menu.addAction(f"The {name}", partial(self._session.take_pose, latent))
            if menu.isEmpty():
                menu.addAction("No pose is known here: open a clip, and an embedding that reads it").setEnabled(False)

        menu.aboutToShow.connect(fill)
        return menu

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
        """The button of an action: step, step5 .. step50, run, back, reset, branch, intervene."""
        return self.buttons[name]

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        self._heads = heads(grid)
        for number, row in enumerate(self.rows.values(), 1):
            row.lay_out(grid, number)
        first = in_row(*((self.buttons[name], 4 if name == "run" else 3) for name in _FIRST_ROW), spacing=4)
        second = in_row(*((self.buttons[name], share) for name, share in _SECOND_ROW.items()), spacing=4)
        buttons: list[QPushButton] = []
        for which, name in (("both", "both"), *NAMES.items()):
            button = QPushButton(name)
            button.setCheckable(True)
            button.setProperty("which", which)
            button.setMinimumWidth(34)
            self._which.addButton(button)
            buttons.append(button)
        self._which.buttonClicked.connect(lambda button: self._session.stepper.choose(button.property("which")))
        in_row(label("Steps move", "middle"), 8, *buttons, None, of=self._moves, spacing=2)
        told = in_row((self._status, 1), self.mapping, spacing=8)
        parts = grid, self._moves, first, second, told, (self.tree, 1)
        in_column(*parts, of=self, margins=(12, 8, 12, 8), spacing=8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        self._heads["context"].setVisible(wide)
        self._heads["temperature"].setText("temperature" if wide else "temp.")
        for row in self.rows.values():
            row.fit(wide)

    def which_button(self, which: Which) -> QPushButton:
        """The button that lets Step move both lanes, or one."""
        return next(b for b in self._which.buttons() if b.property("which") == which)  # type: ignore[return-value]

    def _retint(self) -> None:
        colours = palette(self._session.look.theme)
        for name, icon in _ICONS.items():
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

    def _other_lane(self) -> None:
        bench = self._session.bench
        self._session.set_focus(bench.focused_first[-1].role)

    # showing

    def refresh(self) -> None:
        """Show the session as it is."""
        bench, stepper = self._session.bench, self._session.stepper
        for row in self.rows.values():
            row.refresh()
        two = len(bench.lanes) > 1
        self._moves.setVisible(two)
        self.which_button(stepper.which).setChecked(True)
        none = "" if any(lane.horizon for lane in stepper.lanes) else "Nothing has been generated yet."
        own = "" if bench.lane.horizon else "The lane in focus has generated nothing yet."
        alone = "" if two else "There is one lane: choose a model for B."
        unread = "The map's embedding does not read what was generated."
        held = own or ("" if bench.lane.latents is not None else unread)
        why = {"back": none, "back10": none, "reset": none, "branch": own, "intervene": held, "focus": alone}
        for name, made in self.actions_by_name.items():
            allow(made, why.get(name, stepper.obstacle))
        self._set_run_icon()
        sentence = self._sentence()
        note = mapping_note(bench)
        self.mapping.setVisible(unmapped(bench) is not None or bool(note))
        self.mapping.setToolTip(plain_tip(f"{note}. {_MAP}" if note else _MAP))
        self._status.setText(few(sentence))
        self._status.setToolTip(plain_tip(sentence) if few(sentence) != sentence else "")

    def _sentence(self) -> str:
        session, bench, lane = self._session, self._session.bench, self._session.bench.lane
        if session.stepper.obstacle:
            return session.stepper.obstacle
        still = next((f"{lane.name} generates nothing. {lane.misfit}" for lane in bench.lanes if lane.misfit), "")
        if lane.misfit:
            return still
        if bench.held is not None:
            return f"Held pose: {consequence(bench)}."
        sure = lane.generator is not None and not lane.generator.stochastic
        off = f"Samples and temperature are off: {ONE_WAY}." if sure and len(bench.lanes) == 1 else ""
        mapped = f"{mapping_note(bench)}." if mapping_note(bench) else ""
        if lane.rollout is None:
            begin = "No rollout yet. Step generates from the end of the seed."
            return " ".join(part for part in (still, begin, mapped, off, side_sentence(bench)) if part)
        note = " ".join(filter(None, (getattr(lane.rollout, "note", ""), mapped)))
        cost = session.stepper.milliseconds(bench.focus)
        made = f"Rollout of {_frames(lane.horizon, bench.fps)}." + (f" A step takes {cost:.1f} ms." if cost else "")
        alike = f"{bench.alike}." if bench.alike else ""
        parts = still, alike, samples_sentence(bench), made, note, off, side_sentence(bench)
        return " ".join(part for part in parts if part)


def _frames(count: int, fps: float) -> str:
    return f"{counted(count, 'frame')}, {count / fps:.2f} s"
