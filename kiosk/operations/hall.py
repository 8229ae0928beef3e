"""What every operation needs: the hall, its memory, its clock, plain words; and opening outside the published hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from kiosk.domain.catalogue import Catalogue
from kiosk.domain.errors import BadInput, Conflict
from kiosk.domain.estimate.promise import Waits
from kiosk.domain.events import Event, Name, stamp
from kiosk.domain.hall import Hall
from kiosk.domain.people import Actor, require_office
from kiosk.domain.phrases import Phrases
from kiosk.store import access, records
from kiosk.store.database import Connection, Database, StorageTrouble


class Clock(Protocol):
    """The hall's time, which never runs backwards by itself (K3)."""

    def __call__(self) -> datetime:
        """The instant it is in the hall."""

    @property
    def machine(self) -> datetime | None:
        """The machine's instant while the hall's time is ahead of it; None while both agree."""

    def go_on(self, at: datetime) -> None:
        """Let the hall's time go on from an instant, also an earlier one."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """The running hall; `clock` gives aware instants, `address` tells how phones reach us (for QR codes)."""

    hall: Hall
    catalogue: Catalogue
    phrases: Phrases
    database: Database
    clock: Clock
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


def line(text: str, most: int, *, least: int = 0) -> str:
    """What somebody typed, in one line; `bad_input` for too little, too much or signs that cannot be shown."""
    text = " ".join(text.split())
    if not least <= len(text) <= most or not text.isprintable():
        raise BadInput("bad_input", f"a text of {least} to {most} characters is expected")
    return text


def stated(reason: str, most: int = 200) -> str:
    """A reason in one line; `reason_needed` without one, else what `line` raises."""
    if not reason.strip():
        raise BadInput("reason_needed", "a reason must be given")
    return line(reason, most)


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


def accept_clock(context: Context, *, actor: Actor) -> datetime:
    """Let the hall's time go back to the machine's, which somebody has checked, and return it (K3).

    The diary's order stays that of its numbers, and this event tells where its instants step back; numbers of every
    day count on from where they stand. Nobody may be waiting or served meanwhile: their places in line are instants.
    Raises `not_allowed` for anybody but the office, `clock_right`, `clock_unlikely` for an instant before the hall's
    first event, `visits_open`.
    """
    require_office(actor)
    wrong = context.clock()

    def work(db: Connection) -> datetime:
        at = context.clock.machine
        if at is None:
            raise Conflict("clock_right", "the hall's time is the machine's")
        if at < records.first_instant(db):
            raise Conflict("clock_unlikely", f"the machine says {at:%Y-%m-%d}")
        if count := records.visits_open(db, context.hall.day(wrong)):
            raise Conflict("visits_open", f"{count} visits are open", count=count)
        access.bring_back(db, at)
        context.clock.go_on(at)
        record(context, db, Name.CLOCK_ACCEPTED, actor=actor, subject="hall", at=at, data={"before": stamp(wrong)})
        return at

    try:
        return context.database.write(work)
    except StorageTrouble:
        context.clock.go_on(wrong)
        raise
