"""Tooltips out of other people's words: Qt reads markup in a tooltip that looks like it."""

from __future__ import annotations

from html import escape


def plain_tip(text: str) -> str:
    """A tooltip that shows the text letter by letter, its lines kept and long ones wrapped."""
    return f'<p style="white-space: pre-wrap; margin: 0">{escape(text)}</p>' if text else ""
