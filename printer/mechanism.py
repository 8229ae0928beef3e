"""The body of a receipt printer in software: paper, head, lid and everything that can break."""

from __future__ import annotations

import io
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from PIL import Image

from printer.decoder import Decoder, Paper, Reply
from printer.faults import Fault, FaultKind
from printer.profiles import DOTS_PER_MM


@dataclass(frozen=True)
class Slip:
    """A cut piece of paper. `text` holds the lines set in the printer's own type; pictures are in the image."""

    number: int
    at: datetime
    image: Image.Image
    text: str
    partial: bool = False
    """True for the paper under the head that is not cut yet."""

    @cached_property
    def png(self) -> bytes:
        """The slip as PNG."""
        stream = io.BytesIO()
        self.image.save(stream, "PNG")
        return stream.getvalue()


class Mechanism(ABC):
    """Executes what was received, at the speed of the motor; `answer` and `hang_up` are the wire's."""

    def __init__(
        self,
        *,
        width_dots: int,
        mm_per_second: float,
        charset: str,
        process_ids: bool,
        keep: int,
        clock: Callable[[], datetime],
    ) -> None:
        self.width_dots, self.mm_per_second = width_dots, mm_per_second
        self._process_ids, self._clock = process_ids, clock
        self._slips: deque[Slip] = deque(maxlen=keep)
        self._count = 0
        self._decoder = Decoder(width_dots, charset=charset, on_cut=self._cut, on_reply=self._reply)
        self._change = threading.Condition()
        self._stopped = threading.Event()
        self._faults: list[tuple[Fault, int, float]] = []
        self._received, self._printed_mm = 0, 0.0
        self._paper, self._covered, self._powered = True, True, True
        self._mute, self._late, self._slow, self._asb = False, 0.0, False, False
        self._noise, self._noisy_until = b"", 0.0

    @abstractmethod
    def _answer(self, data: bytes) -> None:
        """Send bytes to whoever is connected; the caller holds the printer still."""

    @abstractmethod
    def _hang_up(self, *, reset: bool) -> None:
        """End the connection, as a reset or in peace."""

    def slips(self) -> tuple[Slip, ...]:
        """The cut slips, oldest first."""
        with self._change:
            return tuple(self._slips)

    def under_head(self) -> Slip | None:
        """What is printed but not cut, None when there is no ink on it."""
        with self._change:
            paper = self._decoder.paper
            if not paper.inked:
                return None
            return Slip(self._count + 1, self._clock(), paper.image(), paper.text(), partial=True)

    def wait_for_slips(self, count: int, timeout: float = 10.0) -> tuple[Slip, ...]:
        """The slips as soon as there are `count`; raises TimeoutError when they do not come."""
        with self._change:
            if not self._change.wait_for(lambda: self._count >= count, timeout):
                raise TimeoutError(f"{self._count} of {count} slips after {timeout} s")
            return tuple(self._slips)

    @property
    def trouble(self) -> str:
        """What keeps the printer from printing, in the hall's words; empty when nothing does."""
        with self._change:
            if not self._powered:
                return "已断电"
            return "上盖未合" if not self._covered else "" if self._paper else "缺纸"

    def inject(self, fault: Fault) -> None:
        """Arms a fault; without a place it strikes now."""
        with self._change:
            self._faults.append((fault, self._received, self._printed_mm))
            self._trip()

    def load_paper(self) -> None:
        """A new roll."""
        self._repair(paper=True)

    def close_cover(self) -> None:
        """The lid is shut again."""
        self._repair(covered=True)

    def heal(self) -> None:
        """Everything is well again and no fault is armed."""
        with self._change:
            self._faults.clear()
            self._mute, self._late, self._noise, self._slow = False, 0.0, b"", False
        self._repair(paper=True, covered=True)

    def _repair(self, *, paper: bool = False, covered: bool = False) -> None:
        with self._change:
            self._paper, self._covered = self._paper or paper, self._covered or covered
            self._report_asb()
            self._change.notify_all()

    def _status(self, question: int) -> int:
        with self._change:
            out, opened = not self._paper, not self._covered
        match question:
            case 1:
                return 0x12 | (0x08 if out or opened else 0)
            case 2:
                return 0x12 | (0x04 if opened else 0) | (0x20 if out else 0)
            case 4:
                return 0x12 | (0x6C if out else 0)
            case _:
                return 0x12

    def _report_asb(self) -> None:
        if self._asb:
            self._answer(self._state())

    def _state(self) -> bytes:
        """Four bytes as of automatic status."""
        first = 0x10 | (0x08 if not (self._paper and self._covered) else 0) | (0 if self._covered else 0x20)
        return bytes([first, 0, 0 if self._paper else 0x0F, 0])

    def _work(self) -> None:
        while not self._stopped.is_set():
            with self._change:
                moved = self._decoder.step() if self._can_print() else None
                if moved is None:
                    self._change.wait()
                    continue
                self._printed_mm += moved / DOTS_PER_MM
                self._trip()
                self._change.notify_all()
                speed = self.mm_per_second / (10 if self._slow else 1)
            if moved and speed:
                self._stopped.wait(moved / DOTS_PER_MM / speed)

    def _can_print(self) -> bool:
        return self._paper and self._covered and self._powered

    def _cut(self, paper: Paper) -> None:
        if paper.inked:
            self._count += 1
            self._slips.append(Slip(self._count, self._clock(), paper.image(), paper.text()))

    def _reply(self, reply: Reply) -> None:
        match reply.kind:
            case "asb":
                self._asb = bool(reply.data[0])
                self._report_asb()
            case "barrier":
                self._answer(b"\x00")
            case "process" if self._process_ids:
                self._answer(b"\x37\x22" + reply.data + b"\x00")
            case "id":
                self._answer(b"_EMULATOR\x00")

    def _trip(self) -> None:
        """Lets armed faults strike whose place is reached."""
        for entry in list(self._faults):
            fault, byte, mm = entry
            due_byte = fault.at_byte is not None and self._received - byte >= fault.at_byte
            due_mm = fault.at_mm is not None and self._printed_mm - mm >= fault.at_mm
            if due_byte or due_mm or (fault.at_byte is None and fault.at_mm is None):
                self._faults.remove(entry)
                self._strike(fault)

    def _strike(self, fault: Fault) -> None:
        match fault.kind:
            case FaultKind.PAPER_OUT:
                self._paper = False
                self._report_asb()
            case FaultKind.COVER_OPEN:
                self._covered = False
                self._report_asb()
            case FaultKind.RESET:
                self._hang_up(reset=True)
            case FaultKind.POWER_CYCLE:
                self._powered = False
                self._decoder.reset()
                self._hang_up(reset=True)
                timer = threading.Timer(fault.seconds, self._power_on)
                timer.daemon = True
                timer.start()
            case FaultKind.MUTE:
                self._mute = True
            case FaultKind.LATE:
                self._late = fault.seconds
            case FaultKind.GARBAGE:
                self._noise, self._noisy_until = fault.noise, time.monotonic() + fault.seconds
            case FaultKind.SLOW:
                self._slow = True
        self._change.notify_all()

    def _power_on(self) -> None:
        with self._change:
            self._decoder.reset()
            self._powered = True
            self._change.notify_all()
