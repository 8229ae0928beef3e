"""Many writers on one database for some seconds, in a process whose disk may have been made slow from outside."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

from kiosk.app import open_hall
from kiosk.config import load
from kiosk.operations import hall as opening
from kiosk.operations import queueing
from kiosk.operations.hall import Context
from kiosk.store import records
from tests.bench.hall import CLI
from tests.bench.table import percentile
from tests.bench.tickets import commits


def crowd(writers: int, seconds: float, work: Callable[[], object]) -> dict[str, float]:
    """Let `writers` threads work in closed loops; rate per second and latencies in milliseconds."""
    taken: list[float] = []
    until = time.perf_counter() + seconds

    def loop() -> None:
        mine = []
        while (began := time.perf_counter()) < until:
            work()
            mine.append((time.perf_counter() - began) * 1000)
        taken.extend(mine)

    threads = [threading.Thread(target=loop) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"rate": len(taken) / seconds, "p50": percentile(taken, 0.5), "p99": percentile(taken, 0.99)}


_turns = count()


def _endless(context: Context) -> Context:
    """The hall with room for everybody whom the writers bring."""
    limits = replace(context.hall.limits, waiting_per_service=10**6)
    return replace(context, hall=replace(context.hall, limits=limits))


def _number(context: Context) -> object:
    return context.database.write(lambda db: records.next_number(db, "2026-11-23", "A"))


def _ticket(context: Context, services: list[str]) -> object:
    service = services[next(_turns) % len(services)]
    return queueing.take_ticket(context, service=service, actor=CLI)


def main() -> None:
    """`writing.py CONFIG DATA WRITERS SECONDS`: one line of JSON with the floor, bare numbers and whole tickets."""
    config, data, writers, seconds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    context = _endless(open_hall(load(config), data))
    opening.open_hall(context, minutes=600, actor=CLI)
    services = [service.id for service in context.hall.services]
    floor = commits(data, seconds / 2)
    told = {
        "floor": {"rate": floor.rate, "p50": floor.p50, "p99": floor.p99},
        "numbers": crowd(writers, seconds, lambda: _number(context)),
        "tickets": crowd(writers, seconds, lambda: _ticket(context, services)),
    }
    context.database.close()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
