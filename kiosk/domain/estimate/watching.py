"""Learns a hall by watching it: who works, who may serve whom, who goes first, how many give up.

Nothing here looks ahead: every figure comes from what has happened by the moment it is asked for.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from kiosk.domain.estimate.learning import Durations, Gaps, Speeds
from kiosk.domain.estimate.logs import Visit
from kiosk.domain.estimate.shifts import Shifts

ABSENT = 2700.0
"""A window without a visit for so long is taken to be closed, where nobody waits."""
KNOWN = 20
"""Visits after which a server is believed to serve only what it has served."""
MOSTLY = 0.35
"""Where more than this share is called out of turn there is no order to learn."""
FIRST = -(10**6)
HORIZON = 7200.0
"""Seconds that a play looks ahead for people still to come."""
UNNAMED = ("", "?", "#")
"""How the names of windows begin that the log does not name."""
STRAY = 0.02
"""The share of calls out of turn that is not worth playing."""
SURE = 8
"""Chances to overtake after which one service is believed to go before another."""


def nameless(place: int) -> str:
    """What the window is called that is the so-many-th at work in a log without names."""
    return f"#{place}"


@dataclass
class Precedence:
    """Which services go before which: how often a later one was called first, of the times it could have been."""

    over: Counter[tuple[str, str]] = field(default_factory=Counter)
    chances: Counter[tuple[str, str]] = field(default_factory=Counter)
    rank: dict[str, int] = field(default_factory=dict)
    jumped: float = 0.0
    mixed: float = 0.0
    could: float = 20.0
    passed: set[int] = field(default_factory=set)

    def called(self, visit: Visit, waiting: Iterable[Visit]) -> None:
        """Learn from one call while others waited that the same window could have called."""
        first: dict[str, Visit] = {}
        waiting = list(waiting)
        mates = [other.arrival for other in waiting if other.service == visit.service]
        if mates:
            self.could += 1
            if min(mates) < visit.arrival:
                again = id(visit) in self.passed
                self.mixed += again
                self.jumped += not again
        for other in waiting:
            if other.service != visit.service and other.service not in first:
                first[other.service] = other
        for service, other in first.items():
            if other.arrival < visit.arrival:
                self.over[visit.service, service] += 1
                self.chances[visit.service, service] += 1
            else:
                self.chances[service, visit.service] += 1
        self.passed.update(map(id, waiting))
        if first:
            self._sort()

    @property
    def mixing(self) -> float:
        """The share of calls that take just anybody: somebody passed over before, not the first."""
        return self.mixed / self.could if self._orderly else 0.0

    @property
    def jumping(self) -> float:
        """The share of people who are called before earlier ones of their own service; 0 where there is no line."""
        return self.jumped / self.could if self._orderly else 0.0

    @property
    def _orderly(self) -> bool:
        return self.jumped + self.mixed < MOSTLY * self.could

    def _sort(self) -> None:
        names = {name for pair in self.chances for name in pair}
        wins = {
            name: sum(self.beats(name, other) for other in names) - sum(self.beats(other, name) for other in names)
            for name in names
        }
        self.rank = {name: -win for name, win in wins.items()}

    def beats(self, one: str, other: str) -> bool:
        """Whether a service is believed to go before another that came earlier."""
        chances = self.chances[one, other]
        return chances >= SURE and self.over[one, other] > 0.6 * chances


class Watcher:
    """The hall as it looks at one moment of one day."""

    def __init__(self) -> None:
        self.durations = Durations()
        self.gaps, self.precedence, self.shifts = Gaps(), Precedence(), Shifts()
        self.skills: dict[str, Counter[str]] = defaultdict(Counter)
        self.speeds = Speeds()
        self.gave_up, self.waited = 1.0, 36000.0
        self.begin_day()

    def begin_day(self) -> None:
        """An empty hall in the morning; what was learned stays."""
        self.waiting: dict[int, Visit] = {}
        self.precedence.passed.clear()
        self.serving: dict[int, Visit] = {}
        self.free: dict[str, float] = {}
        self.last: dict[str, float] = {}  # the wait of whoever was called last, by service
        self.arrived: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=40))
        self.anonymous = 0
        self.durations.new_day()
        self.shifts.begin_day()

    def arrive(self, visit: Visit) -> None:
        """Somebody comes."""
        self.waiting[id(visit)] = visit
        self.arrived[visit.service].append(visit.arrival)

    def leave(self, visit: Visit, at: float) -> None:
        """Somebody gives up waiting."""
        if self.waiting.pop(id(visit), None) is not None:
            self.gave_up += 1
            self.waited += at - visit.arrival

    def start(self, visit: Visit, at: float) -> None:
        """Somebody is called."""
        self.waiting.pop(id(visit), None)
        server = visit.server or self._somebody(at)
        since = self.free.pop(server, None)
        able = [one for one in self.waiting.values() if self._surely_serves(server, one.service)]
        asked = min(one.arrival for one in (visit, *able))
        if since is not None and asked < at - 1:
            self.gaps.add(at - max(since, asked))
        self.precedence.called(visit, able)
        self.skills[server][visit.service] += 1
        self.serving[id(visit)] = visit
        self.shifts.mark(visit.server or nameless(len(self.serving)), visit.arrival, at, at)
        self.waited += at - visit.arrival
        self.last[visit.service] = self.last[""] = at - visit.arrival
        self.vanish(visit, able)

    def vanish(self, visit: Visit, waiting: Iterable[Visit]) -> None:
        """Those who gave up at a time nobody noted are missed when a later one of their service is called."""
        for other in [one for one in waiting if one.abandoned and one.left is None]:
            if other.service == visit.service and other.arrival < visit.arrival:
                self.leave(other, visit.arrival)

    def end(self, visit: Visit, at: float) -> None:
        """Somebody goes; the window is free."""
        if self.serving.pop(id(visit), None) is None or visit.start is None:
            return
        usual = self.durations.mean(visit.service) * self.durations.pace
        if visit.server:
            self.shifts.mark(visit.server, visit.arrival, visit.start, at)
            self.speeds.add(visit.server, at - visit.start, usual)
        self.durations.add(visit.service, at - visit.start)
        server = visit.server
        if not server:
            self.anonymous += 1
            server = f"?{self.anonymous}"
        self.free[server] = at

    def _somebody(self, at: float) -> str:
        """The unnamed window that is taken to have called: the one that was free last."""
        unnamed = [(since, name) for name, since in self.free.items() if name.startswith("?")]
        return max(unnamed)[1] if unnamed else f"?{at}"

    def may_serve(self, server: str, service: str) -> bool:
        """Whether a window is believed to serve a service."""
        seen = self.skills.get(server)
        return seen is None or server[:1] in UNNAMED or sum(seen.values()) < KNOWN or service in seen

    def _surely_serves(self, server: str, service: str) -> bool:
        """Whether a window could have called somebody of a service: only then a choice was made there."""
        seen = self.skills.get(server)
        return server[:1] in UNNAMED or (seen is not None and sum(seen.values()) >= KNOWN and service in seen)

    def at_work(self, at: float) -> list[tuple[str, Visit | None]]:
        """The windows believed to be at work, each with the visit there."""
        there: list[tuple[str, Visit | None]] = [(visit.server, visit) for visit in self.serving.values()]
        usual = self.shifts.usual(at)
        for server in self._others(usual):
            if not (server[:1] == "#" and int(server[1:]) <= len(there)):
                idle = self._idle(server, at)
                if idle <= self.gaps.patience if idle else server in usual or at - self.free[server] <= ABSENT:
                    there.append((server, None))
        return there

    def paused(self, at: float) -> dict[str, float]:
        """The windows that are usually there but have let somebody wait for so many seconds without calling."""
        usual = self.shifts.usual(at)
        idle = {server: self._idle(server, at) for server in self._others(usual) if server[:1] not in UNNAMED}
        return {one: since for one, since in idle.items() if one in usual and self.gaps.patience < since <= ABSENT}

    def _others(self, usual: set[str]) -> list[str]:
        """The windows known today or usual now that serve nobody at the moment."""
        busy = {visit.server for visit in self.serving.values()}
        return sorted({*self.free, *usual} - busy, key=lambda name: (len(name), name))

    def _idle(self, server: str, at: float) -> float:
        """For how many seconds a window has let somebody wait whom it may serve; 0 where nobody waits for it."""
        asked = min((one.arrival for one in self.waiting.values() if self.may_serve(server, one.service)), default=at)
        return at - max(self.free.get(server, -FOREVER), asked)

    @property
    def hazard(self) -> float:
        """How many give up in a second of waiting."""
        return self.gave_up / self.waited

    def rate(self, service: str, at: float) -> float:
        """Arrivals of a service in a second, from the last ones of the day."""
        times = self.arrived[service]
        recent = [one for one in times if at - one < 3600]
        return len(recent) / max(1800.0, min(3600.0, at - times[0])) if recent else 0.0


class Place(NamedTuple):
    """A window in a play: what the log calls it, and by which name its shifts are known."""

    server: str
    key: str


FOREVER = float("inf")
Line = tuple[int, str]
"""People who stand behind each other: the rank of their service, and the service."""
Waiting = tuple[float, float, Visit | None]
"""Arrival and end of patience in seconds from now, and who it is; None for somebody still to come."""


class Crowd:
    """Who waits at a moment and who may still come before the target: the same for all plays from then on."""

    def __init__(self, watcher: Watcher, at: float, target: Visit) -> None:
        self.watcher, self.hazard = watcher, watcher.hazard
        rank = watcher.precedence.rank
        lines: dict[Line, list[Visit]] = defaultdict(list)
        for visit in watcher.waiting.values():
            lines[rank.get(visit.service, 0), visit.service].append(visit)
        self.waiting = {
            line: [(one.arrival - at, one, one is target) for one in sorted(people, key=_arrival, reverse=True)]
            for line, people in lines.items()
        }
        mixing = watcher.precedence.mixing
        self.mixing = mixing if mixing > STRAY else 0.0
        self.coming = list(self._coming(rank.get(target.service, 0), at))
        self._able: dict[tuple[str, str], bool] = {}

    def _coming(self, mine: int, at: float) -> Iterator[tuple[Line, float]]:
        """Whoever comes later but goes first: services before the target's, and the few who are let past."""
        rank, jumping = self.watcher.precedence.rank, self.watcher.precedence.jumping
        for service in self.watcher.arrived:
            own, rate = rank.get(service, 0), self.watcher.rate(service, at)
            if (own < mine or self.mixing) and rate > 1e-7:
                yield (own, service), rate
            if own >= mine and rate * jumping > 1e-7:
                yield (FIRST, service), rate * jumping

    def may_serve(self, server: str, service: str) -> bool:
        """Whether a window is believed to serve a service; remembered, since each play asks it often."""
        known = self._able.get((server, service))
        if known is None:
            known = self._able[server, service] = self.watcher.may_serve(server, service)
        return known


class Learned:
    """A line in one play, called by what was learned: the service that goes first, then whoever came first."""

    def __init__(self, crowd: Crowd, dice: Random) -> None:
        self._crowd, self._dice, hazard = crowd, dice, crowd.hazard
        self._lines: dict[Line, list[Waiting]] = {
            line: [(came, FOREVER if sure else dice.expovariate(hazard), visit) for came, visit, sure in people]
            for line, people in crowd.waiting.items()
        }
        for line, rate in crowd.coming:
            moment, found = dice.expovariate(rate), list[Waiting]()
            while moment < HORIZON:
                found.append((moment, moment + dice.expovariate(hazard), None))
                moment += dice.expovariate(rate)
            self._lines[line] = [*reversed(found), *self._lines.get(line, ())]

    def take(self, window: Place, now: float) -> tuple[str, Visit | None] | None:
        """Whom this window calls now: `(service, visit)`; the visit is None for somebody still to come."""
        best: tuple[float, float] | None = None
        chosen = (0, "")
        for line in self._open(window, now):
            key = line[0], self._lines[line][-1][0]
            if best is None or key < best:
                best, chosen = key, line
        if best is None:
            return None
        if self._crowd.mixing and self._dice.random() < self._crowd.mixing:
            return self._anybody(window, now)
        return chosen[1], self._lines[chosen].pop()[2]

    def _open(self, window: Place, now: float) -> Iterator[Line]:
        """The lines in which somebody waits for a window."""
        for line, waiting in self._lines.items():
            while waiting and waiting[-1][1] < now:
                waiting.pop()  # gave up before this call
            if waiting and waiting[-1][0] <= now and self._crowd.may_serve(window.server, line[1]):
                yield line

    def _anybody(self, window: Place, now: float) -> tuple[str, Visit | None]:
        """One of all who wait for a window, called out of turn."""
        all_here = [
            (line, place)
            for line in self._open(window, now)
            for place, (came, _, _) in enumerate(self._lines[line])
            if came <= now
        ]
        line, place = all_here[int(self._dice.random() * len(all_here))]
        return line[1], self._lines[line].pop(place)[2]


def _arrival(visit: Visit) -> float:
    return visit.arrival
