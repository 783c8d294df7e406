"""Texts found by a few of their letters."""

from __future__ import annotations

import time

from poseviewer.views.commands.fuzzy import Fuzzy


def found(texts: list[str], query: str, most: int = 10) -> list[str]:
    """The texts that a query finds, the best first."""
    return [texts[index] for index, _ in Fuzzy(texts).find(query, most)]


def marked(text: str, query: str) -> str:
    """A text with its marked letters as capitals."""
    fuzzy = Fuzzy(["zz", text, "zz"])
    assert [index for index, _ in fuzzy.find(query, 3)] == [1]
    return "".join(letter.upper() if k in fuzzy.marks(1) else letter for k, letter in enumerate(text))


def test_a_text_is_found_by_letters_in_their_order_and_by_no_others() -> None:
    texts = ["walk", "sidewalk", "klaw", "wa", "lk wa"]
    assert found(texts, "walk") == ["walk", "sidewalk"]
    assert found(texts, "wlk") == ["walk", "sidewalk"]
    assert found(texts, "xyz") == [] and found([], "w") == []


def test_beginnings_of_words_come_before_letters_inside_them() -> None:
    assert found(["Import", "Open recent"], "or") == ["Open recent", "Import"]
    assert found(["angles left", "humanoid-generator-latent"], "gl")[0] == "humanoid-generator-latent"
    assert found(["wolfgang", "fitAll", "fit all"], "fa") == ["fitAll", "fit all", "wolfgang"]
    assert found(["of 3b", "walk_12b"], "1b") == ["walk_12b"]


def test_what_stands_together_and_what_is_short_comes_first() -> None:
    assert found(["aresbset", "preset", "reset all", "reset"], "reset") == ["reset", "reset all", "preset", "aresbset"]


def test_the_marked_letters_are_those_of_the_best_alignment() -> None:
    assert marked("humanoid-generator-latent", "hgl") == "Humanoid-Generator-Latent"
    assert marked("a sidewalk walk", "walk") == "a sidewalk WALK"
    assert marked("barb b", "bb") == "Barb B"
    assert marked("ÄRGER".lower(), "Äg") == "ÄrGer"


def test_capitals_spaces_and_letters_of_other_scripts_are_found_too() -> None:
    assert found(["Onion skin", "other"], "ONION") == ["Onion skin"]
    assert found(["Open recent"], "open rec") == ["Open recent"]
    assert found(["歩く", "走る"], "走") == ["走る"]
    assert found(["İstanbul", "straße"], "strasse") == [] and found(["İstanbul", "straße"], "straß") == ["straße"]


def test_one_letter_more_or_less_finds_what_the_whole_query_does() -> None:
    texts = [f"clip_{k:03d}_{'walk' if k % 3 else 'jump'}" for k in range(300)]
    fuzzy = Fuzzy(texts)
    for query in ("c", "cw", "cw1", "cw12", "cw", "cj", "", "j2"):
        assert fuzzy.find(query, 7) == Fuzzy(texts).find(query, 7), query
    assert [index for index, _ in fuzzy.find("", 3)] == [0, 1, 2]


def test_a_hundred_thousand_names_take_milliseconds_a_letter() -> None:
    fuzzy = Fuzzy([f"{k % 144:02d}_{k:06d}_walk\twalk" for k in range(100_000)])
    spent = []
    for letters in range(1, 7):
        began = time.thread_time()
        hits = fuzzy.find("w0123k"[:letters], 100)
        spent.append(time.thread_time() - began)
        for index, _ in hits[:12]:
            fuzzy.marks(index)
    assert max(spent) < 0.2, spent  # 10 ms on a quiet core; a busy one takes its share
