"""Domain values in and out of their rows; each function is one statement on the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from kiosk.domain.errors import NotFound
from kiosk.domain.events import GENESIS, Event, Name, instant, seal, stamp
from kiosk.domain.hall import Window
from kiosk.domain.people import Role, Staff
from kiosk.domain.tickets import Hold, Outcome, State, Ticket
from kiosk.store.database import Connection

TICKET = (
    "id, day, prefix, number, service, matter, language, state, issued_at, window, clerk, calls, called_at, started_at,"
    " ended_at, token, turn_at, quantity, priority, confirmed, appointment, target, misses, overtaken, hold, outcome,"
    " done"
)


@lru_cache(maxsize=1024)
def ticket_of(row: tuple[Any, ...]) -> Ticket:
    """The ticket in a row selected with `TICKET`; of those who wait, most stand as they stood at the last look."""
    return Ticket(
        id=row[0],
        day=row[1],
        prefix=row[2],
        number=row[3],
        service=row[4],
        matter=row[5],
        language=row[6],
        state=State(row[7]),
        issued_at=instant(row[8]),
        window=row[9],
        clerk=row[10],
        calls=row[11],
        called_at=_instant(row[12]),
        started_at=_instant(row[13]),
        ended_at=_instant(row[14]),
        token=row[15],
        turn_at=instant(row[16]),
        quantity=row[17],
        priority=row[18],
        confirmed=bool(row[19]),
        appointment=_instant(row[20]),
        target=row[21],
        misses=row[22],
        overtaken=row[23],
        hold=Hold(row[24]) if row[24] else None,
        outcome=Outcome(row[25]) if row[25] else None,
        done=tuple(row[26].split()),
    )


def _instant(text: str | None) -> datetime | None:
    return instant(text) if text else None


def _stamp(at: datetime | None) -> str | None:
    return stamp(at) if at else None


def next_number(db: Connection, day: str, prefix: str) -> int:
    """The next number of a prefix on a day, allocated by this transaction and by no other."""
    row = db.execute(
        "INSERT INTO numbers (day, prefix, last) VALUES (?, ?, 1)"
        " ON CONFLICT (day, prefix) DO UPDATE SET last = last + 1 RETURNING last",
        (day, prefix),
    ).fetchall()
    return int(row[0][0])


def add_ticket(db: Connection, ticket: Ticket, *, request_key: str | None, promise: str | None = None) -> None:
    """Store a ticket that has just been taken."""
    db.execute(
        "INSERT INTO tickets (id, day, prefix, number, service, matter, language, state, issued_at, token, request_key,"
        " turn_at, quantity, priority, confirmed, appointment, promise)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            ticket.id,
            ticket.day,
            ticket.prefix,
            ticket.number,
            ticket.service,
            ticket.matter,
            ticket.language,
            ticket.state,
            stamp(ticket.issued_at),
            ticket.token,
            request_key,
            stamp(ticket.turn_at),
            ticket.quantity,
            ticket.priority,
            ticket.confirmed,
            _stamp(ticket.appointment),
            promise,
        ),
    )


def move_ticket(db: Connection, before: Ticket, after: Ticket) -> bool:
    """Store a ticket's move if it still stands where it stood; False when somebody else moved it first."""
    moved = db.execute(
        "UPDATE tickets SET state = ?, window = ?, clerk = ?, calls = ?, called_at = ?, started_at = ?, ended_at = ?,"
        " service = ?, turn_at = ?, quantity = ?, priority = ?, confirmed = ?, target = ?, misses = ?, hold = ?,"
        " outcome = ?, done = ? WHERE id = ? AND state = ? AND calls = ? RETURNING id",
        (
            after.state,
            after.window,
            after.clerk,
            after.calls,
            *map(_stamp, (after.called_at, after.started_at, after.ended_at)),
            after.service,
            stamp(after.turn_at),
            after.quantity,
            after.priority,
            after.confirmed,
            after.target,
            after.misses,
            after.hold,
            after.outcome,
            " ".join(after.done),
            before.id,
            before.state,
            before.calls,
        ),
    ).fetchall()
    return bool(moved)


def count_passed(db: Connection, tickets: Sequence[int]) -> None:
    """Note that each of these was passed by a later one."""
    db.executemany("UPDATE tickets SET overtaken = overtaken + 1 WHERE id = ?", [(one,) for one in tickets])


def _one_ticket(db: Connection, condition: str, *values: object) -> Ticket | None:
    row = db.execute(f"SELECT {TICKET} FROM tickets WHERE {condition}", values).fetchone()  # noqa: S608
    return ticket_of(row) if row else None


def ticket_by_request(db: Connection, request_key: str) -> Ticket | None:
    """The ticket an earlier tap of the same flow has taken."""
    return _one_ticket(db, "request_key = ?", request_key)


def ticket_by_id(db: Connection, ticket_id: int) -> Ticket:
    """A ticket by id; `NotFound` `unknown_ticket` otherwise."""
    return _known(_one_ticket(db, "id = ?", ticket_id))


def ticket_by_token(db: Connection, token: str) -> Ticket:
    """A ticket by the secret of its own page; `NotFound` `unknown_ticket` otherwise."""
    return _known(_one_ticket(db, "token = ?", token))


def ticket_by_code(db: Connection, day: str, prefix: str, number: int) -> Ticket:
    """A ticket by the number on its paper, of one day; `NotFound` `unknown_ticket` otherwise."""
    row = db.execute(
        f"SELECT {TICKET} FROM tickets WHERE day = ? AND prefix = ? AND number = ?",  # noqa: S608
        (day, prefix, number),
    ).fetchone()
    return _known(ticket_of(row) if row else None)


def ticket_at_window(db: Connection, window: int) -> Ticket | None:
    """The ticket that a window has called or is serving."""
    return _one_ticket(db, "state IN ('called', 'serving') AND window = ?", window)


def last_served(db: Connection, day: str, window: int) -> Ticket | None:
    """The visit that ended last at a window on a day."""
    return _one_ticket(
        db, "day = ? AND window = ? AND state = 'completed' ORDER BY ended_at DESC, id DESC LIMIT 1", day, window
    )


def _known(ticket: Ticket | None) -> Ticket:
    if ticket is None:
        raise NotFound("unknown_ticket", "no such ticket")
    return ticket


def waiting(db: Connection, day: str, services: tuple[str, ...], *, window: int | None = None) -> list[Ticket]:
    """The tickets waiting for any of these services, in the order of their turn; those sent to `window` with them."""
    marks = ", ".join("?" * len(services))
    rows = db.execute(
        f"SELECT {TICKET} FROM tickets WHERE state = 'waiting' AND day = ? AND (service IN ({marks}) OR target = ?)"  # noqa: S608
        " ORDER BY turn_at, id",
        (day, *services, window),
    )
    return [ticket_of(row) for row in rows]


class Place(NamedTuple):
    """Somebody who waits, as far as the order of calls looks at it; instants as they are stored, in order as texts."""

    id: int
    service: str
    turn_at: str
    priority: str | None
    appointment: str | None
    target: int | None
    overtaken: int
    prefix: str
    number: int


def places(db: Connection, day: str, window: Window, gone: Collection[int] = ()) -> list[Place]:
    """Who waits for a window and is not gone, in order, as far as a call looks at them.

    That is the first to come alone where the window prefers nothing and nobody in the hall may go before others,
    comes by appointment or was sent to one window: then a long queue costs a call no more than a short one.
    """
    waiting = "FROM tickets WHERE state = 'waiting' AND day = ?"
    weighed = f"SELECT EXISTS(SELECT 1 {waiting} AND coalesce(priority, appointment, target) IS NOT NULL)"
    most = -1 if window.preferred or db.execute(weighed, (day,)).fetchone()[0] else 1 + len(gone)
    rows = db.execute(
        f"SELECT {', '.join(Place._fields)} {waiting}"
        f" AND (service IN ({', '.join('?' * len(window.services))}) OR target = ?) ORDER BY turn_at, id LIMIT ?",
        (day, *window.services, window.number, most),
    )
    return [place for place in map(Place._make, rows) if place.id not in gone]


def ahead_of(db: Connection, day: str, services: tuple[str, ...], turn_at: datetime, ticket_id: int) -> int:
    """How many wait in a line of services before somebody whose turn began at an instant."""
    marks = ", ".join("?" * len(services))
    row = db.execute(
        f"SELECT count(*) FROM tickets WHERE state = 'waiting' AND day = ? AND service IN ({marks})"  # noqa: S608
        " AND (turn_at, id) < (?, ?)",
        (day, *services, stamp(turn_at), ticket_id),
    ).fetchone()
    return int(row[0])


def set_aside(db: Connection, day: str, state: State) -> list[Ticket]:
    """The tickets of a day that are held or missed, newest first."""
    rows = db.execute(
        f"SELECT {TICKET} FROM tickets WHERE state IN ('held', 'missed') AND day = ? AND state = ? ORDER BY id DESC",  # noqa: S608
        (day, state),
    )
    return [ticket_of(row) for row in rows]


def append_event(
    db: Connection, *, hall: str, at: datetime, actor: str, name: Name, subject: str, data: Mapping[str, object]
) -> Event:
    """Write the next link of the chain and return it; the milliseconds of `at` are kept, finer is dropped."""
    last = db.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone() or (0, GENESIS)
    seq, text, when = last[0] + 1, json.dumps(data, ensure_ascii=False, sort_keys=True), stamp(at)
    link = seal(last[1], hall=hall, seq=seq, at=when, actor=actor, name=name, subject=subject, data=text)
    db.execute(
        "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (seq, hall, when, actor, name, subject, text, link)
    )
    return Event(seq=seq, hall=hall, at=instant(when), actor=actor, name=name, subject=subject, data=data, hash=link)


def event_of(row: tuple[Any, ...]) -> Event:
    """The event in a row of the table, columns in order."""
    return Event(
        seq=row[0],
        hall=row[1],
        at=instant(row[2]),
        actor=row[3],
        name=Name(row[4]),
        subject=row[5],
        data=json.loads(row[6]),
        hash=row[7],
    )


def events_after(db: Connection, seq: int, *, limit: int = 1000, names: Collection[Name] = ()) -> list[Event]:
    """The events that follow a sequence number, oldest first; of some names, or all."""
    among = f" AND name IN ({', '.join('?' * len(names))})" if names else ""
    query = f"SELECT * FROM events WHERE seq > ?{among} ORDER BY seq LIMIT ?"  # noqa: S608 — marks only
    return [event_of(row) for row in db.execute(query, (seq, *names, limit))]


def events_of(db: Connection, subject: str) -> list[Event]:
    """Everything that happened to one subject, oldest first."""
    return [event_of(row) for row in db.execute("SELECT * FROM events WHERE subject = ? ORDER BY seq", (subject,))]


def last_seq(db: Connection) -> int:
    """The sequence number of the newest event, 0 in an empty hall."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])


def first_instant(db: Connection) -> datetime:
    """When the diary begins; only for a diary that has begun."""
    return instant(db.execute("SELECT at FROM events WHERE seq = 1").fetchone()[0])


def visits_open(db: Connection, day: str) -> int:
    """How many visits of a day have not come to their end: people wait, stand at a window or are held."""
    query = "SELECT count(*) FROM tickets WHERE day = ? AND state IN ('waiting', 'called', 'serving', 'held')"
    return int(db.execute(query, (day,)).fetchone()[0])


def has_visits_not_by(db: Connection, day: str, actor: str) -> bool:
    """Whether anybody but one actor took a number on a day."""
    query = (
        "SELECT 1 FROM tickets t JOIN events e ON e.subject = 'ticket:' || t.id AND e.name = 'ticket.taken'"
        " WHERE t.day = ? AND e.actor <> ? LIMIT 1"
    )
    return db.execute(query, (day, actor)).fetchone() is not None


def broken_link(db: Connection) -> int | None:
    """The first sequence number whose event does not continue the chain; None when the whole diary is sound."""
    previous, expected = GENESIS, 1
    for seq, hall, at, actor, name, subject, data, link in db.execute("SELECT * FROM events ORDER BY seq"):
        sealed = seal(previous, hall=hall, seq=seq, at=at, actor=actor, name=name, subject=subject, data=data)
        if seq != expected or link != sealed:
            return int(seq)
        previous, expected = link, seq + 1
    return None


def staff_of(row: tuple[Any, ...]) -> Staff:
    """The member of staff in `id, login, name, role`."""
    return Staff(id=row[0], login=row[1], name=row[2], role=Role(row[3]))
