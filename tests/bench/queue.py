"""The queue itself: choosing among 500, estimates for the whole board, and a day of 10,000 numbers in a row."""

from __future__ import annotations

import heapq
import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from kiosk.app import open_hall
from kiosk.config import load
from kiosk.domain import dispatch
from kiosk.domain.hall import Window
from kiosk.domain.people import Actor, Role, Staff
from kiosk.operations import hall as opening
from kiosk.operations import queueing, staff
from kiosk.operations.hall import Context
from kiosk.operations.waits import Forecaster
from kiosk.store import history, queries, records
from tests.bench.processes import ROOT
from tests.bench.table import Line, Note, below

CLI = Actor(name="cli")
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
VISIT, WALK = 150.0, 5.0
"""Seconds of a visit on average, and of the way to the window before it."""
LOAD = 0.97
"""The share of the day that each window is busy: nearly all, so that there always is a line."""
LOOK = 20
"""Numbers after which the estimate looks again; in life it looks every other second."""


@dataclass
class Day:
    """A hall in this process, with its clock in our hands and somebody on duty at each window."""

    folder: Path
    windows: int
    now: datetime = MORNING
    context: Context = field(init=False)

    def __post_init__(self) -> None:
        shipped = load(ROOT / "config")
        kinds, limits = shipped.hall.windows, replace(shipped.hall.limits, waiting_per_service=10**6)
        windows = tuple(replace(kinds[place % len(kinds)], number=place + 1) for place in range(self.windows))
        hall = replace(shipped.hall, windows=windows, limits=limits)
        self.context = open_hall(replace(shipped, hall=hall), self.folder, clock=lambda: self.now)
        opening.open_hall(self.context, minutes=1440, actor=CLI)
        for window in windows:
            self._come(window)
        self.forecaster = Forecaster(hall, self.context.database, lambda: self.now)
        self.context = replace(self.context, waits=self.forecaster)

    def _come(self, window: Window) -> None:
        login = f"clerk{window.number}"
        person: Staff = staff.add_staff(
            self.context, login=login, name=login, role=Role.CLERK, password="wooden-bridge-7", actor=CLI
        )
        staff.take_window(self.context, window=window.number, actor=Actor(name=f"clerk:{login}", staff=person))

    def take(self, dice: Random) -> str:
        """Take a number of a service that comes as often as there are windows for it; the service."""
        hall = self.context.hall
        place = dice.choice(hall.windows)
        service, priority = dice.choice(place.services), None
        if dice.random() < 0.06:
            priority = dice.choice(hall.priorities).id
        queueing.take_ticket(self.context, service=service, priority=priority, actor=CLI)
        return service

    def call(self, window: Window) -> bool:
        """Call the next one and begin; False when nobody waits for the window."""
        with self.context.database.read() as db:
            day = self.context.hall.day(self.now)
            if not records.waiting(db, day, window.services, window=window.number):
                return False
        queueing.call_next(self.context, window=window.number, actor=CLI)
        queueing.start(self.context, window=window.number, actor=CLI)
        return True


def _cpu(work: Callable[[], object], rounds: int) -> float:
    """The middle of some rounds, in milliseconds of this process alone."""
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken)


def _waiting(day: Day, count: int) -> Iterator[Line]:
    dice, hall = Random(7), day.context.hall
    for _ in range(count):
        day.now += timedelta(seconds=3)
        day.take(dice)
    window = hall.windows[0]
    with day.context.database.read() as db:
        line = history.waiting(db, hall.day(day.now))
        everywhere = replace(window, services=tuple(service.id for service in hall.services))
        chosen = _cpu(lambda: dispatch.choose(everywhere, line, day.now, hall.order), 50)
        shown = _cpu(lambda: queries.console_view(db, hall, window.number, day.now), 20)
    yield below(f"choosing the next among {count} waiting, CPU", chosen, "ms", 5.0)
    yield below("  its console with the whole list, CPU", shown, "ms", 50.0)


def _board(day: Day) -> Iterator[Line]:
    dice = Random(8)
    for _ in range(25):
        day.take(dice)
    for window in day.context.hall.windows:
        day.call(window)
    with day.context.database.read() as db:
        count = len(history.waiting(db, day.context.hall.day(day.now)))
        taken = _cpu(lambda: day.forecaster.forecast(db, day.now), 20)
    yield below(f"estimates for the whole board, {count} waiting, 5 windows, CPU", taken, "ms", 20.0)
    yield below("  asking for them", _cpu(day.forecaster, 50), "ms", 1.0)


def _whole_day(day: Day, numbers: int) -> Iterator[Line]:
    """Arrivals and ends of visits in the order of time; everything by the operations of the hall."""
    dice, began = Random(9), time.perf_counter()
    windows = {window.number: window for window in day.context.hall.windows}
    idle, given = set(windows), 0
    rate = LOAD * len(windows) / (WALK + VISIT)
    happens: list[tuple[float, int]] = [(dice.expovariate(rate), 0)]
    while happens:
        seconds, number = heapq.heappop(happens)
        day.now = MORNING + timedelta(seconds=seconds)
        if number:
            queueing.complete(day.context, window=number, actor=CLI)
            idle.add(number)
            free = [number]
        elif given < numbers:
            given += 1
            if given % LOOK == 0:
                day.forecaster.look()
            service = day.take(dice)
            free = [one for one in idle if service in windows[one].services]
            heapq.heappush(happens, (seconds + dice.expovariate(rate), 0))
        else:
            continue
        if called := next((one for one in sorted(free, key=lambda _: dice.random()) if day.call(windows[one])), None):
            idle.discard(called)
            length = dice.lognormvariate(math.log(VISIT) - 0.18, 0.6)
            heapq.heappush(happens, (seconds + WALK + length, called))
    yield Note(text=f"{numbers:,} numbers of one day in {time.perf_counter() - began:.0f} s, one move after the other")
    yield from _told(day, numbers)


def _told(day: Day, numbers: int) -> Iterator[Line]:
    hall = day.context.hall
    with day.context.database.read() as db:
        name = hall.day(MORNING)
        done, most = db.execute("SELECT count(*), max(overtaken) FROM tickets WHERE state = 'completed'").fetchone()
        codes = db.execute("SELECT count(DISTINCT prefix || number) FROM tickets").fetchone()[0]
        kept = history.promises_kept(db, name)
    if not done == codes == numbers or most > hall.order.passed_most:
        raise RuntimeError(f"{done} of {numbers} done, {codes} codes, passed {most} times")
    yield Note(text=f"each served once, every number its own, nobody without a right passed more than {most} times")
    yield Note(
        text=f"waits told: off by {kept.error:.1f} min in the middle case, {kept.coverage:.0%} within the told range"
    )


def measure(*, numbers: int = 10_000) -> Iterator[Line]:
    """CPU of choosing and of estimating, then the whole day; raises RuntimeError when anybody was lost."""
    yield Note(text="the queue in this process, no network")
    for windows, work in (
        (5, lambda day: _waiting(day, 500)),
        (5, _board),
        (50, lambda day: _whole_day(day, numbers)),
    ):
        with tempfile.TemporaryDirectory(prefix="hall-bench-", dir=os.environ.get("BENCH_FOLDER")) as folder:
            day = Day(Path(folder), windows)
            yield from work(day)
            day.context.database.close()
