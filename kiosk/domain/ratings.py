"""The rating of a visit: five labelled levels, once per visit, never forced (GB/T 39734-2020 4.1, 7)."""

from __future__ import annotations

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
    API = "api"


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
