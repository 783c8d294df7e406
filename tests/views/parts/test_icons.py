"""The shipped icons: each has a place where it is shown."""

from __future__ import annotations

from pathlib import Path

from poseviewer import paths


def test_every_icon_is_used() -> None:
    root = Path(__file__).parents[3]
    sources = [*(root / "poseviewer").rglob("*.py"), *(root / "tests" / "render").rglob("*.py")]
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    sheet = (paths.resources() / "style.qss").read_text(encoding="utf-8")
    themed = {"chevron-down-dark", "chevron-down-light", "check-dark", "check-light"}
    assert "chevron-down-@name@.svg" in sheet and "check-@name@.svg" in sheet
    for icon in (paths.resources() / "icons").glob("*.svg"):
        assert icon.stem in themed or f'"{icon.stem}"' in text or f'"{icon.name}"' in text, icon.name
