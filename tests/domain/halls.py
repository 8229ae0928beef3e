"""Simulated halls for the waiting estimate: each gives a log like a real one, from a fixed seed."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from kiosk.domain.estimate.logs import Visit

OPEN, CLOSE = 8.5 * 3600, 17.5 * 3600


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A simulated window: what it serves, how fast, and from when to when it is there."""

    name: str
    services: tuple[str, ...]
    speed: float = 1.0
    shifts: tuple[tuple[float, float], ...] = ((OPEN, CLOSE + 7200),)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A simulated hall; `mean` and `cv` by service, `rate` gives arrivals an hour at a time of day."""

    desks: tuple[Desk, ...]
    mean: dict[str, float]
    cv: float = 0.7
    rate: Callable[[float], float] = lambda _at: 20.0
    mix: dict[str, float] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)  # services that go first: the lower the earlier
    right: float = 0.0  # share of each service that goes first without the log saying so
    patience: float | None = None
    missing: float = 0.0
    gap: float = 15.0
    disorder: float = 0.0
    day_effect: float = 0.1
    pauses: float = 0.0  # unplanned pauses an hour and desk, 12 minutes on average
    named: bool = True
    exponential: bool = False


def simulate(place: Place, *, days: int, seed: int) -> list[Visit]:
    """The log of so many days."""
    dice, log = Random(seed), list[Visit]()
    for day in range(days):
        log += _Day(place, f"2026-01-{day + 1:02d}", dice).run()
    return log


def _arrivals(place: Place, dice: Random) -> list[float]:
    top = max(place.rate(OPEN + step * 300) for step in range(110))
    at, found = OPEN, []
    while (at := at + dice.expovariate(top / 3600)) < CLOSE - 900:
        if dice.random() < place.rate(at) / top:
            found.append(at)
    return found


@dataclass
class _Person:
    arrival: float
    service: str
    first: bool
    patience: float
    vanishes: bool


def _length(place: Place, service: str, day: float, dice: Random) -> float:
    if place.exponential:
        return dice.expovariate(1 / place.mean[service])
    spread = math.sqrt(math.log(1 + place.cv**2))
    return dice.lognormvariate(math.log(place.mean[service]) - spread**2 / 2, spread) * day


class _Day:
    """One simulated day: people and desks happen in the order of time."""

    def __init__(self, place: Place, day: str, dice: Random) -> None:
        self.place, self.day, self.dice = place, day, dice
        self.pace = math.exp(dice.gauss(0, place.day_effect))
        self.events: list[tuple[float, int, _Person | Desk]] = []
        self.idle: dict[str, Desk] = {}
        self.waiting: list[_Person] = []
        self.log: list[Visit] = []

    def add(self, at: float, what: _Person | Desk) -> None:
        heapq.heappush(self.events, (at, len(self.log) * 1000 + len(self.events) + self.dice.randrange(10**9), what))

    def run(self) -> list[Visit]:
        names, weights = list(self.place.mean), [self.place.mix.get(one, 1.0) for one in self.place.mean]
        for at in _arrivals(self.place, self.dice):
            self.add(at, self.person(at, self.dice.choices(names, weights)[0]))
        for desk in self.place.desks:
            for begin, _ in desk.shifts:
                self.add(begin, desk)
        while self.events:
            at, _, what = heapq.heappop(self.events)
            if isinstance(what, _Person):
                self.waiting.append(what)
            elif not self.is_there(what, at):
                continue
            elif self.dice.random() < self.place.pauses * 0.1:
                self.add(at + self.dice.expovariate(1 / 720), what)
                continue
            else:
                self.idle[what.name] = what
            self.give_up(at)
            for desk in sorted(self.idle.values(), key=lambda _desk: self.dice.random()):
                self.call(desk, at)
        self.give_up(CLOSE + 10 * 3600)
        self.log += [_visit(self.day, one, None, CLOSE + 7200, "", self.place) for one in self.waiting]
        return sorted(self.log, key=lambda visit: visit.arrival)

    def person(self, at: float, service: str) -> _Person:
        place, dice = self.place, self.dice
        patience = dice.expovariate(1 / place.patience) if place.patience else math.inf
        return _Person(at, service, dice.random() < place.right, patience, dice.random() < place.missing)

    @staticmethod
    def is_there(desk: Desk, at: float) -> bool:
        return any(begin <= at < end for begin, end in desk.shifts)

    def give_up(self, at: float) -> None:
        for gone in [one for one in self.waiting if one.arrival + one.patience < at]:
            self.waiting.remove(gone)
            self.log.append(_visit(self.day, gone, None, gone.arrival + gone.patience, "", self.place))

    def call(self, desk: Desk, at: float) -> None:
        mine = [one for one in self.waiting if one.service in desk.services]
        if not mine or not self.is_there(desk, at):
            return
        place, dice = self.place, self.dice
        chosen = min(mine, key=lambda one: (place.before.get(one.service, 0), not one.first, one.arrival))
        chosen = dice.choice(mine) if dice.random() < place.disorder else chosen
        self.waiting.remove(chosen)
        del self.idle[desk.name]
        length = 25.0 if chosen.vanishes else _length(place, chosen.service, self.pace, dice) * desk.speed
        self.log.append(_visit(self.day, chosen, at, at + length, desk.name, place))
        self.add(at + length + dice.expovariate(1 / place.gap), desk)


def _visit(day: str, person: _Person, start: float | None, end: float, server: str, place: Place) -> Visit:
    return Visit(
        day=day,
        arrival=round(person.arrival, 1),
        start=None if start is None else round(max(start, person.arrival), 1),
        end=round(end, 1),
        service=person.service if place.named else "",
        server=server if place.named else "",
        abandoned=start is None,
    )


def peaks(*heights: tuple[float, float]) -> Callable[[float], float]:
    """Arrivals an hour with a peak around each hour of the day."""
    return lambda at: 2.0 + sum(height * math.exp(-(((at / 3600 - hour) / 1.1) ** 2)) for hour, height in heights)


FIVE = Place(
    desks=(
        Desk(name="1", services=("a", "b"), speed=0.92),
        Desk(name="2", services=("b", "c"), speed=1.1),
        Desk(name="3", services=("c", "d"), speed=0.95),
        Desk(name="4", services=("d", "e"), speed=1.12),
        Desk(name="5", services=("e", "a"), speed=0.9),
    ),
    mean={"a": 350, "b": 455, "c": 555, "d": 655, "e": 405},
    cv=0.6,
    rate=peaks((9.7, 48), (15.2, 44)),
    right=0.06,
    missing=0.06,
    gap=20,
)
"""The five-window hall of performance.md 4.3: overlapping windows, two peaks, about 190 visits a day."""

MESSY = replace(FIVE, disorder=0.15, pauses=0.6)
TWO = Place(
    desks=(Desk(name="1", services=("a", "b")), Desk(name="2", services=("a", "b"), speed=1.1)),
    mean={"a": 400, "b": 600},
    rate=peaks((9.5, 12), (15, 9)),
)
PLAIN = Place(
    desks=tuple(Desk(name=str(number), services=("x",)) for number in range(3)),
    mean={"x": 300},
    exponential=True,
    day_effect=0,
    rate=lambda _at: 34.0,
    gap=1,
)
"""M/M/3, nearly full."""

UNNAMED = replace(PLAIN, named=False)
UNNAMED_FIVE = replace(FIVE, named=False)
PRIORITY = Place(
    desks=tuple(Desk(name=str(number), services=("vip", "plain")) for number in range(4)),
    mean={"vip": 240, "plain": 420},
    mix={"vip": 0.35, "plain": 0.65},
    before={"vip": 0, "plain": 1},
    rate=lambda _at: 38.0,
)
IMPATIENT = Place(
    desks=tuple(Desk(name=str(number), services=("x", "y")) for number in range(3)),
    mean={"x": 300, "y": 500},
    patience=900,
    rate=lambda _at: 34.0,
)
CHANGING = Place(
    desks=(
        Desk(name="1", services=("x",)),
        Desk(name="2", services=("x",), shifts=((OPEN, 43200), (50400, CLOSE + 7200))),
        Desk(name="3", services=("x",), shifts=((36000, 57600),)),
        Desk(name="4", services=("x",), shifts=((OPEN, 41400),)),
    ),
    mean={"x": 400},
    rate=peaks((9.5, 30), (14.5, 18)),
)
CHANGING_UNNAMED = replace(CHANGING, named=False)
CALL_CENTRE = Place(
    desks=tuple(
        Desk(name=str(n), services=("new", "old", "net"), shifts=((OPEN + (n % 3) * 3600, CLOSE + 7200),))
        for n in range(8)
    ),
    mean={"new": 120, "old": 200, "net": 400},
    cv=1.1,
    mix={"new": 0.3, "old": 0.55, "net": 0.15},
    before={"net": 0, "new": 1, "old": 1},
    patience=500,
    rate=peaks((10.5, 150), (15, 110)),
    gap=4,
)
LATEST_FIRST = replace(PLAIN, disorder=0.9)
ALONE = Place(desks=(Desk(name="1", services=("x",)),), mean={"x": 500}, rate=peaks((9.5, 7.5), (15, 6)))

PLACES: dict[str, Place] = {
    "five": FIVE,
    "messy": MESSY,
    "two": TWO,
    "plain": PLAIN,
    "unnamed": UNNAMED,
    "unnamed five": UNNAMED_FIVE,
    "priority": PRIORITY,
    "priority unnamed": replace(PRIORITY, named=False),
    "impatient": IMPATIENT,
    "impatient unnamed": replace(IMPATIENT, named=False),
    "changing": CHANGING,
    "changing unnamed": CHANGING_UNNAMED,
    "call centre": CALL_CENTRE,
    "call centre unnamed": replace(CALL_CENTRE, named=False),
    "disorder": LATEST_FIRST,
    "alone": ALONE,
}
