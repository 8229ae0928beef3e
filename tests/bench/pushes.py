"""Call → pushed: from sending the call to the state in every screen's hands, beside hand-written asyncio frames."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.operations import queueing
from tests.bench import hall as halls
from tests.bench.hall import CLI, Hall
from tests.bench.http import Client
from tests.bench.processes import beside, free_port
from tests.bench.swarm import Swarm
from tests.bench.table import Line, Note, Row, at_most, below, median_of, percentile

SCREENS = (1, 50, 200)
WINDOW = 1
REST = 0.05
"""Seconds of quiet between two calls, for both: nobody calls faster, and a rush is drawn as one picture."""
Legs = dict[tuple[str, int], list["Leg"]]


@dataclass(frozen=True, kw_only=True)
class Leg:
    """Milliseconds from sending a call: to a screen's having it (median, 99th of 100), and to the caller's answer."""

    p50: float
    p99: float
    answer: float


def _leg(calls: list[tuple[float, float, list[float]]]) -> Leg:
    shown = [(at - began) * 1000 for began, _, times in calls for at in times]
    answers = [(answered - began) * 1000 for began, answered, _ in calls]
    return Leg(p50=percentile(shown, 0.5), p99=percentile(shown, 0.99), answer=percentile(answers, 0.5))


def floor(port: int, screens: int, calls: int) -> Leg:
    """The same calls on a server that writes one ready frame to each screen."""
    taken = []
    with Swarm(port, screens) as swarm, Client(port) as client:
        for _ in range(calls):
            time.sleep(REST)
            began = time.perf_counter()
            seq = int(client.json("POST", "/")["seq"])
            answered = time.perf_counter()
            taken.append((began, answered, swarm.wait(seq)))
    return _leg(taken)


def ours(hall: Hall, screens: int, calls: int) -> Leg:
    """Calls over the hall's own door; each state is checked to show the number that was called."""
    with Swarm(hall.port, screens) as swarm, hall.client() as client:
        return _leg([call(client, swarm)[1:] for _ in range(calls)])


def call(client: Client, swarm: Swarm) -> tuple[int, float, float, list[float]]:
    """One call that all screens see, then its visit: its event, when it was sent and answered, when each had it."""
    place = f"/api/windows/{WINDOW}"
    swarm.wait(client.json("GET", "/api/health")["seq"])
    time.sleep(REST)
    event = int(client.json("GET", "/api/health")["seq"]) + 1
    began = time.perf_counter()
    ticket = client.json("POST", f"{place}/call-next")["ticket"]
    answered = time.perf_counter()
    times = swarm.wait(event, ticket["number"])
    client.json("POST", f"{place}/start")
    client.json("POST", f"{place}/complete")
    return event, began, answered, times


def queue(hall: Hall, count: int) -> None:
    """So many people who wait for the window that calls, whose slips have long been printed."""
    with hall.inside() as context:
        service = context.hall.window(WINDOW).services[0]
        for _ in range(count):
            queueing.take_ticket(context, service=service, actor=CLI)


def _legs(hall: Hall, rounds: int, calls: int) -> tuple[Legs, int]:
    legs: Legs = defaultdict(list)
    hall.morning()
    with Swarm(hall.port, 1) as swarm:
        size = swarm.bytes
    port = free_port()
    with beside("frames", port, str(size)):
        for _ in range(rounds):
            for screens in SCREENS:
                queue(hall, calls)
                legs["floor", screens].append(floor(port, screens, calls))
                legs["ours", screens].append(ours(hall, screens, calls))
    return legs, size


def measure(*, rounds: int = 3, calls: int = 20) -> Iterator[Line]:
    """Medians over interleaved rounds at 1, 50 and 200 screens of the real page in a hall that is at work."""
    with halls.running() as hall:
        legs, size = _legs(hall, rounds, calls)
    yield Note(
        text=f"call → screen, the real page ({size:,} bytes); floor: hand-written asyncio frames after a bare POST"
    )
    for screens in SCREENS:
        here, there = legs["ours", screens], legs["floor", screens]
        name = f"call → {screens} screen{'s' * (screens > 1)}, p50"
        middle, base = median_of(here, lambda leg: leg.p50), median_of(there, lambda leg: leg.p50)
        if screens == 50:
            yield at_most(name, middle, "ms", base, 3.5)
        else:
            yield Row(measure=name, ours=middle, unit="ms", floor=base)
        slow, base = median_of(here, lambda leg: leg.p99), median_of(there, lambda leg: leg.p99)
        if screens == 200:
            yield below("  p99", slow, "ms", 30, base)
        else:
            yield Row(measure="  p99", ours=slow, unit="ms", floor=base)
    answers = [median_of(legs[kind, 50], lambda leg: leg.answer) for kind in ("ours", "floor")]
    yield Row(measure="the caller's own answer, 50 screens, p50", ours=answers[0], unit="ms", floor=answers[1])
