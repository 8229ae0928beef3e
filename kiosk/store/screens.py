"""What only the hall's screens show: the numbers that come next, and the notices of the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.dispatch import choose
from kiosk.domain.events import instant, stamp
from kiosk.domain.hall import Hall
from kiosk.domain.tickets import Ticket
from kiosk.store import duty, records
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


def soon(db: Connection, hall: Hall, at: datetime) -> tuple[Ticket, ...]:
    """Whom the windows at work would call if each called now, in the order of their turn; nobody stands there twice."""
    return tuple(sorted(_next(db, hall, at), key=lambda ticket: (ticket.turn_at, ticket.id)))


def _next(db: Connection, hall: Hall, at: datetime) -> Iterator[Ticket]:
    day = hall.day(at)
    present = duty.duties(db, day)
    waiting = records.waiting(db, day, tuple(service.id for service in hall.services))
    for window in hall.windows:
        post = present.get(window.number)
        choice = choose(window, waiting, at, hall.order) if post and not post.pause else None
        if choice is not None:
            waiting.remove(choice.ticket)
            yield choice.ticket
