"""systemd hears from the hall while its parts work, and nothing once one of them hangs."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.watch import Watch, notify
from tests.conftest import Server

HALL = """
import sys, time
from pathlib import Path
from kiosk import push, server, watch
from kiosk.operations import upkeep

watch.EVERY, server.LATE = 0.1, 0.5
relay, writer = push.Relay._follow, upkeep.pass_through

def held(part, work):
    def run(*words):
        while Path(sys.argv[1], part).exists():
            time.sleep(0.05)
        return work(*words)
    return run

push.Relay._follow = held("relay", relay)
upkeep.pass_through = lambda context: context.database.write(held("writer", lambda _db: True))
from kiosk.cli import main
main(sys.argv[2:])
"""
"""The hall, watched at a test's pace, where a file holds the part it is named after."""


@dataclass
class Watched(Server):
    """A hall whose parts can be held."""

    def command(self, *words: str) -> list[str]:
        program, _, _, *rest = super().command(*words)
        return [program, "-c", HALL, str(self.data), *rest]


class Systemd:
    """The other end of the socket."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)

    def hears(self, timeout: float = 10.0) -> str:
        """The next word, empty when none comes in time."""
        self.socket.settimeout(timeout)
        with contextlib.suppress(TimeoutError):
            return self.socket.recv(200).decode()
        return ""

    def falls_silent(self) -> bool:
        """Whether the words that come every tenth of a second end."""
        return any(self.hears(1.5) == "" for _ in range(50))


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Systemd]:
    heard = Systemd(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    yield heard
    heard.socket.close()


@pytest.fixture
def watched(systemd: Systemd, server: Server) -> Iterator[Watched]:
    """A hall that tells a systemd; `server` has made its folders, and is stopped first."""
    server.stop()
    while systemd.hears(0.2):
        pass
    hall = Watched(server.url, server.config, server.data, server.paper)
    hall.start()
    yield hall
    hall.stop(kill=True)


def test_systemd_is_told_that_the_hall_is_up_and_well_and_that_it_stops(systemd: Systemd, watched: Watched) -> None:
    assert [systemd.hears() for _ in range(4)] == ["READY=1", *["WATCHDOG=1"] * 3]

    begun = time.monotonic()
    watched.stop()

    assert time.monotonic() - begun < 5
    words = list(iter(lambda: systemd.hears(0.2), ""))
    assert words[-1] == "STOPPING=1"
    assert set(words[:-1]) <= {"WATCHDOG=1"}


@pytest.mark.parametrize("part", ["relay", "writer"])
def test_systemd_hears_nothing_while_a_part_hangs(systemd: Systemd, watched: Watched, part: str) -> None:
    assert systemd.hears() == "READY=1"

    (watched.data / part).touch()
    assert systemd.falls_silent()
    (watched.data / part).unlink()

    assert systemd.hears() == "WATCHDOG=1"


def test_a_part_that_fails_or_is_late_is_not_well() -> None:
    assert Watch("x", {"web": lambda: True})._all_well()
    assert not Watch("x", {"web": lambda: False})._all_well()
    assert not Watch("x", {"web": lambda: bool(1 // 0)})._all_well()


def test_an_abstract_name_and_no_name_are_known(tmp_path: Path) -> None:
    heard = Systemd(f"\0{tmp_path}")

    notify("", "READY=1")
    notify(f"@{tmp_path}", "READY=1")
    notify(str(tmp_path / "nobody"), "READY=1")

    assert heard.hears() == "READY=1"
    assert heard.hears(0.1) == ""
    heard.socket.close()
