"""What a kind of printer can do, so that one document becomes the right bytes for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

DOTS_PER_MM = 8
"""203 dpi, the pitch of every common receipt head."""


class Renderer(StrEnum):
    """How text reaches the paper: drawn by us, or set in the printer's own type."""

    RASTER = "raster"
    NATIVE = "native"


class Ack(StrEnum):
    """How well a printer can say that a slip is out, best first."""

    PROCESS_ID = "process_id"
    """`GS ( H`: the printer repeats our number when the paper has moved."""
    BARRIER = "barrier"
    """`GS r 1`: answered in order, so the answer means that everything before it is done."""
    STATUS = "status"
    """`DLE EOT`: only whether the printer is well."""
    NONE = "none"


class StatusRoute(StrEnum):
    """Where the state of a printer is asked."""

    INBAND = "inband"
    TCP_4000 = "tcp4000"
    NONE = "none"


class Cutter(StrEnum):
    """How a printer cuts the paper: by `GS V` in part or through, by the older `ESC i`, or not at all."""

    PARTIAL = "partial"
    FULL = "full"
    ESC_I = "esc_i"
    NONE = "none"


class Buzzer(StrEnum):
    """By which command a printer beeps when a slip is out; most are left silent."""

    NONE = "none"
    ESC_B = "esc_b"
    ESC_PAREN_A = "esc_paren_a"
    BEL = "bel"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One kind of printer. Widths in dots, pauses in seconds."""

    name: str
    title: str
    width_dots: int = 576
    renderer: Renderer = Renderer.RASTER
    charset: str = "gbk"
    """gb2312, gbk or gb18030: what the ROM really holds; manuals that say GB18030 mostly mean its two-byte part."""
    fs_sizes: bool = False
    """True where hanzi need `FS !` / `FS W` beside `GS !`."""
    native_qr: bool = False
    cutter: Cutter = Cutter.PARTIAL
    tail_lines: int = 5
    """Lines fed at the end where there is no cutter."""
    buzzer: Buzzer = Buzzer.NONE
    ack: Ack = Ack.BARRIER
    status: StatusRoute = StatusRoute.INBAND
    slice_rows: int = 240
    """At most 255: some printers read only the low byte of the row count."""
    slice_pause: float = 0.0

    def __post_init__(self) -> None:
        if self.width_dots % 8 or not 8 <= self.slice_rows <= 255:
            raise ValueError(f"profile {self.name}: width in whole bytes, slices of 8 to 255 rows")

    @property
    def flush_bytes(self) -> int:
        """How many NULs finish any half-received slice: one whole slice and the longest header."""
        return self.width_dots // 8 * self.slice_rows + 64


def _profiles(*profiles: Profile) -> dict[str, Profile]:
    return {profile.name: profile for profile in profiles}


PROFILES = _profiles(
    Profile(name="emulator-80", title="模拟打印机 80 毫米", ack=Ack.PROCESS_ID, native_qr=True),
    Profile(name="emulator-58", title="模拟打印机 58 毫米", width_dots=384, ack=Ack.PROCESS_ID, native_qr=True),
    Profile(name="epson-tm-80", title="Epson TM-T81III/T82/T83/T88 80 毫米", ack=Ack.PROCESS_ID, native_qr=True),
    Profile(name="xprinter-80", title="芯烨 XP 系列 80 毫米", native_qr=True, buzzer=Buzzer.ESC_B),
    Profile(
        name="xprinter-58",
        title="芯烨 XP-58 系列",
        width_dots=384,
        cutter=Cutter.NONE,
        ack=Ack.STATUS,
        slice_pause=0.02,
    ),
    Profile(
        name="network-4000", title="网口状态在 4000 端口的 80 毫米打印机", ack=Ack.STATUS, status=StatusRoute.TCP_4000
    ),
    Profile(name="gprinter-80", title="佳博 GP 系列 80 毫米", native_qr=True, buzzer=Buzzer.ESC_B),
    Profile(name="rongta-80", title="容大 RP80/RP326 80 毫米", native_qr=True),
    Profile(
        name="rongta-portable-58",
        title="容大便携 58 毫米",
        width_dots=384,
        renderer=Renderer.NATIVE,
        cutter=Cutter.NONE,
        ack=Ack.NONE,
        status=StatusRoute.NONE,
    ),
    Profile(
        name="sprt-58",
        title="思普瑞特 58 毫米",
        width_dots=384,
        renderer=Renderer.NATIVE,
        charset="gb2312",
        cutter=Cutter.NONE,
        ack=Ack.STATUS,
    ),
    Profile(
        name="zijiang-58",
        title="资江/HOIN 58 毫米",
        width_dots=384,
        cutter=Cutter.NONE,
        fs_sizes=True,
        ack=Ack.STATUS,
        slice_pause=0.02,
    ),
    Profile(name="native-80", title="串口 80 毫米（字库打印）", renderer=Renderer.NATIVE, native_qr=True),
    Profile(
        name="native-58",
        title="串口 58 毫米（字库打印）",
        width_dots=384,
        renderer=Renderer.NATIVE,
        cutter=Cutter.NONE,
        ack=Ack.STATUS,
    ),
    Profile(
        name="bluetooth-58",
        title="蓝牙 58 毫米（字库打印，无状态）",
        width_dots=384,
        renderer=Renderer.NATIVE,
        cutter=Cutter.NONE,
        ack=Ack.NONE,
        status=StatusRoute.NONE,
        slice_pause=0.05,
    ),
    Profile(name="cups-80", title="系统打印队列 80 毫米", ack=Ack.NONE, status=StatusRoute.NONE),
)


def profile(name: str) -> Profile:
    """The shipped profile of that name; raises KeyError naming the known ones."""
    try:
        return PROFILES[name]
    except KeyError:
        raise KeyError(f"unknown printer profile {name!r}; known: {', '.join(PROFILES)}") from None


def adjusted(name: str, options: Mapping[str, str | int | float | bool]) -> Profile:
    """The shipped profile with single fields changed; raises KeyError or ValueError naming what is wrong."""
    base = profile(name)
    known = {field.name: getattr(base, field.name) for field in fields(base) if field.name not in {"name", "title"}}
    changes: dict[str, Any] = {}
    for key, value in options.items():
        if key not in known:
            raise ValueError(f"unknown printer option {key!r}; known: {', '.join(known)}")
        kind: Any = type(known[key])
        if issubclass(kind, StrEnum) or isinstance(value, kind) or (kind is float and isinstance(value, int)):
            changes[key] = kind(value)
        else:
            raise ValueError(f"printer option {key!r} is a {kind.__name__}, not {value!r}")
    return replace(base, **changes)
