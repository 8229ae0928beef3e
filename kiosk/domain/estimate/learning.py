"""What visits have taught: how long each service takes, shrunk towards what the hall believes while it has seen few.

Durations are kept as they were, newest first to count and oldest first to go: no family of distributions is assumed,
so a hall with many short and a few endless visits is learned as it is.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import fmean, pvariance

KEPT = 600
"""Visits that are remembered for each service."""
BELIEF = 4.0
"""How many visits the hall's own belief is worth (performance.md 4.2)."""
SHAPE = (0.45, 0.6, 0.72, 0.85, 0.97, 1.12, 1.36, 1.93)
"""A believed mean as eight equally likely lengths: a right-skewed spread of about 0.45 of the mean around it."""
HALVES = 2
"""A visit that was seen weighs twice as much as each of the eight lengths, so that these weigh `BELIEF` visits."""
OUTLIER = 3.0
"""A visit longer than so many usual ones says no more about day and window than one of just that length."""
SLOW = 40.0
"""Visits after which a window's own speed counts half."""
FEW = 6
"""So many lengths must be longer than a visit has lasted; else nobody knows how long it will."""
USUAL = 40.0
"""So many visits it takes until today counts half, while nobody knows how much days differ."""
DAYS = 30
DEFAULT = 480.0
GAP = 10.0
"""Seconds that a call is believed to take while no gap has been seen."""
LONGEST = 3600.0
"""A gap that lasts longer is no pause: the window had closed."""


@dataclass
class _Seen:
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    ordered: list[float] = field(default_factory=list)

    def add(self, seconds: float) -> None:
        if len(self.recent) == KEPT:
            self.ordered.pop(bisect_right(self.ordered, self.recent[0]) - 1)
        self.recent.append(seconds)
        insort(self.ordered, seconds)


class Durations:
    """Lengths of visits by service, in seconds; `believed` are means that a hall configures."""

    def __init__(self, believed: Mapping[str, float] | None = None) -> None:
        self._believed = dict(believed or {})
        self._seen: dict[str, _Seen] = {}
        self._all = _Seen()
        self._level = Level()
        self._pace, self._paced = 0.0, 0
        self._days: deque[tuple[int, float]] = deque(maxlen=DAYS)
        self._within, self._within_count = 0.0, 0

    def add(self, service: str, seconds: float) -> None:
        """Learn from a visit that has ended."""
        if seconds < 0:
            return
        ratio = min(OUTLIER, seconds / (self.mean(service) or 1.0))
        off = ratio - self._level.mean
        self._level.add(ratio)
        self._pace += off
        self._paced += 1
        self._within += off * off
        self._within_count += 1
        self._seen.setdefault(service, _Seen()).add(seconds)
        self._all.add(seconds)

    def new_day(self) -> None:
        """Forget how fast the day before went, but keep that days differ so much."""
        if self._paced >= 10:
            self._days.append((self._paced, self._pace / self._paced))
        self._pace, self._paced = 0.0, 0

    def _inertia(self) -> float:
        """How many visits today needs to count half: few where days differ much, many where they are alike."""
        if len(self._days) < 5 or not self._within_count:
            return USUAL
        within = self._within / self._within_count
        means = [mean for _, mean in self._days]
        between = pvariance(means) - fmean(within / number for number, _ in self._days)
        return min(2000.0, max(12.0, within / max(between, 1e-4)))

    @property
    def pace(self) -> float:
        """How today's visits compare with the usual ones: 1.1 is a tenth longer."""
        return 1 + self._pace / (self._paced + self._inertia())

    def count(self, service: str) -> int:
        """How many visits of a service are remembered."""
        return len(self._seen[service].recent) if service in self._seen else 0

    def mean(self, service: str) -> float:
        """The expected length of a visit."""
        seen = self._seen.get(service)
        number = len(seen.recent) if seen else 0
        own = fmean(seen.ordered) if seen and number else 0.0
        return (BELIEF * self._belief(service) + number * own) / (BELIEF + number)

    def _belief(self, service: str) -> float:
        if service in self._believed:
            return self._believed[service]
        return fmean(self._all.ordered) if self._all.ordered else DEFAULT

    def sampler(self, service: str) -> Sampler:
        """A fast way to draw lengths of a service's visits as they are known now."""
        seen, belief = self._seen.get(service), [self._belief(service) * part for part in SHAPE]
        ordered = seen.ordered if seen else []
        table = sorted([*(length for length in ordered for _ in range(HALVES)), *belief])
        return Sampler(table=table, pace=self.pace)


@dataclass(frozen=True, kw_only=True)
class Sampler:
    """Draws visits from `table`: lengths in order, seen ones with their weight beside those believed."""

    table: Sequence[float]
    pace: float

    def draw(self, dice: Random) -> float:
        """The length of a visit that begins now: the longer, the higher the dice fall."""
        return self.table[int(dice.random() * len(self.table))] * self.pace

    def rest(self, elapsed: float, dice: Random) -> float:
        """How much is left of a visit that has gone on for so long."""
        table, usual = self.table, elapsed / self.pace
        longer = bisect_right(table, usual)
        left = len(table) - longer
        if left >= FEW:
            return (table[longer + int(dice.random() * left)] - usual) * self.pace
        return dice.expovariate(1.0) * (sum(table) / len(table)) * self.pace  # longer than any: nobody knows


@dataclass
class Level:
    """The mean of ratios, around one while few are known; their squares tell how much they differ."""

    count: float = 20.0
    total: float = 20.0
    squares: float = 20.0

    def add(self, ratio: float) -> None:
        """Learn from one ratio."""
        self.count += 1
        self.total += ratio
        self.squares += ratio * ratio

    @property
    def mean(self) -> float:
        """Their mean."""
        return self.total / self.count

    @property
    def variance(self) -> float:
        """How much single ratios differ."""
        return max(0.0, self.squares / self.count - self.mean**2)


class Speeds:
    """How long each window takes beside the others; the less windows differ, the more all are taken to be alike."""

    def __init__(self) -> None:
        self._all, self._seen = Level(), dict[object, Level]()
        self._inertia = SLOW

    def add(self, window: object, seconds: float, usual: float) -> None:
        """Learn from a visit, beside its usual length."""
        if usual:
            ratio = min(OUTLIER, seconds / usual)
            self._all.add(ratio)
            self._seen.setdefault(window, Level(0.0, 0.0, 0.0)).add(ratio)
            self._inertia = self._sluggish()

    def _sluggish(self) -> float:
        """How many visits a window needs until its own speed counts half."""
        known = [one for one in self._seen.values() if one.count >= SLOW]
        if len(known) < 2:
            return SLOW
        within = fmean(one.variance for one in known)
        between = pvariance([one.mean for one in known]) - fmean(within / one.count for one in known)
        return min(2000.0, max(12.0, within / max(between, 1e-4)))

    def of(self, window: object) -> float:
        """1.1 is a tenth longer than the others."""
        seen = self._seen.get(window)
        if seen is None:
            return 1.0
        return 1 + (seen.mean / self._all.mean - 1) * seen.count / (seen.count + self._inertia)


class Gaps:
    """Seconds between a visit's end and the next call while somebody waits, pauses among them."""

    def __init__(self) -> None:
        self._seen = _Seen()

    def add(self, seconds: float) -> None:
        """Learn from a call that somebody had waited for."""
        self._seen.add(min(seconds, LONGEST))

    def sampler(self) -> Sampler:
        """Draws gaps as they are known now."""
        return Sampler(table=sorted([*self._seen.ordered, *(GAP * part for part in SHAPE)]), pace=1.0)

    @property
    def patience(self) -> float:
        """After so long a window that calls nobody, though people wait, is taken to pause."""
        ordinary = self._seen.ordered[: len(self._seen.ordered) * 9 // 10]
        return 5 * fmean(ordinary or [GAP]) + 20
