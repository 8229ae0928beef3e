"""Reads what a printer says about itself, byte by byte, because answers arrive late, unasked and mixed with noise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

DLE_EOT = b"\x10\x04"
ASB_ON = b"\x1da\x0f"
BARRIER = b"\x1dr\x01"
QUESTIONS = (2, 4, 1)
"""`DLE EOT n`: causes of being off-line, paper sensor, drawer and on-line; asked one at a time, in this order."""


class Condition(StrEnum):
    """How a printer is, in the order of what a person has to do about it."""

    READY = "ready"
    PRINTING = "printing"
    WAITING_PAPER = "waiting_paper"
    WAITING_COVER = "waiting_cover"
    OFFLINE = "offline"
    ERROR = "error"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        """What the hall reads."""
        return _WORDS[self]


_WORDS = {
    Condition.READY: "正常",
    Condition.PRINTING: "正在打印",
    Condition.WAITING_PAPER: "缺纸",
    Condition.WAITING_COVER: "上盖未合",
    Condition.OFFLINE: "连不上",
    Condition.ERROR: "故障",
    Condition.UNKNOWN: "状态未知",
}


@dataclass(frozen=True, kw_only=True)
class Sensors:
    """What the printer last reported; None where it never did."""

    paper_out: bool | None = None
    cover_open: bool | None = None
    error: bool | None = None
    offline: bool | None = None
    near_end: bool | None = None

    @property
    def condition(self) -> Condition:
        """The first thing in the way of printing, UNKNOWN while nothing was reported."""
        if self.cover_open:
            return Condition.WAITING_COVER
        if self.paper_out:
            return Condition.WAITING_PAPER
        if self.error:
            return Condition.ERROR
        if self.offline:
            return Condition.OFFLINE
        if self.paper_out is None and self.offline is None:
            return Condition.UNKNOWN
        return Condition.READY

    @property
    def trouble(self) -> Condition | None:
        """The condition when it stands in the way of printing."""
        condition = self.condition
        return None if condition in (Condition.READY, Condition.UNKNOWN) else condition


@dataclass
class StatusReader:
    """Classifies every received byte by its fixed bits; `feed` it and look at the fields.

    `DLE EOT` answers do not say which question they answer, so only one question is ever open (`ask`); a repeated
    question repeats the same one, and a late answer can never be taken for another's.
    """

    sensors: Sensors = field(default_factory=Sensors)
    barriers: int = 0
    """`GS r 1` answers since `forget_barriers`, counted only while they say that paper is there."""
    processes: set[bytes] = field(default_factory=set)
    """Process numbers the printer reported as printed."""
    heard: bool = False
    rounds: int = 0
    """How many times every question has been answered."""
    blocks: int = 0
    """How many times the printer told its whole state unasked."""
    noise: int = 0
    _open: int | None = None
    _next: int = 0
    _block: bytearray = field(default_factory=bytearray)

    def ask(self) -> bytes:
        """The bytes of the next status question, or of the one still open."""
        if self._open is None:
            self._open = QUESTIONS[self._next]
        return DLE_EOT + bytes([self._open])

    @property
    def waiting(self) -> bool:
        """True while a question is open."""
        return self._open is not None

    @property
    def answers(self) -> int:
        """How many times the whole state has become known."""
        return self.rounds + self.blocks

    def forget_barriers(self) -> None:
        """Answers received so far belong to something sent before."""
        self.barriers = 0

    def feed(self, data: bytes) -> None:
        """Takes received bytes in any portions."""
        for byte in data:
            self._byte(byte)

    def _byte(self, byte: int) -> None:
        if self._block and self._continues(byte):
            return
        if byte == 0x37 or byte & 0x93 == 0x10:
            self._block = bytearray([byte])
        elif byte & 0x93 == 0x12:
            self._answer(byte)
        elif byte & 0x90 == 0 and byte in (0x00, 0x03, 0x0C, 0x0F):
            self.heard = True
            self.barriers += byte & 0x0C == 0
        else:
            self.noise += 1

    def _continues(self, byte: int) -> bool:
        """True when the byte belongs to the open block; a byte that cannot belong ends the block as noise."""
        self._block.append(byte)
        block = bytes(self._block)
        if block[0] == 0x37:
            place = len(block)  # header, header, a number of four printable characters, end
            fits = 0x20 <= byte <= 0x7E if 2 < place < 7 else byte == {1: 0x37, 2: 0x22, 7: 0x00}[place]
            complete = len(block) == 7
        else:
            fits, complete = byte & 0x90 == 0, len(block) == 4
        if not fits:
            self.noise += len(block) - 1
            self._block.clear()
            return False
        if complete:
            self._block.clear()
            self._complete(block)
        return True

    def _complete(self, block: bytes) -> None:
        self.heard = True
        if block[0] == 0x37:
            self.processes.add(block[2:6])
            return
        self.blocks += 1
        self.sensors = Sensors(
            offline=bool(block[0] & 0x08),
            cover_open=bool(block[0] & 0x20),
            error=bool(block[1] & 0x2C),
            paper_out=bool(block[2] & 0x0C),
            near_end=bool(block[2] & 0x03),
        )

    def _answer(self, byte: int) -> None:
        question, self._open = self._open, None
        if question is None:
            self.noise += 1
            return
        self.heard = True
        self._next = (self._next + 1) % len(QUESTIONS)
        self.rounds += self._next == 0
        if question == 1:
            self.sensors = replace(self.sensors, offline=bool(byte & 0x08))
        elif question == 2:
            self.sensors = replace(self.sensors, cover_open=bool(byte & 0x04), error=bool(byte & 0x40))
        else:
            self.sensors = replace(self.sensors, paper_out=bool(byte & 0x60), near_end=bool(byte & 0x0C))


def process_request(token: bytes) -> bytes:
    """`GS ( H` function 48: asks the printer to report this four-byte number when everything before it is printed."""
    return b"\x1d(H\x06\x0000" + token


def process_token(job: int, copy: int) -> bytes:
    """Four printable bytes that no recent attempt shares."""
    number = job * 4 + copy
    digits = []
    for _ in range(4):
        number, digit = divmod(number, 36)
        digits.append(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit])
    return bytes(reversed(digits))
