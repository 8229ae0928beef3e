"""Where the hall is reached: the one server of a data folder leaves in its lock where it listens, for other processes.

The command line prints slips and addresses beside a server that may listen elsewhere than the configuration says.
"""

from __future__ import annotations

import contextlib
import fcntl
import socket
from collections.abc import Iterator
from pathlib import Path

LOCK = "server.lock"
EVERYWHERE = ("0.0.0.0", "[::]")  # noqa: S104 — told apart, not bound


@contextlib.contextmanager
def alone(data: Path) -> Iterator[None]:
    """Be the only server of a data folder, which is made where it is missing.

    Raises `BlockingIOError` where another process is.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def served(data: Path) -> bool:
    """Whether a server of this data folder runs now."""
    if not data.is_dir():
        return False
    try:
        with alone(data):
            return False
    except BlockingIOError:
        return True


def leave(data: Path, *, host: str, port: int) -> None:
    """Tell the other processes of a data folder where its server listens, from now until the next one starts."""
    (data / LOCK).write_text(f"{host} {port}")


def listening(data: Path, configured: str) -> tuple[str, int]:
    """Where the server of a data folder listens, as it has left that in its lock; else as configured."""
    lock = data / LOCK
    host, port = ((lock.read_text() if lock.exists() else "") or configured).split()
    return host, int(port)


def lan_address() -> str:
    """The address under which the hall's network knows this machine; asks the routing table, sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:  # no gateway, as on a network without Internet: then our own name knows an address
            try:
                names = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
            except OSError:
                names = []
            return next((str(name[4][0]) for name in names if not str(name[4][0]).startswith("127.")), "127.0.0.1")


class HallAddress:
    """How phones reach the hall; looked up anew while the network is not there yet, as after a power cut.

    Where no server has left its place in the data folder, the configured `host` and `port` count.
    """

    def __init__(self, data: Path, *, host: str, port: int) -> None:
        self._data, self._configured, self._known = data, f"{host} {port}", ""

    def __call__(self) -> str:
        if not self._known:
            host, port = listening(self._data, self._configured)
            found = lan_address() if host in EVERYWHERE else host
            if found.startswith("127."):
                return f"http://{found}:{port}"
            self._known = f"http://{found}:{port}"
        return self._known
