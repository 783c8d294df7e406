"""Text out of strangers' files: whatever it holds, it can be encoded, shown in one line, and told apart."""

from __future__ import annotations

import itertools
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poseviewer.errors import PoseviewerError
from poseviewer.text import NAME, compact, counted, distinct, printable, printable_document, printable_lines

ANY = st.text(st.characters(), max_size=40)
HOSTILE = {
    "a lone surrogate": ("caf\udce9", "caf\N{REPLACEMENT CHARACTER}"),
    "colours of a terminal": ("\x1b[31mred\x1b[0m", "red"),
    "a terminal's title": ("\x1b]0;gone\x07walk", "walk"),
    "the 8-bit sequence": ("\x9b2Jwalk", "walk"),
    "lines": ("two\nlines\tand\r\nmore", "two lines and  more"),
    "zeros": ("a\0b\x07c\x7f", "abc"),
    "turned around": ("\u202egpj.exe\u2069", "gpj.exe"),
    "letters of the world": ("走る, βήμα, مشي, चलना", "走る, βήμα, مشي, चलना"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_letter_goes(case):
    given_, expected = HOSTILE[case]
    assert printable(given_) == expected


@given(ANY, st.integers(3, 30))
def test_any_text_becomes_one_line_that_can_be_encoded_and_is_settled(text, most):
    clean = printable(text, most)
    assert clean.encode() and len(clean) <= most if clean else clean == ""
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in clean)
    assert printable(clean, most) == clean


@given(st.lists(ANY, max_size=12))
def test_names_that_differ_stay_different(names):
    clean = distinct(names)
    assert len(clean) == len(names) and len(set(clean)) == len(set(names))
    assert distinct(clean) == clean


def test_many_names_that_become_equal_are_told_apart_at_once():
    names = ["".join(letters) for letters in itertools.product("\x01\x02\x03\x04\x05\x06\x07\x08", repeat=5)]
    assert len(set(distinct(names))) == len(names) == 8**5


def test_a_long_text_is_cut_in_its_middle():
    assert printable("a" * 1_000_000 + ".bvh").endswith(".bvh") and len(printable("a" * 1_000_000)) == NAME


def test_the_lines_of_a_licence_stay():
    assert printable_lines("one\r\n\x1b[1mtwo\n\nthree") == "one\ntwo\n\nthree"


def test_a_document_is_cleaned_with_its_keys_and_two_equal_names_stay_equal():
    told = json.loads('{"\\u001b[1mkey": ["a\\u0007", "a", "b"], "classes": ["x", "x"], "n": [1, 2.5, null, true]}')
    assert printable_document(told) == {"key": ["a", "a 2", "b"], "classes": ["x", "x"], "n": [1, 2.5, None, True]}


@given(ANY, ANY, ANY, ANY)
def test_every_sentence_can_be_printed(what, where, cause, cure):
    sentence = str(PoseviewerError(what, where, cause, cure))
    assert sentence.encode() and "\n" not in sentence and "\x1b" not in sentence


def test_a_sentence_keeps_the_points_of_a_path():
    assert str(PoseviewerError("../up", "", "it is lost.", "see ../down")) == "../up: it is lost; see ../down."
    assert str(PoseviewerError("a", "", "it has no b", "did you mean c?")) == "a: it has no b; did you mean c?"


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (999_999, "999 999"), (1_000_000, "1.00 M"), (20_500_000, "20.5 M"), (999_600_000, "1.00 G")],
)
def test_compact_numbers(number: int, words: str) -> None:
    assert compact(number).replace("\N{THIN SPACE}", " ") == words


def test_one_is_no_plural() -> None:
    told = [counted(number, "clip").replace("\N{THIN SPACE}", " ") for number in (0, 1, 2, 12_345)]
    assert told == ["0 clips", "1 clip", "2 clips", "12 345 clips"]
