"""The report says what was found, of whom, in one file that nothing out of a clip's name can break out of."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from poseviewer.analysis.judgement import Finding, Verdict
from poseviewer.analysis.statistics.image import SizeChange
from poseviewer.analysis.statistics.standing import Glide
from poseviewer.analysis.statistics.stillness import Spread
from poseviewer.measure.report.gallery import CELL, Pictures, cells_of
from poseviewer.measure.report.motions import motions_page
from poseviewer.measure.report.page import page
from poseviewer.measure.report.plots import survival, ticks_of
from poseviewer.measure.report.rows import rows_of
from poseviewer.measure.report.wording import figure, percent
from poseviewer.measure.report.worst import Worst, worst
from poseviewer.measure.verdicts.rollouts import Continued
from poseviewer.motion.skeleton import HUMANOID

HOSTILE = "<img src=x onerror=alert(1)>\"'&</script>"
PICTURES = Pictures({"light": b"l", "dark": b"d"}, {"light": b"L", "dark": b"D"})


def shares(share: list[float | None], at: list[int]) -> dict[str, Any]:
    """A table of shares with bands of 0.1."""
    low = [None if s is None else max(0.0, s - 0.1) for s in share]
    high = [None if s is None else min(1.0, s + 0.1) for s in share]
    return {"frames": at, "share": share, "low": low, "high": high, "watched": [20 for _ in share]}


def row(name: str, share: list[float | None], action: str = "walk") -> dict[str, Any]:
    at = [30, 90, 150]
    median = next((f for f, s in zip(at, share, strict=True) if s is not None and s <= 0.5), None)
    side = {**shares([1.0, 1.0, 1.0], at), "curve": shares([], [])}
    whole = {**shares(share, at), "curve": shares(share, at), "by_action": {action: shares(share, at)},
             "drift": side, "collapse": side, "carried_by": {}}  # fmt: skip
    signs = {"glide": 0.75, "spread": 0.25}
    about = {"alarm_share": 0.9, "median": 0.12, "real_alarm_share": 0.0, "real_p1": 0.0, "real_p99": 0.04}
    return {
        "name": name, "motions": 20, "survival": whole,
        "first_failure": {"median": median, "failed": 0.5, "signs": signs, "values": {"glide": 0.12},
                          "by_action": {action: {"glide": 1.0}}},
        "variety": {"frames": at, "between_seeds": [0.5, 0.5, 0.4], "between_samples": [None, None, None],
                    "turning": 0.3},
        "spectra": {"npss": 0.4}, "two_sample_auc": 0.9, "two_sample_interval": [0.8, 0.95],
        "statistics": {"glide": {**about, "title": "glide", "side": "drift"},
                       "spread": {**about, "title": "motion over two thirds of a second", "side": "collapse"}},
    }  # fmt: skip


def told(name: str = "gru", action: str = "walk") -> dict[str, Any]:
    return {
        "data": "d.h5", "horizon": 150, "fps": 30.0, "split": "test", "seeds": 10, "seed_clips": 5,
        "reference_clips": 40,
        "models": [row(name, [1.0, 0.5, 0.25], action), row("slow", [1.0, 0.9, 0.8], action)],
        "controls": [
            row("real clips", [1.0, 1.0, None], action),
            {"name": "ridge", "survival": None, "reason": "none"},
        ],
    }  # fmt: skip


def finding(sign: Any, side: Any, onset: int, value: float) -> Finding:
    return Finding(side, onset, sign(), value, 0.0, 0.04)


def failed(clip: str, *findings: Finding, model: int = 0) -> Worst:
    poses = np.zeros((150, 18, 3), np.float32)
    word: Any = "both" if len(findings) == 2 else "drifting" if findings[0].side == "drift" else "collapsed"
    return Worst(model, Continued(clip, "walk", poses[:20], poses), Verdict(word, findings), HUMANOID, 30.0)


class Watching(HTMLParser):
    """What elements and what addresses a page has."""

    VOID = ("meta", "img", "source", "br")

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.addresses += [value or "" for key, value in attrs if key in ("src", "srcset", "href", "action", "data")]
        self.handlers += [key for key, _ in attrs if key.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_names_out_of_files_are_text_and_nothing_else_is_loaded() -> None:
    shown = [failed(HOSTILE, finding(Glide, "drift", 40, 0.12))]
    made = page(told(HOSTILE, HOSTILE), shown, [PICTURES], made_by=HOSTILE, no_pictures=HOSTILE)
    clips = [
        {"name": HOSTILE, "verdict": "drifting", "onset": 3, "statistic": HOSTILE, "value": 1.0, "reason": HOSTILE}
    ]
    for text in (made, motions_page({"clips": clips, "reference": HOSTILE}, shown, [PICTURES], HOSTILE)):
        seen = Watching()
        seen.feed(text)
        assert seen.open == [] and seen.handlers == [] and "script" not in seen.elements
        assert seen.elements.count("img") == 2 and all(a.startswith("data:image/webp;base64,") for a in seen.addresses)
        assert "default-src 'none'; " in text
        assert not re.search(r"https?:|@import|url\((?!#)", text)
        assert "onerror=alert(1)&gt;" in text


def test_the_headline_says_who_lasts_longest_and_what_real_clips_do() -> None:
    made = page(told())
    assert "slow stays realistic longest: 80\N{THIN SPACE}% of its rollouts last 5.0\N{THIN SPACE}s." in made
    assert "Of real clips 100\N{THIN SPACE}% last 3.0\N{THIN SPACE}s." in made  # nobody is watched beyond frame 90
    assert "may be chance" not in made  # 70 to 90 % against 15 to 35 %
    near = told()
    near["models"][0] = row("gru", [1.0, 0.9, 0.75])
    assert "may be chance" in page(near)
    alone = {**told(), "models": told()["models"][:1]}
    assert "gru: half of its rollouts fail within 3.0\N{THIN SPACE}s." in page(alone)


def test_a_curve_steps_down_where_a_share_changes() -> None:
    models, _ = rows_of(told())
    made = survival(models[:1], [], 150, 30.0)
    left, wide, high, top = 44, 1088 - 44 - 250, 300, 12
    x, y = left + wide * 90 / 150, top + high * 0.5
    assert f"H{x:.1f}V{y:.1f}" in made
    assert ">10</text>" in made and ">5</text>" in made  # of 20 rollouts, half and a quarter are left


def test_where_there_is_little_room_names_lack_what_all_begin_with() -> None:
    names = ("humanoid-generator-raw", "humanoid-generator-latent")
    models, _ = rows_of({"models": [row(name, [1.0, 1.0, 1.0]) for name in names], "controls": []})
    assert [model.briefly for model in models] == ["A, raw", "B, latent"]
    alone, _ = rows_of({"models": [row("humanoid-generator-raw", [1.0, 1.0, 1.0])], "controls": []})
    assert alone[0].briefly == "A, humanoid-generator-raw"
    assert [
        len(model.briefly) for model in rows_of({"models": [row("x" * 90, [1.0, 1.0, 1.0])], "controls": []})[0]
    ] == [30]


def test_rollouts_that_end_alike_are_named_with_the_actions_they_end_in() -> None:
    found = told()
    found["models"][0]["variety"]["seeds"] = {
        "frames": [30, 90],
        "ratios": {"turning": [0.5, 0.1], "place": [None, 1.0]},
        "sentence": "Rollouts of 5 different seeds end alike: walking",
    }
    found["models"][0]["variety"]["samples"] = {"seeds": 4, "alike": 0.75}
    found["models"][0]["actions"] = {"frames": [30, 90], "kept": [1.0, 0.2], "by_action": {}, "ends": {"walk": 0.97}}
    made = page(found)
    assert "Rollouts of 5 different seeds end alike: walking." in made
    assert "after 75\N{THIN SPACE}% of 4 seeds all samples end alike." in made
    assert "turning, between seeds" in made and "the seed&#x27;s action kept" in made
    assert "A, gru: walk 97\N{THIN SPACE}%" in made
    assert "turning, between seeds" not in page(told())


def test_of_what_was_not_judged_it_is_said_why() -> None:
    assert "not judged: none" in page(told())


@pytest.mark.parametrize(("value", "said"), [(0.0, "0.00"), (0.1234, "0.123"), (31.7, "31.7"), (2140.0, "2140"),
                                             (-1.0, "−1.00"), (3.27e-5, "3.3·10⁻⁵"), (None, "–")])  # fmt: skip
def test_numbers_have_three_figures(value: float | None, said: str) -> None:
    assert figure(value) == said


def test_shares_say_where_they_are_not_quite_none_or_all() -> None:
    assert [percent(s).replace("\N{THIN SPACE}", "") for s in (0.0, 0.001, 0.5, 0.999, 1.0)] == [
        "0%", "<1%", "50%", ">99%", "100%"]  # fmt: skip


def test_strips_and_axes_end_at_the_horizon() -> None:
    assert cells_of(300) == [0, 10, 30, 50, 100, 150, 200, 300]
    assert cells_of(3)[-1] == 3 and len(cells_of(1)) == 2
    assert ticks_of(300) == [0, 60, 120, 180, 240, 300] and ticks_of(10) == [0, 10]


def test_the_worst_are_of_different_statistics_and_go_farthest() -> None:
    mild, far = (failed(name, finding(Glide, "drift", 10, value)) for name, value in (("mild", 0.1), ("far", 0.3)))
    still = failed("still", finding(Spread, "collapse", 5, 0.01))
    stiller = failed("stiller", finding(Spread, "collapse", 5, 0.001), model=1)
    fine = Worst(0, mild.motion, Verdict("realistic", ()), HUMANOID, 30.0)
    chosen = worst([[mild, far, still, fine], [stiller]], most=2)
    assert [shown.motion.clip for shown in chosen] == ["far", "stiller"]  # small values are what is strange of Spread
    assert [shown.motion.clip for shown in worst([[mild, far, still, fine], [stiller]])] == ["far", "still", "stiller"]
    assert worst([[fine]]) == []
    shrunk, tiny = (
        failed(name, finding(SizeChange, "drift", 9, value)) for name, value in (("shrunk", 0.6), ("tiny", 0.2))
    )
    assert [shown.motion.clip for shown in worst([[tiny, shrunk]])] == ["tiny"]


def test_what_has_failed_stays_failed_in_the_strip() -> None:
    shown = failed("clip", finding(Glide, "drift", 30, 0.1), finding(Spread, "collapse", 90, 0.001))
    assert shown.words == [(0, "realistic"), (30, "drifting"), (90, "both")]
    made = page(told(), [shown], [PICTURES])
    strip = re.search(r"<svg[^>]*class=\"words\".*?</svg>", made)
    assert strip is not None
    found = re.findall(r'<rect x="([\d.]+)"[^>]*class="fill (\w+)"', strip[0])
    cells = cells_of(150)
    at = CELL[0] * (cells.index(30) + 0.5)
    assert (f"{at:g}", "drift") in found and found[0] == ("100", "ok") and found[-1][1] == "both"
