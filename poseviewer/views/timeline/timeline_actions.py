"""What the timeline can do, as actions: for its buttons, its own menu and the window's menus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from poseviewer.app.playback import Playback
from poseviewer.app.session import Session
from poseviewer.app.theme import icon
from poseviewer.bench.classes.naming import BOTH
from poseviewer.render.palette import Palette
from poseviewer.views.parts.actions import allow

_TABLE: tuple[tuple[str, str, str, str, str], ...] = (
    ("play", "Play", "Space", "play", "Play or pause"),
    ("first", "First frame", "Home", "skip-back", "Go to the first frame"),
    ("previous", "Previous frame", "Left", "step-back", "One frame back"),
    ("next", "Next frame", "Right", "step-forward", "One frame on"),
    ("last", "Last frame", "End", "skip-forward", "Go to the last frame"),
    ("previous10", "Ten frames back", "Shift+Left", "step-back", "Ten frames back"),
    ("next10", "Ten frames on", "Shift+Right", "step-forward", "Ten frames on"),
    ("loop", "Loop", "L", "repeat", "Play round and round"),
    ("faster", "Faster", "+", "chevron-right", "The next faster speed"),
    ("slower", "Slower", "-", "chevron-down", "The next slower speed"),
    ("loop_in", "Loop from here", "I", "repeat", "The loop range begins at the playhead"),
    ("loop_out", "Loop up to here", "O", "repeat", "The loop range ends at the playhead"),
    ("loop_seed", "Loop the seed", "", "repeat", "Play the seed round and round"),
    ("loop_generated", "Loop the generated part", "", "repeat", "Play what is generated round and round"),
    ("loop_clear", "Clear the loop range", "Shift+L", "x", "Play everything again"),
    ("seed_start", "Seed from here", "Shift+I", "spline", "The seed begins at the playhead"),
    ("seed_end", "Seed up to here", "Shift+O", "spline", "The seed ends at the playhead; generated frames follow it"),
    ("seed_all", "Whole clip as seed", "Shift+A", "spline", "The whole clip is the seed"),
    ("generated_from", "Generated from here on", "", "activity", "What the clip does from the playhead on is judged"),
    ("generated_none", "Nothing was generated", "", "x", "The whole clip is real motion"),
    ("learn", "Learn what is real again", "", "rotate-ccw", "Try once more to learn a reference from the open dataset"),
    ("errors", "Error against the truth", "Shift+E", "scan-search", "How far the joints are from the truth's: a curve"),
    ("classes", "Class probabilities", "C", "layers", "What the classifier takes the motion for, under the curves"),
    ("classes_both", "Raw and latent classifier", "Shift+C", "layers", "A classifier of poses and one of latents"),
    ("fit", "Show all of the timeline", "Z", "maximize", "The whole time axis (double click)"),
)
"""Name, text, shortcut, icon, tooltip."""
MENU: tuple[str | None, ...] = (
    "loop_in", "loop_out", "loop_seed", "loop_generated", "loop_clear", None,
    "seed_start", "seed_end", "seed_all", None, "generated_from", "generated_none", "learn", None,
    "errors", "classes", "classes_both", None, "fit",
)  # fmt: skip
"""What the timeline's own menu offers; None separates."""


class TimelineActions:
    """The actions by name; `refresh` makes them true to the session, `dress` gives them the theme's icons."""

    def __init__(self, session: Session, playback: Playback, parent: QObject, fit: Callable[[], None]) -> None:
        self._session, self._playback = session, playback
        work: dict[str, Callable[[], None]] = {
            "play": playback.toggle,
            "first": lambda: session.set_time(session.play_range[0]),
            "previous": lambda: self._step(-1),
            "next": lambda: self._step(1),
            "last": lambda: session.set_time(session.play_range[1]),
            "previous10": lambda: self._step(-10),
            "next10": lambda: self._step(10),
            "loop": lambda: setattr(playback, "loop", not playback.loop),
            "faster": lambda: playback.step_speed(1),
            "slower": lambda: playback.step_speed(-1),
            "loop_in": self._loop_in,
            "loop_out": self._loop_out,
            "loop_seed": self._loop_seed,
            "loop_generated": self._loop_generated,
            "loop_clear": lambda: session.set_loop_range(None),
            "seed_start": self._seed_start,
            "seed_end": self._seed_end,
            "seed_all": self._seed_all,
            "generated_from": lambda: session.declare_generated(self._clip_frame()),
            "generated_none": lambda: session.declare_generated(None),
            "learn": session.judging.learn_again,
            "errors": lambda: session.set_look(errors=not session.look.errors),
            "classes": lambda: session.set_look(classes="" if session.look.classes else "one"),
            "classes_both": lambda: session.set_look(classes="one" if session.look.classes == BOTH else BOTH),
            "fit": fit,
        }
        self.by_name: dict[str, QAction] = {}
        for name, text, shortcut, _, tip in _TABLE:
            action = QAction(text, parent)
            action.setObjectName(name)
            keys = [QKeySequence(shortcut)] if shortcut else []
            if name == "faster":
                keys.append(QKeySequence("="))  # the same key without Shift
            action.setShortcuts(keys)
            native = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText).replace("-", "−")
            action.setToolTip(f"{tip} ({native})" if native else tip)
            action.setStatusTip(tip)
            action.triggered.connect(lambda _checked, run=work[name]: run())
            self.by_name[name] = action
        for name in ("loop", "errors", "classes", "classes_both"):
            self.by_name[name].setCheckable(True)

    def dress(self, colours: Palette) -> None:
        """Icons in the theme's colours."""
        for name, _, _, picture, _ in _TABLE:
            shown = "pause" if name == "play" and self._playback.playing else picture
            action = self.by_name[name]
            off = "text3" if action.isCheckable() else "text2"  # what is off steps back
            action.setIcon(icon(shown, colours, off))

    def refresh(self) -> None:
        """Enable what can be done now, and check what is on."""
        bench, clip = self._session.bench, self._session.bench.clip
        always, none = ("loop", "faster", "slower", "errors", "classes", "classes_both"), "Open a clip first."
        obstacles = {
            "loop_generated": "" if bench.generated else "Nothing has been generated yet.",
            "loop_clear": "" if self._session.loop_range is not None else "There is no loop range.",
            "seed_all": "" if clip is None or bench.seed != (0, len(clip)) else "The seed is the whole clip.",
            "generated_from": "" if clip is None or len(clip) > 2 else "The clip has too few frames.",
            "generated_none": "" if clip is None or clip.seed_frames is not None else "No frame counts as generated.",
            "learn": "" if self._session.judging.may_learn else "Nothing that is to be learnt has failed.",
        }
        for name, action in self.by_name.items():
            allow(action, none if clip is None and name not in always else obstacles.get(name, ""))
        self.by_name["play"].setText("Pause" if self._playback.playing else "Play")
        self.by_name["errors"].setChecked(self._session.look.errors)
        self.by_name["classes"].setChecked(bool(self._session.look.classes))
        self.by_name["classes_both"].setChecked(self._session.look.classes == BOTH)
        loop = self.by_name["loop"]
        loop.setChecked(self._playback.loop)
        loop.setToolTip("Plays round and round (L)" if self._playback.loop else "Plays once, to the end (L)")

    def _step(self, frames: int) -> None:
        self._playback.pause()
        self._session.step_time(frames)

    def _now(self) -> float:
        return self._session.bench.wrapped(self._session.bench.time)

    def _loop_in(self) -> None:
        session, now = self._session, self._now()
        high = session.loop_range[1] if session.loop_range else session.bench.end
        session.set_loop_range((now, high if high > now else session.bench.end))

    def _loop_out(self) -> None:
        session, now = self._session, self._now()
        low = session.loop_range[0] if session.loop_range else 0.0
        session.set_loop_range((low if low < now else 0.0, now))

    def _loop_seed(self) -> None:
        bench = self._session.bench
        assert bench.clip is not None
        self._session.set_loop_range((bench.seed[0] / bench.clip.fps, bench.seed_end))

    def _loop_generated(self) -> None:
        track = self._session.bench.lane.track
        if track is not None:
            self._session.set_loop_range((track.start, track.end))

    def _clip_frame(self) -> int:
        clip = self._session.bench.clip
        assert clip is not None
        return min(round(self._now() * clip.fps), len(clip) - 1)

    def _seed_start(self) -> None:
        start, stop = self._session.bench.seed
        frame = self._clip_frame()
        self._session.set_seed(frame, stop if stop > frame else frame + stop - start)

    def _seed_end(self) -> None:
        start, stop = self._session.bench.seed
        frame = self._clip_frame()
        self._session.set_seed(start if start <= frame else max(0, frame + 1 - (stop - start)), frame + 1)

    def _seed_all(self) -> None:
        clip = self._session.bench.clip
        assert clip is not None
        self._session.set_seed(0, len(clip))
