"""The rating of a visit: five labelled levels, once per visit, never forced (GB/T 39734-2020 4.1, 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from kiosk.domain.errors import BadInput, Conflict
from kiosk.domain.tickets import State, Ticket


class Level(IntEnum):
    """The national levels; five is 非常满意, the two lowest are 差评."""

    VERY_SATISFIED = 5
    SATISFIED = 4
    FAIR = 3
    DISSATISFIED = 2
    VERY_DISSATISFIED = 1


class Channel(StrEnum):
    """Where a rating was given."""

    PAD = "pad"
    OWN_TICKET = "own_ticket"
    KIOSK = "kiosk"
    PAPER = "paper"  # a printed form that the office typed in
    API = "api"


@dataclass(frozen=True, kw_only=True)
class Option:
    """One answer of the national option set; its code goes to the province's platform, `english` is for our pages."""

    code: int
    level: int
    text: str
    english: str = ""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The option set in use, with its version (附录 A: sets are replaced as a whole)."""

    version: str = ""
    options: tuple[Option, ...] = ()

    def of(self, level: Level) -> tuple[Option, ...]:
        """The options of a level."""
        return tuple(one for one in self.options if one.level == level)

    def text(self, code: int) -> str:
        """What an option says; its code where a newer set has lost it."""
        return next((one.text for one in self.options if one.code == code), str(code))


@dataclass(frozen=True, kw_only=True)
class Report:
    """Who reports to the province's platform; what the hall has not filled in is empty and leaves as null."""

    area_code: str = ""  # 行政区划代码, 12 digits
    area_name: str = ""
    department_code: str = ""  # 统一社会信用代码, 18 signs
    department: str = ""
    data_source: str = ""  # the province's three digits


@dataclass(frozen=True, kw_only=True)
class Rating:
    """What a citizen said of a visit: `round` 1 the rating, 2 the addition (追评).

    `suspect` marks one of a burst, `excluded` is the reason of a review; neither deletes anything.
    """

    id: int
    ticket: int
    round: int
    level: Level
    reasons: tuple[int, ...]
    text: str
    version: str
    channel: Channel
    at: datetime
    place: str = ""  # the terminal it was given at; empty for a citizen's own phone
    suspect: bool = False
    excluded: str = ""
    explained: bool = False  # the citizen was asked why, and answered or passed on


CHANGE_SECONDS = 5
"""So long after the first tap another level replaces it (requirements R-2)."""
BURST, BURST_SECONDS = 6, 60
"""Equal answers in so many seconds that are marked (requirements R-6)."""
INTERVAL_SECONDS = 5
"""So long a free-standing terminal waits between two visits (requirements R-6)."""


def negative(level: Level) -> bool:
    """Whether a level is one of the two that owe an answer (差评)."""
    return level <= Level.DISSATISFIED


def changeable(rating: Rating, channel: Channel, at: datetime) -> bool:
    """Whether another level from the same place may still replace this rating."""
    return rating.channel is channel and at - rating.at <= timedelta(seconds=CHANGE_SECONDS)


def require_reasons(options: Options, level: Level, reasons: Sequence[int]) -> tuple[int, ...]:
    """The reasons that belong to a negative level, each once; `bad_reason` for any other."""
    known = {one.code for one in options.of(level)}
    if not negative(level) or not set(reasons) <= known:
        raise BadInput("bad_reason", f"{list(reasons)} are not reasons of level {level}")
    return tuple(dict.fromkeys(reasons))


def level(value: object) -> Level:
    """The level a form or program names; `BadInput` with code `bad_level` for anything but 1 to 5."""
    try:
        return Level(int(str(value)))
    except ValueError:
        raise BadInput("bad_level", f"{value!r:.40} is no level from 1 to 5") from None


def require_ratable(ticket: Ticket, *, rated: bool, at: datetime, days: int) -> None:
    """Pass if this visit may be rated now; `Conflict` `not_ratable` before its end or after `days`, `already_rated`."""
    if rated:
        raise Conflict("already_rated", f"{ticket.code} has its rating")
    ended = ticket.ended_at
    if ticket.state is not State.COMPLETED or ended is None or at - ended > timedelta(days=days):
        raise Conflict("not_ratable", f"{ticket.code} is {ticket.state}")
