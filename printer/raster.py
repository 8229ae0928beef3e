"""Draws a laid-out document as a one-bit picture of the paper, in a Chinese typeface of our own choice."""

from __future__ import annotations

import base64
import io
import math
import re
import threading
from collections.abc import Sequence
from functools import cache, lru_cache

import segno
from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from printer.documents import DocumentError
from printer.fonts import Family, family
from printer.layout import Face, Gap, ImagePiece, Line, Piece, QrPiece, RulePiece, Run

BLACK, WHITE = 0, 1
QUIET = 4
"""White modules that a scanner needs around a code."""
_LOOKALIKE = re.compile(rb"\x10(?=[\x04\x05\x14])")
MAX_IMAGE_ROWS = 1200
_DRAWING = threading.Lock()
"""One drawing at a time: typefaces are shared, and paper must never take the second core from the hall."""

_SIZES = {
    False: {"small": (24,), "body": (28,), "large": (38, 34), "title": (46, 42, 38), "huge": (128, 112, 96)},
    True: {"small": (28,), "body": (34,), "large": (46, 40), "title": (54, 48, 42), "huge": (160, 136, 112, 96)},
}


class RasterMetrics:
    """The typeface's own widths on a paper of `width` dots."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.grid = 1
        self._family = family()

    def faces(self, size: str, *, large: bool) -> tuple[Face, ...]:
        return _faces(size, large)

    def advance(self, text: str, face: Face, *, bold: bool) -> int:
        return sum(_advance(self._family, character, face.px, bold) for character in text)


@cache
def _faces(size: str, large: bool) -> tuple[Face, ...]:
    return tuple(Face(px=px, pitch=round(px * (1.2 if px >= 96 else 1.4))) for px in _SIZES[large][size])


@lru_cache(maxsize=8192)
def _advance(fonts: Family, character: str, px: int, bold: bool) -> int:
    return math.ceil(fonts.font(px, bold=bold).getlength(character))


def draw(pieces: Sequence[Piece], width: int) -> Image.Image:
    """The pieces on white paper of `width` dots, mode "1"; the same pieces always give the same picture.

    Raises DocumentError for a picture or QR code that cannot be drawn, FontMissingError without a typeface.
    """
    blocks = [_block(piece, width) for piece in pieces]
    heights = [_height(piece, block) for piece, block in zip(pieces, blocks, strict=True)]
    paper = Image.new("1", (width, max(8, sum(heights))), WHITE)
    pen = ImageDraw.Draw(paper)
    top = 0
    with _DRAWING:
        for piece, block, height in zip(pieces, blocks, heights, strict=True):
            if isinstance(piece, Line):
                _line(pen, piece, top, width)
            elif isinstance(piece, RulePiece):
                _rule(pen, piece, top, width)
            elif block is not None:
                paper.paste(block, ((width - block.width) // 2, top + 8))
            top += height
    return harmless(paper)


def harmless(picture: Image.Image) -> Image.Image:
    """The picture without the bytes of `DLE EOT`, `DLE ENQ` and `DLE DC4`, which clones execute even inside a picture.

    One dot beside a black one turns black; nobody sees it.
    """
    ink = picture.tobytes("raw", "1;I")
    safe = _LOOKALIKE.sub(b"\x18", ink)
    return picture if safe == ink else Image.frombytes("1", picture.size, safe, "raw", "1;I")


def _block(piece: Piece, width: int) -> Image.Image | None:
    if isinstance(piece, QrPiece):
        return qr(piece.data, width)
    if isinstance(piece, ImagePiece):
        return picture(piece.png_base64, width)
    return None


def _height(piece: Piece, block: Image.Image | None) -> int:
    match piece:
        case Line():
            return piece.face.pitch + (12 if piece.inverse else 0)
        case RulePiece():
            return 25
        case Gap():
            return piece.dots
        case _:
            return 0 if block is None else block.height + 16


def _line(pen: ImageDraw.ImageDraw, line: Line, top: int, width: int) -> None:
    face, ink = line.face, BLACK
    if line.inverse:
        pen.rectangle((0, top, width - 1, top + face.pitch + 3), fill=BLACK)
        top, ink = top + 2, WHITE
    fonts = family()
    font = fonts.font(face.px, bold=line.bold)
    doubled = line.bold and fonts.bold is None
    baseline = top + (face.pitch - face.px) // 2 + round(face.px * 0.88)
    for run in line.runs:
        if run.box:
            _box(pen, run, face, baseline)
        else:
            _glyphs(pen, run, baseline, font, ink, max(1, face.px // 24) if doubled else 0)


def _glyphs(
    pen: ImageDraw.ImageDraw, run: Run, baseline: int, font: ImageFont.FreeTypeFont, ink: int, double: int
) -> None:
    """Sets each glyph on whole dots, so that measured and drawn widths are the same."""
    fonts, x = family(), run.x
    bold = fonts.bold is not None and font.path == str(fonts.bold.path)
    for character in run.text:
        for shift in range(double + 1):
            pen.text((x + shift, baseline), character, font=font, fill=ink, anchor="ls")
        x += _advance(fonts, character, round(font.size), bold or double > 0)


def _box(pen: ImageDraw.ImageDraw, run: Run, face: Face, baseline: int) -> None:
    """A tick box: ☑ is in no typeface and no ROM, so it is drawn."""
    side = round(face.px * 0.82)
    left, bottom = run.x + 1, baseline + round(face.px * 0.06)
    pen.rectangle((left, bottom - side, left + side, bottom), outline=BLACK, width=max(2, face.px // 12))
    if run.text != "□":
        points = [(0.2, 0.5), (0.42, 0.74), (0.84, 0.2)]
        pen.line([(left + side * x, bottom - side + side * y) for x, y in points], fill=BLACK, width=face.px // 7)


def _rule(pen: ImageDraw.ImageDraw, rule: RulePiece, top: int, width: int) -> None:
    if not rule.dashed:
        pen.rectangle((0, top + 11, width - 1, top + 12), fill=BLACK)
        return
    for x in range(0, width, 16):
        pen.rectangle((x, top + 11, x + 7, top + 12), fill=BLACK)


@lru_cache(maxsize=32)
def qr(data: str, width: int, mask: int | None = None) -> Image.Image:
    """The code with its quiet zone of four modules; six to eight dots a module where the paper is wide enough.

    Without a `mask` the evenest of eight is found, which takes four milliseconds; scanners read them all.
    """
    code = _code(data, mask)
    count = len(code.matrix)
    side = count + 2 * QUIET
    scale = max(2, min(8, max(width * 2 // 3 // side, min(6, width // side))))
    ink = Image.frombytes("L", (count, count), b"".join(code.matrix)).point(lambda dark: 0 if dark else 255)
    page = Image.new("1", (side * scale, side * scale), WHITE)
    dots = ink.convert("1", dither=Image.Dither.NONE).resize((count * scale, count * scale), Image.Resampling.NEAREST)
    page.paste(dots, (QUIET * scale, QUIET * scale))
    return page


@lru_cache(maxsize=256)
def modules(length: int) -> int:
    """The side of a code of so many bytes, quiet zone included, without drawing it for every slip."""
    return int(_code("q" * length, 0).symbol_size(border=QUIET)[0])


def _code(data: str, mask: int | None) -> segno.QRCode:
    try:
        return segno.make_qr(data, error="m", boost_error=False, mask=mask)
    except ValueError as error:
        raise DocumentError(f"not a QR code: {error}") from error


def picture(png_base64: str, width: int) -> Image.Image:
    """A stored picture in black and white, never dithered, no wider than the paper."""
    try:
        source = Image.open(io.BytesIO(base64.b64decode(png_base64, validate=True)), formats=("PNG",))
        grey = source.convert("RGBA")
    except (ValueError, OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise DocumentError(f"not a picture: {error}") from error
    ground = Image.new("RGBA", grey.size, "white")
    ground.alpha_composite(grey)
    flat = ground.convert("L")
    if flat.width > width or flat.height > MAX_IMAGE_ROWS:
        flat.thumbnail((width, MAX_IMAGE_ROWS))
    return flat.point(lambda level: 255 if level >= 128 else 0).convert("1", dither=Image.Dither.NONE)
