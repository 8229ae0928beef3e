"""Tries a printer out and says which profile fits it; manuals of receipt printers promise more than they keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageDraw

from printer.devices import Link, ask_aside, open_link, seconds
from printer.fonts import family
from printer.profiles import PROFILES, Ack, Cutter, Profile, Renderer, StatusRoute
from printer.render import commands, has_font
from printer.status import BARRIER, StatusReader, process_request

ANSWER_SECONDS = 1.5
PRINT_SECONDS = 8.0
WIDEST = 576
NAMES = "常用字：政务服务中心  繁体字：鎮務號  生僻字：㛃䶮"


@dataclass(kw_only=True)
class Findings:
    """What a printer did. None where nobody could tell."""

    status: StatusRoute = StatusRoute.NONE
    process_id: bool = False
    barrier: bool = False
    model: str = ""
    width_dots: int | None = None
    cutter: bool | None = None
    native_qr: bool | None = None
    charset: str | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def ack(self) -> Ack:
        """The best acknowledgement the printer gave."""
        if self.process_id:
            return Ack.PROCESS_ID
        if self.barrier:
            return Ack.BARRIER
        return Ack.NONE if self.status is StatusRoute.NONE else Ack.STATUS

    def options(self) -> dict[str, str | int | bool]:
        """The fields of a profile that were found out."""
        found: dict[str, str | int | bool] = {"ack": self.ack.value, "status": self.status.value}
        if self.width_dots is not None:
            found["width_dots"] = self.width_dots
        if self.cutter is not None:
            found["cutter"] = (Cutter.PARTIAL if self.cutter else Cutter.NONE).value
        if self.native_qr is not None:
            found["native_qr"] = self.native_qr
        if self.charset is not None:
            found["charset"] = self.charset
        return found

    def nearest(self, renderer: Renderer = Renderer.RASTER) -> tuple[Profile, dict[str, str | int | bool]]:
        """The shipped profile that needs the fewest changes, and those changes."""
        found = self.options()

        def changes(profile: Profile) -> dict[str, str | int | bool]:
            return {name: value for name, value in found.items() if getattr(profile, name) != value}

        real = [each for each in PROFILES.values() if each.renderer is renderer and "emulator" not in each.name]
        best = min(real, key=lambda profile: len(changes(profile)))
        return best, changes(best)


def listen(address: str) -> Findings:
    """What the printer answers without printing; raises LinkRefusedError or LinkLostError."""
    found = Findings()
    link = open_link(address)
    try:
        reader = StatusReader()
        if _heard(link, reader.ask(), reader, lambda: reader.heard, ANSWER_SECONDS):
            found.status = StatusRoute.INBAND
            if reader.sensors.trouble:
                found.notes.append(reader.sensors.trouble.words)
        elif len(ask_aside(address)) == 4:
            found.status = StatusRoute.TCP_4000
        found.model = _model(link)
        token = b"PRB1"
        found.process_id = _heard(link, process_request(token), reader, lambda: token in reader.processes)
        reader.forget_barriers()
        found.barrier = _heard(link, BARRIER, reader, lambda: reader.barriers > 0)
    finally:
        link.close()
    return found


def print_ruler(address: str) -> bool:
    """Prints the ruler page; True when the printer said by `GS r 1` that it is out."""
    link = open_link(address)
    try:
        _push(link, ruler_page())
        reader = StatusReader()
        return _heard(link, BARRIER, reader, lambda: reader.barriers > 0, PRINT_SECONDS)
    finally:
        link.close()


def ruler_page() -> bytes:
    """A ruler over the widest paper, hanzi of three charsets, sizes, a code of the printer's own, and a cut."""
    printer = commands()
    printer.hw("INIT")
    printer._raw(b"\x1c&")
    printer._raw("标尺（毫米）：最右边看得全的数字是几？\n".encode("gbk"))
    printer.image(ruler(), impl="bitImageRaster", fragment_height=255)
    for charset in ("gb2312", "gbk", "gb18030"):
        printer._raw(charset.encode() + b": " + NAMES.encode(charset, "ignore") + b"\n")
    for size in (1, 2, 3, 4):
        printer.set(custom_size=True, width=size, height=size)
        printer._raw(f"{size}倍".encode("gbk"))
    printer.set(custom_size=True, width=1, height=1)
    printer._raw("\n二维码由打印机自己画：\n".encode("gbk"))
    printer.qr("print probe 0123456789", native=True, size=6, ec=1)
    printer._raw("\n下面应当切纸。\n".encode("gbk"))
    printer.cut(mode="PART", feed=False)
    return bytes(printer.output)


def ruler(width: int = WIDEST) -> Image.Image:
    """Ticks of a millimetre (eight dots), numbered every five, mode "1"."""
    page = Image.new("1", (width, 72), 1)
    pen = ImageDraw.Draw(page)
    font = family().font(20, bold=False) if has_font() else None
    for millimetre in range(width // 8 + 1):
        x = min(width - 1, millimetre * 8)
        long = millimetre % 5 == 0
        pen.line((x, 0, x, 36 if long else 18), fill=0, width=1)
        if long and millimetre:
            pen.text((x, 42), str(millimetre), font=font, fill=0, anchor="rt" if font else None)
    return page


def _model(link: Link) -> str:
    """The name the printer gives itself (`GS I 67`), empty when it gives none."""
    _push(link, b"\x1dIC")
    received, deadline = b"", seconds() + 0.6
    while seconds() < deadline and not received.endswith(b"\x00"):
        received += link.exchange(b"", 0.1)[1]
    return received.strip(b"_\x00").decode("ascii", "ignore").strip()


def _heard(
    link: Link, data: bytes, reader: StatusReader, done: Callable[[], bool], within: float = ANSWER_SECONDS
) -> bool:
    _push(link, data)
    deadline = seconds() + within
    while seconds() < deadline and not done():
        reader.feed(link.exchange(b"", 0.1)[1])
    return done()


def _push(link: Link, data: bytes) -> None:
    deadline = seconds() + PRINT_SECONDS
    while data and seconds() < deadline:
        taken, _ = link.exchange(data, 0.5)
        data = data[taken:]
