"""The figures of the ratings: shares with their n and interval, states apart, small cells hidden (GB/T 39734-2020)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt

from kiosk.domain.ratings import Level, Rating

HIDDEN_UNDER = 5
"""A share of fewer answers is not shown: it would tell who said what (requirements E5)."""
RANKED_FROM = 30
"""A person with fewer answers is not ranked: chance alone would decide."""
Z = 1.959964
"""The normal quantile of a 95 % interval."""


class Standing(StrEnum):
    """How a visit stands in the figures; each is counted apart (requirements R-7)."""

    RATED = "rated"
    SUSPECT = "suspect"  # one of a burst: kept, shown beside
    EXCLUDED = "excluded"  # after a review, with its reason
    UNRATED = "unrated"  # may still be rated
    DEFAULT = "default"  # the time has passed; what a platform may make of it is no citizen's word


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A completed visit with what was said of it; `rating` None while nothing was."""

    ticket: int
    day: str
    code: str
    service: str
    matter: str | None
    window: int | None
    clerk: str
    taken_at: datetime
    ended_at: datetime
    rating: Rating | None = None
    addition: Rating | None = None
    case: str | None = None  # the number of the application that was accepted at this visit

    def standing(self, at: datetime, days: int) -> Standing:
        """How this visit stands now, when a rating is taken for so many days."""
        if self.rating is None:
            return Standing.DEFAULT if at - self.ended_at > timedelta(days=days) else Standing.UNRATED
        if self.rating.excluded:
            return Standing.EXCLUDED
        return Standing.SUSPECT if self.rating.suspect else Standing.RATED


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many; nothing is said of fewer than `least`."""

    part: int
    whole: int
    least: int = HIDDEN_UNDER

    @property
    def shown(self) -> bool:
        """Whether there are enough to say anything."""
        return self.whole >= max(1, self.least)

    @property
    def value(self) -> float:
        """The share from 0 to 1; 0 of nothing."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Within which the true share lies with 95 % (Wilson 1927); the whole range for nothing."""
        if not self.whole:
            return 0.0, 1.0
        n, p = self.whole, self.value
        centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What is known of a group of visits: how many stand how, and the levels of those that count."""

    standings: Mapping[Standing, int]
    levels: Mapping[Level, int]

    @property
    def visits(self) -> int:
        """How many visits were completed."""
        return sum(self.standings.values())

    @property
    def rated(self) -> int:
        """How many ratings count: given by a citizen, neither excluded nor one of a burst."""
        return self.standings[Standing.RATED]

    @property
    def participation(self) -> Share:
        """参评率: visits of which a citizen said something, of all that were completed."""
        said = (Standing.RATED, Standing.SUSPECT, Standing.EXCLUDED)
        return Share(part=sum(self.standings[one] for one in said), whole=self.visits)

    @property
    def satisfied(self) -> Share:
        """主动好评率: 非常满意, 满意 and 基本满意 of the ratings that count; a default is never one of them."""
        good = sum(count for level, count in self.levels.items() if level >= Level.FAIR)
        return Share(part=good, whole=self.rated)


def tally(visits: Iterable[Visit], at: datetime, days: int) -> Tally:
    """Count visits by how they stand and, where they count, by level."""
    standings = dict.fromkeys(Standing, 0)
    levels = dict.fromkeys(sorted(Level, reverse=True), 0)
    for visit in visits:
        standing = visit.standing(at, days)
        standings[standing] += 1
        if visit.rating is not None and standing is Standing.RATED:
            levels[visit.rating.level] += 1
    return Tally(standings=standings, levels=levels)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One group of a table; `rank` None where it is not ranked."""

    key: str
    tally: Tally
    rank: int | None = None
    apart: bool = True  # whether its share may stand beside the total: see `guarded`

    @property
    def shown(self) -> bool:
        """Whether its share is shown."""
        return self.apart and self.tally.satisfied.shown


def by(visits: Sequence[Visit], key: Callable[[Visit], str], at: datetime, days: int) -> tuple[Line, ...]:
    """The visits counted by a key, in the order of the keys; no line is ranked."""
    groups: defaultdict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        groups[key(visit)].append(visit)
    return guarded(tuple(Line(key=name, tally=tally(groups[name], at, days)) for name in sorted(groups)))


def guarded(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines so that nobody finds a hidden one by subtraction: beside a single one, or a few answers, more hide.

    The smallest of the others go with them until two lines and five answers are hidden together.
    """
    by_size = sorted((line for line in lines if line.tally.rated), key=lambda line: line.tally.rated)
    count = sum(line.tally.rated < HIDDEN_UNDER for line in by_size)
    while 0 < count < len(by_size) and (count < 2 or sum(one.tally.rated for one in by_size[:count]) < HIDDEN_UNDER):
        count += 1
    hidden = {line.key for line in by_size[:count]}
    return tuple(replace(line, apart=line.key not in hidden) for line in lines)


def ranked(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with enough answers by the lower end of their interval, equal ones sharing a rank; then the others."""
    enough = [line for line in lines if line.tally.rated >= RANKED_FROM]
    lows = {line.key: line.tally.satisfied.interval[0] for line in enough}
    placed = [replace(line, rank=1 + sum(low > lows[line.key] for low in lows.values())) for line in enough]
    return (
        *sorted(placed, key=lambda line: (line.rank, line.key)),
        *(line for line in lines if line.tally.rated < RANKED_FROM),
    )


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """What became of one negative rating: the stages it went through, the answer, the citizen's view of it."""

    stages: frozenset[str] = frozenset()
    answered: bool = False
    in_time: bool = False
    view: str = ""


@dataclass(frozen=True, kw_only=True)
class Answering:
    """How negative ratings were answered (差评回复率, 回访整改率, 回访整改满意率)."""

    replied: Share
    in_time: Share
    rectified: Share
    satisfied: Share


def answering(found: Sequence[FollowUp]) -> Answering:
    """The rates of a set of follow-ups; what the hall did is shown of few, too, what citizens said of it is not."""
    answered = [one for one in found if one.answered]
    viewed = [one for one in found if one.view]

    def share(part: Iterable[object], whole: Sequence[object], least: int = 1) -> Share:
        return Share(part=sum(1 for _ in part), whole=len(whole), least=least)

    return Answering(
        replied=share(answered, found),
        in_time=share((one for one in answered if one.in_time), found),
        rectified=share((one for one in answered if "rectified" in one.stages), answered),
        satisfied=share((one for one in viewed if one.view == "satisfied"), viewed, HIDDEN_UNDER),
    )
