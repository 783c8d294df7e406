"""Verdicts in the window, by hand and eye: the strip after Step, where a click goes, what hovering tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from poseviewer.analysis.verdict import WORDS
from poseviewer.app.session import Session
from poseviewer.app.theme import body_font
from poseviewer.bench.compose import compose
from poseviewer.bench.verdicts import SOON, Reason, samples_sentence, verdict_curves
from poseviewer.render.palette import palette
from poseviewer.views.timeline.playhead import PlayheadPainter
from poseviewer.views.timeline.timeline_view import TimelineView
from poseviewer.views.timeline.track_layout import REASON, STRIP, value_text
from poseviewer.views.timeline.verdict_painting import shortened
from tests.views.timeline.stepping import LEFT, at, colour, settle, tip, words


def test_beside_a_curve_without_a_value_stands_that_it_is_not_judged(
    view: TimelineView, session: Session, press: Callable[[str], None]
) -> None:
    press("step")
    drift = verdict_curves(session.bench)[0]
    picture = QImage(900, 300, QImage.Format.Format_ARGB32)
    painter = QPainter(picture)
    beside = PlayheadPainter(painter, 900, palette("dark"), session.bench, view.tracks.axis)
    blank = replace(
        drift, generated=tuple(replace(line, values=np.full_like(line.values, np.nan)) for line in drift.generated)
    )
    for word, told in (("not yet judged", "not yet judged"), ("realistic", "not judged")):
        beside.words = [word]
        assert beside.said(blank, 0) == told
    assert beside.said(replace(blank, real=False), 0) == "unknown"
    painter.end()


def test_beside_frames_that_soon_are_judged_stands_what_was_told_last(
    view: TimelineView, session: Session, press: Callable[[str], None]
) -> None:
    press("step50")
    press("step")
    bench, picture = session.bench, QImage(900, 300, QImage.Format.Format_ARGB32)
    whole = bench.lane.verdicts
    assert whole is not None and len(whole) == bench.lane.horizon == 51
    with QPainter(picture) as painter:
        for judged, still in ((51 - SOON, True), (50 - SOON, False)):
            parts = ("words", "scores", "deciding", "values", "told")
            short = replace(whole, **{name: getattr(whole, name)[..., :judged] for name in parts})
            bench.put(replace(bench.lane, verdicts=short))
            collapse = verdict_curves(bench)[1]
            beside = PlayheadPainter(painter, 900, palette("dark"), bench, view.tracks.axis)
            last = value_text(float(collapse.generated[0].values[-1]), True)
            assert beside.said(collapse, 0) == (last if still else "not judged")


def test_the_strip_stands_there_after_step_and_grows(
    view: TimelineView, session: Session, press: Callable[[str], None]
) -> None:
    assert session.bench.seed == (0, 30) and words(session) == []
    press("step")
    assert words(session)[-1][2] == 1 and session.bench.judged_by == "by walks.h5: 12 clips"
    press("step50")
    first, *_, last = words(session)
    assert first[:2] == ("not yet judged", 1) and last[0] == "collapsed" and last[2] == 51
    assert 30 <= last[1] <= 40  # it repeats frame 60 from the 31st on
    tokens = palette("dark").tokens
    assert colour(view, at(view, 25)) == QColor(tokens["ok_fill"])
    assert colour(view, at(view, 45)) != colour(view, at(view, 25))
    press("reset")
    assert words(session) == [] and session.bench.lane.verdicts is None


def test_a_click_on_the_strip_goes_to_the_first_frame_of_what_it_says(
    view: TimelineView, session: Session, press: Callable[[str], None], qtbot: QtBot
) -> None:
    press("step50")
    _, begin, _ = words(session)[-1]
    for frame in (49, begin + 1, begin):
        qtbot.mouseClick(view.tracks, LEFT, pos=at(view, frame))
        assert session.bench.relative_frame() == begin
    qtbot.mouseClick(view.tracks, LEFT, pos=at(view, begin - 2))
    assert session.bench.relative_frame() == words(session)[-2][1]
    qtbot.mouseClick(view.tracks, LEFT, pos=at(view, -12))  # the seed is not judged: there a click scrubs
    assert session.bench.relative_frame() == -12


def test_hovering_tells_statistic_value_and_range(
    view: TimelineView, session: Session, press: Callable[[str], None], qtbot: QtBot
) -> None:
    press("step50")
    _, begin, end = words(session)[-1]
    told = tip(view, at(view, 45), qtbot)
    assert f"Collapsed from +{begin} to +{end}" in told and "Collapse, " in told
    assert "1 to 99 % of real motion: " in told and "Judged by walks.h5: 12 clips" in told
    assert "Realistic from" in tip(view, at(view, 25), qtbot) and "Collapse, " not in tip(view, at(view, 25), qtbot)
    assert "Collapse: " in tip(view, at(view, 5, REASON), qtbot)  # the whole of the line under the strip
    assert tip(view, QPoint(40, 40), qtbot).endswith("Judged by walks.h5: 12 clips</p>")
    assert tip(view, at(view, -12), qtbot) == ""


def test_badge_reason_and_values_say_the_same(
    view: TimelineView, session: Session, press: Callable[[str], None]
) -> None:
    press("step50")
    _, begin, _ = words(session)[-1]
    session.set_time(session.bench.time_of_relative(48))
    badge = compose(session.bench).badge
    assert badge is not None
    assert [run.text for run in badge.lines[1]] == ["", "collapsed", f"  since +{begin}"]
    assert badge.lines[1][0].icon == "activity"
    before = view.tracks.grab().toImage()
    session.set_time(session.bench.time_of_relative(2))
    view.tracks.grab()
    badge = compose(session.bench).badge
    assert badge is not None and badge.lines[1][0].text == "not yet judged"
    assert before != view.tracks.grab().toImage()
    collapse = view.tracks.curves[1]
    assert collapse.side == "collapse" and collapse.real
    assert np.isnan(collapse.at(session.bench.time_of_relative(2), 0))
    assert np.isnan(collapse.at(session.bench.time_of_relative(60), False))  # the seed has no such frame
    assert np.isfinite(collapse.at(session.bench.time_of_relative(48), 0))


def test_undo_and_back_bring_back_exactly_what_was_said(
    session: Session, press: Callable[[str], None], qtbot: QtBot
) -> None:
    press("step15")
    first = words(session), session.bench.lane.verdicts
    press("step50")
    second = words(session)
    press("back")
    assert len(session.bench.lane.verdicts) == 64  # type: ignore[arg-type]
    session.history.undo()
    settle(session, qtbot)
    assert words(session) == second
    session.history.undo()
    settle(session, qtbot)
    assert (words(session), session.bench.lane.verdicts) == first
    session.history.redo()
    settle(session, qtbot)
    assert words(session) == second
    for _ in range(50):
        press("back")
    made = session.bench.lane.verdicts
    assert made is not None and first[1] is not None and len(made) == 15
    np.testing.assert_array_equal(made.words, first[1].words)
    np.testing.assert_allclose(made.scores, first[1].scores, atol=1e-5)


def test_the_strip_wears_the_theme(view: TimelineView, session: Session, press: Callable[[str], None]) -> None:
    press("step50")
    session.set_look(theme="light")
    assert colour(view, at(view, 25)) == QColor(palette("light").tokens["ok_fill"])
    session.set_look(theme="dark")
    assert colour(view, at(view, 25)) == QColor(palette("dark").tokens["ok_fill"])


def test_a_stretch_begins_half_a_frame_before_its_first_and_one_unlike_the_reference_is_hatched(
    view: TimelineView, session: Session, press: Callable[[str], None]
) -> None:
    press("step50")
    axis, bench = view.tracks.axis, session.bench
    first = words(session)[-1][1]
    edge, image = axis.x(bench.time_of_relative(first) - 0.5 / bench.fps), view.tracks.grab().toImage()
    inside, before = (image.pixelColor(round(edge + away), round(STRIP[0]) + 5) for away in (2.0, -3.0))
    tokens = palette("dark").tokens
    assert (before, inside) == (QColor(tokens["ok_fill"]), QColor(tokens["collapse_fill"]))
    made = bench.lane.verdicts
    assert made is not None
    unlike = np.full_like(made.words, WORDS.index("unlike"))
    bench.put(replace(bench.lane, verdicts=replace(made, words=unlike)))
    session.announce(session.verdicts_changed)
    image, y = view.tracks.grab().toImage(), round(STRIP[0] + STRIP[1] / 2)
    row = {image.pixelColor(x, y).rgb() for x in range(at(view, 20).x(), at(view, 40).x())}
    assert len(row) > 1


def test_several_samples_are_judged_and_the_one_that_stands_for_them_is_told(
    session: Session, press: Callable[[str], None]
) -> None:
    session.set_sampling(samples=3)
    press("step50")
    made = session.bench.lane.verdicts
    assert made is not None and made.words.shape == (3, 50)
    assert [made.verdict(row).word for row in range(3)] == ["collapsed"] * 3
    assert samples_sentence(session.bench) == "3 samples: 3 collapse to +50."
    both, realistic = made.onsets.copy(), np.array([False, False, True])
    both[:, 0], both[:, 1] = 5, -1
    other = replace(made, onsets=both, unlike=realistic)
    session.bench.put(replace(session.bench.lane, verdicts=other))
    told = "3 samples: 1 realistic, 1 collapse, 1 drift and collapse to +50."
    assert samples_sentence(session.bench) == told
    assert [other.verdict(row).word for row in range(3)] == ["both", "realistic", "collapsed"]


def test_a_reason_that_is_too_long_keeps_since_when(qapp: QApplication) -> None:
    metrics = QFontMetricsF(body_font(12))
    told = Reason("collapsed", "Collapse", "motion over two thirds of a second: 0.01", "real from 0.2",
                  "since +41; drift since +60", 40)  # fmt: skip
    wide = metrics.horizontalAdvance(told.words)
    assert shortened(told, metrics, wide) == told.words
    without = shortened(told, metrics, wide - 1)
    assert without == "motion over two thirds of a second: 0.01, since +41; drift since +60"
    short = shortened(told, metrics, metrics.horizontalAdvance(without) - 30)
    assert short.startswith("motion") and "…" in short and short.endswith(", since +41; drift since +60")
    for room in (300.0, 200.0, 120.0, 60.0):
        assert metrics.horizontalAdvance(shortened(told, metrics, room)) <= room
    assert shortened(told, metrics, 170.0).startswith("since +41")


# learning is under way
