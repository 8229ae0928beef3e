"""Plays a hall forward: who is called to which window when, by the rule that picks the next one, many times over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Server:
    """A window at work: `rest` draws the seconds until it is free, `serves` tells whose newcomers it would take."""

    name: Any
    rest: Callable[[Random], float]
    serves: Callable[[str], bool]


Length = Callable[[Any, Any, float, Random], float]
"""Draws how long a window is busy with somebody: the window's name, who was called when, dice."""


class Line(Protocol):
    """Who waits, in one play: taken one by one until nobody is left for a window."""

    def take(self, server: Any, now: float) -> Any:
        """Whom a window calls at a time, None when nobody waits for it; whoever is called is gone from the line."""


@dataclass(frozen=True, kw_only=True)
class Play:
    """One way the next hours may go: seconds until each who waits is called, and until a newcomer would be."""

    called: Mapping[Any, float]
    newcomers: Mapping[str, float]


def plays(
    servers: Sequence[Server],
    line: Callable[[Random], Line],
    length: Length,
    services: Sequence[str],
    *,
    number: int,
    dice: Random,
    until: object = None,
) -> list[Play]:
    """So many plays from this moment, each over when `until` is called; a service that nobody would ever call for is
    missing in `newcomers`. Every other play is the mirror of the one before: where one has long visits the other has
    short ones, so that fewer plays come as near the truth."""
    played: list[Play] = []
    while len(played) < number:
        seed = dice.random()
        pair = Random(seed), Mirrored(seed)  # noqa: S311 — dice, not secrets
        played += [_play(servers, line(fallen), length, services, fallen, until) for fallen in pair]
    return played


class Mirrored(Random):
    """Dice that fall low where others of the same seed fall high."""

    def random(self) -> float:
        """A number from 0 to less than 1."""
        return HIGHEST - super().random()


HIGHEST = 1 - 2**-53
"""The highest number that dice fall to."""


def _play(
    servers: Sequence[Server],
    line: Line,
    length: Length,
    services: Sequence[str],
    dice: Random,
    until: object,
) -> Play:
    """A window that finds nobody would take a newcomer then; it does not work on, since only one newcomer is real."""
    free = [(server.rest(dice), place) for place, server in enumerate(servers)]
    heapify(free)
    called: dict[Any, float] = {}
    newcomers: dict[str, float] = {}
    open_services = set(services)
    while free:
        now, place = heappop(free)
        server = servers[place]
        ticket = line.take(server.name, now)
        if ticket is not None:
            called[ticket] = now
            if ticket == until:
                break
            heappush(free, (now + length(server.name, ticket, now, dice), place))
            continue
        for service in [one for one in open_services if server.serves(one)]:
            newcomers[service] = now
            open_services.discard(service)
        if not open_services and not free:
            break
    return Play(called=called, newcomers=newcomers)
