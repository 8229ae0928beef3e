"""The one command: `python -m tests.bench [measure …]` runs the measures and prints one table."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from kiosk.store.database import sqlite3
from tests.bench import lifetime, memory, printer_blocked, pushes, queue, registers, screens, tickets, writers
from tests.bench.table import Line, Row, draw

Measure = Callable[[], Iterator[Line]]


def measures(*, quick: bool, hour: str) -> dict[str, Measure]:
    """Every measure by the name it is asked for."""
    rounds = 1 if quick else 3
    return {
        "tickets": partial(tickets.measure, rounds=rounds, seconds=1.0 if quick else 2.0),
        "pushes": partial(pushes.measure, rounds=rounds, calls=10 if quick else 20),
        "screens": partial(screens.measure, calls=10 if quick else 20),
        "writers": partial(writers.measure, rounds=rounds, seconds=1.0 if quick else 2.0),
        "printer": partial(printer_blocked.measure, rounds=rounds),
        "lifetime": partial(lifetime.measure, rounds=rounds),
        "queue": partial(queue.measure, numbers=300 if quick else 10_000),
        "registers": partial(registers.measure, rounds=5 if quick else 20),
        "memory": partial(memory.measure, hour=hour),
    }


def arguments() -> argparse.Namespace:
    """What was asked for."""
    names = list(measures(quick=True, hour="accelerated"))
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("measure", nargs="*", help=f"which ones: {', '.join(names)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="one short round of each, to see that it runs")
    parser.add_argument(
        "--hour",
        choices=("accelerated", "real"),
        default="accelerated",
        help="how the hour of demonstration traffic is played: 60 times as fast, or in real time",
    )
    chosen = parser.parse_args()
    if unknown := set(chosen.measure) - set(names):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return chosen


def main() -> int:
    """Run what was asked for; 1 when an aim was missed."""
    chosen, began, lines = arguments(), time.perf_counter(), []
    for name, measure in measures(quick=chosen.quick, hour=chosen.hour).items():
        if chosen.measure and name not in chosen.measure:
            continue
        print(f"… {name}", file=sys.stderr, flush=True)
        lines += list(measure())
    print(draw(lines))
    print(
        f"\nCPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}, Linux {platform.release()},"
        f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {time.perf_counter() - began:.0f} s;"
        " medians of interleaved rounds"
    )
    return int(any(isinstance(line, Row) and line.met is False for line in lines))


if __name__ == "__main__":
    sys.exit(main())
