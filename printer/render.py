"""Turns a document into the bytes of one printer: drawn as a picture, or set in the printer's own Chinese type."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from printer import raster
from printer.documents import Document, DocumentError
from printer.fonts import FontMissingError, family
from printer.layout import Face, Gap, ImagePiece, Line, Piece, QrPiece, RulePiece, layout
from printer.profiles import Buzzer, Cutter, Profile, Renderer
from printer.rom import CELL, cell, cells

SUBSTITUTES = str.maketrans({"☑": "√", "✓": "√", "✔": "√", "€": "E", "–": "-", "•": "·", "￥": "￥", "¥": "￥"})
QUICK_MASK = 0
"""The pattern of codes drawn for printers that set the rest themselves; choosing one would take twice a slip's time."""
_ROM_FACES = {
    False: {"small": (1, 1), "body": (1, 1), "large": (2, 2), "title": (2, 2), "huge": (6, 6)},
    True: {"small": (1, 2), "body": (1, 2), "large": (2, 2), "title": (2, 2), "huge": (6, 6)},
}
"""Times wide and tall; a receipt ROM knows no size between."""


def render(document: Document, profile: Profile, marks: Sequence[str] = ()) -> bytes:
    """The bytes that print the document and cut the paper; the same document always gives the same bytes.

    `marks` head a copy (补打) or a slip of another printer (备用机打印). Without any Chinese typeface on the machine a
    raster profile falls back to the printer's own type. Raises DocumentError for what cannot be drawn.
    """
    if profile.renderer is Renderer.RASTER and has_font():
        return _raster(document, profile, marks)
    return _native(document, profile, marks)


def preview(document: Document, width_dots: int, marks: Sequence[str] = ()) -> Image.Image:
    """The picture a raster printer of that width would put on paper, mode "1"."""
    return raster.draw(layout(document, raster.RasterMetrics(width_dots), marks), width_dots)


def warm() -> None:
    """Loads typefaces and the command library, a third of a second that must not fall on the first slip."""
    commands()
    if has_font():
        preview(Document(blocks=()), 384)


def commands() -> Any:
    """A recorder of printer commands (`python-escpos` Dummy); `.output` is what it would have sent."""
    printer = escpos("Dummy")()
    known = printer.profile.profile_data  # tell the library a width, or it prints a warning for every picture
    printer.profile.profile_data = {**known, "media": {**known["media"], "width": {"mm": 80, "pixels": 832}}}
    return printer


@cache
def escpos(name: str) -> Any:
    """A printer class of python-escpos, imported when first needed and never while the application starts."""
    _settle_cache()
    from escpos import printer  # noqa: PLC0415 - a third of a second

    return getattr(printer, name)


def _settle_cache() -> None:
    """Gives the library one private place for its parsed profiles, which it would otherwise parse in every process."""
    folder = Path(tempfile.gettempdir()) / f"escpos-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid():
        os.environ.setdefault("ESCPOS_CAPABILITIES_PICKLE_DIR", str(folder))


def has_font() -> bool:
    """True where slips can be drawn; without a Chinese typeface they are set in the printer's own type."""
    try:
        family()
    except FontMissingError:
        return False
    return True


def _raster(document: Document, profile: Profile, marks: Sequence[str]) -> bytes:
    page = layout(document, raster.RasterMetrics(profile.width_dots), marks)
    printer = commands()
    printer.hw("INIT")
    send_picture(printer, raster.draw(page, profile.width_dots), profile)
    _finish(printer, profile)
    return bytes(printer.output)


def send_picture(printer: Any, picture: Image.Image, profile: Profile) -> None:
    """Sends slices of whole rows that hold nothing a printer would execute.

    `GS v 0` is written here: the library would convert each slice to colour and back, most of a native slip's time.
    """
    picture = raster.harmless(picture)
    across = (picture.width + 7) // 8
    dots = picture.tobytes("raw", "1;I")
    for top in range(0, picture.height, profile.slice_rows):
        rows = min(profile.slice_rows, picture.height - top)
        head = b"\x1dv0\x00" + across.to_bytes(2, "little") + rows.to_bytes(2, "little")
        printer._raw(head + dots[top * across : (top + rows) * across])


def _finish(printer: Any, profile: Profile) -> None:
    match profile.buzzer:
        case Buzzer.ESC_B:
            printer._raw(b"\x1bB\x01\x02")
        case Buzzer.ESC_PAREN_A:
            printer._raw(b"\x1b(A\x04\x000\x31\x01\x02")
        case Buzzer.BEL:
            printer._raw(b"\x07")
    match profile.cutter:
        case Cutter.PARTIAL:
            printer.cut(mode="PART", feed=False)
        case Cutter.FULL:
            printer.cut(mode="FULL", feed=False)
        case Cutter.ESC_I:
            printer._raw(b"\n" * profile.tail_lines + b"\x1bi")
        case Cutter.NONE:
            printer.print_and_feed(profile.tail_lines)


class NativeMetrics:
    """The printer's own 24-dot type: a hanzi is two cells, everything else one."""

    def __init__(self, profile: Profile) -> None:
        self.width = profile.width_dots // CELL * CELL
        self.grid = CELL

    def faces(self, size: str, *, large: bool) -> tuple[Face, ...]:
        return _rom_faces(*_ROM_FACES[large][size])

    def advance(self, text: str, face: Face, *, bold: bool) -> int:
        return cells(text) * CELL * face.wide


@cache
def _rom_faces(wide: int, tall: int) -> tuple[Face, ...]:
    """The size, then smaller ones: numbers stay 96 dots tall, headings get narrow before they get small."""
    smaller = {6: ((5, 5), (4, 4)), 2: ((1, 2), (1, 1))}.get(wide, ())
    return tuple(Face(px=24 * t, pitch=24 * t + 8, wide=w, tall=t) for w, t in ((wide, tall), *smaller))


def _native(document: Document, profile: Profile, marks: Sequence[str]) -> bytes:
    printer = commands()
    printer.hw("INIT")
    printer._raw(b"\x1c&")  # Chinese mode, once and at a line start: some units end the current line on it
    setter = _Typesetter(printer, profile)
    for piece in layout(document, NativeMetrics(profile), marks):
        setter.put(piece)
    setter.plain()
    _finish(printer, profile)
    return bytes(printer.output)


class _Typesetter:
    """Writes lines in the printer's type, drawing those that hold a character its ROM lacks (rare names)."""

    def __init__(self, printer: Any, profile: Profile) -> None:
        self._printer = printer
        self._profile = profile
        self._style = (1, 1, False, False)
        self._pitch = 0

    def put(self, piece: Piece) -> None:
        match piece:
            case Line():
                self._line(piece)
            case RulePiece():
                self.plain()
                self._space(32)
                self._printer._raw((b"- " if piece.dashed else b"--") * (self._profile.width_dots // CELL // 2) + b"\n")
            case QrPiece():
                self._qr(piece)
            case ImagePiece():
                self._centred(raster.picture(piece.png_base64, self._profile.width_dots))
            case Gap():
                self._feed(piece.dots)

    def plain(self) -> None:
        self._set((1, 1, False, False))

    def _line(self, line: Line) -> None:
        encoded = [_encode(run.text, self._profile.charset) for run in line.runs]
        if any(text is None for text in encoded) and has_font():
            self._drawn(line)
            return
        self._space(line.face.pitch)
        column = 0
        for run, text in zip(line.runs, encoded, strict=True):
            shown = text if text is not None else _geta(run.text, self._profile.charset)
            blanks = max(0, run.x // CELL - column)
            if blanks:
                self.plain()
                self._printer._raw(b" " * blanks)
            self._set((line.face.wide, line.face.tall, line.bold, line.inverse))
            self._printer._raw(shown)
            column += blanks + len(shown) * line.face.wide
        self._printer._raw(b"\n")

    def _drawn(self, line: Line) -> None:
        self.plain()
        strip = Image.new("1", (self._profile.width_dots, line.face.pitch), raster.WHITE)
        for run in line.runs:
            x = run.x
            for character in run.text:
                glyph = cell(character, line.face.wide, line.face.tall, line.bold, line.inverse)
                strip.paste(glyph, (x, 0))
                x += glyph.width
        send_picture(self._printer, strip, self._profile)

    def _qr(self, piece: QrPiece) -> None:
        self.plain()
        if not self._profile.native_qr:
            self._centred(raster.qr(piece.data, self._profile.width_dots, QUICK_MASK))
            return
        modules = raster.modules(len(piece.data.encode()))
        self._feed(16)
        self._printer._raw(b"\x1ba\x01")
        self._printer.qr(piece.data, native=True, size=max(3, min(8, self._profile.width_dots // 2 // modules)), ec=1)
        self._printer._raw(b"\n\x1ba\x00")

    def _centred(self, picture: Image.Image) -> None:
        page = Image.new("1", (self._profile.width_dots, picture.height + 16), raster.WHITE)
        page.paste(picture, ((page.width - picture.width) // 2, 8))
        send_picture(self._printer, page, self._profile)

    def _set(self, style: tuple[int, int, bool, bool]) -> None:
        if style == self._style:
            return
        wide, tall, bold, inverse = style
        if (wide, tall) != self._style[:2]:
            self._printer.set(custom_size=True, width=wide, height=tall)
            if self._profile.fs_sizes:
                self._printer._raw(b"\x1c!" + bytes([(4 if wide > 1 else 0) | (8 if tall > 1 else 0)]))
        if bold != self._style[2]:
            self._printer.set(bold=bold)
        if inverse != self._style[3]:
            self._printer.set(invert=inverse)
        self._style = style

    def _space(self, pitch: int) -> None:
        """Line pitch in dots (`ESC 3`), sent when it changes."""
        if pitch != self._pitch:
            self._printer._raw(b"\x1b3" + bytes([min(255, pitch)]))
            self._pitch = pitch

    def _feed(self, dots: int) -> None:
        for start in range(0, dots, 255):
            self._printer._raw(b"\x1bJ" + bytes([min(255, dots - start)]))


def _encode(text: str, charset: str) -> bytes | None:
    """The text in the printer's charset, None when a character is missing from it."""
    try:
        data = text.translate(SUBSTITUTES).encode(charset)
    except UnicodeEncodeError:
        return None
    return data


def _geta(text: str, charset: str) -> bytes:
    """The text with 〓, the printer's own sign for a missing character, where nothing can draw it; never `?`."""
    return b"".join(_encode(character, charset) or "〓".encode(charset) for character in text)


__all__ = [
    "CELL",
    "DocumentError",
    "NativeMetrics",
    "commands",
    "escpos",
    "has_font",
    "preview",
    "render",
    "send_picture",
    "warm",
]
