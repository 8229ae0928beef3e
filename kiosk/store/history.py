"""What the estimate learns from: visits that ended, with what was promised, and the hall as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median

from kiosk.domain.events import instant
from kiosk.domain.tickets import Ticket
from kiosk.store.database import Connection
from kiosk.store.records import TICKET, ticket_of

REMEMBERED = 3000


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A spell of somebody at a window, from the call to its end, and the number of the event that ended it.

    `promise` is what was told when the number was taken, as stored; None where this was not the first call.
    """

    seq: int
    service: str
    window: int
    issued: datetime
    began: datetime
    ended: datetime
    promise: str | None

    @property
    def length(self) -> float:
        """Seconds at the window."""
        return (self.ended - self.began).total_seconds()

    @property
    def waited(self) -> float:
        """Seconds from the number to this call."""
        return (self.began - self.issued).total_seconds()


def visits_after(db: Connection, seq: int) -> list[Visit]:
    """The spells at windows that ended after an event, oldest first; at the start only the last some thousand.

    A number that nobody answered is a spell too, short as it is; somebody sent on or put back is none of the service.
    """
    rows = db.execute(
        "SELECT e.seq, t.service, json_extract(b.data, '$.window'), t.issued_at, b.at, e.at,"
        " CASE WHEN EXISTS (SELECT 1 FROM events f WHERE f.subject = e.subject AND f.name = 'ticket.called'"
        " AND f.seq < b.seq) THEN NULL ELSE t.promise END"
        " FROM events e JOIN tickets t ON t.id = CAST(substr(e.subject, 8) AS INTEGER)"
        " JOIN events b ON b.seq = (SELECT max(p.seq) FROM events p WHERE p.subject = e.subject AND p.seq < e.seq"
        " AND p.name NOT IN ('ticket.recalled', 'ticket.started'))"
        " WHERE e.name IN ('ticket.completed', 'ticket.missed', 'ticket.held') AND e.seq > ?"
        " AND b.name IN ('ticket.called', 'ticket.resumed') ORDER BY e.seq DESC LIMIT ?",
        (seq, REMEMBERED),
    ).fetchall()
    return [_visit(row) for row in reversed(rows)]


def _visit(row: tuple[int, str, int, str, str, str, str | None]) -> Visit:
    issued, began, ended = (instant(text) for text in row[3:6])
    return Visit(seq=row[0], service=row[1], window=row[2], issued=issued, began=began, ended=ended, promise=row[6])


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
    """How the promises of a day were kept: visits with one, minutes off in the middle case, minutes too long (or
    short, below zero) on average, the share that fell into the told range."""

    day: str
    count: int
    error: float
    bias: float
    coverage: float


def promises_kept(db: Connection, day: str) -> Kept:
    """How near the promises of a day came to the first call, in minutes; zeros where none was made (Q9)."""
    rows = db.execute(
        "SELECT json_extract(promise, '$.point') AS told, json_extract(promise, '$.low') AS low,"
        " json_extract(promise, '$.high') AS high, (SELECT unixepoch(min(e.at)) FROM events e"
        " WHERE e.subject = 'ticket:' || t.id AND e.name = 'ticket.called') - unixepoch(issued_at) AS waited"
        " FROM tickets t WHERE day = ? AND promise IS NOT NULL",
        (day,),
    )
    kept = [
        (told - waited, low - 30 <= waited <= max(high, 60) + 30)
        for told, low, high, waited in rows
        if waited is not None
    ]
    if not kept:
        return Kept(day=day, count=0, error=0.0, bias=0.0, coverage=0.0)
    return Kept(
        day=day,
        count=len(kept),
        error=median(abs(off) for off, _ in kept) / 60,
        bias=fmean(off for off, _ in kept) / 60,
        coverage=fmean(inside for _, inside in kept),
    )


def unfinished(db: Connection, day: str, actor: str) -> list[Ticket]:
    """The visits of a day that have not ended and whose numbers one actor took, oldest first."""
    query = (
        f"SELECT {TICKET} FROM tickets"  # noqa: S608
        " WHERE day = ? AND state IN ('waiting', 'called', 'serving', 'held') AND EXISTS (SELECT 1 FROM events"
        " WHERE subject = 'ticket:' || tickets.id AND name = 'ticket.taken' AND actor = ?) ORDER BY id"
    )
    return [ticket_of(row) for row in db.execute(query, (day, actor))]
