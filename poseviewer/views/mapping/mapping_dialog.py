"""A rig mapped onto the skeleton that models speak: pairs found by name, and put right by hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QLabel, QPushButton, QScrollArea, QSlider, QWidget

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.motion.clip import Clip
from poseviewer.motion.skeleton import Skeleton
from poseviewer.render.palette import palette
from poseviewer.text import grouped
from poseviewer.views.mapping.canvas import HEAD, MappingCanvas, Spot
from poseviewer.views.mapping.mapping import Mapping, targets
from poseviewer.views.mapping.pair_list import PairList
from poseviewer.views.parts.boxes import in_column, in_row
from poseviewer.views.parts.choice import choice
from poseviewer.views.parts.labels import label
from poseviewer.views.parts.plain import plain_tip

_LIST = 456  # px
_WIDE, _HIGH = 1312, 740


def offered_targets(session: Session, clip: Clip) -> list[Skeleton]:
    """What the clip may be mapped onto with the models at hand; empty where it has the joints of all of them."""
    return targets(clip, [offer.skeleton for offer in session.offers.values() if offer.skeleton is not None])


class MappingDialog(QDialog):
    """After it is accepted the session maps the clip's rig as it was paired here, which can be undone there."""

    def __init__(self, session: Session, clip: Clip, parent: QWidget | None, onto: Skeleton | None = None) -> None:
        """There must be a target. onto: the one to begin with; else the first that the clip may be mapped onto."""
        super().__init__(parent)
        self._session, self._clip = session, clip
        self._targets = offered_targets(session, clip)
        self._mappings = [Mapping(clip, target) for target in self._targets]
        self.target = choice("Onto", "The skeleton that the rig is mapped onto")
        for target in self._targets:
            self.target.addItem(f"{target.name}, {len(target.joints)} joints")
        names = [target.joints for target in self._targets]
        self.target.setCurrentIndex(names.index(onto.joints) if onto is not None and onto.joints in names else 0)
        self.headline, self.about = QLabel(), label("", "middle")
        self.canvas = MappingCanvas(session, self.mapping)
        self.pairs = PairList(session, self.mapping)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setMaximum(len(clip) - 1)
        self.slider.setValue(min(self.mapping.track.frame_at(session.bench.time), len(clip) - 1))
        self._play, self._frame = QPushButton(), label("", "quiet")
        self.left_out = label("", "quiet")
        self.remember = QCheckBox("Remember for every rig with these names")
        self.remember.setChecked(True)
        self.start_over, self.cancel = QPushButton("Start over"), QPushButton("Cancel")
        self.apply = QPushButton("Use these pairs")
        self._timer = QTimer(self, interval=max(15, round(1000.0 / min(clip.fps, 60.0))))
        self._lay_out()
        self._connect()
        self._retarget()
        self.pairs.setFocus()

    @property
    def mapping(self) -> Mapping:
        """Of the chosen target."""
        return self._mappings[self.target.currentIndex()]

    # layout

    def _lay_out(self) -> None:
        self.headline.setFont(theme.body_font(15, QFont.Weight.DemiBold))
        self.headline.setStyleSheet("font-size: 15px; font-weight: 600")
        for words in (self.headline, self.about):
            words.setTextFormat(Qt.TextFormat.PlainText)
        titles = in_column(self.headline, self.about, spacing=4)
        head = in_row((titles, 1), label("onto", "middle"), self.target, margins=(14, 12, 14, 12), spacing=8)
        self.slider.setAccessibleName("Frame")
        self._play.setFixedWidth(34)
        self._play.setToolTip("Play or pause")
        self._frame.setMinimumWidth(110)
        self._frame.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        scrub = in_row(self._play, (self.slider, 1), self._frame, margins=(14, 8, 14, 8), spacing=12)
        seen = in_column((self.canvas, 1), scrub)
        middle = in_row((seen, 1), self._line(vertical=True), self._list())
        in_column(head, self._line(), (middle, 1), self._foot(), of=self)
        room = self.screen().availableGeometry()
        self.resize(min(_WIDE, room.width() - 40), min(_HIGH, room.height() - 60))

    def _list(self) -> QWidget:
        panel, head = QWidget(), QWidget()
        panel.setFixedWidth(_LIST)
        head.setFixedHeight(HEAD)
        head.setObjectName("viewBar")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = QLabel("Pairs")
        title.setStyleSheet("font-weight: 600")
        keys = label("Delete clears, Ctrl+Z takes back", "quiet")
        in_row(title, None, keys, of=head, margins=(14, 0, 12, 0))
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        held = QWidget()
        in_column(self.pairs, None, of=held)
        area.setWidget(held)
        self._area = area
        self.left_out.setContentsMargins(14, 8, 12, 8)
        in_column(head, (area, 1), self.left_out, of=panel)
        return panel

    def _foot(self) -> QWidget:
        foot = QWidget()
        foot.setObjectName("dialogFoot")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.apply.setProperty("primary", True)
        self.apply.setDefault(True)
        for button in (self.start_over, self.cancel, self._play):
            button.setAutoDefault(False)
        for button in (self.start_over, self.cancel, self.apply):
            button.setMinimumWidth(88)
        tip = "Rigs whose joints are named so are mapped like this from now on, in later sessions too"
        self.remember.setToolTip(tip)
        parts = self.remember, None, self.start_over, self.cancel, self.apply
        in_row(*parts, of=foot, margins=(14, 10, 14, 10), spacing=8)
        return foot

    @staticmethod
    def _line(vertical: bool = False) -> QWidget:
        line = QWidget()
        line.setObjectName("hairline")
        line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line.setFixedWidth(1) if vertical else line.setFixedHeight(1)
        return line

    def _connect(self) -> None:
        self.target.currentIndexChanged.connect(self._retarget)
        self.canvas.paired.connect(self.pair)
        self.canvas.chosen.connect(self.select)
        self.pairs.chosen.connect(self.select)
        self.pairs.decided.connect(lambda joint, other: self.pair(joint, None if other < 0 else other))
        self.pairs.confirmed.connect(lambda joint: self._change(lambda: self.mapping.confirm(joint)))
        self.pairs.hovered.connect(self._point_at)
        self.slider.valueChanged.connect(self._show_frame)
        self._play.clicked.connect(self._toggle_play)
        self._timer.timeout.connect(self._play_on)
        self.start_over.clicked.connect(lambda: self._change(self.mapping.start_over))
        self.cancel.clicked.connect(self.reject)
        self.apply.clicked.connect(self.accept)
        self.finished.connect(self._close_down)
        for key, does in ((QKeySequence.StandardKey.Undo, "undo"), (QKeySequence.StandardKey.Redo, "redo")):
            QShortcut(key, self, lambda does=does: self._change(getattr(self.mapping, does)))
        self._session.look_changed.connect(self._dress)
        self._dress()

    # what is done

    def pair(self, target: int, source: int | None) -> None:
        """Pair a joint of the target with one of the rig, or with none."""
        self.select(target)
        self._change(lambda: self.mapping.pair(target, source))

    def _change(self, change: Callable[[], None]) -> None:
        change()
        self._refresh()

    def select(self, joint: int) -> None:
        """A row and a joint in both views; -1 none."""
        self.pairs.select(joint)
        self.canvas.select(joint)
        if joint >= 0:
            box = self.pairs.row_box(joint)
            self._area.ensureVisible(0, box.center().y(), 0, box.height())

    def _point_at(self, joint: int) -> None:
        self.canvas.hovered = None if joint < 0 else Spot("target", joint)
        self.canvas.update()

    def _retarget(self) -> None:
        name = self.mapping.target.name
        self.setWindowTitle(f"Map a rig onto {name}")
        self.select(-1)
        self._refresh()
        rows = self.mapping.rows()
        to_see = [row.joint for how in ("missing", "by place") for row in rows if row.how == how]
        if to_see:
            self.select(to_see[0])

    def _refresh(self) -> None:
        mapping = self.mapping
        self.headline.setText(mapping.headline())
        self.headline.setToolTip(plain_tip(mapping.headline()))
        self.about.setText(mapping.about())
        names = [mapping.source.joints[joint] for joint in mapping.found.left_out]
        words = f"{len(names)} left out: {', '.join(names)}"
        elided = self.left_out.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, _LIST - 30)
        self.left_out.setText(elided)
        self.left_out.setToolTip(plain_tip(", ".join(names)))
        self.left_out.setVisible(bool(names))
        self.pairs.show_mapping(mapping)
        self.canvas.show_mapping(mapping)
        self.apply.setEnabled(mapping.is_live)
        self.apply.setToolTip("" if mapping.is_live else f"Not yet: {mapping.headline()}")
        self.start_over.setEnabled(bool(mapping.decided))
        self._show_frame(self.slider.value())

    def _show_frame(self, frame: int) -> None:
        self._frame.setText(f"frame {grouped(frame + 1)} of {grouped(len(self._clip))}")
        self.canvas.show_frame(frame)

    def _toggle_play(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
        else:
            self._timer.start()
        self._dress()

    def _play_on(self) -> None:
        self.slider.setValue((self.slider.value() + 1) % len(self._clip))

    def _dress(self) -> None:
        colours = palette(self._session.look.theme)
        self._play.setIcon(theme.icon("pause" if self._timer.isActive() else "play", colours))
        self.start_over.setIcon(theme.icon("rotate-ccw", colours))
        self.canvas.refresh()

    def accept(self) -> None:
        """Let the session map the rig so."""
        if self.mapping.is_live:
            super().accept()
            self._session.map_joints(self.mapping.target, self.mapping.decided, keep=self.remember.isChecked())

    def _close_down(self) -> None:
        self._timer.stop()
        self.canvas.close_down()
