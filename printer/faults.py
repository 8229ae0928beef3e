"""What can go wrong at a printer, at a chosen byte or millimetre, so that recovery is tested where it matters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What breaks."""

    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    POWER_CYCLE = "power_cycle"
    RESET = "reset"
    """The connection is reset; the printer keeps what it has received."""
    MUTE = "mute"
    """Nothing is answered any more."""
    LATE = "late"
    """Every answer comes `seconds` late."""
    GARBAGE = "garbage"
    """For `seconds`, noise comes before every answer."""
    SLOW = "slow"
    """The mechanism moves at a tenth of its speed."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault that strikes once, when so many bytes were received or millimetres printed after it was injected.

    `seconds` is how long the printer is off after a power cycle, how late its answers are, how long noise lasts.
    """

    kind: FaultKind
    at_byte: int | None = None
    at_mm: float | None = None
    seconds: float = 0.1
    noise: bytes = b"\x00\xff\x5a\x12\x7e\x3d"
