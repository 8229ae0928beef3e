"""What the hall promises of waiting, and the hall's own line played by the very rule that picks the next ticket."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from random import Random

from kiosk.domain.dispatch import choose
from kiosk.domain.estimate.ranges import Spread, Told, rounded
from kiosk.domain.hall import Window
from kiosk.domain.rules import Order
from kiosk.domain.tickets import Ticket

VERSION = 1
"""Of the way estimates are made; it is stored with each promise."""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A forecast in seconds: the middle, the told range, and the range that the plays alone gave."""

    point: int
    low: int
    high: int
    played_low: int
    played_high: int
    about: bool = False

    @property
    def told(self) -> Told:
        """The range in whole minutes, as screens and paper say it."""
        return rounded(self.low, self.high, about=self.about)


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Every forecast of one moment: for a newcomer by service, for who waits by ticket id; missing where unknown."""

    newcomers: Mapping[str, Promise] = field(default_factory=dict)
    tickets: Mapping[int, Promise] = field(default_factory=dict)


def promised(samples: Sequence[float], spread: Spread, *, about: bool) -> Promise:
    """The promise that some sorted waits in seconds, one of each play, come to."""
    last = len(samples) - 1
    point, low, high = samples[last // 2], samples[round(last * 0.1)], samples[round(last * 0.9)]
    wide = spread.widen(point, low, high)
    return Promise(
        point=round(point),
        low=round(wide[0]),
        high=round(wide[1]),
        played_low=round(low),
        played_high=round(high),
        about=about,
    )


def steady(before: Promise | None, now: Promise) -> Promise:
    """The range told before, while the new middle still lies in it: what is shown does not jump about."""
    if before is None or before.about != now.about or not before.low <= now.point <= before.high:
        return now
    narrower = before.high - before.low <= 1.5 * (now.high - now.low) + 120
    return replace(now, low=before.low, high=before.high) if narrower else now


def in_line(promises: Iterable[Promise]) -> Iterator[Promise]:
    """Promises of people behind each other: nobody further back is told less than somebody before."""
    point = low = high = 0
    for one in promises:
        point, low, high = max(point, one.point), max(low, one.low), max(high, one.high)
        yield replace(one, point=point, low=low, high=high)


class Standing:
    """The hall's line in one play: windows call by the hall's own rule, overtaking is counted as in life."""

    def __init__(self, waiting: Sequence[Ticket], windows: Mapping[int, Window], order: Order, start: float) -> None:
        self._waiting = [Person.of(ticket, start) for ticket in waiting]
        self._windows, self._order = windows, order

    def take(self, window: int, now: float) -> Person | None:
        """Whom this window calls so many seconds from the start, None when nobody waits for it."""
        choice = choose(self._windows[window], self._waiting, now, self._order)
        if choice is None:
            return None
        self._waiting.remove(choice.ticket)
        for one in choice.passed:
            one.overtaken += 1
        return choice.ticket


@dataclass(slots=True, eq=False)
class Person:
    """A waiting ticket in one play; instants are seconds from the start of the play."""

    id: int
    service: str
    turn_at: float
    priority: str | None
    appointment: float | None
    target: int | None
    overtaken: int

    @classmethod
    def of(cls, ticket: Ticket, start: float) -> Person:
        """A ticket as a play takes it that begins at `start`, seconds since 1970."""
        appointment = ticket.appointment.timestamp() - start if ticket.appointment else None
        return cls(
            id=ticket.id,
            service=ticket.service,
            turn_at=ticket.turn_at.timestamp() - start,
            priority=ticket.priority,
            appointment=appointment,
            target=ticket.target,
            overtaken=ticket.overtaken,
        )


def dice(seed: int) -> Random:
    """Dice that fall alike for the same seed, so that an estimate can be explained afterwards."""
    return Random(seed)  # noqa: S311 — dice, not secrets


def promise_of(text: str) -> Promise:
    """A stored promise."""
    return Promise(**json.loads(text))


def stored(promise: Promise) -> str:
    """A promise as it is kept with its ticket."""
    return json.dumps(asdict(promise))
