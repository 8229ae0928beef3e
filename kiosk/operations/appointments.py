"""Agreed visits (regulations 3.6: special need → appointment), and services closed by hand for a while."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from kiosk.domain.errors import Conflict
from kiosk.domain.events import Name
from kiosk.domain.people import Actor
from kiosk.domain.tickets import Ticket
from kiosk.operations.hall import Context, line, record
from kiosk.operations.moving import require_colleague
from kiosk.operations.queueing import Wish, issue, wished_service
from kiosk.store import queue, records
from kiosk.store.database import Connection
from kiosk.store.queue import Appointment, Lock

AHEAD = timedelta(days=31)


def book(context: Context, *, service: str, at: datetime, name: str, phone: str, actor: Actor) -> Appointment:
    """Agree on a visit and return it with its six-digit code; name and phone are kept for staff alone.

    Raises `unknown_service`, `not_allowed`, `bad_input`, `outside_hours` for a time at which nobody works.
    """
    wanted = context.hall.service(service)
    name, phone = line(name, 20, least=1), line(phone, 20, least=1)

    def work(db: Connection) -> Appointment:
        require_colleague(actor)
        now = context.clock()
        if not now < at <= now + AHEAD or context.hall.minutes_left(at) is None:
            raise Conflict("outside_hours", f"nobody works at {at}")
        number, day = queue.next_appointment_id(db), context.hall.day(at)
        agreed = Appointment(
            id=number, day=day, service=wanted.id, at=at, code=f"{secrets.randbelow(10**6):06d}", name=name, phone=phone
        )
        if not queue.add_appointment(db, agreed):
            raise Conflict("already_exists", "the code is taken, try again", login=agreed.code)
        data = {"service": wanted.id, "day": day}
        record(context, db, Name.APPOINTMENT_BOOKED, actor=actor, subject=f"appointment:{number}", at=now, data=data)
        return agreed

    return context.database.write(work)


def check_in(
    context: Context,
    *,
    code: str,
    actor: Actor,
    language: str = "zh",
    large: bool = False,
    printer: str | None = None,
) -> Ticket:
    """Give an appointment its number, at the kiosk by its code; the second time the same number.

    Raises `unknown_appointment`, `too_early`, `too_late_for_appointment`, or what taking any number may raise.
    """
    rules = context.hall.queue
    early = timedelta(minutes=rules.appointment_early_minutes)
    late = timedelta(minutes=rules.appointment_late_minutes)

    def work(db: Connection) -> Ticket:
        now = context.clock()
        agreed = queue.appointment_by_code(db, context.hall.day(now), code.strip())
        if agreed.ticket is not None:
            return records.ticket_by_id(db, agreed.ticket)
        time = f"{context.hall.local(agreed.at):%H:%M}"
        if now < agreed.at - early:
            raise Conflict("too_early", "the appointment is later", time=time)
        if now > agreed.at + late:
            raise Conflict("too_late_for_appointment", "the appointment is over", time=time)
        wish = Wish(service=agreed.service, appointment=agreed.at, language=language, large=large)
        ticket = issue(context, db, wish, wished_service(context, wish), actor=actor, printer=printer)
        queue.check_in(db, agreed.id, ticket.id)
        return ticket

    return context.database.write(work)


def cancel_appointment(context: Context, *, appointment: int, actor: Actor) -> None:
    """Take an agreed visit back; `unknown_appointment`, or `illegal_move` once the citizen has come."""

    def work(db: Connection) -> None:
        require_colleague(actor)
        agreed = queue.appointment(db, appointment)
        if not queue.cancel_appointment(db, agreed.id):
            raise Conflict("illegal_move", f"appointment {agreed.id} is over", state="cancelled")
        subject = f"appointment:{agreed.id}"
        record(context, db, Name.APPOINTMENT_CANCELLED, actor=actor, subject=subject, at=context.clock())

    context.database.write(work)


def lock_service(context: Context, *, service: str, notice: str, actor: Actor) -> None:
    """Issue no numbers of a service until it is unlocked; citizens read the notice."""
    wanted, words = context.hall.service(service), line(notice, 60, least=1)

    def work(db: Connection) -> None:
        require_colleague(actor)
        at = context.clock()
        queue.set_lock(db, Lock(service=wanted.id, notice=words, at=at, by=actor.name))
        subject, data = f"service:{wanted.id}", {"notice": words}
        record(context, db, Name.SERVICE_LOCKED, actor=actor, subject=subject, at=at, data=data)

    context.database.write(work)


def unlock_service(context: Context, *, service: str, actor: Actor) -> None:
    """Issue numbers of a service again; nothing happens where it was not locked."""
    wanted = context.hall.service(service)

    def work(db: Connection) -> None:
        require_colleague(actor)
        if queue.remove_lock(db, wanted.id):
            subject = f"service:{wanted.id}"
            record(context, db, Name.SERVICE_UNLOCKED, actor=actor, subject=subject, at=context.clock())

    context.database.write(work)
