"""What every operation needs: the configured hall, its memory, its clock; and opening outside the published hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.domain.catalogue import Catalogue
from kiosk.domain.errors import BadInput
from kiosk.domain.estimate.promise import Waits
from kiosk.domain.events import Event, Name
from kiosk.domain.hall import Hall
from kiosk.domain.people import Actor
from kiosk.domain.phrases import Phrases
from kiosk.store import access, records
from kiosk.store.database import Connection, Database


@dataclass(frozen=True, kw_only=True)
class Context:
    """The running hall; `clock` gives aware instants, `address` tells how phones reach us (for QR codes)."""

    hall: Hall
    catalogue: Catalogue
    phrases: Phrases
    database: Database
    clock: Callable[[], datetime]
    address: Callable[[], str]
    printer: str  # where slips go that no kiosk asked for
    waits: Callable[[], Waits] = Waits  # the latest waiting estimates; empty where nobody makes any


def record(
    context: Context,
    db: Connection,
    name: Name,
    *,
    actor: Actor,
    subject: str,
    at: datetime,
    data: Mapping[str, object] | None = None,
) -> Event:
    """Write an event of this hall and return it."""
    return records.append_event(
        db, hall=context.hall.code, at=at, actor=actor.name, name=name, subject=subject, data=data or {}
    )


def paper_until(context: Context, at: datetime) -> datetime:
    """Until when a slip queued now is still of use: paper that comes hours later only confuses."""
    return at + timedelta(minutes=context.hall.limits.ticket_paper_minutes)


def open_hall(context: Context, *, minutes: int, actor: Actor) -> datetime:
    """Issue numbers outside the published hours for so many minutes (regulations 3.6); return until when."""
    if not 1 <= minutes <= 24 * 60:
        raise BadInput("bad_input", "between one minute and a day")

    def work(db: Connection) -> datetime:
        at = context.clock()
        until = at + timedelta(minutes=minutes)
        access.set_opened_until(db, until)
        record(context, db, Name.HALL_OPENED, actor=actor, subject="hall", at=at, data={"minutes": minutes})
        return until

    return context.database.write(work)


def close_hall(context: Context, *, actor: Actor) -> None:
    """End an opening outside the hours; the published hours count again."""

    def work(db: Connection) -> None:
        access.set_opened_until(db, None)
        record(context, db, Name.HALL_CLOSED, actor=actor, subject="hall", at=context.clock())

    context.database.write(work)
