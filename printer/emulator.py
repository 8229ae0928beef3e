"""A receipt printer in software on a real TCP port: the paper of a fresh install, and the double of every test."""

from __future__ import annotations

import contextlib
import io
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise

from PIL import Image

from printer.decoder import Decoder, Paper, Reply
from printer.faults import Fault, FaultKind
from printer.paper import blueprint
from printer.profiles import DOTS_PER_MM

_RECEIVE = 2048


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


class Emulator:
    """One printer. `port` 0 takes a free one; `mm_per_second` 0 prints at once; `process_ids` answers `GS ( H`.

    `buffer_bytes` is its memory: when it is full and the paper stops, the sender waits. `status_port` also tells the
    state there, as some network cards do.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 9100,
        *,
        width_dots: int = 576,
        mm_per_second: float = 150.0,
        charset: str = "gbk",
        process_ids: bool = True,
        buffer_bytes: int = 65536,
        status_port: int | None = None,
        keep: int = 60,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.host, self.port, self.width_dots = host, port, width_dots
        self.mm_per_second, self.status_port = mm_per_second, status_port
        self._process_ids, self._buffer_bytes, self._clock = process_ids, buffer_bytes, clock
        self._slips: deque[Slip] = deque(maxlen=keep)
        self._count = 0
        self._decoder = Decoder(width_dots, charset=charset, on_cut=self._cut, on_reply=self._reply)
        self._change = threading.Condition()
        self._stopped = threading.Event()
        self._client: socket.socket | None = None
        self._teller: socket.socket | None = None
        self._faults: list[tuple[Fault, int, float]] = []
        self._received, self._printed_mm = 0, 0.0
        self._paper, self._covered, self._powered = True, True, True
        self._noisy_until = 0.0
        self._mute, self._late, self._noise, self._slow, self._asb = False, 0.0, b"", False, False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Listens; raises OSError when the port is taken."""
        self._listener = socket.create_server((self.host, self.port), reuse_port=False)
        self.port = int(self._listener.getsockname()[1])
        targets = [self._serve, self._work]
        if self.status_port is not None:
            self._teller = socket.create_server((self.host, self.status_port))
            self.status_port = int(self._teller.getsockname()[1])
            targets.append(self._tell)
        for target in targets:
            thread = threading.Thread(target=target, name=f"emulator-{target.__name__}-{self.port}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Switches the printer off for good."""
        self._stopped.set()
        for listener in (self._listener, self._teller):
            if listener is not None:
                with contextlib.suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)
                listener.close()
        self._hang_up(reset=False)
        with self._change:
            self._change.notify_all()
        for thread in self._threads:
            thread.join(2.0)

    @property
    def address(self) -> str:
        """The address the spool prints to."""
        return f"emulator://{self.host}:{self.port}"

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

    # the wire

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._change:
                self._client, self._asb = client, False
                powered = self._powered
            if powered:
                with contextlib.suppress(OSError):
                    self._listen(client)
            with self._change:
                self._client = None
            client.close()

    def _listen(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tail = b""
        while data := client.recv(_RECEIVE):
            tail = self._real_time(tail + data)
            with self._change:
                self._change.wait_for(
                    lambda: (
                        len(self._decoder.buffer) < self._buffer_bytes
                        or self._stopped.is_set()
                        or self._client is not client
                    )
                )
                if self._client is not client:
                    return
                for byte_limit in self._portions(len(data)):
                    part, data = data[:byte_limit], data[byte_limit:]
                    self._decoder.buffer += part
                    self._received += len(part)
                    self._trip()
                    if self._client is not client:
                        return
                self._change.notify_all()

    def _portions(self, length: int) -> list[int]:
        """Cuts received bytes at the places where a fault strikes."""
        places = sorted(
            start + fault.at_byte - self._received
            for fault, start, _ in self._faults
            if fault.at_byte is not None and 0 < start + fault.at_byte - self._received < length
        )
        edges = [0, *places, length]
        return [b - a for a, b in pairwise(edges)]

    def _real_time(self, data: bytes) -> bytes:
        """Answers `DLE EOT n` wherever it stands, even inside a picture; returns what may be the start of another."""
        place = data.find(b"\x10\x04")
        while place >= 0 and place + 2 < len(data):
            question = data[place + 2]
            if 1 <= question <= 4:
                self._answer(bytes([self._status(question)]))
            place = data.find(b"\x10\x04", place + 3)
        if place >= 0:
            return data[place:]
        return data[-1:] if data[-1:] == b"\x10" else b""

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

    def _tell(self) -> None:
        """The status port of some network cards: `ESC v` gets the state, whatever the paper port is doing."""
        while self._teller is not None and not self._stopped.is_set():
            with contextlib.suppress(OSError):
                asker, _ = self._teller.accept()
                with asker:
                    asker.settimeout(1.0)
                    if asker.recv(2) == b"\x1bv" and self._powered and not self._mute:
                        asker.sendall(self._state())

    def _answer(self, data: bytes) -> None:
        client = self._client
        if client is None or self._mute:
            return
        if self._noise and time.monotonic() < self._noisy_until:
            data = self._noise + data
        if self._late:
            timer = threading.Timer(self._late, self._send_late, (data,))
            timer.daemon = True
            timer.start()
        else:
            self._send(client, data)

    def _send_late(self, data: bytes) -> None:
        """Whoever is connected by then gets the answer, as with real network cards."""
        client = self._client
        if client is not None:
            self._send(client, data)

    def _send(self, client: socket.socket, data: bytes) -> None:
        with contextlib.suppress(OSError):
            client.send(data, getattr(socket, "MSG_DONTWAIT", 0))

    def _hang_up(self, *, reset: bool) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError):
                if reset:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                else:
                    client.shutdown(socket.SHUT_RDWR)
            if reset:
                self._reset_socket(client)

    def _reset_socket(self, client: socket.socket) -> None:
        """Closing alone would wait for the thread that reads; the descriptor is replaced so that the RST goes out."""
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RD)
            client.close()

    # the mechanism

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

    # faults

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


__all__ = ["Emulator", "Fault", "FaultKind", "Slip", "blueprint"]
