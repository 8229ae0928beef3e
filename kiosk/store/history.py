"""What the estimate learns from: visits that ended, with what was promised, and the hall as it stands."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.domain.events import instant
from kiosk.domain.tickets import Ticket
from kiosk.store.database import Connection
from kiosk.store.records import TICKET, ticket_of

REMEMBERED = 3000


@dataclass(frozen=True, kw_only=True)
class Visit:
    """An ended visit: the number of the event that ended it, seconds called and waited, the promise as stored."""

    seq: int
    service: str
    length: float
    waited: float | None
    promise: str | None


def visits_after(db: Connection, seq: int) -> list[Visit]:
    """The visits that ended after an event, oldest first; at the start only the last some thousand."""
    rows = db.execute(
        "SELECT e.seq, t.service, t.called_at, t.ended_at, t.issued_at, t.promise FROM events e"
        " JOIN tickets t ON t.id = CAST(substr(e.subject, 8) AS INTEGER)"
        " WHERE e.name = 'ticket.completed' AND e.seq > ? AND t.called_at IS NOT NULL ORDER BY e.seq DESC LIMIT ?",
        (seq, REMEMBERED),
    ).fetchall()
    return [_visit(row) for row in reversed(rows)]


def _visit(row: tuple[int, str, str, str, str, str | None]) -> Visit:
    called, ended, issued = (instant(text) for text in row[2:5])
    return Visit(
        seq=row[0],
        service=row[1],
        length=(ended - called).total_seconds(),
        waited=(called - issued).total_seconds(),
        promise=row[5],
    )


def last_move(db: Connection) -> int:
    """The number of the newest event."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])


def waiting(db: Connection, day: str) -> list[Ticket]:
    """Everybody who waits on a day, in the order of their turn."""
    query = f"SELECT {TICKET} FROM tickets WHERE state = 'waiting' AND day = ? ORDER BY turn_at, id"  # noqa: S608
    return [ticket_of(row) for row in db.execute(query, (day,))]


def at_windows(db: Connection) -> list[Ticket]:
    """The tickets that occupy a window now."""
    return [ticket_of(row) for row in db.execute(f"SELECT {TICKET} FROM tickets WHERE state IN ('called', 'serving')")]  # noqa: S608


def at_work(db: Connection, day: str) -> list[int]:
    """The windows with somebody on duty who does not pause."""
    rows = db.execute("SELECT window FROM duty WHERE day = ? AND pause IS NULL ORDER BY window", (day,))
    return [int(row[0]) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How the promises of a day were kept: visits with one, minutes off on average, too long or short, the share that
    fell into the told range."""

    day: str
    count: int
    error: float
    bias: float
    coverage: float


def promises_kept(db: Connection, day: str) -> Kept:
    """How near the promises of a day came, in minutes; zeros where none was made."""
    row = db.execute(
        "SELECT count(*), avg(abs(told - waited)) / 60, avg(told - waited) / 60,"
        " avg(waited BETWEEN low - 30 AND max(high, 60) + 30) FROM ("
        " SELECT json_extract(promise, '$.point') AS told, json_extract(promise, '$.low') AS low,"
        " json_extract(promise, '$.high') AS high, unixepoch(called_at) - unixepoch(issued_at) AS waited"
        " FROM tickets WHERE day = ? AND promise IS NOT NULL AND called_at IS NOT NULL)",
        (day,),
    ).fetchone()
    return Kept(day=day, count=row[0], error=row[1] or 0.0, bias=row[2] or 0.0, coverage=row[3] or 0.0)
