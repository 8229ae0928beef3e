"""A receipt printer in software on a real TCP port: the paper of a fresh install, and the double of every test."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

from printer.faults import Fault, FaultKind
from printer.mechanism import Mechanism, Slip
from printer.paper import blueprint

_RECEIVE = 2048


class Emulator(Mechanism):
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
        super().__init__(
            width_dots=width_dots,
            mm_per_second=mm_per_second,
            charset=charset,
            process_ids=process_ids,
            keep=keep,
            clock=clock,
        )
        self.host, self.port, self.status_port = host, port, status_port
        self._buffer_bytes = buffer_bytes
        self._listener: socket.socket | None = None
        self._teller: socket.socket | None = None
        self._client: socket.socket | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Listens; raises OSError when the port is taken."""
        self._listener = socket.create_server((self.host, self.port))
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

    def _serve(self) -> None:
        while self._listener is not None and not self._stopped.is_set():
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


__all__ = ["Emulator", "Fault", "FaultKind", "Slip", "blueprint"]
