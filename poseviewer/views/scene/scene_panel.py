"""The 3D view with its bar: projection, colouring, and what is drawn."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QWidget

from poseviewer.app import theme
from poseviewer.app.session import Session
from poseviewer.bench.look import ColourBy, Placing
from poseviewer.bench.scene.nearest import why_none
from poseviewer.bench.scene.placement import lanes_shown
from poseviewer.render.palette import palette
from poseviewer.views.parts.actions import action, allow
from poseviewer.views.parts.boxes import in_column, in_row
from poseviewer.views.parts.choice import choice
from poseviewer.views.parts.dock import tool_button
from poseviewer.views.scene.scene_view import SceneView
from poseviewer.views.scene.welcome import Welcome

TOGGLES = (
    ("follow", "Follow the figure", "locate", "F"),
    ("skins", "Onion skin", "layers", "K"),
    ("trails", "Trails of pinned joints and other samples", "spline", "T"),
    ("truth", "Truth as a ghost", "ghost", "U"),
    ("nearest", "Nearest real pose of what is generated or held", "scan-search", "E"),
    ("labels", "Frame numbers", "tag", "N"),
    ("fine", "Fingers and face", "hand", "J"),
)
"""What the view draws or leaves out: the field of the look, what it is called, its icon, its key."""
_BOX = 56  # px that a list of words needs at least


class ScenePanel(QWidget):
    """Bar and view. `actions_by_name`: the fields of `TOGGLES`, fit, home, orthographic, side, picture."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.view = SceneView(session, self)
        self.welcome = Welcome(session, self.view)
        self.projection = choice("Projection", "Projection (P)")
        self.projection.addItems(["perspective", "orthographic"])
        self.colour_by = choice("Colour by", "What the figures' colours mean")
        self.colour_by.addItems(list(get_args(ColourBy)))
        self.placement = choice("Placement of A and B", "Where A and B stand: each on its own lane, or on one spot")
        self.placement.addItems(list(get_args(Placing)))
        for box in (self.projection, self.colour_by, self.placement):
            box.setMinimumWidth(_BOX)  # in a tiny window their words are cut
        self.actions_by_name = self._make_actions()
        self._bar = QWidget()
        self._lay_out()
        self.projection.currentIndexChanged.connect(lambda i: self.view.set_orthographic(i == 1))
        self.colour_by.currentTextChanged.connect(lambda text: session.set_look(colour_by=text))
        self.placement.currentTextChanged.connect(lambda text: session.set_look(placement=text))
        session.look_changed.connect(self._refresh)
        session.rollout_changed.connect(self._offer_placement)
        session.clip_changed.connect(self._tell_of_the_side)
        for signal in (session.clip_changed, session.models_changed, session.datasets_changed):
            signal.connect(self._offer_nearest)
        self._offer_nearest()
        self._tell_of_the_side()
        self._offer_placement()
        self._refresh()

    def _make_actions(self) -> dict[str, QAction]:
        side = "Models of 2D poses see the clip from where the camera stands now"
        picture = "Save this view as a picture"
        made = {
            "fit": action(self, "Fit everything", "Shift+F", self.view.fit),
            "home": action(self, "Opening view", "H", self.view.home),
            "orthographic": action(self, "Perspective or orthographic", "P", self._flip_projection),
            "side": action(self, "Project from this side", "Shift+P", self._project_from_here, side),
            "picture": action(self, "Save picture\N{HORIZONTAL ELLIPSIS}", "Ctrl+Shift+P", None, picture),
        }
        for field, text, _, key in TOGGLES:
            made[field] = action(self, text, key, None)
            made[field].setCheckable(True)
            made[field].toggled.connect(lambda on, name=field: self._session.set_look(**{name: on}))
        return made

    def _lay_out(self) -> None:
        bar = self._bar
        bar.setObjectName("viewBar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(28)
        title = QLabel("3D view")
        title.setStyleSheet("font-weight: 600;")
        names = (*(field for field, *_ in TOGGLES), "fit", "picture")
        tools = in_row(*(tool_button(self.actions_by_name[name]) for name in names), spacing=4)
        boxes = (self.projection, self.colour_by, self.placement)
        in_row(title, *boxes, None, tools, of=bar, margins=(12, 0, 6, 0), spacing=8)
        in_column(bar, (self.view, 1), of=self)

    def set_accepting(self, accepting: bool) -> None:
        """Show that a drop would be taken."""
        self.welcome.set_dropping(accepting)
        self._bar.setProperty("accepting", accepting)
        self._bar.style().polish(self._bar)

    def _flip_projection(self) -> None:
        self.projection.setCurrentIndex(1 - self.projection.currentIndex())

    def _project_from_here(self) -> None:
        self._session.project_from(self.view.camera.yaw)

    def _tell_of_the_side(self) -> None:
        clip = self._session.bench.clip
        flat = "" if clip is not None and clip.skeleton.dims == 3 else "Only a 3D clip can be seen from another side."
        allow(self.actions_by_name["side"], flat)

    def _offer_placement(self) -> None:
        """Where two lanes have generated something there is a choice of where they stand."""
        self.placement.setVisible(len(lanes_shown(self._session.bench)) > 1)

    def _offer_nearest(self) -> None:
        allow(self.actions_by_name["nearest"], why_none(self._session.bench))

    def _refresh(self) -> None:
        look = self._session.look
        colours = palette(look.theme)
        for field, _, icon, _ in TOGGLES:
            self.actions_by_name[field].setChecked(bool(getattr(look, field)))
            self.actions_by_name[field].setIcon(theme.icon(icon, colours))
        self.actions_by_name["fit"].setIcon(theme.icon("maximize", colours))
        self.actions_by_name["picture"].setIcon(theme.icon("camera", colours))
        self.colour_by.setCurrentText(look.colour_by)
        self.placement.setCurrentText(look.placement)
