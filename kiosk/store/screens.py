"""What only the hall's screens show: the numbers that come next, and the notices of the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from kiosk.domain.dispatch import choose
from kiosk.domain.events import instant, stamp
from kiosk.domain.hall import Hall, Window
from kiosk.domain.tickets import code_of
from kiosk.store import records
from kiosk.store.database import Connection


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A line for everybody in the hall; it goes by itself at `until`."""

    id: int
    text: str
    until: datetime
    by: str


def add_notice(db: Connection, *, text: str, until: datetime, by: str, at: datetime) -> int:
    """Store a notice and return its id."""
    query = "INSERT INTO notices (text, until, by, at) VALUES (?, ?, ?, ?) RETURNING id"
    return int(db.execute(query, (text, stamp(until), by, stamp(at))).fetchall()[0][0])


def end_notice(db: Connection, notice: int, at: datetime) -> bool:
    """Take a notice down now; False when it is not up."""
    done = db.execute("UPDATE notices SET until = ? WHERE id = ? AND until > ?", (stamp(at), notice, stamp(at)))
    return bool(done.rowcount)


def notices(db: Connection, at: datetime) -> tuple[Notice, ...]:
    """The notices that stand now, the newest first."""
    rows = db.execute("SELECT id, text, until, by FROM notices WHERE until > ? ORDER BY id DESC", (stamp(at),))
    return tuple(Notice(id=row[0], text=row[1], until=instant(row[2]), by=row[3]) for row in rows)


def soon(db: Connection, hall: Hall, at_work: Iterable[Window], at: datetime) -> tuple[str, ...]:
    """The numbers that the windows at work would call if each called now, in their turn; nobody stands there twice."""
    day, now, chosen = hall.day(at), stamp(at), dict[int, records.Place]()
    for window in at_work:
        choice = choose(window, records.places(db, day, window, chosen), now, hall.order)
        if choice is not None:
            chosen[choice.ticket.id] = choice.ticket
    in_turn = sorted(chosen.values(), key=attrgetter("turn_at", "id"))
    return tuple(code_of(one.prefix, one.number) for one in in_turn)
