"""Tells systemd that the hall is up, and then every ten seconds that it still does its work: silence has it restarted.

A process can live on while one of its threads hangs for good; `Restart=always` alone would never notice.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping

EVERY = 10.0
"""Seconds between two looks; the unit waits for three of them (`WatchdogSec=30`)."""
LATE = 5.0
"""Seconds in which each part must have done its work."""

log = logging.getLogger(__name__)


def notify(address: str, state: str) -> None:
    """Send a line to systemd's socket (sd_notify); nothing happens where there is none."""
    if not address:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
            wire.settimeout(LATE)
            wire.connect("\0" + address[1:] if address.startswith("@") else address)
            wire.sendall(state.encode())
    except OSError:
        log.exception("systemd could not be told %s", state)


def answers(host: str, port: int) -> bool:
    """Whether the web of a hall on this machine says that it is well."""
    from http.client import HTTPConnection, HTTPException  # noqa: PLC0415 — the server's watchman would carry it

    own = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}.get(host, host)  # noqa: S104 — told apart, not bound
    connection = HTTPConnection(own.strip("[]"), port, timeout=LATE)
    try:
        connection.request("GET", "/api/health", headers={"Host": f"127.0.0.1:{port}"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class Watch:
    """Looks at each part of the running hall by name, and tells `address` only while all of them are well."""

    def __init__(self, address: str, parts: Mapping[str, Callable[[], bool]]) -> None:
        self._address, self._parts = address, parts
        self._stop = threading.Event()

    def start(self) -> None:
        """Begin to look, if anybody wants to know."""
        if self._address:
            threading.Thread(target=self._run, name="watch", daemon=True).start()

    def stop(self) -> None:
        """Tell nothing any more; a look under way is not waited for."""
        self._stop.set()

    def _run(self) -> None:
        word = "READY=1"
        while not self._stop.is_set():
            if self._all_well() and not self._stop.is_set():
                notify(self._address, word)
                word = "WATCHDOG=1"
            self._stop.wait(EVERY)

    def _all_well(self) -> bool:
        """Whether each part has answered in time; a part that hangs keeps us here, and silent."""
        for name, is_well in self._parts.items():
            begun = time.monotonic()
            try:
                well = is_well()
            except Exception:
                log.exception("the %s failed", name)
                return False
            if not well or time.monotonic() > begun + LATE:
                if not self._stop.is_set():
                    log.error("the %s does not answer in time; systemd is not told that all is well", name)
                return False
        return True
