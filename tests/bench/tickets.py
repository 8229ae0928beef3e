"""Numbers taken over HTTP, each durable with its event and its slip, beside a server that only says `ok`."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from kiosk.store.database import sqlite3
from tests.bench import bare
from tests.bench import hall as halls
from tests.bench.hall import Hall
from tests.bench.processes import free_port
from tests.bench.swarm import Swarm
from tests.bench.table import Line, Note, Row, at_least, at_most, median_of, percentile

CLIENTS = (1, 8, 32)
SCRIPT = Path(__file__).with_name("load.lua")
Legs = dict[tuple[str, int], list["Leg"]]


@dataclass(frozen=True, kw_only=True)
class Leg:
    """What some clients reached in some seconds: requests per second, latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


def load(port: int, path: str, clients: int, seconds: float, *, token: str, services: tuple[str, ...]) -> Leg:
    """Let `clients` ask again and again for some seconds; raises RuntimeError when anything was refused."""
    words = ["wrk", "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "-s", str(SCRIPT)]
    words += ["-H", f"Authorization: Bearer {token}", "-H", "Content-Type: application/json"]
    environment = os.environ | {"BENCH_RUN": secrets.token_hex(6), "BENCH_SERVICES": " ".join(services)}
    done = subprocess.run(
        [*words, f"http://127.0.0.1:{port}{path}"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=True,
    )
    told = json.loads(done.stdout.strip().splitlines()[-1])
    if told["refused"] or told["broken"]:
        raise RuntimeError(f"{told['refused']} refused, {told['broken']} broken of {told['requests']}")
    return Leg(rate=told["requests"] / told["micros"] * 1e6, p50=told["p50"] / 1000, p99=told["p99"] / 1000)


def commits(folder: Path, seconds: float) -> Leg:
    """One row per durable transaction on one connection: what no ticket can be faster than without sharing a commit."""
    db = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    db.execute("CREATE TABLE IF NOT EXISTS tickets (id INTEGER PRIMARY KEY, number INTEGER UNIQUE, at TEXT)")
    began, taken = time.perf_counter(), []
    while (before := time.perf_counter()) < began + seconds:
        db.execute("INSERT INTO tickets (number, at) SELECT coalesce(max(number), 0) + 1, 'now' FROM tickets")
        taken.append((time.perf_counter() - before) * 1000)
    whole = time.perf_counter() - began
    db.close()
    return Leg(rate=len(taken) / whole, p50=percentile(taken, 0.5), p99=percentile(taken, 0.99))


def recorded(hall: Hall) -> tuple[int, int, int]:
    """How many tickets, events of taking one, and slips the hall's file holds."""
    with hall.inside() as context, context.database.read() as db:
        tickets = db.execute("SELECT count(*) FROM tickets").fetchone()
        events = db.execute("SELECT count(*) FROM events WHERE name = 'ticket.taken'").fetchone()
        slips = db.execute("SELECT count(*) FROM print_jobs WHERE kind = 'ticket'").fetchone()
    return int(tickets[0]), int(events[0]), int(slips[0])


def _legs(hall: Hall, floor: int, flask: int, rounds: int, seconds: float) -> Legs:
    legs: Legs = defaultdict(list)
    with hall.inside() as context:
        services = tuple(service.id for service in context.hall.services)
    plan = [(clients, 0) for clients in CLIENTS] + [(8, 2)]
    with tempfile.TemporaryDirectory(dir=hall.folder) as place:
        for _ in range(rounds):
            legs["commit", 1].append(commits(Path(place), seconds / 2))
            legs["flask", 8].append(load(flask, "/api/tickets", 8, seconds, token="x", services=services))
            for clients, screens in plan:
                if not screens:
                    legs["bare", clients].append(load(floor, "/", clients, seconds, token="x", services=services))
                with Swarm(hall.port, screens) if screens else nullcontext():
                    leg = load(hall.port, "/api/tickets", clients, seconds, token=hall.token, services=services)
                legs["watched" if screens else "ours", clients].append(leg)
                hall.clear()
    return legs


def _rows(legs: Legs) -> Iterator[Line]:
    def rate(kind: str, clients: int) -> float:
        return median_of(legs[kind, clients], lambda leg: leg.rate)

    def p50(kind: str, clients: int) -> float:
        return median_of(legs[kind, clients], lambda leg: leg.p50)

    def p99(kind: str, clients: int) -> float:
        return median_of(legs[kind, clients], lambda leg: leg.p99)

    yield Note(text="tickets over HTTP; floor: `ok` from the same gunicorn settings")
    for clients in CLIENTS:
        name, here = f"tickets, {clients} client{'s' * (clients > 1)}", rate("ours", clients)
        if clients == 8:
            yield at_least(name, here, "/s", rate("bare", clients), 0.40)
        else:
            yield Row(measure=name, ours=here, unit="/s", floor=rate("bare", clients))
        yield Row(measure="  p50", ours=p50("ours", clients), unit="ms", floor=p50("bare", clients))
        if clients == 8:
            yield at_most("  p99", p99("ours", clients), "ms", p99("bare", clients), 2.5)
        else:
            yield Row(measure="  p99", ours=p99("ours", clients), unit="ms", floor=p99("bare", clients))
    yield Row(measure="tickets, 8 clients, 2 screens watch", ours=rate("watched", 8), unit="/s", floor=rate("bare", 8))
    yield Row(measure="  p99", ours=p99("watched", 8), unit="ms", floor=p99("bare", 8))
    yield Row(measure="an empty Flask route, 8 clients", ours=rate("flask", 8), unit="/s", floor=rate("bare", 8))
    yield Row(measure="  p99", ours=p99("flask", 8), unit="ms", floor=p99("bare", 8))
    yield Note(text="floor: an empty Flask route that reads the same JSON, on the same gunicorn settings")
    yield Row(measure="tickets, 8 clients", ours=rate("ours", 8), unit="/s", floor=rate("flask", 8))
    yield Row(measure="  p99", ours=p99("ours", 8), unit="ms", floor=p99("flask", 8))
    yield Note(text="floor: one durable SQLite commit after the other, one row each")
    yield Row(measure="tickets, 8 clients", ours=rate("ours", 8), unit="/s", floor=rate("commit", 1))
    yield Row(measure="  p99, 1 client", ours=p99("ours", 1), unit="ms", floor=p99("commit", 1))


def measure(*, rounds: int = 3, seconds: float = 2.0) -> Iterator[Line]:
    """Rates and latencies at 1, 8 and 32 clients, floors interleaved; the file is counted afterwards."""
    if shutil.which("wrk") is None:
        yield Note(text="tickets over HTTP: skipped, wrk is not installed (apt-get install wrk)")
        return
    port, flask = free_port(), free_port()
    with halls.running() as hall, bare.running(port), bare.running(flask, "flask"):
        legs = _legs(hall, port, flask, rounds, seconds)
        tickets, events, slips = recorded(hall)
    if not tickets == events == slips:
        raise RuntimeError(f"{tickets} tickets, {events} events, {slips} slips")
    yield from _rows(legs)
    yield Note(text=f"{tickets:,} tickets, {events:,} events and {slips:,} slips stand in the file")
