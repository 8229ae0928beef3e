"""What the server weighs with a hall full of screens: at rest, and after an hour of demonstration traffic."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

from tests.bench import bare
from tests.bench import hall as halls
from tests.bench.hall import Hall
from tests.bench.processes import ROOT, free_port, pss_mib, threads
from tests.bench.swarm import Swarm
from tests.bench.table import Line, Note, Row, below

SCREENS = 50
LIMIT = 120.0
REST = 6.0
"""Seconds of rest before weighing: one beat of the sockets' ping passes."""


def _pid(hall: Hall) -> int:
    assert hall.process
    return hall.process.pid


def _demo(hall: Hall, minutes: float, speed: float) -> int:
    """Play the demonstration beside the server; how many visits it says it has completed."""
    words = ("demo", "--minutes", f"{minutes:g}", "--speed", f"{speed:g}", "--yes")
    played = subprocess.run(
        hall.command(*words), cwd=ROOT, capture_output=True, text=True, timeout=minutes * 60 + 120, check=True
    )
    return sum(1 for line in played.stdout.splitlines() if "→" in line)


def measure(*, hour: str = "accelerated") -> Iterator[Line]:
    """Proportional set size of all server processes; the hour is played 60 times as fast, or in `real` time."""
    minutes, speed = (60.0, 1.0) if hour == "real" else (1.0, 60.0)
    with bare.running(free_port()) as small, halls.running() as hall:
        floor = pss_mib(small.pid)
        hall.morning()
        empty = pss_mib(_pid(hall))
        with Swarm(hall.port, SCREENS):
            time.sleep(REST)
            idle, crowd = pss_mib(_pid(hall)), threads(_pid(hall))
            calls = _demo(hall, minutes, speed)
            time.sleep(REST)
            after = pss_mib(_pid(hall))
    label = "an hour" if hour == "real" else "an hour's traffic in one minute"
    yield Note(text=f"memory (PSS, all server processes; {crowd} threads with {SCREENS} screens); floor: bare gunicorn")
    yield Row(measure="no screen", ours=empty, unit="MiB", floor=floor)
    yield below(f"at rest, {SCREENS} screens", idle, "MiB", LIMIT, floor)
    yield below(f"after {label}, {calls} calls, {SCREENS} screens", after, "MiB", LIMIT, floor)
