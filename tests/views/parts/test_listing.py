"""Sentences that name many things."""

from __future__ import annotations

import pytest

from poseviewer.views.parts.listing import few


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("it has no joint that maps onto a, b of 'x'.", "it has no joint that maps onto a, b of 'x'."),
        ("it lacks a, b, c, d, e of 'x'.", "it lacks a, b, c, d, e of 'x'."),
        ("it lacks a, b_1, c, d, e, f of 'x'; add them.", "it lacks a, b_1, c, d and 2 more of 'x'; add them."),
        ("no joint maps onto " + ", ".join("abcdefghijklmnopqrs") + ".", "no joint maps onto a, b, c, d and 15 more"),
    ],
)
def test_a_long_list_is_cut_and_counted(sentence: str, words: str) -> None:
    assert few(sentence).startswith(words)
