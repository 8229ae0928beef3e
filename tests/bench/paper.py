"""The measures' printers, each a process: one prints at a real printer's speed, one only accepts."""

from __future__ import annotations

import socket
import sys
import time

from printer.emulator import Emulator

REAL_SPEED = 150.0
"""Millimetres of paper in a second, as the data sheets of 80 mm counter printers give it."""
LIFETIME = 3 * 3600.0
"""Seconds after which a printer that was forgotten ends by itself."""


def accept_and_never_read(port: int) -> None:
    """A printer that takes every connection and not one byte, its buffer as small as the system allows."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        listener.settimeout(LIFETIME)
        held: list[socket.socket] = []
        while len(held) < 1000:
            held.append(listener.accept()[0])


def main() -> None:
    """Run the printer `paper.py PORT [blocked]`."""
    port = int(sys.argv[1])
    if sys.argv[2:] == ["blocked"]:
        accept_and_never_read(port)
    Emulator("127.0.0.1", port, mm_per_second=REAL_SPEED, keep=5).start()
    time.sleep(LIFETIME)


if __name__ == "__main__":
    main()
