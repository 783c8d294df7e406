"""What is remembered between starts: window layout, recent files, look and playback."""

from __future__ import annotations

import math
import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

RECENT = 12


class Settings:
    """QSettings with types. POSEVIEWER_SETTINGS names another file (tests, portable use)."""

    def __init__(self) -> None:
        path = os.environ.get("POSEVIEWER_SETTINGS")
        if path:
            self._store = QSettings(path, QSettings.Format.IniFormat)
        else:
            self._store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "poseviewer", "poseviewer")

    def text(self, key: str, default: str = "") -> str:
        return str(self._store.value(key, default))

    def flag(self, key: str, default: bool) -> bool:
        return str(self._store.value(key, str(default))).lower() in ("true", "1")

    def number(self, key: str, default: float) -> float:
        """The number that is remembered; the default where that is none, or is not finite."""
        try:
            number = float(str(self._store.value(key, default)))
        except ValueError:
            return default
        return number if math.isfinite(number) else default

    def blob(self, key: str) -> QByteArray | None:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def put(self, key: str, value: str | bool | float | QByteArray) -> None:
        self._store.setValue(key, value)

    def recent(self) -> list[Path]:
        """Files opened last, newest first, that still exist."""
        value = self._store.value("recent", [])
        names = [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else []
        # Path.exists raises where a name is too long, or its folder may not be entered
        there = (name for name in names if isinstance(name, str) and os.path.exists(name))  # noqa: PTH110
        return [Path(name) for name in there][:RECENT]

    def add_recent(self, path: Path) -> None:
        path = path.resolve()
        names = [str(path)] + [str(p) for p in self.recent() if p != path]
        self._store.setValue("recent", names[:RECENT])

    def forget_layout(self) -> None:
        """Drop the stored window layout, so that the next start has the default one."""
        self._store.remove("window")

    def save(self) -> None:
        self._store.sync()
