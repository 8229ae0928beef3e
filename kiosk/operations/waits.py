"""Keeps the hall's waiting estimate fresh beside everything else: no request ever waits for a play."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random

from kiosk.domain.estimate import Durations, Gaps, Server, Speeds, Spread, plays
from kiosk.domain.estimate.promise import (
    Person,
    Promise,
    Standing,
    Waits,
    dice,
    in_line,
    promise_of,
    promised,
    steady,
)
from kiosk.domain.hall import Hall, Window
from kiosk.domain.tickets import Ticket
from kiosk.store import history, records
from kiosk.store.database import Connection, Database
from kiosk.store.history import Visit

PLAYS, WORK = 120, 1600
"""Plays at most, and calls in all of them: a full hall gets fewer plays of more calls."""
FRESH = 2.0
"""Seconds between two looks at the hall."""
STALE = 20.0
"""Seconds after which a forecast is made anew though nothing has happened: visits under way get older."""
KNOWN = 10
"""Visits of a service that must be known before the range is told without “about”."""
FORGOTTEN = 4.0
"""A visit so many times as long as the usual one was forgotten to be ended; nothing is learned from it."""

SHORT = 10.0
"""Seconds below which a visit was a slip of the finger."""
PAUSE = 300.0
"""Seconds between two visits from which on a window has paused rather than called slowly."""

log = logging.getLogger(__name__)


class Forecaster:
    """The estimates of the moment, from what this hall has lived through; starts with what is configured."""

    def __init__(self, hall: Hall, database: Database, clock: Callable[[], datetime]) -> None:
        self._hall, self._database, self._clock = hall, database, clock
        self._durations = Durations({service.id: service.minutes * 60 for service in hall.services})
        self._speeds, self._gaps, self._spread = Speeds(), Gaps(), Spread()
        self._free: dict[int, datetime] = {}
        self._learned, self._judged, self._day = 0, 0, ""
        self._waits = Waits()
        self._seen: tuple[int, float] = (-1, 0.0)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forecast", daemon=True)

    def __call__(self) -> Waits:
        """The latest forecasts; empty before the first."""
        return self._waits

    def start(self) -> None:
        """Make the first forecast soon and keep it fresh."""
        self._thread.start()

    def stop(self) -> None:
        """Stop forecasting."""
        self._stop.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._stop.wait(FRESH):
            try:
                self.look()
            except Exception:
                log.exception("no forecast this time")

    def look(self) -> Waits:
        """Learn what is new and forecast anew if anything has changed; return what holds now."""
        with self._database.read() as db:
            seq = records.last_seq(db)
            if seq == self._seen[0] and time.monotonic() < self._seen[1] + STALE:
                return self._waits
            at = self._clock()
            self._learn(db, at)
            self._waits = self.forecast(db, at)
        self._seen = (seq, time.monotonic())
        return self._waits

    def _learn(self, db: Connection, at: datetime) -> None:
        day = self._hall.day(at)
        if day != self._day:
            self._durations.new_day()
            self._day = day
        for visit in history.visits_after(db, self._learned):
            self._learned = visit.seq
            self._take(visit)

    def _take(self, visit: Visit) -> None:
        length, usual = visit.length, self._durations.mean(visit.service)
        free = self._free.get(visit.window)
        self._free[visit.window] = visit.ended
        if free is not None and visit.issued < visit.began and self._hall.day(free) == self._hall.day(visit.began):
            gap = (visit.began - max(free, visit.issued)).total_seconds()
            if 0 <= gap <= PAUSE:
                self._gaps.add(gap)
        if SHORT <= length <= FORGOTTEN * max(300.0, usual):
            self._speeds.add(visit.window, length, usual * self._durations.pace)
            self._durations.add(visit.service, length)
        if visit.promise is not None:
            made = promise_of(visit.promise)
            self._spread.learn(made.point, made.played_low, made.played_high, visit.waited)

    def forecast(self, db: Connection, at: datetime) -> Waits:
        """Every forecast from this moment of the hall; no window at work that serves a service: nothing is said."""
        day, hall = self._hall.day(at), self._hall
        waiting = history.waiting(db, day)
        servers, windows = self._servers(db, at, day)
        samplers = {service.id: self._durations.sampler(service.id) for service in hall.services}
        fallback, gaps = next(iter(samplers.values())), self._gaps.sampler()

        def length(window: int, person: Person, _now: float, chance: Random) -> float:
            return samplers.get(person.service, fallback).draw(chance) * self._speeds.of(window) + gaps.draw(chance)

        served = [
            service.id for service in hall.services if any(service.id in one.services for one in windows.values())
        ]
        played = plays(
            servers,
            lambda _dice: Standing(waiting, windows, hall.order, at.timestamp()),
            length,
            served,
            number=max(20, min(PLAYS, WORK // (len(waiting) + 4))) if servers else 0,
            dice=dice(int(at.timestamp()) // 5),
        )
        return self._told(
            waiting, served, [(one.newcomers, {p.id: t for p, t in one.called.items()}) for one in played]
        )

    def _servers(self, db: Connection, at: datetime, day: str) -> tuple[list[Server], Mapping[int, Window]]:
        known = {window.number: window for window in self._hall.windows}
        windows = {number: known[number] for number in history.at_work(db, day) if number in known}
        there = {ticket.window: ticket for ticket in history.at_windows(db)}
        servers = [self._server(window, there.get(number), at) for number, window in windows.items()]
        return servers, windows

    def _server(self, window: Window, ticket: Ticket | None, at: datetime) -> Server:
        services = frozenset(window.services)
        if ticket is None:
            return Server(name=window.number, rest=lambda _dice: 0.0, serves=services.__contains__)
        since = ticket.called_at or ticket.started_at or at
        speed, sampler = self._speeds.of(window.number), self._durations.sampler(ticket.service)
        gaps = self._gaps.sampler()
        elapsed = max(0.0, (at - since).total_seconds()) / speed
        return Server(
            name=window.number,
            rest=lambda chance: sampler.rest(elapsed, chance) * speed + gaps.draw(chance),
            serves=services.__contains__,
        )

    def _told(
        self,
        waiting: list[Ticket],
        served: list[str],
        played: list[tuple[Mapping[str, float], Mapping[int, float]]],
    ) -> Waits:
        newcomers: dict[str, Promise] = {}
        for service in served:
            samples = sorted(new[service] for new, _ in played if service in new)
            if samples:
                fresh = self._promise(samples, service)
                newcomers[service] = steady(self._waits.newcomers.get(service), fresh)
        tickets: dict[int, Promise] = {}
        for ticket in waiting:
            samples = sorted(called[ticket.id] for _, called in played if ticket.id in called)
            if samples:
                tickets[ticket.id] = steady(self._waits.tickets.get(ticket.id), self._promise(samples, ticket.service))
        for service in served:
            line = [one.id for one in waiting if one.id in tickets and one.service == service and _ordinary(one)]
            told = list(in_line(tickets[one] for one in line))
            tickets.update(zip(line, told, strict=True))
            if told and service in newcomers:
                *_, newcomers[service] = in_line((told[-1], newcomers[service]))
        return Waits(newcomers=newcomers, tickets=tickets)

    def _promise(self, samples: list[float], service: str) -> Promise:
        return promised(samples, self._spread, about=self._durations.count(service) < KNOWN)


def _ordinary(ticket: Ticket) -> bool:
    """Whether a ticket waits in the order of the numbers: no right to go first, sent to no window of its own."""
    return ticket.priority is None and ticket.appointment is None and ticket.target is None
