"""The 24-dot type in the memory of receipt printers, drawn here for characters and printers that have none."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from printer.fonts import FontMissingError, family

CELL = 12
"""Dots of half a hanzi."""
ROWS = 24
_BLACK, _WHITE = 0, 1


def cells(text: str) -> int:
    """How many half hanzi a text takes."""
    return 2 * len(text) - len(text.encode("ascii", "ignore"))


@lru_cache(maxsize=4096)
def cell(text: str, wide: int, tall: int, bold: bool, inverse: bool) -> Image.Image:
    """One character, enlarged as a printer enlarges: dot by dot. It never leaves its cell."""
    drawn = _drawn(text, bold)
    if inverse:
        drawn = drawn.point(lambda dot: 0 if dot else 1)
    return drawn.resize((drawn.width * wide, ROWS * tall), Image.Resampling.NEAREST)


def _drawn(text: str, bold: bool) -> Image.Image:
    width, narrow = CELL * cells(text), cells(text) == 1
    box = Image.new("1", (width, ROWS), _WHITE)
    try:
        font = family().font(21 if narrow else 24, bold=bold)
    except FontMissingError:
        ImageDraw.Draw(box).text((0, 6), text if narrow else "#", fill=_BLACK)
        return box
    if font.getlength(text) > width:
        return _squeezed(text, font, width)
    ImageDraw.Draw(box).text((width // 2, 19 if narrow else 21), text, font=font, fill=_BLACK, anchor="ms")
    return box


def _squeezed(text: str, font: ImageFont.FreeTypeFont, width: int) -> Image.Image:
    """A letter that is wider than its cell (W, m), made narrower instead of cut off."""
    scale = 4
    large = font.font_variant(size=font.size * scale)
    wide = Image.new("L", (round(large.getlength(text)), ROWS * scale), 255)
    ImageDraw.Draw(wide).text((0, 19 * scale), text, font=large, fill=0, anchor="ls")
    return wide.resize((width, ROWS), Image.Resampling.BOX).point(lambda level: 255 if level > 150 else 0).convert("1")
