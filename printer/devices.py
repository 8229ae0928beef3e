"""Carries bytes to a printer and back under deadlines; python-escpos opens the wire, no call here ever hangs."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from printer.profiles import Profile, adjusted
from printer.render import escpos

CONNECT_SECONDS = 2.0


class LinkLostError(Exception):
    """The wire is gone; what was sent may or may not have been printed."""


class LinkRefusedError(Exception):
    """The printer could not be reached; nothing was sent."""


@dataclass(frozen=True, kw_only=True)
class PrinterSettings:
    """One printer of the hall.

    `address` is one of `parse_address`; printers that share a `group` stand in for each other; `options` change
    single fields of the profile, as `python -m printer probe` prints them.
    """

    id: str
    name: str
    address: str
    profile: str = "emulator-80"
    group: str = ""
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            adjusted(self.profile, self.options)
            parse_address(self.address)
        except (KeyError, ValueError) as error:
            raise ValueError(f"printer {self.id}: {error.args[0]}") from error

    @property
    def kind(self) -> Profile:
        """The profile itself, adjusted."""
        return adjusted(self.profile, self.options)


class Link(Protocol):
    """An open wire to one printer."""

    def exchange(self, data: bytes, wait: float) -> tuple[int, bytes]:
        """Waits up to `wait` seconds until something can be sent or read; returns bytes taken and bytes received.

        Raises LinkLostError when the wire is gone.
        """

    def close(self) -> None:
        """Ends the connection; never raises."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a printer is: a scheme and what it needs."""

    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""


def parse_address(address: str) -> Address:
    """The parts of an address; raises ValueError naming what is wrong."""
    parts = urlsplit(address)
    if parts.scheme in {"tcp", "emulator"}:
        if not parts.hostname:
            raise ValueError(f"printer address {address!r} names no host")
        return Address(scheme=parts.scheme, host=parts.hostname, port=parts.port or 9100)
    raise ValueError(f"printer address {address!r}: unknown kind {parts.scheme!r}")


def open_link(address: str) -> Link:
    """A fresh connection; raises LinkRefusedError when the printer cannot be reached within two seconds."""
    where = parse_address(address)
    return TcpLink(where.host, where.port)


class TcpLink:
    """A network printer: one client at a time, so connections are short and always closed."""

    def __init__(self, host: str, port: int) -> None:
        try:
            self._socket = socket.create_connection((host, port), CONNECT_SECONDS)
        except OSError as error:
            raise LinkRefusedError(str(error)) from error
        # The library leaves a refused socket open, so it is handed one that is connected.
        self._printer: Any = escpos("Network")(host, port, timeout=CONNECT_SECONDS)
        self._printer.device = self._socket
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 3), ("TCP_KEEPCNT", 4)):
            if hasattr(socket, option):
                self._socket.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        self._socket.setblocking(False)

    def exchange(self, data: bytes, wait: float) -> tuple[int, bytes]:
        try:
            readable, writable, _ = select.select([self._socket], [self._socket] if data else [], [], max(0.0, wait))
            received = self._receive() if readable else b""
            sent = self._socket.send(data) if writable else 0
        except (BlockingIOError, InterruptedError):
            return 0, b""
        except (OSError, ValueError) as error:
            raise LinkLostError(str(error)) from error
        return sent, received

    def _receive(self) -> bytes:
        received = self._socket.recv(4096)
        if not received:
            raise LinkLostError("the printer closed the connection")
        return received

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._printer.close()


def seconds() -> float:
    """The clock of deadlines; it never jumps."""
    return time.monotonic()
