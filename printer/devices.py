"""Carries bytes to a printer and back under deadlines; python-escpos opens the wires, no call here ever hangs."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from printer.addresses import Address, PrinterSettings, parse_address
from printer.render import escpos

CONNECT_SECONDS = 2.0
STATUS_SECONDS = 1.0
LP_SECONDS = 15.0
USB_CHUNK = 4096


class LinkLostError(Exception):
    """The wire is gone; what was sent may or may not have been printed."""


class LinkRefusedError(Exception):
    """The printer could not be reached; nothing was sent."""


class Link(Protocol):
    """An open wire to one printer."""

    def exchange(self, data: bytes, wait: float) -> tuple[int, bytes]:
        """Waits up to `wait` seconds until something can be sent or read; returns bytes taken and bytes received.

        Raises LinkLostError when the wire is gone.
        """

    def finish(self) -> None:
        """Everything was sent; hands it on where the wire collects it. Raises LinkLostError when that fails."""

    def close(self) -> None:
        """Ends the connection; never raises."""


def open_link(address: str) -> Link:
    """A fresh connection; raises LinkRefusedError when the printer cannot be reached within two seconds."""
    where = parse_address(address)
    try:
        return _open(where)
    except OSError as error:
        raise LinkRefusedError(str(error)) from error


def ask_aside(address: str) -> bytes:
    """The state of a network printer by its status port: four bytes as of automatic status, none when it is silent."""
    where = parse_address(address)
    with (
        contextlib.suppress(OSError),
        socket.create_connection((where.host, where.status_port), STATUS_SECONDS) as wire,
    ):
        wire.sendall(b"\x1bv")
        received = b""
        while len(received) < 4 and (more := wire.recv(4 - len(received))):
            received += more
        return received
    return b""


def seconds() -> float:
    """The clock of deadlines; it never jumps."""
    return time.monotonic()


def _open(where: Address) -> Link:
    if where.scheme == "usb":
        return UsbLink(where) if where.vendor else FileLink(where.path, two_way=True)
    openers: dict[str, Callable[[], Link]] = {
        "tcp": lambda: TcpLink(where.host, where.port),
        "emulator": lambda: TcpLink(where.host, where.port),
        "serial": lambda: SerialLink(where),
        "file": lambda: FileLink(where.path, two_way=False),
        "cups": lambda: CupsLink(where.path),
        "memory": lambda: MemoryLink(where.path),
    }
    return openers[where.scheme]()


class _Descriptor:
    """A wire the system can wait for."""

    _descriptor: int
    _two_way = True

    def exchange(self, data: bytes, wait: float) -> tuple[int, bytes]:
        fd = self._descriptor
        try:
            readable, writable, _ = select.select(
                [fd] if self._two_way else [], [fd] if data else [], [], max(0.0, wait)
            )
            received = self._receive() if readable else b""
            return self._push(data) if writable else 0, received
        except (BlockingIOError, InterruptedError):
            return 0, b""
        except (OSError, ValueError) as error:
            raise LinkLostError(str(error)) from error

    def finish(self) -> None:
        """Nothing is collected here."""

    def _push(self, data: bytes) -> int:
        return os.write(self._descriptor, data)

    def _receive(self) -> bytes:
        return self._some(os.read(self._descriptor, 4096))

    def _some(self, received: bytes) -> bytes:
        if not received:
            raise LinkLostError("the printer closed the connection")
        return received


class TcpLink(_Descriptor):
    """A network printer: one client at a time, so connections are short and always closed."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), CONNECT_SECONDS)
        # The library leaves a refused socket open, so it is handed one that is connected.
        self._printer: Any = escpos("Network")(host, port, timeout=CONNECT_SECONDS)
        self._printer.device = self._socket
        self._descriptor = self._socket.fileno()
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 3), ("TCP_KEEPCNT", 4)):
            if hasattr(socket, option):
                self._socket.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        self._socket.setblocking(False)

    def _push(self, data: bytes) -> int:
        return self._socket.send(data)

    def _receive(self) -> bytes:
        return self._some(self._socket.recv(4096))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._printer.close()


class FileLink(_Descriptor):
    """A device node (`usblp`, parallel port), a pipe or a file that collects what would be printed."""

    def __init__(self, path: str, *, two_way: bool) -> None:
        flags = os.O_RDWR if two_way else os.O_WRONLY | os.O_APPEND | os.O_CREAT
        self._descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        self._two_way = two_way and not stat.S_ISREG(os.fstat(self._descriptor).st_mode)

    def _receive(self) -> bytes:
        """A printer's node says "no more for now" with nothing, so that is no end here."""
        return os.read(self._descriptor, 4096)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


class SerialLink(_Descriptor):
    """A serial or RFCOMM port; writes never wait, however long the printer holds the line."""

    def __init__(self, where: Address) -> None:
        flow = {name: where.flow == name for name in ("xonxoff", "dsrdtr")}
        self._printer: Any = escpos("Serial")(where.path, where.baud, timeout=0, **flow)
        try:
            self._printer.open()
        except Exception as error:
            raise LinkRefusedError(str(error)) from error
        self._port = self._printer.device
        self._port.rtscts = where.flow == "rtscts"
        self._port.write_timeout = 0
        self._descriptor = int(self._port.fileno())

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._port.reset_output_buffer()
            self._printer.close()


class UsbLink:
    """A USB printer without the kernel's driver, by vendor and product."""

    def __init__(self, where: Address) -> None:
        try:
            self._printer: Any = escpos("Usb")(where.vendor, where.product, timeout=1000)
            self._printer.open()
        except Exception as error:  # pyusb has a dozen ways to say that a device or its library is not there
            raise LinkRefusedError(str(error)) from error
        self._usb = self._printer.device

    def exchange(self, data: bytes, wait: float) -> tuple[int, bytes]:
        patience = max(1, int(wait * 1000))
        sent = int(self._try(self._usb.write, self._printer.out_ep, data[:USB_CHUNK], patience) or 0) if data else 0
        received = self._try(self._usb.read, self._printer.in_ep, 64, 1 if data else patience)
        return sent, bytes(received or b"")

    def _try(self, call: Any, *arguments: Any) -> Any:
        """The result, None when nothing moved in time."""
        from usb.core import USBError, USBTimeoutError  # noqa: PLC0415 - rarely needed

        try:
            return call(*arguments)
        except USBTimeoutError:
            return None
        except USBError as error:
            raise LinkLostError(str(error)) from error

    def finish(self) -> None:
        """Nothing is collected here."""

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._printer.close()


class CupsLink:
    """A raw queue of the system: the last resort, for it calls done what it only passed on (printing 2.3)."""

    def __init__(self, queue: str) -> None:
        self._queue = queue
        self._collected = b""
        self._lp("lpstat", "-p", queue, problem=LinkRefusedError)

    def exchange(self, data: bytes, wait: float) -> tuple[int, bytes]:
        self._collected += data
        return len(data), b""

    def finish(self) -> None:
        self._lp("lp", "-d", self._queue, "-t", "slip", "-o", "raw", problem=LinkLostError)

    def _lp(self, *command: str, problem: type[Exception]) -> None:
        try:
            done = subprocess.run(command, input=self._collected, capture_output=True, timeout=LP_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise problem(str(error)) from error
        if done.returncode:
            raise problem(done.stderr.decode(errors="replace").strip() or f"{command[0]}: {done.returncode}")

    def close(self) -> None:
        self._collected = b""


class MemoryLink:
    """Keeps what would be printed in this process; for trying out layouts."""

    _pages: dict[str, bytearray] = {}  # noqa: RUF012 - shared by name on purpose, guarded by the lock
    _lock = threading.Lock()

    def __init__(self, name: str) -> None:
        self._name = name

    def exchange(self, data: bytes, wait: float) -> tuple[int, bytes]:
        with self._lock:
            self._pages.setdefault(self._name, bytearray()).extend(data)
        return len(data), b""

    @classmethod
    def taken(cls, name: str) -> bytes:
        """Everything sent to that name so far; it is forgotten."""
        with cls._lock:
            return bytes(cls._pages.pop(name, b""))

    def finish(self) -> None:
        """Nothing is collected here."""

    def close(self) -> None:
        """Nothing to close."""


__all__ = [
    "Address",
    "Link",
    "LinkLostError",
    "LinkRefusedError",
    "MemoryLink",
    "PrinterSettings",
    "ask_aside",
    "open_link",
    "parse_address",
    "seconds",
]
