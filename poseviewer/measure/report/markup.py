"""HTML and SVG by small parts. Text is escaped wherever it enters; only what `tag` and `raw` made is markup."""

from __future__ import annotations

from html import escape


class Markup(str):
    """HTML as it is: never text out of a file."""

    __slots__ = ()


Part = str | int | Markup | None


def tag(name: str, *inside: Part, **attributes: str | float | None) -> Markup:
    """An element. `cls` is its class; of other attributes "_" is "-", and None leaves one out."""
    given = "".join(
        f' {"class" if key == "cls" else key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{given}>{joined(*inside)}</{name}>")


def joined(*parts: Part) -> Markup:
    """Parts one behind the other; None is nothing."""
    return Markup(
        "".join(part if isinstance(part, Markup) else escape(str(part)) for part in parts if part is not None)
    )


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
