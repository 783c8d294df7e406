"""The theme on Qt: fonts, palette, style sheet, icons; every colour comes from resources/theme.json."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from poseviewer import paths
from poseviewer.render.palette import Palette, ThemeName, palette

ICON = 16


def apply(app: QApplication, name: ThemeName) -> Palette:
    """Dress the application in the dark or light theme."""
    colours = palette(name)
    if not app.styleSheet():  # else every widget would be dressed twice more
        app.setStyle("Fusion")
        app.setFont(body_font())
    app.setPalette(_qt_palette(colours))
    app.setStyleSheet(_style_sheet(colours))
    return colours


@lru_cache(maxsize=1)
def _family() -> str:
    families = []
    for face in ("Regular", "Medium", "SemiBold", "Bold"):
        number = QFontDatabase.addApplicationFont(str(paths.resources() / "fonts" / f"Inter-{face}.otf"))
        families += QFontDatabase.applicationFontFamilies(number)
    return families[0] if families else "sans-serif"


@lru_cache(maxsize=64)
def body_font(size: int = 12, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Inter with tabular figures, in px; the same one for all who ask, none of whom changes it."""
    font = QFont(_family())
    font.setPixelSize(size)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def icon(name: str, colours: Palette, token: str = "text2", on_token: str = "text") -> QIcon:
    """A lucide icon tinted for both states, sharp at scales 1 and 2."""
    result = QIcon()
    for state, colour in ((QIcon.State.Off, token), (QIcon.State.On, on_token)):
        for ratio in (1, 2):
            result.addPixmap(icon_pixmap(name, colours.tokens[colour], ICON, ratio), QIcon.Mode.Normal, state)
    faint = _faint(colours).name(QColor.NameFormat.HexArgb)
    result.addPixmap(icon_pixmap(name, faint, ICON, 2), QIcon.Mode.Disabled)
    return result


@lru_cache(maxsize=256)
def icon_pixmap(name: str, colour: str, size: int = ICON, ratio: float = 1.0) -> QPixmap:
    """A lucide icon in one colour ("#RRGGBB" or "#AARRGGBB"), `size` px wide at a device pixel ratio."""
    tint = QColor(colour)
    svg = (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    svg = svg.replace("currentColor", tint.name()).replace('stroke-width="2"', 'stroke-width="1.75"')
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(tint.alphaF())
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _qt_palette(colours: Palette) -> QPalette:
    result, role = QPalette(), QPalette.ColorRole
    for target, token in (
        (role.Window, "panel"), (role.WindowText, "text"), (role.Base, "panel"), (role.AlternateBase, "header"),
        (role.Text, "text"), (role.Button, "control"), (role.ButtonText, "text"), (role.ToolTipBase, "raised"),
        (role.ToolTipText, "text"), (role.Highlight, "raised"), (role.HighlightedText, "text"),
        (role.PlaceholderText, "text3"), (role.Link, "seed"), (role.Mid, "hairline"), (role.Dark, "window"),
        (role.Shadow, "window"), (role.Light, "raised"), (role.Accent, "accent"),
    ):  # fmt: skip
        result.setColor(target, QColor(colours.tokens[token]))
    for target in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, target, _faint(colours))
    return result


def _faint(colours: Palette) -> QColor:
    """What is disabled."""
    faint = QColor(colours.tokens["text3"])
    faint.setAlphaF(0.55)
    return faint


def _style_sheet(colours: Palette) -> str:
    sheet = (paths.resources() / "style.qss").read_text(encoding="utf-8")
    faint, icons = _faint(colours), (paths.resources() / "icons").as_posix()
    seen_through = f"rgba({faint.red()}, {faint.green()}, {faint.blue()}, {faint.alpha()})"
    told = {"faint": seen_through, "icons": icons, "name": colours.name}
    for token, value in (colours.tokens | told).items():
        sheet = sheet.replace(f"@{token}@", value)
    return sheet
