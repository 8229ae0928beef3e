"""What stands beside the tickets: services that are locked for a while, and appointments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.domain.errors import NotFound
from kiosk.domain.events import instant, stamp
from kiosk.store.database import Connection


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A service for which no numbers are issued by hand of the office, with the words citizens read."""

    service: str
    notice: str
    at: datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """A visit that staff agreed on: day, time, the code to check in with; `ticket` is the number once somebody came.

    `name` and `phone` are what the citizen gave, for staff only.
    """

    id: int
    day: str
    service: str
    at: datetime
    code: str
    name: str
    phone: str
    ticket: int | None = None
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """What decides on one more number of a service: the id it would get, who is there, and what the office has said.

    `waiting` and `issued` count the service's own, `ahead` the whole line; `locked` is the notice of a lock.
    """

    ticket_id: int
    waiting: int
    ahead: int
    issued: int
    opened_until: datetime | None
    locked: str | None


ISSUED = "(SELECT count(*) FROM tickets WHERE day = ?1 AND service = ?2 AND issued_at >= ?3 AND state <> 'cancelled')"


def prospect(
    db: Connection, *, day: str, service: str, line: tuple[str, ...], at: datetime, since: datetime | None
) -> Prospect:
    """What decides on one more number, in one look: the writer hands the interpreter on at every statement.

    `issued` counts from `since` on, 0 where no quota asks; cancelled numbers count no more.
    """
    marks, issued = ", ".join("?" * len(line)), ISSUED if since else "?3"
    row = db.execute(
        "SELECT (SELECT coalesce(max(id), 0) + 1 FROM tickets),"  # noqa: S608 — marks only
        " (SELECT count(*) FROM tickets WHERE state = 'waiting' AND day = ?1 AND service = ?2),"
        f" {issued},"
        " (SELECT until FROM openings), (SELECT notice FROM locks WHERE service = ?2),"
        " (SELECT count(*) FROM tickets WHERE state = 'waiting' AND day = ?1 AND turn_at <= ?4"
        f" AND service IN ({marks}))",
        (day, service, stamp(since) if since else 0, stamp(at), *line),
    ).fetchone()
    return Prospect(
        ticket_id=row[0],
        waiting=row[1],
        issued=row[2],
        opened_until=instant(row[3]) if row[3] else None,
        locked=row[4],
        ahead=row[5],
    )


def locks(db: Connection) -> tuple[Lock, ...]:
    """Every lock."""
    return tuple(_lock(row) for row in db.execute("SELECT service, notice, at, by FROM locks ORDER BY service"))


def _lock(row: tuple[Any, ...]) -> Lock:
    return Lock(service=row[0], notice=row[1], at=instant(row[2]), by=row[3])


def set_lock(db: Connection, lock: Lock) -> None:
    """Lock a service, or change the words of its lock."""
    values = (lock.service, lock.notice, stamp(lock.at), lock.by)
    db.execute("INSERT OR REPLACE INTO locks (service, notice, at, by) VALUES (?, ?, ?, ?)", values)


def remove_lock(db: Connection, service: str) -> bool:
    """Open a service again; False when it was open."""
    return bool(db.execute("DELETE FROM locks WHERE service = ?", (service,)).rowcount)


APPOINTMENT = "id, day, service, at, code, name, phone, ticket, cancelled"


def _appointment(row: tuple[Any, ...]) -> Appointment:
    return Appointment(
        id=row[0],
        day=row[1],
        service=row[2],
        at=instant(row[3]),
        code=row[4],
        name=row[5],
        phone=row[6],
        ticket=row[7],
        cancelled=bool(row[8]),
    )


def add_appointment(db: Connection, appointment: Appointment) -> bool:
    """Store an appointment; False when its code is taken on that day."""
    values = (
        appointment.id,
        appointment.day,
        appointment.service,
        stamp(appointment.at),
        appointment.code,
        appointment.name,
        appointment.phone,
    )
    query = "INSERT OR IGNORE INTO appointments (id, day, service, at, code, name, phone) VALUES (?, ?, ?, ?, ?, ?, ?)"
    return bool(db.execute(query, values).rowcount)


def next_appointment_id(db: Connection) -> int:
    """The id the next appointment gets."""
    return int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM appointments").fetchone()[0])


def appointments(db: Connection, day: str) -> tuple[Appointment, ...]:
    """The appointments of a day that were not cancelled, in the order of their time."""
    query = f"SELECT {APPOINTMENT} FROM appointments WHERE day = ? AND NOT cancelled ORDER BY at, id"  # noqa: S608
    return tuple(_appointment(row) for row in db.execute(query, (day,)))


def appointment_by_code(db: Connection, day: str, code: str) -> Appointment:
    """The appointment of a day with this code; `unknown_appointment` where there is none, or it was cancelled."""
    query = f"SELECT {APPOINTMENT} FROM appointments WHERE day = ? AND NOT cancelled AND code = ?"  # noqa: S608
    return _known(db.execute(query, (day, code)).fetchone())


def appointment(db: Connection, appointment_id: int) -> Appointment:
    """An appointment by id; `unknown_appointment` otherwise."""
    query = f"SELECT {APPOINTMENT} FROM appointments WHERE id = ?"  # noqa: S608
    return _known(db.execute(query, (appointment_id,)).fetchone())


def _known(row: tuple[Any, ...] | None) -> Appointment:
    if row is None:
        raise NotFound("unknown_appointment", "no such appointment")
    return _appointment(row)


def check_in(db: Connection, appointment_id: int, ticket: int) -> bool:
    """Give an appointment its number; False when it has one."""
    query = "UPDATE appointments SET ticket = ? WHERE id = ? AND ticket IS NULL AND NOT cancelled"
    return bool(db.execute(query, (ticket, appointment_id)).rowcount)


def forget_booked(db: Connection, before: str) -> int:
    """Take out who had booked for a day before this one; how many there were."""
    query = "UPDATE appointments SET name = '', phone = '' WHERE day < ? AND (name <> '' OR phone <> '')"
    return db.execute(query, (before,)).rowcount


def cancel_appointment(db: Connection, appointment_id: int) -> bool:
    """Cancel an appointment nobody has come to; False otherwise."""
    query = "UPDATE appointments SET cancelled = 1 WHERE id = ? AND ticket IS NULL AND NOT cancelled"
    return bool(db.execute(query, (appointment_id,)).rowcount)
