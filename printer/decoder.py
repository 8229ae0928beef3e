"""Reads ESC/POS as a Chinese receipt printer does and lays the ink on a strip of paper, for looking and testing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import segno
from PIL import Image

from printer.rom import CELL, cell, cells

_FIXED = {  # command -> argument bytes that follow it
    b"\x1b!": 1, b"\x1bE": 1, b"\x1ba": 1, b"\x1bd": 1, b"\x1bJ": 1, b"\x1b2": 0, b"\x1b3": 1, b"\x1bt": 1,
    b"\x1bG": 1, b"\x1b-": 1, b"\x1bM": 1, b"\x1b$": 2, b"\x1b{": 1, b"\x1bB": 2, b"\x1b@": 0, b"\x1bi": 0,
    b"\x1bm": 0, b"\x1bR": 1, b"\x1d!": 1, b"\x1dB": 1, b"\x1da": 1, b"\x1dr": 1, b"\x1dI": 1, b"\x1dL": 2,
    b"\x1dW": 2, b"\x1c&": 0, b"\x1c.": 0, b"\x1c!": 1, b"\x1cW": 1, b"\x1cS": 2, b"\x1c-": 1, b"\x1cC": 1,
    b"\x10\x04": 1, b"\x10\x05": 1, b"\x10\x14": 3,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Something the printer answers when it comes to this place of the stream."""

    kind: str
    data: bytes = b""


@dataclass
class Style:
    """How the next characters look: times wide and tall, 0, 1 or 2 for left, middle or right, line pitch in dots."""

    wide: int = 1
    tall: int = 1
    bold: bool = False
    inverse: bool = False
    align: int = 0
    pitch: int = 30
    kanji: bool = True


@dataclass
class Paper:
    """The strip under the head since the last cut."""

    width: int
    strips: list[Image.Image] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    inked: bool = False

    @property
    def rows(self) -> int:
        """Its length in dots."""
        return sum(strip.height for strip in self.strips)

    def image(self) -> Image.Image:
        """The whole strip, mode "1"."""
        page = Image.new("1", (self.width, max(1, self.rows)), 1)
        top = 0
        for strip in self.strips:
            page.paste(strip, (0, top))
            top += strip.height
        return page

    def text(self) -> str:
        """The lines set in the printer's own type; drawn pictures hold none."""
        return "\n".join(self.lines)


class Decoder:
    """Consumes a stream in any portions. `step` executes one thing and tells how many dot rows it moved.

    `on_cut(paper)` receives each finished slip, `on_reply(reply)` what must be answered in order.
    """

    def __init__(
        self,
        width: int,
        *,
        charset: str = "gbk",
        on_cut: Callable[[Paper], None] = lambda _: None,
        on_reply: Callable[[Reply], None] = lambda _: None,
    ) -> None:
        self.width = width
        self.paper = Paper(width=width)
        self.unknown: list[bytes] = []
        self._charset, self._on_cut, self._on_reply = charset, on_cut, on_reply
        self.reset()

    def reset(self) -> None:
        """Switches the printer off and on: what was not printed is forgotten, the paper stays where it is."""
        self.buffer = bytearray()
        self._style = Style()
        self._line: list[tuple[str, Style]] = []
        self._raster: tuple[int, int] | None = None
        self._qr = {"size": 3, "data": b""}

    def decode(self, data: bytes) -> Paper:
        """Executes everything at once; returns the strip since the last cut."""
        self.buffer += data
        while self.step() is not None:
            pass
        return self.paper

    def step(self) -> int | None:
        """Executes the next command; returns the dot rows it moved, None when more bytes are needed."""
        if self._raster is not None:
            return self._raster_rows()
        if not self.buffer:
            return None
        lead = self.buffer[0]
        if lead in (0x1B, 0x1D, 0x1C, 0x10):
            return self._command()
        if lead == 0x0A:
            self._take(1)
            return self._feed_line()
        if lead < 0x20 or lead == 0x7F:
            self._take(1)
            return 0
        return self._character(lead)

    def _take(self, count: int) -> bytes:
        data = bytes(self.buffer[:count])
        del self.buffer[:count]
        return data

    def _character(self, lead: int) -> int | None:
        length = 2 if lead >= 0x81 and self._style.kanji else 1
        if len(self.buffer) < length:
            return None
        data = self._take(length)
        try:
            text = data.decode(self._charset if length == 2 else "cp437")
        except UnicodeDecodeError:
            text = "〓"
        moved = 0
        if self._columns() + cells(text) * self._style.wide > self.width // CELL:
            moved = self._feed_line()
        self._line.append((text, Style(**vars(self._style))))
        return moved

    def _columns(self) -> int:
        return sum(cells(text) * style.wide for text, style in self._line)

    def _command(self) -> int | None:
        if len(self.buffer) < 2:
            return None
        name = bytes(self.buffer[:2])
        if name in _FIXED:
            if len(self.buffer) < 2 + _FIXED[name]:
                return None
            return self._fixed(name, self._take(2 + _FIXED[name])[2:])
        longer = {
            b"\x1d(": self._sized,
            b"\x1b(": self._sized,
            b"\x1dv": self._raster_header,
            b"\x1dV": self._cut_command,
        }
        if name in longer:
            return longer[name]()
        self.unknown.append(self._take(2))
        return 0

    def _fixed(self, name: bytes, args: bytes) -> int:
        first = args[0] if args else 0
        match name:
            case b"\x1b@":
                self._style, self._line = Style(), []
            case b"\x1bJ":
                return self._feed_line(blank=False) + self._blank(first)
            case b"\x1bd":
                return self._feed_line(blank=False) + self._blank(first * self._style.pitch)
            case b"\x1bi" | b"\x1bm":
                return self._cut(0)
            case b"\x1da" | b"\x1dr" | b"\x1dI":
                self._on_reply(Reply(kind={b"\x1da": "asb", b"\x1dr": "barrier", b"\x1dI": "id"}[name], data=args))
            case _:
                self._set_style(name, first)
        return 0

    def _set_style(self, name: bytes, first: int) -> None:
        style = self._style
        match name:
            case b"\x1bE" | b"\x1bG":
                style.bold = bool(first & 1)
            case b"\x1ba":
                style.align = first % 48
            case b"\x1b2":
                style.pitch = 30
            case b"\x1b3":
                style.pitch = first
            case b"\x1b!":
                style.bold, style.tall, style.wide = bool(first & 8), 1 + bool(first & 16), 1 + bool(first & 32)
            case b"\x1d!":
                style.wide, style.tall = (first >> 4 & 7) + 1, (first & 7) + 1
            case b"\x1dB":
                style.inverse = bool(first & 1)
            case b"\x1c&" | b"\x1c.":
                style.kanji = name == b"\x1c&"

    def _sized(self) -> int | None:
        if len(self.buffer) < 5:
            return None
        length = 5 + self.buffer[3] + 256 * self.buffer[4]
        if len(self.buffer) < length:
            return None
        data = self._take(length)
        kind, body = data[2:3], data[5:]
        if kind == b"H" and body[:2] == b"00":
            self._on_reply(Reply(kind="process", data=body[2:6]))
        elif kind == b"k" and body[:1] == b"1":
            return self._qr_function(body)
        return 0

    def _qr_function(self, body: bytes) -> int:
        function = body[1:2]
        if function == b"C":
            self._qr["size"] = body[2]
        elif function == b"P":
            self._qr["data"] = body[3:]
        elif function == b"Q":
            code = segno.make_qr(bytes(self._qr["data"]), error="m", boost_error=False)  # type: ignore[call-overload]
            rows = [bytes(row) for row in code.matrix_iter(scale=1, border=0)]
            side, scale = len(rows), int(self._qr["size"])  # type: ignore[call-overload]
            picture = Image.frombytes("L", (side, side), b"".join(rows)).point(lambda dark: 0 if dark else 255)
            picture = picture.convert("1", dither=Image.Dither.NONE).resize((side * scale,) * 2)
            return self._put(picture)
        return 0

    def _raster_header(self) -> int | None:
        if len(self.buffer) < 8:
            return None
        head = self._take(8)
        width, rows = head[4] + 256 * head[5], head[6] + 256 * head[7]
        moved = self._feed_line(blank=False)
        self._raster = (width, rows) if width and rows else None
        return moved

    def _raster_rows(self) -> int | None:
        """Prints whole rows as they arrive, three millimetres at a time."""
        width, left = self._raster or (1, 0)
        rows = min(left, len(self.buffer) // width, 24)
        if not rows:
            return None
        picture = Image.frombytes("1", (width * 8, rows), self._take(width * rows), "raw", "1;I")
        self._raster = (width, left - rows) if left > rows else None
        return self._put(picture)

    def _put(self, picture: Image.Image) -> int:
        strip = Image.new("1", (self.width, picture.height), 1)
        spare = self.width - picture.width
        strip.paste(picture, ({0: 0, 1: spare // 2, 2: spare}.get(self._style.align, 0), 0))
        self.paper.strips.append(strip)
        self.paper.inked = self.paper.inked or strip.getextrema()[0] == 0
        return strip.height

    def _blank(self, rows: int) -> int:
        if rows:
            self.paper.strips.append(Image.new("1", (self.width, rows), 1))
        return rows

    def _feed_line(self, *, blank: bool = True) -> int:
        """Prints the line in the buffer; an empty one feeds only when asked to."""
        line, self._line = self._line, []
        if not line:
            return self._blank(self._style.pitch) if blank else 0
        height = max(self._style.pitch, *(24 * style.tall for _, style in line))
        strip = Image.new("1", (self.width, height), 1)
        used = sum(cells(text) * style.wide for text, style in line) * CELL
        x = {0: 0, 1: (self.width - used) // 2, 2: self.width - used}.get(self._style.align, 0)
        for text, style in line:
            strip.paste(cell(text, style.wide, style.tall, style.bold, style.inverse), (x, 0))
            x += cells(text) * style.wide * CELL
        self.paper.strips.append(strip)
        self.paper.lines.append("".join(text for text, _ in line).rstrip())
        self.paper.inked = True
        return height

    def _cut_command(self) -> int | None:
        if len(self.buffer) < 3:
            return None
        fed = self.buffer[2] in (65, 66, 97, 98, 103, 104)
        if fed and len(self.buffer) < 4:
            return None
        data = self._take(4 if fed else 3)
        return self._cut(data[3] if fed else 0)

    def _cut(self, feed: int) -> int:
        moved = self._feed_line(blank=False) + self._blank(feed)
        paper, self.paper = self.paper, Paper(width=self.width)
        self._on_cut(paper)
        return moved
