"""A printer that takes the connection and never reads: nobody else in the hall may notice."""

from __future__ import annotations

import secrets
import statistics
import time
from collections.abc import Iterator

from tests.bench import hall as halls
from tests.bench.hall import Hall
from tests.bench.table import Line, Note, Row, percentile

SECONDS = 2.0
EVERY = 0.01
LIMIT = 20.0


def probe(hall: Hall) -> list[float]:
    """Take a number, so that the printer gets work, then ask for this and that; milliseconds of each request."""
    taken = []
    with hall.inside() as context:
        services = [service.id for service in context.hall.services]
    with hall.client() as client:
        until = time.perf_counter() + SECONDS
        turn = 0
        while (began := time.perf_counter()) < until:
            wish = {"service": services[turn % len(services)], "key": secrets.token_hex(8)}
            match turn % 4:
                case 0:
                    client.json("POST", "/api/tickets", wish)
                case 1:
                    client.send("GET", "/")
                case 2:
                    client.json("GET", "/api/hall")
                case _:
                    client.send("GET", "/display/hall")
            taken.append((time.perf_counter() - began) * 1000)
            turn += 1
            time.sleep(max(0.0, began + EVERY - time.perf_counter()))
    hall.clear()
    return taken


def measure(*, rounds: int = 3) -> Iterator[Line]:
    """The slowest request in 2 s beside a blocked printer, and beside one that prints; medians over the rounds."""
    blocked, healthy = [], []
    with halls.running() as well, halls.running(printer="blocked") as ill:
        for hall in (well, ill):
            probe(hall)  # pages are compiled on first sight
        for _ in range(rounds):
            healthy.append(probe(well))
            blocked.append(probe(ill))
    slowest, base = (statistics.median(max(one) for one in legs) for legs in (blocked, healthy))
    yield Note(text=f"a printer that blocks {SECONDS:g} s; floor: the same requests beside a printer that prints")
    met = slowest - base <= LIMIT
    aim = f"≤ floor + {LIMIT:g} ms"
    yield Row(measure="slowest other request", ours=slowest, unit="ms", floor=base, aim=aim, met=met)
    middle, base = (statistics.median(percentile(one, 0.5) for one in legs) for legs in (blocked, healthy))
    yield Row(measure="  p50", ours=middle, unit="ms", floor=base)
